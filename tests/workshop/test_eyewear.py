"""The generated glasses: measured against their style, and sound as meshes."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("scipy")
pytest.importorskip("shapely")
pytest.importorskip("PIL")

from typing import TYPE_CHECKING

from scipy.spatial import cKDTree

from ar_preview.products.catalogue import load_product
from ar_preview.workshop.eyewear import (
    FULL,
    LOD1,
    Detail,
    GlassesStyle,
    build_glasses,
    marlow_havana,
    marlow_havana_product,
)
from ar_preview.workshop.generate import generate_product

if TYPE_CHECKING:
    from ar_preview.products.product import Primitive
    from ar_preview.workshop.model import Model

COMMITTED = Path(__file__).parents[2] / "assets" / "products" / "marlow-havana"
NODES = ["frame_front", "nose_pads", "temple_left", "temple_right", "lens_left", "lens_right"]
MIRROR = np.array([-1.0, 1.0, 1.0])


@cache
def marlow(detail: Detail) -> Model:
    return build_glasses(marlow_havana(), detail)


@pytest.fixture(params=[FULL, LOD1], ids=["full", "lod1"])
def model(request: pytest.FixtureRequest) -> Model:
    return marlow(request.param)


def mm(model: Model, node: str, material: str | None = None) -> np.ndarray:
    return 1e3 * model.positions(node, material)


def middle_line_length(points: np.ndarray, start: np.ndarray, step: float = 1.5) -> float:
    """Walk from the hinge to the tip through the centres of the cross-sections."""
    direction, at, length = np.array([0.0, 0.0, -1.0]), start, 0.0
    near = points[np.abs(points[:, 2] - start[2]) < 6.0]
    at = np.array([near[:, 0].mean(), 0.5 * np.ptp(near[:, 1]) + near[:, 1].min(), start[2]])
    while True:
        ahead = points @ direction - at @ direction
        beside = np.linalg.norm(points - at - ahead[:, None] * direction, axis=1)
        rest = ahead[(beside < 12.0) & (ahead < 12.0)].max()
        if rest < 6.0:
            return length + float(rest)
        # The nearest rings stand around the middle line: their boxes' centres are on it.
        weight = np.exp(-(((ahead - 2.0 * step) / 2.5) ** 2)) * (beside < 12.0)
        centre = (points * weight[:, None]).sum(axis=0) / weight.sum()
        towards = centre - at
        direction = direction + 0.35 * (towards / np.linalg.norm(towards) - direction)
        direction /= np.linalg.norm(direction)
        at = at + step * direction
        length += step


def measured(model: Model, style: GlassesStyle) -> dict[str, float]:
    left, right = mm(model, "lens_left"), mm(model, "lens_right")
    tilt = np.radians(style.pantoscopic_degrees)
    height = left[:, 1] * np.cos(tilt) + left[:, 2] * np.sin(tilt)
    return {
        "lens_width": float(np.ptp(left[:, 0])),
        "lens_height": float(np.ptp(height)),
        "bridge": float(left[:, 0].min() - right[:, 0].max()),
        "frame_width": float(np.ptp(mm(model, "frame_front")[:, 0])),
    }


def face_normals(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    corners = positions.astype(np.float64)[triangles]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def check_meshes(model: Model) -> None:
    for node in model.nodes:
        for p in node.primitives:
            assert p.material in model.materials
            for values in (p.positions, p.normals, p.uv):
                assert np.isfinite(values).all()
            assert p.triangles.max() < len(p.positions)
            np.testing.assert_allclose(np.linalg.norm(p.normals, axis=1), 1.0, atol=1e-5)
            cross = face_normals(p.positions * 1e3, p.triangles)
            doubled_area = np.linalg.norm(cross, axis=1)
            assert doubled_area.min() > 1e-6, (node.name, p.material)
            faces = cross / doubled_area[:, None]
            corner_dots = np.einsum("ij,ikj->ik", faces, p.normals[p.triangles])
            assert corner_dots.mean(axis=1).min() > 0.2, (node.name, p.material)


def open_edges(positions: np.ndarray, triangles: np.ndarray) -> tuple[int, int]:
    """Edges without a partner, and edges walked twice in one direction, after welding."""
    _, welded = np.unique(np.round(positions * 1e3, 3), axis=0, return_inverse=True)
    t = welded.reshape(-1)[triangles.astype(np.int64)]
    t = t[(t[:, 0] != t[:, 1]) & (t[:, 1] != t[:, 2]) & (t[:, 2] != t[:, 0])]
    edges = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    count = welded.max() + 1
    forth, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    return int((~np.isin(forth, back)).sum()), len(forth) - len(np.unique(forth))


def test_has_the_named_nodes_and_materials(model: Model) -> None:
    assert [n.name for n in model.nodes if n.primitives] == NODES
    assert {"lens_clear", "lens_sun", "acetate_havana"} <= set(model.materials)
    assert model.variants == {"clear": {}, "sun": {"lens_clear": "lens_sun"}}
    assert model.materials["lens_clear"].is_see_through
    assert max(model.materials["lens_sun"].base_color[:3]) < 0.2


@pytest.mark.parametrize("name", ["lens_width", "lens_height", "bridge", "frame_width"])
def test_is_as_large_as_its_style_says(model: Model, name: str) -> None:
    style = marlow_havana()
    assert measured(model, style)[name] == pytest.approx(style.dimensions_mm[name], abs=0.5)


@pytest.mark.parametrize("length", [132.0, 145.0, 152.0])
def test_temples_are_as_long_as_their_style_says(length: float) -> None:
    style = marlow_havana()
    style = dataclasses.replace(style, temple=dataclasses.replace(style.temple, length=length))
    model = build_glasses(style, FULL)
    pivot = 1e3 * model.node("temple_left").parent_from_node[:3, 3]
    acetate = mm(model, "temple_left", style.materials.frame.name)
    assert middle_line_length(acetate, pivot) == pytest.approx(length, abs=0.5)


def test_lenses_are_curved_by_the_base_curve() -> None:
    style = dataclasses.replace(
        marlow_havana(), base_curve=6.0, face_form_degrees=0.0, pantoscopic_degrees=0.0
    )
    lens = build_glasses(style, FULL).node("lens_left").primitives[0]
    front = 1e3 * lens.positions[lens.normals[:, 2] > 0.8].astype(np.float64)
    front = front[front[:, 0] > style.lens_centre]  # the nasal half blends into the bridge
    rows = np.column_stack([2.0 * front, np.ones(len(front))])
    x, y, z, k = np.linalg.lstsq(rows, (front**2).sum(axis=1), rcond=None)[0]
    radius = np.sqrt(k + x * x + y * y + z * z)
    assert radius == pytest.approx(530.0 / 6.0, rel=0.03)


def test_bridge_is_the_origin() -> None:
    front = mm(marlow(FULL), "frame_front", "acetate_havana")
    bridge = front[np.abs(front[:, 0]) < 3.0]
    assert bridge[:, 1].min() < 0.0 < bridge[:, 1].max()
    assert bridge[:, 2].min() == pytest.approx(0.0, abs=0.7)
    assert bridge[:, 2].max() == pytest.approx(4.8, abs=0.7)


def test_meshes_are_sound(model: Model) -> None:
    check_meshes(model)


def test_acetate_front_is_closed_and_wound_one_way(model: Model) -> None:
    front = model.node("frame_front").primitives[0]
    assert front.material == "acetate_havana"
    assert open_edges(front.positions, front.triangles) == (0, 0)


def test_temples_and_lenses_are_closed(model: Model) -> None:
    for name in ("temple_left", "lens_left"):
        p = model.node(name).primitives[0]
        assert open_edges(p.positions, p.triangles) == (0, 0), name


def test_left_is_the_mirror_image_of_right(model: Model) -> None:
    for left, right in (("temple_left", "temple_right"), ("lens_left", "lens_right")):
        np.testing.assert_allclose(
            model.positions(left) * MIRROR, model.positions(right), atol=1e-7
        )
    for name in ("frame_front", "nose_pads"):
        points = mm(model, name)
        distance, _ = cKDTree(points).query(points * MIRROR)
        assert distance.max() < 2e-3, name


def test_triangle_budgets() -> None:
    assert 12_000 < marlow(FULL).triangle_count <= 20_000
    assert 3_500 < marlow(LOD1).triangle_count <= 5_000


def test_level_of_detail_keeps_the_shape() -> None:
    for name in NODES:
        full, light = mm(marlow(FULL), name), mm(marlow(LOD1), name)
        np.testing.assert_allclose(light.min(axis=0), full.min(axis=0), atol=0.35, err_msg=name)
        np.testing.assert_allclose(light.max(axis=0), full.max(axis=0), atol=0.35, err_msg=name)


def test_pivots_are_on_the_hinge_screws(model: Model) -> None:
    pivot = 1e3 * model.node("temple_left").parent_from_node[:3, 3]
    metal = mm(model, "frame_front", "metal_steel")
    barrel = metal[np.linalg.norm(metal[:, [0, 2]] - pivot[[0, 2]], axis=1) < 1.32]
    low, high = barrel.min(axis=0), barrel.max(axis=0)
    np.testing.assert_allclose(0.5 * (low + high), pivot, atol=0.35)
    other = 1e3 * model.node("temple_right").parent_from_node[:3, 3]
    np.testing.assert_allclose(other, pivot * MIRROR, atol=1e-9)


def test_temples_fold_inwards_about_their_axes() -> None:
    model = marlow(FULL)
    for name in ("temple_left", "temple_right"):
        hinge = model.node_extras[name]["hinge"]
        angle = np.radians(hinge["fold_degrees"]) * hinge["axis"][1]
        turn = np.array(
            [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
        )
        node = model.node(name)
        local = np.concatenate([p.positions for p in node.primitives])
        folded = 1e3 * (local @ turn.T + node.parent_from_node[:3, 3])
        tip = folded[np.argmin(local[:, 2])]
        assert abs(tip[2]) < 30.0
        assert tip[0] * node.parent_from_node[0, 3] < 0.0  # across the middle


def test_temple_meets_the_front_without_piercing_it() -> None:
    model = marlow(FULL)
    front = mm(model, "frame_front", "acetate_havana")
    temple = mm(model, "temple_left", "acetate_havana")
    start = temple[temple[:, 2] > temple[:, 2].max() - 2.0]
    wall = front[front[:, 0] > front[:, 0].max() - 0.4]
    assert start[:, 0].max() == pytest.approx(wall[:, 0].max(), abs=0.5)
    assert 0.0 < cKDTree(front).query(start)[0].min() < 1.2


def test_the_same_style_gives_the_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        generate_product(marlow_havana_product(), folder)
    for name in ("model.glb", "model_lod1.glb", "product.toml"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


def _area_moments(primitive: Primitive) -> np.ndarray:
    """Area of a surface, m^2, its first moments about the origin and signed volume, m^3."""
    corners = primitive.positions[primitive.triangles].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = 0.5 * np.linalg.norm(across, axis=1)
    volume = (corners[:, 0] * across).sum() / 6.0
    return np.array([area.sum(), *(area[:, None] * corners.mean(axis=1)).sum(axis=0), volume])


def test_committed_product_is_a_fresh_one(tmp_path: Path) -> None:
    generate_product(marlow_havana_product(), tmp_path / "marlow-havana")
    fresh, kept = load_product(tmp_path / "marlow-havana"), load_product(COMMITTED)
    assert fresh.lod is not None and kept.lod is not None
    for a, b in ((fresh, kept), (fresh.lod, kept.lod)):
        assert [n.name for n in a.nodes] == [n.name for n in b.nodes]
        for node, other in zip(a.nodes, b.nodes, strict=True):
            np.testing.assert_allclose(node.parent_from_node, other.parent_from_node, atol=1e-5)
            for p, q in zip(node.primitives, other.primitives, strict=True):
                np.testing.assert_allclose(p.positions, q.positions, atol=1e-5)
                # Points on one circle can be triangulated both ways, as the processor rounds.
                assert len(p.triangles) == len(q.triangles)
                np.testing.assert_allclose(_area_moments(p), _area_moments(q), rtol=1e-4, atol=1e-9)
                assert p.material == q.material
    manifest = (tmp_path / "marlow-havana" / "product.toml").read_text()
    assert manifest == (COMMITTED / "product.toml").read_text()
    assert (COMMITTED / "model.glb").stat().st_size < 1_500_000


def test_a_model_written_is_the_model_read(tmp_path: Path) -> None:
    generate_product(marlow_havana_product(), tmp_path / "p")
    product = load_product(tmp_path / "p")
    made = marlow(FULL)
    assert product.triangle_count == made.triangle_count
    assert product.slot == "glasses"
    assert product.dimensions_mm["bridge"] == 21.0
    assert set(product.variants) >= {"sun"}
    read = {m.name: m for m in product.materials.values()}
    for name in ("acetate_havana", "metal_gold", "lens_clear"):
        for key in ("roughness", "metallic", "clearcoat", "transmission", "ior", "specular"):
            assert getattr(read[name], key) == pytest.approx(getattr(made.materials[name], key))


@given(
    lens_width=st.floats(44.0, 58.0),
    height_share=st.floats(0.72, 0.9),
    bridge_width=st.floats(15.0, 24.0),
    thickness=st.floats(3.8, 5.6),
    base_curve=st.floats(1.0, 7.0),
    face_form=st.floats(0.0, 10.0),
    tilt=st.floats(3.0, 13.0),
)
@settings(max_examples=12)
def test_plausible_sizes_give_sound_glasses(
    lens_width: float,
    height_share: float,
    bridge_width: float,
    thickness: float,
    base_curve: float,
    face_form: float,
    tilt: float,
) -> None:
    style = dataclasses.replace(
        marlow_havana(),
        lens_width=lens_width,
        lens_height=height_share * lens_width,
        bridge_width=bridge_width,
        thickness=thickness,
        base_curve=base_curve,
        face_form_degrees=face_form,
        pantoscopic_degrees=tilt,
    )
    for detail, most in ((FULL, 22_000), (LOD1, 5_600)):
        model = build_glasses(style, detail)
        check_meshes(model)
        assert model.triangle_count < most
        for name, value in measured(model, style).items():
            assert value == pytest.approx(style.dimensions_mm[name], abs=0.5), name


@pytest.mark.parametrize(
    ("field", "value"), [("lens_width", 12.0), ("base_curve", 0.0), ("bridge_width", 60.0)]
)
def test_impossible_sizes_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        dataclasses.replace(marlow_havana(), **{field: value})
