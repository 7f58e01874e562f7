"""What is made for heads: sound meshes, light files, true sizes."""

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

from ar_preview.errors import ProductError
from ar_preview.fitting.earrings import hanging_of
from ar_preview.products.catalogue import load_product
from ar_preview.products.opening import hat_opening
from ar_preview.products.toml_writer import toml_text
from ar_preview.workshop.eyewear import (
    FULL,
    LOD1,
    build_glasses,
    build_shield,
    eyewear_products,
)
from ar_preview.workshop.eyewear.styles import calder_round, harper_browline, kestrel_shield
from ar_preview.workshop.generate import product_manifest
from ar_preview.workshop.headwear import headwear_products
from ar_preview.workshop.jewels import jewel_products
from ar_preview.workshop.products import write_products

if TYPE_CHECKING:
    from ar_preview.products.product import Primitive, Product
    from ar_preview.workshop.generate import ProductStyle
    from ar_preview.workshop.model import Model

ASSETS = Path(__file__).parents[2] / "assets" / "products"
GLASSES = (
    "calder-round",
    "meridian-aviator",
    "odette-cat-eye",
    "harper-browline",
    "kestrel-shield",
)
HATS = ("ridge-cap", "fjord-beanie", "alder-fedora")
OVER_EAR = ("hush-headphones", "opal-headband")
EARRINGS = ("vela-stud", "arc-hoop", "mira-drop", "isla-pearl")
NECKLACES = ("lyra-pendant", "serena-strand")
EVERY = (*GLASSES, *HATS, *OVER_EAR, *EARRINGS, *NECKLACES)

BAKED = {"diamond", "sapphire", "emerald"}
"""Their crowns mirror the light that comes through the stone."""

SHEETS = {
    "twill_navy",
    "peak_navy",
    "trim_navy",
    "wool_rust",
    "felt_mocha",
    "grosgrain_black",
    "baffle",
}
"""Cloth without a thickness, what lies on it, and a peak, whose inner edge is in the cap."""


@cache
def made() -> dict[str, ProductStyle]:
    makers = (eyewear_products, headwear_products, jewel_products)
    return {p.listing.id: p for make in makers for p in make()}


@cache
def kept(name: str) -> Product:
    return load_product(ASSETS / name)


def across(p: Primitive) -> np.ndarray:
    corners = p.positions[p.triangles].astype(np.float64)
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def turned_in(p: Primitive) -> float:
    """Share of the surface whose normals look to its other side."""
    cross = across(p)
    area = np.linalg.norm(cross, axis=1)
    along = (cross * p.normals[p.triangles].mean(axis=1)).sum(axis=1)
    return float(area[along < 0].sum() / area.sum())


def open_edges(p: Primitive) -> int:
    """Edges that are not walked once each way, after welding."""
    _, welded = np.unique(np.round(p.positions * 1e3, 3), axis=0, return_inverse=True)
    t = welded.reshape(-1)[p.triangles.astype(np.int64)]
    t = t[(t[:, 0] != t[:, 1]) & (t[:, 1] != t[:, 2]) & (t[:, 2] != t[:, 0])]
    edges = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    count = welded.max() + 1
    forth, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    return int((~np.isin(forth, back)).sum())


def volume(p: Primitive) -> float:
    corners = p.positions[p.triangles].astype(np.float64)
    return float((corners[:, 0] * np.cross(corners[:, 1], corners[:, 2])).sum()) / 6.0


def assert_same(new: Model, old: Product) -> None:
    assert [n.name for n in new.nodes] == [n.name for n in old.nodes]
    for a, b in zip(new.nodes, old.nodes, strict=True):
        np.testing.assert_allclose(a.parent_from_node, b.parent_from_node, atol=1e-5)
        for p, q in zip(a.primitives, b.primitives, strict=True):
            assert p.material == q.material
            # How a processor splits squares may differ; the surface may not.
            assert np.linalg.norm(across(p), axis=1).sum() == pytest.approx(
                np.linalg.norm(across(q), axis=1).sum(), rel=1e-4
            )
            assert len(p.positions) == len(q.positions)
            np.testing.assert_allclose(
                p.positions.mean(axis=0), q.positions.mean(axis=0), atol=1e-5
            )
            np.testing.assert_allclose(p.normals, q.normals, atol=2e-2)


QUICK = {"kestrel-shield", "alder-fedora", "arc-hoop", "isla-pearl", "serena-strand"}
"""Made in a few tenths of a second."""


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in EVERY]
)
def test_committed_product_is_a_fresh_one(name: str) -> None:
    style, old = made()[name], kept(name)
    full, light = style.models()
    assert_same(full, old)
    assert (light is None) == (old.lod is None)
    if light is not None and old.lod is not None:
        assert_same(light, old.lod)
    manifest = toml_text(product_manifest(style, full, light))
    assert manifest == (ASSETS / name / "product.toml").read_text()


@pytest.mark.parametrize("name", EVERY)
def test_files_are_small_and_offer_variants(name: str) -> None:
    product = kept(name)
    assert product.triangle_count <= 15_000
    assert product.lod is not None or product.triangle_count <= 5_000
    assert product.lod is None or product.lod.triangle_count <= 5_000
    for path in (ASSETS / name).glob("*.glb"):
        assert path.stat().st_size < 400_000, path
    assert (ASSETS / name / "thumbnail.png").is_file()
    assert product.variants


@pytest.mark.parametrize("name", EVERY)
def test_meshes_face_outwards_and_bodies_are_closed(name: str) -> None:
    for level in filter(None, (kept(name), kept(name).lod)):
        for node in level.nodes:
            for p in node.primitives:
                assert np.isfinite(p.positions).all()
                np.testing.assert_allclose(np.linalg.norm(p.normals, axis=1), 1.0, atol=1e-4)
                if p.material in BAKED or p.material == "stone_skin":
                    continue
                assert turned_in(p) < 4e-3, (node.name, p.material)
                if name in GLASSES or p.material in SHEETS:
                    continue  # sections of glasses end inside each other
                assert open_edges(p) == 0, (node.name, p.material)
                assert volume(p) > 0.0, (node.name, p.material)


@pytest.mark.parametrize("name", GLASSES)
def test_glasses_are_as_large_as_they_say(name: str) -> None:
    product = kept(name)
    placed = product.product_from_node()
    points = {
        n.name: 1e3 * np.concatenate([p.positions @ placed[n.name][:3, :3].T for p in n.primitives])
        + 1e3 * placed[n.name][:3, 3]
        for n in product.nodes
        if n.primitives
    }
    size = product.dimensions_mm
    assert np.ptp(points["frame_front"][:, 0]) == pytest.approx(size["frame_width"], abs=1.0)
    lens = points.get("lens_left", points.get("lens"))
    assert lens is not None
    assert np.ptp(lens[:, 0]) == pytest.approx(size["lens_width"], abs=1.0)
    if "lens_right" in points:
        bridge = lens[:, 0].min() - points["lens_right"][:, 0].max()
        assert bridge == pytest.approx(size["bridge"], abs=0.5)
    # Both sides are alike, the temples run back as far as they are long, less the bend.
    for part in ("frame_front", "nose_pads"):
        assert np.abs(points[part][:, 0].min() + points[part][:, 0].max()) < 0.02
    reach = 1e3 * placed["temple_left"][2, 3] - points["temple_left"][:, 2].min()
    assert 0.78 * size["temple_length"] < reach < 1.05 * size["temple_length"]
    # Pads stand behind the bridge, on both sides of a nose.
    pads = points["nose_pads"]
    assert np.abs(pads[:, 0]).min() > 4.0 and pads[:, 2].min() < -2.0


@pytest.mark.parametrize("name", HATS)
def test_openings_go_round_the_heads_they_say(name: str) -> None:
    product = kept(name)
    opening = hat_opening(product)
    stated = product.dimensions_mm["head_circumference"]
    assert 1e3 * opening.girth == pytest.approx(stated, rel=0.03)
    assert product.fits_mm is not None
    assert product.fits_mm[0] < stated < product.fits_mm[1]
    np.testing.assert_allclose(opening.middle, 0.0, atol=4e-3)
    # Longer than broad, as heads are.
    quarter = len(opening.radius) // 4
    assert 1.1 < opening.radius[0] / opening.radius[quarter] < 1.35


def test_headphones_clasp_an_average_head() -> None:
    product = kept("hush-headphones")
    placed = product.product_from_node()
    ends = {}
    for node in product.nodes:
        if node.name.startswith("cup_"):
            x = [
                p.positions @ placed[node.name][0, :3] + placed[node.name][0, 3]
                for p in node.primitives
            ]
            ends[node.name] = np.abs(np.concatenate(x)).min()
    assert ends["cup_left"] == pytest.approx(ends["cup_right"], abs=1e-5)
    assert 0.074 < ends["cup_left"] < 0.084


@pytest.mark.parametrize(
    ("name", "length_mm"),
    [("arc-hoop", (14.0, 30.0)), ("mira-drop", (15.0, 32.0)), ("isla-pearl", (5.0, 16.0))],
)
def test_what_hangs_swings_like_a_pendulum_of_its_size(
    name: str, length_mm: tuple[float, float]
) -> None:
    hanging = hanging_of(kept(name))
    assert length_mm[0] < 1e3 * hanging.length_m < length_mm[1]
    assert (hanging.node is None) == (name == "arc-hoop")


def test_a_stud_does_not_swing() -> None:
    assert hanging_of(kept("vela-stud")).length_m == 0.0


def test_pearls_touch_and_chains_hang_together() -> None:
    for name in NECKLACES:
        product = kept(name)
        length = product.dimensions_mm["length"]
        assert 380.0 < length < 480.0
        points = 1e3 * product.vertices_product()
        assert np.abs(points[:, 0].min() + points[:, 0].max()) < 3.0
        assert points[:, 1].max() - points[:, 1].min() > 50.0
    (strand,) = [n for n in kept("serena-strand").nodes if n.name == "strand"]
    balls = next(1e3 * p.positions for p in strand.primitives if p.material == "pearl_white")
    # No gap along the front half: every centimetre of the curve has pearl in it.
    front = balls[balls[:, 2] > 0.0]
    angle = np.sort(np.arctan2(front[:, 0], front[:, 2]))
    assert np.diff(angle).max() < 0.05


@pytest.mark.slow
def test_only_what_is_known_is_generated(tmp_path: Path) -> None:
    done = list(write_products(["arc-hoop"], tmp_path, thumbnails=False))
    assert done == [("arc-hoop", tmp_path / "arc-hoop")]
    assert load_product(tmp_path / "arc-hoop").slot == "earrings"
    with pytest.raises(ProductError, match=r"known: .*arc-hoop"):
        list(write_products(["arc-hop"], tmp_path / "none", thumbnails=False))
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    lens=st.tuples(st.floats(42.0, 58.0), st.floats(0.75, 1.0)),
    bridge=st.floats(14.0, 24.0),
    base=st.floats(2.0, 6.5),
    brow=st.booleans(),
    light=st.booleans(),
)
def test_plausible_sizes_of_wire_give_sound_meshes(
    lens: tuple[float, float], bridge: float, base: float, brow: bool, light: bool
) -> None:
    style = harper_browline() if brow else calder_round()
    size = {"lens_width": lens[0], "lens_height": lens[0] * min(lens[1], 0.85 if brow else 1.0)}
    style = dataclasses.replace(style, **size, bridge_width=bridge, base_curve=base)
    model = build_glasses(style, LOD1 if light else FULL)
    for node in model.nodes:
        for p in node.primitives:
            assert np.isfinite(p.positions).all()
            assert turned_in(p) < 1e-2, (node.name, p.material)
    front = 1e3 * model.positions("frame_front")
    assert np.ptp(front[:, 0]) == pytest.approx(style.dimensions_mm["frame_width"], abs=1.2)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(width=st.floats(140.0, 168.0), height=st.floats(42.0, 58.0), base=st.floats(5.0, 8.0))
def test_plausible_shields_are_sound(width: float, height: float, base: float) -> None:
    style = dataclasses.replace(
        kestrel_shield(), arc_width=width, lens_height=height, base_curve=base
    )
    model = build_shield(style, FULL)
    for node in model.nodes:
        for p in node.primitives:
            assert np.isfinite(p.positions).all()
            assert turned_in(p) < 1e-2, (node.name, p.material)
