"""Every picture of a recording and the whole face at once: what was seen first counts no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp, so3_log
from ar_preview.registration.picture.motion import (
    FIELD_DIRECTIONS,
    FIELDS,
    SkinMotion,
    rest_precision,
    skin_fields,
)
from ar_preview.registration.picture.solve import median, pose_jacobian

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera
    from ar_preview.registration.picture.unwrap import Unwrapped

__all__ = ["Prior", "Sighting", "adjust_face"]

_LEAN_SD = np.radians(3.0)
"""How closely each pose follows the landmarks' rotation. All pictures together leave little open:
held as closely as single ones (1 degree), the face would take over how landmarks lean, rms on
`yaw` .5 px instead of .42."""

_UNKNOWNS = 6 + len(FIELDS)
_STEPS = 4
_REPEAT = 0.3
"""What a feature tells twice, through two keyframes or its neighbours', counts once."""

_LEAST_SCALE, _MOST_SCALE, _TUNING = 0.3, 4.0, 2.0
_SHAPE_SD_M, _SHAPE_LENGTH_M, _CONTROLS = 0.0016, 0.050, 20
"""How far the face may be off the mean of its landmarks, and over what distance that changes. With
3 mm poses turned a little to give relief to what small movements hardly show: played
backwards, 5 % of a clip's points lay 2.1 instead of 1.9 % of the face's width elsewhere."""

_OUT_SD_M, _ALONG_SD_M = 0.0005, 0.006
"""How far a single feature may be off this smooth surface, along its normal and within it."""

_DAMPING = 1e-6


@dataclass(frozen=True, eq=False)
class Sighting:
    """What one picture showed of a map.

    Parameters
    ----------
    camera_from_head : RigidTransform
    skin : SkinMotion
    ids : ndarray, shape (N,)
        Numbers of the features; one that was seen through two keyframes comes twice.
    points_image : ndarray, shape (N, 2)
        px.
    whitening : ndarray, shape (N, 2, 2)
        1/px.
    skin_seen : Unwrapped, optional
        The skin itself, to look at it again.
    """

    camera_from_head: RigidTransform
    skin: SkinMotion
    ids: npt.NDArray[np.intp]
    points_image: Array
    whitening: Array
    skin_seen: Unwrapped | None = None


@dataclass(frozen=True, eq=False)
class Prior:
    """Where features are on the face that landmarks draw in the mean.

    Parameters
    ----------
    anchors_head, normals_head : ndarray, shape (M, 3)
        Metres; unit vectors.
    """

    anchors_head: Array
    normals_head: Array
    fields: Array = field(init=False)
    """How far each control moves the anchors (M, 3, K), in units of its deviation."""

    def __post_init__(self) -> None:
        anchors = self.anchors_head
        controls = _spread(anchors, min(_CONTROLS, len(anchors)))
        covariance = _SHAPE_SD_M**2 * _closeness(controls, controls)
        covariance += (1e-3 * _SHAPE_SD_M) ** 2 * np.eye(len(controls))
        root = np.linalg.cholesky(np.linalg.inv(covariance))
        along = _SHAPE_SD_M**2 * _closeness(anchors, controls) @ root
        object.__setattr__(self, "fields", self.normals_head[:, :, None] * along[:, None, :])

    @property
    def hold(self) -> Array:
        """Inverse covariance of each feature about the smooth surface (M, 3, 3), 1/m^2."""
        out = self.normals_head[:, :, None] * self.normals_head[:, None, :]
        return np.asarray(out / _OUT_SD_M**2 + (np.eye(3) - out) / _ALONG_SD_M**2)


def adjust_face(
    sightings: Sequence[Sighting],
    expected: Sequence[Array | None],
    points_head: Array,
    prior: Prior,
    camera: Camera,
) -> tuple[Array, tuple[RigidTransform, ...]]:
    """Refine a face and its poses together (Triggs et al., 1999), points eliminated by Schur.

    No picture is the first: rotations are held by the landmarks', all alike, and the face by
    what landmarks draw in the mean, from which it departs smoothly (a Gaussian process over a
    few controls; Rasmussen and Williams, 2006, ch. 8.3.1). What matching gets wrong in the same
    way in every picture would bend a face of independent points, and the poses with it.

    Parameters
    ----------
    sightings : sequence of Sighting
    expected : sequence of ndarray, shape (3, 3), or None
        Rotation of each ``camera_from_head``, by the landmarks.
    points_head : ndarray, shape (M, 3)
        To begin with.
    prior : Prior
    camera : Camera

    Returns
    -------
    tuple of ndarray, shape (M, 3), and RigidTransforms
        The points and ``camera_from_head`` of the sightings.
    """
    focal = np.array([camera.fx, camera.fy])
    measured = [camera.unproject(s.points_image)[:, :2] * focal for s in sightings]
    poses = [s.camera_from_head for s in sightings]
    amounts = [s.skin.amounts for s in sightings]
    points, bend = points_head.copy(), np.zeros(prior.fields.shape[2])
    count, end, hold = len(sightings), _UNKNOWNS * len(sightings), prior.hold
    size = end + len(bend)
    for _ in range(_STEPS):
        system, side = np.zeros((size, size)), np.zeros(size)
        block, wide = hold.copy(), np.zeros((*points.shape, size))
        pull = hold @ (prior.anchors_head + prior.fields @ bend - points)[..., None]
        for k, (sighting, seen) in enumerate(zip(sightings, measured, strict=True)):
            ids, own = sighting.ids, slice(_UNKNOWNS * k, _UNKNOWNS * (k + 1))
            by_pose, by_point, residual = _linearized(
                points[ids], seen, sighting.whitening, poses[k], amounts[k], focal
            )
            rows = np.concatenate([by_pose, by_point @ prior.fields[ids]], axis=2)
            flat, here = rows.reshape(-1, rows.shape[2]), np.r_[own, end:size]
            system[np.ix_(here, here)] += flat.T @ flat
            side[here] += flat.T @ residual.ravel()
            by_point_t = by_point.transpose(0, 2, 1)
            cross = by_point_t @ rows
            terms = by_point_t @ by_point, by_point_t @ residual[..., None], cross
            ids, (curved, pulled, coupled) = _once_each(ids, terms)
            block[ids] += curved
            pull[ids] += pulled
            wide[ids, :, own] = coupled[:, :, :_UNKNOWNS]
            wide[ids, :, end:] += coupled[:, :, _UNKNOWNS:]
            _hold_view(system[own, own], side[own], amounts[k], expected[k], poses[k])
        system[end:, end:] += np.eye(len(bend))
        side[end:] -= bend
        half = np.linalg.cholesky(np.linalg.inv(block))
        half_t = half.transpose(0, 2, 1)
        reach, reduced = (half_t @ wide).reshape(-1, size), (half_t @ pull).ravel()
        system += _DAMPING * np.eye(size) - reach.T @ reach
        move = np.linalg.solve(system, side - reach.T @ reduced)
        points += (half @ (reduced - reach @ move).reshape(-1, 3, 1))[..., 0]
        points += prior.fields @ move[end:]
        bend = bend + move[end:]
        steps = move[:end].reshape(count, _UNKNOWNS)
        poses = [
            RigidTransform(so3_exp(step[:3]) @ p.rotation, p.translation + step[3:6])
            for p, step in zip(poses, steps, strict=True)
        ]
        amounts = [a + step[6:] for a, step in zip(amounts, steps, strict=True)]
    return points, tuple(poses)


def _linearized(
    points: Array,
    measured: Array,
    whitening: Array,
    pose: RigidTransform,
    amounts: Array,
    focal: Array,
) -> tuple[Array, Array, Array]:
    """Return derivatives by pose and skin (N, 2, 10) and points (N, 2, 3), and residuals.

    All are scaled by the root of their weight: then squares are weighted.
    """
    fields = skin_fields(points)
    moved = points + ((FIELD_DIRECTIONS * amounts) @ fields).T
    projected, by_pose = pose_jacobian(moved @ pose.rotation.T, pose.translation, focal)
    residual = (whitening @ (measured - projected)[..., None])[..., 0]
    squared = (residual**2).sum(axis=1)
    # Median length of a 2D residual of unit variance is 1.18 (Rayleigh).
    scale = float(np.clip(np.sqrt(median(squared)) / 1.18, _LEAST_SCALE, _MOST_SCALE))
    root = np.sqrt(_REPEAT) / scale / (1.0 + squared / (_TUNING * scale) ** 2)
    # A point moves the picture as the translation does, in head axes.
    by_point = by_pose[:, :, 3:] @ pose.rotation
    by_skin = (by_point @ FIELD_DIRECTIONS) * fields.T[:, None, :]
    scaled = whitening * root[:, None, None]
    by_view = scaled @ np.concatenate([by_pose, by_skin], axis=2)
    return by_view, scaled @ by_point, residual * root[:, None]


def _once_each(
    ids: npt.NDArray[np.intp], terms: Sequence[Array]
) -> tuple[npt.NDArray[np.intp], list[Array]]:
    """Add up terms (N, ...) that belong to the same number (`numpy.add.at` is slow)."""
    order = np.argsort(ids, kind="stable")
    once, first = np.unique(ids[order], return_index=True)
    return once, [np.add.reduceat(term[order], first, axis=0) for term in terms]


def _hold_view(
    system: Array, side: Array, amounts: Array, expected: Array | None, pose: RigidTransform
) -> None:
    """Add to one view's own part of the system that skin rests and landmarks are near."""
    diagonal = np.zeros(_UNKNOWNS)
    diagonal[6:] = rest_precision(amounts)
    side[6:] -= diagonal[6:] * amounts
    if expected is not None:
        diagonal[:3] = 1.0 / _LEAN_SD**2
        side[:3] += so3_log(expected @ pose.rotation.T) / _LEAN_SD**2
    system += np.diag(diagonal)


def _spread(points: Array, count: int) -> Array:
    """Choose points far from each other, beginning with the lowest."""
    chosen = [int(points[:, 1].argmin())]
    nearest = np.full(len(points), np.inf)
    for _ in range(count - 1):
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(nearest.argmax()))
    return np.asarray(points[chosen])


def _closeness(one: Array, two: Array) -> Array:
    squared = ((one[:, None] - two) ** 2).sum(axis=-1)
    return np.asarray(np.exp(-0.5 * squared / _SHAPE_LENGTH_M**2))
