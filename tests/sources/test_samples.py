from __future__ import annotations

import json

import pytest

from ar_preview.assets import asset_path
from ar_preview.sources import SAMPLES, open_source


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_brings_its_own_camera(name: str) -> None:
    truth = json.loads(asset_path("samples", f"{name}_truth.json").read_text())
    with open_source(f"sample:{name}") as source:
        assert source.info.frame_count == len(truth["frames"])
        assert source.info.is_continuous
        frame = next(source)
    assert frame.camera is not None
    assert frame.camera.fx == pytest.approx(truth["camera"]["fx"])
    assert (frame.camera.width, frame.camera.height) == frame.size


def test_what_is_told_goes_before_what_is_known() -> None:
    with open_source("sample:face", fov_degrees=90) as source:
        frame = next(source)
    assert frame.camera is not None
    assert frame.camera.fov_degrees == pytest.approx(90)
