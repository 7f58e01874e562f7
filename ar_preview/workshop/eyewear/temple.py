"""A temple: tapered acetate with an ear bend and a rounded tip, cut to meet the front."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import PchipInterpolator

from ar_preview.workshop.eyewear.front import back_height
from ar_preview.workshop.meshkit import Mesh, Section, SweepPath, smoothstep, sweep
from ar_preview.workshop.meshkit.parametric import disc_cap
from ar_preview.workshop.meshkit.sweep import section_parameters

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.detail import Detail
    from ar_preview.workshop.eyewear.style import GlassesStyle, Temple
    from ar_preview.workshop.eyewear.surface import FrontSurface

__all__ = ["Joint", "temple", "temple_path"]

_JOINT_GAP_MM = 0.06
_FRONT_FILLET_MM = 0.45
_FIT_REACH_MM = 5.0
_PIVOT_INWARD_MM = 0.75
_PIVOT_BEHIND_MM = 1.75
_CORNER_MM = 1.35
_TOP_EDGE_SHARE = 0.62


@dataclass(frozen=True, eq=False)
class Joint:
    """Where the wearer's left temple meets the front, in worn position, mm.

    Parameters
    ----------
    start : ndarray, shape (3,)
        Middle of the temple's front end.
    pivot : ndarray, shape (3,)
        Middle of the hinge's screw, whose axis is y.
    """

    start: Array
    pivot: Array

    @classmethod
    def of(cls, style: GlassesStyle, surface: FrontSurface) -> Joint:
        """Find the joint of a style: temple and end piece flush outside."""
        half = 0.5 * style.temple.thickness[0][1]
        x = style.half_width - half - 0.12
        flat = np.array([[x, style.end_piece.centre, 0.0]])
        flat[:, 2] = back_height(style, flat[:, 0], flat[:, 1])
        start = surface.place(flat)[0] - [0.0, 0.0, _JOINT_GAP_MM]
        pivot = start + np.array([-half - _PIVOT_INWARD_MM, 0.0, -_PIVOT_BEHIND_MM])
        return cls(start, pivot)


def temple_path(temple: Temple, start: Array) -> SweepPath:
    """Middle line from the front end to the tip, mm.

    The part behind the hinge's screw is as long as the style says.
    """
    length = temple.length + _PIVOT_BEHIND_MM
    s = np.linspace(0.0, length, 1500)
    bend_at = length - temple.bend_at
    pitch = np.radians(temple.bend_degrees) * smoothstep(
        s, bend_at - 0.5 * temple.bend_length, bend_at + 0.5 * temple.bend_length
    )
    yaw = np.radians(_profile(temple.yaw_degrees)(s))
    tangent = np.stack(
        [np.sin(yaw), -np.sin(pitch) * np.cos(yaw), -np.cos(pitch) * np.cos(yaw)], axis=1
    )
    steps = 0.5 * (tangent[1:] + tangent[:-1]) * (s[1] - s[0])
    points = start + np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])
    return SweepPath(points, np.array([1.0, 0.0, 0.0]))


def _profile(table: tuple[tuple[float, float], ...]) -> PchipInterpolator:
    at, value = np.asarray(table).T
    return PchipInterpolator(at, value, extrapolate=True)


def _section(style: GlassesStyle, length: float) -> Section:
    temple = style.temple
    heights, thicknesses = _profile(temple.height), _profile(temple.thickness)

    def fillet(s: Array) -> Array:
        missing = np.clip(_FRONT_FILLET_MM - s, 0.0, _FRONT_FILLET_MM)
        return np.asarray(_FRONT_FILLET_MM - np.sqrt(_FRONT_FILLET_MM**2 - missing**2))

    def rounded(s: Array, reach: float, exponent: float) -> Array:
        x = np.clip((s - (length - reach)) / reach, 0.0, 1.0)
        return np.asarray(np.maximum(1.0 - x**exponent, 0.0) ** (1.0 / exponent))

    def height(s: Array) -> Array:
        return np.asarray(heights(s) * rounded(s, temple.tip_rounding, 2.0) - 2.0 * fillet(s))

    def thickness(s: Array) -> Array:
        return np.asarray(thicknesses(s) * rounded(s, 2.2, 2.0) - 2.0 * fillet(s))

    def radius(s: Array) -> Array:
        return np.asarray(_CORNER_MM + 0.25 * smoothstep(s, 10.0, 60.0) - fillet(s))

    return Section(height, thickness, radius)


def _stations(style: GlassesStyle, length: float, count: int) -> Array:
    """Rings, dense at the front fillet, in the ear bend and at the tip."""
    temple = style.temple
    fillet_rows = 3 if count > 30 else 1
    tip_rows = max(5, count // 5)
    fillet = _FRONT_FILLET_MM * (1.0 - np.cos(np.linspace(0.0, 0.5 * np.pi, fillet_rows + 1)))
    reach = temple.tip_rounding
    tip = length - reach + reach * np.sin(np.linspace(0.0, 0.5 * np.pi, tip_rows + 1))
    s = np.linspace(_FRONT_FILLET_MM, length - reach, 800)
    bend_at = length - temple.bend_at
    density = 1.0 + 2.2 * np.exp(-(((s - bend_at) / (0.5 * temple.bend_length)) ** 2))
    density += 1.5 * np.exp(-((s / 8.0) ** 2))
    cumulative = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    middle_rows = count - fillet_rows - tip_rows
    middle = np.interp(np.linspace(0.0, cumulative[-1], middle_rows), cumulative, s)
    return np.concatenate([fillet[:-1], middle, tip[1:]])


def temple(
    style: GlassesStyle, surface: FrontSurface, joint: Joint, detail: Detail
) -> tuple[Mesh, ...]:
    """Build the acetate of the wearer's left temple in worn position, mm."""
    temple_line = temple_path(style.temple, joint.start)
    # The upper edge runs on while the temple tapers from below; it is the middle line that moves.
    taper = _profile(style.temple.height)
    dense = np.linspace(0.0, temple_line.length, 1500)
    points, _, height_axis, _ = temple_line.frame(dense)
    fade = 1.0 - smoothstep(dense, temple_line.length - 70.0, temple_line.length - 30.0)
    lift = 0.5 * _TOP_EDGE_SHARE * (taper(0.0) - taper(dense)) * fade
    path = SweepPath(points + lift[:, None] * height_axis, np.array([1.0, 0.0, 0.0]))
    section = _section(style, path.length)
    stations = _stations(style, path.length, detail.temple_stations)
    material = style.materials.frame.name
    body = sweep(path, section, stations, detail.temple_corner, material)
    ring_v = section_parameters(detail.temple_corner)
    ring_s = np.zeros_like(ring_v)
    point, tangent, up, side = path.frame(ring_s)
    a, b = section.points(ring_s, ring_v)
    ring = point + a[:, None] * up + b[:, None] * side
    end = disc_cap(ring, -tangent[0], np.stack([b, a], axis=1) / 60.0, material)

    def fitted(p: Array) -> Array:
        offset = _back_face_z(style, surface, p[:, 0], p[:, 1]) - _JOINT_GAP_MM - joint.start[2]
        weight = np.exp(-((np.maximum(joint.start[2] - p[:, 2], 0.0) / _FIT_REACH_MM) ** 2))
        return np.asarray(p + np.column_stack([np.zeros((len(p), 2)), offset * weight]))

    return body.mapped(fitted), end.mapped(fitted)


def _back_face_z(style: GlassesStyle, surface: FrontSurface, x: Array, y: Array) -> Array:
    """Z of the front's back face at worn x and y near the joint, by fixed-point iteration."""
    # Only the neighbourhood of the joint matters: far below, the front has no back face.
    reach = 1.5 * style.end_piece.height
    middle = style.end_piece.centre
    target = np.stack([x, np.clip(y, middle - reach, middle + reach)], axis=-1)
    flat = target.copy()
    placed = np.zeros((len(flat), 3))
    for _ in range(5):
        height = back_height(style, flat[:, 0], flat[:, 1])
        placed = surface.place(np.column_stack([flat, height]))
        flat += target - placed[:, :2]
    return np.asarray(placed[:, 2])
