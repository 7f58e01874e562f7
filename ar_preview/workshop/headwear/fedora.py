"""A fedora: teardrop crown with a pinch, snapped brim, grosgrain ribbon and bow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Node
from ar_preview.workshop.headwear.cloth import FELT_TILE_MM, as_grid, cloth, felt, grosgrain
from ar_preview.workshop.headwear.head import head_oval, oval_ring
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import Mesh, grid, prism, rotation_y
from ar_preview.workshop.model import Model, node_from_meshes

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["FEDORA_GIRTH_MM", "felt_fedora"]

FEDORA_GIRTH_MM = 580.0
_CROWN, _BRIM, _FELT = 112.0, 60.0, 2.2
_PROFILE = (
    (1.0, 0.0), (1.0, 4.0), (0.995, 12.0), (0.985, 30.0), (0.97, 50.0), (0.95, 70.0),
    (0.925, 88.0), (0.90, 98.0), (0.87, 105.0), (0.83, 109.5), (0.78, 112.3), (0.72, 113.8),
    (0.64, 114.5), (0.56, 114.5), (0.48, 114.5), (0.40, 114.5), (0.30, 114.5), (0.20, 114.5),
    (0.10, 114.5), (0.012, 114.5),
)  # fmt: skip
_RIBBON_TILE_MM = 9.7
_RIBBON = ((0.99, 1.0), (1.016, 1.8), (1.013, 10.0), (1.003, 25.0), (0.995, 35.5), (0.980, 37.0))


def _felt_uv(points: Array) -> Array:
    """Texture coordinates without streaks on steep sides."""
    x, y, z = np.moveaxis(points, -1, 0)
    return np.stack([x + 0.6 * y, z + 0.8 * y], axis=-1) / FELT_TILE_MM


def _crown(axes: tuple[float, float], angle: Array) -> Array:
    b, a = axes
    rows = [oval_ring((k * b, k * a), angle, y * _CROWN / 115.0) for k, y in _PROFILE]
    x, y, z = np.moveaxis(np.stack(rows), -1, 0).copy()
    top = np.clip(y / _CROWN, 0.0, 1.0)
    # The top falls to the back; a teardrop dent, its rim raised; two pinches in front.
    y -= 10.0 * top**3 * (0.5 - 0.5 * z / a)
    dent = np.hypot(x / (0.40 * b), (z + 4.0) / (0.68 * a))
    y -= 24.0 * top**4 * np.exp(-(dent**2.6))
    y += 5.0 * top**4 * np.exp(-(((np.hypot(x / b, z / a) - 0.80) / 0.10) ** 2))
    for side in (-1.0, 1.0):
        pinch = np.exp(
            -(((x - 46.0 * side) / 21.0) ** 2) - ((z - 66.0) / 25.0) ** 2 - ((y - 88.0) / 26.0) ** 2
        )
        x -= 19.0 * side * pinch
        z -= 6.0 * pinch
    x *= 1.0 - 0.17 * np.clip(z / a, 0.0, 1.0) * top
    return np.stack([x, y, z], axis=-1)


def _brim(axes: tuple[float, float], angle: Array, quality: float) -> Array:
    b, a = axes
    reach = _BRIM * (1.0 - 0.06 * np.abs(np.sin(angle)))
    front, back = np.clip(np.cos(angle), 0.0, 1.0), np.clip(-np.cos(angle), 0.0, 1.0)

    def row(w: float, lower: float) -> Array:
        # Snapped down in front, up at the sides and the back.
        y = (
            12.0 * np.sin(angle) ** 2 * w**1.6
            - 11.0 * front**1.5 * w**1.3
            + 16.0 * back**1.3 * w**1.8
            + 3.0 * np.sin(2.0 * angle + 0.5) * w**2
        )
        return np.stack(
            [(b + reach * w) * np.sin(angle), y - lower, (a + reach * w) * np.cos(angle)], axis=-1
        )

    w = np.linspace(0.0, 1.0, coarser(8, quality, 4))
    edge = [(1.015, 0.25), (1.02, 0.5), (1.015, 0.75)]
    rows = [row(v, _FELT) for v in w] + [row(v, k * _FELT) for v, k in edge[::-1]]
    return np.stack([*rows, *(row(v, 0.0) for v in w[::-1])])


def _bow(axes: tuple[float, float], material: str) -> list[Mesh]:
    """Flat bow on the wearer's left."""
    wings = [(-21.0, -16.5), (-4.0, -14.5), (4.0, -14.5), (21.0, -16.5), (21.4, 16.5), (4.0, 14.5),
             (-4.0, 14.5), (-21.4, 16.5)]  # fmt: skip
    knot = [(-4.4, -16.6), (4.4, -16.6), (4.4, 16.6), (-4.4, 16.6)]
    parts = [
        prism(wings, 0.0, 3.2, material, bevel=1.1, rows=3),
        prism(knot, 0.0, 4.8, material, bevel=1.5, rows=3),
    ]
    at = (1.003 * axes[0], 18.5, 0.0)
    parts = [replace(p, uv=p.positions[:, :2] / _RIBBON_TILE_MM) for p in parts]
    return [p.rotated(rotation_y(0.5 * np.pi)).moved(at) for p in parts]


def felt_fedora(quality: float = 1.0) -> Model:
    """Build the fedora; upright, origin in the middle of its opening, front +z.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    shade, normals = felt()
    colours = {
        "mocha": (0.115, 0.078, 0.054),
        "grey": (0.155, 0.155, 0.158),
        "black": (0.016, 0.016, 0.017),
    }
    felts = {
        word: cloth(f"felt_{word}", rgb, shade, normals, sheen=0.07, normal_scale=0.45)
        for word, rgb in colours.items()
    }
    silk = cloth(
        "grosgrain_black", (0.016, 0.015, 0.016), None, grosgrain(), sheen=0.06, roughness=0.5
    )
    own = felts["mocha"].name
    axes = head_oval(FEDORA_GIRTH_MM + 2.0)
    count = coarser(96, quality, 40)
    angle = 2.0 * np.pi * np.arange(count) / count
    crown, brim = _crown(axes, angle), _brim(axes, angle, quality)
    ribbon = np.stack([oval_ring((k * axes[0], k * axes[1]), angle, y) for k, y in _RIBBON])
    around = np.linspace(0.0, 60.0, count + 1)
    meshes = [
        _closed(crown, own, 80.0),
        _closed(brim, own, 70.0),
        grid(
            ribbon,
            silk.name,
            closed_columns=True,
            uv=as_grid(np.linspace(0.0, 1.0, len(_RIBBON)), around),
            crease_degrees=60.0,
        ),
        *_bow(axes, silk.name),
    ]
    return Model(
        "felt fedora",
        (Node("hat", None, np.eye(4)), node_from_meshes("fedora", "hat", meshes)),
        {m.name: m for m in [*felts.values(), silk]},
        {word: {} if m.name == own else {own: m.name} for word, m in felts.items()},
    )


def _closed(points: Array, material: str, crease_degrees: float) -> Mesh:
    uv = _felt_uv(np.concatenate([points, points[:, :1]], axis=1))
    return grid(points, material, closed_columns=True, uv=uv, crease_degrees=crease_degrees)
