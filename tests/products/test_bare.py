"""Bare model files: turned, scaled and centred by their shape."""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import ProductError
from ar_preview.products.bare import load_bare
from ar_preview.products.catalogue import Catalogue, load_product
from ar_preview.products.check import check_product
from ar_preview.products.surface import Surface
from tests.products.glb_builder import GlbBuilder, box, glasses_builder

if TYPE_CHECKING:
    from pathlib import Path

WIDTH_MM = 140.0
LOW = np.array([-0.070, -0.030, -0.145])
HIGH = np.array([0.070, 0.010, 0.004])


def rotations() -> list[np.ndarray]:
    found = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            if np.linalg.det(matrix) > 0:
                found.append(matrix)
    return found


def matrix_of(rotation: np.ndarray, scale: float = 1.0, shift: object = (0, 0, 0)) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = scale * rotation
    matrix[:3, 3] = shift
    return matrix


@pytest.mark.parametrize("rotation", rotations())
def test_any_axes_end_up_as_product_axes(tmp_path: Path, rotation: np.ndarray) -> None:
    moved = matrix_of(rotation, shift=[0.3, -0.2, 0.1])
    product_, guess = load_bare(glasses_builder(matrix=moved).write(tmp_path / "m.glb"))
    points = product_.vertices_product()
    np.testing.assert_allclose(points.min(axis=0), LOW, atol=2e-4)
    np.testing.assert_allclose(points.max(axis=0), HIGH, atol=2e-4)
    assert guess.confidence > 0.8


@pytest.mark.parametrize(
    ("scale", "unit"),
    [(1.0, "metres"), (1e3, "millimetres"), (1e2, "centimetres"), (39.37, "inches")],
)
def test_units(tmp_path: Path, scale: float, unit: str) -> None:
    moved = matrix_of(np.eye(3), scale)
    product_, guess = load_bare(glasses_builder(matrix=moved).write(tmp_path / "m.glb"))
    assert np.ptp(product_.vertices_product()[:, 0]) == pytest.approx(0.140, rel=1e-4)
    assert product_.dimensions_mm["frame_width"] == pytest.approx(WIDTH_MM, abs=0.5)
    assert product_.dimensions_mm["temple_length"] == pytest.approx(150.0, abs=10.0)
    linear = product_.anchor_from_model[:3, :3]
    np.testing.assert_allclose(linear @ linear.T, np.eye(3) / scale**2, rtol=1e-3, atol=1e-12)
    assert guess.evidence[0].startswith(f"unit: {unit}")


def test_an_unknown_unit_is_said_and_lowers_the_confidence(tmp_path: Path) -> None:
    moved = matrix_of(np.eye(3), 7.0)
    product_, guess = load_bare(glasses_builder(matrix=moved).write(tmp_path / "m.glb"))
    assert np.ptp(product_.vertices_product()[:, 0]) == pytest.approx(0.140, abs=1e-3)
    assert "unknown" in guess.evidence[0] and guess.confidence < 0.7
    doubt = "not sure to be glasses: in no unit it is as wide as a face"
    assert doubt in [f.text for f in check_product(tmp_path / "m.glb") if f.level == "warning"]


def test_a_one_sided_detail_does_not_move_the_middle(tmp_path: Path) -> None:
    b = glasses_builder()
    b.node(b.primitive(*box([0.070, 0.0, -0.02], [0.074, 0.004, -0.01])), name="logo")
    product_, _ = load_bare(b.write(tmp_path / "m.glb"))
    assert abs(product_.anchor_from_model[0, 3]) < 3e-4


def test_double_bridge_sits_on_the_lower_bar(tmp_path: Path) -> None:
    b = glasses_builder()
    b.node(b.primitive(*box([-0.012, 0.012, 0.001], [0.012, 0.015, 0.003])), name="brow")
    product_, _ = load_bare(b.write(tmp_path / "m.glb"))
    np.testing.assert_allclose(product_.anchor_from_model[:3, 3], 0.0, atol=3e-4)


def test_a_shield_hangs_on_its_notch(tmp_path: Path) -> None:
    b = GlbBuilder()
    b.node(b.primitive(*box([-0.070, -0.025, 0.0], [0.070, 0.025, 0.003])))
    for sign in (-1, 1):
        xs = sorted([sign * 0.070, sign * 0.066])
        b.node(b.primitive(*box([xs[0], 0.0, -0.14], [xs[1], 0.01, 0.0])))
    product_, guess = load_bare(b.write(tmp_path / "m.glb"))
    assert product_.anchor_from_model[1, 3] == pytest.approx(0.019, abs=1e-3)
    assert any("shield" in line for line in guess.evidence)


def crate(path: Path, side_mm: float = 200.0) -> Path:
    b = GlbBuilder()
    b.node(b.primitive(*box([0, 0, 0], np.array([1.0, 0.6, 1.0]) * side_mm * 1e-3)))
    return b.write(path)


def test_what_is_no_glasses_must_be_told(tmp_path: Path) -> None:
    path = crate(tmp_path / "crate.glb")
    with pytest.raises(ProductError) as caught:
        load_product(path)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{path}: its shape does not tell what it is (looks like: ")
    assert "--category and one of glasses, hat, over_ear, earrings," in line
    assert load_product(path, category="hat").slot == "hat"
    product_, guess = load_bare(path, category="glasses")
    assert product_.slot == "glasses"
    assert guess.confidence < 0.5 and not guess.is_trusted
    assert "no two temples run back" in guess.doubts


def test_check_of_what_is_no_glasses(tmp_path: Path) -> None:
    path = crate(tmp_path / "crate.glb")
    (error, *facts) = check_product(path)
    assert error.level == "error" and "--category" in error.text
    assert facts and all(f.level == "info" for f in facts)
    # Once told, telling it again is no remedy; what stays is that the shape is odd.
    told = [f for f in check_product(path, category="glasses") if "look like" in f.text]
    (warning,) = told
    assert warning.level == "warning" and "category" not in warning.text
    assert not [f for f in check_product(path, category="glasses") if f.level == "error"]


def test_check_doubts_a_size_that_no_unit_explains(tmp_path: Path) -> None:
    path = crate(tmp_path / "crate.glb", side_mm=4e6)
    texts = [f.text for f in check_product(path, category="earrings") if f.level == "warning"]
    assert any("in no unit it is 4 to 120 mm long" in text for text in texts)


def test_a_ring_may_be_told_with_its_finger(tmp_path: Path) -> None:
    path = crate(tmp_path / "ring.glb", side_mm=20.0)
    assert load_product(path, category="ring:index").slot == "ring:index"
    assert load_product(path, category="ring").slot == "ring:ring"


@pytest.mark.parametrize(
    ("category", "size", "origin"),
    [("earrings", 0.04, (0.5,) * 3), ("ring", 22.0, (0.5,) * 3)],
)
def test_other_categories(
    tmp_path: Path, category: str, size: float, origin: tuple[float, float, float]
) -> None:
    b = GlbBuilder()
    b.node(b.primitive(*box([5, 5, 5], [5 + size] * 3)))
    product_ = load_product(b.write(tmp_path / "m.glb"), category=category)
    assert product_.slot.split(":")[0] == category
    bounds = Surface.of_product(product_).bounds
    side = size if size < 1 else size * 1e-3
    np.testing.assert_allclose(bounds[0], -side * np.array(origin), atol=1e-6)


def test_errors(tmp_path: Path) -> None:
    path = glasses_builder().write(tmp_path / "m.glb")
    with pytest.raises(ProductError, match="'glases' is no category; did you mean 'glasses'"):
        load_bare(path, category="glases")
    with pytest.raises(ProductError, match="'' is no category"):
        load_bare(path, category="")
    (tmp_path / "m.txt").write_text("x")
    with pytest.raises(ProductError, match=r"expected \.glb or \.gltf.*, got '\.txt'"):
        load_bare(tmp_path / "m.txt")
    huge = glasses_builder(matrix=matrix_of(np.eye(3), 1e15)).write(tmp_path / "huge.glb")
    with pytest.raises(ProductError, match="no product has that size"):
        load_bare(huge)


def test_bundled_glasses_are_found_where_their_manifest_has_them() -> None:
    known = [s for s in Catalogue.bundled() if s.manifest.try_on.category == "glasses"]
    for summary in known:
        full = load_product(summary.id)
        path = Catalogue.bundled().path(summary.id) / summary.manifest.try_on.model
        guessed, guess = load_bare(path)
        off_mm = np.abs(guessed.anchor_from_model - full.anchor_from_model) * 1e3
        assert off_mm[:3, :3].max() < 1e-6
        assert off_mm[:3, 3].max() < 1.5
        assert guess.confidence > 0.9
        # Where a wrapped shield ends and its temples begin, a bare surface does not tell.
        names = ("frame_width", "temple_length") if full.dimensions_mm["bridge"] > 0.0 else ()
        for name in names:
            stated = full.dimensions_mm[name]
            assert guessed.dimensions_mm[name] == pytest.approx(stated, abs=0.06 * stated)


@pytest.mark.shared
def test_sunglasses_khronos_numbers(shared_data: Path) -> None:
    product_, guess = load_bare(shared_data / "models" / "SunglassesKhronos.glb")
    assert product_.triangle_count == 13396
    assert guess.confidence > 0.95
    assert product_.dimensions_mm["frame_width"] == pytest.approx(149.8, abs=0.3)
    points = product_.vertices_product() * 1e3
    np.testing.assert_allclose(points.min(axis=0), [-75.25, -39.75, -159.2], atol=0.1)
    np.testing.assert_allclose(points.max(axis=0), [75.25, 17.87, 2.27], atol=0.1)
    # The lower of its two bars is the bridge; nothing else is near the origin.
    section = Surface.of_product(product_).section(0.0).reshape(-1, 3) * 1e3
    bridge = section[np.abs(section[:, 1]) < 5.0]
    np.testing.assert_allclose([bridge[:, 1].min(), bridge[:, 1].max()], [-1.0, 1.0], atol=0.1)
    assert bridge[:, 2].min() == pytest.approx(0.0, abs=0.05)
    lens = product_.materials["lens_exterior"]
    assert (lens.ior, lens.iridescence, lens.iridescence_ior) == (1.0, 1.0, 2.0)
    assert lens.iridescence_thickness_nm == (100.0, 300.01)
    assert product_.materials["nose_pads"].attenuation_distance == pytest.approx(0.007)
    assert product_.materials["earhooks"].base_color_texture is not None


@pytest.mark.shared
def test_mindar_glasses_are_millimetres(shared_data: Path) -> None:
    product_, guess = load_bare(shared_data / "models" / "mindar_glasses" / "scene.gltf")
    assert product_.id == "mindar_glasses"
    assert guess.evidence[0].startswith("unit: millimetres")
    assert product_.dimensions_mm["frame_width"] == pytest.approx(139.4, abs=0.3)
    points = product_.vertices_product() * 1e3
    assert points[:, 2].min() == pytest.approx(-126.2, abs=0.2)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "category"), [("hat", "hat"), ("earring", "earrings")])
def test_hats_and_earrings_need_not_be_told(shared_data: Path, name: str, category: str) -> None:
    path = shared_data / "models" / f"mindar_{name}" / "scene.gltf"
    product_, guess = load_bare(path)
    assert product_.slot == category and guess.is_trusted
    assert load_product(path, category=category).slot == category


@pytest.mark.shared
@pytest.mark.parametrize("name", ["SunglassesKhronos.glb", "mindar_glasses/scene.gltf"])
def test_glasses_need_not_be_told(shared_data: Path, name: str) -> None:
    assert load_product(shared_data / "models" / name).slot == "glasses"
