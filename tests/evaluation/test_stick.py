from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.errors import SourceError
from ar_preview.evaluation import (
    DrawnPath,
    load_truth,
    measure_stick,
    triangulate,
)
from ar_preview.geometry import Camera, RigidTransform
from tests.evaluation.motions import CAMERA, still, trembling, turning, worn

if TYPE_CHECKING:
    from pathlib import Path

CLIPS = ("yaw", "nod", "approach", "shake", "still")


def test_what_is_stuck_has_no_error() -> None:
    score = measure_stick(turning(), worn(turning()))
    assert score.found == 1.0
    assert score.rms_px == pytest.approx(0.0, abs=1e-6)
    assert score.jump_px == pytest.approx(0.0, abs=1e-6)
    assert score.lag_frames == 0.0


def test_a_wrong_size_is_not_an_error_of_sticking() -> None:
    error = trembling(0.01, 0.0)
    true, large = (worn(turning(), size=size, error=error) for size in (1.0, 1.2))
    assert measure_stick(turning(), worn(turning(), size=1.2)).rms_px == pytest.approx(0, abs=1e-6)
    shaky = measure_stick(turning(), true).rms_px
    assert shaky is not None
    assert measure_stick(turning(), large).rms_px == pytest.approx(shaky, rel=0.3)


@given(
    st.lists(st.floats(-0.08, 0.08), min_size=3, max_size=3),
    st.floats(-0.1, 0.1),
)
def test_points_of_the_head_are_found(place: list[float], depth: float) -> None:
    truth = turning()
    point = np.array(place) + [0.0, 0.0, depth]
    seen = truth.camera_from_head[:, :3, :3] @ point + truth.camera_from_head[:, :3, 3]
    found = triangulate(truth.camera, truth.camera_from_head, CAMERA.project(seen)[:, None])
    assert found[0] == pytest.approx(point, abs=1e-7)


def test_noise_in_the_picture_is_measured() -> None:
    truth = turning(200)
    path = worn(truth)
    noise = np.random.default_rng(1).normal(0.0, 0.7, path.points_image.shape)
    noisy = DrawnPath(path.index, path.points_image + noise, path.depth_m, path.focal_px)
    score = measure_stick(truth, noisy)
    # Three unknowns of each point take their share of 400 measurements.
    assert score.rms_px == pytest.approx(0.7 * np.sqrt(2 * (1 - 3 / 400)), rel=0.03)
    assert score.jitter_px == pytest.approx(0.7 * 2.0, rel=0.05)


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_lag_is_measured(lag: int) -> None:
    score = measure_stick(turning(), worn(turning(), lag=lag))
    assert score.lag_frames == lag
    assert lag == 0 or (score.rms_px or 0.0) > 3 * (score.lag_free_rms_px or 0.0)


def test_a_jump_is_seen_where_the_error_over_all_is_small() -> None:
    def error(index: int) -> RigidTransform:
        return RigidTransform(translation=[0.004 if index == 30 else 0.0, 0.0, 0.0])

    score = measure_stick(turning(), worn(turning(), error=error))
    assert (score.jump_px or 0.0) > 4.0 > 4 * (score.rms_px or 0.0)
    assert int(np.nanargmax(score.errors_px)) == 30


def test_a_still_head_tells_jitter_and_drift_only() -> None:
    def slides(index: int) -> RigidTransform:
        return RigidTransform(translation=[1e-4 * index, 0.0, 0.0])

    calm = measure_stick(still(), worn(still()))
    assert calm.jitter_px == pytest.approx(0.0, abs=1e-9)
    assert calm.rms_px is None
    sliding = measure_stick(still(), worn(still(), error=slides))
    step = 1e-4 * CAMERA.fx / (0.5 - 0.09)
    assert sliding.jitter_px == pytest.approx(step, rel=0.1)
    assert sliding.drift_px == pytest.approx(step * 60 / np.sqrt(12), rel=0.1)


def test_a_blackout_is_not_judged_but_the_return_is() -> None:
    truth = turning()
    path = worn(truth)
    seen = (path.index < 20) | (path.index >= 43)
    gap = DrawnPath(path.index[seen], path.points_image[seen], path.depth_m[seen], path.focal_px)
    score = measure_stick(truth, gap, range(20, 40))
    assert score.return_frames == 3
    assert score.found == pytest.approx(37 / 40)
    assert np.isnan(score.errors_px[20:43]).all()
    assert path.without(range(20, 43)).index.tolist() == gap.index.tolist()


def test_too_few_frames_tell_nothing() -> None:
    path = worn(turning())
    few = DrawnPath(path.index[:5], path.points_image[:5], path.depth_m[:5], path.focal_px)
    score = measure_stick(turning(), few)
    assert score.rms_px is None
    assert score.found == pytest.approx(5 / 60)


# Poses from a file.


def lines_of(truth_camera: Camera, poses: list[Any]) -> str:
    camera = {k: getattr(truth_camera, k) for k in ("width", "height", "fx", "fy", "cx", "cy")}
    lines = [{"format": "ar-preview-poses", "version": 1}]
    for index, pose in enumerate(poses):
        items = [] if pose is None else [{"product": "x", "camera_from_product": pose.tolist()}]
        lines.append({"index": index, "camera": camera, "items": items})
    return "\n".join(json.dumps(line) for line in lines)


def test_poses_are_read_from_a_file(tmp_path: Path) -> None:
    truth = turning()
    file = tmp_path / "poses.jsonl"
    file.write_text(lines_of(CAMERA, [None, *truth.camera_from_head[1:]]))
    path = DrawnPath.from_file(file, len(truth))
    assert path.index.tolist() == list(range(1, 60))
    assert measure_stick(truth, path).rms_px == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(SourceError, match="frames 0 to 29"):
        DrawnPath.from_file(file, 30)
    file.write_text("[1, 2")
    with pytest.raises(SourceError, match="render --poses"):
        DrawnPath.from_file(file, 60)


@pytest.mark.shared
@pytest.mark.parametrize("clip", CLIPS)
def test_agrees_with_the_shared_instrument(shared_data: Path, tmp_path: Path, clip: str) -> None:
    script = importlib.util.spec_from_file_location("shared_stick", shared_data / "truth/stick.py")
    assert script is not None
    assert script.loader is not None
    shared = importlib.util.module_from_spec(script)
    script.loader.exec_module(shared)

    folder = shared_data / "truth" / clip
    truth = load_truth(folder)
    error = trembling(0.008, 0.001)
    poses = [
        (RigidTransform.from_matrix(pose) @ RigidTransform(translation=[0, 0.02, 0.1]) @ error(i))
        for i, pose in enumerate(truth.camera_from_head)
    ]
    file = tmp_path / "poses.jsonl"
    file.write_text(lines_of(truth.camera, [pose.matrix for pose in poses]))

    document = json.loads((folder / "truth.json").read_text())
    theirs = shared.evaluate(document, [json.loads(line) for line in file.open()])
    ours = measure_stick(truth, DrawnPath.from_file(file, len(truth)))
    pairs = {
        "stick_rms_px": ours.rms_px,
        "stick_front_rms_px": ours.front_rms_px,
        "stick_p95_px": ours.p95_px,
        "stick_pct_face": ours.percent_of_face,
        "stick_rms_px_lag_free": ours.lag_free_rms_px,
        "lag_frames": ours.lag_frames,
        "jitter_f2f_px": ours.jitter_px,
        "drift_rms_px": ours.drift_px,
        "found": ours.found,
    }
    assert len(theirs) >= 3
    for name, value in theirs.items():
        assert pairs[name] == pytest.approx(value, rel=0.01), name
