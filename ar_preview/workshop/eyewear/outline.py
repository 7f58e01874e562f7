"""The front seen from the front: lens, rims, end pieces and bridge, as plane outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.interpolate import CubicSpline
from shapely.geometry import Point, Polygon, box

from ar_preview.workshop.meshkit import bspline_outline, fair_closed
from ar_preview.workshop.meshkit.curves import left_normals

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.style import GlassesStyle

__all__ = ["GROOVE_MM", "brow_polygon", "front_polygon", "lens_outline", "outline_x"]

GROOVE_MM = 0.55
"""How far the lens reaches into the groove of the rim."""

_QUAD_SEGS = 24
_END_FILLET_MM = 8.0
_BRIDGE_FILLET_MM = 3.0
_CORNER_RADIUS_MM = 1.9
_RELIEF_RADIUS_MM = 2.0


def lens_outline(style: GlassesStyle) -> Array:
    """Outline of the wearer's left lens, its box centred on (lens_centre, 0), shape (N, 2)."""
    outline = bspline_outline(style.outline, style.lens_width, style.lens_height)
    return np.asarray(outline + np.array([style.lens_centre, 0.0]))


def outline_x(outline: Array, y: float, nasal: bool, centre: float) -> float:
    """Return x of an outline at a height, on its nasal or temporal side, mm."""
    side = outline[(outline[:, 0] < centre) == nasal]
    return float(side[np.argmin(np.abs(side[:, 1] - y)), 0])


def front_polygon(style: GlassesStyle) -> Polygon:
    """Outline of the front with its two lens holes.

    Rims, end pieces and bridge are joined first, their corners filled and rounded by
    morphological closing and opening, and faired; the holes come last, so that they stay true.

    Raises
    ------
    ValueError
        If the sizes don't make one piece with two holes.
    """
    lens = lens_outline(style)
    half = _rim(style, lens).union(_end_piece(style, lens))
    # The brow runs onto the end piece without a dip; below it a long fillet does the same.
    brow = half.convex_hull.intersection(box(0.0, style.end_piece.centre, 200.0, 200.0))
    half = _round_concave(half.union(brow), _END_FILLET_MM)
    whole = shapely.union_all([half, _mirrored(half), _bridge_block(style)])
    whole = _round_concave(whole, _BRIDGE_FILLET_MM)
    if style.bridge.keyhole_radius > 0.0:
        whole = whole.difference(_keyhole(style))
    whole = _largest(whole)
    whole = _round_convex(whole, _CORNER_RADIUS_MM)
    whole = _round_concave(whole, _RELIEF_RADIUS_MM)
    outer = Polygon(fair_closed(np.asarray(_largest(whole).exterior.coords)[:-1], 1.0))
    outer = _symmetric(outer)
    hole = Polygon(lens).buffer(-GROOVE_MM, quad_segs=_QUAD_SEGS)
    front = outer.difference(hole).difference(_mirrored(hole))
    if front.geom_type != "Polygon" or len(front.interiors) != 2:
        raise ValueError(
            f"expected one front with two lens holes for '{style.name}'; "
            "its rims or bridge are too narrow for the lens"
        )
    return front


def brow_polygon(style: GlassesStyle) -> Polygon:
    """Outline of the acetate over the wearer's left lens of a browline, mm.

    Raises
    ------
    ValueError
        If the style has no brow.
    """
    if style.wire is None or not style.wire.brow:
        raise ValueError(f"expected a wire front with a brow for '{style.name}'")
    lens = lens_outline(style)
    half = _rim(style, lens).union(_end_piece(style, lens))
    above = half.convex_hull.intersection(box(0.0, style.end_piece.centre, 200.0, 200.0))
    half = _round_concave(half.union(above), _END_FILLET_MM)
    half = half.difference(Polygon(lens).buffer(-GROOVE_MM, quad_segs=_QUAD_SEGS))
    edge = np.asarray(style.wire.brow) * [0.5 * style.lens_width, 0.5 * style.lens_height]
    edge = edge + [style.lens_centre, 0.0]
    edge = np.vstack([edge[0] - [30.0, 0.0], edge, edge[-1] + [30.0, 0.0]])
    cut = Polygon([*edge, (edge[-1, 0], 200.0), (edge[0, 0], 200.0)])
    brow = _largest(half.intersection(cut))
    brow = _round_convex(_round_concave(brow, 0.7), 1.4)
    return Polygon(fair_closed(np.asarray(brow.exterior.coords)[:-1], 0.8))


def _rim(style: GlassesStyle, lens: Array) -> Polygon:
    rim = style.rim
    outward = -left_normals(lens)
    angle = np.arctan2(outward[:, 1], outward[:, 0]) % (2.0 * np.pi)
    width = CubicSpline(
        np.arange(5) * 0.5 * np.pi,
        [rim.temporal, rim.top, rim.nasal, rim.bottom, rim.temporal],
        bc_type="periodic",
    )
    return Polygon(lens + outward * width(angle)[:, None]).buffer(0.0)


def _end_piece(style: GlassesStyle, lens: Array) -> Polygon:
    end, centre = style.end_piece, style.lens_centre
    rim = np.asarray(_rim(style, lens).exterior.coords)
    x_end = style.half_width
    low, high = end.centre - 0.5 * end.height, end.centre + 0.5 * end.height
    inner = centre + 0.22 * style.lens_width
    top = float(rim[np.abs(rim[:, 0] - inner) < 0.6][:, 1].max())
    flank_y = low - 0.75 * end.height
    flank_x = outline_x(rim, flank_y, False, centre)
    # The brow runs out in one curve that levels off on the end piece.
    t = np.linspace(0.0, 1.0, 25)
    brow_x = inner + t * (x_end - 1.2 - inner)
    brow = np.column_stack([brow_x, top - 0.25 + (high - top + 0.25) * t**1.9])
    return Polygon(
        [
            (inner, flank_y),
            (flank_x - 0.4, flank_y),
            (x_end - 2.0, low - 1.2),
            (x_end - 0.3, low + 0.8),
            (x_end, low + 2.2),
            (x_end, high - 1.2),
            *brow[::-1],
        ]
    )


def _bridge_block(style: GlassesStyle) -> Polygon:
    bridge, reach = style.bridge, 0.5 * style.bridge_width + 2.5
    x = np.linspace(-reach, reach, 41)
    upper = np.column_stack([x, bridge.top + 3.0 * np.abs(x / reach) ** 2.6])
    # The lower edge falls along the nose, down to the nasal rims.
    rim_edge = 0.5 * style.bridge_width - style.rim.nasal
    fall = (7.2 if bridge.keyhole_radius > 0.0 else 5.0) * (x / rim_edge) ** 2
    lower = np.column_stack([x, bridge.bottom - np.minimum(fall, 14.0)])[::-1]
    return Polygon(np.vstack([upper, lower]))


def _keyhole(style: GlassesStyle) -> Polygon:
    bridge, r = style.bridge, style.bridge.keyhole_radius
    eye = Point(0.0, bridge.bottom - r).buffer(r, quad_segs=48)
    neck = 0.86 * r
    slot = Polygon(
        [
            (-neck, bridge.bottom - r),
            (neck, bridge.bottom - r),
            (1.5 * r, bridge.bottom - 4.2 * r),
            (-1.5 * r, bridge.bottom - 4.2 * r),
        ]
    )
    return eye.union(slot)


def _mirrored(shape: Polygon) -> Polygon:
    return shapely.transform(shape, lambda c: c * [-1.0, 1.0])


def _symmetric(shape: Polygon) -> Polygon:
    """Take the left half and its image: rounding must not make the sides differ."""
    half = shape.intersection(box(0.0, -200.0, 200.0, 200.0))
    return shapely.union_all([half, _mirrored(half)])


def _round_concave(shape: Polygon, radius: float) -> Polygon:
    grown = shape.buffer(radius, quad_segs=_QUAD_SEGS)
    return grown.buffer(-radius, quad_segs=_QUAD_SEGS)


def _round_convex(shape: Polygon, radius: float) -> Polygon:
    return _largest(
        shape.buffer(-radius, quad_segs=_QUAD_SEGS).buffer(radius, quad_segs=_QUAD_SEGS)
    )


def _largest(shape: Polygon) -> Polygon:
    parts = getattr(shape, "geoms", [shape])
    return max(parts, key=lambda p: p.area)
