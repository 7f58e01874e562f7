"""Skin as texels on which worn pieces cast shadows: of a face, of a finger or an arm."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import nodes_in_triangles, smooth_step
from ar_preview.staging.forehead import EDGE, TRIANGLES, uv_with_forehead, with_forehead

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array, RigidTransform
    from ar_preview.landmarks import FaceModel

__all__ = ["BORDER_M", "FaceTexels", "LimbTexels", "SkinTexels"]

_FACE_SIDE, _FACE_TEXEL_M = 160, 1.0e-3
_FACE_BEHIND_Z = -0.5
"""Light from farther behind does not reach a face."""

BORDER_M = 0.012
"""Width over which shadow ends at the border of the face."""

_LIMB_SIDE, _LIMB_COLUMNS = 96, 32
_LIMB_END = 0.15
"""The same at the ends of a limb, of its half length."""

_LIMB_GROWTH = 0.07
"""A limb takes what lies around it along when it grows by as little; only the ends of what is
rigid, as a watch's case, then lie elsewhere, by a millimetre."""


class SkinTexels(ABC):
    """The skin of a part of the body, unwrapped onto a square map.

    Attributes
    ----------
    side : int
        Texels of the map a side.
    texel_m : float
        Size of details on the skin.
    texels_per_m : tuple of float
        Across and down the map, roughly.
    closed : bool
        Whether the right border of the map continues at the left.
    behind : float
        z of the directions from behind from which no light comes.
    place : ndarray, shape (T,), int
        Index in the flattened map of each texel that lies on the skin.
    inner : ndarray, shape (T,)
        From 0 at the border of the skin to 1.
    uv : ndarray, shape (N, 2), float32
        Of the vertices that are drawn.
    triangles : ndarray, shape (M, 3), uint32
    moved_m : float
        By how much its shape may change before shadows are elsewhere on it, metres.
    """

    side: int
    texel_m: float
    texels_per_m: tuple[float, float]
    closed: bool
    behind: float
    place: npt.NDArray[np.intp]
    inner: Array
    uv: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.uint32]
    moved_m: float

    @abstractmethod
    def points_and_normals(self, shape: Array) -> tuple[Array, Array]:
        """Return places and unit normals of the texels, each (T, 3), in the body's space."""

    def growth(self, before: Array, after: Array) -> float:
        """Return the factor by which what lies around a body of one shape grows with another."""
        del before, after
        return 1.0


class FaceTexels(SkinTexels):
    """The texels of the face's unwrapping, of the forehead above it too; its shape is (468, 3).

    Parameters
    ----------
    model : FaceModel
    """

    side, texel_m = _FACE_SIDE, _FACE_TEXEL_M
    texels_per_m = (1.0 / _FACE_TEXEL_M, 1.0 / _FACE_TEXEL_M)
    closed, behind, moved_m = False, _FACE_BEHIND_Z, 1.0e-3

    def __init__(self, model: FaceModel) -> None:
        uv = uv_with_forehead(model.uv)
        self.uv = np.ascontiguousarray(uv, dtype=np.float32)
        triangles = np.concatenate([model.triangles, TRIANGLES])
        self.triangles = np.ascontiguousarray(triangles, dtype=np.uint32)
        corners = uv[triangles] * self.side - 0.5
        triangle, column, row, shares = nodes_in_triangles(corners, self.side, self.side)
        self.place, first = np.unique(row * self.side + column, return_index=True)
        self._vertices = triangles[triangle[first]]
        self._shares = shares[first]
        vertices = with_forehead(model.vertices_head)
        rim = vertices[EDGE]
        rim = np.concatenate([rim + s * (np.roll(rim, -1, 0) - rim) for s in (0.0, 0.33, 0.67)])
        apart = vertices[:, None] - rim[None]
        inwards = np.sqrt((apart**2).sum(axis=-1).min(axis=1))
        self.inner = smooth_step(0.0, BORDER_M, self._at(inwards))

    def points_and_normals(self, shape: Array) -> tuple[Array, Array]:
        """Return places and unit normals of the texels on a face, head space."""
        shape = with_forehead(shape)
        a, b, c = (shape[self.triangles[:, i]] for i in range(3))
        normals = np.zeros_like(shape)
        for i in range(3):
            np.add.at(normals, self.triangles[:, i], np.cross(b - a, c - a))
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        smooth = self._at(normals)
        return self._at(shape), smooth / np.linalg.norm(smooth, axis=1, keepdims=True)

    def vertices(self, camera_from_head: RigidTransform, face_camera: Array) -> Array:
        """Return what is drawn, (N, 3), camera space, of a face there (468, 3)."""
        return camera_from_head @ with_forehead(camera_from_head.inverse() @ face_camera)

    def _at(self, values: Array) -> Array:
        return np.asarray(np.einsum("tk,tk...->t...", self._shares, values[self._vertices]))


class LimbTexels(SkinTexels):
    """The skin of a straight elliptic limb along y; its shape is the half-axes (x, z), metres.

    Parameters
    ----------
    half_m : float
        Length to both sides of the origin.
    radius_m : float
        Usual radius.
    """

    side, closed, behind = _LIMB_SIDE, True, -1.0

    def __init__(self, half_m: float, radius_m: float) -> None:
        self._half = half_m
        self.texels_per_m = self.side / (2.0 * np.pi * radius_m), 0.5 * self.side / half_m
        self.texel_m = 1.0 / float(np.mean(self.texels_per_m))
        self.moved_m = _LIMB_GROWTH * radius_m
        self.place = np.arange(self.side**2, dtype=np.intp)
        v, u = np.divmod(self.place, self.side)
        self._around = 2.0 * np.pi * (u + 0.5) / self.side
        share = 1.0 - 2.0 * (v + 0.5) / self.side
        self._along = half_m * share
        self.inner = smooth_step(0.0, _LIMB_END, 1.0 - np.abs(share))
        # The seam has its vertices twice, as they have two places in the map.
        column = np.arange(_LIMB_COLUMNS + 1) / _LIMB_COLUMNS
        self.uv = np.concatenate(
            [np.column_stack([column, np.full_like(column, end)]) for end in (0.0, 1.0)]
        ).astype(np.float32)
        a = np.arange(_LIMB_COLUMNS, dtype=np.uint32)
        c = a + np.uint32(_LIMB_COLUMNS + 1)
        self.triangles = np.concatenate(
            [np.column_stack([a, c, c + 1]), np.column_stack([a, c + 1, a + 1])]
        ).astype(np.uint32)

    def growth(self, before: Array, after: Array) -> float:
        """Return how much thicker the limb has become."""
        return float(after.mean() / before.mean())

    def points_and_normals(self, shape: Array) -> tuple[Array, Array]:
        """Return places and unit normals of the texels, limb space."""
        sin, cos, none = np.sin(self._around), np.cos(self._around), np.zeros_like(self._around)
        normals = np.column_stack([sin / shape[0], none, cos / shape[1]])
        points = np.column_stack([shape[0] * sin, self._along, shape[1] * cos])
        return points, normals / np.linalg.norm(normals, axis=1, keepdims=True)

    def vertices(self, shape: Array) -> Array:
        """Return what is drawn, (N, 3), limb space."""
        around = 2.0 * np.pi * self.uv[:, 0].astype(np.float64)
        along = self._half * (1.0 - 2.0 * self.uv[:, 1])
        return np.column_stack([shape[0] * np.sin(around), along, shape[1] * np.cos(around)])
