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
        Numbers of the features seen, each once.
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
    ends = np.cumsum([len(v.ids) for v in views])
    parts = [slice(int(end) - len(v.ids), int(end)) for v, end in zip(views, ends, strict=True)]
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
        turned = np.concatenate(
            [points[point[p]] @ r.T for p, r in zip(parts, rotations, strict=True)]
        )
        projected, by_pose = pose_jacobian(turned, translations[view], focal)
        residual = (whitening @ (measured - projected)[..., None])[..., 0]
        # Everything is scaled by the root of its weight: then squares are weighted.
        root = 1.0 / (1.0 + (residual**2).sum(axis=1) / _TUNING**2)
        residual *= root[:, None]
        by_pose = (whitening * root[:, None, None]) @ by_pose
        # A point moves the picture as the translation does, in head axes.
        by_point = np.concatenate(
            [by_pose[p, :, 3:] @ r for p, r in zip(parts, rotations, strict=True)]
        )
        point_t = by_point.transpose(0, 2, 1)
        point_block = hold + _summed(point, point_t @ by_point, len(ids))
        point_side = (hold @ (anchors - points)[..., None])[..., 0]
        point_side += _summed(point, (point_t @ residual[..., None])[..., 0], len(ids))
        # With the root of the inverse the points' part of the system is a plain square, and
        # only points that a view sees have a part in its rows.
        half = np.linalg.cholesky(np.linalg.inv(point_block))
        half_t = half.transpose(0, 2, 1)
        cross = half_t[point] @ point_t @ by_pose
        reduced = (half_t @ point_side[..., None])[..., 0]
        wide = np.zeros((len(ids), 3, count, 6))
        wide[point, :, view] = cross
        system, side = np.zeros((6 * count, 6 * count)), np.zeros(6 * count)
        for k, part in enumerate(parts):
            here, rows = slice(6 * k, 6 * k + 6), by_pose[part].reshape(-1, 6)
            own = cross[part].reshape(-1, 6).T
            # Lower blocks repeat the upper ones.
            shared = own @ wide[point[part], :, k:].reshape(own.shape[1], -1)
            system[here, 6 * k :] = -shared
            system[6 * k :, here] = -shared.T
            system[here, here] += rows.T @ rows
            side[here] = rows.T @ residual[part].ravel() - own @ reduced[point[part]].ravel()
        move = np.zeros(6 * count)
        free = system[6:, 6:] + _DAMPING * np.eye(6 * count - 6)
        move[6:] = _solved(free, side[6:])
        pull = reduced - (wide.reshape(-1, 6 * count) @ move).reshape(-1, 3)
        points += (half @ pull[..., None])[..., 0]
        poses = move.reshape(count, 6)
        for k in range(1, count):
            rotations[k] = so3_exp(poses[k, :3]) @ rotations[k]
            translations[k] += poses[k, 3:]
    refined = tuple(RigidTransform(r, t) for r, t in zip(rotations, translations, strict=True))
    return Adjusted(refined, ids, points)


def _summed(group: npt.NDArray[np.intp], values: Array, count: int) -> Array:
    """Sum values (N, ...) by group (N,)."""
    flat = values.reshape(len(values), -1)
    sums = [np.bincount(group, column, count) for column in flat.T]
    stacked = np.stack(sums, axis=-1).reshape(count, *values.shape[1:])
    return np.asarray(stacked, dtype=np.float64)


def _solved(system: Array, side: Array) -> Array:
    """Solve a symmetric system in two halves.

    From a hundred unknowns on OpenBLAS starts its threads, which cost far more than they help.
    """
    half = len(side) // 2
    corner = system[half:, :half]
    first = np.linalg.solve(system[:half, :half], np.column_stack([corner.T, side[:half]]))
    tail = np.linalg.solve(
        system[half:, half:] - corner @ first[:, :-1], side[half:] - corner @ first[:, -1]
    )
    return np.concatenate([first[:, -1] - first[:, :-1] @ tail, tail])
