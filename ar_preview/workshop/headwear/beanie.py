"""A ribbed beanie with a folded cuff."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Node
from ar_preview.workshop.headwear.cloth import KNIT_TILE, as_grid, cloth, knit
from ar_preview.workshop.headwear.head import head_oval
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import Mesh, grid, prism, sphere
from ar_preview.workshop.model import Model, node_from_meshes

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["BEANIE_GIRTH_MM", "ribbed_beanie"]

BEANIE_GIRTH_MM = 560.0
_RIBS = 36
_RIB_MM = 3.2
_WALL_MM = 4.0
"""By how much the girth of the middle of the cloth is larger than that inside."""

_VALLEY = 0.55
_STITCHES_A_RIB = 2
_CUFF, _LENGTH = 64.0, 196.0
_LABEL = (42.0, 19.0)


def _ring(scale: float, y: float, gather: float, out: float, columns: int, seed: float) -> Array:
    """Return a round of knitting: wide ribs, narrow valleys, a little uneven, (C, 3)."""
    b, a = head_oval(BEANIE_GIRTH_MM + _WALL_MM, 1.22)
    angle = 2.0 * np.pi * np.arange(columns) / columns
    wave = np.cos(_RIBS * angle)
    rib = np.where(wave > 0.0, np.abs(wave) ** 0.6, -(np.abs(wave) ** 0.9))
    uneven = 1.0 * np.sin(3.0 * angle + 2.1 * seed + 0.06 * y) + 0.6 * np.sin(
        7.0 * angle + 0.09 * y
    )
    offset = _RIB_MM * rib * gather + uneven + out
    nx, nz = np.sin(angle) / b, np.cos(angle) / a
    length = np.hypot(nx, nz)
    return np.stack(
        [
            b * scale * np.sin(angle) + offset * nx / length,
            y + 0.8 * np.sin(2.0 * angle + seed),
            a * scale * np.cos(angle) + offset * nz / length,
        ],
        axis=-1,
    )


def _knitted(rounds: list[Array], material: str) -> Mesh:
    """Join rounds from below; stitches keep their size along the wales."""
    points = np.stack(rounds)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=-1).mean(axis=1)
    arc = np.concatenate([[0.0], np.cumsum(steps)])
    stitch = BEANIE_GIRTH_MM / (_RIBS * _STITCHES_A_RIB)
    columns = points.shape[1]
    u = np.arange(columns + 1) / columns * _RIBS * _STITCHES_A_RIB / KNIT_TILE[0]
    # Images run downwards, wales upwards.
    v = -arc / (0.72 * stitch * KNIT_TILE[1])
    uv = as_grid(v, u)
    mesh = grid(points, material, closed_columns=True, uv=uv, crease_degrees=100.0)
    # Little light reaches the valleys between the ribs.
    b, a = head_oval(BEANIE_GIRTH_MM + _WALL_MM, 1.22)
    angle = np.arctan2(mesh.positions[:, 0] / b, mesh.positions[:, 2] / a)
    open_sky = 0.5 + 0.5 * np.clip(1.4 * np.cos(_RIBS * angle), -1.0, 1.0)
    light = 1.0 - _VALLEY * (1.0 - open_sky)
    return replace(mesh, colors=np.repeat(light[:, None], 3, axis=1))


def _body(columns: int, quality: float) -> list[Array]:
    rounds = []
    # Below lies the cuff, which hides it.
    for t in np.linspace(0.09, 1.0, coarser(21, quality, 10)):
        angle = 0.5 * np.pi * t
        scale = max(float(np.cos(angle)) ** 0.8, 0.045) * (1.0 + 0.03 * np.sin(np.pi * t))
        y = 0.25 * _CUFF + (_LENGTH - 0.25 * _CUFF) * float(np.sin(angle)) ** (2.0 / 2.15)
        rounds.append(_ring(scale, y, float(np.clip(1.25 * scale, 0.12, 1.0)), 0.0, columns, t))
    return rounds


def _cuff(columns: int, quality: float) -> list[Array]:
    # From inside under the lower edge, up outside, and in again over the upper edge.
    profile = [
        (0.985, 9.0, -1.0),
        (1.0, 1.2, -0.6),
        (1.0, -1.0, 2.2),
        (1.0, 1.0, 5.0),
    ]
    for k in np.linspace(0.0, 1.0, coarser(8, quality, 4)):
        profile.append((1.0, 6.0 + (_CUFF - 13.0) * k, 6.2 + 2.6 * float(np.sin(np.pi * k)) ** 0.6))
    profile += [
        (1.0, _CUFF - 3.0, 6.6),
        (1.0, _CUFF - 0.2, 4.8),
        (1.0, _CUFF - 1.4, 2.2),
        (1.0, 0.8 * _CUFF, 0.4),
    ]
    return [_ring(s, y, 1.1, out, columns, 5.0 + 0.008 * y) for s, y, out in profile]


def _label(material: str) -> Mesh:
    w, h = 0.5 * _LABEL[0], 0.5 * _LABEL[1]
    t = np.linspace(-w, w, 15)
    outline = np.vstack(
        [np.column_stack([t, np.full(15, -h)]), np.column_stack([t[::-1], np.full(15, h)])]
    )
    flat = prism(outline, -2.0, 0.9, material, bevel=0.5, rows=2)
    b, a = head_oval(BEANIE_GIRTH_MM + _WALL_MM, 1.22)

    def wrapped(points: Array) -> Array:
        z = a * np.sqrt(1.0 - (points[:, 0] / b) ** 2) + 12.4 + points[:, 2]
        return np.column_stack([points[:, 0], points[:, 1] + 0.5 * _CUFF, z])

    return flat.mapped(wrapped)


def ribbed_beanie(quality: float = 1.0) -> Model:
    """Build the beanie; upright, origin in the middle of its opening, front +z.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    columns = _RIBS * (4 if quality > 0.8 else 2)
    shade, normals = knit()
    colours = {
        "rust": (0.42, 0.105, 0.032),
        "charcoal": (0.050, 0.052, 0.056),
        "oat": (0.62, 0.52, 0.39),
    }
    wools = {
        word: cloth(f"wool_{word}", rgb, shade, normals, sheen=0.16)
        for word, rgb in colours.items()
    }
    patch = cloth("leather_patch", (0.085, 0.042, 0.020), None, None, sheen=0.02, roughness=0.55)
    own = wools["rust"].name
    top = sphere(7.0, 12, 6, own).moved((0.0, _LENGTH - 1.0, 0.0))
    meshes = [
        _knitted(_body(columns, quality), own),
        _knitted(_cuff(columns, quality), own),
        top,
        _label(patch.name),
    ]
    return Model(
        "ribbed beanie",
        (Node("hat", None, np.eye(4)), node_from_meshes("beanie", "hat", meshes)),
        {m.name: m for m in [*wools.values(), patch]},
        {word: {} if m.name == own else {own: m.name} for word, m in wools.items()},
    )
