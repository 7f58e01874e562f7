"""The instrument that judges light: colour differences, the truth format, the targets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import SourceError
from ar_preview.evaluation import evaluate_light, load_light_truth, write_light_report
from ar_preview.evaluation.colour import (
    ciede2000,
    decode_srgb,
    encode_srgb,
    lab_from_srgb,
    psnr,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_ciede2000_gives_the_published_values(
    first: tuple[float, ...], second: tuple[float, ...], apart: float
) -> None:
    """Pairs of table 1 of Sharma, Wu and Dalal 2005."""
    assert ciede2000(first, second) == pytest.approx(apart, abs=1e-4)
    assert ciede2000(second, first) == pytest.approx(apart, abs=1e-4)


def test_colours_and_noise_are_measured_as_defined() -> None:
    np.testing.assert_allclose(lab_from_srgb([255.0] * 3), [100.0, 0.0, 0.0], atol=1e-3)
    np.testing.assert_allclose(lab_from_srgb([255.0, 0.0, 0.0]), [53.24, 80.09, 67.20], atol=0.02)
    values = np.arange(256.0)
    np.testing.assert_allclose(encode_srgb(decode_srgb(values)), values, atol=1e-9)
    flat = np.full((8, 8, 3), 100.0)
    assert psnr(flat, flat + 5.0) == pytest.approx(20 * np.log10(255 / 5))


def test_a_broken_truth_is_explained(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"truth\.json"):
        load_light_truth(tmp_path)
    (tmp_path / "truth.json").write_text(json.dumps({"setups": []}), encoding="utf-8")
    with pytest.raises(SourceError, match="no truth of light"):
        load_light_truth(tmp_path)
    (tmp_path / "truth.json").write_text(json.dumps({"product": "x.glb"}), encoding="utf-8")
    with pytest.raises(SourceError, match=r"expected x\.glb in"):
        load_light_truth(tmp_path)


@pytest.mark.slow
@pytest.mark.shared
def test_products_are_lit_as_the_path_tracer_lights_them(shared_data: Path, tmp_path: Path) -> None:
    evaluation = evaluate_light(load_light_truth(shared_data / "light_truth"))
    for materials, decibels, apart, skin in (
        ("gray", 24.0, 5.5, 29.5),
        ("black", 26.0, 4.0, 32.0),
        ("khronos", 17.0, 10.5, 27.3),
    ):
        assert evaluation.median(materials, "auto", "skin_db") >= skin
        assert evaluation.median(materials, "auto", "psnr_db") >= decibels
        assert evaluation.median(materials, "auto", "ciede2000") <= apart
        naive = evaluation.median(materials, "naive", "psnr_db")
        assert evaluation.median(materials, "auto", "psnr_db") > naive + 2.0
    written = write_light_report(evaluation, tmp_path / "report")
    assert all(path.stat().st_size > 0 for path in written)
    assert len(json.loads(written[1].read_text(encoding="utf-8"))["scores"]) == 54
