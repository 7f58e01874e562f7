"""The three bracelets as models, about the wrist's axis; rest on a wrist of 170 mm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Material, Node, Texture
from ar_preview.products.straps import Strap, StrapPath, radii_of_girth
from ar_preview.workshop.limb import Part, coarser, part_nodes, strap_of
from ar_preview.workshop.meshkit import (
    grid,
    oval,
    rotation_x,
    rotation_y,
    rotation_z,
    sphere,
    tube,
    turned,
)
from ar_preview.workshop.metals import GOLD, PLATINUM, ROSE_GOLD, metal
from ar_preview.workshop.model import Model, node_from_meshes
from ar_preview.workshop.textures import rgba_from_linear, swirled_stone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ar_preview.geometry import Array
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["BEAD_MM", "OPENING_MM", "Bracelet", "bangle", "beads", "chain"]

_GIRTH = 170.0
_M_PER_MM = 1e-3
OPENING_MM = (62.0, 51.0)
BEAD_MM = 8.0


@dataclass(frozen=True, eq=False)
class Bracelet:
    """A model and, where its parts move, how they lie around the wrist."""

    model: Model
    strap: Strap | None = None
    length: float = 0.0
    """Along the parts, closed, mm."""


def bangle(quality: float = 1.0) -> Bracelet:
    """Oval bangle of a square wire that was twisted before it was bent."""
    half, turns = 2.3, 14
    count, columns = coarser(168, quality, 112), coarser(16, quality, 12)
    reach = np.sqrt(2.0) * half * 0.86
    angle = 2.0 * np.pi * np.arange(count) / count
    a, b = 0.5 * OPENING_MM[0] + reach, 0.5 * OPENING_MM[1] + reach
    section = oval(half, half, columns, 4.5)
    rows = []
    for t in angle:
        out = np.array([np.sin(t) / a, np.cos(t) / b])
        out /= np.linalg.norm(out)
        twist = 0.25 * turns * t
        turned_by = np.array([[np.cos(twist), -np.sin(twist)], [np.sin(twist), np.cos(twist)]])
        y, height = (section @ turned_by.T).T
        centre = np.array([a * np.sin(t), b * np.cos(t)])
        rows.append(np.column_stack([centre[0] + height * out[0], y, centre[1] + height * out[1]]))
    points = _closed_twist(np.array(rows), turns)
    body = grid(points, GOLD.name, closed_columns=True, crease_degrees=65.0)
    root = Node("bracelet", None, np.eye(4))
    model = Model(
        "bangle",
        (root, node_from_meshes("bangle", "bracelet", [body])),
        _named(GOLD, ROSE_GOLD, PLATINUM),
        _metals(GOLD.name),
    )
    return Bracelet(model)


def _closed_twist(rows: Array, turns: int) -> Array:
    """Append the first row, its points counted on by the quarter turns that were made."""
    columns = rows.shape[1]
    if columns % 4:
        raise ValueError(f"expected columns by fours, got {columns}")
    shift = (turns * columns // 4) % columns
    return np.concatenate([rows, np.roll(rows[:1], -shift, axis=1)])


def _named(*materials: Material) -> dict[str, Material]:
    return {m.name: m for m in materials}


def _metals(own: str) -> dict[str, dict[str, str]]:
    return {
        "yellow": {},
        "rose": {own: ROSE_GOLD.name},
        "white": {own: PLATINUM.name},
    }


def chain(quality: float = 1.0) -> Bracelet:
    """Curb chain: twisted links that lie flat, and a lobster clasp underneath."""
    standoff, pitch = 2.3, 6.1
    wire = 1.05
    count, around = coarser(20, quality, 12), coarser(8, quality, 5)
    t = 2.0 * np.pi * np.arange(count) / count
    path = np.column_stack(
        [(5.2 - wire) * np.cos(t), (3.7 - wire) * np.sin(t), 1.1 * np.sin(2.0 * t)]
    )
    link = tube(path, oval(wire, wire, around), GOLD.name, closed=True, crease_degrees=80.0)
    link = link.rotated(rotation_x(np.radians(24.0)))
    return _round(
        "chain",
        lambda k, number: _clasp(GOLD.name, quality) if k == number // 2 else [link],
        pitch,
        standoff,
        _named(GOLD, ROSE_GOLD, PLATINUM),
        _metals(GOLD.name),
        "link",
    )


def _clasp(material: str, quality: float) -> list[Mesh]:
    """Return a lobster claw along x, between its neighbours."""
    count = coarser(12, quality, 8)
    outline = [(-4.6, 0.0), (-3.4, 1.5), (-0.5, 2.4), (2.6, 1.9), (4.4, 0.2), (3.4, -1.6),
               (0.5, -2.2), (-2.8, -1.5)]  # fmt: skip
    shape = np.column_stack([np.array(outline), np.zeros(len(outline))])
    body = tube(shape, oval(1.15, 1.0, count), material, closed=True, up=(0.0, 0.0, 1.0))
    thumb = sphere(0.8, 10, 6, material).moved((-1.2, 3.4, 0.0))
    return [body, thumb]


def beads(quality: float = 1.0) -> Bracelet:
    """Stone beads on an elastic cord, and one of gold."""
    r = 0.5 * BEAD_MM
    columns, rows = coarser(20, quality, 12), coarser(11, quality, 6)
    ball = sphere(r, columns, rows, "bead_tiger_eye")
    # Uv of a ball: once around and once from pole to pole.
    ball = replace(ball, uv=_ball_uv(ball.positions))
    rim = [
        (0.9, -1.3),
        (2.9, -1.3),
        (3.6, -0.8),
        (3.85, 0.0),
        (3.6, 0.8),
        (2.9, 1.3),
        (0.9, 1.3),
        (0.9, -1.3),
    ]
    gold = turned(rim, coarser(28, quality, 16), GOLD.name).rotated(rotation_y(0.5 * np.pi))
    random = np.random.default_rng(8)

    def part(k: int, number: int) -> list[Mesh]:
        del number
        spin = rotation_z(random.uniform(0, 2 * np.pi)) @ rotation_x(random.uniform(0, 2 * np.pi))
        stone = ball.rotated(spin)
        if k % 2:
            return [stone]
        spacers = [gold.moved((x, 0.0, 0.0)) for x in (-r - 1.0, r + 1.0)] if k == 0 else []
        return [stone, *spacers]

    stones = {
        "tiger_eye": ((0.075, 0.024, 0.006), (0.55, 0.27, 0.055), 0.10),
        "onyx": ((0.006, 0.006, 0.007), (0.030, 0.030, 0.032), 0.06),
        "lapis": ((0.010, 0.026, 0.19), (0.035, 0.07, 0.30), 0.12),
        "rose_quartz": ((0.66, 0.36, 0.36), (0.82, 0.60, 0.58), 0.08),
    }
    materials = [
        Material(
            name=f"bead_{name}",
            base_color_texture=_stone(dark, light),
            metallic=0.0,
            roughness=rough,
            ior=1.54,
            clearcoat=1.0,
            clearcoat_roughness=0.02,
        )
        for name, (dark, light, rough) in stones.items()
    ]
    own = materials[0].name
    return _round(
        "beads",
        part,
        BEAD_MM * 1.012,
        r + 0.3,
        _named(*materials, GOLD, metal("silver_925", (0.90, 0.89, 0.87))),
        {
            name.replace("_", "-"): {} if f"bead_{name}" == own else {own: f"bead_{name}"}
            for name in stones
        },
        "bead",
    )


@cache
def _stone(dark: tuple[float, float, float], light: tuple[float, float, float]) -> Texture:
    return Texture(rgba_from_linear(swirled_stone(dark, light)))


def _round(
    name: str,
    part: Callable[[int, int], list[Mesh]],
    pitch: float,
    standoff: float,
    materials: Mapping[str, Material],
    variants: Mapping[str, Mapping[str, str]],
    word: str,
) -> Bracelet:
    """Place parts all round the wrist, as near to the pitch as closes evenly."""
    radii = radii_of_girth(_M_PER_MM * _GIRTH)
    path = StrapPath(radii, _M_PER_MM * standoff)
    length = 2.0 * path.half / _M_PER_MM
    number = 2 * round(0.5 * length / pitch)
    step = length / number
    parts = [Part(f"{word}_{k:02d}", "round", k * step, part(k, number)) for k in range(number)]
    strap = strap_of(parts, _GIRTH, standoff)
    root = Node("bracelet", None, np.eye(4))
    nodes = (root, *part_nodes(parts, strap, "bracelet"))
    return Bracelet(Model(name, nodes, materials, variants), strap, length)


def _ball_uv(points: Array) -> Array:
    direction = points / np.linalg.norm(points, axis=1, keepdims=True)
    # Planar from the side: a slice through the stone, without a seam or poles.
    return np.asarray(0.5 + 0.5 * direction[:, [0, 2]])
