"""What manifests say of rings, watches and bracelets: accepted, and refused with one clear line."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import ProductError
from ar_preview.products.catalogue import load_product
from ar_preview.products.clocks import Clock
from ar_preview.products.ring_sizes import eu_size, ring_sizes, uk_size, us_size
from tests.products.glb_builder import product_folder

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
schema_version = 1
[commerce]
id = "piece"
title = "Piece"
[try_on]
"""
RING = (
    HEAD
    + """
category = "ring"
anchor = "finger_base"
fits_mm = [15.0, 20.0]
dimensions_mm = { inner_diameter = 17.3 }
"""
)
WATCH = (
    HEAD
    + """
category = "watch"
anchor = "wrist"
fits_mm = [150.0, 200.0]
dimensions_mm = { case_diameter = 40.0 }
[try_on.clock]
shows = "10:09:36"
hour = "front"
minute = "temple_left"
[try_on.strap]
rest_radii_mm = [31.0, 23.0]
standoff_mm = 1.4
head = "front"
bar_mm = [21.0, 2.0]
lift_mm = 2.0
runs = [{ side = "twelve", nodes = ["temple_left", "temple_right"], arc_mm = [3.0, 9.0] }]
"""
)


def refused(folder: Path, manifest: str) -> str:
    with pytest.raises(ProductError) as caught:
        load_product(product_folder(folder, manifest))
    (line,) = str(caught.value).splitlines()
    return line


@pytest.fixture
def nodes(tmp_path: Path) -> list[str]:
    return [n.name for n in load_product(product_folder(tmp_path / "plain")).nodes]


def watch(nodes: list[str]) -> str:
    text = WATCH
    for name, real in zip(("front", "temple_left", "temple_right"), nodes, strict=False):
        text = text.replace(f'"{name}"', f'"{real}"')
    return text


def test_a_ring_states_what_it_fits(tmp_path: Path) -> None:
    product = load_product(product_folder(tmp_path, RING))
    assert product.slot == "ring:ring"
    assert product.fits_mm == (15.0, 20.0)
    assert product.strap is None and product.clock is None


def test_a_watch_states_its_clock_and_strap(tmp_path: Path, nodes: list[str]) -> None:
    product = load_product(product_folder(tmp_path / "watch", watch(nodes)))
    assert product.clock is not None and product.strap is not None
    assert product.clock.shows == time(10, 9, 36)
    assert product.clock.hands == {"hour": nodes[0], "minute": nodes[1]}
    assert product.strap.rest_radii_m == pytest.approx((0.031, 0.023))
    assert product.strap.bar_m == pytest.approx((0.021, 0.002))
    assert product.strap.runs[0].arc_m == pytest.approx((0.003, 0.009))
    moves = product.strap.bent((0.034, 0.026))
    assert moves[nodes[0]].translation == pytest.approx([0.0, 0.0, 0.003])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('shows = "10:09:36"', 'shows = "25:00"', "try_on.clock.shows"),
        ("minute = ", "second = ", "needs hour and minute, or digits"),
        ("rest_radii_mm = [31.0, 23.0]", "rest_radii_mm = [31.0, -1.0]", "rest_radii_mm[1]"),
        ("bar_mm = [21.0, 2.0]", "", "need bar_mm"),
        ("arc_mm = [3.0, 9.0]", "arc_mm = [9.0, 3.0]", "arc_mm must rise"),
        ("arc_mm = [3.0, 9.0]", "arc_mm = [3.0]", "one arc_mm a node, got 1 for 2"),
        ('side = "twelve"', 'side = "three"', "runs[0].side"),
        ("fits_mm = [150.0, 200.0]", "fits_mm = [200.0, 150.0]", "smallest < largest"),
        ("standoff_mm = 1.4", "standoff_mm = 1.4\nslack = 2", "strap.slack"),
    ],
)
def test_each_error_is_one_line(
    tmp_path: Path, nodes: list[str], old: str, new: str, says: str
) -> None:
    text = watch(nodes)
    assert old in text
    assert says in refused(tmp_path / "watch", text.replace(old, new))


def test_nodes_must_exist(tmp_path: Path, nodes: list[str]) -> None:
    text = watch(nodes).replace(f'hour = "{nodes[0]}"', 'hour = "hand_hour"')
    line = refused(tmp_path / "watch", text)
    assert "try_on.clock: the model has no node 'hand_hour'" in line


def test_tables_belong_to_their_categories(tmp_path: Path) -> None:
    line = refused(tmp_path / "a", RING.replace("fits_mm = [15.0, 20.0]", "fits_mm = [18.0, 20.0]"))
    assert "inner_diameter of 17.3" in line
    clock = RING + '[try_on.clock]\nshows = "10:10"\nhour = "a"\nminute = "b"\n'
    assert "try_on.clock: only a watch has it, got it for 'ring'" in refused(tmp_path / "b", clock)
    digits = 'digits = ["a", "b", "c", "d"]\n'
    bare = HEAD + 'category = "watch"\nanchor = "wrist"\ndimensions_mm = { case_diameter = 40.0 }\n'
    text = bare + '[try_on.clock]\nshows = "10:10"\n' + digits
    assert "digits need a sink_mm above 0" in refused(tmp_path / "c", text)


def test_hands_sweep_and_digits_step() -> None:
    hands = Clock(time(0), {"hour": "h", "minute": "m", "second": "s"})
    turned = hands.moves(time(6, 0, 30, 500_000))
    for node, turns in (("h", 0.5 + 30.5 / 43200), ("m", 30.5 / 3600), ("s", 30.5 / 60)):
        angle = 2.0 * np.pi * turns
        tip = turned[node].rotation @ [0.0, 1.0, 0.0]
        np.testing.assert_allclose(tip, [np.sin(angle), np.cos(angle), 0.0], atol=1e-9)
    digits = Clock(time(10, 8), digits=("a", "b", "c", "d"), sink_m=1e-3)
    moved = {k: m.translation[2] for k, m in digits.moves(time(20, 8)).items() if m.translation[2]}
    # 1 becomes 2: a, d, e and g come up, c goes down.
    assert moved == pytest.approx(
        {"a_a": 1e-3, "a_d": 1e-3, "a_e": 1e-3, "a_g": 1e-3, "a_c": -1e-3}
    )


@pytest.mark.parametrize(
    ("diameter", "us", "uk"), [(14.07, 3.0, "F"), (16.51, 6.0, "L1/2"), (18.95, 9.0, "R1/2")]
)
def test_ring_sizes_agree_with_the_trade(diameter: float, us: float, uk: str) -> None:
    assert us_size(diameter) == pytest.approx(us, abs=0.01)
    assert uk_size(diameter) in {uk, uk.removesuffix("1/2"), uk + "1/2"}
    assert eu_size(diameter) == pytest.approx(3.14159 * diameter, rel=1e-5)
    assert f"US {us:g}" in ring_sizes(diameter)
