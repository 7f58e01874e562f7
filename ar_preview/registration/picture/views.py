"""The views that a map rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.registration.picture.solve import solve_pose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.registration.picture.adjust import BundleView
    from ar_preview.registration.picture.features import Keyframe

__all__ = ["Views", "angles_between"]

_VIEW_EVERY, _VIEW_EVERY_LOG_DEPTH, _MOST_VIEWS = np.radians(4.0), 0.07, 16


@dataclass(eq=False)
class _Anchored:
    """A view of the bundle, with the keyframe that shares its pose, if one does."""

    view: BundleView
    keyframe: Keyframe | None = None

    def move(self, pose: RigidTransform) -> None:
        self.view = replace(self.view, camera_from_head=pose)
        if self.keyframe is not None:
            self.keyframe.camera_from_head = pose


class Views:
    """A few views of a face; the first holds the head's axes."""

    def __init__(self) -> None:
        self._anchored: list[_Anchored] = []

    @property
    def bundle(self) -> list[BundleView]:
        """All of them, the newest last."""
        return [anchored.view for anchored in self._anchored]

    @property
    def ids(self) -> npt.NDArray[np.intp]:
        """Numbers of the features they see, with repetitions."""
        return np.concatenate([view.ids for view in self.bundle])

    def __len__(self) -> int:
        return len(self._anchored)

    def is_new(self, pose: RigidTransform) -> bool:
        """Whether a head at this ``camera_from_head`` tells more than those that are there."""
        poses = [view.camera_from_head for view in self.bundle]
        depths = np.array([p.translation[2] for p in poses]) / pose.translation[2]
        turned = angles_between(poses, pose) >= _VIEW_EVERY
        return bool((turned | (np.abs(np.log(depths)) >= _VIEW_EVERY_LOG_DEPTH)).all())

    def add(self, view: BundleView, keyframe: Keyframe | None = None) -> None:
        """Take one more, of a keyframe or of its own."""
        self._anchored.append(_Anchored(view, keyframe))

    def drop_most_redundant(self) -> None:
        """Keep the bundle small; the first view holds the head's axes and the newest counts."""
        if len(self._anchored) <= _MOST_VIEWS:
            return
        poses = [view.camera_from_head for view in self.bundle]
        nearest = [
            angles_between(poses[:k] + poses[k + 1 :], poses[k]).min()
            for k in range(1, len(poses) - 1)
        ]
        del self._anchored[1 + int(np.argmin(nearest))]

    def move(self, poses: Sequence[RigidTransform]) -> None:
        """Move each to its adjusted pose."""
        for anchored, pose in zip(self._anchored, poses, strict=True):
            anchored.move(pose)

    def follow(self, points_head: Array, before: Camera, camera: Camera) -> None:
        """Move each to where it sees features (M, 3) that were settled for another camera."""
        for anchored in self._anchored:
            view = anchored.view
            start = view.camera_from_head.zoomed(camera.fx / before.fx)
            points = points_head[view.ids]
            solution = solve_pose(points, view.points_image, view.whitening, camera, start)
            anchored.move(solution.camera_from_head)


def angles_between(poses: Sequence[RigidTransform], other: RigidTransform) -> Array:
    """Return the angles between orientations and another one, radians."""
    rotations = np.array([p.rotation for p in poses]).reshape(-1, 9)
    cosines = 0.5 * (rotations @ other.rotation.ravel() - 1.0)
    return np.asarray(np.arccos(np.clip(cosines, -1.0, 1.0)))
