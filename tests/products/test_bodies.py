"""Heads and hands that models bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import ProductError
from ar_preview.products import (
    Catalogue,
    check_product,
    load_bare,
    load_product,
    write_product_folder,
)
from ar_preview.products.bodies import find_bodies
from tests.products.glb_builder import GlbBuilder, glasses_builder, product_folder

if TYPE_CHECKING:
    from pathlib import Path


def ellipsoid(middle: tuple[float, float, float], radii: tuple[float, float, float]) -> object:
    """Vertices and triangles of a closed body, 24 by 12."""
    across, down = np.meshgrid(np.linspace(0, 2 * np.pi, 24), np.linspace(0.01, np.pi - 0.01, 12))
    unit = np.stack([np.sin(down) * np.cos(across), np.cos(down), np.sin(down) * np.sin(across)])
    k = np.arange(11 * 24).reshape(11, 24)[:, :-1].ravel()
    triangles = np.concatenate([np.stack([k, k + 1, k + 24]), np.stack([k + 1, k + 25, k + 24])], 1)
    return np.moveaxis(unit, 0, -1).reshape(-1, 3) * radii + middle, triangles.T


def with_head(name: str) -> GlbBuilder:
    b = glasses_builder()
    points, triangles = ellipsoid((0.0, 0.02, -0.1), (0.068, 0.12, 0.095))
    b.node(b.primitive(points, triangles, material=b.material("skin_of_" + name)), name=name)
    return b


@pytest.mark.parametrize("category", [None, "glasses"])
def test_a_dummy_is_left_out_and_stays_out(tmp_path: Path, category: str | None) -> None:
    path = with_head("MannequinHead").write(tmp_path / "m.glb")
    alone = load_bare(glasses_builder().write(tmp_path / "alone.glb"))[0]
    product, guess = load_bare(path, category=category)
    assert product.left_out == ("MannequinHead",)
    assert "left out: node 'MannequinHead', a head by its name and shape" in str(guess)
    np.testing.assert_allclose(product.vertices_product(), alone.vertices_product(), atol=1e-6)
    folder = write_product_folder(tmp_path / "mine", path, product, {})
    saved = load_product(folder)
    assert saved.left_out == product.left_out
    np.testing.assert_allclose(saved.vertices_product(), alone.vertices_product(), atol=1e-6)
    assert any(f.text == "not worn: MannequinHead" for f in check_product(folder))


def test_what_only_looks_like_a_head_is_reported_and_worn(tmp_path: Path) -> None:
    b = glasses_builder()
    points, triangles = ellipsoid((0.0, 0.02, -0.1), (0.068, 0.12, 0.095))
    b.node(b.primitive(points, triangles, material=b.material("paint")), name="Ball")
    path = b.write(tmp_path / "m.glb")
    assert load_bare(path, category="glasses")[0].left_out == ()
    (warning,) = [f for f in check_product(path, category="glasses") if "head by its" in f.text]
    assert warning.level == "warning" and "'Ball'" in warning.text


def test_a_ring_on_a_hand(tmp_path: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    rim = np.stack([np.sin(angle), 0 * angle, np.cos(angle)], axis=-1)
    points = np.concatenate([9e-3 * rim, 10e-3 * rim]) + [0, 1e-3, 0]
    points = np.concatenate([points, points - [0, 3e-3, 0]])
    k, n = np.arange(60), (np.arange(60) + 1) % 60
    faces = [
        np.stack([a + k, a + n, b + k]) for a, b in ((0, 60), (60, 180), (180, 120), (120, 0))
    ] + [np.stack([a + n, b + n, b + k]) for a, b in ((0, 60), (60, 180), (180, 120), (120, 0))]
    b = GlbBuilder()
    b.node(b.primitive(points, np.concatenate(faces, 1).T), name="band")
    b.node(b.primitive(*ellipsoid((0, -0.03, 0), (0.04, 0.09, 0.014))), name="Hand_L")
    product, guess = load_bare(b.write(tmp_path / "m.glb"), category="ring")
    assert product.left_out == ("Hand_L",)
    assert product.dimensions_mm["inner_diameter"] == pytest.approx(18.0, abs=0.3)
    assert guess.is_trusted


def test_hands_and_faces_of_watches_are_no_bodies() -> None:
    for summary in Catalogue.bundled():
        if summary.manifest.try_on.category in {"watch", "hat"}:
            bodies = find_bodies(load_product(summary.id).nodes)
            assert not any(body.is_named for body in bodies), summary.id


def test_what_a_manifest_leaves_out_must_be_there(tmp_path: Path) -> None:
    folder = product_folder(tmp_path / "box")
    manifest = folder / "product.toml"
    text = manifest.read_text()
    told = text.replace('model = "model.glb"', 'model = "model.glb"\nleave_out = ["bridg"]')
    manifest.write_text(told)
    with pytest.raises(ProductError, match="leave_out: the model has no node 'bridg'; did you"):
        load_product(folder)
    names = ", ".join(f'"{n.name}"' for n in load_bare(folder / "model.glb")[0].nodes)
    manifest.write_text(told.replace('"bridg"', names))
    with pytest.raises(ProductError, match="nothing is left of the model"):
        load_product(folder)
