"""A pair of glasses from its style: six nodes, hinged, with the bridge as origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Node
from ar_preview.workshop.eyewear.detail import FULL, Detail
from ar_preview.workshop.eyewear.front import acetate_plate, back_height, front_plate, nose_pad
from ar_preview.workshop.eyewear.hinge import (
    front_hinge,
    front_rivets,
    temple_hinge,
    temple_rivets,
)
from ar_preview.workshop.eyewear.lens import lens
from ar_preview.workshop.eyewear.outline import brow_polygon
from ar_preview.workshop.eyewear.surface import FrontSurface
from ar_preview.workshop.eyewear.temple import Joint, temple, temple_path
from ar_preview.workshop.eyewear.wire import (
    pads_on_arms,
    wire_bridges,
    wire_end_piece,
    wire_hinge,
    wire_joint,
    wire_origin,
    wire_rim,
    wire_temple,
)
from ar_preview.workshop.model import Model, node_from_meshes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.style import GlassesMaterials, GlassesStyle
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["Parts", "assembled", "bridge_origin", "build_glasses"]

_ROOT = "glasses"
_TEMPLE_UV_SHIFT = (0.37, 0.21)
_HINGE_TRAVEL_DEGREES = 92.0


@dataclass(frozen=True, eq=False)
class Parts:
    """What a pair of glasses is put together from, in worn position, mm.

    Parameters
    ----------
    front : list of Mesh
        In the middle and on both sides.
    pads, temple, lens : list of Mesh
        On the wearer's left.
    is_shield : bool
        Whether the lens is one for both eyes; its node is ``lens``.
    origin, pivot : ndarray, shape (3,)
        Back of the bridge; screw of the left hinge.
    """

    front: list[Mesh]
    pads: list[Mesh]
    temple: list[Mesh]
    lens: list[Mesh]
    origin: Array
    pivot: Array
    is_shield: bool = False


def bridge_origin(style: GlassesStyle) -> Array:
    """Return the middle of the back of the bridge, where the nose carries it, (3,), mm."""
    if style.wire is not None:
        return wire_origin(style, FrontSurface(style))
    y = 0.5 * (style.bridge.top + style.bridge.bottom)
    flat = np.array([[0.0, y, 0.0]])
    flat[:, 2] = back_height(style, flat[:, 0], flat[:, 1])
    return np.asarray(FrontSurface(style).place(flat)[0])


def build_glasses(style: GlassesStyle, detail: Detail = FULL) -> Model:
    """Build a pair of glasses.

    The axes are x to the wearer's left, y up, z out of the face, in metres; the origin is
    the middle of the back of the bridge. Nodes: ``frame_front``, ``nose_pads``, ``temple_left``
    and ``temple_right`` (their origins on the hinges' screws, whose axes are y; positive
    rotation about ``extras.hinge.axis`` folds them in), ``lens_left``, ``lens_right``.

    Parameters
    ----------
    style : GlassesStyle
    detail : Detail
        `FULL` (at most 20 000 triangles) or `LOD1` (about 5000).

    Raises
    ------
    ValueError
        If the sizes contradict each other; the message names what doesn't fit.
    """
    parts = _acetate_parts(style, detail) if style.wire is None else _wire_parts(style, detail)
    return assembled(style.name, parts, style.materials, style.dimensions_mm)


def _both(meshes: list[Mesh]) -> list[Mesh]:
    return [side for mesh in meshes for side in (mesh, mesh.mirrored())]


def _acetate_temple(
    style: GlassesStyle, surface: FrontSurface, joint: Joint, detail: Detail
) -> list[Mesh]:
    return [
        *temple(style, surface, joint, detail),
        *temple_rivets(style, temple_path(style.temple, joint.start), detail),
        *temple_hinge(style, joint, detail),
    ]


def _acetate_parts(style: GlassesStyle, detail: Detail) -> Parts:
    surface = FrontSurface(style)
    joint = Joint.of(style, surface)
    sides = [*front_rivets(style, surface, detail), *front_hinge(style, joint, detail)]
    return Parts(
        [front_plate(style, surface, detail), *_both(sides)],
        [nose_pad(style, surface, detail)],
        _acetate_temple(style, surface, joint, detail),
        [lens(style, surface, detail)],
        bridge_origin(style),
        joint.pivot,
    )


def _wire_parts(style: GlassesStyle, detail: Detail) -> Parts:
    surface = FrontSurface(style)
    pad, arm = pads_on_arms(style, surface, detail)
    sides = [wire_rim(style, surface, detail), *arm]
    if style.wire is not None and style.wire.brow:
        joint = Joint.of(style, surface)
        sides.append(acetate_plate(brow_polygon(style), style, surface, detail))
        sides += front_rivets(style, surface, detail) + front_hinge(style, joint, detail)
        side_piece = _acetate_temple(style, surface, joint, detail)
    else:
        joint = wire_joint(style, surface)
        front_knuckles, temple_knuckles = wire_hinge(style.materials, joint, detail)
        sides += [wire_end_piece(style, surface, detail), *front_knuckles]
        side_piece = [*wire_temple(style, joint, detail), *temple_knuckles]
    return Parts(
        [*wire_bridges(style, surface, detail), *_both(sides)],
        pad,
        side_piece,
        [lens(style, surface, detail)],
        bridge_origin(style),
        joint.pivot,
    )


def assembled(
    name: str, parts: Parts, materials: GlassesMaterials, dimensions_mm: Mapping[str, float]
) -> Model:
    """Make the six nodes of a pair of glasses from its parts."""
    flip = np.array([-1.0, 1.0, 1.0])
    pivot = parts.pivot - parts.origin
    lenses = [("lens", parts.lens, np.zeros(3))]
    if not parts.is_shield:
        sides = (parts.lens, [m.mirrored() for m in parts.lens])
        lenses = [
            (f"lens_{n}", m, np.zeros(3)) for n, m in zip(("left", "right"), sides, strict=True)
        ]
    nodes = [Node(_ROOT, None, np.eye(4))]
    for node, meshes, at in (
        ("frame_front", parts.front, np.zeros(3)),
        ("nose_pads", _both(parts.pads), np.zeros(3)),
        ("temple_left", parts.temple, pivot),
        ("temple_right", [m.mirrored(_TEMPLE_UV_SHIFT) for m in parts.temple], pivot * flip),
        *lenses,
    ):
        nodes.append(node_from_meshes(node, _ROOT, [m.moved(-parts.origin) for m in meshes], at))
    return Model(
        name=name,
        nodes=tuple(nodes),
        materials=materials.all(),
        variants=materials.variant_names(),
        node_extras={
            f"temple_{side}": {
                "hinge": {"axis": [0.0, sign, 0.0], "fold_degrees": _HINGE_TRAVEL_DEGREES}
            }
            for side, sign in (("left", 1.0), ("right", -1.0))
        },
        extras={"dimensions_mm": dict(dimensions_mm)},
    )
