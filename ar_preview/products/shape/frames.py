"""Axes that a piece itself suggests: those of its file, and those of its mirror planes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.surface import Surface

__all__ = [
    "Frame",
    "Frames",
    "MirrorPlane",
    "axis_turns",
    "closeness",
    "mirror_share",
    "rise_angle",
]

_SAMPLES = 6_000
_CELLS = 48
_DIRECTIONS = 600
_TRIED_POINTS, _MATCHED_POINTS = 1_000, 900
_KEPT_PLANES, _APART = 2, np.cos(np.radians(20.0))
_STEPS = 8
_SAME_AXIS = np.cos(np.radians(3.0))
"""A plane this near to an axis of the file is meant to be it."""

_LIKELIER_AS_FILED = 0.15
_LESS_TOLD = 0.2
"""Axes of a file that are not those of the piece hardly tell which way it is turned."""

_NEARLY_AS_GOOD, _MIRRORED = 0.93, 0.9


@dataclass(frozen=True, eq=False)
class MirrorPlane:
    """A plane across which a piece is (nearly) its own image.

    Parameters
    ----------
    normal : ndarray, shape (3,)
        Unit.
    offset : float
        Points of the plane have this product with the normal.
    share : float
        0 to 1: share of the surface whose mirror image is surface again.
    """

    normal: Array
    offset: float
    share: float


@dataclass(frozen=True, eq=False)
class Frame:
    """A set of axes to look at a piece in.

    Parameters
    ----------
    turn : ndarray, shape (3, 3)
        Rotation, its axes from the file's.
    is_file : bool
        Whether they are the file's own, in some order.
    """

    turn: Array
    is_file: bool

    @property
    def penalty(self) -> float:
        """How much less likely it is than glTF's y up and z front, for otherwise equal shapes."""
        away = 0.1 * (1.0 - float(self.turn[1, 1])) + 0.03 * (3.0 - float(np.trace(self.turn)))
        return away if self.is_file else _LIKELIER_AS_FILED + _LESS_TOLD * away


def axis_turns() -> tuple[Array, ...]:
    """Return the 24 rotations that map axes onto axes, the likeliest for glTF first."""
    found = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            if np.linalg.det(matrix) > 0:
                found.append(matrix)
    return tuple(sorted(found, key=lambda m: (-m[1, 1], -np.trace(m))))


class _Occupied:
    """A grid that tells where there is surface within about one cell."""

    def __init__(self, points: Array) -> None:
        self._low = points.min(axis=0)
        self._size = max(float(np.ptp(points, axis=0).max()) / _CELLS, 1e-30)
        shape = np.ceil(np.ptp(points, axis=0) / self._size).astype(int) + 5
        core = np.zeros(shape, bool)
        self._last = shape - 1
        core[self._cells(points)] = True
        near = core
        for axis in range(3):
            near = near | np.roll(near, 1, axis) | np.roll(near, -1, axis)
        self._near = near
        self._score = 0.5 * core + 0.5 * near

    def _cells(self, points: Array) -> tuple[Array, ...]:
        cell = np.floor((points - self._low) / self._size).astype(np.intp) + 2
        # The border is empty, so that what lies outside meets nothing.
        return tuple(np.moveaxis(np.clip(cell, 0, self._last), -1, 0))

    def share(self, points: Array) -> float:
        return float(self._near[self._cells(points)].mean())

    def scores(self, points: Array) -> Array:
        return np.asarray(self._score[self._cells(points)].mean(axis=-1))


def _reflected(points: Array, normal: Array, offset: float) -> Array:
    return np.asarray(points - 2.0 * (points @ normal - offset)[:, None] * normal)


def mirror_share(points: Array, normal: Array, offset: float) -> float:
    """Return the share of points whose image across a plane is surface within about 1/48 size."""
    return _Occupied(points).share(_reflected(points, normal, offset))


def rise_angle(points: Array) -> float:
    """Return how steeply points rise along z, radians: the regression of y on z."""
    y, z = points[:, 1] - points[:, 1].mean(), points[:, 2] - points[:, 2].mean()
    return float(np.arctan2((y * z).sum(), max((z * z).sum(), 1e-300)))


class Frames:
    """The axes a piece may be meant in.

    Parameters
    ----------
    surface : Surface
        In the space of the file.
    """

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.points = surface.samples(_SAMPLES)
        self.centre = self.points.mean(axis=0)

    @cached_property
    def mirrors(self) -> tuple[MirrorPlane, ...]:
        """The best mirror planes, the best first; at least one, however bad."""
        grid = _Occupied(self.points)
        some = self.points[:: max(1, len(self.points) // _TRIED_POINTS)]
        normals = np.concatenate([np.eye(3), self.principal, _hemisphere(_DIRECTIONS)])
        away = (some - self.centre) @ normals.T
        images = some[None] - 2.0 * away.T[:, :, None] * normals[:, None, :]
        order = np.argsort(-grid.scores(images), kind="stable")
        found: list[MirrorPlane] = []
        for normal in normals[order][:60]:
            if all(abs(float(normal @ plane.normal)) < _APART for plane in found):
                found.append(self._settled(normal, grid))
            if len(found) > _KEPT_PLANES:
                break
        return tuple(sorted(found, key=lambda plane: -plane.share))[:_KEPT_PLANES]

    @cached_property
    def principal(self) -> Array:
        """Rows: axes of least to most spread of the surface."""
        return np.asarray(np.linalg.eigh(np.cov(self.points.T))[1].T)

    @cached_property
    def mirrored(self) -> tuple[Frame, ...]:
        """Frames with x across a good mirror plane, other than the file's own."""
        best = self.mirrors[0].share
        found = []
        for plane in self.mirrors:
            if plane.share >= _NEARLY_AS_GOOD * best:
                x = plane.normal
                across = self.points - np.outer(self.points @ x, x)
                z = np.linalg.eigh(np.cov(across.T))[1][:, 2]
                found.append(np.stack([x, np.cross(z, x), z]))
        return tuple(Frame(turn, False) for turn in found if not _is_axial(turn))

    @cached_property
    def file_is_straight(self) -> bool:
        """Whether the axes of the file are those of the piece, as far as its symmetry tells."""
        best = self.mirrors[0].share
        good = [p for p in self.mirrors if p.share >= _NEARLY_AS_GOOD * best]
        return best < _MIRRORED or any(float(np.abs(p.normal).max()) == 1.0 for p in good)

    @cached_property
    def skew(self) -> tuple[Frame, ...]:
        """Those by mirror planes, and one by the spread of the surface."""
        a, b, _ = self.principal
        spread = np.stack([a, b, np.cross(a, b)])
        return (*self.mirrored, *(() if _is_axial(spread) else (Frame(spread, False),)))

    @cached_property
    def all_turns(self) -> tuple[Frame, ...]:
        """Every frame in every order of its axes, the file's first where they can be meant."""
        bases = (*((Frame(np.eye(3), True),) if self.file_is_straight else ()), *self.skew)
        return tuple(
            Frame(order @ base.turn, base.is_file) for base in bases for order in axis_turns()
        )

    def _settled(self, normal: Array, grid: _Occupied) -> MirrorPlane:
        """Match points with their images until the plane rests.

        With p and q centred, the squared distances of the reflected p from q are least for the
        normal that is the eigenvector of sum(p q' + q p') with the least eigenvalue.
        """
        some = self.points[:: max(1, len(self.points) // _MATCHED_POINTS)]
        squares = (some**2).sum(axis=1)
        offset = float(self.centre @ normal)
        for _ in range(_STEPS):
            image = _reflected(some, normal, offset)
            distance = squares[None] - 2.0 * image @ some.T + (image**2).sum(axis=1)[:, None]
            nearest = distance.argmin(axis=1)
            far = np.sqrt(np.maximum(distance[np.arange(len(some)), nearest], 0.0))
            good = far <= max(float(np.percentile(far, 80.0)), 1e-30)
            p, q = some[good], some[nearest[good]]
            cross = (p - p.mean(axis=0)).T @ (q - q.mean(axis=0))
            axis = np.linalg.eigh(cross + cross.T)[1][:, 0]
            normal = axis if float(axis @ normal) > 0.0 else -axis
            between = 0.5 * (p.mean(axis=0) + q.mean(axis=0))
            offset = float(normal @ between)
        largest = int(np.argmax(np.abs(normal)))
        if abs(normal[largest]) > _SAME_AXIS:
            # The axis may point the other way, and leans: the plane still goes through `between`.
            normal = np.eye(3)[largest]
            offset = float(normal @ between)
        return MirrorPlane(normal, offset, grid.share(_reflected(self.points, normal, offset)))


def _hemisphere(count: int) -> Array:
    """Return directions spread evenly over half a sphere (a Fibonacci lattice)."""
    k = np.arange(count) + 0.5
    up, around = k / count, np.pi * (1.0 + np.sqrt(5.0)) * k
    flat = np.sqrt(1.0 - up**2)
    return np.stack([flat * np.cos(around), flat * np.sin(around), up], axis=-1)


def _is_axial(turn: Array) -> bool:
    return bool((np.abs(turn).max(axis=1) > _SAME_AXIS).all())


def closeness(turn: Array) -> str:
    """Say how the axes lie in the file."""
    if np.allclose(turn, np.eye(3)):
        return ""
    names = "xyz"
    parts = []
    for target, row in zip(("left", "up", "out"), turn, strict=True):
        axis = int(np.argmax(np.abs(row)))
        along = f"the file's {'+' if row[axis] > 0 else '-'}{names[axis]}"
        off = np.degrees(np.arccos(min(1.0, float(np.abs(row[axis])))))
        parts.append(f"{target} is {along}" + (f" turned by {off:.0f} degrees" if off > 1 else ""))
    return "turned: " + ", ".join(parts)
