"""A person's own face: landmarks say where, the skin seen from several sides says how deep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import FaceLandmark

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.registration.picture import SkinSamples

__all__ = ["closeness", "drawn_in", "fit_skin", "normals", "spread_out"]

_RIM_M, _RIM_FROM_M, _RIM_TO_M = 0.0024, 0.040, 0.065
"""Landmarks towards the ears lie outside the skin, by so much and from so far off the middle on:
2.4 +- .7 mm on two heads of known shape, canonical units. At the rim they follow the outline of
the face, which is that of the head further back."""

_SHAPE_SD_M, _SHAPE_LENGTH_M = 0.0018, 0.050
"""How far the skin may be off the landmarks' face, and over what distance that changes: noses,
cheeks and foreheads as a whole, not single wrinkles."""

_MIRRORED = 0.5
"""Share of that which both halves of a face have in common."""

_FEATURE_SD_M = 0.0012
_LOCAL_SD_M, _LOCAL_LENGTH_M = 0.003, 0.008
"""Relief that the landmarks' triangles do not follow, and over what distance it is the same."""

_NOSE_HALF_WIDTH_M, _ABOVE_M, _BELOW_M = 0.018, 0.010, 0.050
"""The nose, from the nasion."""

_TUNING, _ROUNDS, _CONTROLS = 2.0, 3, 60


def drawn_in(face_head: Array) -> Array:
    """Draw the sides of a landmarks' face in to where skin is on average.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        Canonical metres; each landmark's ray cut at the canonical depth.
    """
    side = np.clip((np.abs(face_head[:, 0]) - _RIM_FROM_M) / (_RIM_TO_M - _RIM_FROM_M), 0.0, 1.0)
    inwards = -np.sign(face_head[:, 0]) * _RIM_M * side
    return face_head + inwards[:, None] * [1.0, 0.0, 0.0]


def fit_skin(
    face_head: Array, triangles: npt.NDArray[np.integer], skin: SkinSamples | None
) -> Array:
    """Move a face along its normals to the skin that was seen.

    The way to move is a smooth random field over the face (Rasmussen and Williams, Gaussian
    Processes for Machine Learning, 2006, eq. 2.23), half of it symmetric; features that
    contradict their neighbours are weighted down. Without samples nothing moves.

    Features on the nose do not count. What shines is seen behind skin that bulges, and features
    are partly that: matched with the true poses of a head of known shape, those on the crest lie
    .6-3 mm behind it.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        Canonical metres.
    triangles : ndarray, shape (M, 3)
    skin : SkinSamples or None
        Sampled over `face_head`.
    """
    beside = None if skin is None else _beside_nose(face_head, skin)
    if skin is None or beside is None or not beside.any():
        return face_head
    places, heights = skin.points_head[beside], skin.heights[beside]
    controls = spread_out(face_head, _CONTROLS)
    prior = _covariance(controls, controls) + (1e-3 * _SHAPE_SD_M) ** 2 * np.eye(_CONTROLS)
    reach = _covariance(places, controls)
    # What a fold or a hollow does to one feature it does to its neighbours as well.
    alike = closeness(places, places, _LOCAL_LENGTH_M).sum(axis=1)
    variance = _FEATURE_SD_M**2 + _LOCAL_SD_M**2 * alike + skin.deviations[beside] ** 2
    weights = 1.0 / variance
    pull = np.zeros(_CONTROLS)
    for _ in range(_ROUNDS):
        weighted = reach.T * weights
        # A matrix product this small is not worth waking other threads for.
        normal = np.einsum("in,nj->ij", weighted, reach) + prior
        pull = np.linalg.solve(normal, weighted @ heights)
        residual = (heights - reach @ pull) / np.sqrt(variance)
        spread = max(1.0, 1.48 * float(np.median(np.abs(residual))))
        weights = (1.0 + (residual / (_TUNING * spread)) ** 2) ** -2 / variance
    moved = _covariance(face_head, controls) @ pull
    return np.asarray(face_head + moved[:, None] * normals(face_head, triangles))


def _beside_nose(face_head: Array, skin: SkinSamples) -> npt.NDArray[np.bool_]:
    x, y, _ = (skin.points_head - face_head[FaceLandmark.NASION]).T
    nose = (np.abs(x) < _NOSE_HALF_WIDTH_M) & (y < _ABOVE_M) & (y > -_BELOW_M)
    return np.asarray(~nose)


def spread_out(points: Array, count: int) -> Array:
    """Choose points far from each other: the field is kept there (ibid., ch. 8.3.1)."""
    chosen = [0]
    nearest = np.full(len(points), np.inf)
    for _ in range(count - 1):
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(nearest.argmax()))
    return np.asarray(points[chosen])


def _covariance(one: Array, two: Array) -> Array:
    direct, mirrored = (
        closeness(one, two * sign, _SHAPE_LENGTH_M) for sign in ([1, 1, 1], [-1, 1, 1])
    )
    return _SHAPE_SD_M**2 * ((1.0 - 0.5 * _MIRRORED) * direct + 0.5 * _MIRRORED * mirrored)


def closeness(one: Array, two: Array, length: float) -> Array:
    """Return how alike a smooth field is at points (N, 3) and (M, 3): (N, M), at most 1."""
    squared = (one**2).sum(axis=1)[:, None] + (two**2).sum(axis=1) - 2.0 * one @ two.T
    return np.asarray(np.exp(-0.5 * squared / length**2))


def normals(vertices: Array, triangles: npt.NDArray[np.integer]) -> Array:
    """Return unit normals (N, 3) of the vertices (N, 3) of triangles (M, 3)."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, triangles[:, k], across)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / np.maximum(length, 1e-12))
