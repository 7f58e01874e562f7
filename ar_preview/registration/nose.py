"""Relief of a nose, by the finest of what its skin shows from several sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import opencv_from_image
from ar_preview.person import NoseRelief
from ar_preview.registration.shape import closeness, normals, spread_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera, RigidTransform

__all__ = ["NoseView", "nose_view", "refine_nose"]

_HALF_WIDTH_M, _ABOVE_M, _BELOW_M = 0.026, 0.010, 0.040
"""The part of the face around a nose, from the middle of the eyes."""

_RIM_M = 0.005
"""Beyond the samples what moved fades out over such a distance."""

_SPACING_M, _SPLIT = 0.0008, 4
_FINE_M, _COARSE_M = 0.0005, 0.0015
"""Pores, freckles and lids stay on the skin; what is larger is shading, which does not turn with
the head. With twice as coarse detail a scanned nose got wider by 15 %."""

_RELIEF_SD_M, _RELIEF_LENGTH_M, _MIRRORED, _CONTROLS = 0.0015, 0.010, 0.5, 40
_SHIFT_SD_PX = 0.6
"""How far poses may be off in a picture."""

_INDEPENDENT = 0.25
"""Neighbouring samples tell the same; so much of each counts."""

_FIRST, _STEPS = 4, 12
"""Each picture's own slopes find the way; noise in them would keep it, so their mean settles it:
on seven heads of known shape 4 % off in width instead of 7."""

_EDGE_ON, _FULL_VIEW = 0.25, 0.35
_SEEN_IN = 0.15
"""Share of the pictures in which a place must be seen."""

_DARK = 8.0
_LEAST_VIEWS = 6
_LEAST_TURN, _LEAST_PX_A_M = np.radians(5.0), 1e3
"""Standard deviation of the turns to the side, and the resolution, from which on relief shows."""

_MOST_UNLIKELY = 3.5
"""Mean square of the amounts, 1 by the prior, 1-3 on heads of known shape: beyond, it is no nose
that was followed but a hand, a reflection or what hides behind the crest."""


@dataclass(frozen=True, eq=False)
class NoseView:
    """What one picture showed around a nose.

    Parameters
    ----------
    detail : ndarray, shape (H, W), float32
        Fine contrast, logarithmic.
    corner : ndarray, shape (2,)
        Of this part in the picture, px.
    camera : Camera
    camera_from_head : RigidTransform
    """

    detail: npt.NDArray[np.float32]
    corner: Array
    camera: Camera
    camera_from_head: RigidTransform


def nose_view(
    image: RgbImage,
    camera: Camera,
    camera_from_head: RigidTransform,
    face_head: Array,
    eyes_head: Array,
) -> NoseView | None:
    """Cut out what a picture shows of a nose; None beside the picture or where it is too small.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    camera : Camera
    camera_from_head : RigidTransform
    face_head : ndarray, shape (468, 3)
    eyes_head : ndarray, shape (3,)
        See `HeadShape.eyes_head`.
    """
    points = camera_from_head @ face_head[_around(face_head, eyes_head)]
    px_a_m = camera.fx / float(np.median(points[:, 2]))
    nodes, margin = camera.project(points), 4.0 * _COARSE_M * px_a_m
    left, top = np.maximum(np.floor(nodes.min(axis=0) - margin), 0).astype(int)
    right, bottom = np.ceil(nodes.max(axis=0) + margin).astype(int)
    part = image[top : max(bottom, 0), left : max(right, 0)]
    if part.size == 0 or px_a_m < _LEAST_PX_A_M:
        return None
    gray = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.float32)
    light = np.log(gray + np.float32(_DARK))
    fine = cv2.GaussianBlur(light, (0, 0), max(_FINE_M * px_a_m, 0.6))
    coarse = cv2.GaussianBlur(light, (0, 0), max(_COARSE_M * px_a_m, 1.2))
    return NoseView(fine - coarse, np.array([left, top], float), camera, camera_from_head)


def refine_nose(
    face_head: Array,
    triangles: npt.NDArray[np.integer],
    eyes_head: Array,
    views: Sequence[NoseView],
) -> NoseRelief | None:
    """Move a nose along its normals until all pictures show the same skin.

    Landmarks follow a nose that is wider by 20 % with 3-4 %, and features are too few there.
    Gauss-Newton on the fine contrast of all pictures together, less its mean over them
    (multi-view photo-consistency; Furukawa and Hernandez, Multi-View Stereo: A Tutorial, 2015,
    ch. 2), the way to move being a smooth random field, half of it symmetric.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        In the units of the poses.
    triangles : ndarray, shape (M, 3)
    eyes_head : ndarray, shape (3,)
        See `HeadShape.eyes_head`.
    views : sequence of NoseView

    Returns
    -------
    NoseRelief or None
        None where the head hardly turns, or where it is no nose that was followed.
    """
    points, outwards = _samples(face_head, triangles, eyes_head)
    enough = len(views) >= _LEAST_VIEWS and len(points) >= _CONTROLS
    if not enough or np.std([_turn(v.camera_from_head) for v in views]) < _LEAST_TURN:
        return None
    controls = spread_out(points, _CONTROLS)
    covariance = _covariance(controls, controls, eyes_head)
    covariance += (1e-2 * _RELIEF_SD_M) ** 2 * np.eye(_CONTROLS)
    root = np.linalg.cholesky(np.linalg.inv(covariance))
    reach = _covariance(points, controls, eyes_head) @ root
    amounts, shifts = np.zeros(_CONTROLS), np.zeros((len(views), 2))
    system = np.eye(_CONTROLS + shifts.size)
    for done in range(_STEPS):
        moved = points + (reach @ amounts)[:, None] * outwards
        looks = [_look(v, moved, outwards, s) for v, s in zip(views, shifts, strict=True)]
        system, side = _normal_equations(looks, reach, amounts, shifts, done < _FIRST)
        step = np.linalg.solve(system, side)
        amounts = amounts + step[:_CONTROLS]
        shifts = shifts + step[_CONTROLS:].reshape(shifts.shape)
    if amounts @ amounts > _MOST_UNLIKELY * _CONTROLS:
        return None
    left_open = np.linalg.inv(system)[:_CONTROLS, :_CONTROLS]
    unseen = np.einsum("nk,kl,nl->", reach, left_open, reach) / (reach**2).sum()
    field = _covariance(face_head, controls, eyes_head) @ root @ amounts
    beyond = np.maximum(0.0, np.abs(face_head[:, 0] - eyes_head[0]) - _HALF_WIDTH_M + _RIM_M)
    field *= np.exp(-0.5 * (beyond / _RIM_M) ** 2)
    refined = face_head + field[:, None] * normals(face_head, triangles)
    return NoseRelief(refined, float(np.clip(unseen, 0.0, 1.0)))


def _turn(camera_from_head: RigidTransform) -> float:
    """Angle about the head's vertical from which the camera looks at it."""
    x, _, z = camera_from_head.inverse().translation
    return float(np.arctan2(x, z))


def _around(face_head: Array, eyes_head: Array) -> npt.NDArray[np.bool_]:
    x, y, _ = (face_head - eyes_head).T
    return np.asarray((np.abs(x) < _HALF_WIDTH_M) & (y < _ABOVE_M) & (y > -_BELOW_M))


def _samples(
    face_head: Array, triangles: npt.NDArray[np.integer], eyes_head: Array
) -> tuple[Array, Array]:
    """Points (N, 3) all over the nose, at about equal distances, and normals (N, 3)."""
    nose = triangles[_around(face_head, eyes_head)[triangles].all(axis=1)]
    i, j = np.divmod(np.arange(_SPLIT * _SPLIT), _SPLIT)
    i, j = i[i + j < _SPLIT], j[i + j < _SPLIT]
    share = (np.stack([i, j, _SPLIT - 1 - i - j], axis=1) + 1.0 / 3.0) / _SPLIT
    points = (share @ face_head[nose]).reshape(-1, 3)
    outwards = (share @ normals(face_head, triangles)[nose]).reshape(-1, 3)
    outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)
    cells = np.round(points[:, :2] / _SPACING_M).astype(int)
    kept = np.unique(cells, axis=0, return_index=True)[1]
    return points[kept], outwards[kept]


def _covariance(one: Array, two: Array, eyes_head: Array) -> Array:
    mirrored = two * [-1.0, 1.0, 1.0] + [2.0 * eyes_head[0], 0.0, 0.0]
    direct = closeness(one, two, _RELIEF_LENGTH_M)
    other = closeness(one, mirrored, _RELIEF_LENGTH_M)
    return _RELIEF_SD_M**2 * ((1.0 - 0.5 * _MIRRORED) * direct + 0.5 * _MIRRORED * other)


@dataclass(frozen=True, eq=False)
class _Look:
    """Detail at the samples (N,), slopes there (N, 2), shifts by relief (N, 2), weights (N,)."""

    values: Array
    slopes: Array
    by_relief: Array
    weights: Array


def _look(view: NoseView, points: Array, outwards: Array, shift: Array) -> _Look:
    camera, pose = view.camera, view.camera_from_head
    there, normal = pose @ points, outwards @ pose.rotation.T
    places = opencv_from_image(camera.project(there) + shift - view.corner)
    x, y = places.astype(np.float32).T[..., None]

    def at(picture: npt.NDArray[np.float32]) -> Array:
        found = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(found, np.float64).ravel()

    slopes = [cv2.Sobel(view.detail, cv2.CV_32F, *d, ksize=3) / 8.0 for d in ((1, 0), (0, 1))]
    steep = np.stack([at(np.asarray(s, np.float32)) for s in slopes], axis=1)
    # How the pinhole moves a point that moves along its normal.
    along = normal[:, :2] - there[:, :2] / there[:, 2:] * normal[:, 2:]
    by_relief = along * [camera.fx, camera.fy] / there[:, 2:]
    cosine = -(normal * there).sum(axis=1) / np.linalg.norm(there, axis=1)
    weights = np.clip((cosine - _EDGE_ON) / _FULL_VIEW, 0.0, 1.0)
    return _Look(at(view.detail), steep, by_relief, weights)


def _normal_equations(
    looks: Sequence[_Look], reach: Array, amounts: Array, shifts: Array, apart: bool
) -> tuple[Array, Array]:
    """Return system and right side for a step of relief and shifts."""
    values = np.array([look.values for look in looks])
    weights = np.array([look.weights for look in looks])
    residual = values - _mean(values, weights)
    noise = 1.4826 * float(np.median(np.abs(residual[weights > 0.3]))) + 1e-6
    weights = weights / (1.0 + (residual / (2.0 * noise)) ** 2)
    weights = weights * (weights.sum(axis=0) > _SEEN_IN * len(looks))
    residual = values - _mean(values, weights)
    # Slopes of single pictures are noise as well, which would tell relief where there is none.
    each = weights[..., None]
    own = np.array([look.slopes for look in looks])
    slopes = own if apart else np.broadcast_to(_mean(own, each), own.shape)
    by_relief = (np.array([look.by_relief for look in looks]) * slopes).sum(axis=2)
    by_relief = by_relief - _mean(by_relief, weights)
    weights = weights * (_INDEPENDENT / noise**2)
    count = reach.shape[1]
    system = np.eye(count + shifts.size)
    system[count:, count:] /= _SHIFT_SD_PX**2
    side = -np.concatenate([amounts, shifts.ravel() / _SHIFT_SD_PX**2])
    for k in range(len(looks)):
        at = np.r_[:count, count + 2 * k : count + 2 * k + 2]
        rows = np.concatenate([by_relief[k][:, None] * reach, slopes[k]], axis=1)
        weighted = rows.T * weights[k]
        system[np.ix_(at, at)] += weighted @ rows
        side[at] -= weighted @ residual[k]
    return system, side


def _mean(values: Array, weights: Array) -> Array:
    return np.asarray((weights * values).sum(axis=0) / (weights.sum(axis=0) + 1e-6))
