"""Product folders that are written from bare models are worn as the models were."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from ar_preview.errors import OutputError, ProductError
from ar_preview.products import (
    Catalogue,
    Nudge,
    load_bare,
    load_product,
    product_id,
    read_manifest,
    write_product_folder,
)
from ar_preview.products.measured import measured_dimensions
from ar_preview.products.mirror import mirrored
from tests.products.glb_builder import GlbBuilder, glasses_builder
from tests.products.test_plain_mesh import obj_text

if TYPE_CHECKING:
    from pathlib import Path


def turned(scale: float) -> np.ndarray:
    """A model whose z is up, in another unit, off its origin."""
    matrix = np.eye(4)
    matrix[:3, :3] = scale * np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    matrix[:3, 3] = scale * np.array([0.1, 0.2, -0.3])
    return matrix


def glasses(scale: float) -> GlbBuilder:
    return glasses_builder(matrix=turned(scale))


def write_gltf(builder: GlbBuilder, path: Path) -> Path:
    (path.parent / "data.bin").write_bytes(builder.binary)
    return builder.write_gltf(path, "data.bin")


@pytest.mark.parametrize("kind", ["glb", "gltf", "obj"])
def test_what_is_saved_is_worn_as_before(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"model.{kind}"
    if kind == "obj":
        path.write_text(obj_text())
    elif kind == "gltf":
        write_gltf(glasses(1e3), path)
    else:
        glasses(1e3).write(path)
    bare, _ = load_bare(path)
    folder = write_product_folder(tmp_path / "own" / "mine", path, bare, {"title": "Mine"})
    saved = load_product(folder)
    assert (saved.id, saved.title, saved.slot) == ("mine", "Mine", "glasses")
    np.testing.assert_allclose(saved.vertices_product(), bare.vertices_product(), atol=1e-6)
    assert saved.dimensions_mm["frame_width"] == pytest.approx(140.0, abs=0.5)
    assert sorted(p.name for p in folder.iterdir()) == ["model.glb", "product.toml"]
    assert [p.name for p in folder.parent.iterdir()] == ["mine"]


def test_a_model_in_metres_is_copied_byte_for_byte(tmp_path: Path) -> None:
    path = glasses(1.0).write(tmp_path / "m.glb")
    folder = write_product_folder(tmp_path / "mine", path, load_bare(path)[0], {})
    assert (folder / "model.glb").read_bytes() == path.read_bytes()


def test_pictures_beside_the_model_are_taken_in(tmp_path: Path) -> None:
    builder = glasses(1.0)
    picture = np.full((4, 4, 3), (10, 200, 30), np.uint8)
    (tmp_path / "red.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    builder.json["images"] = [{"uri": "red.png"}]
    builder.json["textures"] = [{"source": 0}]
    for material in builder.json["materials"]:
        material["pbrMetallicRoughness"] = {"baseColorTexture": {"index": 0}}
    path = write_gltf(builder, tmp_path / "m.gltf")
    folder = write_product_folder(tmp_path / "mine", path, load_bare(path)[0], {})
    textures = [m.base_color_texture for m in load_product(folder).materials.values()]
    assert textures
    for texture in textures:
        assert texture is not None
        np.testing.assert_array_equal(texture.image[0, 0, :3], [30, 200, 10])


def test_a_nudge_and_a_size_stay(tmp_path: Path) -> None:
    path = glasses(1.0).write(tmp_path / "m.glb")
    bare = load_bare(path)[0]
    larger = np.diag([1.05, 1.05, 1.05, 1.0]) @ bare.anchor_from_model
    nudge = Nudge(shift_mm=(1.0, -2.0, 3.0), turn_deg=(0.0, 90.0 / 4, 0.0))
    folder = write_product_folder(
        tmp_path / "mine",
        path,
        replace(bare, anchor_from_model=larger, dimensions_mm={}),
        {"price": "12.00 EUR"},
        nudge=nudge,
        thumbnail=np.zeros((6, 8, 4), np.uint8),
    )
    saved, manifest = load_product(folder), read_manifest(folder)
    np.testing.assert_allclose(saved.vertices_product(), 1.05 * bare.vertices_product(), atol=1e-6)
    np.testing.assert_allclose(saved.nudge.translation, [1e-3, -2e-3, 3e-3])
    np.testing.assert_allclose(np.degrees(saved.nudge.rotation_vector), [0.0, 22.5, 0.0])
    assert manifest.try_on.nudge == nudge
    assert manifest.commerce.price == "12.00 EUR"
    assert saved.dimensions_mm["frame_width"] == pytest.approx(147.0, abs=0.5)
    assert (folder / "thumbnail.png").is_file()


def test_what_an_older_manifest_says_stays(tmp_path: Path) -> None:
    path = glasses(1.0).write(tmp_path / "m.glb")
    bare = load_bare(path)[0]
    folder = write_product_folder(
        tmp_path / "mine", path, bare, {"title": "Old", "brand": "Ours", "price": "9.00 EUR"}
    )
    with pytest.raises(OutputError, match="exists already"):
        write_product_folder(folder, path, bare, {})
    source = folder / "model.glb"
    again = load_product(folder)
    nudge = Nudge(shift_mm=(0.0, 1.0, 0.0))
    write_product_folder(folder, source, again, {"title": "New"}, nudge=nudge, overwrite=True)
    shop = read_manifest(folder).commerce
    assert (shop.title, shop.brand, shop.price) == ("New", "Ours", "9.00 EUR")
    np.testing.assert_allclose(
        load_product(folder).vertices_product(), bare.vertices_product(), atol=1e-6
    )
    write_product_folder(folder, source, again, {}, overwrite=True)
    assert read_manifest(folder).try_on.nudge.is_none


def test_nothing_is_left_of_what_is_no_product(tmp_path: Path) -> None:
    path = glasses(1.0).write(tmp_path / "m.glb")
    bare = load_bare(path)[0]
    with pytest.raises(ProductError, match=r"cannot be saved.*price"):
        write_product_folder(tmp_path / "own" / "mine", path, bare, {"price": "cheap"})
    tiny = replace(bare, anchor_from_model=np.diag([0.3, 0.3, 0.3, 1.0]), dimensions_mm={})
    with pytest.raises(ProductError, match="frame_width"):
        write_product_folder(tmp_path / "own" / "mine", path, tiny, {})
    assert list((tmp_path / "own").iterdir()) == []


def test_ids_are_names_of_folders() -> None:
    assert product_id("Brille »Zoë« / 2") == "brille-zo-2"
    assert product_id("...") == "product"
    assert len(product_id("x" * 500)) <= 100


@pytest.mark.parametrize(
    ("name", "within_mm"),
    [
        ("marlow-havana", 0.5),
        ("calder-round", 0.5),
        ("kestrel-shield", 20.0),
        ("rowan-signet", 0.2),
    ],
)
def test_dimensions_are_measured_as_the_manifests_say(name: str, within_mm: float) -> None:
    product = Catalogue.bundled().load(name)
    measured = measured_dimensions(product)
    assert measured
    for dimension, value in measured.items():
        # The line through the middle of a bend is shorter than what opticians measure.
        slack = 13.0 if dimension == "temple_length" else within_mm
        assert value == pytest.approx(product.dimensions_mm[dimension], abs=slack), dimension


def test_the_other_one_of_a_pair_is_nudged_the_other_way() -> None:
    nudge = Nudge(shift_mm=(2.0, 1.0, 0.0), turn_deg=(0.0, 0.0, 10.0)).seat_from_product
    pair = mirrored(replace(Catalogue.bundled().load("vela-stud"), nudge=nudge))
    np.testing.assert_allclose(pair.nudge.translation, [-2e-3, 1e-3, 0.0])
    np.testing.assert_allclose(np.degrees(pair.nudge.rotation_vector), [0.0, 0.0, -10.0])
