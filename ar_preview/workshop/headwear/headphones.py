"""Over-ear headphones and a padded headband."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

from ar_preview.products.product import Material, Node, Texture
from ar_preview.workshop.headwear.cloth import FELT_TILE_MM, cloth, felt
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import (
    Mesh,
    grid,
    oval,
    rotation_y,
    tube,
    turned,
)
from ar_preview.workshop.meshkit.parametric import disc_cap
from ar_preview.workshop.metals import metal
from ar_preview.workshop.model import Model, node_from_meshes
from ar_preview.workshop.textures import leather, normals_from_height

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["HEADBAND_MM", "HEADPHONES_MM", "over_ear_headphones", "padded_headband"]

HEADPHONES_MM = {"width": 186.0, "height": 182.0, "depth": 80.0}
HEADBAND_MM = {"width": 164.0, "height": 142.0, "depth": 42.0}

_CUP_X, _BAND_TOP = 79.0, 133.0
"""Inner face of a cushion from the middle plane, and the underside of the band over the ears, as
on an average head (NASA-STD-3000: 152 mm broad, 132 mm from ear to vertex)."""

_CUP = (44.5, 36.5)
"""Half height and half depth of a cup."""


def _arch(count: int, half_width: float, top: float, bottom: float, squareness: float) -> Array:
    """Curve over the head from the wearer's left to the right, (N, 3)."""
    a = np.linspace(0.0, np.pi, count)
    power = 2.0 / squareness
    x = half_width * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** power
    y = bottom + (top - bottom) * np.sin(a) ** power
    path = np.column_stack([x, y, np.zeros(count)])
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    even = np.linspace(0.0, arc[-1], count)
    return np.stack([np.interp(even, arc, path[:, k]) for k in range(3)], axis=1)


@cache
def _protein_leather() -> Texture:
    height, _ = leather(160, 4, 420)
    return Texture(normals_from_height(0.6 * height, 1.0, tiles=True))


def _shell(sign: float, quality: float) -> tuple[Mesh, Mesh, Mesh]:
    """Cup, trim ring and cushion; the inner face of the cushion at x = 0, outwards is +x."""
    count = 64 if quality > 0.8 else 22
    rim = oval(1.0, 1.0, count, 2.25)
    z, y = _CUP[1] * rim[:, 0], _CUP[0] * rim[:, 1]

    def rings(profile: list[tuple[float, float]]) -> Array:
        return np.stack([np.column_stack([np.full(count, x), k * y, -k * z]) for k, x in profile])

    cap = [(0.0, 40.6), (0.55, 40.3), (0.74, 39.5), (0.86, 37.6), (0.94, 34.4), (0.985, 30.4),
           (1.0, 26.0), (1.0, 20.6), (0.975, 19.0), (0.0, 19.0)]  # fmt: skip
    trim = [(0.66, 39.6), (0.662, 41.0), (0.675, 41.5), (0.70, 41.4), (0.712, 40.9), (0.72, 39.0)]
    turn = np.linspace(-0.5 * np.pi, 1.5 * np.pi, 16 if quality > 0.8 else 7, endpoint=False)
    # A cushion's section: full outside, drawn in where it is sewn to the cup.
    soft = [(0.80 + 0.215 * np.cos(t), 10.0 + 10.0 * np.sin(t)) for t in turn[::-1]]
    around = np.linspace(0.0, 9.0, count + 1)
    sewn = np.stack(
        np.meshgrid(around, np.linspace(0.0, 3.0, len(soft) + 1), indexing="xy"), axis=-1
    )
    shell = grid(rings(cap), "shell", closed_columns=True, crease_degrees=40.0)
    ring = grid(rings(trim), "trim", closed_rows=True, closed_columns=True, crease_degrees=30.0)
    cushion = grid(
        rings(soft), "cushion", closed_rows=True, closed_columns=True, uv=sewn, crease_degrees=90.0
    )
    parts = (shell, ring, cushion)
    return parts if sign > 0.0 else tuple(p.mirrored() for p in parts)  # type: ignore[return-value]


def _baffle(quality: float) -> Mesh:
    """Cloth over the driver, inside the cushion."""
    rim = oval(0.72 * _CUP[1], 0.72 * _CUP[0], 48 if quality > 0.8 else 20)
    ring = np.column_stack([rim, np.zeros(len(rim))])
    disc = disc_cap(ring, np.array([0.0, 0.0, 1.0]), rim / 60.0, "baffle")
    return disc.rotated(rotation_y(-0.5 * np.pi)).moved((7.0, 0.0, 0.0))


def _yoke(quality: float) -> list[Mesh]:
    """Fork that holds a cup, the rod that runs into the band, and the pivots."""
    a = np.linspace(0.0, np.pi, 36 if quality > 0.8 else 14)
    path = np.column_stack([np.full(len(a), 27.0), 4.0 + 46.5 * np.sin(a), 39.5 * np.cos(a)])
    fork = tube(path, oval(2.0, 3.4, 10, 3.0), "trim", up=(1.0, 0.0, 0.0), crease_degrees=60.0)
    disc = turned(
        ((0.0, -2.6), (4.6, -2.6), (5.2, -2.0), (5.2, 2.0), (4.6, 2.6), (0.0, 2.6)), 20, "trim"
    )
    pivots = [disc.moved((0.0, 0.0, s)).moved((27.0, 4.0, 0.0)) for s in (-38.6, 38.6)]
    return [fork, *pivots]


def _slider(band: Array, quality: float) -> Mesh:
    """Return the rod from the fork up and far along the band, out of which it can be drawn."""
    side = band[(band[:, 0] > 0.0) & (band[:, 1] < 125.0)]
    order = np.argsort(side[:, 1])
    heights = np.array([72.0, 84.0, 98.0, 110.0, 119.0])
    inside = np.interp(heights, side[order, 1], side[order, 0]) - _CUP_X
    knots = np.array([(27.0, 49.5), (26.0, 58.0), *zip(inside, heights, strict=True)])
    at = np.linspace(0.0, len(knots) - 1.0, 21 if quality > 0.8 else 11)
    flat = CubicSpline(np.arange(len(knots)), knots)(at)
    line = np.column_stack([flat, np.zeros(len(flat))])
    section = oval(1.1, 4.8, 12 if quality > 0.8 else 8, 3.4)
    return tube(line, section, "trim", up=(0.0, 0.0, 1.0), crease_degrees=60.0)


def over_ear_headphones(quality: float = 1.0) -> Model:
    """Build the headphones: nodes ``band``, ``cup_left``, ``cup_right``, a slider in each.

    The origin lies between the ears.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    band_path = _arch(coarser(56, quality, 26), _CUP_X + 14.5, _BAND_TOP + 9.0, 66.0, 2.35)
    end = np.abs(np.linspace(-1.0, 1.0, len(band_path)))
    outer = _swept(
        band_path, 12.5, 2.9, "shell", 14, 1.0 - 0.42 * np.clip(2.2 * end - 1.2, 0.0, 1.0)
    )
    reach = slice(len(band_path) // 7, len(band_path) - len(band_path) // 7)
    inner = band_path[reach] * [0.965, 1.0, 1.0] - [0.0, 5.0, 0.0]
    fade = np.sin(np.linspace(0.12, np.pi - 0.12, len(inner))) ** 0.35
    pad = _swept(inner, 11.0, 4.6, "cushion", 14, fade)
    cups, rods = {}, {}
    for name, sign in (("cup_left", 1.0), ("cup_right", -1.0)):
        shell, ring, cushion = _shell(1.0, quality)
        parts = [shell, ring, cushion, _baffle(quality), *_yoke(quality)]
        placed = [p.moved((_CUP_X, 0.0, 0.0)) for p in parts]
        rod = _slider(band_path, quality).moved((_CUP_X, 0.0, 0.0))
        cups[name] = placed if sign > 0.0 else [p.mirrored() for p in placed]
        rods[name] = rod if sign > 0.0 else rod.mirrored()
    materials = {
        "graphite": (
            _plastic("shell", (0.022, 0.022, 0.024)),
            metal("trim", (0.46, 0.46, 0.48), 0.27),
        ),
        "sand": (
            _plastic("shell_sand", (0.50, 0.42, 0.32)),
            metal("trim_champagne", (0.78, 0.62, 0.45), 0.27),
        ),
    }
    cushions = {
        "graphite": _soft("cushion", (0.020, 0.019, 0.019)),
        "sand": _soft("cushion_sand", (0.36, 0.27, 0.185)),
    }
    baffle = cloth("baffle", (0.012, 0.012, 0.012), None, None, sheen=0.02, roughness=0.95)
    own, other = (
        (*materials["graphite"], cushions["graphite"]),
        (*materials["sand"], cushions["sand"]),
    )
    pivots = {
        name: np.array([s * _CUP_X, 0.0, 0.0]) for name, s in (("cup_left", 1), ("cup_right", -1))
    }
    return Model(
        "headphones",
        (
            Node("headphones", None, np.eye(4)),
            node_from_meshes("band", "headphones", [outer, pad]),
            *(
                node
                for n, meshes in cups.items()
                for node in (
                    node_from_meshes(n, "headphones", meshes, pivots[n]),
                    node_from_meshes(n.replace("cup", "slider"), n, [rods[n].moved(-pivots[n])]),
                )
            ),
        ),
        {m.name: m for m in (*own, *other, baffle)},
        {"graphite": {}, "sand": {a.name: b.name for a, b in zip(own, other, strict=True)}},
    )


def _swept(
    path: Array,
    half_depth: float,
    half_height: float,
    material: str,
    around: int,
    scale: Array | float = 1.0,
) -> Mesh:
    """Sweep a flat section along an arch in the xy plane; its long axis is z."""
    mesh = tube(
        path,
        oval(half_height, half_depth, around, 3.0),
        material,
        scale=scale,
        up=(0.0, 0.0, 1.0),
        crease_degrees=60.0,
    )
    u = np.arctan2(mesh.positions[:, 0], mesh.positions[:, 1])
    return replace(mesh, uv=np.column_stack([7.0 * u, mesh.positions[:, 2] / 16.0]))


def _plastic(name: str, rgb: tuple[float, float, float]) -> Material:
    return Material(name=name, base_color=(*rgb, 1.0), metallic=0.0, roughness=0.40)


def _soft(name: str, rgb: tuple[float, float, float]) -> Material:
    return Material(
        name=name,
        base_color=(*rgb, 1.0),
        normal_texture=_protein_leather(),
        normal_scale=0.7,
        metallic=0.0,
        roughness=0.50,
    )


def padded_headband(quality: float = 1.0) -> Model:
    """Build a padded velvet headband with a knot on top; node ``band``, origin between the ears.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    path = _arch(coarser(72, quality, 36), 77.5, _BAND_TOP + 5.0, 2.0, 2.55)
    t = np.linspace(-1.0, 1.0, len(path))
    # Behind the ears the band is a thin strip, on top a pad; gathers fan out from the knot.
    wide = 6.0 + 13.5 * np.cos(0.5 * np.pi * t) ** 0.8
    thick = 1.8 + 4.6 * np.cos(0.5 * np.pi * t) ** 0.9
    around = coarser(20, quality, 12)
    a = 2.0 * np.pi * np.arange(around) / around
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    out = np.cross(tangent, [0.0, 0.0, 1.0])
    out *= np.sign(out[len(out) // 2, 1])
    near = np.exp(-((t / 0.22) ** 2))
    fold = 1.0 + 0.10 * near[:, None] * np.cos(7.0 * a)[None]
    waist = (1.0 - 0.30 * np.exp(-((t / 0.06) ** 2)))[:, None]
    rounded = np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.75
    across = wide[:, None] * np.sign(np.sin(a)) * np.abs(np.sin(a)) ** 0.85 * waist
    height = thick[:, None] * rounded * fold * (2.0 - waist)
    # The side on the head is flatter.
    height = np.where(height < 0.0, 0.45 * height, height)
    rings = path[:, None] + height[..., None] * out[:, None] + across[..., None] * [0.0, 0.0, 1.0]
    ends = [np.repeat(r.mean(axis=0)[None, None], around, axis=1) for r in rings[[0, -1]]]
    band = grid(np.concatenate([ends[0], rings, ends[1]]), "velvet_emerald", closed_columns=True,
                uv=_velvet_uv(rings), crease_degrees=75.0)  # fmt: skip
    s = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    knot_path = np.column_stack([np.zeros(24), 6.6 * np.sin(s) + _BAND_TOP + 6.4, 13.5 * np.cos(s)])
    knot = tube(
        knot_path,
        oval(3.2, 10.5, 14, 2.3),
        "velvet_emerald",
        closed=True,
        up=(1.0, 0.0, 0.0),
        crease_degrees=80.0,
    )
    shade, normals = felt()
    colours = {
        "emerald": (0.006, 0.070, 0.040),
        "ink": (0.014, 0.016, 0.040),
        "blush": (0.52, 0.23, 0.215),
    }
    velvets = {
        word: cloth(
            f"velvet_{word}", rgb, shade, normals, sheen=0.42, normal_scale=0.3, roughness=0.95
        )
        for word, rgb in colours.items()
    }
    own = velvets["emerald"].name
    return Model(
        "padded headband",
        (Node("headband", None, np.eye(4)), node_from_meshes("band", "headband", [band, knot])),
        {m.name: m for m in velvets.values()},
        {word: {} if m.name == own else {own: m.name} for word, m in velvets.items()},
    )


def _velvet_uv(rings: Array) -> Array:
    rows, columns = rings.shape[:2]
    u = np.linspace(0.0, 90.0, columns + 1) / FELT_TILE_MM
    v = np.linspace(0.0, 380.0, rows + 2) / FELT_TILE_MM
    return np.stack(np.meshgrid(u, v, indexing="xy"), axis=-1)
