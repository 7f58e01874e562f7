"""Perimeters of ellipses agree with what is measured along them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.geometry import ellipse_of_perimeter, ellipse_perimeter


@given(st.floats(0.01, 100.0), st.floats(0.5, 2.0))
def test_an_ellipse_has_the_perimeter_asked_for(perimeter: float, ratio: float) -> None:
    a, b = ellipse_of_perimeter(perimeter, ratio)
    assert b == pytest.approx(ratio * a)
    assert ellipse_perimeter(a, b) == pytest.approx(perimeter)
    angle = np.linspace(0.0, 2.0 * np.pi, 20_001)
    chords = np.hypot(np.diff(a * np.cos(angle)), np.diff(b * np.sin(angle)))
    assert chords.sum() == pytest.approx(perimeter, rel=2e-6)
