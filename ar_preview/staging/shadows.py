"""The shadow that worn pieces cast on a face, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import sh_basis
from ar_preview.scene import SkinShadow
from ar_preview.staging.contact import SIDE, TEXEL_M, SkinTexels, cover_skin
from ar_preview.staging.skin import LUMINANCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor, Future

    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.poses import HeadPose
    from ar_preview.scene import Item, Light
    from ar_preview.staging.contact import Cover

__all__ = ["FaceShadow"]

_MOVED_M = 1.0e-3
"""What creeps on the face takes its shadow along that far before a new one is worked out."""

_SAME_LIGHT = 0.03
_FADE_FRAMES = 8

_WINDOW = np.repeat([1.0, 0.854, 0.5], [1, 3, 5])
"""Hann window over four bands: harmonics that end abruptly have negative light
(Sloan 2008, "Stupid spherical harmonics tricks")."""

_SPREAD_M = 1.0e-3
"""Standard deviation across of light that enters skin and leaves it elsewhere: for green 0.756 of
the diffuse mean free path of 1.37 mm (Jensen et al. 2001), by the profile of Christensen and
Burley (2015). Red spreads farther, which only shows as a cold rim around narrow shadows."""

_SOFT_TEXELS = 4
_FIXED = np.array(
    [[x, y, z] for x, y, z in np.ndindex(3, 3, 3) if (x, y, z) != (1, 1, 1)], dtype=np.float64
)
_FIXED = (_FIXED - 1.0) / np.linalg.norm(_FIXED - 1.0, axis=1, keepdims=True)
_FROM_FIXED = np.linalg.pinv(sh_basis(_FIXED))


@dataclass(frozen=True, eq=False)
class _Cause:
    """What a cover was worked out for."""

    face_head: Array
    items: tuple[tuple[Item, Array], ...]

    def is_like(self, other: _Cause) -> bool:
        """Whether the other casts nearly the same shadow."""
        moved = np.abs(self.face_head - other.face_head).max()
        if moved > _MOVED_M or len(self.items) != len(other.items):
            return False
        return all(
            a.product is b.product
            and a.materials is b.materials
            and np.abs(at_a - at_b).max() < _MOVED_M
            for (a, at_a), (b, at_b) in zip(self.items, other.items, strict=True)
        )


class FaceShadow:
    """The shadow on one face.

    Parameters
    ----------
    texels : SkinTexels
        Of the face model.
    worker : Executor, optional
        Works a shadow out while frames go on without it, or with the one before. Without one
        the frame waits, so that the same frames always give the same pictures.
    """

    def __init__(self, texels: SkinTexels, worker: Executor | None = None) -> None:
        self._texels = texels
        self._worker = worker
        self._cause: _Cause | None = None
        self._pending: Future[Cover | None] | None = None
        self._cover: Cover | None = None
        self._light = np.zeros(9)
        self._roots: npt.NDArray[np.uint8] | None = None
        self._strength = 1.0 if worker is None else 0.0

    def update(
        self, pose: HeadPose, face_head: Array, items: Sequence[Item], light: Light
    ) -> SkinShadow | None:
        """Return the shadow of a frame; None while there is none.

        Parameters
        ----------
        pose : HeadPose
        face_head : ndarray, shape (468, 3)
            The neutral face as far as it is skin that things lie on, head space.
        items : sequence of Item
            What this person wears on the head.
        light : Light
        """
        self._follow(pose, face_head, items)
        if self._cover is None:
            self._strength = 0.0 if self._worker is not None else 1.0
            return None
        self._strength = min(self._strength + 1.0 / _FADE_FRAMES, 1.0)
        luminance = _luminance_head(light, pose.camera_from_head.rotation)
        change = float(np.linalg.norm(luminance - self._light))
        if self._roots is None or change > _SAME_LIGHT:
            self._light = luminance
            self._roots = _shadow_roots(self._cover, luminance)
        extent = pose.camera_from_head @ self._cover.extent_head
        return SkinShadow(
            pose.vertices_camera.astype(np.float32),
            self._texels.triangles,
            self._texels.uv,
            self._roots,
            self._strength,
            extent,
        )

    def _follow(self, pose: HeadPose, face_head: Array, items: Sequence[Item]) -> None:
        """Work out anew what is covered when something else is worn, or elsewhere."""
        if self._pending is not None and self._pending.done():
            self._cover, self._roots = self._pending.result(), None
            self._pending = None
        cause = _Cause(face_head, tuple((item, _head_from_product(pose, item)) for item in items))
        if self._pending is not None or (self._cause is not None and self._cause.is_like(cause)):
            return
        self._cause = cause
        if self._worker is not None:
            self._pending = self._worker.submit(cover_skin, self._texels, face_head, cause.items)
            return
        self._cover = cover_skin(self._texels, face_head, cause.items)
        self._roots = None


def _head_from_product(pose: HeadPose, item: Item) -> Array:
    matrix: Array = (pose.camera_from_head.inverse() @ item.camera_from_product).matrix
    matrix[:3, :3] *= item.scale
    return matrix


def _luminance_head(light: Light, camera_from_head: Array) -> Array:
    """Return the harmonics of a light in head axes, its mean 1; even light if it tells none."""
    if light.irradiance is None:
        return np.asarray(np.eye(9)[0])
    camera = light.irradiance @ LUMINANCE * _WINDOW
    # Harmonics are carried over by their values in directions that fix them.
    turned = _FROM_FIXED @ (sh_basis(_FIXED @ camera_from_head.T) @ camera)
    return np.asarray(turned / max(float(turned[0]), 1e-6))


def _shadow_roots(cover: Cover, luminance: Array) -> npt.NDArray[np.uint8]:
    """Return the texture of a `SkinShadow`."""
    first, last = cover.place.min() // SIDE, cover.place.max() // SIDE
    top, bottom = max(first - _SOFT_TEXELS, 0), min(last + _SOFT_TEXELS + 1, SIDE)
    kept = np.ones(((bottom - top) * SIDE, 3), np.float32)
    kept[cover.place - top * SIDE] = cover.kept(luminance)
    roots = np.sqrt(kept).reshape(-1, SIDE, 3)
    roots = cv2.GaussianBlur(roots, (0, 0), _SPREAD_M / TEXEL_M)
    out = np.full((SIDE, SIDE, 3), 255, np.uint8)
    out[top:bottom] = roots * 255.0 + 0.5
    return out
