"""The shadow that worn pieces cast on the skin below them, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import cv2
import numpy as np

from ar_preview.geometry import sh_basis, smooth_step
from ar_preview.scene import SkinShadow
from ar_preview.staging.contact import cover_skin
from ar_preview.staging.skin import LUMINANCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor, Future

    import numpy.typing as npt

    from ar_preview.geometry import Array, RigidTransform
    from ar_preview.products.product import Product
    from ar_preview.scene import Item, Light
    from ar_preview.staging.contact import Cover
    from ar_preview.staging.texels import SkinTexels

__all__ = ["BodyShadow"]

_MOVED_M = 1.0e-3
"""What creeps on the skin takes its shadow along that far before a new one is worked out."""

_MOST = 0.95
"""Share of a shape: single points of a face, as of its rim, wander farther than all others."""

_SAME_LIGHT = 0.03
_FADE_FRAMES = 8

_WINDOW = np.repeat([1.0, 0.854, 0.5], [1, 3, 5])
"""Hann window over four bands: harmonics that end abruptly have negative light
(Sloan 2008, "Stupid spherical harmonics tricks")."""

_SPREAD_M = 1.0e-3
"""Standard deviation across of light that enters skin and leaves it elsewhere: for green 0.756 of
the diffuse mean free path of 1.37 mm (Jensen et al. 2001), by the profile of Christensen and
Burley (2015). Red spreads farther, which only shows as a cold rim around narrow shadows."""

_PRESSED = 0.5
"""Root of the share of light below which skin counts less and less as seen: something rests on it,
and its darkness does not show beside what hides it."""

_SOFT = 4.0
"""Standard deviations beyond which nothing spreads."""

_FIXED = np.array(
    [[x, y, z] for x, y, z in np.ndindex(3, 3, 3) if (x, y, z) != (1, 1, 1)], dtype=np.float64
)
_FIXED = (_FIXED - 1.0) / np.linalg.norm(_FIXED - 1.0, axis=1, keepdims=True)
_FROM_FIXED = np.linalg.pinv(sh_basis(_FIXED))

_UNIT_BOX = np.array(list(np.ndindex(2, 2, 2)), dtype=np.float64)
_BOXES: WeakKeyDictionary[Product, Array] = WeakKeyDictionary()
"""Of products seen so far."""


@dataclass(frozen=True, eq=False)
class _Cause:
    """What a cover was worked out for."""

    shape: Array
    items: tuple[tuple[Item, Array], ...]

    def is_like(self, other: _Cause, texels: SkinTexels) -> bool:
        """Whether the other casts nearly the same shadow."""
        if len(self.items) != len(other.items):
            return False
        if not _nearly_same(self.shape, other.shape, texels.moved_m):
            return False
        growth = texels.growth(self.shape, other.shape)
        for (a, at_a), (b, at_b) in zip(self.items, other.items, strict=True):
            if a.product is not b.product or a.materials is not b.materials:
                return False
            before, after = _corners(a.product, at_a), _corners(b.product, at_b)
            # Pieces stay as large as they are, or grow with the limb.
            if min(np.abs(g * before - after).max() for g in (1.0, growth)) >= _MOVED_M:
                return False
        return True


class BodyShadow:
    """The shadow on one face, finger or arm.

    Parameters
    ----------
    texels : SkinTexels
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
        self,
        camera_from_body: RigidTransform,
        shape: Array,
        vertices_camera: Array,
        items: Sequence[Item],
        light: Light,
    ) -> SkinShadow | None:
        """Return the shadow of a frame; None while there is none.

        Parameters
        ----------
        camera_from_body : RigidTransform
        shape : ndarray
            Of the skin, as the texels take it: of a face the neutral one, as far as it is skin
            that things lie on.
        vertices_camera : ndarray, shape (N, 3)
            The skin as it is drawn, camera space.
        items : sequence of Item
            What is worn on it.
        light : Light
        """
        self._follow(camera_from_body, shape, items)
        if self._cover is None:
            self._strength = 0.0 if self._worker is not None else 1.0
            return None
        self._strength = min(self._strength + 1.0 / _FADE_FRAMES, 1.0)
        luminance = _luminance_body(light, camera_from_body.rotation)
        change = float(np.linalg.norm(luminance - self._light))
        if self._roots is None or change > _SAME_LIGHT:
            self._light = luminance
            self._roots = _shadow_roots(self._texels, self._cover, luminance)
        return SkinShadow(
            vertices_camera.astype(np.float32),
            self._texels.triangles,
            self._texels.uv,
            self._roots,
            self._strength * min(item.opacity for item in items),
            camera_from_body @ self._cover.extent_body,
        )

    def _follow(
        self, camera_from_body: RigidTransform, shape: Array, items: Sequence[Item]
    ) -> None:
        """Work out anew what is covered when something else is worn, or elsewhere."""
        if self._pending is not None and self._pending.done():
            self._cover, self._roots = self._pending.result(), None
            self._pending = None
        body = camera_from_body.inverse()
        cause = _Cause(shape, tuple((item, _body_from_product(body, item)) for item in items))
        if self._pending is not None:
            return
        if self._cause is not None and self._cause.is_like(cause, self._texels):
            return
        self._cause = cause
        if self._worker is not None:
            self._pending = self._worker.submit(cover_skin, self._texels, shape, cause.items)
            return
        self._cover = cover_skin(self._texels, shape, cause.items)
        self._roots = None


def _nearly_same(a: Array, b: Array, moved_m: float) -> bool:
    """Whether all but a few numbers of a body's shape are nearly those of another one."""
    return a is b or float((np.abs(a - b) < moved_m).mean()) >= _MOST


def _body_from_product(body_from_camera: RigidTransform, item: Item) -> Array:
    matrix: Array = (body_from_camera @ item.camera_from_product).matrix
    matrix[:3, :3] *= item.scale
    return matrix


def _corners(product: Product, body_from_product: Array) -> Array:
    """Return the corners of a product's box in the body's space, (8, 3)."""
    box = _BOXES.get(product)
    if box is None:
        vertices = product.vertices_product()
        box = _BOXES[product] = _UNIT_BOX * np.ptp(vertices, axis=0) + vertices.min(axis=0)
    return np.asarray(box @ body_from_product[:3, :3].T + body_from_product[:3, 3])


def _luminance_body(light: Light, camera_from_body: Array) -> Array:
    """Return a light's harmonics in the body's axes, its mean 1; even light if it tells none."""
    if light.irradiance is None:
        return np.asarray(np.eye(9)[0])
    camera = light.irradiance @ LUMINANCE * _WINDOW
    # Harmonics are carried over by their values in directions that fix them.
    turned = _FROM_FIXED @ (sh_basis(_FIXED @ camera_from_body.T) @ camera)
    return np.asarray(turned / max(float(turned[0]), 1e-6))


def _shadow_roots(texels: SkinTexels, cover: Cover, luminance: Array) -> npt.NDArray[np.uint8]:
    """Return the texture of a `SkinShadow`."""
    side = texels.side
    across, down = (_SPREAD_M * n for n in texels.texels_per_m)
    soft = int(np.ceil(_SOFT * max(across, down)))
    first, last = cover.place.min() // side, cover.place.max() // side
    top, bottom = max(first - soft, 0), min(last + soft + 1, side)
    kept = np.ones(((bottom - top) * side, 3), np.float32)
    kept[cover.place - top * side] = cover.kept(luminance)
    roots = np.sqrt(kept).reshape(-1, side, 3)
    if texels.closed:
        roots = np.concatenate([roots[:, -soft:], roots, roots[:, :soft]], axis=1)
    roots = _spread(roots, across, down)
    if texels.closed:
        roots = roots[:, soft:-soft]
    out = np.full((side, side, 3), 255, np.uint8)
    out[top:bottom] = roots * 255.0 + 0.5
    return out


def _spread(roots: npt.NDArray[np.float32], across: float, down: float) -> npt.NDArray[np.float32]:
    """Let light spread in the skin by these standard deviations, between texels that are seen."""
    seen = smooth_step(0.0, _PRESSED, roots.min(axis=2, keepdims=True)).astype(np.float32) + 1e-3
    both = np.concatenate([seen * roots, seen], axis=2)
    both = cv2.GaussianBlur(both, (0, 0), sigmaX=across, sigmaY=down)
    return np.asarray(both[..., :3] / both[..., 3:], np.float32)
