"""Watches as models: a head of nodes that move, and a strap around the wrist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.clocks import Clock
from ar_preview.products.product import Material, Node
from ar_preview.workshop.limb import WRIST_FROM_DIAL, part_nodes
from ar_preview.workshop.meshkit import oval, prism, rotation_z, turned
from ar_preview.workshop.metals import ROSE_GOLD, STEEL
from ar_preview.workshop.model import Model, node_from_meshes
from ar_preview.workshop.watches.hands import (
    hand_angles,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ar_preview.products.straps import Strap
    from ar_preview.workshop.limb import Part
    from ar_preview.workshop.meshkit import Mesh

__all__ = [
    "GIRTH",
    "HANDS",
    "HANDS_GOLD",
    "HANDS_STEEL",
    "SKIN_GAP",
    "Moving",
    "Watch",
    "assembled",
    "dial_plate",
    "rehaut",
    "running_hands",
]

SHOWN = time(10, 9, 36)
"""Hands frame the name, as in every advertisement."""

HANDS = Clock(SHOWN, {h: f"hand_{h}" for h in ("hour", "minute", "second")})
GIRTH = 170.0
HANDS_STEEL = replace(STEEL, name="hands_steel", base_color=(0.86, 0.86, 0.87, 1.0), roughness=0.24)
HANDS_GOLD = replace(ROSE_GOLD, name="hands_gold", roughness=0.24)
"""Diamond-cut hands: bright whatever the room, so that the time can be read."""

SKIN_GAP = 0.3
"""Between the case back and the skin, mm."""


@dataclass(frozen=True, eq=False)
class Watch:
    """A model with what the manifest says of its moving parts."""

    model: Model
    strap: Strap
    clock: Clock


@dataclass(frozen=True, eq=False)
class Moving:
    """A node of the head.

    Parameters
    ----------
    name : str
    meshes : sequence of Mesh
        Axes of the dial; mm.
    pivot : tuple of float
        Its origin there.
    turn : float
        About the pivot, counter-clockwise, built into the meshes, radians.
    """

    name: str
    meshes: Sequence[Mesh]
    pivot: tuple[float, float, float] = (0.0, 0.0, 0.0)
    turn: float = 0.0


def assembled(
    name: str,
    head: Sequence[Moving],
    parts: Sequence[Part],
    strap: Strap,
    clock: Clock,
    materials: Sequence[Material],
    variants: Mapping[str, Mapping[str, str]],
) -> Watch:
    """Join head and strap; the first node of the head carries the others.

    Nodes of the head keep the dial's z; the head's own origin is the top of the wrist.
    """
    top = 1e3 * strap.rest_radii_m[1]
    nodes = [Node("watch", None, np.eye(4))]
    for k, moving in enumerate(head):
        pivot = WRIST_FROM_DIAL @ np.array(moving.pivot)
        meshes = [
            m.rotated(rotation_z(moving.turn)).moved(moving.pivot).rotated(WRIST_FROM_DIAL)
            for m in moving.meshes
        ]
        at = np.array([0.0, 0.0, top]) if k == 0 else pivot
        lifted = [m.moved(at) for m in meshes] if k == 0 else meshes
        nodes.append(node_from_meshes(moving.name, "watch" if k == 0 else "head", lifted, at))
    nodes += part_nodes(parts, strap, "watch")
    model = Model(name, tuple(nodes), {m.name: m for m in materials}, variants)
    return Watch(model, strap, clock)


def running_hands(
    z: float, hour: list[Mesh], minute: list[Mesh], second: list[Mesh]
) -> list[Moving]:
    """Stack the three hands on the axis, hour hand lowest at z, turned to the time shown."""
    angles = hand_angles(SHOWN)
    stacked = zip(("hour", "minute", "second"), (hour, minute, second), strict=True)
    return [
        Moving(f"hand_{name}", meshes, (0.0, 0.0, z + 0.55 * k), angles[name])
        for k, (name, meshes) in enumerate(stacked)
    ]


def dial_plate(radius: float, z: float, material: str, quality: float) -> Mesh:
    """Return the printed disc under the hands, its face at z."""
    count = 48 if quality > 0.7 else 32
    box = (-radius, radius, -radius, radius)
    return prism(oval(radius, radius, count), z - 0.3, z, material, uv_box=box)


def rehaut(
    outer: float, inner: float, high: float, low: float, material: str, quality: float
) -> Mesh:
    """Return the sloping wall between crystal and dial, seen from inside."""
    count = 48 if quality > 0.7 else 32
    return turned([(outer, high), (inner, low)], count, material)
