"""A sport shield: one lens wrapped around the face, under a bar of nylon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import comb
from shapely.geometry import Polygon, box

from ar_preview.workshop.eyewear.build import Parts, assembled
from ar_preview.workshop.eyewear.detail import FULL, Detail
from ar_preview.workshop.eyewear.lens import flat_lens
from ar_preview.workshop.eyewear.rods import profile, rod, rod_stations
from ar_preview.workshop.eyewear.style import Temple
from ar_preview.workshop.eyewear.surface import DIOPTRE_RADIUS_MM
from ar_preview.workshop.eyewear.temple import Joint, temple_path
from ar_preview.workshop.eyewear.wire import wire_hinge
from ar_preview.workshop.meshkit import (
    EdgeProfile,
    Mesh,
    fair_closed,
    plate,
    rotation_x,
    rotation_y,
    rotation_z,
    sphere,
    sweep,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.style import GlassesMaterials
    from ar_preview.workshop.model import Model

__all__ = ["ShieldStyle", "WrapSurface", "build_shield"]

_BAR_OVER_LENS_MM = 2.4
_BAR_FRONT_MM = 1.5
"""How far the bar stands before the middle of the lens, which sits in its groove."""

_NOTCH_MM = 6.0
"""From the notch over the nose up to the origin, where a bridge would be."""

_QUAD_SEGS = 24

_SPORT_TEMPLE = Temple(
    length=120.0,
    bend_at=44.0,
    bend_degrees=24.0,
    bend_length=44.0,
    height=((0.0, 13.0), (14.0, 11.0), (40.0, 7.0), (75.0, 5.4), (100.0, 5.2), (122.0, 5.6)),
    thickness=((0.0, 3.4), (40.0, 3.2), (122.0, 2.8)),
    yaw_degrees=((0.0, -2.0), (25.0, 1.5), (70.0, 0.0), (100.0, -4.0), (122.0, -8.0)),
    tip_rounding=3.2,
)


@dataclass(frozen=True)
class ShieldStyle:
    """A shield; lengths in mm, angles in degrees.

    Parameters
    ----------
    name : str
    materials : GlassesMaterials
        Frame (nylon), hardware, hinge, lens and pad (rubber).
    arc_width, lens_height : float
        Of the lens: along its curve from end to end, and its height.
    base_curve : float
        Dioptres; the horizontal radius is 530 / base.
    vertical_radius : float
    thickness, lens_thickness : float
        Of the bar and of the lens.
    pantoscopic_degrees : float
    temple : Temple
    """

    name: str
    materials: GlassesMaterials
    arc_width: float = 158.0
    lens_height: float = 50.0
    base_curve: float = 6.4
    vertical_radius: float = 125.0
    thickness: float = 3.4
    lens_thickness: float = 1.8
    pantoscopic_degrees: float = 6.0
    temple: Temple = _SPORT_TEMPLE

    @property
    def half_width(self) -> float:
        """Half the width of the front, mm."""
        return float(WrapSurface(self).half_width(0.5 * self.arc_width + _BAR_OVER_LENS_MM))

    @property
    def dimensions_mm(self) -> dict[str, float]:
        """Real dimensions by manifest name."""
        lens = WrapSurface(self).half_width(0.5 * self.arc_width)
        return {
            "lens_width": round(2.0 * lens, 1),
            "lens_height": self.lens_height,
            "bridge": 0.0,
            "temple_length": self.temple.length,
            "frame_width": round(2.0 * self.half_width, 1),
        }


class WrapSurface:
    """Maps flat coordinates (x along the curve, y, height) onto a torus, and tilts it."""

    def __init__(self, style: ShieldStyle) -> None:
        self.radius = DIOPTRE_RADIUS_MM / style.base_curve
        self.vertical = style.vertical_radius
        self.tilt = rotation_x(np.radians(style.pantoscopic_degrees))

    def half_width(self, x: float) -> float:
        """Return how far from the middle plane a point of the curve is, mm."""
        return float(self.radius * np.sin(x / self.radius))

    def place(self, points: Array) -> Array:
        """Map points of shape (..., 3) to worn position, mm."""
        angle = points[..., 0] / self.radius
        sag = self.vertical - np.sqrt(self.vertical**2 - points[..., 1] ** 2)
        r = self.radius + points[..., 2] - sag
        worn = np.stack(
            [r * np.sin(angle), points[..., 1], r * np.cos(angle) - self.radius], axis=-1
        )
        return np.asarray(worn @ self.tilt.T)


@dataclass(frozen=True)
class _Shape:
    """The flat outlines of a shield."""

    style: ShieldStyle

    @cached_property
    def lens(self) -> Array:
        """Outline of the lens, counter-clockwise."""
        w, h = 0.5 * self.style.arc_width, self.style.lens_height
        half = np.vstack(
            [
                _bezier([(0, 0.42), (0.45, 0.47), (0.8, 0.42), (1.0, 0.30)]),
                _bezier([(1.0, 0.30), (1.02, 0.02), (0.95, -0.34), (0.74, -0.54), (0.46, -0.58),
                         (0.31, -0.50)])[1:],
                _bezier([(0.31, -0.50), (0.19, -0.44), (0.165, -0.16), (0.12, 0.02),
                         (0, 0.03)])[1:],
            ]
        )  # fmt: skip
        half = half * [w, h]
        whole = Polygon(np.vstack([half, (half * [-1.0, 1.0])[::-1][1:-1]])).buffer(0.0)
        whole = whole.buffer(3.0, quad_segs=_QUAD_SEGS).buffer(-7.0, quad_segs=_QUAD_SEGS)
        whole = whole.buffer(4.0, quad_segs=_QUAD_SEGS)
        outline = fair_closed(np.asarray(whole.exterior.coords)[:-1], 1.2)
        low, high = outline.min(axis=0), outline.max(axis=0)
        size = np.array([self.style.arc_width, h])
        outline = (outline - 0.5 * (low + high)) / (high - low) * size
        # The reference plane passes through the pupils, a third below the bar.
        return np.asarray(outline if Polygon(outline).exterior.is_ccw else outline[::-1])

    @cached_property
    def bar(self) -> Polygon:
        """Outline of the bar: over the upper edge of the lens and down its ends."""
        w, h = 0.5 * self.style.arc_width, self.style.lens_height
        around = Polygon(self.lens).buffer(_BAR_OVER_LENS_MM, quad_segs=_QUAD_SEGS)
        top = float(self.lens[:, 1].max())
        edge = np.vstack(
            [
                _bezier([(1.12 * w, top - 0.42 * h), (0.92 * w, top - 0.24 * h),
                         (0.70 * w, top - 0.13 * h), (0.42 * w, top - 0.085 * h),
                         (0.0, top - 0.13 * h)]),
            ]
        )  # fmt: skip
        lower = np.vstack([edge, (edge * [-1.0, 1.0])[::-1][1:]])
        above = Polygon([*lower, (-1.2 * w, 2.0 * h), (1.2 * w, 2.0 * h)])
        bar = around.intersection(above)
        bar = bar.buffer(1.5, quad_segs=_QUAD_SEGS).buffer(-3.0, quad_segs=_QUAD_SEGS)
        bar = bar.buffer(1.5, quad_segs=_QUAD_SEGS)
        half = bar.intersection(box(0.0, -200.0, 200.0, 200.0))
        mirrored = Polygon(np.asarray(half.exterior.coords) * [-1.0, 1.0])
        return half.union(mirrored)


def _bezier(points: npt.ArrayLike, count: int = 40) -> Array:
    control = np.asarray(points, dtype=np.float64)
    n = len(control) - 1
    t = np.linspace(0.0, 1.0, count)[:, None]
    k = np.arange(n + 1)
    return np.asarray((comb(n, k) * t**k * (1.0 - t) ** (n - k)) @ control)


def _bar(shape: _Shape, surface: WrapSurface, detail: Detail) -> Mesh:
    style = shape.style
    edge = EdgeProfile(0.9, 0.9, 0.6, 0.6, detail.fillet_rows, detail.back_rows, 2.1)
    flat = plate(
        shape.bar,
        style.thickness,
        edge,
        edge,
        detail.front,
        style.materials.frame.name,
    )
    # A cap spans the bar in few triangles; it is cut up so that it can follow the curve.
    return _finer(flat).moved((0.0, 0.0, _BAR_FRONT_MM)).mapped(surface.place)


def _finer(mesh: Mesh, longest: float = 7.0) -> Mesh:
    """Halve edges that are long across the curve, alike on both sides of each."""
    positions, normals, uv, triangles = mesh.positions, mesh.normals, mesh.uv, mesh.triangles
    for _ in range(6):
        edges = np.sort(
            np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]),
            axis=1,
        )
        unique, inverse = np.unique(edges, axis=0, return_inverse=True)
        long = np.abs(positions[unique[:, 0], 0] - positions[unique[:, 1], 0]) > longest
        if not long.any():
            break
        middle = np.full(len(unique), -1)
        middle[long] = len(positions) + np.arange(int(long.sum()))
        a, b = unique[long].T
        positions = np.vstack([positions, 0.5 * (positions[a] + positions[b])])
        normals = np.vstack([normals, 0.5 * (normals[a] + normals[b])])
        uv = np.vstack([uv, 0.5 * (uv[a] + uv[b])])
        cut = middle[inverse.reshape(-1).reshape(3, -1).T]
        triangles = np.concatenate([_split(t, m) for t, m in zip(triangles, cut, strict=True)])
    return Mesh(positions, normals, uv, triangles, mesh.material)


def _split(corners: Array, middles: Array) -> Array:
    """Triangles of one whose edges (0-1, 1-2, 2-0) have new middles, or -1."""
    k = int((middles >= 0).sum())
    if k == 0:
        return np.array([corners])
    if k == 3:
        (a, b, c), (p, q, r) = corners, middles
        return np.array([(a, p, r), (p, b, q), (r, q, c), (p, q, r)])
    # Turn it until the first edge is cut, and for two cuts the second one too.
    turn = next(t for t in range(3) if middles[t] >= 0 and (k == 1 or middles[(t + 1) % 3] >= 0))
    a, b, c = np.roll(corners, -turn)
    p, q, _ = np.roll(middles, -turn)
    if k == 1:
        return np.array([(a, p, c), (p, b, c)])
    return np.array([(a, p, c), (p, q, c), (p, b, q)])


def _pad(shape: _Shape, surface: WrapSurface, detail: Detail) -> Mesh:
    style = shape.style
    material = style.materials.pad or style.materials.frame
    columns, rows = (18, 12) if detail.has_knuckles else (10, 6)
    turn = rotation_z(0.36) @ rotation_y(-0.75)
    below = shape.lens[shape.lens[:, 0] > 0.0]
    y = -0.16 * style.lens_height
    near = below[(np.abs(below[:, 1] - y) < 1.0)]
    x = float(near[:, 0].min())
    ball = sphere(1.0, columns, rows, material.name)
    stretched = ball.mapped(lambda p: p * [2.2, 9.0, 5.2])
    return stretched.rotated(turn).moved((x + 0.8, y, -5.4)).mapped(surface.place)


def _temple(style: ShieldStyle, joint: Joint, detail: Detail) -> list[Mesh]:
    temple = style.temple
    path = temple_path(temple, joint.start)
    count, corner = (46, 3) if detail.has_knuckles else (22, 2)
    sizes = profile(temple.height), profile(temple.thickness)
    ends = (0.6, temple.tip_rounding)
    arm = sweep(
        path,
        rod(0.0, path.length, sizes, ends, 1.1),
        rod_stations(0.0, path.length, ends, count),
        corner,
        style.materials.frame.name,
    )
    grip_from = path.length - 46.0
    grip = tuple(
        profile(tuple((s, float(table(s)) + 0.7) for s in np.linspace(grip_from, path.length, 9)))
        for table in sizes
    )
    # The grip ends just before the tip, which it is drawn over.
    over = (1.2, 3.0)
    sleeve = sweep(
        path,
        rod(grip_from, path.length - 0.2, (grip[0], grip[1]), over, 1.4),
        rod_stations(grip_from, path.length - 0.2, over, count // 2),
        corner,
        (style.materials.pad or style.materials.frame).name,
    )
    return [arm, sleeve]


def build_shield(style: ShieldStyle, detail: Detail = FULL) -> Model:
    """Build a shield; axes, origin and nodes as `build_glasses`, with one ``lens`` for both eyes.

    Parameters
    ----------
    style : ShieldStyle
    detail : Detail
    """
    surface, shape = WrapSurface(style), _Shape(style)
    flat = flat_lens(shape.lens, style.lens_thickness, style.materials.lens.name, detail)
    lens = flat.mapped(surface.place)
    ends = np.asarray(shape.bar.exterior.coords)
    tail = ends[ends[:, 0] > ends[:, 0].max() - 3.0]
    half_depth = 0.5 * style.temple.thickness[0][1]
    y = 0.5 * float(tail[:, 1].min() + tail[:, 1].max())
    at = np.array([[ends[:, 0].max() - 1.0, y, _BAR_FRONT_MM - half_depth - 0.1]])
    start = surface.place(at)[0]
    joint = Joint(start, start + [-half_depth - 0.5, 0.0, -1.2])
    front_knuckles, temple_knuckles = wire_hinge(style.materials, joint, detail)
    middle = float(shape.lens[np.abs(shape.lens[:, 0]) < 1.0][:, 1].min())
    origin = surface.place(np.array([[0.0, middle + _NOTCH_MM, -0.5 * style.lens_thickness]]))[0]
    parts = Parts(
        [
            _bar(shape, surface, detail),
            *front_knuckles,
            *(k.mirrored() for k in front_knuckles),
        ],
        [_pad(shape, surface, detail)],
        [*_temple(style, joint, detail), *temple_knuckles],
        [lens],
        np.asarray(origin),
        joint.pivot,
        is_shield=True,
    )
    return assembled(style.name, parts, style.materials, style.dimensions_mm)
