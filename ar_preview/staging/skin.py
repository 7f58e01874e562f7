"""Light from skin: spherical harmonics that explain how a face is shaded.

Skin sends back the light from in front of it times its own colour. The harmonics of the light are
the maximum a posteriori estimate from the shading over the face's normals and from what rooms are
like (`workshop.light_prior`); how bright the light is follows from what skins and exposures are
likely (`skin_albedo`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.assets import asset_path
from ar_preview.geometry import SH_COSINE_LOBE, sh_basis
from ar_preview.landmarks import FACE_CONTOUR, LEFT_EYE_RING, LIPS, MESH_SIZE, RIGHT_EYE_RING

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.landmarks import FaceModel
    from ar_preview.tracks import FaceTrack

__all__ = ["LUMINANCE", "SkinSampler", "SkinSamples", "fit_harmonics", "linear_from_srgb"]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

_FACE_WIDTH_PX = 64
"""Skin is sampled where the face is about this wide: pores and noise are averaged away."""

_SMALLEST_COSINE = 0.25
_NEAR_WHITE, _NEAR_WHITE_WEIGHT = 0.97, 0.05
_SHADING_SIGMA = 1.0
"""Relative error of a sample: skin is neither even nor matte, and the normals are average."""

_ROUNDS = 2
_BROWS = (
    *(70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    *(300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
_EYELIDS = (
    *(247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25, 130),
    *(467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255, 359),
)
_CHROMA_SHARE = 0.5
"""Of the colour of order 1 that is believed; that of order 2 only blotches mirrors."""

_DARKEST = 0.1
"""Least irradiance of any normal, as a share of the mean: nothing is lit by nothing."""


@cache
def _linear_table() -> npt.NDArray[np.float32]:
    c = np.arange(256) / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear, np.float32)


def linear_from_srgb(image: RgbImage) -> npt.NDArray[np.float32]:
    """Linear light of sRGB bytes (IEC 61966-2-1), same shape."""
    return np.asarray(_linear_table()[image])


@dataclass(frozen=True, eq=False)
class SkinSamples:
    """Skin of one face.

    Parameters
    ----------
    colors : ndarray, shape (N, 3)
        Linear.
    normals : ndarray, shape (N, 3)
        Camera axes, towards the outside.
    """

    colors: Array
    normals: Array

    @cached_property
    def median(self) -> Array:
        """Colour of the middle sample, (3,)."""
        return np.asarray(np.median(self.colors, axis=0))


class SkinSampler:
    """Finds skin in a picture.

    Parameters
    ----------
    model : FaceModel
    """

    def __init__(self, model: FaceModel) -> None:
        other = {*LIPS, *LEFT_EYE_RING, *RIGHT_EYE_RING, *FACE_CONTOUR, *_BROWS, *_EYELIDS}
        self._skin = np.array([i for i in range(MESH_SIZE) if i not in other])
        self._normals_head = _vertex_normals(model.vertices_head, model.triangles)[self._skin]

    def sample(
        self, image: RgbImage, face: FaceTrack, rotation: Array, position: Array
    ) -> SkinSamples | None:
        """Return the skin that looks towards the camera, or None if there is too little.

        Parameters
        ----------
        image : ndarray, shape (H, W, 3), uint8
        face : FaceTrack
        rotation : ndarray, shape (3, 3)
            Of ``camera_from_head``.
        position : ndarray, shape (3,)
            Of the head, camera space.
        """
        points = face.points_image[self._skin]
        normals = self._normals_head @ rotation.T
        towards = -position / np.linalg.norm(position)
        low = np.maximum(np.floor(points.min(axis=0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 1, image.shape[1::-1])
        inside = ((points >= low) & (points < high)).all(axis=1)
        seen = inside & (normals @ towards > _SMALLEST_COSINE)
        if seen.sum() < 0.2 * len(points) or (high - low < 8).any():
            return None
        crop = image[low[1] : high[1], low[0] : high[0]]
        shrink = max(1.0, crop.shape[1] / _FACE_WIDTH_PX)
        size = [max(4, round(side / shrink)) for side in crop.shape[1::-1]]
        small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
        at = ((points[seen] - low) * (np.array(size) / (high - low))).astype(int)
        x, y = np.minimum(at, np.array(size) - 1).T
        return SkinSamples(
            linear_from_srgb(np.asarray(small, np.uint8)[y, x]).astype(np.float64), normals[seen]
        )


def _vertex_normals(vertices: Array, triangles: npt.NDArray[np.integer]) -> Array:
    a, b, c = np.moveaxis(vertices[triangles], 1, 0)
    normals = np.zeros_like(vertices)
    np.add.at(normals, triangles.ravel(), np.repeat(np.cross(b - a, c - a), 3, axis=0))
    return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True))


@cache
def _prior() -> tuple[Array, Array]:
    """Mean and inverse covariance of harmonics that light a face with 1."""
    document: dict[str, Any] = json.loads(
        asset_path("environments", "prior.json").read_text(encoding="utf-8")
    )
    return np.array(document["mean"]), np.linalg.inv(np.array(document["covariance"]))


def fit_harmonics(samples: SkinSamples, albedo: Array) -> Array:
    """Return the light that explains skin of a known colour.

    Channels share the shape of their prior and are solved each in the unit of its own median,
    so that a coloured light is as likely as a white one.

    Parameters
    ----------
    samples : SkinSamples
    albedo : ndarray, shape (3,)
        Linear.

    Returns
    -------
    ndarray, shape (9, 3)
        Radiance, `sh_basis` order, camera axes, unit of a white that is encoded as 255.
    """
    mean, precision = _prior()
    middle = np.maximum(samples.median, 1e-4)
    shading = samples.colors / middle
    design = sh_basis(samples.normals) * SH_COSINE_LOBE
    bright = (samples.colors > _NEAR_WHITE).any(axis=1)
    sure = np.where(bright, _NEAR_WHITE_WEIGHT, 1.0)
    weights = sure
    for left in reversed(range(_ROUNDS)):
        weighted = design * weights[:, None] / _SHADING_SIGMA**2
        fitted = np.linalg.solve(
            weighted.T @ design + precision,
            weighted.T @ shading + (precision @ mean)[:, None],
        )
        if left:
            error = np.abs((shading - design @ fitted) @ LUMINANCE)
            scale = max(1.4826 * float(np.median(error)), 0.02)
            weights = sure / (1.0 + (error / (3.0 * scale)) ** 2) ** 2
    return _plausible(fitted * (middle / albedo))


def _plausible(harmonics: Array) -> Array:
    """Keep what light can be: little colour between directions, no darkness below zero."""
    gray = harmonics @ LUMINANCE
    tint = harmonics[0] / max(float(gray[0]), 1e-6)
    out = gray[:, None] * tint
    out[1:4] += _CHROMA_SHARE * (harmonics[1:4] - out[1:4])
    basis = _even_basis()
    mean = basis[0, 0] * gray[0]
    least = float((basis[:, 1:] @ gray[1:]).min())
    if mean + least < _DARKEST * mean:
        out[1:] *= (1.0 - _DARKEST) * mean / -least
    return np.asarray(out)


@cache
def _even_basis() -> Array:
    """Irradiance / pi of the harmonics on even normals, (N, 9)."""
    i = np.arange(96) + 0.5
    z = 1.0 - i / 48.0
    around = i * np.pi * (3.0 - np.sqrt(5.0))
    r = np.sqrt(1.0 - z * z)
    normals = np.stack([r * np.cos(around), r * np.sin(around), z], axis=-1)
    return np.asarray(sh_basis(normals) * SH_COSINE_LOBE)
