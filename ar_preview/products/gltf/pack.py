"""A model file as one self-contained GLB in metres."""

from __future__ import annotations

import json
import struct
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.errors import ProductError
from ar_preview.products.gltf.container import open_container, read_file
from ar_preview.products.gltf.fields import Fields
from ar_preview.products.gltf.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.products.gltf.container import Container
    from ar_preview.products.gltf.model import Model

__all__ = ["glb_of_model", "packed_glb"]

_MAGIC, _VERSION, _JSON, _BIN = 0x46546C67, 2, 0x4E4F534A, 0x004E4942
_UINT32, _FLOAT = 5125, 5126
_SCALE_NODE = "real_size"
_MIME = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


def packed_glb(path: Path, scale: float = 1.0, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return a ``.glb`` or ``.gltf`` file as one GLB.

    A GLB of the right size comes back byte for byte; buffers and pictures beside a ``.gltf`` are
    taken in. Another size becomes a node above all others, so that every viewer shows it.

    Parameters
    ----------
    path : Path
    scale : float
        Metres in one unit of the file.
    limits : Limits

    Raises
    ------
    ProductError
        If the file is missing, damaged or too large, or refers to what is not there.
    """
    container = open_container(path, limits)
    is_packed = container.binary is not None and all("uri" not in b for b in container.buffers)
    if scale == 1.0 and is_packed:
        return read_file(path, limits.file_bytes)
    document = _own_lists(container.root.data)
    binary = bytearray()
    _join_buffers(document, container, binary)
    _take_in_images(document, container, binary)
    if scale != 1.0:
        _scale(document, container.root, scale)
    try:
        return _glb(document, binary)
    except (ValueError, RecursionError) as error:
        # What no reader looks at may be nested without end, or no number.
        raise ProductError(f"{path}: cannot be packed ({error}); export it again") from error


def _own_lists(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of which everything that packing changes can be changed."""
    own = dict(document)
    for key in ("bufferViews", "images", "nodes", "scenes"):
        if key in own:
            own[key] = [dict(entry.data) for entry in Fields(own, "glTF").children(key)]
    return own


def glb_of_model(model: Model, scale: float = 1.0) -> bytes:
    """Return a model without textures, as `load_plain_mesh` reads it, as a GLB.

    Parameters
    ----------
    model : Model
    scale : float
        Metres in one unit of the file.
    """
    binary = bytearray()
    names = list(model.materials)
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "ar_preview"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(model.nodes)))}],
        "nodes": [],
        "meshes": [],
        "accessors": [],
        "bufferViews": [],
        "materials": [
            {
                "name": material.name or key,
                "pbrMetallicRoughness": {
                    "baseColorFactor": list(material.base_color),
                    "metallicFactor": material.metallic,
                    "roughnessFactor": material.roughness,
                },
            }
            for key, material in model.materials.items()
        ],
    }
    for node in model.nodes:
        document["nodes"].append({"name": node.name, "mesh": len(document["meshes"])})
        primitives = []
        for part in node.primitives:
            at = len(document["accessors"])
            arrays = (part.positions, part.normals, part.triangles.reshape(-1))
            for array, kind in zip(arrays, ("VEC3", "VEC3", "SCALAR"), strict=True):
                _add_array(document, binary, array, kind)
            primitives.append(
                {
                    "attributes": {"POSITION": at, "NORMAL": at + 1},
                    "indices": at + 2,
                    "material": names.index(part.material),
                }
            )
        document["meshes"].append({"name": node.name, "primitives": primitives})
    if scale != 1.0:
        _scale(document, Fields(document, "glTF"), scale)
    return _glb(document, binary)


def _add_array(document: dict[str, Any], binary: bytearray, array: Any, kind: str) -> None:
    is_index = kind == "SCALAR"
    accessor: dict[str, Any] = {
        "bufferView": _append(document, binary, array.tobytes()),
        "componentType": _UINT32 if is_index else _FLOAT,
        "count": len(array),
        "type": kind,
    }
    if not is_index:
        # glTF wants the bounds of positions; as float32, which is what is stored.
        accessor["min"] = np.asarray(array).min(axis=0).tolist()
        accessor["max"] = np.asarray(array).max(axis=0).tolist()
    document["accessors"].append(accessor)


def _append(document: dict[str, Any], binary: bytearray, data: bytes | memoryview) -> int:
    """Add bytes with a view of them; return the number of the view."""
    binary += b"\0" * (-len(binary) % 4)
    views = document.setdefault("bufferViews", [])
    views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(data)})
    binary += data
    return len(views) - 1


def _join_buffers(document: dict[str, Any], container: Container, binary: bytearray) -> None:
    starts = []
    for index in range(len(container.buffers)):
        binary += b"\0" * (-len(binary) % 4)
        starts.append(len(binary))
        binary += container.buffer(index)
    for view, entry in zip(document.get("bufferViews", []), container.views, strict=True):
        number = entry.index("buffer", len(starts))
        if number is None:
            entry.fail("buffer", "an index")
        view["byteOffset"] = entry.integer("byteOffset", 0) + starts[number]
        view["buffer"] = 0


def _take_in_images(document: dict[str, Any], container: Container, binary: bytearray) -> None:
    for image, entry in zip(
        document.get("images", []), container.root.children("images"), strict=True
    ):
        if "uri" not in entry:
            continue
        uri = entry.text("uri")
        del image["uri"]
        told = uri[5:].split(";")[0] if uri.startswith("data:") else ""
        suffix = PurePosixPath(uri[:200]).suffix.lower()
        image.setdefault("mimeType", told or _MIME.get(suffix, "image/png"))
        image["bufferView"] = _append(document, binary, container.image_bytes(entry))


def _scale(document: dict[str, Any], root: Fields, scale: float) -> None:
    """Put a node that scales above the roots of every scene."""
    nodes, count = document["nodes"], len(document["nodes"])
    if not document.get("scenes"):
        below = {c for node in root.children("nodes") for c in node.indices("children", count)}
        document["scenes"] = [{"nodes": [i for i in range(count) if i not in below]}]
    for scene in document["scenes"]:
        roots = Fields(scene, f"{root.where}.scenes").indices("nodes", count)
        if roots:
            nodes.append({"name": _SCALE_NODE, "scale": [scale] * 3, "children": roots})
            scene["nodes"] = [len(nodes) - 1]


def _glb(document: dict[str, Any], binary: bytearray) -> bytes:
    binary += b"\0" * (-len(binary) % 4)
    document["buffers"] = [{"byteLength": len(binary)}]
    text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), _JSON) + text
    chunks += struct.pack("<II", len(binary), _BIN) + bytes(binary)
    return struct.pack("<III", _MAGIC, _VERSION, 12 + len(chunks)) + chunks
