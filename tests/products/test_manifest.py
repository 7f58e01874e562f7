"""Manifests: what is accepted, and that every problem is named at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import ProductError
from ar_preview.products.confine import confined_file
from ar_preview.products.manifest import ManifestError, manifest_schema, read_manifest
from tests.products.glb_builder import MANIFEST, product_folder

if TYPE_CHECKING:
    from pathlib import Path


def problems(folder: Path, manifest: str) -> list[str]:
    with pytest.raises(ProductError) as caught:
        read_manifest(product_folder(folder, manifest))
    first, *lines = str(caught.value).splitlines()
    assert first.startswith(str(folder / "product.toml"))
    return [line.strip() for line in lines]


def test_a_good_manifest(tmp_path: Path) -> None:
    manifest = read_manifest(product_folder(tmp_path))
    assert manifest.commerce.price == "149.00 EUR"
    assert manifest.try_on.dimensions_mm.given() == {
        "lens_width": 55.0,
        "bridge": 18.0,
        "temple_length": 145.0,
        "frame_width": 140.0,
    }


def test_every_error_at_once(tmp_path: Path) -> None:
    text = """
schema_version = 2
[commerce]
id = "no spaces please"
price = "EUR 149"
availability = "soon"
link = "ftp://x"
colour = "red"
[try_on]
category = "glasses"
anchor = "wrist"
finger = "ring"
model = "missing.glb"
lod = "../outside.glb"
anchor_from_model = [[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]]
[try_on.dimensions_mm]
lens_width = 55000
bridge = "wide"
case_diameter = 40
[try_on.materials.frame]
roughness = 3
[[try_on.variants]]
name = "a"
[[try_on.variants]]
name = "a"
materials = { frame = { ior = 0.2 } }
"""
    lines = problems(tmp_path, text)
    for where in (
        "schema_version",
        "commerce.id",
        "commerce.title",
        "commerce.price",
        "commerce.availability",
        "commerce.link",
        "commerce.colour",
        "try_on.anchor:",
        "try_on.finger",
        "try_on.model",
        "try_on.lod",
        "try_on.anchor_from_model",
        "try_on.dimensions_mm.lens_width",
        "try_on.dimensions_mm.bridge",
        "try_on.dimensions_mm.case_diameter",
        "try_on.dimensions_mm.temple_length",
        "try_on.dimensions_mm.frame_width",
        "try_on.materials.frame.roughness",
        "try_on.variants[1].name",
        "try_on.variants[1].materials.frame.ior",
    ):
        assert any(line.startswith(where) for line in lines), (where, lines)
    assert any("got 'EUR 149'" in line for line in lines)
    assert any(line.startswith("commerce.title") and "got nothing" in line for line in lines)
    assert any("rigid" in line for line in lines)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("frame_width = 140", "frame_width = 118", "128 mm wide, more than the frame_width of 118"),
        ("frame_width = 140", "frame_width = nan", "frame_width"),
        ("frame_width = 140", "frame_width = true", "frame_width"),
        ('category = "glasses"', 'category = "scarf"', "try_on.category"),
        ('model = "model.glb"', 'model = "model.obj"', r"expected a .glb or .gltf"),
        ('price = "149.00 EUR"', 'price = "149,00 EUR"', "commerce.price"),
        ('title = "Box"', 'title = ""', "commerce.title"),
    ],
)
def test_one_error(tmp_path: Path, old: str, new: str, match: str) -> None:
    assert old in MANIFEST
    with pytest.raises(ProductError, match=match):
        read_manifest(product_folder(tmp_path, MANIFEST.replace(old, new)))


def test_matrices_that_are_not_rigid(tmp_path: Path) -> None:
    for rows, match in (
        (np.diag([-1.0, 1, 1, 1]), "mirror"),
        (np.eye(4)[[3, 1, 2, 0]], "last row"),
        (np.eye(4) + np.eye(4, k=3) * 20, "metres"),
    ):
        line = f"anchor_from_model = {rows.tolist()}\n"
        text = MANIFEST.replace('model = "model.glb"', line + 'model = "model.glb"')
        with pytest.raises(ProductError, match=match):
            read_manifest(product_folder(tmp_path, text))


def test_missing_and_broken_files(tmp_path: Path) -> None:
    with pytest.raises(ProductError, match="no such file"):
        read_manifest(tmp_path / "none")
    for content, match in ((b"a = ", "not valid TOML"), (b"\xff\xfe", "save it as UTF-8")):
        (tmp_path / "product.toml").write_bytes(content)
        with pytest.raises(ProductError, match=match):
            read_manifest(tmp_path)


@pytest.mark.parametrize("content", ["", "# soon\n"])
def test_an_empty_manifest_says_what_it_needs(tmp_path: Path, content: str) -> None:
    (tmp_path / "product.toml").write_text(content)
    with pytest.raises(ProductError) as caught:
        read_manifest(tmp_path)
    text = str(caught.value)
    assert "[commerce] with id and title and [try_on] with category and anchor" in text
    assert "ar-preview products schema" in text
    assert "GLB" not in text
    # What it says is needed is all that is needed, besides the dimensions of the category.
    minimal = (
        'schema_version = 1\n[commerce]\nid = "a"\ntitle = "A"\n'
        '[try_on]\ncategory = "hat"\nanchor = "crown"\n'
    )
    assert read_manifest(product_folder(tmp_path, minimal)).commerce.id == "a"


def test_a_folder_without_manifest_tells_what_it_holds(tmp_path: Path) -> None:
    def refusal() -> str:
        with pytest.raises(ProductError) as caught:
            read_manifest(tmp_path)
        assert str(caught.value).startswith(f"{tmp_path}: holds no product.toml")
        return str(caught.value)

    assert "and no model (.glb" in refusal()
    product_folder(tmp_path / "round")
    assert refusal().endswith(f"give {tmp_path / 'round'}")
    (tmp_path / "b.STL").touch()
    assert refusal().endswith(f"only the model b.STL; give a model directly: {tmp_path / 'b.STL'}")
    (tmp_path / "a.glb").touch()
    assert "only the models a.glb, b.STL; give" in refusal()
    assert refusal().endswith(str(tmp_path / "a.glb"))


def test_a_single_problem_takes_one_line(tmp_path: Path) -> None:
    folder = product_folder(tmp_path)
    (folder / "model.glb").unlink()
    with pytest.raises(ManifestError) as caught:
        read_manifest(folder)
    problem = "try_on.model: expected the file 'model.glb' beside it, got none; add it"
    assert caught.value.problems == (problem,)
    assert str(caught.value) == f"{folder / 'product.toml'}: {problem}"
    product_folder(tmp_path, MANIFEST.replace('title = "Box"', 'titel = "Box"'))
    with pytest.raises(ManifestError) as caught:
        read_manifest(folder)
    assert len(caught.value.problems) == 2
    assert str(caught.value).splitlines()[0].endswith("2 problems; correct them:")
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize(
    "name", ["", "/etc/hostname", "../x", "a/../../x", "C:/x", "a\\b", "a\0b", "link", "nothing"]
)
def test_paths_stay_inside(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "product"
    folder.mkdir()
    (tmp_path / "x").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "x")
    with pytest.raises(ProductError, match=r"try_on\.model"):
        confined_file(folder, name, "try_on.model")


def test_links_that_stay_inside_are_fine(tmp_path: Path) -> None:
    (tmp_path / "real.glb").write_text("x")
    (tmp_path / "link.glb").symlink_to(tmp_path / "real.glb")
    assert confined_file(tmp_path, "link.glb", "model") == (tmp_path / "real.glb").resolve()


def test_the_schema_is_published_with_its_limits() -> None:
    schema = json.loads(json.dumps(manifest_schema()))
    assert set(schema["required"]) == {"schema_version", "commerce", "try_on"}
    commerce = schema["$defs"]["Commerce"]["properties"]
    for name in (
        "id title description brand price availability link image_link virtual_model_link "
        "item_group_id color size material"
    ).split():
        assert name in commerce
    assert schema["$defs"]["TryOn"]["properties"]["category"]["enum"][0] == "glasses"
    assert schema["$defs"]["Dimensions"]["additionalProperties"] is False
