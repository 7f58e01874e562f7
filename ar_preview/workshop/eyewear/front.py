"""The acetate front: rims, bridge and end pieces in one piece, and its nose pads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.workshop.eyewear.outline import front_polygon, lens_outline
from ar_preview.workshop.meshkit import (
    EdgeProfile,
    Mesh,
    SweepPath,
    parametric,
    plate,
    smoothstep,
)
from ar_preview.workshop.meshkit.parametric import TEXTURE_TILE_MM

if TYPE_CHECKING:
    from shapely.geometry import Polygon

    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.detail import Detail
    from ar_preview.workshop.eyewear.style import GlassesStyle
    from ar_preview.workshop.eyewear.surface import FrontSurface

__all__ = [
    "FRONT_FACE_SHARE",
    "acetate_plate",
    "back_height",
    "front_face_height",
    "front_plate",
    "nose_pad",
]

FRONT_FACE_SHARE = 0.4
"""Share of the front's thickness that stands before the lens's middle surface."""


def front_face_height(style: GlassesStyle) -> float:
    """Height of the front face over the middle surface of the lenses, mm."""
    return FRONT_FACE_SHARE * style.thickness


def back_height(style: GlassesStyle, x: Array, y: Array) -> Array:
    """Height of the back face at flat coordinates of shape (...), mm (negative).

    The front is thicker at the end pieces, for the hinge, and at the nasal rims, where the
    pads grow out of it.
    """
    across = np.abs(x)
    temporal = style.lens_centre + 0.5 * style.lens_width
    at_end = smoothstep(across, temporal - 2.5, temporal + 5.5)
    nasal = 0.5 * style.bridge_width
    pad = style.nose_pad
    at_pad = np.exp(-(((y - pad.centre) / (0.42 * pad.length)) ** 4)) * (
        1.0 - smoothstep(across, nasal - 0.5, nasal + 4.0)
    )
    extra = style.end_piece.thickening * at_end + 1.1 * at_pad
    return np.asarray(front_face_height(style) - style.thickness - extra)


def front_plate(style: GlassesStyle, surface: FrontSurface, detail: Detail) -> Mesh:
    """Build the front in worn position, mm."""
    return acetate_plate(front_polygon(style), style, surface, detail, symmetric=True)


def acetate_plate(
    polygon: Polygon,
    style: GlassesStyle,
    surface: FrontSurface,
    detail: Detail,
    *,
    symmetric: bool = False,
) -> Mesh:
    """Give an outline the style's thickness and edges and bend it to worn position, mm."""
    edges = style.edges
    outer = EdgeProfile(
        edges.outer_inset,
        edges.outer_depth,
        edges.back_inset,
        edges.back_depth,
        detail.fillet_rows,
        detail.back_rows,
        2.15,
    )
    inner = EdgeProfile(
        edges.hole_inset,
        edges.hole_depth,
        0.75 * edges.back_inset,
        0.75 * edges.back_depth,
        max(2, detail.fillet_rows - 2) if detail.fillet_rows > 2 else 1,
        detail.back_rows,
    )
    flat = plate(
        polygon,
        style.thickness,
        outer,
        inner,
        detail.front,
        style.materials.frame.name,
        symmetric=symmetric,
    )

    def shape(points: Array) -> Array:
        depth = -points[:, 2] / style.thickness
        back = back_height(style, points[:, 0], points[:, 1])
        face = front_face_height(style)
        height = face + depth * (back - face)
        return surface.place(np.column_stack([points[:, :2], height]))

    return flat.mapped(shape)


def nose_pad(style: GlassesStyle, surface: FrontSurface, detail: Detail) -> Mesh:
    """Build the wearer's left pad in worn position, mm.

    A fin that follows the nasal rim and grows out of its back, splayed as the sides of a
    nose are; its ends run out inside the rim.
    """
    pad = style.nose_pad
    path = _pad_path(style)
    splay = np.radians(pad.splay_degrees)
    depth_axis = np.array([np.sin(splay), 0.0, -np.cos(splay)])
    back = front_face_height(style) - style.thickness

    def section(s: Array, v: Array) -> Array:
        along = np.clip(2.0 * s / path.length - 1.0, -1.0, 1.0)
        fullness = np.maximum(1.0 - along**2, 0.0) ** 0.62
        point, _, _, _ = path.frame(s)
        half_depth = 0.5 * pad.depth * fullness
        half_thick = 0.5 * pad.thickness * fullness**0.8
        across = np.sign(np.sin(v)) * np.abs(np.sin(v)) ** 0.85
        # Sharper towards the rim, where it is hidden, round where it touches the nose.
        out = np.cos(v) * half_depth + (0.16 * pad.depth) * fullness
        side_axis = np.array([np.cos(splay), 0.0, np.sin(splay)])
        centre = point + np.array([0.35, 0.0, back + 1.2])
        return np.asarray(
            centre + out[..., None] * depth_axis + (across * half_thick)[..., None] * side_axis
        )

    def texture(points: Array, s: Array, v: Array) -> Array:
        sheared = points[..., :2] + points[..., 2:] * [0.7, 0.45]
        return np.asarray(sheared / TEXTURE_TILE_MM)

    angle = np.linspace(0.0, np.pi, detail.pad_stations)
    stations = 0.5 * path.length * (1.0 - np.cos(angle))
    around = np.linspace(0.0, 2.0 * np.pi, detail.pad_around, endpoint=False)
    flat = parametric(
        section,
        stations,
        around,
        style.materials.frame.name,
        closed=True,
        uv=texture,
    )
    return flat.mapped(surface.place)


def _pad_path(style: GlassesStyle) -> SweepPath:
    """Middle line of the pad in flat coordinates: the nasal rim, from top to bottom."""
    pad = style.nose_pad
    lens = lens_outline(style)
    nasal = lens[lens[:, 0] < style.lens_centre]
    y = np.linspace(pad.centre + 0.5 * pad.length, pad.centre - 0.5 * pad.length, 60)
    order = np.argsort(nasal[:, 1])
    edge = np.interp(y, nasal[order, 1], nasal[order, 0])
    x = edge - 0.7 * style.rim.nasal
    return SweepPath(np.column_stack([x, y, np.zeros_like(y)]), np.array([1.0, 0.0, 0.0]))
