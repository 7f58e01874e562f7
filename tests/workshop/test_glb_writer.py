"""GLB files, materials and manifests that generators write, read back independently."""

from __future__ import annotations

import dataclasses
import json
import struct
import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("PIL")
pytest.importorskip("scipy")
pytest.importorskip("shapely")

import trimesh
from PIL import Image

from ar_preview.errors import OutputError
from ar_preview.products.gltf import load_gltf
from ar_preview.products.product import Material, Node, Texture
from ar_preview.products.toml_writer import toml_text
from ar_preview.workshop.eyewear import marlow_havana_product
from ar_preview.workshop.generate import Listing, generate_product
from ar_preview.workshop.glb_writer import write_glb
from ar_preview.workshop.meshkit import dome, rotation_y
from ar_preview.workshop.model import Model, node_from_meshes

if TYPE_CHECKING:
    from pathlib import Path


def contents(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.read_bytes()
    magic, version, length = struct.unpack_from("<III", data)
    assert (magic, version, length) == (0x46546C67, 2, len(data))
    size, kind = struct.unpack_from("<II", data, 12)
    assert (kind, size % 4) == (0x4E4F534A, 0)
    binary_size, binary_kind = struct.unpack_from("<II", data, 20 + size)
    assert (binary_kind, 28 + size + binary_size) == (0x004E4942, len(data))
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def picture(seed: int, alpha: int = 255) -> Texture:
    image = np.random.default_rng(seed).integers(0, 256, (8, 16, 4), dtype=np.uint8)
    image[..., 3] = alpha
    return Texture(image, wrap_u="clamp", wrap_v="mirror")


def button(materials: tuple[Material, ...], **more: Any) -> Model:
    turned = np.eye(4)
    turned[:3, :3] = rotation_y(0.4)
    turned[:3, 3] = 0.01, 0.02, 0.03
    part = dome(3.0, 5.0, 1.0, 0.5, materials[0].name, 12, 3)
    hand = node_from_meshes("hand", "case", [part.moved((10.0, 0.0, 0.0))], np.array([10.0, 0, 0]))
    return Model(
        name="button",
        nodes=(Node("case", None, turned), hand),
        materials={m.name: m for m in materials},
        **more,
    )


def test_nodes_keep_names_places_pivots_and_extras(tmp_path: Path) -> None:
    model = button((Material("steel"),), node_extras={"hand": {"period_s": 60}}, extras={"a": [1]})
    write_glb(model, tmp_path / "b.glb")
    document, _ = contents(tmp_path / "b.glb")
    case, hand = document["nodes"]
    assert (case["name"], case["children"], "mesh" in case) == ("case", [1], False)
    assert np.array(case["matrix"]).reshape(4, 4).T == pytest.approx(
        model.nodes[0].parent_from_node
    )
    assert hand["translation"] == pytest.approx([0.01, 0.0, 0.0])
    assert hand["extras"] == {"period_s": 60}
    assert document["asset"]["extras"] == {"a": [1]}


def test_another_reader_finds_the_same_geometry(tmp_path: Path) -> None:
    model = button((Material("steel"),))
    write_glb(model, tmp_path / "b.glb")
    loaded = trimesh.load(tmp_path / "b.glb", process=False)
    mesh = loaded.to_geometry()
    np.testing.assert_allclose(mesh.vertices, model.positions("hand"), atol=1e-7)
    np.testing.assert_array_equal(mesh.faces, model.nodes[1].primitives[0].triangles)
    document, _ = contents(tmp_path / "b.glb")
    position = document["accessors"][0]
    points = model.nodes[1].primitives[0].positions
    np.testing.assert_allclose(position["min"], points.min(axis=0), atol=1e-9)
    np.testing.assert_allclose(position["max"], points.max(axis=0), atol=1e-9)


def test_materials_carry_every_extension(tmp_path: Path) -> None:
    shift = np.array([[2.0, 0.0, 0.25], [0.0, 3.0, 0.5], [0.0, 0.0, 1.0]])
    colour = picture(1)
    rich = Material(
        name="rich",
        base_color_texture=Texture(colour.image, uv_from_uv=shift),
        normal_texture=picture(2),
        alpha_mode="MASK",
        alpha_cutoff=0.3,
        double_sided=True,
        ior=1.7,
        transmission=0.9,
        thickness=0.002,
        attenuation_color=(0.5, 0.6, 0.7),
        attenuation_distance=0.01,
        specular=0.4,
        clearcoat=1.0,
        clearcoat_roughness=0.1,
        iridescence=0.5,
        sheen_color=(0.1, 0.2, 0.3),
        emissive=(0.1, 0.0, 0.0),
    )
    write_glb(button((rich,)), tmp_path / "b.glb")
    document, _ = contents(tmp_path / "b.glb")
    entry = document["materials"][0]
    used = {f"KHR_materials_{n}" for n in "ior transmission volume specular clearcoat".split()}
    used |= {"KHR_materials_iridescence", "KHR_materials_sheen"}
    assert set(entry["extensions"]) == used
    assert set(document["extensionsUsed"]) == used | {"KHR_texture_transform"}
    assert entry["extensions"]["KHR_materials_volume"] == {
        "thicknessFactor": 0.002,
        "attenuationColor": [0.5, 0.6, 0.7],
        "attenuationDistance": 0.01,
    }
    moved = entry["pbrMetallicRoughness"]["baseColorTexture"]["extensions"]
    assert moved["KHR_texture_transform"] == {
        "offset": [0.25, 0.5],
        "rotation": 0.0,
        "scale": [2.0, 3.0],
    }
    assert (entry["alphaMode"], entry["alphaCutoff"], entry["doubleSided"]) == ("MASK", 0.3, True)


def test_plain_materials_need_no_extension(tmp_path: Path) -> None:
    write_glb(button((Material("steel"),)), tmp_path / "b.glb")
    document, _ = contents(tmp_path / "b.glb")
    assert "extensionsUsed" not in document
    assert "textures" not in document


@pytest.mark.parametrize(("alpha", "kind"), [(255, "image/jpeg"), (128, "image/png")])
def test_colour_pictures_are_small_and_data_exact(tmp_path: Path, alpha: int, kind: str) -> None:
    flat = np.full((64, 64, 4), 90, np.uint8)
    flat[..., :3] = np.random.default_rng(0).integers(80, 100, (64, 64, 3))
    flat[..., 3] = alpha
    normal = picture(3)
    material = Material("m", base_color_texture=Texture(flat), normal_texture=normal)
    write_glb(button((material,)), tmp_path / "b.glb")
    document, binary = contents(tmp_path / "b.glb")
    assert [i["mimeType"] for i in document["images"]] == [kind, "image/png"]
    view = document["bufferViews"][document["images"][1]["bufferView"]]
    (tmp_path / "n.png").write_bytes(binary[view["byteOffset"] :][: view["byteLength"]])
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "n.png")), normal.image[..., :3])
    assert document["samplers"][1]["wrapS"] == 33071
    assert document["samplers"][1]["wrapT"] == 33648


def test_variants_map_materials(tmp_path: Path) -> None:
    model = button(
        (Material("steel"), Material("gold")),
        variants={"cool": {}, "warm": {"steel": "gold"}, "hot": {"steel": "gold"}},
    )
    write_glb(model, tmp_path / "b.glb")
    document, _ = contents(tmp_path / "b.glb")
    listed = document["extensions"]["KHR_materials_variants"]["variants"]
    assert [v["name"] for v in listed] == ["cool", "warm", "hot"]
    primitive = document["meshes"][0]["primitives"][0]
    assert primitive["material"] == 0
    assert primitive["extensions"]["KHR_materials_variants"]["mappings"] == [
        {"material": 0, "variants": [0]},
        {"material": 1, "variants": [1, 2]},
    ]


def test_light_models_keep_coordinates_but_no_textures(tmp_path: Path) -> None:
    image = np.full((4, 4, 4), 255, np.uint8)
    model = button((Material("steel", base_color_texture=Texture(image)),))
    write_glb(model, tmp_path / "light.glb", textures=False)
    document, _ = contents(tmp_path / "light.glb")
    assert "images" not in document and "textures" not in document
    assert "baseColorTexture" not in document["materials"][0]["pbrMetallicRoughness"]
    assert "TEXCOORD_0" in document["meshes"][0]["primitives"][0]["attributes"]
    write_glb(button((Material("steel"),)), tmp_path / "plain.glb")
    document, _ = contents(tmp_path / "plain.glb")
    assert "TEXCOORD_0" not in document["meshes"][0]["primitives"][0]["attributes"]


def test_vertex_colours_are_bytes_and_read_back(tmp_path: Path) -> None:
    mesh = dome(1.0, 1.0, 0.5, 0.2, "steel", 12, 3)
    shade = np.linspace(0.0, 1.0, 3 * len(mesh.positions)).reshape(-1, 3)
    node = node_from_meshes("button", None, [dataclasses.replace(mesh, colors=shade)])
    write_glb(Model("b", (node,), {"steel": Material("steel")}), tmp_path / "b.glb")
    (read,) = load_gltf(tmp_path / "b.glb").nodes[-1].primitives
    assert read.colors is not None
    np.testing.assert_allclose(read.colors[:, :3], shade, atol=0.51 / 255.0)
    np.testing.assert_array_equal(read.colors[:, 3], 1.0)


def test_an_unknown_material_is_an_error(tmp_path: Path) -> None:
    model = button((Material("steel"),), variants={"warm": {"steel": "gold"}})
    with pytest.raises(KeyError, match="gold"):
        write_glb(model, tmp_path / "b.glb")
    assert not (tmp_path / "b.glb").exists()


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="choose another folder"):
        generate_product(marlow_havana_product(), tmp_path / "file" / "product")


def test_empty_links_stay_out_of_the_feed() -> None:
    listing = Listing("a", "A", "B", "1.00 EUR", "red", "M", "steel")
    assert "link" not in listing.commerce()
    assert listing.commerce()["item_group_id"] == "a"


scalars = st.text() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False)
inline = st.recursive(
    scalars, lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(), s, max_size=3)
)


tables = st.lists(st.dictionaries(st.text(), inline, max_size=3), max_size=3)


@given(st.dictionaries(st.text(), inline | tables, max_size=4))
def test_toml_text_reads_back(document: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(document)) == document


def test_toml_text_refuses_what_it_cannot_say() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        toml_text({"a": None})
