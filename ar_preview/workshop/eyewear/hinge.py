"""Five-knuckle hinges with leaves and screws, and the rivets that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import Point, box

from ar_preview.workshop.eyewear.front import front_face_height
from ar_preview.workshop.meshkit import (
    EdgeProfile,
    dome,
    plate,
    revolve,
    rotation_x,
    rotation_y,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry import Polygon

    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.detail import Detail
    from ar_preview.workshop.eyewear.style import GlassesStyle
    from ar_preview.workshop.eyewear.surface import FrontSurface
    from ar_preview.workshop.eyewear.temple import Joint
    from ar_preview.workshop.meshkit import Mesh, SweepPath

__all__ = ["front_hinge", "front_rivets", "temple_hinge", "temple_rivets"]

_BARREL_RADIUS = 1.3
_KNUCKLES = 5
_PITCH = 1.36
_GAP = 0.08
_LEAF = 0.75
_RIVET_X, _RIVET_Y = 0.78, 1.95


def _knuckles(
    arm: Polygon, places: Iterable[int], style: GlassesStyle, detail: Detail
) -> list[Mesh]:
    """Knuckles about the screw's axis; the arm is (x, -z) seen from above."""
    outline = Point(0.0, 0.0).buffer(_BARREL_RADIUS, quad_segs=12).union(arm)
    edge = EdgeProfile(0.14, 0.14, 0.14, 0.14, 2, 2)
    flat = plate(outline, _PITCH - _GAP, edge, edge, detail.hardware, style.materials.hinge.name)
    upright = flat.rotated(rotation_x(-0.5 * np.pi))
    tops = [(0.5 * _KNUCKLES - k) * _PITCH - 0.5 * _GAP for k in places]
    return [upright.moved((0.0, top, 0.0)) for top in tops]


def _barrel(style: GlassesStyle, detail: Detail) -> Mesh:
    """All knuckles as one cylinder, for the lighter level of detail."""
    r, half = _BARREL_RADIUS, 0.5 * _KNUCKLES * _PITCH
    profile = ((0.0, -half), (r, -half), (r, half), (0.0, half))
    cylinder = revolve(profile, style.materials.hinge.name, detail.hardware_around)
    return cylinder.rotated(rotation_x(-0.5 * np.pi))


def _leaf(width: float, height: float, style: GlassesStyle, detail: Detail) -> Mesh:
    """Make a rounded plate in the xy plane, outside towards +z, its middle at the origin."""
    outline = box(-0.5 * width, -0.5 * height, 0.5 * width, 0.5 * height)
    outline = outline.buffer(-1.0).buffer(1.0, quad_segs=12)
    edge = EdgeProfile(0.2, 0.2, 0.05, 0.05, 2 if detail.has_knuckles else 1, 1)
    return plate(outline, _LEAF, edge, edge, detail.hardware, style.materials.hinge.name)


def front_hinge(style: GlassesStyle, joint: Joint, detail: Detail) -> list[Mesh]:
    """Build what is fixed to the front on the wearer's left, mm."""
    ahead = joint.start[2] - joint.pivot[2] + 0.6
    # (x, -z): the front lies at negative second coordinate.
    arm = box(-_BARREL_RADIUS, -ahead, 0.55 * _BARREL_RADIUS, 0.0)
    if detail.has_knuckles:
        parts = _knuckles(arm, range(0, _KNUCKLES, 2), style, detail) + _screw(style, detail)
    else:
        parts = [_barrel(style, detail)]
    parts = [p.moved(joint.pivot) for p in parts]
    leaf = _leaf(4.6, _KNUCKLES * _PITCH + 0.6, style, detail)
    tilt = np.radians(style.pantoscopic_degrees)
    turned = leaf.rotated(rotation_y(np.pi)).rotated(rotation_x(tilt))
    place = joint.pivot + np.array([-1.0, 0.0, ahead - 0.75])
    return [*parts, turned.moved(place)]


def temple_hinge(style: GlassesStyle, joint: Joint, detail: Detail) -> list[Mesh]:
    """Build what is fixed to the wearer's left temple, mm."""
    aside = joint.start[0] - 0.5 * style.temple.thickness[0][1] - joint.pivot[0] + 0.35
    arm = box(0.0, -0.35 * _BARREL_RADIUS, aside, _BARREL_RADIUS)
    parts = []
    if detail.has_knuckles:
        knuckles = _knuckles(arm, range(1, _KNUCKLES, 2), style, detail)
        parts = [p.moved(joint.pivot) for p in knuckles]
    length = 10.0
    leaf = _leaf(length, 3.4 + 1.6, style, detail).rotated(rotation_y(-0.5 * np.pi))
    place = joint.pivot + np.array([aside - 0.62, 0.2, -0.5 * length - 0.35])
    parts.append(leaf.moved(place))
    for z in (-5.0, -8.3) if detail.has_knuckles else ():
        head = dome(0.85, 0.85, 0.3, 0.2, style.materials.hinge.name, detail.hardware_around, 2)
        at = joint.pivot + np.array([aside - 0.62, 0.2, z])
        parts.append(head.rotated(rotation_y(-0.5 * np.pi)).moved(at))
    return parts


def _screw(style: GlassesStyle, detail: Detail) -> list[Mesh]:
    """Slotted head on the top knuckle, plain end under the lowest."""
    top = 0.5 * _KNUCKLES * _PITCH
    name = style.materials.hinge.name
    edge = EdgeProfile(0.12, 0.12, 0.03, 0.03, 2, 1)
    slot = EdgeProfile(0.02, 0.02, 0.02, 0.02, 1, 1)
    head = Point(0.0, 0.0).buffer(0.95, quad_segs=10)
    cut = box(-0.66, -0.12, 0.66, 0.12)
    parts = [plate(head.difference(cut), 0.42, edge, slot, detail.hardware, name)]
    parts = [parts[0].rotated(rotation_x(-0.5 * np.pi)).moved((0.0, top + 0.36, 0.0))]
    bottom = dome(0.7, 0.7, 0.25, 0.1, name, detail.hardware_around, 2)
    return [*parts, bottom.rotated(rotation_x(0.5 * np.pi)).moved((0.0, -top, 0.0))]


def _rivet(style: GlassesStyle, detail: Detail) -> Mesh:
    return dome(
        _RIVET_X,
        _RIVET_Y,
        0.34,
        0.5,
        style.materials.hardware.name,
        detail.hardware_around,
        detail.hardware_rows,
    )


def front_rivets(style: GlassesStyle, surface: FrontSurface, detail: Detail) -> list[Mesh]:
    """Build the rivet on the front face of the wearer's left end piece, mm."""
    x = style.half_width - 0.5 * style.temple.thickness[0][1] - 1.9
    at = (x, style.end_piece.centre + 0.4, front_face_height(style) - 0.03)
    return [_rivet(style, detail).moved(at).mapped(surface.place)]


def temple_rivets(style: GlassesStyle, path: SweepPath, detail: Detail) -> list[Mesh]:
    """Build the rivet on the outer face of the wearer's left temple, mm."""
    s = np.array(6.4)
    point, tangent, up, side = path.frame(s)
    thickness = float(np.interp(s, *np.asarray(style.temple.thickness).T))
    axes: Array = np.stack([tangent, up, side], axis=1)
    return [_rivet(style, detail).rotated(axes).moved(point + (0.5 * thickness - 0.03) * side)]
