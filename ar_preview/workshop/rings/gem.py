"""Cut stones: facets from half-spaces, and the light's ways through them baked into normals.

A real-time renderer draws one surface; a cut stone shows the images of its back facets in its
front facets. They are found here once, exactly: beams from straight above are followed through
the convex stone, split wherever they meet another facet, and each piece of the front is given
the normal that mirrors the same light by one reflection. Tilted or moved, the pieces flash as
the stone would; a clear shell with the true facets adds what the surface itself mirrors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.workshop.meshkit import Mesh, rotation_z, unit

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["Cut", "brilliant", "diameter_of_carat", "single_cut", "stone_meshes"]

_IOR = 2.417
_SPREAD = 0.022
"""Half the difference of the index of diamond between red and blue (Sellmeier, 656-486 nm)."""

_MOST_BOUNCES = 5

_LEAK = 0.30
"""What comes in through the back of a set stone, relative to what comes from above."""

_SIDE, _BACK_LIFT = (0.42, 0.78), 0.9
"""Light in the facets of the back, by turns, and how far their normals lean to the crown."""

_FIRE, _WIDE_DEGREES = 0.42, 5.0
"""Strongest tint, and the angle between red and blue that has it."""

_TOUCH = 1e-9
"""A function that is no larger counts as not positive."""

_WELD = 1e-5
"""mm; far above rounding, far below what is seen. Processors round differently."""

_FOLD = 8
"""Both cuts repeat this often about their axis."""

_SHELL = 1.006
_UP = np.array([0.0, 0.0, 1.0])
_ASKEW = np.array([0.79, 0.53, 0.31])
"""A direction in which no two corners of a facet are as far."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A convex stone: girdle in the xy plane, table towards +z.

    Parameters
    ----------
    normals : ndarray, shape (N, 3)
    distances : ndarray, shape (N,)
        Planes n . p = d of the facets, mm.
    diameter : float
        mm.
    least_beam : float
        Beams smaller than this share of the squared diameter are not split any further.
    """

    normals: Array
    distances: Array
    diameter: float
    least_beam: float = 4e-5

    @property
    def crown(self) -> Array:
        """Which facets are seen from above, shape (N,), bool."""
        return np.asarray(self.normals[:, 2] > 1e-6)

    def facets(self) -> list[Array]:
        """Outline of every facet, (K, 3), counter-clockwise from outside; K = 0 if cut off."""
        outlines = []
        for k, (n, d) in enumerate(zip(self.normals, self.distances, strict=True)):
            u = unit(np.cross(n, np.eye(3)[int(np.abs(n).argmin())]))
            v = np.cross(n, u)
            square = d * n + 4.0 * self.diameter * np.array([u + v, v - u, -u - v, u - v])
            inside = np.delete(self.distances - square @ self.normals.T, k, axis=1)
            outlines.append(_within(np.hstack([square, inside]), 3)[:, :3])
        return outlines


def diameter_of_carat(carat: float) -> float:
    """Girdle diameter of a round brilliant of this weight, mm (6.45 mm at one carat)."""
    return float(6.45 * np.cbrt(carat))


def brilliant(
    diameter: float,
    *,
    table: float = 0.56,
    crown_degrees: float = 34.5,
    pavilion_degrees: float = 40.75,
    star: float = 0.5,
    lower: float = 0.8,
    girdle: float = 0.025,
    girdle_facets: int = 32,
) -> Cut:
    """Round brilliant with 57 facets and a girdle.

    Parameters
    ----------
    diameter : float
        mm.
    table, star, lower, girdle : float
        Table's width, length of the star and of the lower halves and height of the girdle, as
        the trade states them (of diameter, crown and pavilion).
    crown_degrees, pavilion_degrees : float
    girdle_facets : int
    """
    r, crown, pavilion = 0.5 * diameter, np.radians(crown_degrees), np.radians(pavilion_degrees)
    edge, r_table, c8 = 0.5 * girdle * diameter, table * 0.5 * diameter, np.cos(np.pi / 8.0)
    top = edge + (r - r_table) * np.tan(crown)
    r_star = r_table * c8 + star * (r - r_table * c8)
    z_star = edge + (r - r_star * c8) * np.tan(crown)
    r_lower = (1.0 - lower) * r
    z_lower = -edge - (r - r_lower * c8) * np.tan(pavilion)

    def at(radius: float, z: float, angle: float) -> Array:
        return np.array([radius * np.cos(angle), radius * np.sin(angle), z])

    planes = [(np.array([0.0, 0.0, 1.0]), top)]

    def add(a: Array, b: Array, c: Array) -> None:
        n = unit(np.cross(b - a, c - a))
        n = n if n @ a > 0.0 else -n
        planes.append((n, float(n @ a)))

    step = np.pi / 4.0
    for k in range(8):
        angle = k * step
        between = angle + 0.5 * step
        for slope, z in ((crown, edge), (pavilion, -edge)):
            n = at(np.sin(slope), np.sign(z) * np.cos(slope), angle)
            planes.append((n, float(n @ at(r, z, angle))))
        add(at(r_table, top, angle), at(r_table, top, angle + step), at(r_star, z_star, between))
        for side in (-0.5 * step, 0.5 * step):
            rim = between + side
            add(at(r_star, z_star, between), at(r, edge, between), at(r, edge, rim))
            add(at(r_lower, z_lower, between), at(r, -edge, between), at(r, -edge, rim))
    return _girdled(planes, diameter, girdle_facets)


def single_cut(diameter: float, girdle_facets: int = 8) -> Cut:
    """Return the simpler cut of melee stones: table, eight crown and eight pavilion facets."""
    r, edge = 0.5 * diameter, 0.02 * diameter
    planes = [(np.array([0.0, 0.0, 1.0]), edge + 0.4 * r * np.tan(np.radians(34.0)))]
    for k in range(8):
        angle = k * np.pi / 4.0
        for slope, sign in ((np.radians(34.0), 1.0), (np.radians(41.0), -1.0)):
            n = np.array(
                [
                    np.sin(slope) * np.cos(angle),
                    np.sin(slope) * np.sin(angle),
                    sign * np.cos(slope),
                ]
            )
            planes.append((n, float(n[:2] @ n[:2]) ** 0.5 * r + edge * np.cos(slope)))
    return replace(_girdled(planes, diameter, girdle_facets), least_beam=8e-3)


def _girdled(planes: list[tuple[Array, float]], diameter: float, count: int) -> Cut:
    r = 0.5 * diameter * np.cos(np.pi / count)
    for k in range(count):
        angle = (k + 0.5) * 2.0 * np.pi / count
        planes.append((np.array([np.cos(angle), np.sin(angle), 0.0]), float(r)))
    normals, distances = zip(*planes, strict=True)
    return Cut(np.array(normals), np.array(distances), diameter)


def _clipped(polygon: Array, value: Array) -> Array:
    """Keep the part of a convex polygon where a linear function of its points is positive."""
    inside = value > _TOUCH
    if inside.all():
        return polygon
    if not inside.any():
        return polygon[:0]
    following, ahead = np.roll(value, -1), np.roll(polygon, -1, axis=0)
    kept = []
    for k in range(len(polygon)):
        if inside[k]:
            kept.append(polygon[k])
        if inside[k] != (following[k] > _TOUCH):
            share = value[k] / (value[k] - following[k])
            kept.append(polygon[k] + share * (ahead[k] - polygon[k]))
    return np.array(kept)


def _within(rows: Array, first: int) -> Array:
    """Keep the part of a convex polygon where all of its columns from `first` on are positive."""
    while rows.shape[1] > first and len(rows):
        values = rows[:, first:]
        crossed = (values <= _TOUCH).any(axis=0)
        if (values <= _TOUCH).all(axis=0).any():
            return rows[:0]
        if not crossed.any():
            break
        # The deepest cut first: it settles most of the others. Those that are settled, or were
        # made, go, so that rounding does not cut twice.
        worst = int(values.min(axis=0).argmin())
        kept = np.flatnonzero(crossed & (np.arange(values.shape[1]) != worst)) + first
        cut = _clipped(rows, values[:, worst])
        rows = cut[:, [*range(first), *kept]]
    return _welded(rows, first)


def _welded(rows: Array, first: int) -> Array:
    """Make one corner of those that only rounding holds apart, as where many facets meet.

    Which corner comes first is not left to rounding either.
    """
    apart = np.abs(rows[:, :first] - np.roll(rows[:, :first], 1, axis=0)).max(axis=1)
    rows = rows[apart > _WELD]
    return np.roll(rows, -int((rows[:, :3] @ _ASKEW).argmax()), axis=0) if len(rows) else rows


def _area(polygon: Array) -> float:
    across = np.cross(polygon[1:-1] - polygon[0], polygon[2:] - polygon[0])
    return 0.5 * float(np.linalg.norm(across.sum(axis=0)))


def _reflectance(cosine: float, ior: float) -> float:
    """Unpolarised reflectance of an interface, the index given as inside over outside."""
    sine2 = (1.0 - cosine * cosine) * ior * ior
    if sine2 >= 1.0:
        return 1.0
    out = np.sqrt(1.0 - sine2)
    s, p = (ior * cosine - out) / (ior * cosine + out), (cosine - ior * out) / (cosine + ior * out)
    return 0.5 * float(s * s + p * p)


def _refracted(direction: Array, normal: Array, ratio: float) -> Array:
    """Snell's law; the normal points against the direction, the ratio is from over to."""
    cosine = -float(direction @ normal)
    inner = 1.0 - ratio * ratio * (1.0 - cosine * cosine)
    return unit(ratio * direction + (ratio * cosine - np.sqrt(max(inner, 0.0))) * normal)


@dataclass(frozen=True, eq=False)
class _Beam:
    """Light seen from above: where it enters the front, where it has got to, what is left."""

    front: Array
    at: Array
    direction: Array
    light: float
    bounces: int = 0


@dataclass(frozen=True, eq=False)
class _Piece:
    """A part of the stone's surface and what is seen there.

    Parameters
    ----------
    outline : ndarray, shape (K, 3)
    normal : ndarray, shape (3,)
        The normal that mirrors from above what the stone shows there.
    light : float
        Share of that light which comes through.
    fire : float
        How far red and blue part, 0 to 1.
    """

    outline: Array
    normal: Array
    light: float
    fire: float

    def turned(self, rotation: Array) -> _Piece:
        """Return the piece turned about the axis."""
        return replace(self, outline=self.outline @ rotation.T, normal=rotation @ self.normal)

    @property
    def color(self) -> Array:
        """Linear colour: a small lamp is seen in one colour only, which depends on direction."""
        phase = 6.0 * np.arctan2(self.normal[1], self.normal[0]) + 10.0 * self.normal[2]
        tint = 1.0 + _FIRE * self.fire * np.cos(phase + np.array([0.0, 2.1, 4.2]))
        return np.asarray(self.light * tint / max(float(tint.max()), 1.0))


def _traced(cut: Cut, beam: _Beam) -> list[_Piece]:
    """Split a beam by the facets that it meets next and follow the parts until they leave."""
    facing = cut.normals @ beam.direction
    candidates = np.flatnonzero(facing > 1e-6)
    # Distance to each plane from every corner: linear over the beam.
    reach = (cut.distances[candidates] - beam.at @ cut.normals[candidates].T) / facing[candidates]
    both = np.hstack([beam.front, beam.at])
    found: list[_Piece] = []
    for k, facet in enumerate(candidates):
        others = np.delete(reach, k, axis=1) - reach[:, k : k + 1]
        carried = _within(np.hstack([both, others]), 6)
        if len(carried) < 3 or _area(carried[:, :3]) < 1e-3 * cut.least_beam * cut.diameter**2:
            continue
        front, at = carried[:, :3], carried[:, 3:6]
        normal = cut.normals[facet]
        travel = (cut.distances[facet] - at @ normal) / facing[facet]
        found += _met(cut, beam, front, at + travel[:, None] * beam.direction, normal)
    return found


def _met(cut: Cut, beam: _Beam, front: Array, at: Array, normal: Array) -> list[_Piece]:
    cosine = float(normal @ beam.direction)
    mirrored = _reflectance(cosine, _IOR)
    small = _area(front) < cut.least_beam * cut.diameter**2
    if mirrored >= 0.5 and beam.bounces < _MOST_BOUNCES and not small:
        onward = beam.direction - 2.0 * cosine * normal
        return _traced(cut, _Beam(front, at, onward, beam.light * mirrored, beam.bounces + 1))
    out, fire = beam.direction, 0.0
    if mirrored < 1.0:
        red, out, blue = (
            _refracted(beam.direction, -normal, _IOR + k * _SPREAD) for k in (-1.0, 0.0, 1.0)
        )
        fire = float(np.arccos(np.clip(red @ blue, -1.0, 1.0))) / np.radians(_WIDE_DEGREES)
    light = beam.light * max(1.0 - mirrored, _LEAK) * (1.0 if out[2] > 0.0 else _LEAK)
    half = out + _UP
    bright = unit(half) if np.linalg.norm(half) > 0.3 else _UP
    return [_Piece(front, bright, light, min(fire, 1.0))]


def stone_meshes(cut: Cut, inside: str, shell: str) -> tuple[Mesh, Mesh]:
    """Build a stone about the middle of its girdle, mm.

    Parameters
    ----------
    cut : Cut
    inside, shell : str
        Materials: a mirror that carries the baked images, and the clear skin over its crown.

    Returns
    -------
    stone : Mesh
        Closed, with vertex colours; the normals of its crown are baked, not its surface's.
    shell : Mesh
        The crown with its true facets, a little larger.
    """
    facets = [
        (outline, normal)
        for outline, normal in zip(cut.facets(), cut.normals, strict=True)
        if len(outline) >= 3
    ]
    crown = [(outline, n) for outline, n in facets if n[2] > 1e-6]
    wedge: list[_Piece] = []
    for outline, normal in crown:
        part = outline
        for angle in (0.0, 2.0 * np.pi / _FOLD + np.pi):
            # The left side of a ray from the axis.
            part = _clipped(part, part @ [-np.sin(angle), np.cos(angle), 0.0])
        if len(part) >= 3:
            inwards = _refracted(-_UP, normal, 1.0 / _IOR)
            wedge += _traced(cut, _Beam(part, part, inwards, 1.0))
    turns = [rotation_z(2.0 * np.pi * k / _FOLD) for k in range(_FOLD)]
    pieces = [piece.turned(r) for r in turns for piece in wedge]
    # The back shows, from the side, light that came in through the crown.
    pieces += [
        _Piece(outline, unit(n + _BACK_LIFT * _UP), _SIDE[k % 2], 0.3)
        for k, (outline, n) in enumerate(f for f in facets if f[1][2] <= 1e-6)
    ]
    skin = [_Piece(_SHELL * outline, n, 1.0, 0.0) for outline, n in crown]
    return _fans(pieces, inside), replace(_fans(skin, shell), colors=None)


def _fans(pieces: list[_Piece], material: str) -> Mesh:
    """Triangulate convex pieces, each with one normal and colour."""
    counts = [len(p.outline) for p in pieces]
    starts = np.cumsum([0, *counts[:-1]])
    triangles = np.concatenate(
        [
            s + np.column_stack([np.zeros(c - 2, int), np.arange(1, c - 1), np.arange(2, c)])
            for s, c in zip(starts, counts, strict=True)
        ]
    )
    points = np.concatenate([p.outline for p in pieces])
    owner = np.repeat(np.arange(len(pieces)), counts)
    normals = np.array([p.normal for p in pieces])[owner]
    colors = np.array([p.color for p in pieces])[owner]
    return Mesh(points, normals, points[:, :2], triangles, material, colors)
