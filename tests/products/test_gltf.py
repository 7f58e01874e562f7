"""Reading glTF: what must come out exactly."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from ar_preview.errors import ProductError
from ar_preview.products.gltf import load_gltf
from ar_preview.products.surface import Surface
from tests.products.glb_builder import GlbBuilder, box

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.products.gltf import Model

TRIANGLE = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
UP = [[0.0, 0.0, 1.0]] * 3
UV = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]


def load(builder: GlbBuilder, folder: Path) -> Model:
    return load_gltf(builder.write(folder / "m.glb"))


def only(model: Model) -> Any:
    (primitive,) = [p for n in model.nodes for p in n.primitives]
    return primitive


def test_triangle_comes_out_exactly(tmp_path: Path) -> None:
    b = GlbBuilder()
    paint = b.material("paint", pbrMetallicRoughness={"baseColorFactor": [0.1, 0.2, 0.3, 0.5]})
    b.node(b.primitive(TRIANGLE, [0, 1, 2], material=paint, normals=UP, uv=UV), name="part")
    model = load(b, tmp_path)
    p = only(model)
    np.testing.assert_array_equal(p.positions, np.float32(TRIANGLE))
    np.testing.assert_array_equal(p.normals, np.float32(UP))
    np.testing.assert_array_equal(p.uv, np.float32(UV))
    np.testing.assert_array_equal(p.triangles, [[0, 1, 2]])
    assert (p.positions.dtype, p.triangles.dtype) == (np.float32, np.uint32)
    assert model.nodes[0].name == "part" and p.material == "paint"
    assert model.materials["paint"].base_color == (0.1, 0.2, 0.3, 0.5)
    assert model.materials["paint"].metallic == 1.0


def test_hierarchy_transforms_and_unique_names(tmp_path: Path) -> None:
    b = GlbBuilder()
    turn = math.sqrt(0.5)
    root = b.node(name="arm", translation=[1, 2, 3], rotation=[0, 0, turn, turn], scale=[2, 2, 2])
    matrix = np.eye(4)
    matrix[:3, 3] = [1, 0, 0]
    b.node(
        b.primitive(TRIANGLE, [0, 1, 2], normals=UP),
        parent=root,
        name="arm",
        matrix=matrix.T.ravel().tolist(),
    )
    b.node(parent=root)
    model = load(b, tmp_path)
    assert [(n.name, n.parent) for n in model.nodes] == [
        ("arm", None),
        ("arm_2", "arm"),
        ("node_2", "arm"),
    ]
    corners = Surface.of_nodes(model.nodes).corners[0]
    # (0, 0, 0) -> (1, 0, 0) -> scaled (2, 0, 0) -> turned (0, 2, 0) -> moved (1, 4, 3).
    np.testing.assert_allclose(corners, [[1, 4, 3], [1, 6, 3], [-1, 4, 3]], atol=1e-6)


def test_mirrored_node_keeps_the_outside_outside(tmp_path: Path) -> None:
    b = GlbBuilder()
    corners, triangles = box([0, 0, 0], [1, 1, 1])
    primitive = b.primitive(corners, triangles)
    b.node(primitive, name="left")
    b.node(name="right", mesh=0, scale=[-1, 1, 1])
    soup = Surface.of_nodes(load(b, tmp_path).nodes).corners
    volume = np.einsum("ij,ij->i", soup[:, 0], np.cross(soup[:, 1], soup[:, 2])) / 6.0
    assert volume[:12].sum() == pytest.approx(1.0)
    assert volume[12:].sum() == pytest.approx(1.0)


def test_missing_normals_are_flat(tmp_path: Path) -> None:
    b = GlbBuilder()
    b.node(b.primitive(*box([0, 0, 0], [1, 1, 1])))
    p = only(load(b, tmp_path))
    corners = p.positions[p.triangles]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    face /= np.linalg.norm(face, axis=1, keepdims=True)
    np.testing.assert_allclose(p.normals[p.triangles], np.repeat(face[:, None], 3, 1), atol=1e-6)


def test_strips_fans_and_unindexed(tmp_path: Path) -> None:
    square = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]
    ring = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    for mode, points in ((5, square), (6, ring)):
        b = GlbBuilder()
        b.node(b.primitive(points, normals=[[0, 0, 1]] * 4, mode=mode))
        soup = Surface.of_nodes(load(b, tmp_path).nodes).corners
        signed = np.cross(soup[:, 1] - soup[:, 0], soup[:, 2] - soup[:, 0])[:, 2] / 2
        np.testing.assert_allclose(signed, [0.5, 0.5])


def test_quantised_and_sparse_and_strided(tmp_path: Path) -> None:
    b = GlbBuilder()
    quantised = b.accessor(
        np.array([[0, 0, 0, 0], [32767, 0, 0, 0], [0, -32767, 0, 0]])[:, :3].copy(),
        "i2",
        normalized=True,
    )
    # VEC3 of shorts is 6 bytes; glTF wants a stride of 8, so lay it out by hand.
    raw = np.zeros((3, 4), "<i2")
    raw[1, 0], raw[2, 1] = 32767, -32767
    b.json["accessors"][quantised]["bufferView"] = b.view(raw.tobytes(), byteStride=8)
    colour = b.accessor(np.array([[255, 0, 0, 255]] * 3), "u1", normalized=True)
    b.json["accessors"].append(
        {
            "componentType": 5126,
            "count": 3,
            "type": "VEC3",
            "sparse": {
                "count": 1,
                "indices": {"bufferView": b.view(b"\x01"), "componentType": 5121},
                "values": {"bufferView": b.view(np.float32([0, 1, 0]).tobytes())},
            },
        }
    )
    normals = len(b.json["accessors"]) - 1
    attributes = {"POSITION": quantised, "COLOR_0": colour, "NORMAL": normals}
    b.node({"attributes": attributes})
    b.json["extensionsRequired"] = b.json["extensionsUsed"] = ["KHR_mesh_quantization"]
    p = only(load(b, tmp_path))
    np.testing.assert_allclose(p.positions, [[0, 0, 0], [1, 0, 0], [0, -1, 0]])
    np.testing.assert_allclose(p.colors, [[1, 0, 0, 1]] * 3)
    np.testing.assert_allclose(p.normals[1], [0, 1, 0])


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_grey_16_bit_and_large_pictures(tmp_path: Path, suffix: str) -> None:
    image = np.full((1024, 4096), 128, np.uint8)
    b = GlbBuilder()
    info = {"index": b.texture(image, suffix)}
    deep = {"index": b.texture(np.full((4, 4), 0x8000, np.uint16))}
    m = b.material("t", pbrMetallicRoughness={"baseColorTexture": info}, occlusionTexture=deep)
    b.node(b.primitive(TRIANGLE, material=m, uv=UV))
    model = load(b, tmp_path)
    base, occlusion = (
        model.materials["t"].base_color_texture,
        model.materials["t"].occlusion_texture,
    )
    assert base is not None and occlusion is not None
    assert base.image.shape == (512, 2048, 4)
    assert np.abs(base.image[..., :3].astype(int) - 128).max() <= 2
    assert (base.image[..., 3] == 255).all()
    assert occlusion.image[0, 0].tolist() == [128, 128, 128, 255]
    assert (4096, 1024) in model.texture_sizes.values()


def test_khr_variants_become_plain_mappings(tmp_path: Path) -> None:
    b = GlbBuilder()
    black, red, blue = (b.material(n) for n in ("black", "red", "blue"))
    b.json["extensions"] = {
        "KHR_materials_variants": {"variants": [{"name": "warm"}, {"name": "cold"}]}
    }

    def mapped(*pairs: tuple[int, int]) -> dict[str, Any]:
        mappings = [{"material": m, "variants": [v]} for v, m in pairs]
        return {"KHR_materials_variants": {"mappings": mappings}}

    b.node(b.primitive(TRIANGLE, material=black, extensions=mapped((0, red), (1, blue))), name="a")
    b.node(b.primitive(TRIANGLE, material=black, extensions=mapped((0, blue))), name="b")
    b.node(b.primitive(TRIANGLE, material=black, extensions=mapped((0, blue))), name="c")
    model = load(b, tmp_path)
    keys = {n.name: n.primitives[0].material for n in model.nodes}
    assert keys["b"] == keys["c"] != keys["a"]
    assert model.variants["warm"][keys["a"]].name == "red"
    assert model.variants["warm"][keys["b"]].name == "blue"
    assert model.variants["cold"][keys["a"]].name == "blue"
    assert keys["b"] not in model.variants["cold"]
    assert set(keys.values()) <= set(model.materials)


def test_a_shared_material_outside_any_mapping_keeps_its_look(tmp_path: Path) -> None:
    b = GlbBuilder()
    black, red = b.material("black"), b.material("red")
    b.json["extensions"] = {"KHR_materials_variants": {"variants": [{"name": "warm"}]}}
    extension = {"KHR_materials_variants": {"mappings": [{"material": red, "variants": [0]}]}}
    b.node(b.primitive(TRIANGLE, material=black, extensions=extension), name="a")
    b.node(b.primitive(TRIANGLE, material=black), name="b")
    model = load(b, tmp_path)
    keys = {n.name: n.primitives[0].material for n in model.nodes}
    assert keys["a"] in model.variants["warm"]
    assert keys["b"] not in model.variants["warm"]


def test_skins_cameras_animations_morphs_and_lines_are_noted(tmp_path: Path) -> None:
    b = GlbBuilder()
    line = b.primitive(TRIANGLE, mode=1)
    morph = b.primitive(TRIANGLE, targets=[{}])
    b.node(morph, line, name="body", skin=0, camera=0)
    b.json["animations"] = [{}]
    notes = " ".join(load(b, tmp_path).notes)
    for word in ("skin", "camera", "animations", "morph", "lines"):
        assert word in notes


def test_zero_scaled_nodes_are_left_out(tmp_path: Path) -> None:
    b = GlbBuilder()
    b.node(b.primitive(TRIANGLE), name="seen")
    b.node(b.primitive(TRIANGLE), name="hidden", scale=[0, 0, 0])
    model = load(b, tmp_path)
    assert [len(n.primitives) for n in model.nodes] == [1, 0]
    assert any("hidden" in n for n in model.notes)


def test_gltf_with_data_uri_and_with_file_beside_it(tmp_path: Path) -> None:
    b = GlbBuilder()
    b.node(b.primitive(TRIANGLE))
    b.write(tmp_path / "m.glb")
    data = base64.b64encode(bytes(b.binary)).decode()
    (tmp_path / "a b.bin").write_bytes(bytes(b.binary))
    for uri in (f"data:application/octet-stream;base64,{data}", "a%20b.bin"):
        model = load_gltf(b.write_gltf(tmp_path / "m.gltf", uri))
        np.testing.assert_array_equal(only(model).positions, np.float32(TRIANGLE))


def test_lod_takes_the_materials_it_is_given(tmp_path: Path) -> None:
    b = GlbBuilder()
    b.node(b.primitive(TRIANGLE, material=b.material("paint")))
    full = load(b, tmp_path)
    lod = load_gltf(tmp_path / "m.glb", shared_materials=full.materials)
    assert lod.materials["paint"] is full.materials["paint"]


def test_no_file_outside_is_opened_for_a_glb(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(cv2.imencode(".png", np.zeros((2, 2, 3), np.uint8))[1])
    b = GlbBuilder()
    b.json["images"], b.json["textures"] = [{"uri": "x.png"}], [{"source": 0}]
    info = {"baseColorTexture": {"index": 0}}
    b.node(b.primitive(TRIANGLE, material=b.material("t", pbrMetallicRoughness=info)))
    with pytest.raises(ProductError, match=r"not followed.*self-contained"):
        load(b, tmp_path)
