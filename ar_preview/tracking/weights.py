"""The network weights: found, verified, and the canonical face that ships inside them."""

from __future__ import annotations

import hashlib
import io
import tomllib
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.assets import asset_path
from ar_preview.errors import TrackingError
from ar_preview.landmarks import MESH_SIZE, FaceModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "BODY_WEIGHTS",
    "FACE_WEIGHTS",
    "HAND_WEIGHTS",
    "SEGMENTER_WEIGHTS",
    "load_face_model",
    "load_weights",
    "weights_file",
    "without_blendshapes",
]

FACE_WEIGHTS = "face_landmarker.task"
HAND_WEIGHTS = "hand_landmarker.task"
BODY_WEIGHTS = "pose_landmarker_full.task"
SEGMENTER_WEIGHTS = "selfie_segmenter.tflite"

_REMEDY = "restore it with `python -m ar_preview.workshop.fetch_weights`"
_BLENDSHAPES_ENTRY = "face_blendshapes.tflite"
_GEOMETRY_ENTRY = "geometry_pipeline_metadata_landmarks.binarypb"
_METRES_PER_CM = 0.01

# Field numbers of MediaPipe's face geometry metadata (protobuf).
_MESH, _WEIGHT_PAIR = 1, 2
_VERTEX_BUFFER, _INDEX_BUFFER = 3, 4
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def load_weights(name: str, folder: Path | None = None) -> bytes:
    """Return the verified bytes of a weight file.

    Parameters
    ----------
    name : str
        File name as in ``manifest.toml``.
    folder : Path, optional
        Where the weights and their manifest are; the bundled folder by default.

    Raises
    ------
    TrackingError
        If the file is missing or differs from its manifest in a single byte (the vendor's
        library would load a corrupt file silently).
    """
    folder = asset_path("models") if folder is None else folder
    try:
        manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
        expected = next(w for w in manifest["weights"] if w["name"] == name)
    except (OSError, tomllib.TOMLDecodeError, KeyError, StopIteration) as error:
        raise TrackingError(
            f"the weights manifest in {folder} does not describe {name}: reinstall ar_preview"
        ) from error
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise TrackingError(f"the weights {folder / name} cannot be read: {_REMEDY}") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != expected["sha256"]:
        raise TrackingError(
            f"the weights {folder / name} are damaged: expected SHA-256 {expected['sha256']}, "
            f"got {digest}; {_REMEDY}"
        )
    return data


def weights_file(name: str, folder: Path | None = None) -> Path | bytes:
    """Return a verified weight file for the library to map, its bytes where it could not open it.

    Mapped weights take 15 to 30 MB less than a copy of theirs.

    Parameters
    ----------
    name, folder
        As `load_weights`.

    Raises
    ------
    TrackingError
        As `load_weights`.
    """
    data = load_weights(name, folder)
    path = (asset_path("models") if folder is None else folder) / name
    # The library opens paths with the C library, which on Windows takes them for ASCII.
    return path if str(path).isascii() else data


def without_blendshapes(weights: bytes) -> bytes:
    """Return face weights without the network for expressions.

    MediaPipe runs it on every frame as soon as it is there, whether or not its output is asked
    for: a tenth of the tracker's time. Landmarks are the same to the bit.

    Parameters
    ----------
    weights : bytes
        Verified.
    """
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(weights)) as bundle,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as smaller,
    ):
        for entry in bundle.infolist():
            if entry.filename != _BLENDSHAPES_ENTRY:
                smaller.writestr(zipfile.ZipInfo(entry.filename), bundle.read(entry))
    return kept.getvalue()


@cache
def load_face_model() -> FaceModel:
    """Return the canonical face, read from the verified face weights.

    Raises
    ------
    TrackingError
        If the weights are missing or damaged, or hold no such face.
    """
    data = load_weights(FACE_WEIGHTS)
    folder = asset_path("models")
    try:
        with zipfile.ZipFile(folder / FACE_WEIGHTS) as archive:
            message = archive.read(_GEOMETRY_ENTRY)
        model = _parse_face_model(message)
    except (KeyError, ValueError, IndexError, zipfile.BadZipFile) as error:
        raise TrackingError(
            f"{FACE_WEIGHTS} ({len(data)} bytes) holds no canonical face: {_REMEDY}"
        ) from error
    return model


def _parse_face_model(message: bytes) -> FaceModel:
    weights = np.zeros(MESH_SIZE)
    mesh = b""
    for number, _, value in _fields(message):
        if number == _MESH and isinstance(value, bytes):
            mesh = value
        elif number == _WEIGHT_PAIR and isinstance(value, bytes):
            pair = {n: v for n, _, v in _fields(value)}
            landmark, weight = pair.get(1, 0), pair.get(2, b"\0\0\0\0")
            if isinstance(landmark, int) and isinstance(weight, bytes):
                weights[landmark] = np.frombuffer(weight, "<f4")[0]
    floats: list[bytes] = []
    indices: list[int] = []
    for number, _, value in _fields(mesh):
        if number == _VERTEX_BUFFER and isinstance(value, bytes):
            floats.append(value)
        elif number == _INDEX_BUFFER and isinstance(value, int):
            indices.append(value)
    table = np.frombuffer(b"".join(floats), "<f4").astype(np.float64).reshape(MESH_SIZE, 5)
    triangles = np.array(indices, np.int32).reshape(-1, 3)
    return FaceModel(table[:, :3] * _METRES_PER_CM, table[:, 3:], triangles, weights)


def _fields(message: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Yield (field number, wire type, value) of a protobuf message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield number, wire, value
            continue
        if wire == _BYTES:
            length, at = _varint(message, at)
        elif wire in {_FIXED32, _FIXED64}:
            length = 4 if wire == _FIXED32 else 8
        else:
            raise ValueError(f"unknown protobuf wire type {wire}")
        yield number, wire, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    result, shift = 0, 0
    while True:
        byte = message[at]
        at += 1
        result |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return result, at
