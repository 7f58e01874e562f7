"""Pictures, a ball and materials as glTF's JSON, to make small files of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.products.glb_builder import GlbBuilder
from tests.rendering.stage_kit import ball

if TYPE_CHECKING:
    from collections.abc import Callable

RADIUS = 0.04
SIDE = 64
"""Side of the textures in px."""


def stripes(first: tuple[int, ...], second: tuple[int, ...], count: int = 4) -> Any:
    """A picture of upright stripes, RGB or RGBA as told."""
    band = (np.arange(SIDE) * 2 * count // SIDE) % 2
    row = np.where(band[:, None] == 0, first, second)
    return np.tile(row, (SIDE, 1, 1)).astype(np.uint8)


def checks(first: tuple[int, ...], second: tuple[int, ...], count: int = 4) -> Any:
    """A chequered picture."""
    at = np.arange(SIDE) * 2 * count // SIDE
    odd = (at[:, None] + at[None, :]) % 2
    return np.where(odd[..., None] == 0, first, second).astype(np.uint8)


def ramp() -> Any:
    """A picture that rises from 0 at the left to 255 at the right in all channels."""
    row = np.linspace(0.0, 255.0, SIDE)[None, :, None]
    return np.tile(row, (SIDE, 1, 4)).astype(np.uint8)


def bumps() -> Any:
    """A normal map of bumps that are round on a ball."""
    t = (np.arange(2 * SIDE) + 0.5) / (2 * SIDE) * 2.0 * np.pi
    slope_u, slope_v = np.meshgrid(0.35 * np.sin(12 * t), 0.35 * np.sin(6 * t))
    n = np.stack([slope_u, -slope_v, np.ones_like(slope_u)], axis=-1)
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    return np.rint(127.5 + 127.5 * n).astype(np.uint8)


class Ball:
    """A ball with one material; ``ball(texture=...)`` values are written after its pictures."""

    def __init__(self, **extras: Any) -> None:
        self.glb = GlbBuilder()
        shape = ball(RADIUS, rings=24)
        self.entry = self.glb.primitive(
            shape.positions, shape.triangles, material=0, normals=shape.normals, uv=shape.uv
        )
        self.shape = shape
        self.extras = extras

    def picture(self, rgb: Any, **more: Any) -> dict[str, Any]:
        """Store a picture (RGB or RGBA) and return the reference to it."""
        channels = [2, 1, 0, 3][: rgb.shape[2]]
        return {"index": self.glb.texture(np.ascontiguousarray(rgb[..., channels])), **more}

    def attribute(self, name: str, values: Any) -> None:
        self.entry["attributes"][name] = self.glb.accessor(values)

    def done(self, pbr: dict[str, Any], extensions: Any = None, **values: Any) -> GlbBuilder:
        if extensions:
            values["extensions"] = extensions
            self.glb.json["extensionsUsed"] = list(extensions)
        self.glb.material("m", pbrMetallicRoughness=pbr, **values)
        self.glb.node(self.entry)
        return self.glb


def plain(r: float, g: float, b: float, roughness: float = 0.4, a: float = 1.0) -> dict[str, Any]:
    """A dielectric."""
    return metal(r, g, b, roughness) | {"baseColorFactor": [r, g, b, a], "metallicFactor": 0.0}


def metal(r: float, g: float, b: float, roughness: float = 0.2) -> dict[str, Any]:
    return {"baseColorFactor": [r, g, b, 1.0], "roughnessFactor": roughness}


GOLD = (1.0, 0.72, 0.35)
GLASS = plain(1.0, 1.0, 1.0, 0.0)
TRANSMISSION = {"KHR_materials_transmission": {"transmissionFactor": 1.0}}


def simple(pbr: dict[str, Any], extensions: Any = None, **values: Any) -> Callable[[], GlbBuilder]:
    return lambda: Ball().done(pbr, extensions, **values)


def textured(
    slot: str, picture: Any, pbr: dict[str, Any], emissive: Any = None
) -> Callable[[], GlbBuilder]:
    """A ball with one core texture, for which `slot` is a path like normalTexture."""

    def build() -> GlbBuilder:
        b = Ball()
        reference = b.picture(picture)
        values = {} if emissive is None else {"emissiveFactor": emissive}
        if slot in ("baseColorTexture", "metallicRoughnessTexture"):
            return b.done({**pbr, slot: reference}, **values)
        return b.done(pbr, **values, **{slot: reference})

    return build


def extended(
    extension: str, pbr: dict[str, Any], more: Any = None, /, **values: Any
) -> Callable[[], GlbBuilder]:
    """A ball with one material extension; values that are arrays become textures."""

    def build() -> GlbBuilder:
        b = Ball()
        entry = {k: b.picture(v) if isinstance(v, np.ndarray) else v for k, v in values.items()}
        return b.done(pbr, {f"KHR_materials_{extension}": entry, **(more or {})})

    return build
