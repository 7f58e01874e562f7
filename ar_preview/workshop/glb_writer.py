"""GLB 2.0 files from generated models (glTF 2.0 specification, Khronos 2021)."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ar_preview.products.product import Material
from ar_preview.workshop.glb_materials import material_json

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.products.product import Primitive, Texture
    from ar_preview.workshop.model import Model

__all__ = ["write_glb"]

_MAGIC, _VERSION, _JSON, _BIN = 0x46546C67, 2, 0x4E4F534A, 0x004E4942
_UINT8, _UINT16, _UINT32, _FLOAT = 5121, 5123, 5125, 5126
_VERTICES, _INDICES = 34962, 34963
_LINEAR, _LINEAR_MIPMAP_LINEAR = 9729, 9987
_WRAP = {"repeat": 10497, "clamp": 33071, "mirror": 33648}
_JPEG_QUALITY = 90


def write_glb(model: Model, path: Path, *, textures: bool = True) -> None:
    """Write a model as one self-contained GLB.

    Nodes keep their names and pivots, primitives their materials, variants become
    KHR_materials_variants. Opaque colour textures are JPEG where that is smaller, the
    others PNG. The same model gives the same bytes.

    Parameters
    ----------
    model : Model
    path : Path
        File to write; its folder must exist.
    textures : bool
        False leaves them out but keeps their coordinates: for a level of detail, which is drawn
        with the materials of the full model.

    Raises
    ------
    KeyError
        If a primitive or a variant uses a material that the model doesn't have.
    OSError
        If the file can't be written.
    """
    path.write_bytes(_GlbBuilder(model, textures).encode())


class _GlbBuilder:
    """Collects buffers and JSON of one model."""

    def __init__(self, model: Model, textures: bool) -> None:
        self.model = model
        self.with_textures = textures
        self.binary = bytearray()
        self.views: list[dict[str, Any]] = []
        self.view_index: dict[tuple[bytes, int | None], int] = {}
        self.accessors: list[dict[str, Any]] = []
        self.images: list[dict[str, Any]] = []
        self.samplers: list[dict[str, Any]] = []
        self.textures: list[dict[str, Any]] = []
        self.texture_index: dict[tuple[int, bool], int] = {}
        self.material_index = {name: k for k, name in enumerate(model.materials)}

    def encode(self) -> bytes:
        materials = []
        for name, material in self.model.materials.items():
            entry = material_json(
                material if self.with_textures else _plain(material), self._texture
            )
            entry["name"] = name
            materials.append(entry)
        document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "ar_preview workshop"},
            "scene": 0,
            **self._node_tree(),
            "materials": materials,
        }
        if self.model.extras:
            document["asset"]["extras"] = dict(self.model.extras)
        if self.model.variants:
            names = [{"name": name} for name in self.model.variants]
            document["extensions"] = {"KHR_materials_variants": {"variants": names}}
        for key in ("accessors", "images", "samplers", "textures"):
            if getattr(self, key):
                document[key] = getattr(self, key)
        document["bufferViews"] = self.views
        self._align()
        document["buffers"] = [{"byteLength": len(self.binary)}]
        if extensions := _extension_names(document):
            document["extensionsUsed"] = sorted(extensions)
        text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), _JSON) + text
        chunks += struct.pack("<II", len(self.binary), _BIN) + bytes(self.binary)
        return struct.pack("<III", _MAGIC, _VERSION, 12 + len(chunks)) + chunks

    def _node_tree(self) -> dict[str, Any]:
        model = self.model
        at = {node.name: k for k, node in enumerate(model.nodes)}
        nodes: list[dict[str, Any]] = []
        meshes: list[dict[str, Any]] = []
        for node in model.nodes:
            entry: dict[str, Any] = {"name": node.name}
            children = [at[n.name] for n in model.nodes if n.parent == node.name]
            if children:
                entry["children"] = children
            matrix = node.parent_from_node
            if np.array_equal(matrix[:3, :3], np.eye(3)):
                if np.any(matrix[:3, 3]):
                    entry["translation"] = matrix[:3, 3].tolist()
            else:
                entry["matrix"] = matrix.T.round(9).ravel().tolist()
            # A mesh without primitives is not valid glTF.
            if node.primitives:
                primitives = [self._primitive(p) for p in node.primitives]
                meshes.append({"name": node.name, "primitives": primitives})
                entry["mesh"] = len(meshes) - 1
            if node.name in model.node_extras:
                entry["extras"] = dict(model.node_extras[node.name])
            nodes.append(entry)
        roots = [k for k, node in enumerate(model.nodes) if node.parent is None]
        return {
            "scenes": [{"name": model.name, "nodes": roots}],
            "nodes": nodes,
            "meshes": meshes,
        }

    def _primitive(self, primitive: Primitive) -> dict[str, Any]:
        attributes = {
            "POSITION": self._accessor(primitive.positions, "VEC3", bounds=True),
            "NORMAL": self._accessor(primitive.normals, "VEC3"),
        }
        if self._needs_uv(primitive.material):
            attributes["TEXCOORD_0"] = self._accessor(primitive.uv, "VEC2")
        if primitive.second_uv is not None:
            attributes["TEXCOORD_1"] = self._accessor(primitive.second_uv, "VEC2")
        if primitive.colors is not None:
            attributes["COLOR_0"] = self._colors(primitive.colors)
        small = len(primitive.positions) < 65535
        indices = primitive.triangles.ravel().astype("<u2" if small else "<u4")
        entry: dict[str, Any] = {
            "attributes": attributes,
            "indices": self._indices(indices),
            "material": self.material_index[primitive.material],
        }
        mappings: dict[int, list[int]] = {}
        for k, replaced in enumerate(self.model.variants.values()):
            name = replaced.get(primitive.material, primitive.material)
            mappings.setdefault(self.material_index[name], []).append(k)
        if len(mappings) > 1:
            listed = [{"material": m, "variants": v} for m, v in mappings.items()]
            entry["extensions"] = {"KHR_materials_variants": {"mappings": listed}}
        return entry

    def _needs_uv(self, name: str) -> bool:
        """Whether a material, or what takes its place in a variant, has a texture."""
        names = {name, *(v.get(name, name) for v in self.model.variants.values())}
        textures = [f.name for f in fields(Material) if f.name.endswith("_texture")]
        return any(getattr(self.model.materials[n], t) is not None for n in names for t in textures)

    def _align(self) -> None:
        self.binary.extend(b"\0" * (-len(self.binary) % 4))

    def _view(self, data: bytes, target: int | None = None) -> int:
        # Links of a chain are one mesh in many places: equal bytes are stored once.
        if (data, target) in self.view_index:
            return self.view_index[data, target]
        self._align()
        view: dict[str, Any] = {
            "buffer": 0,
            "byteOffset": len(self.binary),
            "byteLength": len(data),
        }
        if target is not None:
            view["target"] = target
        self.binary.extend(data)
        self.views.append(view)
        self.view_index[data, target] = len(self.views) - 1
        return len(self.views) - 1

    def _accessor(self, values: npt.NDArray[np.float32], kind: str, bounds: bool = False) -> int:
        data = np.ascontiguousarray(values, dtype="<f4")
        entry: dict[str, Any] = {
            "bufferView": self._view(data.tobytes(), _VERTICES),
            "componentType": _FLOAT,
            "count": len(data),
            "type": kind,
        }
        if bounds:
            entry["min"], entry["max"] = _short(data.min(axis=0)), _short(data.max(axis=0))
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def _colors(self, colors: npt.NDArray[np.float32]) -> int:
        data = np.rint(255.0 * np.clip(colors, 0.0, 1.0)).astype(np.uint8)
        self.accessors.append(
            {
                "bufferView": self._view(data.tobytes(), _VERTICES),
                "componentType": _UINT8,
                "normalized": True,
                "count": len(data),
                "type": "VEC4",
            }
        )
        return len(self.accessors) - 1

    def _indices(self, indices: npt.NDArray[Any]) -> int:
        self.accessors.append(
            {
                "bufferView": self._view(indices.tobytes(), _INDICES),
                "componentType": _UINT16 if indices.dtype.itemsize == 2 else _UINT32,
                "count": int(indices.size),
                "type": "SCALAR",
            }
        )
        return len(self.accessors) - 1

    def _texture(self, texture: Texture, is_colour: bool) -> int:
        key = (id(texture), is_colour)
        if key not in self.texture_index:
            mime, data = _encoded_image(texture.image, allow_jpeg=is_colour)
            self.images.append({"bufferView": self._view(data), "mimeType": mime})
            self.samplers.append(
                {
                    "magFilter": _LINEAR,
                    "minFilter": _LINEAR_MIPMAP_LINEAR,
                    "wrapS": _WRAP[texture.wrap_u],
                    "wrapT": _WRAP[texture.wrap_v],
                }
            )
            last = len(self.images) - 1
            self.textures.append({"source": last, "sampler": last})
            self.texture_index[key] = len(self.textures) - 1
        return self.texture_index[key]


def _plain(material: Material) -> Material:
    nothing: dict[str, Any] = {
        f.name: None for f in fields(Material) if f.name.endswith("_texture")
    }
    return replace(material, **nothing)


def _short(values: npt.NDArray[np.float32]) -> list[float]:
    """Shortest decimals that are these float32 numbers."""
    return [float(np.format_float_positional(v, unique=True)) for v in values]


def _extension_names(value: object) -> set[str]:
    """Names of all extensions anywhere in a JSON value."""
    if isinstance(value, dict):
        names = set(value.get("extensions", {}))
        return names.union(*(_extension_names(v) for k, v in value.items() if k != "extras"))
    if isinstance(value, list):
        return set().union(*(_extension_names(v) for v in value))
    return set()


def _encoded_image(image: npt.NDArray[np.uint8], allow_jpeg: bool) -> tuple[str, bytes]:
    opaque = bool((image[..., 3] == 255).all())
    picture = Image.fromarray(np.ascontiguousarray(image[..., :3] if opaque else image))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    data = buffer.getvalue()
    if allow_jpeg and opaque:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=True)
        if len(buffer.getvalue()) < len(data):
            return "image/jpeg", buffer.getvalue()
    return "image/png", data
