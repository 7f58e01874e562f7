"""Shoulders that are raised before a neck: they hide a necklace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.landmarks import FaceLandmark
from ar_preview.scene import Occluder
from ar_preview.staging.arm_outline import outline_shift
from ar_preview.staging.shapes import capsules

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.geometry import Array, Camera
    from ar_preview.poses import HeadPose

__all__ = ["RaisedArms"]

_RADII_M = (0.055, 0.045)
"""Of an arm at shoulder and elbow: half the girth of an upper arm is 52 mm (men) and 48 mm (women)
in the mean, and shoulders are 47 mm broader to each side than the acromia (ANSUR II)."""

_RAISED_M = (0.03, 0.055)
"""Between these heights of a shoulder's top above the chin, as seen, an arm begins to hide: its
joint is then 2.5 cm below the chin, or at its height."""

_NEARER_M = (0.04, 0.08)
"""Between these depths of a shoulder before the base of the neck, too: with a trunk that faces the
camera it is none, and it is known within some 3 cm."""

_SET_BACK_M = 0.03

_EASE_S = 0.3
"""Time constant with which an arm follows its outline in the picture."""

_FORGET_S = 1.0


class RaisedArms:
    """Finds upper arms before the neck; remembers how far they lie from where they were guessed.

    Shoulders elsewhere are beside every necklace, where an arm that is only roughly known would
    swallow pieces of chain.

    Parameters
    ----------
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._shifts: dict[tuple[int, int], tuple[float, Array]] = {}

    def of(self, frame: Frame, camera: Camera, pose: HeadPose) -> list[Occluder]:
        """Return the arms that a head hides its neck behind, camera space.

        Parameters
        ----------
        frame : Frame
        camera : Camera
        pose : HeadPose
        """
        if pose.trunk is None or not len(pose.trunk.arms_camera):
            return []
        arms, neck = pose.trunk.arms_camera, pose.trunk.camera_from_trunk.translation
        chin = pose.vertices_camera[FaceLandmark.CHIN]
        # As it is seen: at the distance of the neck.
        raised = neck[2] * (chin[1] / chin[2] - arms[:, 0, 1] / arms[:, 0, 2]) + _RADII_M[0]
        nearer = neck[2] - arms[:, 0, 2]
        share = smooth_step(*_RAISED_M, raised) * smooth_step(*_NEARER_M, nearer)
        shown = np.flatnonzero((share > 0.0) & (arms[..., 2] > 0.0).all(axis=1))
        if not len(shown):
            return []
        ends = np.array(
            [self._moved(frame, camera, arms[k], neck, (pose.person_id, int(k))) for k in shown]
        )
        ends *= 1.0 + _SET_BACK_M / np.linalg.norm(ends, axis=-1, keepdims=True)
        vertices, triangles = capsules(ends, share[shown, None] * _RADII_M)
        return [Occluder("arms", vertices.astype(np.float32), triangles, over_skin=True)]

    def _moved(
        self, frame: Frame, camera: Camera, arm: Array, neck: Array, key: tuple[int, int]
    ) -> Array:
        """Return an arm at its outline in the picture."""
        shift = outline_shift(frame.image, camera, arm, _RADII_M[0], neck)
        # In metres it holds when the person comes nearer.
        shift *= arm[:, 2:] / [camera.fx, camera.fy]
        known = self._shifts.get(key) if self._continuous else None
        if known is not None and 0.0 <= frame.time_s - known[0] < _FORGET_S:
            eased = float(np.exp(-(frame.time_s - known[0]) / _EASE_S))
            shift = shift + eased * (known[1] - shift)
        self._shifts[key] = frame.time_s, shift
        return np.asarray(arm + np.column_stack([shift, np.zeros(2)]))
