"""Texture references of glTF materials, as `Texture`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from ar_preview.products.gltf.images import ImageReader
from ar_preview.products.product import Texture

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.gltf.container import Container
    from ar_preview.products.gltf.fields import Fields
    from ar_preview.products.gltf.notes import Notes

__all__ = ["TextureReader"]

Wrap = Literal["repeat", "clamp", "mirror"]

_WRAPS: dict[int, Wrap] = {10497: "repeat", 33071: "clamp", 33648: "mirror"}


class TextureReader:
    """Reads the textures of one file, material by material.

    Parameters
    ----------
    container : Container
    notes : Notes
        Collects what could not be honoured.
    """

    def __init__(self, container: Container, notes: Notes) -> None:
        self._notes = notes
        self.images = ImageReader(container)
        self._textures = container.root.children("textures")
        self._samplers = container.root.children("samplers")
        self._material = ""

    def begin(self, material: str) -> None:
        """Start with another material."""
        self._material = material

    def read(self, parent: Fields, key: str) -> Texture | None:
        """Return the texture that a field refers to, if there is one."""
        if key not in parent:
            return None
        info = parent.child(key)
        number = info.index("index", len(self._textures))
        if number is None:
            info.fail("index", "the index of a texture")
        uv_set = info.integer("texCoord", 0, high=8)
        transform = info.extension("KHR_texture_transform")
        if transform is not None:
            uv_set = transform.integer("texCoord", uv_set, high=8)
        if uv_set > 1:
            self._notes.add(
                f"material {self._material!r}: the {key} uses TEXCOORD_{uv_set}, of which only 0 "
                "and 1 are read; it is not drawn"
            )
            return None
        wrap_u, wrap_v = self._wraps(self._textures[number])
        return Texture(
            image=self.images.rgba(self._source(self._textures[number])),
            wrap_u=wrap_u,
            wrap_v=wrap_v,
            uv_from_uv=np.eye(3) if transform is None else _uv_transform(transform),
            second_uv=uv_set == 1,
        )

    def _source(self, texture: Fields) -> int:
        source = texture.index("source", self.images.count)
        webp = texture.extension("EXT_texture_webp")
        if source is None and webp is not None:
            source = webp.index("source", self.images.count)
        if source is None:
            remedy = (
                "KTX2 textures (KHR_texture_basisu) are not supported, export them as PNG or JPEG"
                if texture.extension("KHR_texture_basisu") is not None
                else "export the textures again"
            )
            texture.fail("source", f"the index of a PNG, JPEG or WebP image ({remedy})")
        return source

    def _wraps(self, texture: Fields) -> tuple[Wrap, Wrap]:
        number = texture.index("sampler", len(self._samplers))
        if number is None:
            return "repeat", "repeat"
        sampler = self._samplers[number]
        codes = [sampler.integer(side, 10497) for side in ("wrapS", "wrapT")]
        for side, code in zip(("wrapS", "wrapT"), codes, strict=True):
            if code not in _WRAPS:
                sampler.fail(side, f"one of {sorted(_WRAPS)}")
        return _WRAPS[codes[0]], _WRAPS[codes[1]]


def _uv_transform(entry: Fields) -> Array:
    """Return the KHR_texture_transform matrix, offset * rotation * scale.

    The rotation is counter-clockwise as seen in the picture (v points down), as the
    extension's text and the Khronos sample viewer have it; its GLSL excerpt has the other sign.
    """
    offset = entry.numbers("offset", (0.0, 0.0))
    scale = entry.numbers("scale", (1.0, 1.0))
    angle = entry.number("rotation", 0.0)
    c, s = math.cos(angle), math.sin(angle)
    turn = np.array([[c, s, offset[0]], [-s, c, offset[1]], [0.0, 0.0, 1.0]])
    return np.asarray(turn @ np.diag([scale[0], scale[1], 1.0]))
