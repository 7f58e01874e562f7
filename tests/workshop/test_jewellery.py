"""The generated rings, watches and bracelets: sound meshes, true sizes, moving parts."""

from __future__ import annotations

import json
import struct
from datetime import time
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

from ar_preview.geometry import ellipse_perimeter
from ar_preview.products.catalogue import load_product
from ar_preview.products.straps import RunCurve, StrapPath, radii_of_girth
from ar_preview.products.toml_writer import toml_text
from ar_preview.workshop.bracelets import bracelet_products
from ar_preview.workshop.generate import product_manifest
from ar_preview.workshop.rings import (
    brilliant,
    diameter_of_carat,
    ring_products,
    single_cut,
    stone_meshes,
)
from ar_preview.workshop.watches import watch_products

if TYPE_CHECKING:
    from ar_preview.products.product import Product
    from ar_preview.workshop.generate import MadeProduct
    from ar_preview.workshop.model import Model

ASSETS = Path(__file__).parents[2] / "assets" / "products"
MAKERS = {"ring": ring_products, "watch": watch_products, "bracelet": bracelet_products}
RINGS = ("halden-band", "lumen-solitaire", "rowan-signet", "trio-stack")
WATCHES = ("orrery-40", "fathom-200", "tally-digital")
BRACELETS = ("torsade-bangle", "cadence-chain", "strand-beads")
EVERY = (*RINGS, *WATCHES, *BRACELETS)
STRAPPED = (*WATCHES, "cadence-chain", "strand-beads")


@cache
def made() -> dict[str, MadeProduct]:
    return {p.listing.id: p for make in MAKERS.values() for p in make()}


@cache
def kept(name: str) -> Product:
    return load_product(ASSETS / name)


def open_edges(positions: np.ndarray, triangles: np.ndarray) -> int:
    """Edges that are not walked once each way, after welding."""
    _, welded = np.unique(np.round(positions * 1e3, 3), axis=0, return_inverse=True)
    t = welded.reshape(-1)[triangles.astype(np.int64)]
    t = t[(t[:, 0] != t[:, 1]) & (t[:, 1] != t[:, 2]) & (t[:, 2] != t[:, 0])]
    edges = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    count = welded.max() + 1
    forth, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    return int((~np.isin(forth, back)).sum())


def volume(positions: np.ndarray, triangles: np.ndarray) -> float:
    corners = positions[triangles].astype(np.float64)
    return float((corners[:, 0] * np.cross(corners[:, 1], corners[:, 2])).sum()) / 6.0


def assert_same(new: Model, old: Product) -> None:
    assert [n.name for n in new.nodes] == [n.name for n in old.nodes]
    for a, b in zip(new.nodes, old.nodes, strict=True):
        np.testing.assert_allclose(a.parent_from_node, b.parent_from_node, atol=1e-5)
        for p, q in zip(a.primitives, b.primitives, strict=True):
            assert p.material == q.material
            np.testing.assert_allclose(p.positions, q.positions, atol=1e-5)
            np.testing.assert_allclose(p.normals, q.normals, atol=2e-2)


@pytest.mark.parametrize("name", EVERY)
def test_committed_product_is_a_fresh_one(name: str) -> None:
    style, old = made()[name], kept(name)
    full = style.build(1.0)
    assert_same(full, old)
    # Of the light model the manifest tells no more than that there is one.
    manifest = toml_text(product_manifest(style, full, None if old.lod is None else full))
    assert manifest == (ASSETS / name / "product.toml").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_committed_light_model_is_a_fresh_one(name: str) -> None:
    _, light = made()[name].models()
    old = kept(name).lod
    assert (light is None) == (old is None)
    if light is not None and old is not None:
        assert_same(light, old)


@pytest.mark.parametrize("name", EVERY)
def test_files_are_small(name: str) -> None:
    product = kept(name)
    assert product.triangle_count <= 15_000
    assert product.lod is not None or product.triangle_count <= 5_000
    assert product.lod is None or product.lod.triangle_count <= 5_000
    for path in (ASSETS / name).glob("*.glb"):
        assert path.stat().st_size < 400_000, path


@pytest.mark.parametrize("name", EVERY)
def test_meshes_face_outwards(name: str) -> None:
    for level in filter(None, (kept(name), kept(name).lod)):
        for node in level.nodes:
            for p in node.primitives:
                assert np.isfinite(p.positions).all()
                np.testing.assert_allclose(np.linalg.norm(p.normals, axis=1), 1.0, atol=1e-4)
                if p.material in {"diamond", "sapphire", "emerald"}:
                    continue  # its crown mirrors the light that comes through the stone
                corners = p.positions[p.triangles].astype(np.float64)
                across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
                along = (across * p.normals[p.triangles].mean(axis=1)).sum(axis=1)
                share = (
                    np.linalg.norm(across, axis=1)[along < 0].sum()
                    / np.linalg.norm(across, axis=1).sum()
                )
                assert share < 2e-3, (node.name, p.material)


OPEN = {"crystal", "stone_skin", "steel_polished", "steel_satin", "ceramic_black"}
"""Turned parts that end inside others, and skins that lie on others, are not closed."""


@pytest.mark.parametrize("name", EVERY)
def test_bodies_are_closed(name: str) -> None:
    product = kept(name)
    for node in product.nodes:
        if node.name.startswith("strap_"):
            continue  # cut from one smooth strap; ends lie in the neighbours
        for p in node.primitives:
            if p.material in OPEN and node.name in {"head", "bezel", "crystal"}:
                continue
            if p.material in {"diamond", "stone_skin"}:
                continue  # see test_brilliant_is_cut_by_the_book
            assert open_edges(p.positions, p.triangles) == 0, (node.name, p.material)
            assert volume(p.positions, p.triangles) > 0.0, (node.name, p.material)


@pytest.mark.parametrize("name", RINGS)
def test_rings_are_as_wide_as_they_say(name: str) -> None:
    product = kept(name)
    points = 1e3 * product.vertices_product()
    radius = np.hypot(points[:, 0], points[:, 2])
    assert 2.0 * radius.min() == pytest.approx(product.dimensions_mm["inner_diameter"], abs=0.25)
    assert product.fits_mm is not None
    low, high = product.fits_mm
    assert low < product.dimensions_mm["inner_diameter"] < high
    # The finger goes through along y; what is worth seeing stands on +z.
    assert np.ptp(points[:, 1]) < 15.0
    assert points[:, 2].max() >= -points[:, 2].min() - 1e-3


def test_brilliant_is_cut_by_the_book() -> None:
    cut = brilliant(6.45)
    outlines = [f for f in cut.facets() if len(f) >= 3]
    crown = [f for f, n in zip(cut.facets(), cut.normals, strict=True) if n[2] > 1e-6 and len(f)]
    assert len(outlines) == 57 + 32 and len(crown) == 33
    cut = brilliant(diameter_of_carat(1.2))
    (node,) = [n for n in kept("lumen-solitaire").nodes if n.name == "stone"]
    stone, shell = node.primitives
    points = 1e3 * stone.positions.astype(np.float64)
    # One carat is .2 g of 3.515 g/cm^3.
    assert volume(points, stone.triangles) == pytest.approx(1.2 * 56.9, rel=0.04)
    # The beams part the crown without gaps or overlaps.
    facets = zip(cut.facets(), cut.normals, strict=True)
    crown_area = sum(
        0.5 * np.linalg.norm(np.cross(f[1:-1] - f[0], f[2:] - f[0]).sum(axis=0))
        for f, n in facets
        if n[2] > 1e-6 and len(f)
    )
    corners = points[stone.triangles]
    across = 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    above = across[:, 2] > 1e-7
    assert np.linalg.norm(across[above], axis=1).sum() == pytest.approx(crown_area, rel=2e-3)
    assert len(shell.triangles) == 33 + 29
    assert stone.colors is not None and 0.0 <= stone.colors.min() and stone.colors.max() <= 1.0
    # Images of the back vary over the table, or it would be a mirror.
    table = points[:, 2] > points[:, 2].max() - 1e-4
    assert np.ptp(stone.normals[table, :2], axis=0).min() > 0.3


def test_a_stone_repeats_about_its_axis() -> None:
    stone, _ = stone_meshes(single_cut(1.5), "inside", "shell")
    turn = np.pi / 4.0
    c, s = np.cos(turn), np.sin(turn)
    turned = stone.positions @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    distance = np.linalg.norm(stone.positions[:, None] - turned[None], axis=2).min(axis=0)
    assert distance.max() < 2e-3


@pytest.mark.parametrize("name", WATCHES)
def test_dials_look_out_of_the_back_of_the_hand(name: str) -> None:
    product = kept(name)
    printed = {"orrery-40": "dial_midnight", "fathom-200": "dial_black", "tally-digital": "display"}
    (dial,) = [
        (p, product.product_from_node()[n.name])
        for n in product.nodes
        for p in n.primitives
        if p.material == printed[name]
    ]
    p, placed = dial
    face = p.normals[:, 2] > 0.99
    points = p.positions[face] @ placed[:3, :3].T + placed[:3, 3]
    # 12 o'clock (v = 0) is at -x, 3 o'clock (u = 1) at +y: it can be read and is not mirrored.
    u, v = p.uv[face].T
    assert np.corrcoef(v, points[:, 0])[0, 1] > 0.99
    assert np.corrcoef(u, points[:, 1])[0, 1] > 0.99
    top = 1e-3 * product.dimensions_mm["thickness"] + radii_of_girth(0.170)[1]
    assert product.vertices_product()[:, 2].max() == pytest.approx(top, abs=1.5e-3)


def hand_direction(product: Product, node: str, now: time) -> np.ndarray:
    """Angle of the far tip from 12 o'clock, clockwise in turns, as worn."""
    assert product.clock is not None
    moves = {k: m.matrix for k, m in product.clock.moves(now).items()}
    placed = product.product_from_node(moves)[node]
    (part,) = [n for n in product.nodes if n.name == node]
    local = np.concatenate([p.positions for p in part.primitives])
    tip = local[np.argmax(np.linalg.norm(local, axis=1))]
    x, y, _ = placed[:3, :3] @ tip
    return np.mod(np.arctan2(y, -x) / (2.0 * np.pi), 1.0)


@pytest.mark.parametrize("name", ["orrery-40", "fathom-200"])
@pytest.mark.parametrize(
    "now", [time(10, 9, 36), time(0), time(3), time(18, 45, 15), time(23, 59, 59)]
)
def test_hands_show_the_time(name: str, now: time) -> None:
    product = kept(name)
    seconds = 3600 * now.hour + 60 * now.minute + now.second
    for hand, period in (("hour", 43200), ("minute", 3600), ("second", 60)):
        turned = hand_direction(product, f"hand_{hand}", now)
        off = (turned - seconds / period + 0.5) % 1.0 - 0.5
        assert abs(off) < 2e-3, hand


def test_digits_show_the_time() -> None:
    product = kept("tally-digital")
    assert product.clock is not None
    heights = {}
    for now in (time(10, 8), time(23, 59), time(4, 16)):
        moves = {k: m.matrix for k, m in product.clock.moves(now).items()}
        placed = product.product_from_node(moves)
        lit = [
            "".join(s for s in "abcdefg" if placed[f"digit_{k}_{s}"][2, 3] > middle_height(placed))
            for k in (1, 2, 3, 4)
        ]
        heights[now] = lit
    assert heights[time(10, 8)] == ["bc", "abcdef", "abcdef", "abcdefg"]
    assert heights[time(23, 59)] == ["abdeg", "abcdg", "acdfg", "abcdfg"]
    assert heights[time(4, 16)] == ["abcdef", "bcfg", "bc", "acdefg"]


def middle_height(placed: dict[str, np.ndarray]) -> float:
    segments = [m[2, 3] for k, m in placed.items() if k.startswith("digit_")]
    return 0.5 * (min(segments) + max(segments))


@pytest.mark.parametrize("name", STRAPPED)
def test_parts_rest_where_the_strap_says(name: str) -> None:
    product = kept(name)
    assert product.strap is not None
    placed = product.product_from_node()
    for node, frame in product.strap.frames(product.strap.rest_radii_m).items():
        np.testing.assert_allclose(placed[node], frame.matrix, atol=2e-6, err_msg=node)
    for move in product.strap.bent(product.strap.rest_radii_m).values():
        np.testing.assert_allclose(move.matrix, np.eye(4), atol=1e-9)


@pytest.mark.parametrize("name", STRAPPED)
@pytest.mark.parametrize("where", [0.0, 0.35, 1.0])
def test_straps_lie_on_wrists_of_their_range(name: str, where: float) -> None:
    product = kept(name)
    assert product.strap is not None and product.fits_mm is not None
    girth = 1e-3 * float(np.interp(where, [0, 1], product.fits_mm))
    radii = radii_of_girth(girth, 1.30)
    assert ellipse_perimeter(*radii) == pytest.approx(girth, rel=1e-6)
    moves = {k: m.matrix for k, m in product.strap.bent(radii).items()}
    points = product.vertices_product(moves)
    depth = 1.0 - np.hypot(points[:, 0] / radii[0], points[:, 2] / radii[1])
    assert 1e3 * min(radii) * depth.max() < 0.8  # nothing sinks into the skin
    # No gap: neighbours of a run keep their distance, and the halves meet underneath.
    placed = product.product_from_node(moves)
    for run in product.strap.runs:
        at = np.array([placed[node][:3, 3] for node in run.nodes])
        gaps = np.linalg.norm(np.diff(at, axis=0), axis=1)
        stretch = gaps / np.diff(run.arc_m)
        assert 0.85 < stretch.min() and stretch.max() < 1.12, run.side
    reach = []
    for name_, matrix in placed.items():
        (node,) = [n for n in product.nodes if n.name == name_]
        if node.primitives and node.parent != "head":
            own = np.concatenate([p.positions for p in node.primitives])
            x, _, z = (own @ matrix[:3, :3].T + matrix[:3, 3]).T
            middle = np.arctan2(x.mean(), z.mean())
            off = np.mod(np.arctan2(x, z) - middle + np.pi, 2.0 * np.pi) - np.pi
            reach.append((middle + off.min(), middle + off.max()))
    reach.sort()
    reach.append((reach[0][0] + 2.0 * np.pi, reach[0][1] + 2.0 * np.pi))
    so_far = np.maximum.accumulate([high for _, high in reach])
    gaps = [low - high for (low, _), high in zip(reach[1:], so_far, strict=False)]
    # 3.5 mm at most: where a strap leaves its bar, or between links.
    assert max(gaps) * radii[0] < 3.5e-3


@given(
    girth=st.floats(0.12, 0.24),
    ratio=st.floats(1.05, 1.6),
    bar=st.tuples(st.floats(0.012, 0.026), st.floats(0.0, 0.006)),
    at=st.floats(0.0, 1.0),
)
@settings(max_examples=40)
def test_a_strap_path_is_taut(
    girth: float, ratio: float, bar: tuple[float, float], at: float
) -> None:
    radii = radii_of_girth(girth, ratio)
    path = StrapPath(radii, 1e-3, bar)
    s = at * 2.0 * path.half
    (frame,), (mirrored,) = (RunCurve(path, m).frames(np.array([s])) for m in (False, True))
    x, y, z = frame.translation
    assert y == 0.0
    np.testing.assert_allclose(mirrored.translation, [-x, y, z], atol=1e-12)
    # Never under the skin plus its standoff, and the frame is rigid and looks outwards.
    a, b = radii[0] + 1e-3, radii[1] + 1e-3
    assert np.hypot(x / a, z / b) > 1.0 - 1e-4 or s < 0.02
    np.testing.assert_allclose(frame.rotation.T @ frame.rotation, np.eye(3), atol=1e-9)
    assert np.linalg.det(frame.rotation) == pytest.approx(1.0)
    assert frame.rotation[:, 2] @ [x / a**2, 0.0, z / b**2] > 0.0
    # Arc length is arc length.
    step = 1e-4
    (onward,) = RunCurve(path).frames(np.array([s + step]))
    moved = np.linalg.norm(onward.translation - frame.translation)
    assert moved == pytest.approx(step, rel=2e-2)


def test_equal_meshes_are_stored_once() -> None:
    data = (ASSETS / "cadence-chain" / "model.glb").read_bytes()
    length = struct.unpack("<I", data[12:16])[0]
    document = json.loads(data[20 : 20 + length])
    links = [n for n in document["nodes"] if n["name"].startswith("link_")]
    assert len(links) == len(kept("cadence-chain").strap.runs[0].nodes)  # type: ignore[union-attr]
    assert len(document["bufferViews"]) < 12
