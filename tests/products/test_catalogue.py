"""Products from folders: materials, variants, LOD, look-up, and the merchant's check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import ProductError
from ar_preview.products.catalogue import Catalogue, load_product
from ar_preview.products.check import check_product
from tests.products.glb_builder import MANIFEST, glasses_builder, product_folder

if TYPE_CHECKING:
    from pathlib import Path

LOOKS = (
    MANIFEST.replace('model = "model.glb"', 'model = "model.glb"\nlod = "model_lod1.glb"')
    + """
[try_on.materials.frame]
roughness = 0.25
base_color = [0.5, 0.4, 0.3]
[[try_on.variants]]
name = "sun"
title = "Sun"
color = "grey"
materials = { "lens_clear" = "lens_sun", "frame" = { metallic = 0.5 } }
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = product_folder(tmp_path / "shop" / "box", LOOKS)
    glasses_builder().write(made / "model_lod1.glb")
    return made


def test_a_folder_becomes_a_product(folder: Path) -> None:
    product = load_product(folder)
    assert (product.id, product.title, product.slot) == ("box", "Box", "glasses")
    assert product.dimensions_mm["frame_width"] == 140.0
    frame = product.materials["frame"]
    assert (frame.roughness, frame.base_color, frame.metallic) == (0.25, (0.5, 0.4, 0.3, 1), 1.0)
    assert product.lod is not None
    assert product.lod.materials["frame"] is frame
    assert np.ptp(product.vertices_product()[:, 0]) == pytest.approx(0.140)


def test_variants_replace_materials_also_of_the_lod(folder: Path) -> None:
    plain, sun = load_product(folder), load_product(folder, variant="sun")
    assert set(plain.variants["sun"]) == {"lens_clear", "frame"}
    for product in (sun, sun.lod):
        assert product is not None
        assert product.materials["lens_clear"].name == "lens_sun"
        # An inline table changes the overridden material, not the file's.
        assert product.materials["frame"].metallic == 0.5
        assert product.materials["frame"].roughness == 0.25
    assert plain.materials["lens_clear"].name == "lens_clear"
    with pytest.raises(ProductError, match=r"no variant 'sum'; did you mean 'sun'\?"):
        load_product(folder, variant="sum")


def test_anchor_moves_the_model(tmp_path: Path) -> None:
    rows = "[[-1, 0, 0, 0], [0, 1, 0, 0.01], [0, 0, -1, 0.02], [0, 0, 0, 1]]"
    text = MANIFEST.replace("model =", f"anchor_from_model = {rows}\nmodel =")
    moved = load_product(product_folder(tmp_path / "a", text)).vertices_product()
    plain = load_product(product_folder(tmp_path / "b")).vertices_product()
    np.testing.assert_allclose(moved, plain * [-1, 1, -1] + [0, 0.01, 0.02], atol=1e-7)


@pytest.mark.parametrize(
    ("addition", "match"),
    [
        ('[try_on.materials."frmae"]\nior = 1.5', "no material 'frmae'; did you mean 'frame'"),
        (
            '[[try_on.variants]]\nname = "x"\nmaterials = { frame = "lens_son" }',
            r"variants\[0\].*'lens_son'; did you mean 'lens_sun'",
        ),
    ],
)
def test_unknown_materials(tmp_path: Path, addition: str, match: str) -> None:
    with pytest.raises(ProductError, match=match):
        load_product(product_folder(tmp_path / "p", MANIFEST + addition))


def test_the_catalogue_lists_without_meshes(folder: Path) -> None:
    product_folder(folder.parent / "round", MANIFEST.replace('id = "box"', 'id = "round"'))
    (folder.parent / "notes").mkdir()
    # A summary needs no readable mesh.
    (folder / "model.glb").write_bytes(b"broken")
    shelf = Catalogue(folder.parent)
    assert shelf.ids() == ("box", "round") and len(shelf) == 2
    assert [(s.id, s.title, s.variants) for s in shelf] == [
        ("box", "Box", ("sun",)),
        ("round", "Box", ()),
    ]
    assert shelf.load("round").id == "round"
    assert load_product("round", catalogue=shelf).id == "round"
    with pytest.raises(ProductError, match=r"no product 'ruond'.*did you mean 'round'\?"):
        load_product("ruond", catalogue=shelf)
    with pytest.raises(ProductError, match="expected a GLB"):
        shelf.load("box")


def test_a_file_that_is_no_model_is_not_sought_in_the_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "face.jpg").write_bytes(b"")
    with pytest.raises(ProductError, match=r"face\.jpg") as caught:
        load_product("face.jpg")
    assert "no product" not in str(caught.value)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProductError, match="no such catalogue"):
        Catalogue(tmp_path / "none")
    with pytest.raises(ProductError, match="no such file"):
        load_product(str(tmp_path / "none.glb"))
    with pytest.raises(ProductError, match="no such file"):
        load_product(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ProductError, match=r"empty: holds no product\.toml"):
        load_product(tmp_path / "empty")
    folder = product_folder(tmp_path / "modelless")
    (folder / "model.glb").unlink()
    with pytest.raises(ProductError, match=r"try_on\.model: expected the file 'model\.glb'"):
        load_product(folder)


@pytest.mark.parametrize("spec", ["", "  "])
def test_no_product_is_no_file(spec: str) -> None:
    with pytest.raises(ProductError, match=r"expected a product .*, got nothing; .*products list"):
        load_product(spec)
    (finding,) = check_product(spec)
    assert finding.level == "error"


def test_a_manifest_means_its_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_product(folder / "product.toml").id == "box"
    monkeypatch.chdir(folder)
    assert load_product("product.toml").id == "box"


def test_category_must_agree_with_the_manifest(folder: Path) -> None:
    assert load_product(folder, category="glasses").slot == "glasses"
    with pytest.raises(ProductError, match="manifest says glasses, not 'hat'"):
        load_product(folder, category="hat")
    (finding,) = check_product(folder, category="hat")
    assert finding.level == "error" and "manifest says glasses, not 'hat'" in finding.text


def test_the_bundled_catalogue_loads() -> None:
    shelf = Catalogue.bundled()
    for summary in shelf:
        assert summary.manifest.commerce.id == summary.id
        assert [f.text for f in check_product(summary.id) if f.level == "error"] == []


def levels(spec: Path | str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"error": [], "warning": [], "info": []}
    for finding in check_product(spec):
        found[finding.level].append(finding.text)
    return found


def test_check_of_a_sound_product(folder: Path) -> None:
    found = levels(folder)
    assert found["error"] == []
    assert found["warning"] == ["there is no thumbnail.png for lists"]
    assert any("84 triangles" in t for t in found["info"])
    assert any("KHR" not in t and "variants: sun" in t for t in found["info"])


def test_check_compares_the_mesh_with_the_manifest(tmp_path: Path) -> None:
    found = levels(product_folder(tmp_path / "box", width_mm=143.0))
    (error,) = found["error"]
    assert "says 140.0 mm, the front of the mesh has 143.0 mm" in error
    found = levels(product_folder(tmp_path / "box", width_mm=141.5))
    assert found["error"] == []


def test_check_finds_wrong_units_and_origin(tmp_path: Path) -> None:
    folder = product_folder(tmp_path / "box")
    glasses_builder(matrix=np.diag([1000.0, 1000, 1000, 1])).write(folder / "model.glb")
    assert any("glTF lengths are metres" in t for t in levels(folder)["error"])
    shift = np.eye(4)
    shift[1, 3] = 0.2
    glasses_builder(matrix=shift).write(folder / "model.glb")
    assert any("origin is not at the bridge" in t for t in levels(folder)["warning"])
    turned = np.diag([-1.0, 1, -1, 1])
    glasses_builder(matrix=turned).write(folder / "model.glb")
    assert any("no temples run back" in t for t in levels(folder)["warning"])


def test_check_turns_failures_into_findings(tmp_path: Path) -> None:
    folder = product_folder(tmp_path / "box", MANIFEST.replace("EUR", "€"))
    assert any("commerce.price" in t for t in levels(folder)["error"])
    assert levels(tmp_path / "none.glb")["error"]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_check_counts_problems_only(tmp_path: Path, count: int) -> None:
    wrong = "".join(f'wrong_{i} = "x"\n' for i in range(count))
    folder = product_folder(tmp_path / "box", MANIFEST.replace("[try_on]\n", wrong + "[try_on]\n"))
    found = levels(folder)["error"]
    assert [t.split(":")[1].strip() for t in found] == [f"commerce.wrong_{i}" for i in range(count)]
