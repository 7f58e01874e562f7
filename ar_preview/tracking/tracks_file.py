"""The arrays of a tracks file: their names, shapes and limits, and the check when one is read."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ar_preview.errors import TrackingError
from ar_preview.landmarks import BODY_SIZE

if TYPE_CHECKING:
    from pathlib import Path


__all__ = ["FORMAT", "MASK_SIDE", "THUMBNAIL_SIDE", "VERSION", "Arrays", "read_arrays"]

Arrays = dict[str, npt.NDArray[Any]]

FORMAT = "ar-preview-tracks"
VERSION = 2
THUMBNAIL_SIDE = 8
MASK_SIDE = 256

# Name -> (shape behind the first axis, type as written). The part of a name before the first
# underscore is its table: all arrays of a table have one row for each of its entries.
_ARRAYS: dict[str, tuple[tuple[int, ...], type[np.generic]]] = {
    "frame_index": ((), np.int64),
    "frame_time": ((), np.int64),
    "frame_size": ((2,), np.int32),
    "frame_sought": ((2,), np.bool_),
    "frame_thumbnail": ((THUMBNAIL_SIDE, THUMBNAIL_SIDE), np.uint8),
    "face_frame": ((), np.int64),
    "face_id": ((), np.int32),
    "face_points": ((478, 3), np.float64),
    "hand_frame": ((), np.int64),
    "hand_id": ((), np.int32),
    "hand_right": ((), np.bool_),
    "hand_score": ((), np.float32),
    "hand_points": ((21, 3), np.float64),
    "hand_world": ((21, 3), np.float64),
    "body_frame": ((), np.int64),
    "body_id": ((), np.int32),
    "body_points": ((BODY_SIZE, 2), np.float64),
    "body_world": ((BODY_SIZE, 3), np.float64),
    "body_visibility": ((BODY_SIZE,), np.float64),
    "silhouette_frame": ((), np.int64),
    "silhouette_face": ((), np.int32),
    "silhouette_box": ((4,), np.int32),
    "silhouette_mask": ((MASK_SIDE, MASK_SIDE), np.uint8),
}
_KINDS = {"i": "integers", "u": "bytes", "f": "numbers", "b": "true or false"}
_MAX_SIDE_PX = 1 << 16
# Landmarks may lie outside the frame, but not this many frames away.
_MAX_FRAMES_AWAY = 100
_MAX_WORLD_M = 100.0
# Whatever zipfile, zlib and NumPy raise for damaged archives and headers.
_UNREADABLE = (
    EOFError,
    KeyError,
    MemoryError,
    OSError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_arrays(path: Path) -> Arrays:
    """Read a tracks file; all that comes back has the right shape and type and is plausible.

    Raises
    ------
    TrackingError
        One line that says what is wrong with the file.
    """
    arrays = _unpacked(path)
    problem = _shape_problem(arrays) or _value_problem(arrays)
    if problem is not None:
        raise TrackingError(f"the tracks file {path} is damaged: {problem}")
    return arrays


def _unpacked(path: Path) -> Arrays:
    remedy = "write one with `ar-preview render --tracks`"
    try:
        with path.open("rb") as stream:
            is_archive = zipfile.is_zipfile(stream)
    except OSError as error:
        raise TrackingError(f"cannot read the tracks file {path}: {error.strerror}") from None
    if not is_archive:
        raise TrackingError(f"{path} is not a tracks file (.npz), or it is cut short; {remedy}")
    try:
        with np.load(path, allow_pickle=False) as data:
            names = set(data.files)
            if not {"format", "version"} <= names or str(data["format"]) != FORMAT:
                raise TrackingError(f"{path} is not a tracks file; {remedy}")
            version = data["version"]
            if version.shape != () or version != VERSION:
                raise TrackingError(
                    f"expected a tracks file of version {VERSION}, {path} has another; {remedy}"
                )
            arrays = {name: data[name] for name in _ARRAYS if name in names}
    except _UNREADABLE:
        raise TrackingError(f"the tracks file {path} is damaged: {remedy}") from None
    if "frame_index" in arrays:
        # Older files do not say: faces and hands were looked for in every frame, all else in none.
        arrays.setdefault("frame_sought", np.ones((arrays["frame_index"].size, 2), bool))
        for table in ("body_", "silhouette_"):
            if not any(name.startswith(table) for name in arrays):
                arrays |= {
                    name: np.zeros((0, *shape), kind)
                    for name, (shape, kind) in _ARRAYS.items()
                    if name.startswith(table)
                }
    return arrays


def _shape_problem(arrays: Arrays) -> str | None:
    """Check names, shapes and types, and bring the types to those that are written."""
    rows: dict[str, int] = {}
    for name, (shape, kind) in _ARRAYS.items():
        array = arrays.get(name)
        if array is None:
            return f"it has no {name}"
        expected = np.dtype(kind)
        if array.ndim == 0 or array.shape[1:] != shape or array.dtype.kind != expected.kind:
            wanted = ", ".join(["N", *map(str, shape)])
            return (
                f"expected {name} to be {_KINDS[expected.kind]} of shape ({wanted}), "
                f"got {array.dtype} of shape {array.shape}"
            )
        table = name.partition("_")[0]
        if rows.setdefault(table, len(array)) != len(array):
            return f"expected {rows[table]} rows in {name}, got {len(array)}"
        with np.errstate(all="ignore"):
            arrays[name] = array.astype(expected)
    return None


def _value_problem(arrays: Arrays) -> str | None:
    index, size = arrays["frame_index"], arrays["frame_size"]
    order = np.argsort(index)
    known = index[order]
    if (known < 0).any() or (np.diff(known) == 0).any():
        return "frame_index repeats or is negative"
    if (size < 1).any() or (size > _MAX_SIDE_PX).any():
        return f"frame_size is outside 1 to {_MAX_SIDE_PX} px"
    for table in ("face", "hand", "body"):
        frame, points = arrays[f"{table}_frame"], arrays[f"{table}_points"]
        if not np.isin(frame, known).all():
            return f"{table}_frame names frames that are not in frame_index"
        row = order[np.searchsorted(known, frame)]
        limit = _MAX_FRAMES_AWAY * size[row].max(axis=1, initial=0)
        if not (np.abs(points) <= limit[:, None, None]).all():
            return f"{table}_points are not finite or far outside the frame"
    for table in ("hand", "body"):
        if not (np.abs(arrays[f"{table}_world"]) <= _MAX_WORLD_M).all():
            return f"{table}_world is not finite or farther than a {table} reaches"
    for name in ("hand_score", "body_visibility"):
        if not ((arrays[name] >= 0.0) & (arrays[name] <= 1.0)).all():
            return f"{name} is outside 0 to 1"
    return _silhouette_problem(arrays, known, size[order])


def _silhouette_problem(
    arrays: Arrays, known: npt.NDArray[Any], size: npt.NDArray[Any]
) -> str | None:
    frame, box = arrays["silhouette_frame"], arrays["silhouette_box"]
    if not np.isin(frame, known).all():
        return "silhouette_frame names frames that are not in frame_index"
    low, high = box[:, :2], box[:, 2:]
    if not ((low >= 0) & (low < high) & (high <= size[np.searchsorted(known, frame)])).all():
        return "silhouette_box is empty or not inside the frame"
    return None
