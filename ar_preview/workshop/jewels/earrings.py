"""Earrings of the left ear: y up, z out of the lobe, the origin on its skin at the piercing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

from ar_preview.products.product import Node
from ar_preview.workshop.jewels.parts import (
    PEARLS,
    STONES,
    bezel_stone,
    circle,
    named,
    oval_link,
    pearl,
    ring_in,
    stone_skin,
)
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import Mesh, rotation_x, rotation_y, sphere, tube, turned
from ar_preview.workshop.metals import GOLD, PLATINUM, ROSE_GOLD, gem_inside
from ar_preview.workshop.model import Model, node_from_meshes
from ar_preview.workshop.rings import brilliant, stone_meshes
from ar_preview.workshop.rings.setting import claws, rail

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = [
    "DROP_MM",
    "HOOP_MM",
    "PEARL_MM",
    "STUD_MM",
    "diamond_stud",
    "pearl_drop",
    "plain_hoop",
    "sapphire_drop",
]

STUD_MM, HOOP_MM, PEARL_MM, DROP_MM = 5.8, 30.0, 9.0, 6.4
"""Diameters: of a stone of .75 ct, of a hoop outside, of a pearl, of a stone."""

_POST_MM, _WIRE_MM = 0.45, 0.42
_HOOP_WIRE = 1.45


def _post(length: float, material: str) -> Mesh:
    """Straight post through the lobe, its end rounded."""
    r = _POST_MM
    profile = ((0.0, -length), (0.6 * r, -length), (r, -length + 0.3), (r, 0.2), (0.0, 0.2))
    return turned(profile, 12, material)


def _butterfly(material: str) -> list[Mesh]:
    """Two rolled wings on a plate, pushed onto the post behind the lobe."""
    rim = ((0.0, -0.2), (2.1, -0.2), (2.25, 0.0), (2.0, 0.22), (1.2, 0.42), (0.0, 0.5))
    plate = turned(rim, 32, material)
    rolls = []
    for side in (-1.0, 1.0):
        t = np.linspace(0.0, 1.6 * np.pi, 14)
        roll = np.column_stack(
            [side * (1.5 - 1.25 * np.cos(t) * 0.9), np.zeros(14), -1.2 - 1.1 * np.sin(t)]
        )
        rolls.append(tube(roll, circle(0.32, 6) * [1.0, 4.2], material, up=(0.0, 1.0, 0.0)))
    return [part.moved((0.0, 0.0, -5.6)) for part in (plate, *rolls)]


def _model(name: str, nodes: tuple[Node, ...], *args: object) -> Model:
    return Model(name, (Node("earring", None, np.eye(4)), *nodes), *args)  # type: ignore[arg-type]


def diamond_stud(quality: float = 1.0) -> Model:
    """Build a brilliant in four claws on a post.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    r = 0.5 * STUD_MM
    girdle, foot = 2.7, 0.35
    stone, skin = stone_meshes(brilliant(STUD_MM), "diamond", stone_skin().name)
    metal = PLATINUM.name
    meshes = [
        stone.moved((0.0, 0.0, girdle)),
        skin.moved((0.0, 0.0, girdle)),
        *claws(r, girdle, foot, metal, number=4, quality=quality),
        rail(0.50 * r, 0.26, 0.62, metal, coarser(36, quality, 18)),
        rail(0.78 * r, 0.24, 1.60, metal, coarser(40, quality, 18)),
        _post(10.5, metal),
        turned(((0.0, -0.1), (1.0, -0.1), (1.15, 0.1), (1.0, 0.45), (0.0, 0.5)), 20, metal),
        *_butterfly(metal),
    ]
    return _model(
        "diamond stud",
        (node_from_meshes("stud", "earring", meshes),),
        named(gem_inside("diamond"), stone_skin(), PLATINUM, GOLD, ROSE_GOLD),
        {"platinum": {}, "yellow": {metal: GOLD.name}, "rose": {metal: ROSE_GOLD.name}},
    )


def plain_hoop(quality: float = 1.0) -> Model:
    """Build a polished hoop that hangs through the lobe, with a hinged wire.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    radius = 0.5 * HOOP_MM - _HOOP_WIRE
    gap = 0.20
    t = np.linspace(gap, 2.0 * np.pi - gap, coarser(88, quality, 40))

    def path(angle: Array) -> Array:
        return np.column_stack(
            [np.zeros_like(angle), radius * (np.cos(angle) - 1.0), radius * np.sin(angle)]
        )

    along = np.linspace(-1.0, 1.0, len(t))
    # Fullest below, as hollow hoops are drawn.
    size = 0.80 + 0.20 * np.cos(0.5 * np.pi * along) ** 0.7
    around = coarser(18, quality, 9)
    body = tube(path(t), circle(_HOOP_WIRE, around), GOLD.name, scale=size, up=(1.0, 0.0, 0.0))
    caps = [sphere(0.82 * _HOOP_WIRE, around, 8, GOLD.name).moved(p) for p in path(t[[0, -1]])]
    arc = np.linspace(-gap - 0.02, gap + 0.02, 13)
    wire = tube(path(arc), circle(_POST_MM, 10), GOLD.name, up=(1.0, 0.0, 0.0))
    hinge = turned(
        ((0.0, -1.05), (0.5, -1.05), (0.62, -0.9), (0.62, 0.9), (0.5, 1.05), (0.0, 1.05)),
        14,
        GOLD.name,
    )
    hinge = hinge.rotated(rotation_y(0.5 * np.pi)).moved(path(np.array([-gap + 0.03]))[0])
    return _model(
        "hoop",
        (node_from_meshes("hoop", "earring", [body, *caps, wire, hinge]),),
        named(GOLD, ROSE_GOLD, PLATINUM),
        {"yellow": {}, "rose": {GOLD.name: ROSE_GOLD.name}, "white": {GOLD.name: PLATINUM.name}},
    )


_HOOK = (
    (0.0, -5.0, -6.0), (0.0, -2.5, -6.6), (0.0, 0.5, -6.2), (0.0, 3.6, -4.2), (0.0, 3.8, -1.2),
    (0.0, 0.8, 1.0), (0.0, -4.0, 1.6), (0.0, -6.8, 1.8),
)  # fmt: skip
"""French hook through the lobe, from its end behind to the eye in front, mm."""


def _hook(metal: str, quality: float) -> list[Mesh]:
    knots = np.array(_HOOK)
    line = CubicSpline(np.linspace(0.0, 1.0, len(knots)), knots)
    path = line(np.linspace(0.0, 1.0, coarser(40, quality, 20)))
    around = coarser(10, quality, 6)
    t = np.linspace(0.0, 8.0 * np.pi, coarser(90, quality, 36))
    coil = np.column_stack([0.66 * np.cos(t), -4.3 - 2.0 * t / t[-1], 1.68 + 0.66 * np.sin(t)])
    return [
        tube(path, circle(_WIRE_MM, around), metal),
        sphere(1.3 * _WIRE_MM, 10, 6, metal).moved(path[0]),
        tube(coil, circle(0.22, 6), metal),
        sphere(1.05, 14, 8, metal).moved((0.0, -3.7, 1.6)),
        ring_in("xy", 1.1, 0.36, metal, quality).moved((0.0, -7.9, 1.8)),
    ]


def sapphire_drop(quality: float = 1.0) -> Model:
    """Build a hook, three links, each hanging in the one above, and a stone.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    metal, wire = GOLD.name, 0.38
    half_length = 2.6
    pitch = 2.0 * half_length - 4.0 * wire
    count, around = coarser(22, quality, 12), coarser(8, quality, 5)
    link = oval_link(1.7, half_length, wire, metal, count, around)
    nodes = [node_from_meshes("hook", "earring", _hook(metal, quality))]
    parent, at = "earring", np.array([0.0, -7.9 - 1.1 + 0.36, 1.8])
    for k in range(3):
        turned_link = link.rotated(rotation_y(0.5 * np.pi * (1 - k % 2)))
        hung = turned_link.moved((0.0, 2.0 * wire - half_length, 0.0))
        nodes.append(_hanging(f"link_{k + 1}", parent, [hung], at))
        parent, at = f"link_{k + 1}", np.array([0.0, -pitch, 0.0])
    r = 0.5 * DROP_MM
    centre = -2.3 - 1.165 * r
    stone = [
        m.moved((0.0, centre, -0.5 * r)) for m in bezel_stone(DROP_MM, "sapphire", metal, quality)
    ]
    bail = ring_in("yz", 1.35, 0.40, metal, quality).moved((0.0, -1.0, 0.0))
    lug = ring_in("xy", 0.85, 0.36, metal, quality).moved((0.0, -2.55, 0.0))
    nodes.append(_hanging("drop", parent, [*stone, bail, lug], at))
    own = STONES["sapphire"].name
    return _model(
        "sapphire drop",
        tuple(nodes),
        named(*STONES.values(), stone_skin(), GOLD, PLATINUM),
        {
            "sapphire": {},
            "emerald": {own: "emerald"},
            "diamond": {own: "diamond", metal: PLATINUM.name},
        },
    )


def _hanging(name: str, parent: str, meshes: list[Mesh], at: Array) -> Node:
    """Return a part whose meshes are about its own pivot, which its parent has at a place, mm."""
    return node_from_meshes(name, parent, [m.moved(at) for m in meshes], at)


def pearl_drop(quality: float = 1.0) -> Model:
    """Build a ball on a post, a link and a pearl under a cap.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    metal, r = GOLD.name, 0.5 * PEARL_MM
    ball = sphere(2.1, coarser(28, quality, 14), coarser(16, quality, 8), metal).moved(
        (0.0, 0.0, 1.7)
    )
    eye = ring_in("xy", 0.8, 0.28, metal, quality).moved((0.0, -2.6, 1.7))
    held = [ball, _post(10.5, metal), eye, *_butterfly(metal)]
    link = ring_in("yz", 1.15, 0.30, metal, quality).moved((0.0, -0.9, 0.0))
    cup = turned(
        ((0.0, -1.5), (1.1, -1.55), (2.2, -2.15), (2.45, -2.5), (2.3, -2.1), (1.5, -1.05),
         (0.7, -0.5), (0.0, -0.35)),
        coarser(32, quality, 16),
        metal,
        crease_degrees=50.0,
    )  # fmt: skip
    cup = cup.rotated(rotation_x(-0.5 * np.pi))
    body = pearl(r, coarser(44, quality, 20), coarser(26, quality, 12), PEARLS["white"].name)
    body = body.rotated(rotation_x(0.5 * np.pi)).moved((0.0, -1.45 - r, 0.0))
    loop = ring_in("xy", 0.75, 0.27, metal, quality).moved((0.0, -0.15, 0.0))
    nodes = (
        node_from_meshes("stud", "earring", held),
        _hanging("link", "earring", [link], np.array([0.0, -3.25, 1.7])),
        _hanging("pearl", "link", [cup, body, loop], np.array([0.0, -1.85, 0.0])),
    )
    own = PEARLS["white"].name
    return _model(
        "pearl drop",
        nodes,
        named(*PEARLS.values(), GOLD, PLATINUM),
        {
            "white": {},
            "rose": {own: PEARLS["rose"].name},
            "tahiti": {own: PEARLS["black"].name, metal: PLATINUM.name},
        },
    )
