from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.products.product import Material
from ar_preview.rendering.thin_film import film_reflectance, film_table
from tests.rendering.stage_kit import UNIFORM, decode, placed, product, quad

if TYPE_CHECKING:
    from tests.rendering.stage_kit import Stage

COSINES = np.linspace(0.0, 1.0, 11)


def fresnel(cosine: np.ndarray, ior: float) -> np.ndarray:
    """Unpolarised reflectance of a bare dielectric in air (Fresnel's equations)."""
    inner = np.sqrt(1.0 - (1.0 - cosine**2) / ior**2)
    s = (cosine - ior * inner) / (cosine + ior * inner)
    p = (ior * cosine - inner) / (ior * cosine + inner)
    return 0.5 * (s**2 + p**2)


@given(ior=st.floats(1.05, 2.5), film=st.floats(1.05, 2.5))
def test_a_film_of_no_thickness_is_not_there(ior: float, film: float) -> None:
    cosines = np.linspace(0.05, 1.0, 9)
    found = film_reflectance(cosines, film, ior, 0.0)
    np.testing.assert_allclose(found, np.repeat(fresnel(cosines, ior)[:, None], 3, 1), atol=2e-3)


@given(film=st.floats(1.0, 3.0), base=st.floats(1.0, 3.0), thickness=st.floats(0.0, 1500.0))
def test_a_film_never_reflects_more_than_it_gets(
    film: float, base: float, thickness: float
) -> None:
    found = film_reflectance(COSINES, film, base, thickness)
    assert np.isfinite(found).all()
    assert (found >= 0.0).all()
    assert (found <= 1.0).all()


def test_a_quarter_wave_coat_takes_the_reflection_away() -> None:
    base = 1.52
    film = float(np.sqrt(base))
    bare = film_reflectance(np.array([1.0]), base, base, 0.0)[0]
    coated = film_reflectance(np.array([1.0]), film, base, 550.0 / (4.0 * film))[0]
    assert bare == pytest.approx(((base - 1) / (base + 1)) ** 2, abs=1e-3)
    # Darkest where the eye sees best, with the purple residue that coated lenses have.
    assert coated[1] < 0.05 * bare[1]
    assert coated[1] < coated[0]
    assert coated[1] < coated[2]


def test_a_soap_film_changes_colour_with_the_angle() -> None:
    table = film_table(
        Material(
            metallic=0.0,
            ior=1.0,
            iridescence=1.0,
            iridescence_ior=1.33,
            iridescence_thickness_nm=(100.0, 400.0),
        )
    )
    assert table.shape == (1, 32, 3)
    table = table[0]
    chroma = np.ptp(table, axis=1)
    assert chroma[10:].max() > 0.02
    assert np.abs(table[20] - table[31]).max() > 0.02


def test_the_renderer_reflects_what_the_film_says(stage: Stage) -> None:
    coated = Material(
        base_color=(0.0, 0.0, 0.0, 1.0),
        metallic=0.0,
        roughness=0.0,
        transmission=1.0,
        ior=1.0,
        iridescence=1.0,
        iridescence_ior=2.0,
        iridescence_thickness_nm=(100.0, 300.0),
    )
    add, transmit = stage.full(stage.scene(placed(product(quad(), m=coated))))
    f = film_reflectance(np.array([1.0]), 2.0, 1.0, 300.0)[0]
    # Two coated sides of a pane and all bounces between them.
    expected = UNIFORM * 2.0 * f / (1.0 + f)
    np.testing.assert_allclose(decode(add[60, 80]), expected, atol=0.012)
    assert transmit[60, 80].max() <= 2
