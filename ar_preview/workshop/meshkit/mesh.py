"""A mesh of one material, and what can be done to it without losing exact normals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ar_preview.geometry import Array

__all__ = [
    "Mesh",
    "Triangles",
    "merge_by_material",
    "rotation_x",
    "rotation_y",
    "rotation_z",
    "unit",
]

Triangles = npt.NDArray[np.int64]

_MIN_AREA_MM2 = 1e-5
_JACOBIAN_STEP_MM = 1e-3
_WELD_MM = 1e-4


def unit(vectors: Array) -> Array:
    """Return vectors of shape (..., D) scaled to length 1; zero stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-15))


def rotation_x(angle: float) -> Array:
    """Return the rotation about x by an angle in radians, shape (3, 3)."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def rotation_y(angle: float) -> Array:
    """Return the rotation about y by an angle in radians, shape (3, 3)."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def rotation_z(angle: float) -> Array:
    """Return the rotation about z by an angle in radians, shape (3, 3)."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles of one material, in millimetres.

    Parameters
    ----------
    positions, normals : ndarray, shape (N, 3)
        Normals are made unit.
    uv : ndarray, shape (N, 2)
    triangles : ndarray, shape (M, 3)
        Counter-clockwise seen from outside. Those without area are dropped, and vertices
        that no triangle uses with them.
    material : str
    colors : ndarray, shape (N, 3), optional
        Linear factors on the material's colour.
    """

    positions: Array
    normals: Array
    uv: Array
    triangles: Triangles
    material: str
    colors: Array | None = None

    def __post_init__(self) -> None:
        triangles = np.asarray(self.triangles, dtype=np.int64).reshape(-1, 3)
        corners = np.asarray(self.positions)[triangles]
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
        keep = (np.linalg.norm(cross, axis=1) > 2.0 * _MIN_AREA_MM2) & (
            edges.min(axis=1) > _WELD_MM
        )
        used, compact = np.unique(triangles[keep], return_inverse=True)
        object.__setattr__(self, "positions", np.asarray(self.positions, dtype=np.float64)[used])
        object.__setattr__(self, "normals", unit(np.asarray(self.normals, dtype=np.float64)[used]))
        object.__setattr__(self, "uv", np.asarray(self.uv, dtype=np.float64)[used])
        object.__setattr__(self, "triangles", compact.reshape(-1, 3).astype(np.int64))
        if self.colors is not None:
            colors = np.asarray(self.colors, dtype=np.float64)[used]
            object.__setattr__(self, "colors", colors)

    def moved(self, translation: tuple[float, float, float] | Array) -> Mesh:
        """Return the mesh shifted by a vector of shape (3,), mm."""
        return replace(self, positions=self.positions + np.asarray(translation))

    def rotated(self, rotation: Array) -> Mesh:
        """Return the mesh turned about the origin by a (3, 3) rotation."""
        return replace(
            self, positions=self.positions @ rotation.T, normals=self.normals @ rotation.T
        )

    def mirrored(self, uv_shift: tuple[float, float] = (0.0, 0.0)) -> Mesh:
        """Return the mirror image in the plane x = 0.

        Parameters
        ----------
        uv_shift : tuple of float
            Moves the pattern, so that two temples are not cut from the same spot.
        """
        flip = np.array([-1.0, 1.0, 1.0])
        return replace(
            self,
            positions=self.positions * flip,
            normals=self.normals * flip,
            uv=self.uv + np.asarray(uv_shift),
            triangles=self.triangles[:, ::-1],
        )

    def mapped(self, function: Callable[[Array], Array]) -> Mesh:
        """Return the mesh pushed through a smooth mapping of space.

        Parameters
        ----------
        function : callable
            Takes and returns points of shape (N, 3). Normals follow by the inverse
            transpose of its Jacobian, taken by central differences.
        """
        steps = np.eye(3) * _JACOBIAN_STEP_MM
        columns = [function(self.positions + s) - function(self.positions - s) for s in steps]
        jacobian = np.stack(columns, axis=-1) / (2.0 * _JACOBIAN_STEP_MM)
        normals = np.linalg.solve(jacobian.transpose(0, 2, 1), self.normals[..., None])[..., 0]
        return replace(self, positions=function(self.positions), normals=np.asarray(normals))


def merge_by_material(meshes: Iterable[Mesh]) -> tuple[Mesh, ...]:
    """Join meshes into one per material, in the order in which materials first appear."""
    groups: dict[str, list[Mesh]] = {}
    for mesh in meshes:
        groups.setdefault(mesh.material, []).append(mesh)
    merged = []
    for material, parts in groups.items():
        offsets = np.cumsum([0, *(len(p.positions) for p in parts[:-1])])
        merged.append(
            Mesh(
                np.concatenate([p.positions for p in parts]),
                np.concatenate([p.normals for p in parts]),
                np.concatenate([p.uv for p in parts]),
                np.concatenate([p.triangles + o for p, o in zip(parts, offsets, strict=True)]),
                material,
                _joined_colors(parts),
            )
        )
    return tuple(merged)


def _joined_colors(parts: list[Mesh]) -> Array | None:
    if all(p.colors is None for p in parts):
        return None
    white = [np.ones((len(p.positions), 3)) if p.colors is None else p.colors for p in parts]
    return np.concatenate(white)
