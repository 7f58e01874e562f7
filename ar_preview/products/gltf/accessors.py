"""Numbers out of glTF accessors, checked before they are touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ar_preview.errors import ProductError

if TYPE_CHECKING:
    from ar_preview.products.gltf.container import Container
    from ar_preview.products.gltf.fields import Fields

__all__ = ["AccessorReader"]

_COMPONENTS: dict[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class AccessorReader:
    """Reads and caches the accessors of one file.

    Parameters
    ----------
    container : Container
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        self._entries = container.root.children("accessors")
        self._views = container.views
        self._floats: dict[int, npt.NDArray[np.float32]] = {}
        self._supplied: dict[int, npt.NDArray[Any]] = {}
        self._empty = 0

    @property
    def count(self) -> int:
        """How many accessors there are."""
        return len(self._entries)

    def length(self, index: int) -> int:
        """Return the element count of an accessor without reading it."""
        return self._entries[index].integer("count", low=1)

    def has_data(self, index: int) -> bool:
        """Say whether an accessor has bytes of its own (Draco leaves them out)."""
        return "bufferView" in self._entries[index] or "sparse" in self._entries[index]

    def supply(self, index: int, values: npt.NDArray[Any]) -> None:
        """Give the elements, (N, W), of an accessor that has no bytes of its own.

        Raises
        ------
        ProductError
            If they are not as many or not as wide as the file says.
        """
        entry = self._entries[index]
        expected = (self.length(index), _WIDTHS.get(entry.text("type"), 0))
        if values.shape != expected:
            raise ProductError(
                f"{entry.where}: expected {expected} numbers in the compressed mesh, got "
                f"{values.shape}; export the model again"
            )
        self._supplied[index] = values

    def floats(self, index: int, widths: tuple[int, ...]) -> npt.NDArray[np.float32]:
        """Return an accessor as float32, normalised integers decoded.

        Parameters
        ----------
        index : int
        widths : tuple of int
            Allowed numbers of components, for example ``(3,)``.

        Returns
        -------
        ndarray, shape (N, W)
            Read-only.

        Raises
        ------
        ProductError
            If the accessor reaches beyond its data, has another type, or holds NaN or infinity.
        """
        entry = self._entries[index]
        if index not in self._floats:
            raw = self._raw(index)
            values = raw.astype(np.float32)
            if raw.dtype.kind != "f" and entry.flag("normalized"):
                info = np.iinfo(raw.dtype)
                # glTF 2.0, 3.11: signed values clamp at -1.
                values = np.maximum(values / np.float32(info.max), np.float32(-1.0))
            if not np.isfinite(values).all():
                bad = int((~np.isfinite(values)).any(axis=1).sum())
                raise ProductError(
                    f"{entry.where}: {bad} of {len(values)} values are NaN or infinite; "
                    "repair the mesh and export it again"
                )
            values.setflags(write=False)
            self._floats[index] = values
        values = self._floats[index]
        if values.shape[1] not in widths:
            raise ProductError(
                f"{entry.where}: expected {' or '.join(map(str, widths))} numbers an element, got "
                f"{values.shape[1]}; export the model again"
            )
        return values

    def indices(self, index: int, vertex_count: int) -> npt.NDArray[np.uint32]:
        """Return vertex indices, shape (N,), each below `vertex_count`."""
        entry = self._entries[index]
        raw = self._raw(index)
        if raw.shape[1] != 1 or raw.dtype.kind != "u":
            raise ProductError(f"{entry.where}: expected unsigned indices; export the model again")
        flat: npt.NDArray[np.uint32] = raw[:, 0].astype(np.uint32)
        if int(flat.max()) >= vertex_count:
            raise ProductError(
                f"{entry.where}: index {int(flat.max())} is out of range, the mesh has "
                f"{vertex_count} vertices; export the model again"
            )
        return flat

    def _raw(self, index: int) -> npt.NDArray[Any]:
        if index in self._supplied:
            return self._supplied[index]
        entry = self._entries[index]
        dtype = self._component(entry)
        kind = entry.text("type")
        if kind not in _WIDTHS:
            entry.fail("type", "one of SCALAR, VEC2, VEC3, VEC4")
        count = self.length(index)
        limit = 3 * max(self._container.limits.triangles, self._container.limits.vertices)
        if count > limit:
            raise ProductError(
                f"{entry.where}: {count} elements are more than the limit of {limit}; "
                "simplify the mesh"
            )
        width = _WIDTHS[kind]
        view = entry.index("bufferView", len(self._views))
        if view is None:
            self._empty += count
            if self._empty > self._container.limits.empty_elements:
                raise ProductError(
                    f"{entry.where}: with it {self._empty} elements have no data, more than the "
                    f"limit of {self._container.limits.empty_elements}; export the mesh again"
                )
            values = np.zeros((count, width), dtype)
        else:
            offset = entry.integer("byteOffset", 0)
            values = self._strided(entry, view, offset, count, width, dtype)
        if "sparse" in entry:
            values = self._sparse(entry.child("sparse"), values)
        return values

    def _component(self, entry: Fields) -> np.dtype[Any]:
        code = entry.integer("componentType")
        if code not in _COMPONENTS:
            entry.fail("componentType", f"one of {sorted(_COMPONENTS)}")
        return _COMPONENTS[code]

    def _strided(
        self,
        entry: Fields,
        view: int,
        offset: int,
        count: int,
        width: int,
        dtype: np.dtype[Any],
        tight: bool = False,
    ) -> npt.NDArray[Any]:
        data = self._container.view(view)
        size = width * dtype.itemsize
        stride = size
        if not tight and "byteStride" in self._views[view]:
            stride = self._views[view].integer("byteStride", low=1, high=253)
        if stride < size:
            self._views[view].fail("byteStride", f"at least {size}")
        needed = offset + stride * (count - 1) + size
        if needed > len(data):
            raise ProductError(
                f"{entry.where}: {count} elements need {needed} bytes but its bufferView has "
                f"{len(data)}; the file is damaged, export the model again"
            )
        return np.ndarray((count, width), dtype, data, offset, (stride, dtype.itemsize))

    def _sparse(self, sparse: Fields, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        count = sparse.integer("count", low=1, high=len(values) + 1)
        parts = []
        for name, width, dtype in (("indices", 1, None), ("values", values.shape[1], values.dtype)):
            part = sparse.child(name)
            view = part.index("bufferView", len(self._views))
            if view is None:
                part.fail("bufferView", "an index")
            offset = part.integer("byteOffset", 0)
            kind = dtype if dtype is not None else self._component(part)
            parts.append(self._strided(part, view, offset, count, width, kind, tight=True))
        places = parts[0][:, 0]
        if places.dtype.kind != "u" or int(places.max()) >= len(values):
            raise ProductError(
                f"{sparse.where}.indices: expected places below {len(values)}; export it again"
            )
        filled = values.copy()
        filled[places] = parts[1]
        return filled
