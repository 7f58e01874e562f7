"""Meshes of arbitrary shape whose normals are smooth up to a crease angle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ar_preview.workshop.meshkit.mesh import Mesh, Triangles, unit
from ar_preview.workshop.meshkit.parametric import TEXTURE_TILE_MM

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["creased", "grid", "oval", "prism", "sphere", "tube", "turned"]

_WELD_MM = 1e-4


def creased(
    points: Array,
    triangles: Triangles,
    material: str,
    *,
    uv: Array | None = None,
    crease_degrees: float = 40.0,
) -> Mesh:
    """Give a soup of triangles normals: smooth where faces turn less than the crease angle.

    Corners are welded by position, so a seam of the texture doesn't show; each is the mean of
    the faces around it, weighted by their angles there (Thürmer and Wüthrich 1998).

    Parameters
    ----------
    points : ndarray, shape (N, 3)
    triangles : ndarray, shape (M, 3)
        Counter-clockwise seen from outside. Those without area are dropped.
    material : str
    uv : ndarray, shape (N, 2), optional
        x and y over the tile by default.
    crease_degrees : float
    """
    uv = points[:, :2] / TEXTURE_TILE_MM if uv is None else uv
    corners = points[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    keep = np.linalg.norm(across, axis=1) > 1e-9
    triangles, corners, faces = triangles[keep], corners[keep], unit(across[keep])
    ahead, behind = np.roll(corners, -1, axis=1) - corners, np.roll(corners, 1, axis=1) - corners
    angle = np.arccos(np.clip((unit(ahead) * unit(behind)).sum(axis=2), -1.0, 1.0)).ravel()

    cells = np.round(points / _WELD_MM).astype(np.int64)
    _, welded = np.unique(cells, axis=0, return_inverse=True)
    place = welded.reshape(-1)[triangles].ravel()
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    counts = np.diff(np.append(starts, len(order)))
    # Every pair of corners that meet in one place.
    many = np.repeat(counts, counts)
    first = np.repeat(np.arange(len(order)), many)
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    i, j = order[first], order[np.repeat(np.repeat(starts, counts), many) + within]
    alike = (faces[i // 3] * faces[j // 3]).sum(axis=1) > np.cos(np.radians(crease_degrees))
    normals = np.zeros((len(place), 3))
    np.add.at(normals, i[alike], faces[j[alike] // 3] * angle[j[alike], None])
    normals = unit(normals)

    vertex = triangles.ravel()
    key = np.column_stack([vertex, np.round(normals * 500.0).astype(np.int64)])
    _, index, inverse = np.unique(key, axis=0, return_index=True, return_inverse=True)
    chosen = vertex[index]
    return Mesh(
        points[chosen],
        normals[index],
        uv[chosen],
        inverse.reshape(-1, 3).astype(np.int64),
        material,
    )


def grid(
    points: Array,
    material: str,
    *,
    closed_rows: bool = False,
    closed_columns: bool = False,
    uv: Array | None = None,
    crease_degrees: float = 40.0,
) -> Mesh:
    """Join a grid of points of shape (R, C, 3) to a surface.

    Parameters
    ----------
    points : ndarray, shape (R, C, 3), mm
        Outside is where d/d(column) x d/d(row) points. Where the whole is closed it is turned
        outwards by its volume.
    material : str
    closed_rows, closed_columns : bool
        Whether the last row (column) joins the first.
    uv : ndarray, optional
        Texture coordinates of the rows and columns, those that close included.
    crease_degrees : float
    """
    if closed_rows:
        points = np.concatenate([points, points[:1]])
    if closed_columns:
        points = np.concatenate([points, points[:, :1]], axis=1)
    rows, columns = points.shape[:2]
    if uv is None:
        uv = points[..., :2] / TEXTURE_TILE_MM
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    triangles = np.concatenate(
        [np.stack([a, b, c], axis=-1).reshape(-1, 3), np.stack([a, c, d], axis=-1).reshape(-1, 3)]
    )
    flat = points.reshape(-1, 3)
    if closed_columns and volume(flat, triangles) < 0.0:
        triangles = triangles[:, ::-1]
    return creased(flat, triangles, material, uv=uv.reshape(-1, 2), crease_degrees=crease_degrees)


def volume(points: Array, triangles: Triangles) -> float:
    """Signed volume of a surface about the centre of its points, mm^3; positive outwards."""
    corners = (points - points.mean(axis=0))[triangles]
    return float((corners[:, 0] * np.cross(corners[:, 1], corners[:, 2])).sum()) / 6.0


def turned(
    profile: npt.ArrayLike,
    count: int,
    material: str,
    *,
    crease_degrees: float = 35.0,
    teeth: tuple[int, float, float] | None = None,
) -> Mesh:
    """Turn a polyline of (radius, z) about the z axis, outside to the right of its travel.

    Parameters
    ----------
    profile : array_like, shape (N, 2)
        Bottom to top along the outside, mm; where it begins and ends on the axis the body is
        closed.
    count : int
        Columns around.
    material : str
    crease_degrees : float
    teeth : tuple of (int, float, float), optional
        Their number, depth in mm and the least radius that they cut: a coin edge, a crown. The
        count becomes four columns a tooth.
    """
    rim = np.asarray(profile, dtype=np.float64)
    radius = np.tile(rim[:, 0], (count, 1))
    if teeth is not None:
        number, depth, least = teeth
        count = 4 * number
        radius = np.tile(rim[:, 0], (count, 1))
        cut = depth * np.tile([0.0, 0.55, 1.0, 0.55], number)
        radius = np.where(radius >= least, radius - cut[:, None], radius)
    angle = 2.0 * np.pi * np.arange(count) / count
    points = np.stack(
        [
            radius * np.cos(angle)[:, None],
            radius * np.sin(angle)[:, None],
            np.broadcast_to(rim[:, 1], radius.shape),
        ],
        axis=-1,
    )
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(rim, axis=0), axis=1))])
    turn = np.linspace(0.0, np.ceil(2.0 * np.pi * rim[:, 0].max() / TEXTURE_TILE_MM), count + 1)
    uv = np.stack(np.meshgrid(turn, along / TEXTURE_TILE_MM, indexing="ij"), axis=-1)
    return grid(points[::-1], material, closed_rows=True, uv=uv, crease_degrees=crease_degrees)


def sphere(radius: float, count: int, rows: int, material: str) -> Mesh:
    """Return a ball about the origin with its poles on the z axis."""
    angle = np.linspace(-0.5 * np.pi, 0.5 * np.pi, rows + 1)
    profile = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    profile[[0, -1], 0] = 0.0
    return turned(profile, count, material, crease_degrees=80.0)


def oval(semi_x: float, semi_y: float, count: int, exponent: float = 2.0) -> Array:
    """Superellipse about the origin, counter-clockwise, shape (count, 2)."""
    angle = 2.0 * np.pi * (np.arange(count) + 0.5) / count
    c, s = np.cos(angle), np.sin(angle)
    power = 2.0 / exponent
    return np.column_stack(
        [semi_x * np.sign(c) * np.abs(c) ** power, semi_y * np.sign(s) * np.abs(s) ** power]
    )


def tube(
    path: npt.ArrayLike,
    section: npt.ArrayLike,
    material: str,
    *,
    closed: bool = False,
    scale: npt.ArrayLike = 1.0,
    up: npt.ArrayLike | None = None,
    crease_degrees: float = 60.0,
) -> Mesh:
    """Sweep a section along a curve; open ends are closed by flat caps.

    Parameters
    ----------
    path : array_like, shape (N, 3)
    section : array_like, shape (M, 2)
        Closed outline in the plane across the path. Its second axis is `up` made perpendicular
        to the path; without `up` the frame is carried along with the least turning.
    material : str
    closed : bool
        Whether the path is a loop.
    scale : array_like
        Factor on the section, one or per point.
    up : array_like, shape (3,), optional
    crease_degrees : float
    """
    points, outline = np.asarray(path, dtype=np.float64), np.asarray(section, dtype=np.float64)
    tangent = unit(
        np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
        if closed
        else np.gradient(points, axis=0)
    )
    if up is None:
        side = _carried(tangent, closed)
    else:
        side = unit(np.cross(np.asarray(up, dtype=np.float64), tangent))
    above = np.cross(tangent, side)
    size = np.broadcast_to(np.asarray(scale, dtype=np.float64), (len(points),))[:, None, None]
    rings = points[:, None] + size * (
        outline[None, :, :1] * side[:, None] + outline[None, :, 1:] * above[:, None]
    )
    if not closed:
        ends = [np.repeat(r.mean(axis=0)[None, None], len(outline), axis=1) for r in rings[[0, -1]]]
        rings = np.concatenate([ends[0], rings, ends[1]])
    return grid(
        rings, material, closed_rows=closed, closed_columns=True, crease_degrees=crease_degrees
    )


def _carried(tangent: Array, closed: bool) -> Array:
    """Side axes that turn as little as they can along a curve, (N, 3)."""
    helper = np.eye(3)[int(np.abs(tangent[0]).argmin())]
    side = [unit(np.cross(helper, tangent[0]))]
    for t in tangent[1:]:
        side.append(unit(side[-1] - t * (side[-1] @ t)))
    frame = np.array(side)
    if closed:
        # What the frame has turned after one round is taken back evenly.
        last = unit(frame[-1] - tangent[0] * (frame[-1] @ tangent[0]))
        turn = np.arctan2(np.cross(last, frame[0]) @ tangent[0], last @ frame[0])
        a = np.linspace(0.0, turn, len(frame), endpoint=False)[:, None]
        frame = frame * np.cos(a) + np.cross(tangent, frame) * np.sin(a)
    return frame


def prism(
    outline: npt.ArrayLike,
    bottom: float,
    top: float,
    material: str,
    *,
    bevel: float = 0.0,
    rows: int = 2,
    bottom_bevel: float = 0.0,
    uv_box: tuple[float, float, float, float] | None = None,
    crease_degrees: float = 35.0,
) -> Mesh:
    """Raise an outline along z, with rounded edges.

    Parameters
    ----------
    outline : array_like, shape (N, 2)
        Simple polygon, counter-clockwise or not.
    bottom, top : float
        mm.
    material : str
    bevel, bottom_bevel : float
        Radius of the upper and the lower edge, mm; 0 leaves it sharp.
    rows : int
        Segments of a rounded edge.
    uv_box : tuple of float, optional
        Left, right, bottom and top of the texture's picture on the xy plane.
    crease_degrees : float
    """
    ring = np.asarray(outline, dtype=np.float64)
    if shapely.Polygon(ring).exterior.is_ccw is False:
        ring = ring[::-1]
    before, after = unit(ring - np.roll(ring, 1, axis=0)), unit(np.roll(ring, -1, axis=0) - ring)
    n1, n2 = (np.column_stack([e[:, 1], -e[:, 0]]) for e in (before, after))
    # Mitred: both edges move in parallel.
    mitre = (n1 + n2) / np.maximum(1.0 + (n1 * n2).sum(axis=1), 0.3)[:, None]
    quarter = np.linspace(0.0, 0.5 * np.pi, rows + 1)
    steps: list[tuple[float, float]] = []
    for radius, level, sign in ((bottom_bevel, bottom, 1.0), (bevel, top, -1.0)):
        angles = quarter if radius > 0.0 else quarter[:1]
        arc = [(radius * (1 - np.cos(a)), level + sign * radius * (1 - np.sin(a))) for a in angles]
        steps += arc[::-1] if sign > 0 else arc
    rings = np.stack(
        [np.column_stack([ring - inset * mitre, np.full(len(ring), z)]) for inset, z in steps]
    )
    count = len(ring)
    index = np.arange(len(steps) * count).reshape(len(steps), count)
    a, b = index[:-1], np.roll(index[:-1], -1, axis=1)
    c, d = np.roll(index[1:], -1, axis=1), index[1:]
    triangles = [np.stack([a, b, c], axis=-1).reshape(-1, 3)]
    triangles.append(np.stack([a, c, d], axis=-1).reshape(-1, 3))
    points = rings.reshape(-1, 3)
    for row, upwards in ((0, False), (len(steps) - 1, True)):
        triangles.append(_cap(rings[row, :, :2], upwards) + row * count)
    uv = None
    if uv_box is not None:
        left, right, low, high = uv_box
        uv = np.column_stack(
            [(points[:, 0] - left) / (right - left), (high - points[:, 1]) / (high - low)]
        )
    return creased(
        points, np.concatenate(triangles), material, uv=uv, crease_degrees=crease_degrees
    )


def _cap(ring: Array, upwards: bool) -> Triangles:
    at = {tuple(p): k for k, p in enumerate(ring)}
    pieces = shapely.constrained_delaunay_triangles(shapely.Polygon(ring))
    corners = shapely.get_coordinates(pieces).reshape(-1, 4, 2)[:, :3]
    triangles = np.array([[at[tuple(c)] for c in t] for t in corners])
    e1 = ring[triangles[:, 1]] - ring[triangles[:, 0]]
    e2 = ring[triangles[:, 2]] - ring[triangles[:, 0]]
    wrong = (e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0] > 0.0) != upwards
    triangles[wrong] = triangles[wrong][:, ::-1]
    return triangles
