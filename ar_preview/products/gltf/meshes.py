"""Triangles of a glTF primitive as plain arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ar_preview.errors import ProductError
from ar_preview.products.gltf.accessors import AccessorReader
from ar_preview.products.gltf.draco import DRACO, decode_draco, has_draco
from ar_preview.products.product import Primitive

if TYPE_CHECKING:
    from ar_preview.products.gltf.container import Container
    from ar_preview.products.gltf.fields import Fields
    from ar_preview.products.gltf.notes import Notes

__all__ = ["MeshReader", "vertex_normals"]

_POINTS_AND_LINES = range(4)
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_UNIT_TOLERANCE = 1e-6


def vertex_normals(
    positions: npt.NDArray[np.float32], triangles: npt.NDArray[np.uint32]
) -> npt.NDArray[np.float32]:
    """Return area-weighted unit vertex normals, shape (N, 3); up where undefined."""
    corners = positions.astype(np.float64)[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.stack(
        [
            np.bincount(triangles.ravel(), np.repeat(faces[:, i], 3), len(positions))
            for i in range(3)
        ],
        axis=1,
    )
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    unit = np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 0.0)
    unit[lengths[:, 0] <= 0.0] = (0.0, 1.0, 0.0)
    return np.asarray(unit, np.float32)


def _triangle_indices(flat: npt.NDArray[np.uint32], mode: int) -> npt.NDArray[np.uint32]:
    """Turn a list, strip or fan into triangles (glTF 2.0, 3.7.2.1)."""
    if mode == _TRIANGLES:
        return flat[: len(flat) // 3 * 3].reshape(-1, 3)
    if len(flat) < 3:
        return np.zeros((0, 3), np.uint32)
    if mode == _FAN:
        return np.stack([flat[1:-1], flat[2:], np.broadcast_to(flat[0], len(flat) - 2)], axis=1)
    strip = np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
    strip[1::2] = strip[1::2][:, [0, 2, 1]]
    return strip


class MeshReader:
    """Reads the primitives of one file, each once.

    Parameters
    ----------
    container : Container
    notes : Notes
    """

    def __init__(self, container: Container, notes: Notes) -> None:
        self._limits = container.limits
        self._notes = notes
        self._container = container
        self._accessors = AccessorReader(container)
        self._vertices = 0
        self._triangles = 0

    def reserve(self, entry: Fields) -> None:
        """Count one drawn instance of a primitive against the limits, before it is read."""
        count = self._accessors.count
        attributes = entry.child("attributes")
        position = attributes.index("POSITION", count)
        if position is None:
            return
        indices = entry.index("indices", count)
        vertices = self._accessors.length(position)
        corners = self._accessors.length(position if indices is None else indices)
        mode = entry.integer("mode", _TRIANGLES, high=7)
        triangles = corners // 3 if mode == _TRIANGLES else corners
        self._triangles += triangles
        self._vertices += vertices if "NORMAL" in attributes else max(vertices, 3 * triangles)
        for what, had, limit in (
            ("vertices", self._vertices, self._limits.vertices),
            ("triangles", self._triangles, self._limits.triangles),
        ):
            if had > limit:
                raise ProductError(
                    f"{entry.where}: with it the model has {had} {what}, more than the limit of "
                    f"{limit}; simplify it"
                )

    def read(self, entry: Fields, material: str) -> Primitive | None:
        """Return the primitive, or None where there is nothing to draw."""
        mode = entry.integer("mode", _TRIANGLES, high=7)
        if mode in _POINTS_AND_LINES:
            self._notes.add(f"{entry.where.split(': ')[-1]}: points and lines are not drawn")
            return None
        attributes = entry.child("attributes")
        count = self._accessors.count
        position = attributes.index("POSITION", count)
        draco = entry.extension(DRACO)
        if draco is not None and (position is None or not self._accessors.has_data(position)):
            self._decompress(entry, draco)
        if position is None:
            self._notes.add(f"{entry.where.split(': ')[-1]}: has no positions, it is not drawn")
            return None
        positions = self._accessors.floats(position, (3,))
        triangles = self._read_triangles(entry, len(positions), mode)
        if len(triangles) == 0:
            return None
        if "targets" in entry:
            self._notes.add("morph targets are ignored, the base shape is drawn")
        uv = self._attribute(attributes, "TEXCOORD_0", (2,), len(positions))
        second_uv = self._attribute(attributes, "TEXCOORD_1", (2,), len(positions))
        colors = self._attribute(attributes, "COLOR_0", (3, 4), len(positions))
        if colors is not None and colors.shape[1] == 3:
            colors = np.column_stack([colors, np.ones(len(colors), np.float32)])
        normals = self._attribute(attributes, "NORMAL", (3,), len(positions))
        if uv is None:
            uv = np.zeros((len(positions), 2), np.float32)
        if normals is None:
            # glTF 2.0, 3.7.2.1: without normals a mesh is flat-shaded.
            flat = triangles.ravel()
            positions, uv = positions[flat], uv[flat]
            colors = None if colors is None else colors[flat]
            second_uv = None if second_uv is None else second_uv[flat]
            triangles = np.arange(len(flat), dtype=np.uint32).reshape(-1, 3)
            normals = vertex_normals(positions, triangles)
        return Primitive(
            positions=positions,
            normals=_unit(normals, positions, triangles),
            uv=uv,
            triangles=np.ascontiguousarray(triangles),
            material=material,
            colors=colors,
            second_uv=second_uv,
        )

    def _decompress(self, entry: Fields, draco: Fields) -> None:
        """Fill the accessors of a primitive from its compressed buffer."""
        if not has_draco():
            raise ProductError(
                f"{entry.where}: the mesh is compressed with Draco; install the decoder "
                "(`pip install DracoPy`) or export it without compression"
            )
        view = draco.index("bufferView", len(self._container.views))
        indices = entry.index("indices", self._accessors.count)
        if view is None:
            draco.fail("bufferView", "an index")
        if indices is None:
            entry.fail("indices", "an index")
        mesh = decode_draco(bytes(self._container.view(view)), draco.where)
        self._accessors.supply(indices, mesh.indices)
        attributes, ids = entry.child("attributes"), draco.child("attributes")
        for name in ids.data:
            accessor = attributes.index(name, self._accessors.count)
            number = ids.integer(name)
            if number not in mesh.attributes:
                ids.fail(name, f"one of {sorted(mesh.attributes)}")
            if accessor is not None:
                self._accessors.supply(accessor, mesh.attributes[number])

    def _read_triangles(self, entry: Fields, vertices: int, mode: int) -> npt.NDArray[np.uint32]:
        index = entry.index("indices", self._accessors.count)
        if index is None:
            flat = np.arange(vertices, dtype=np.uint32)
        else:
            flat = self._accessors.indices(index, vertices)
        triangles = _triangle_indices(flat, mode)
        same = (
            (triangles[:, 0] == triangles[:, 1])
            | (triangles[:, 1] == triangles[:, 2])
            | (triangles[:, 0] == triangles[:, 2])
        )
        return triangles[~same] if same.any() else triangles

    def _attribute(
        self, attributes: Fields, name: str, widths: tuple[int, ...], vertices: int
    ) -> npt.NDArray[np.float32] | None:
        index = attributes.index(name, self._accessors.count)
        if index is None:
            return None
        if (length := self._accessors.length(index)) != vertices:
            raise ProductError(
                f"{attributes.where}.{name}: expected {vertices} entries as POSITION has, got "
                f"{length}; export the model again"
            )
        return self._accessors.floats(index, widths)


def _unit(
    normals: npt.NDArray[np.float32],
    positions: npt.NDArray[np.float32],
    triangles: npt.NDArray[np.uint32],
) -> npt.NDArray[np.float32]:
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    bad = lengths[:, 0] < _UNIT_TOLERANCE
    if bad.any():
        normals = np.where(bad[:, None], vertex_normals(positions, triangles), normals)
        lengths = np.where(bad[:, None], 1.0, lengths)
    return np.asarray(normals / lengths, np.float32)
