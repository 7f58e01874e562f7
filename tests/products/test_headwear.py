"""Bare hats, earrings, necklaces and headphones: unit, axes and origin by their shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.products.bare import load_bare
from ar_preview.products.shape import ANALYSES, Found, Frames
from ar_preview.products.surface import Surface
from tests.headwear import bowl, chain, drop, peak

if TYPE_CHECKING:
    from pathlib import Path

    from tests.headwear import Mesh

UPS = {
    "y up": np.eye(3),
    "z up": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "x up": np.array([[0, 1.0, 0], [-1, 0, 0], [0, 0, 1]]),
}


def surface(*meshes: Mesh) -> Surface:
    return Surface(np.concatenate([v[t] for v, t in meshes]))


def found_as(category: str, file: Surface) -> Found:
    return ANALYSES[category](Frames(file))


def moved(made: Surface, turn: np.ndarray, scale: float, away: np.ndarray) -> Surface:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = scale * turn, away
    return made.moved(matrix)


@settings(max_examples=15)
@given(
    up=st.sampled_from(sorted(UPS)),
    unit=st.sampled_from([1.0, 1e2, 1e3]),
    turn=st.integers(0, 3),
    away=st.tuples(*[st.floats(-3, 3)] * 3),
)
def test_a_cap_is_put_upright_with_its_peak_to_the_front(
    up: str, unit: float, turn: int, away: tuple[float, float, float]
) -> None:
    made = surface(bowl(), peak())
    quarter = np.round(
        [
            [np.cos(turn * np.pi / 2), 0, np.sin(turn * np.pi / 2)],
            [0, 1, 0],
            [-np.sin(turn * np.pi / 2), 0, np.cos(turn * np.pi / 2)],
        ]
    )
    file = moved(made, UPS[up].T @ quarter, unit, unit * np.array(away))
    found = found_as("hat", file)
    assert found.confidence > 0.8
    assert not found.doubts
    low, high = file.moved(found.product_from_model).bounds
    np.testing.assert_allclose([low[0], high[0]], [-0.078, 0.078], atol=0.003)
    assert high[1] == pytest.approx(0.12, abs=0.005)
    assert high[2] == pytest.approx(0.168, abs=0.006)
    assert found.dimensions_mm["head_circumference"] == pytest.approx(555.0, rel=0.03)


def test_a_lid_turned_over_is_no_hat() -> None:
    points, faces = bowl()
    crate = surface((points * [1.0, 0.02, 1.0], faces))
    found = found_as("hat", crate)
    assert found.confidence < 0.5
    assert found.doubts


@settings(max_examples=15)
@given(unit=st.sampled_from([1.0, 1e2, 1e3]), lying=st.booleans())
def test_an_earring_hangs_from_its_top(unit: float, lying: bool) -> None:
    file = moved(surface(drop()), UPS["z up" if lying else "y up"].T, unit, np.zeros(3))
    found = found_as("earrings", file)
    assert found.confidence > 0.8
    low, high = file.moved(found.product_from_model).bounds
    np.testing.assert_allclose([low[1], high[1]], [-0.04, 0.0], atol=1e-4)


def test_a_stud_is_held_at_its_middle() -> None:
    points, faces = drop(0.006, 0.012)
    found = found_as("earrings", surface((points, faces)))
    low, high = surface((points, faces)).moved(found.product_from_model).bounds
    np.testing.assert_allclose(low + high, 0.0, atol=1e-4)


@pytest.mark.parametrize("turned", [False, True])
def test_a_necklace_falls_in_front(turned: bool) -> None:
    file = moved(surface(chain()), np.diag([-1.0, 1, -1]) if turned else np.eye(3), 1e3, np.ones(3))
    found = found_as("necklace", file)
    assert found.confidence > 0.7
    placed = file.moved(found.product_from_model).corners.reshape(-1, 3)
    assert placed[placed[:, 1].argmin(), 2] > 0.05
    assert np.ptp(placed[:, 0]) == pytest.approx(0.126, abs=0.002)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "category", "size_mm"),
    [("mindar_hat", "hat", (575.0, 575.0)), ("mindar_earring", "earrings", (20.0, 60.0))],
)
def test_models_of_others(
    shared_data: Path, name: str, category: str, size_mm: tuple[float, float]
) -> None:
    path = shared_data / "models" / name / "scene.gltf"
    product, guess = load_bare(path, category=category)
    assert guess.is_trusted, guess
    height = 1e3 * float(np.ptp(product.vertices_product()[:, 1]))
    size = product.dimensions_mm.get("head_circumference", height)
    assert size_mm[0] - 0.5 <= size <= size_mm[1] + 0.5
