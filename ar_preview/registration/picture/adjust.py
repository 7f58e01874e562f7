"""Bundle adjustment: a few views and the features they share, made consistent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp
from ar_preview.registration.picture.solve import pose_jacobian

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera

__all__ = ["Adjusted", "BundleView", "adjust"]

_DEPTH_SD_M, _SIDE_SD_M = 0.006, 0.020
"""How far the first surface may be off along and across a feature's first line of sight."""

_TUNING = 3.0
_DAMPING = 1e-6


@dataclass(frozen=True, eq=False)
class BundleView:
    """What one picture says.

    Parameters
    ----------
    camera_from_head : RigidTransform
    ids : ndarray, shape (N,)
        Numbers of the features seen.
    points_image : ndarray, shape (N, 2)
        px.
    whitening : ndarray, shape (N, 2, 2)
        1/px.
    """

    camera_from_head: RigidTransform
    ids: npt.NDArray[np.intp]
    points_image: Array
    whitening: Array


@dataclass(frozen=True, eq=False)
class Adjusted:
    """Refined poses, in the order of the views, and the points of the features they see."""

    poses: tuple[RigidTransform, ...]
    ids: npt.NDArray[np.intp]
    points_head: Array


def adjust(
    views: Sequence[BundleView],
    points_head: Array,
    anchors_head: Array,
    rays_head: Array,
    camera: Camera,
    steps: int = 1,
) -> Adjusted:
    """Refine poses and points together (Triggs et al., 1999), points eliminated by Schur.

    The first view stays where it is. Each point is held near its anchor, tightly across its
    first line of sight's picture and loosely along it.

    Parameters
    ----------
    views : sequence of BundleView
    points_head, anchors_head, rays_head : ndarray, shape (M, 3)
        Of all features: now, at first, and the unit direction they were seen along.
    camera : Camera
    steps : int
        Gauss-Newton steps; one after every new view is enough.
    """
    ids, point = np.unique(np.concatenate([v.ids for v in views]), return_inverse=True)
    view = np.repeat(np.arange(len(views)), [len(v.ids) for v in views])
    focal = np.array([camera.fx, camera.fy])
    seen = np.concatenate([v.points_image for v in views])
    measured = camera.unproject(seen)[:, :2] * focal
    whitening = np.concatenate([v.whitening for v in views])
    rotations = np.array([v.camera_from_head.rotation for v in views])
    translations = np.array([v.camera_from_head.translation for v in views])
    points, anchors, rays = points_head[ids].copy(), anchors_head[ids], rays_head[ids]
    hold = rays[:, :, None] * rays[:, None, :] / _DEPTH_SD_M**2 + np.eye(3) / _SIDE_SD_M**2
    count = len(views)
    for _ in range(steps):
        turned = np.einsum("nij,nj->ni", rotations[view], points[point])
        projected, by_pose = pose_jacobian(turned, translations[view], focal)
        residual = np.einsum("nij,nj->ni", whitening, measured - projected)
        weight = (1.0 + (residual**2).sum(axis=1) / _TUNING**2) ** -2
        by_pose = whitening @ by_pose
        # A point moves the picture as the translation does, in head axes.
        by_point = by_pose[:, :, 3:] @ rotations[view]
        pose_t = by_pose.transpose(0, 2, 1) * weight[:, None, None]
        point_t = by_point.transpose(0, 2, 1) * weight[:, None, None]

        pose_block = np.zeros((count, 6, 6))
        np.add.at(pose_block, view, pose_t @ by_pose)
        pose_side = np.zeros((count, 6))
        np.add.at(pose_side, view, np.einsum("nij,nj->ni", pose_t, residual))
        point_block = hold.copy()
        np.add.at(point_block, point, point_t @ by_point)
        point_side = np.einsum("nij,nj->ni", hold, anchors - points)
        np.add.at(point_side, point, np.einsum("nij,nj->ni", point_t, residual))
        cross = np.zeros((count, len(ids), 6, 3))
        np.add.at(cross, (view, point), pose_t @ by_point)

        inverse = np.linalg.inv(point_block)
        folded = cross @ inverse
        wide = cross.transpose(0, 2, 1, 3).reshape(6 * count, -1)
        system = -(folded.transpose(0, 2, 1, 3).reshape(6 * count, -1) @ wide.T)
        for k in range(count):
            system[6 * k : 6 * k + 6, 6 * k : 6 * k + 6] += pose_block[k]
        side = (pose_side - np.einsum("mnac,nc->ma", folded, point_side)).reshape(-1)
        move = np.zeros(6 * count)
        free = system[6:, 6:] + _DAMPING * np.eye(6 * count - 6)
        move[6:] = np.linalg.solve(free, side[6:])
        poses = move.reshape(count, 6)
        pull = point_side - np.einsum("mnab,ma->nb", cross, poses)
        points += np.einsum("nab,nb->na", inverse, pull)
        for k in range(1, count):
            rotations[k] = so3_exp(poses[k, :3]) @ rotations[k]
            translations[k] += poses[k, 3:]
    refined = tuple(RigidTransform(r, t) for r, t in zip(rotations, translations, strict=True))
    return Adjusted(refined, ids, points)
