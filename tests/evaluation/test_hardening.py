from __future__ import annotations

import numpy as np
import pytest

from ar_preview.errors import SourceError
from ar_preview.evaluation import HARDENINGS, DrawnPath, hardening
from ar_preview.evaluation.clips import count_frames, frames_backward, frames_forward
from ar_preview.evaluation.consistency import measure_consistency, reversed_path
from ar_preview.frames import NS_PER_S, Frame
from tests.evaluation.motions import turning, worn

COUNT = 60


def clip() -> list[Frame]:
    random = np.random.default_rng(2)
    picture = random.integers(60, 200, (90, 160, 3)).astype(np.uint8)
    return [Frame(picture, i, i * NS_PER_S // 30) for i in range(COUNT)]


@pytest.mark.parametrize("name", HARDENINGS)
def test_a_harder_clip_is_the_same_every_time_and_in_any_order(name: str) -> None:
    how = hardening(name)
    once = list(how.apply(clip(), COUNT))
    again = {frame.index: frame for frame in how.apply(clip()[::-1], COUNT)}
    assert [frame.index for frame in once] == list(range(how.count(COUNT)))
    for frame in once:
        assert np.array_equal(frame.image, again[frame.index].image)
        assert frame.timestamp_ns == again[frame.index].timestamp_ns
        assert frame.image.flags.c_contiguous
    steps = np.diff([frame.timestamp_ns for frame in once])
    assert steps == pytest.approx(NS_PER_S / 30, abs=2)


def test_what_each_version_does() -> None:
    original = clip()[0].image.astype(float)
    versions = {name: list(how.apply(clip(), COUNT)) for name, how in HARDENINGS.items()}
    assert len(versions["stride2"]) == 30

    change = versions["dim"][7].image - 0.5 * original
    assert change.mean() == pytest.approx(0.0, abs=0.3)
    assert change.std() == pytest.approx(6.0, rel=0.05)
    assert not np.array_equal(versions["dim"][7].image, versions["dim"][8].image)

    black = [f.index for f in versions["blackout"] if not f.image.any()]
    assert black == list(range(20, 40)) == list(HARDENINGS["blackout"].unjudged(COUNT) or ())

    hidden = [
        np.flatnonzero((frame.image != original).any(axis=(0, 2))) for frame in versions["occluder"]
    ]
    assert [i for i, columns in enumerate(hidden) if len(columns)] == list(range(20, 40))
    middles = [columns.mean() for columns in hidden[20:40]]
    assert min(np.diff(middles)) > 0
    assert middles[0] < 0.3 * 160 < 0.7 * 160 < middles[-1]


def test_an_unknown_version_is_refused() -> None:
    assert hardening(None).name == "none"
    with pytest.raises(SourceError, match="stride2, dim, blackout, occluder"):
        hardening("fog")


# Forwards and backwards.


def test_a_clip_can_be_read_from_its_end() -> None:
    name = "sample:face"
    count = 50
    forward = list(frames_forward(name, count))
    backward = list(frames_backward(name, count))
    assert len(forward) == len(backward) == count < count_frames(name)
    for ahead, behind in zip(forward[::-1], backward, strict=True):
        assert np.array_equal(ahead.image, behind.image)
    assert [frame.index for frame in backward] == list(range(count))
    assert min(np.diff([frame.timestamp_ns for frame in backward])) > 0


def test_a_picture_is_no_clip(root: object) -> None:
    with pytest.raises(SourceError, match="no video"):
        count_frames(f"{root}/assets/samples/astronaut.png")


def test_equal_runs_do_not_differ() -> None:
    path = worn(turning())
    back = reversed_path(reversed_path(path, COUNT), COUNT)
    score = measure_consistency(path, back, COUNT)
    assert score.median_percent == score.p95_percent == 0.0
    assert score.found_forward == score.found_backward == 1.0


def test_a_difference_is_measured_in_faces() -> None:
    truth = turning()
    path = worn(truth)
    late = DrawnPath(
        path.index[10:], path.points_image[10:] + [3.0, 4.0], path.depth_m[10:], path.focal_px
    )
    score = measure_consistency(path, late, COUNT)
    width = truth.camera.fx * 0.14 / np.median(path.depth_m)
    assert score.median_percent == pytest.approx(100 * 5.0 / width)
    assert score.p95_percent == pytest.approx(100 * 5.0 / width)
    assert score.found_backward == pytest.approx(50 / 60)
    assert np.isnan(score.differences_px[:10]).all()
    assert score.differences_px[10:] == pytest.approx(5.0)


def test_no_common_frame_no_difference() -> None:
    path = worn(turning())
    nothing = DrawnPath.of_poses([])
    score = measure_consistency(path, nothing, COUNT)
    assert score.median_percent is None
    assert score.found_backward == 0.0
