"""A pair of glasses from its style: six nodes, hinged, with the bridge as origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Node
from ar_preview.workshop.eyewear.detail import FULL, Detail
from ar_preview.workshop.eyewear.front import back_height, front_plate, nose_pad
from ar_preview.workshop.eyewear.hinge import (
    front_hinge,
    front_rivets,
    temple_hinge,
    temple_rivets,
)
from ar_preview.workshop.eyewear.lens import lens
from ar_preview.workshop.eyewear.surface import FrontSurface
from ar_preview.workshop.eyewear.temple import Joint, temple, temple_path
from ar_preview.workshop.model import Model, node_from_meshes

if TYPE_CHECKING:
    from ar_preview.workshop.eyewear.style import GlassesStyle

__all__ = ["bridge_origin", "build_glasses"]

_ROOT = "glasses"
_TEMPLE_UV_SHIFT = (0.37, 0.21)
_HINGE_TRAVEL_DEGREES = 92.0


def bridge_origin(style: GlassesStyle) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the middle of the back of the bridge, where the nose carries it, (3,), mm."""
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
    surface = FrontSurface(style)
    origin = bridge_origin(style)
    joint = Joint.of(style, surface)
    path = temple_path(style, joint.start)

    front = [front_plate(style, surface, detail)]
    for part in (*front_rivets(style, surface, detail), *front_hinge(style, joint, detail)):
        front += [part, part.mirrored()]
    pad = nose_pad(style, surface, detail)
    left_temple = [
        *temple(style, surface, joint, detail),
        *temple_rivets(style, path, detail),
        *temple_hinge(style, joint, detail),
    ]
    left_lens = lens(style, surface, detail)

    flip = np.array([-1.0, 1.0, 1.0])
    pivot = joint.pivot - origin
    nodes = [Node(_ROOT, None, np.eye(4))]
    for name, meshes, at in (
        ("frame_front", front, np.zeros(3)),
        ("nose_pads", [pad, pad.mirrored()], np.zeros(3)),
        ("temple_left", left_temple, pivot),
        ("temple_right", [m.mirrored(_TEMPLE_UV_SHIFT) for m in left_temple], pivot * flip),
        ("lens_left", [left_lens], np.zeros(3)),
        ("lens_right", [left_lens.mirrored()], np.zeros(3)),
    ):
        nodes.append(node_from_meshes(name, _ROOT, [m.moved(-origin) for m in meshes], at))

    parts = style.materials
    used = [parts.frame, parts.hardware, parts.hinge, parts.lens, *parts.variant_lenses.values()]
    return Model(
        name=style.name,
        nodes=tuple(nodes),
        materials={m.name: m for m in used},
        variants={
            name: {} if material.name == parts.lens.name else {parts.lens.name: material.name}
            for name, material in parts.variant_lenses.items()
        },
        node_extras={
            f"temple_{side}": {
                "hinge": {"axis": [0.0, sign, 0.0], "fold_degrees": _HINGE_TRAVEL_DEGREES}
            }
            for side, sign in (("left", 1.0), ("right", -1.0))
        },
        extras={"dimensions_mm": style.dimensions_mm},
    )
