"""Necklaces as they lie on a neck: x to the wearer's left, y up, z to the front.

The origin is the middle of the neck's base, at the notch between the collarbones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Node
from ar_preview.workshop.jewels.parts import (
    PEARLS,
    STONES,
    bezel_stone,
    named,
    oval_link,
    pearl,
    ring_in,
    stone_skin,
)
from ar_preview.workshop.meshkit import Mesh, rotation_x, rotation_y, sphere
from ar_preview.workshop.metals import GOLD, PLATINUM, ROSE_GOLD
from ar_preview.workshop.model import Model, node_from_meshes

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["pearl_strand", "pendant_chain", "resting_curve"]

_NAPE_MM = 48.0
"""Height of the seventh neck vertebra, where a chain lies behind, over the notch in front."""

_PENDANT_MM = 6.0
_CLASP_MM = 3.4
"""Radius of the clasp."""


def _girth_at(angle: Array, y: Array) -> tuple[Array, Array]:
    """Half-widths across and along of a neck that runs out into chest and shoulders, mm."""
    front = 0.5 + 0.5 * np.cos(angle)
    below = np.clip(-y / 150.0, 0.0, 1.0)
    across = 60.0 + 3.0 * np.clip(1.0 - y / 48.0, 0.0, 1.0) + 100.0 * below**1.5
    along = 57.0 + 6.0 * front + 45.0 * front * below**0.9 + 10.0 * below
    return across, along


def resting_curve(drop: float, standoff: float, count: int = 600) -> Array:
    """Return the closed curve of a necklace, from its front over the wearer's left, (count, 3).

    Parameters
    ----------
    drop : float
        How far below the notch its front hangs, mm.
    standoff : float
        Of its middle line from the skin, mm.
    count : int
    """
    angle = 2.0 * np.pi * np.arange(count) / count
    off = np.minimum(angle, 2.0 * np.pi - angle)
    y = _NAPE_MM - (_NAPE_MM + drop) * np.exp(-((off / 1.16) ** 1.8))
    across, along = _girth_at(angle, y)
    return np.column_stack(
        [(across + standoff) * np.sin(angle), y, (along + standoff) * np.cos(angle)]
    )


def _stations(curve: Array, places: Array) -> tuple[Array, Array, Array]:
    """Points, tangents and outward normals at shares of the length of a closed curve."""
    closed = np.vstack([curve, curve[:1]])
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])

    def at(s: Array) -> Array:
        s = np.mod(s, arc[-1])
        return np.stack([np.interp(s, arc, closed[:, k]) for k in range(3)], axis=1)

    s = places * arc[-1]
    tangent = at(s + 0.5) - at(s - 0.5)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    out = at(s) * [1.0, 0.0, 1.0]
    out -= (out * tangent).sum(axis=1, keepdims=True) * tangent
    return at(s), tangent, out / np.linalg.norm(out, axis=1, keepdims=True)


def _length(curve: Array) -> float:
    return float(np.linalg.norm(curve - np.roll(curve, 1, axis=0), axis=1).sum())


def pendant_chain(quality: float = 1.0) -> tuple[Model, float]:
    """Build a cable chain with a stone in a bezel.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.

    Returns
    -------
    model : Model
    length : float
        Of the chain, closed, mm.
    """
    metal, wire, half_length = GOLD.name, 0.46, 2.7
    curve = resting_curve(42.0, 1.3)
    length = _length(curve)
    pitch = 2.0 * half_length - 3.9 * wire
    number = 2 * round(0.5 * length / pitch)
    count, around = (9, 4) if quality > 0.8 else (5, 3)
    link = oval_link(1.6, half_length, wire, metal, count, around)
    points, tangents, normals = _stations(curve, (np.arange(number) + 0.5) / number)
    links = []
    for k, (p, t, n) in enumerate(zip(points, tangents, normals, strict=True)):
        # Neighbours lie at right angles, each half turned off the skin.
        turn = np.column_stack([np.cross(t, n), t, n])
        roll = rotation_y(np.pi * (0.25 + 0.5 * (k % 2)))
        links.append(link.rotated(turn @ roll).moved(p))
    r = 0.5 * _PENDANT_MM
    bail = ring_in("yz", 2.1, 0.50, metal, quality).moved((0.0, -1.3, 0.0))
    lug = ring_in("xy", 0.95, 0.40, metal, quality).moved((0.0, -4.1, 0.0))
    stone = bezel_stone(_PENDANT_MM, "diamond", metal, quality)
    pendant = [bail, lug, *(m.moved((0.0, -4.8 - 1.165 * r, -0.5 * r)) for m in stone)]
    front = curve[0]
    lean = rotation_x(np.radians(-22.0))
    placed = [m.rotated(lean).moved(front + [0.0, 0.3, 1.2]) for m in pendant]
    model = Model(
        "pendant chain",
        (
            Node("necklace", None, np.eye(4)),
            node_from_meshes("chain", "necklace", links),
            node_from_meshes("pendant", "necklace", placed, front),
        ),
        named(*STONES.values(), stone_skin(), GOLD, ROSE_GOLD, PLATINUM),
        {
            "yellow": {},
            "rose": {metal: ROSE_GOLD.name},
            "white-sapphire": {metal: PLATINUM.name, "diamond": "sapphire"},
        },
    )
    return model, length


def pearl_strand(quality: float = 1.0) -> tuple[Model, float]:
    """Build a graded strand of pearls with a gold clasp behind.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.

    Returns
    -------
    model : Model
    length : float
        Closed, mm.
    """
    curve = resting_curve(14.0, 4.5)
    length = _length(curve)
    radii = _graded(length)
    own = PEARLS["white"].name
    columns, rows = (14, 9) if quality > 0.8 else (10, 5)
    apart = radii[1:] + radii[:-1]
    half = np.concatenate([[0.0], np.cumsum(apart)])
    places = np.concatenate([half, length - half[:0:-1]]) / length
    sizes = 2.0 * np.concatenate([radii, radii[:0:-1]])
    points, tangents, normals = _stations(curve, places)
    parts: list[Mesh] = []
    for p, t, n, size in zip(points, tangents, normals, sizes, strict=True):
        turn = np.column_stack([n, np.cross(t, n), t])
        parts.append(pearl(0.498 * size, columns, rows, own).rotated(turn).moved(p))
    behind = _stations(curve, np.array([0.5]))[0][0]
    clasp = sphere(_CLASP_MM, 18, 10, GOLD.name).moved(behind)
    model = Model(
        "pearl strand",
        (
            Node("necklace", None, np.eye(4)),
            node_from_meshes("strand", "necklace", [*parts, clasp]),
        ),
        named(*PEARLS.values(), GOLD),
        {
            "white": {},
            "rose": {own: PEARLS["rose"].name},
            "tahiti": {own: PEARLS["black"].name},
        },
    )
    return model, length


def _graded(length: float) -> Array:
    """Radii from the front pearl to the clasp, so that a half of the strand is just full."""
    for number in range(20, 60):
        radii = 4.6 - 1.1 * np.arange(number) / number
        used = 2.0 * radii.sum() - radii[0]
        if used >= 0.5 * length - _CLASP_MM:
            return np.asarray(radii * (0.5 * length - _CLASP_MM) / used)
    raise ValueError(f"expected a strand of up to 500 mm, got {length:.0f} mm")
