"""True size of a head, from the iris."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import FaceLandmark as Lm
from ar_preview.person import Interval

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera, RigidTransform

__all__ = ["IRIS_DIAMETER_M", "ScaleEstimator"]

IRIS_DIAMETER_M = 0.0117
"""Horizontal visible iris diameter of adults; 11.7 +- 0.5 mm (Ruefer et al., Cornea 2005)."""

_IRIS_LOG_SD = 0.5 / 11.7
_OUTLINE_LOG_SD = 0.06
"""How far the tracker's iris outline is off, the same in all frames of one face: on real clips
its width scatters by 6 % more than human irises do."""

_PRIOR_LOG_SD = 0.045
"""Spread of adult head sizes about the canonical face (head breadth varies 4-5 %)."""

_MAX_YAW_COSINE = 0.9
_KEEP = 300
_Z95 = 1.96


class ScaleEstimator:
    """Collects iris diameters over frontal frames; robust median, shrunk to the population.

    The result is a ratio: this head relative to the canonical face. Its interval holds the
    spread of human irises, which no number of frames can reduce, and of human heads.
    """

    def __init__(self) -> None:
        self._log_ratios: list[float] = []

    def add(
        self, points_image: Array, camera: Camera, camera_from_head: RigidTransform, eyes: Array
    ) -> None:
        """Take the irises of one frame into account, if the face looks at the camera.

        Parameters
        ----------
        points_image : ndarray, shape (478, 2)
            Face landmarks, px.
        camera : Camera
        camera_from_head : RigidTransform
            Pose of the canonical face, canonical metres.
        eyes : ndarray, shape (2, 3)
            Centres of the right and the left eye, head space, canonical metres.
        """
        facing = -float(camera_from_head.rotation[:, 2] @ _sight(camera_from_head))
        if facing < _MAX_YAW_COSINE or len(self._log_ratios) >= _KEEP:
            return
        depths = (camera_from_head @ eyes)[:, 2]
        diameters = []
        for ends, depth in zip(
            (
                (Lm.RIGHT_IRIS_LEFT, Lm.RIGHT_IRIS_RIGHT),
                (Lm.RIGHT_IRIS_TOP, Lm.RIGHT_IRIS_BOTTOM),
                (Lm.LEFT_IRIS_LEFT, Lm.LEFT_IRIS_RIGHT),
                (Lm.LEFT_IRIS_TOP, Lm.LEFT_IRIS_BOTTOM),
            ),
            np.repeat(depths, 2),
            strict=True,
        ):
            rays = camera.unproject(points_image[list(ends)], depth)
            # Eyes look about where the camera is, so the iris is seen face on even when the
            # head is turned a little: no foreshortening is undone.
            diameters.append(float(np.linalg.norm(rays[0] - rays[1])))
        mean = sum(diameters) / len(diameters)
        if mean > 0:
            self._log_ratios.append(float(np.log(IRIS_DIAMETER_M / mean)))

    def estimate(self) -> Interval:
        """Return this head's size relative to the canonical face, with its 95 % interval."""
        mean, variance = 0.0, _PRIOR_LOG_SD**2
        if self._log_ratios:
            measured = float(np.median(self._log_ratios))
            spread = 1.4826 * float(np.median(np.abs(np.array(self._log_ratios) - measured)))
            noise = (
                _IRIS_LOG_SD**2 + _OUTLINE_LOG_SD**2 + (spread**2 + 0.02**2) / len(self._log_ratios)
            )
            gain = variance / (variance + noise)
            mean, variance = gain * measured, variance * (1.0 - gain)
        half = _Z95 * float(np.sqrt(variance))
        return Interval(float(np.exp(mean)), float(np.exp(mean - half)), float(np.exp(mean + half)))


def _sight(camera_from_head: RigidTransform) -> Array:
    return np.asarray(camera_from_head.translation / np.linalg.norm(camera_from_head.translation))
