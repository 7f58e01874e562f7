"""Finding a keyframe's features in a new picture, in the face's own texture space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.registration.picture.features import WINDOW_TEXELS, texture_contrast
from ar_preview.registration.picture.solve import median
from ar_preview.registration.picture.surface import solved_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.registration.picture.features import FeatureMap, Keyframe
    from ar_preview.registration.picture.surface import View

__all__ = ["NEAR", "WIDE", "Matches", "Search", "match_keyframes", "whitening"]

_STEPS, _STEP_TEXELS = 8, 0.04
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
    texels = np.concatenate([k.texels for k in keyframes]).astype(np.float64)
    seated, jacobian, cosine = view.at(texels)
    seen = cosine > _LEAST_COSINE
    contrast = texture_contrast(texture)
    lit = [contrast >= _LEAST_CONTRAST * k.texture_contrast for k in keyframes]
    counts = [len(k.ids) for k in keyframes]
    sought = np.flatnonzero(seen & np.repeat(lit, counts))
    owners = np.repeat(np.arange(len(keyframes)), counts)[sought]
    ids = np.concatenate([k.ids for k in keyframes])[sought]
    # The map has been refined since: the feature is expected a little beside its old texel.
    gap = camera.project(camera_from_head @ features.points_head[ids]) - seated[sought]
    shift = solved_pairs(jacobian[sought], gap)
    texels = texels[sought]
    start = texels + np.clip(shift, -_MOST_SHIFT_TEXELS, _MOST_SHIFT_TEXELS)
    flows = [
        _flow(k.texture, texture, texels[owners == n], start[owners == n], search)
        for n, k in enumerate(keyframes)
    ]
    end, status, difference = (np.concatenate(p) for p in zip(*flows, strict=True))
    move = end - start
    limits = np.array([view.chart.width, view.chart.height]) - 2.0
    points, jacobian, _ = view.at(end)
    good = (
        status
        & (np.abs(move).max(axis=1) < search.most_move_texels)
        & ((end > 1.0) & (end < limits)).all(axis=1)
        & ((points > _EDGE_PX) & (points < np.subtract(view.size, _EDGE_PX))).all(axis=1)
    )
    covariance = np.concatenate([k.covariance for k in keyframes])[sought[good]]
    usual = np.concatenate([k.contrast for k in keyframes])[sought[good]]
    moved, difference = np.hypot(*move[good].T), difference[good] / np.maximum(usual, 1.0)
    return Matches(
        ids[good],
        points[good],
        whitening(covariance, jacobian[good]),
        median(moved) if good.any() else 0.0,
        int(seen.sum()),
        median(difference) if good.any() else 1.0,
    )


def _flow(
    before: npt.NDArray[np.uint8],
    after: npt.NDArray[np.uint8],
    places: Array,
    starts: Array,
    search: Search,
) -> tuple[Array, npt.NDArray[np.bool_], Array]:
    """Return where features went (N, 2), whether they were found, and the difference there."""
    if len(places) == 0:
        return np.zeros((0, 2)), np.zeros(0, bool), np.zeros(0)
    found, status, difference = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        places.astype(np.float32).reshape(-1, 1, 2),
        starts.astype(np.float32).reshape(-1, 1, 2),
        winSize=(WINDOW_TEXELS, WINDOW_TEXELS),
        maxLevel=search.levels,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, _STEP_TEXELS),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        minEigThreshold=_LEAST_EIGENVALUE,
    )
    error = difference.ravel().astype(np.float64)
    return found.reshape(-1, 2).astype(np.float64), status.ravel() > 0, error


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
