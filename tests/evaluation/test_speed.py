from __future__ import annotations

import math

import pytest

import ar_preview as ar
from ar_preview.errors import SourceError
from ar_preview.evaluation import measure_speed

WAYS = {"tracker", "sequential", "pipelined"}
STAGES = {"track", "register", "fit", "stage", "plan", "render", "composite"}


@pytest.mark.slow
def test_every_figure_is_measured() -> None:
    glasses = ar.load_product("marlow-havana")
    found = measure_speed("sample:face", glasses, frames=7, segment=3, starts=1).as_dict()
    assert found["frames"] == 7
    assert found["wall_ms"].keys() == found["cpu_ms"].keys() == WAYS
    assert found["stage_wall_ms"].keys() == found["stage_cpu_ms"].keys() == STAGES
    assert found["start_ms"].keys() == {"import", "landmarker", "first_frame", "bare", "photo"}
    ratios = ("sequential_to_tracker", "pipelined_throughput", "photo_to_bare", "peak_memory_mb")
    figures = [found[name] for name in ratios] + list(found["wall_ms"].values())
    assert all(math.isfinite(value) and value > 0.0 for value in figures)


def test_a_photo_is_no_clip() -> None:
    with pytest.raises(SourceError, match="a clip of some length"):
        measure_speed("sample:face", ar.load_product("marlow-havana"), frames=1, starts=0)
