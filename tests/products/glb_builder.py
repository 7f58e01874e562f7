"""Builds small glTF files byte by byte, also wrong ones, without any glTF library."""

from __future__ import annotations

import copy
import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

_COMPONENT = {"f4": 5126, "u4": 5125, "u2": 5123, "u1": 5121, "i2": 5122, "i1": 5120}
_TYPE = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


@dataclass
class GlbBuilder:
    """A glTF in the making; `json` may be edited freely before it is packed."""

    json: dict[str, Any] = field(
        default_factory=lambda: {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "nodes": [],
            "meshes": [],
            "materials": [],
            "accessors": [],
            "bufferViews": [],
        }
    )
    binary: bytearray = field(default_factory=bytearray)

    def view(self, data: bytes, **extra: Any) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.json["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), **extra}
        )
        self.binary += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, values: Any, kind: str = "f4", **extra: Any) -> int:
        array = np.ascontiguousarray(values, dtype=f"<{kind}")
        width = 1 if array.ndim == 1 else array.shape[1]
        self.json["accessors"].append(
            {
                "bufferView": self.view(array.tobytes()),
                "componentType": _COMPONENT[kind],
                "count": len(array),
                "type": _TYPE[width],
                **extra,
            }
        )
        return len(self.json["accessors"]) - 1

    def material(self, name: str, **values: Any) -> int:
        self.json["materials"].append({"name": name, **values})
        return len(self.json["materials"]) - 1

    def texture(self, image: np.ndarray[Any, Any], suffix: str = ".png", **sampler: Any) -> int:
        encoded = cv2.imencode(suffix, image)[1].tobytes()
        images = self.json.setdefault("images", [])
        images.append({"bufferView": self.view(encoded), "mimeType": f"image/{suffix[1:]}"})
        entry: dict[str, Any] = {"source": len(images) - 1}
        if sampler:
            self.json.setdefault("samplers", []).append(sampler)
            entry["sampler"] = len(self.json["samplers"]) - 1
        self.json.setdefault("textures", []).append(entry)
        return len(self.json["textures"]) - 1

    def primitive(
        self,
        positions: Any,
        triangles: Any = None,
        *,
        material: int | None = None,
        normals: Any = None,
        uv: Any = None,
        **extra: Any,
    ) -> dict[str, Any]:
        attributes = {"POSITION": self.accessor(positions)}
        if normals is not None:
            attributes["NORMAL"] = self.accessor(normals)
        if uv is not None:
            attributes["TEXCOORD_0"] = self.accessor(uv)
        entry: dict[str, Any] = {"attributes": attributes, **extra}
        if triangles is not None:
            entry["indices"] = self.accessor(np.ravel(triangles), "u4")
        if material is not None:
            entry["material"] = material
        return entry

    def node(self, *primitives: dict[str, Any], parent: int | None = None, **values: Any) -> int:
        if primitives:
            self.json["meshes"].append({"primitives": list(primitives)})
            values["mesh"] = len(self.json["meshes"]) - 1
        self.json["nodes"].append(values)
        index = len(self.json["nodes"]) - 1
        if parent is None:
            self.json["scenes"][0]["nodes"].append(index)
        else:
            self.json["nodes"][parent].setdefault("children", []).append(index)
        return index

    def tree(self) -> dict[str, Any]:
        tree = {k: v for k, v in copy.deepcopy(self.json).items() if v != []}
        if self.binary:
            tree.setdefault("buffers", [{"byteLength": len(self.binary)}])
        return tree

    def glb(self) -> bytes:
        return pack_glb(json.dumps(self.tree()).encode(), bytes(self.binary))

    def write(self, path: Path) -> Path:
        path.write_bytes(self.glb())
        return path

    def write_gltf(self, path: Path, uri: str) -> Path:
        tree = self.tree()
        tree["buffers"][0]["uri"] = uri
        path.write_text(json.dumps(tree), encoding="utf-8")
        return path


def pack_glb(text: bytes, binary: bytes = b"") -> bytes:
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text
    if binary:
        body += struct.pack("<II", len(binary), 0x004E4942) + binary
    return b"glTF" + struct.pack("<II", 2, 12 + len(body)) + body


def box(low: Any, high: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return 8 corners and 12 triangles, counter-clockwise from outside."""
    lo, hi = np.asarray(low, float), np.asarray(high, float)
    corners = np.array([[(lo, hi)[i >> a & 1][a] for a in range(3)] for i in range(8)])
    quads = [(0, 4, 6, 2), (1, 3, 7, 5), (0, 1, 5, 4), (2, 6, 7, 3), (0, 2, 3, 1), (4, 5, 7, 6)]
    triangles = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return corners, np.array(triangles)


def glasses_parts(width_mm: float = 140.0) -> dict[str, tuple[Any, Any]]:
    """Return box glasses in metres, origin at the middle of the bridge's back, by part."""
    half = width_mm / 2e3
    parts = {
        "bridge": box([-0.009, -0.003, 0.0], [0.009, 0.003, 0.004]),
    }
    for side, sign in (("left", 1.0), ("right", -1.0)):
        xs = sorted([sign * 0.009, sign * half])
        parts[f"rim_{side}"] = box([xs[0], -0.030, 0.0], [xs[1], 0.010, 0.004])
        arm = sorted([sign * half, sign * (half - 0.004)])
        parts[f"temple_{side}"] = box([arm[0], -0.002, -0.110], [arm[1], 0.008, 0.0])
        parts[f"tip_{side}"] = box([arm[0], -0.030, -0.145], [arm[1], 0.006, -0.110])
    return parts


def glasses_builder(width_mm: float = 140.0, matrix: Any = None) -> GlbBuilder:
    """Return box glasses as a glTF with a frame and a lens material; optionally moved."""
    builder = GlbBuilder()
    frame = builder.material(
        "frame", pbrMetallicRoughness={"baseColorFactor": [0.1, 0.05, 0.02, 1.0]}
    )
    lens = builder.material(
        "lens_clear",
        pbrMetallicRoughness={"metallicFactor": 0.0, "roughnessFactor": 0.0},
        extensions={"KHR_materials_transmission": {"transmissionFactor": 1.0}},
    )
    builder.material(
        "lens_sun",
        pbrMetallicRoughness={
            "baseColorFactor": [0.2, 0.2, 0.2, 1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": 0.0,
        },
        extensions={"KHR_materials_transmission": {"transmissionFactor": 1.0}},
    )
    for name, (corners, triangles) in glasses_parts(width_mm).items():
        material = lens if name.startswith("rim") else frame
        move = np.eye(4) if matrix is None else np.asarray(matrix)
        points = corners @ move[:3, :3].T + move[:3, 3]
        builder.node(builder.primitive(points, triangles, material=material), name=name)
    return builder


MANIFEST = """
schema_version = 1
[commerce]
id = "box"
title = "Box"
price = "149.00 EUR"
availability = "in_stock"
[try_on]
category = "glasses"
anchor = "nose_bridge"
model = "model.glb"
[try_on.dimensions_mm]
lens_width = 55
bridge = 18
temple_length = 145
frame_width = 140
"""


def product_folder(folder: Path, manifest: str = MANIFEST, width_mm: float = 140.0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "product.toml").write_text(manifest, encoding="utf-8")
    glasses_builder(width_mm).write(folder / "model.glb")
    return folder
