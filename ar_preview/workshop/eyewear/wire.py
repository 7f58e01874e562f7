"""Fronts and temples of metal wire: rims, bridges, pads on arms, end pieces, barrel hinges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

from ar_preview.workshop.eyewear.outline import lens_outline, outline_x
from ar_preview.workshop.eyewear.rods import profile, rod, rod_stations
from ar_preview.workshop.eyewear.temple import Joint, temple_path
from ar_preview.workshop.meshkit import (
    Mesh,
    adaptive_closed,
    dome,
    grid,
    oval,
    rotation_x,
    rotation_y,
    rotation_z,
    sphere,
    sweep,
    tube,
    turned,
)
from ar_preview.workshop.meshkit.curves import left_normals

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.detail import Detail
    from ar_preview.workshop.eyewear.style import GlassesMaterials, GlassesStyle, Wire
    from ar_preview.workshop.eyewear.surface import FrontSurface

__all__ = [
    "pads_on_arms",
    "wire_bridges",
    "wire_end_piece",
    "wire_hinge",
    "wire_joint",
    "wire_origin",
    "wire_rim",
    "wire_temple",
]

_RIM_OUTSIDE = 0.30
"""Share of the wire that lies outside the edge of the lens, which sits in its groove."""

_END_DEPTH_MM = 7.0
"""How far an end piece reaches back to its hinge."""

_END_THICK_MM = 1.7
_ARM_MM = 0.95
_KNUCKLE_MM, _BARREL_MM = 1.25, 1.15
_PAD_BEHIND_MM, _PAD_INSIDE_MM = 6.2, 2.2
_PAD_FRONTAL_DEGREES = 17.0
"""Frontal angle of a nose: pads stand farther apart below (Obstfeld, Spectacle Frames, 1997)."""


def _wire(style: GlassesStyle) -> Wire:
    if style.wire is None:
        raise ValueError(f"expected a style with a wire front, got '{style.name}'")
    return style.wire


def _spline(points: npt.ArrayLike, count: int) -> Array:
    """Curve through points, evenly by chord length, (count, 3)."""
    through = np.asarray(points, dtype=np.float64)
    steps = np.linalg.norm(np.diff(through, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(np.sqrt(steps))])
    dense = CubicSpline(at, through)(np.linspace(0.0, at[-1], 400))
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    even = np.linspace(0.0, arc[-1], count)
    return np.stack([np.interp(even, arc, dense[:, k]) for k in range(3)], axis=1)


def _around(detail: Detail) -> int:
    return 10 if detail.has_knuckles else 5


def wire_rim(style: GlassesStyle, surface: FrontSurface, detail: Detail) -> Mesh:
    """Build the eyewire of the wearer's left lens in worn position, mm."""
    wire, rim = _wire(style), detail.lens_rim
    lens = lens_outline(style)
    line = lens - _RIM_OUTSIDE * wire.width * left_normals(lens)
    line = adaptive_closed(line, rim.shortest, rim.longest, rim.deviation)
    section = oval(0.5 * wire.width, 0.5 * wire.depth, _around(detail), 2.5)
    path = np.column_stack([line, np.zeros(len(line))])
    name = style.materials.hardware.name
    flat = tube(path, section, name, closed=True, up=(0.0, 0.0, 1.0), crease_degrees=80.0)
    return flat.mapped(surface.place)


def _bridge_lines(style: GlassesStyle) -> list[Array]:
    """Middle lines of the bridges in flat coordinates, main one first."""
    wire, lens = _wire(style), lens_outline(style)
    y, inside = style.bridge.top, 0.1
    x = outline_x(lens, y, True, style.lens_centre) + inside
    rise = wire.bridge_rise
    half = np.array(
        [(x, y, 0.0), (0.72 * x, y + 0.62 * rise, 0.5), (0.3 * x, y + 0.96 * rise, 0.9)]
    )
    lines = [_both_ways(half)]
    if wire.brow_bar:
        # The bar leaves each rim where it levels off, and runs straight across.
        above = lens[lens[:, 1] > 0.0]
        k = int(np.argmin(np.abs(above[:, 0] - style.lens_centre + 0.17 * style.lens_width)))
        start = above[k]
        inner = 0.5 * style.bridge_width
        half = np.array(
            [
                (start[0], start[1] + 0.3, 0.2),
                (0.55 * start[0] + 0.45 * inner, 0.4 * start[1] + 0.6 * wire.brow_bar + 0.9, 1.1),
                (0.62 * inner, wire.brow_bar, 1.3),
            ]
        )
        lines.append(_both_ways(half))
    return lines


def _both_ways(half: Array) -> Array:
    return np.vstack([half, half[::-1] * [-1.0, 1.0, 1.0]])


def wire_origin(style: GlassesStyle, surface: FrontSurface) -> Array:
    """Return the middle of the back of the main bridge, (3,), mm."""
    middle = _spline(_bridge_lines(style)[0], 41)[20]
    return np.asarray(surface.place((middle - [0.0, 0.0, 0.5 * _END_THICK_MM])[None])[0])


def wire_bridges(style: GlassesStyle, surface: FrontSurface, detail: Detail) -> list[Mesh]:
    """Build the bridge, and the brow bar of a double one, in worn position, mm."""
    wire = _wire(style)
    name = style.materials.hardware.name
    count = 26 if detail.has_knuckles else 12
    parts = []
    for k, line in enumerate(_bridge_lines(style)):
        height = wire.bridge_width * (1.0 if k == 0 else 0.85)
        section = oval(0.5 * _END_THICK_MM, 0.5 * height, _around(detail), 2.4)
        # A little stouter where it is soldered on.
        along = np.linspace(-1.0, 1.0, count)
        scale = 1.0 + 0.14 * np.abs(along) ** 3
        path = _spline(line, count)
        flat = tube(path, section, name, scale=scale, up=(0.0, 1.0, 0.0), crease_degrees=80.0)
        parts.append(flat.mapped(surface.place))
    return parts


def pads_on_arms(
    style: GlassesStyle, surface: FrontSurface, detail: Detail
) -> tuple[list[Mesh], list[Mesh]]:
    """Build the wearer's left pad, and its arm and box, in worn position, mm.

    Returns
    -------
    pad, arm : list of Mesh
    """
    pad = style.nose_pad
    material = style.materials.pad or style.materials.frame
    metal = style.materials.hardware.name
    lens = lens_outline(style)
    x = outline_x(lens, pad.centre, True, style.lens_centre)
    centre = np.array([x - _PAD_INSIDE_MM, pad.centre, -_PAD_BEHIND_MM])
    splay, frontal = np.radians([pad.splay_degrees, _PAD_FRONTAL_DEGREES])
    # The thin axis looks at the nose: inwards and to the rear.
    turn = rotation_z(frontal) @ rotation_y(-(0.5 * np.pi + splay))
    half = np.array([0.5 * pad.depth, 0.5 * pad.length, 0.5 * pad.thickness])

    def shape(points: Array) -> Array:
        # Unit ball to a flat drop, narrower at the top.
        drop = points * half
        drop[:, 0] *= 1.0 - 0.24 * points[:, 1]
        return np.asarray(drop @ turn.T + centre)

    columns, rows = (16, 10) if detail.has_knuckles else (8, 5)
    ball = sphere(1.0, columns, rows, material.name).mapped(shape)
    out = turn @ [0.0, 0.0, -1.0]
    box = turned(((0.0, 0.0), (1.35, 0.0), (1.5, 0.2), (1.5, 0.75), (0.0, 0.75)), 12, metal)
    box = box.rotated(turn @ rotation_x(np.pi)).moved(centre + 0.55 * half[2] * out)
    back = centre + (0.55 * half[2] + 0.6) * out
    root_y = 0.25 * style.bridge.top
    root_x = outline_x(lens, root_y, True, style.lens_centre)
    root = np.array([root_x - 0.1, root_y, -0.4 * _wire(style).depth])
    line = _spline(
        [
            root,
            root + [0.0, -0.5, -2.4],
            root + [1.4, -1.8, -5.6],
            0.45 * (root + [1.6, -2.6, -6.6]) + 0.55 * back + 0.9 * out + [0.0, -0.3, 0.0],
            back + 0.75 * out + [0.0, 0.2, 0.0],
            back,
        ],
        20 if detail.has_knuckles else 8,
    )
    arm = tube(line, oval(0.5 * _ARM_MM, 0.5 * _ARM_MM, 8), metal, crease_degrees=80.0)
    place = surface.place
    return [ball.mapped(place)], [box.mapped(place), arm.mapped(place)]


def _end_line(style: GlassesStyle) -> Array:
    """Middle line of the left end piece, from the rim round to the hinge, flat."""
    y = style.end_piece.centre
    x0 = outline_x(lens_outline(style), y, False, style.lens_centre)
    x1 = style.half_width - 0.5 * _END_THICK_MM
    reach = x1 - x0
    return np.array(
        [
            (x0, y, 0.0),
            (x0 + 0.45 * reach, y, -0.1),
            (x0 + 0.82 * reach, y, -0.75),
            (x1 - 0.08, y, -2.6),
            (x1, y, -4.6),
            (x1, y, -_END_DEPTH_MM),
        ]
    )


def wire_end_piece(style: GlassesStyle, surface: FrontSurface, detail: Detail) -> Mesh:
    """Build the wearer's left end piece in worn position, mm."""
    count = 22 if detail.has_knuckles else 10
    height = style.end_piece.height
    section = oval(0.5 * height, 0.5 * _END_THICK_MM, _around(detail) + 4, 3.4)
    path = _spline(_end_line(style), count)
    # The section's first axis is y: up is chosen across the path and level.
    tangent = np.gradient(path, axis=0)
    level = np.column_stack([-tangent[:, 2], np.zeros(count), tangent[:, 0]])
    side = level / np.linalg.norm(level, axis=1, keepdims=True)
    taper = 0.72 + 0.28 * np.clip(np.linspace(0.0, 2.4, count), 0.0, 1.0)
    rings = (
        path[:, None]
        + (section[None, :, :1] * taper[:, None, None]) * np.array([0.0, 1.0, 0.0])
        + section[None, :, 1:] * side[:, None]
    )
    ends = [np.repeat(r.mean(axis=0)[None, None], rings.shape[1], axis=1) for r in rings[[0, -1]]]
    flat = grid(
        np.concatenate([ends[0], rings, ends[1]]),
        style.materials.hardware.name,
        closed_columns=True,
        crease_degrees=60.0,
    )
    return flat.mapped(surface.place)


def wire_joint(style: GlassesStyle, surface: FrontSurface) -> Joint:
    """Return where the wearer's left temple meets its end piece, mm."""
    end = np.array([[style.half_width - 0.5 * _END_THICK_MM, style.end_piece.centre, 0.0]])
    end[:, 2] = -_END_DEPTH_MM
    start = surface.place(end)[0]
    return Joint(start, start + [-1.35, 0.0, -0.35])


def wire_hinge(
    materials: GlassesMaterials, joint: Joint, detail: Detail
) -> tuple[list[Mesh], list[Mesh]]:
    """Build three knuckles and the screw.

    Returns
    -------
    front, temple : list of Mesh
        What is fixed to each, on the wearer's left.
    """
    name = materials.hardware.name
    r, bevel = _BARREL_MM, 0.14 if detail.has_knuckles else 0.0
    half = 0.5 * (_KNUCKLE_MM - 0.06)
    profile = [(0.0, -half), (r - bevel, -half), (r, -half + bevel)]
    profile += [(r, half - bevel), (r - bevel, half), (0.0, half)]
    count = 16 if detail.has_knuckles else 8
    knuckle = turned(profile, count, name).rotated(rotation_x(-0.5 * np.pi))
    stack = [knuckle.moved(joint.pivot + [0.0, k * _KNUCKLE_MM, 0.0]) for k in (-1, 0, 1)]
    front = [stack[0], stack[2]]
    if detail.has_knuckles:
        head = dome(0.8, 0.8, 0.35, 0.1, materials.hinge.name, 16, 3)
        top = joint.pivot + [0.0, 1.5 * _KNUCKLE_MM - 0.03, 0.0]
        front.append(head.rotated(rotation_x(-0.5 * np.pi)).moved(top))
    return front, [stack[1]]


def wire_temple(style: GlassesStyle, joint: Joint, detail: Detail) -> list[Mesh]:
    """Build the wearer's left temple: a flat wire with a sleeve of acetate, mm."""
    temple = style.temple
    path = temple_path(style.temple, joint.start)
    sleeve = path.length - _wire(style).tip_length
    count, corner = (44, 2) if detail.has_knuckles else (22, 1)
    rod_end = sleeve + 4.0
    sizes = profile(temple.height), profile(temple.thickness)
    ends = (0.35, 0.35)
    wire = sweep(
        path,
        rod(0.0, rod_end, sizes, ends, 0.55),
        rod_stations(0.0, rod_end, ends, count // 2),
        corner,
        style.materials.hardware.name,
    )
    reach = path.length - sleeve
    heights = ((0.0, 2.9), (0.12, 3.5), (0.45, 4.3), (0.8, 5.6), (1.0, 5.4))
    thick = ((0.0, 2.3), (0.3, 2.7), (1.0, 2.6))
    sizes = (
        profile(tuple((sleeve + reach * t, v) for t, v in heights)),
        profile(tuple((sleeve + reach * t, v) for t, v in thick)),
    )
    ends = (0.9, temple.tip_rounding)
    tip = sweep(
        path,
        rod(sleeve, path.length, sizes, ends, 1.25),
        rod_stations(sleeve, path.length, ends, count // 2),
        corner + 1,
        style.materials.frame.name,
    )
    return [wire, tip]
