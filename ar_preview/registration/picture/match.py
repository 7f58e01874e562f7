"""Finding a keyframe's features in a new picture, in the face's own texture space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.registration.picture.features import FeatureMap, Keyframe
    from ar_preview.registration.picture.surface import View

__all__ = ["NEAR", "WIDE", "Matches", "Search", "match_keyframes", "whitening"]

_WINDOW, _STEPS, _STEP_TEXELS = 23, 8, 0.02
_LEAST_COSINE = 0.3
_MOST_SHIFT_TEXELS = 8.0
_EDGE_PX = 4.0
_LEAST_CONTRAST = 0.2
"""Of the keyframe's; below it the picture is dark, and Lucas-Kanade would end anywhere."""

_LEAST_EIGENVALUE = 1e-4
_PICTURE_SD_PX = 0.3


@dataclass(frozen=True)
class Search:
    """How far to look.

    Parameters
    ----------
    levels : int
        Halvings of the texture before the search at full size.
    most_move_texels : float
        A feature further from its expected place is not believed.
    """

    levels: int
    most_move_texels: float


NEAR, WIDE = Search(1, 12.0), Search(3, 48.0)


@dataclass(frozen=True, eq=False)
class Matches:
    """Features seen in a picture.

    Parameters
    ----------
    ids : ndarray, shape (N,)
        Numbers in the feature map; a feature may be seen through two keyframes.
    points_image : ndarray, shape (N, 2)
        px.
    whitening : ndarray, shape (N, 2, 2)
        Turns a residual in px into one of unit variance.
    moved_texels : float
        Median way from the prediction.
    sought : int
        How many features should have been seen.
    difference : float
        Mean difference of the textures around a feature, relative to their contrast; median.
    """

    ids: npt.NDArray[np.intp]
    points_image: Array
    whitening: Array
    moved_texels: float
    sought: int
    difference: float

    def __len__(self) -> int:
        return len(self.ids)


def match_keyframes(
    texture: npt.NDArray[np.uint8],
    view: View,
    camera: Camera,
    camera_from_head: RigidTransform,
    keyframes: Sequence[Keyframe],
    features: FeatureMap,
    search: Search,
) -> Matches:
    """Match keyframes to the texture unwrapped with a predicted pose.

    Pyramidal Lucas-Kanade (Bouguet, 2001), begun where the prediction puts each feature.
    Always keyframe to picture, never picture to picture: nothing drifts.

    Parameters
    ----------
    texture : ndarray, uint8
        Flattened, of this picture under `camera_from_head`.
    view : View
        Of the same.
    camera : Camera
    camera_from_head : RigidTransform
        Predicted.
    keyframes : sequence of Keyframe
    features : FeatureMap
    search : Search
    """
    parts = [
        _match_one(texture, view, camera, camera_from_head, keyframe, features, search)
        for keyframe in keyframes
    ]
    ids, texels, covariance, moved, difference = (
        np.concatenate(p) for p in zip(*(p[:5] for p in parts), strict=True)
    )
    points, jacobian, _ = view.at(texels)
    inside = ((points > _EDGE_PX) & (points < np.subtract(view.size, _EDGE_PX))).all(axis=1)
    return Matches(
        ids[inside],
        points[inside],
        whitening(covariance[inside], jacobian[inside]),
        float(np.median(moved[inside])) if inside.any() else 0.0,
        sum(p[5] for p in parts),
        float(np.median(difference[inside])) if inside.any() else 1.0,
    )


def _match_one(
    texture: npt.NDArray[np.uint8],
    view: View,
    camera: Camera,
    camera_from_head: RigidTransform,
    keyframe: Keyframe,
    features: FeatureMap,
    search: Search,
) -> tuple[npt.NDArray[np.intp], Array, Array, Array, Array, int]:
    texels = keyframe.texels.astype(np.float64)
    seated, jacobian, cosine = view.at(texels)
    seen = cosine > _LEAST_COSINE
    texels, ids, covariance = (
        texels[seen],
        keyframe.ids[seen],
        keyframe.covariance[seen],
    )
    if len(ids) == 0 or _contrast(texture) < _LEAST_CONTRAST * _contrast(keyframe.texture):
        nothing = np.zeros(0)
        return ids[:0], texels[:0], covariance[:0], nothing, nothing, len(ids)
    # The map has been refined since: the feature is expected a little beside its old texel.
    expected = camera.project(camera_from_head @ features.points_head[ids])
    gap = expected - seated[seen]
    shift = np.linalg.solve(jacobian[seen], gap[..., None])[..., 0]
    start = texels + np.clip(shift, -_MOST_SHIFT_TEXELS, _MOST_SHIFT_TEXELS)
    found, status, difference = cv2.calcOpticalFlowPyrLK(
        keyframe.texture,
        texture,
        texels.astype(np.float32).reshape(-1, 1, 2),
        start.astype(np.float32).reshape(-1, 1, 2),
        winSize=(_WINDOW, _WINDOW),
        maxLevel=search.levels,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, _STEP_TEXELS),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        minEigThreshold=_LEAST_EIGENVALUE,
    )
    end = found.reshape(-1, 2).astype(np.float64)
    move = end - start
    limits = np.array([view.chart.width, view.chart.height]) - 2.0
    relative = difference.ravel() / np.maximum(keyframe.contrast[seen], 1.0)
    good = (
        (status.ravel() > 0)
        & (np.abs(move).max(axis=1) < search.most_move_texels)
        & ((end > 1.0) & (end < limits)).all(axis=1)
    )
    return (
        ids[good],
        end[good],
        covariance[good],
        np.linalg.norm(move[good], axis=1),
        relative[good],
        len(ids),
    )


def _contrast(texture: npt.NDArray[np.uint8]) -> float:
    return float(texture[::4, ::4].std())


def whitening(covariance_texels: Array, jacobian: Array) -> Array:
    """Return inverse Cholesky factors (N, 2, 2) of the covariance in the picture, 1/px.

    Parameters
    ----------
    covariance_texels : ndarray, shape (N, 2, 2)
        texels^2.
    jacobian : ndarray, shape (N, 2, 2)
        d image / d texel.
    """
    covariance = jacobian @ covariance_texels @ jacobian.transpose(0, 2, 1)
    xx = covariance[:, 0, 0] + _PICTURE_SD_PX**2
    xy = covariance[:, 0, 1]
    yy = covariance[:, 1, 1] + _PICTURE_SD_PX**2
    first = np.sqrt(xx)
    cross = xy / first
    second = np.sqrt(np.maximum(yy - cross**2, 1e-9))
    result = np.zeros_like(covariance)
    result[:, 0, 0] = 1.0 / first
    result[:, 1, 0] = -cross / (first * second)
    result[:, 1, 1] = 1.0 / second
    return result
