"""Meshes that are compressed with Draco, with its decoder and without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ar_preview.errors import ProductError
from ar_preview.products.gltf import extensions, load_gltf, meshes
from tests.products.glb_builder import GlbBuilder
from tests.rendering.stage_kit import ball

if TYPE_CHECKING:
    from pathlib import Path

DRACO = "KHR_draco_mesh_compression"
SHAPE = ball(0.04, rings=8)


def compressed(data: bytes, ids: dict[str, int], **counts: int) -> GlbBuilder:
    """A file as an exporter writes it: accessors without bytes, and the compressed buffer."""
    b = GlbBuilder()
    vertices = counts.get("vertices", len(SHAPE.positions))
    rows = [("POSITION", "VEC3", 5126, vertices), ("NORMAL", "VEC3", 5126, vertices)]
    rows += [("TEXCOORD_0", "VEC2", 5126, vertices), ("COLOR_0", "VEC4", 5121, vertices)]
    attributes = {}
    for name, kind, component, count in rows:
        entry: dict[str, Any] = {"componentType": component, "count": count, "type": kind}
        if component == 5121:
            entry["normalized"] = True
        attributes[name] = len(b.json["accessors"])
        b.json["accessors"].append(entry)
    indices = len(b.json["accessors"])
    count = counts.get("corners", SHAPE.triangles.size)
    b.json["accessors"].append({"componentType": 5125, "count": count, "type": "SCALAR"})
    extension = {DRACO: {"bufferView": b.view(data), "attributes": ids}}
    b.node({"attributes": attributes, "indices": indices, "extensions": extension})
    b.json["extensionsUsed"] = b.json["extensionsRequired"] = [DRACO]
    return b


@pytest.fixture
def encoded() -> tuple[bytes, dict[str, int]]:
    draco = pytest.importorskip("DracoPy", reason="needs the extra: draco")
    data = draco.encode(
        SHAPE.positions,
        SHAPE.triangles,
        normals=SHAPE.normals.astype(float),
        tex_coord=SHAPE.uv.astype(float),
        colors=np.full((len(SHAPE.positions), 4), 51, np.uint8),
        quantization_bits=16,
        preserve_order=True,
    )
    kinds = {0: "POSITION", 1: "NORMAL", 2: "COLOR_0", 3: "TEXCOORD_0"}
    found = draco.decode(data).attributes
    return data, {kinds[a["attribute_type"]]: a["unique_id"] for a in found}


def test_a_compressed_mesh_is_the_mesh(
    tmp_path: Path, encoded: tuple[bytes, dict[str, int]]
) -> None:
    model = load_gltf(compressed(*encoded).write(tmp_path / "m.glb"))
    (primitive,) = model.nodes[0].primitives
    corners = SHAPE.triangles[(np.diff(np.sort(SHAPE.triangles), axis=1) > 0).all(axis=1)]
    np.testing.assert_array_equal(primitive.triangles, corners)
    np.testing.assert_allclose(primitive.positions, SHAPE.positions, atol=2e-6)
    np.testing.assert_allclose(primitive.normals, SHAPE.normals, atol=1e-6)
    np.testing.assert_allclose(primitive.uv, SHAPE.uv, atol=1e-6)
    np.testing.assert_allclose(primitive.colors, 0.2, atol=1e-6)
    assert model.extensions[DRACO] == "decoded"


def test_damaged_compression_is_one_clear_error(
    tmp_path: Path, encoded: tuple[bytes, dict[str, int]]
) -> None:
    data, ids = encoded
    for glb, match in (
        (compressed(data[: len(data) // 2], ids), "damaged.*export"),
        (compressed(b"junk", ids), "damaged.*export"),
        (compressed(data, ids | {"NORMAL": 99}), "NORMAL.*one of"),
        (compressed(data, ids, vertices=7), r"expected \(7, [34]\).*export"),
        (compressed(data, ids, corners=9), r"expected \(9, 1\).*export"),
    ):
        with pytest.raises(ProductError, match=match):
            load_gltf(glb.write(tmp_path / "m.glb"))


@pytest.mark.parametrize("required", [True, False])
def test_without_the_decoder_it_is_refused_with_the_remedy(
    tmp_path: Path, required: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (extensions, meshes):
        monkeypatch.setattr(module, "has_draco", lambda: False)
    b = compressed(b"data", {"POSITION": 0})
    if not required:
        del b.json["extensionsRequired"]
    with pytest.raises(ProductError, match=r"Draco.*pip install DracoPy.*without compression"):
        load_gltf(b.write(tmp_path / "m.glb"))
