"""Points of skin that are found again: where they are on the head, and how well they say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.registration.picture.unwrap import flatten, unwrap, visible_texels

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.registration.picture.surface import Surface, View

__all__ = [
    "WINDOW_TEXELS",
    "FeatureMap",
    "Keyframe",
    "keyframe_of",
    "make_keyframe",
    "texture_contrast",
]

WINDOW_TEXELS = 24
"""Side of what is compared. OpenCV works on rows of eight texels at once: 23 takes half as long
again as 24."""

_MOST_FEATURES, _QUALITY, _SPACING_TEXELS, _BLOCK = 70, 0.003, 10.0, 7
_LEAST_COSINE = 0.45
_NOISE_GREY_LEVELS = 2.0
_MOVING_SKIN = 3.0
_SMOOTHING_TEXELS = 1.0


@dataclass
class FeatureMap:
    """Every feature of one head; a feature's number is its row.

    Attributes
    ----------
    points_head : ndarray, shape (N, 3)
        Current estimate, canonical metres.
    anchors_head, rays_head : ndarray, shape (N, 3)
        First estimate, and the unit direction of the line of sight it lay on.
    texels : ndarray, shape (N, 2)
        Where they are on the chart.
    variance : ndarray, shape (N,)
        Running squared residual relative to what noise explains; grows where skin moves.
    """

    points_head: Array = field(default_factory=lambda: np.zeros((0, 3)))
    anchors_head: Array = field(default_factory=lambda: np.zeros((0, 3)))
    rays_head: Array = field(default_factory=lambda: np.zeros((0, 3)))
    texels: Array = field(default_factory=lambda: np.zeros((0, 2)))
    variance: Array = field(default_factory=lambda: np.zeros(0))

    def add(self, points_head: Array, rays_head: Array, texels: Array) -> npt.NDArray[np.intp]:
        """Add features and return their numbers."""
        first = len(self.points_head)
        self.points_head = np.concatenate([self.points_head, points_head])
        self.anchors_head = np.concatenate([self.anchors_head, points_head])
        self.rays_head = np.concatenate([self.rays_head, rays_head])
        self.texels = np.concatenate([self.texels, texels])
        self.variance = np.concatenate([self.variance, np.ones(len(points_head))])
        return np.arange(first, first + len(points_head))

    def trusted(self, ids: npt.NDArray[np.intp], whitening: Array) -> Array:
        """Return whitenings (N, 2, 2) of features, less where residuals exceed the noise."""
        return np.asarray(whitening / np.sqrt(self.variance[ids])[:, None, None])

    def at_rest(self, ids: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Return, once each and in order, those of the features whose skin does not move."""
        ids = np.unique(ids)
        return ids[self.variance[ids] < _MOVING_SKIN]


@dataclass(eq=False)
class Keyframe:
    """What the face looked like from one side.

    Parameters
    ----------
    camera_from_head : RigidTransform
    texture : ndarray, uint8
        Flattened.
    texels : ndarray, shape (N, 2), float32
        Features in it.
    ids : ndarray, shape (N,)
        Their numbers in the map.
    covariance : ndarray, shape (N, 2, 2)
        How precisely each can be found by its texture, texels^2.
    contrast : ndarray, shape (N,)
        Mean absolute deviation of the texture in the window around each, grey levels.
    points_image : ndarray, shape (N, 2)
        Where they were seen, px.
    texture_contrast : float
        Of the whole texture.
    """

    camera_from_head: RigidTransform
    texture: npt.NDArray[np.uint8]
    texels: npt.NDArray[np.float32]
    ids: npt.NDArray[np.intp]
    covariance: Array
    contrast: Array
    points_image: Array
    texture_contrast: float


def make_keyframe(
    gray: npt.NDArray[np.uint8],
    surface: Surface,
    camera: Camera,
    camera_from_head: RigidTransform,
    features: FeatureMap,
) -> Keyframe:
    """Find new features in a picture and add them to the map.

    A feature's place on the head is where its line of sight meets the surface.

    Parameters
    ----------
    gray : ndarray, shape (H, W), uint8
    surface : Surface
    camera : Camera
    camera_from_head : RigidTransform
        Of this picture.
    features : FeatureMap
        Is extended.
    """
    view = surface.seen_by(camera, camera_from_head)
    raw = unwrap(gray, view)
    texture = flatten(raw, surface.chart.texel_m)
    return keyframe_of(texture, raw, view, surface, camera, camera_from_head, features)


def keyframe_of(
    texture: npt.NDArray[np.uint8],
    relief: npt.NDArray[np.uint8] | npt.NDArray[np.float32],
    view: View,
    surface: Surface,
    camera: Camera,
    camera_from_head: RigidTransform,
    features: FeatureMap,
) -> Keyframe:
    """Do the same in a picture that was unwrapped already.

    Parameters
    ----------
    texture : ndarray, uint8
        Flattened.
    relief : ndarray
        Not flattened, grey levels; shading does not matter.
    view : View
        Of the texture.
    surface, camera, camera_from_head, features
        As in `make_keyframe`.
    """
    found = cv2.goodFeaturesToTrack(
        texture,
        _MOST_FEATURES,
        _QUALITY,
        _SPACING_TEXELS,
        mask=visible_texels(view, _LEAST_COSINE),
        blockSize=_BLOCK,
    )
    texels = np.asarray([] if found is None else found, dtype=np.float32).reshape(-1, 2)
    points_image = view.image_at(texels.astype(np.float64))
    depth = (camera_from_head @ surface.points_at(texels.astype(np.float64)))[:, 2]
    points_camera = camera.unproject(points_image, depth)
    sight = points_camera / np.linalg.norm(points_camera, axis=1, keepdims=True)
    ids = features.add(
        camera_from_head.inverse() @ points_camera,
        sight @ camera_from_head.rotation,
        texels.astype(np.float64),
    )
    covariance = _NOISE_GREY_LEVELS**2 * np.asarray(np.linalg.inv(_structure(relief, texels)))
    return Keyframe(
        camera_from_head,
        texture,
        texels,
        ids,
        covariance,
        _contrast(texture, texels),
        points_image,
        texture_contrast(texture),
    )


def _structure(
    raw: npt.NDArray[np.uint8] | npt.NDArray[np.float32], texels: npt.NDArray[np.float32]
) -> Array:
    """Sum of the gradients' outer products over the window around each feature (N, 2, 2)."""
    smooth = cv2.GaussianBlur(raw.astype(np.float32), (0, 0), _SMOOTHING_TEXELS)
    gx = np.asarray(cv2.Scharr(smooth, cv2.CV_32F, 1, 0), dtype=np.float32) / 32.0
    gy = np.asarray(cv2.Scharr(smooth, cv2.CV_32F, 0, 1), dtype=np.float32) / 32.0
    i, j = np.round(texels).astype(np.intp).T
    sums = []
    for product in (gx * gx, gx * gy, gy * gy):
        total = cv2.boxFilter(
            np.asarray(product), -1, (WINDOW_TEXELS, WINDOW_TEXELS), normalize=False
        )
        sums.append(total[j, i].astype(np.float64))
    xx, xy, yy = sums
    tensor = np.stack([xx, xy, xy, yy], axis=-1).reshape(-1, 2, 2)
    return np.asarray(tensor + 1e-3 * np.eye(2), dtype=np.float64)


def _contrast(texture: npt.NDArray[np.uint8], texels: npt.NDArray[np.float32]) -> Array:
    values = texture.astype(np.float32)
    away = np.abs(values - cv2.blur(values, (WINDOW_TEXELS, WINDOW_TEXELS)))
    mean = cv2.blur(np.asarray(away, dtype=np.float32), (WINDOW_TEXELS, WINDOW_TEXELS))
    i, j = np.round(texels).astype(np.intp).T
    return np.asarray(mean[j, i], dtype=np.float64)


def texture_contrast(texture: npt.NDArray[np.uint8]) -> float:
    """Return the standard deviation of a texture, grey levels."""
    return float(cv2.meanStdDev(texture[::4, ::4])[1][0, 0])
