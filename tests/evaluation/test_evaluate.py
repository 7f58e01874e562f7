from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import OutputError, SourceError
from ar_preview.evaluation import (
    BASELINE,
    CAMERAS,
    Evaluation,
    evaluate_clip,
    evaluate_truth,
    figures_of,
    hardening,
    load_truth,
    write_report,
)
from ar_preview.evaluation.report import euler_degrees
from ar_preview.evaluation.running import run_pipeline
from ar_preview.exports import PoseLog
from ar_preview.geometry import so3_exp
from ar_preview.preview import Preview
from ar_preview.products import load_product
from ar_preview.sources import open_source
from ar_preview.tracking import FaceMatrixTracker
from tests.evaluation.motions import FACING
from tests.test_cli import fails, run

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.products import Product

FRAMES = 24


@pytest.fixture(scope="module")
def glasses() -> Product:
    return load_product("marlow-havana")


@pytest.fixture(scope="module")
def short(glasses: Product) -> Evaluation:
    truth = load_truth("sample:face")
    begin = replace(truth, camera_from_head=truth.camera_from_head[:FRAMES])
    return evaluate_truth(begin, glasses, keep_pictures=True)


# The truth.


def test_the_sample_has_its_truth() -> None:
    truth = load_truth("sample:face")
    assert len(truth) == 168
    assert truth.head_path is not None
    assert truth.head_path.is_file()
    assert not truth.is_still
    assert np.abs(truth.yaw_degrees).max() > 20
    assert len(truth.every(2)) == 84


def test_what_is_no_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"truth\.json"):
        load_truth(tmp_path)
    with pytest.raises(SourceError, match="no truth of a head"):
        load_truth("sample:hand")
    (tmp_path / "truth.json").write_text("{}")
    with pytest.raises(SourceError, match="no truth of a head"):
        load_truth(tmp_path)
    camera = {"width": 10, "height": 10, "fx": 10, "fy": 10, "cx": 5, "cy": 5}
    frames = [{"index": 3, "camera_from_head": np.eye(4).tolist()}]
    (tmp_path / "truth.json").write_text(json.dumps({"camera": camera, "frames": frames}))
    with pytest.raises(SourceError, match="in order"):
        load_truth(tmp_path)


def test_angles_of_a_head() -> None:
    turns = np.radians([[0, 20, 0], [15, 0, 0], [0, 0, 10]])
    angles = euler_degrees(np.array([FACING @ so3_exp(turn) for turn in turns]))
    assert angles == pytest.approx(np.array([[20, 0, 0], [0, -15, 0], [0, 0, -10]]), abs=1e-9)


# The baseline.


def test_the_vendor_s_matrix_follows_the_head() -> None:
    truth = load_truth("sample:face")
    tracker = FaceMatrixTracker()
    found, true = [], []
    with open_source("sample:face", end=90) as source:
        for frame in source:
            pose = tracker.pose(frame)
            assert pose is not None
            found.append(pose.rotation)
            true.append(truth.camera_from_head[frame.index, :3, :3])
            focal = tracker.camera(frame.size).fy
    tracker.close()
    assert np.degrees(2 * np.arctan(0.5 * truth.camera.height / focal)) == pytest.approx(63.0)
    yaw, true_yaw = (euler_degrees(np.array(r))[:, 0] for r in (found, true))
    assert np.corrcoef(yaw, true_yaw)[0, 1] > 0.99
    assert np.abs(yaw - true_yaw).max() < 8.0


# The whole.


def test_a_run_draws_what_the_program_draws(glasses: Product, tmp_path: Path) -> None:
    file = tmp_path / "poses.jsonl"
    with (
        open_source("sample:face", end=6) as source,
        Preview([glasses]) as preview,
        PoseLog(file) as log,
    ):
        for frame in source:
            log.write(preview.step(frame))
    from ar_preview.evaluation import DrawnPath

    with open_source("sample:face", end=6) as source:
        path = run_pipeline(source, glasses).path
    written = DrawnPath.from_file(file, 6)
    assert path.index.tolist() == written.index.tolist()
    assert path.points_image == pytest.approx(written.points_image, abs=0.05)


def test_an_evaluation_has_a_row_for_each_camera(short: Evaluation) -> None:
    names = [*CAMERAS, BASELINE]
    assert [row.name for row in short.rows] == names
    for row in short.rows:
        assert row.stick.found == 1.0
        assert row.stick.rms_px is not None
        assert row.stick.rms_px < 6.0
        assert np.isfinite(row.stick.errors_px).all()
        assert (row.timing is None) == (row.name == BASELINE)
    timing = short.rows[0].timing
    assert timing is not None
    assert timing.mean_ms == pytest.approx(sum(timing.stages_ms.values()))

    document = json.loads(json.dumps(short.as_dict()))
    assert document["frames"] == FRAMES
    assert document["rows"][0]["stick"]["rms_px"] == pytest.approx(
        short.rows[0].stick.rms_px, abs=1e-4
    )
    header, lines = figures_of(short)
    assert header == ["", *names]
    assert all(len(line) == len(header) for line in lines)


def test_a_report_shows_it(short: Evaluation, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    written = write_report(short, tmp_path / "report")
    names = {path.name for path in written}
    pictures = {"error_over_time.png", "trajectory.png", "worst_frames.png"}
    assert names == {"summary.md", "evaluation.json", *pictures}
    assert all(path.stat().st_size > 500 for path in written)
    text = written[0].read_text(encoding="utf-8")
    assert "| stick error, px rms |" in text
    assert all(f"({name})" in text for name in pictures)
    json.loads((tmp_path / "report/evaluation.json").read_text(encoding="utf-8"))


def test_a_report_says_what_it_needs(
    short: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        write_report(short, file / "report")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(OutputError, match=r"ar-preview\[notebooks\]"):
        write_report(short, tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_poses_of_a_file_are_judged(tmp_path: Path) -> None:
    truth = load_truth("sample:face")
    camera = {k: getattr(truth.camera, k) for k in ("width", "height", "fx", "fy", "cx", "cy")}
    place = np.eye(4)
    place[:3, 3] = 0.0, 0.02, 0.06
    lines = [
        {"index": i, "camera": camera, "items": [{"camera_from_product": (p @ place).tolist()}]}
        for i, p in enumerate(truth.camera_from_head)
    ]
    file = tmp_path / "poses.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    done = run("evaluate", "sample:face", "--poses", file, "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["rows"]
    assert row["name"] == "poses.jsonl"
    # The truth is rounded to a tenth of a micrometre.
    assert row["stick"]["rms_px"] < 0.01
    assert row["seat"]["size_percent"] == pytest.approx(0.0, abs=0.01)
    assert row["seat"]["face_width_mm"] is None


def test_wrong_use_is_one_line(tmp_path: Path) -> None:
    fails(
        "evaluate", tmp_path / "absent", says="truth.json cannot be read: No such", folder=tmp_path
    )
    fails("evaluate", "sample:face", "--harden", "fog", says="no harder version")
    fails("evaluate", "sample:face", "-p", "absent", says="absent")


@pytest.mark.slow
def test_the_sample_sticks_better_than_the_vendor_s_matrix() -> None:
    done = run("evaluate", "sample:face", "--json", timeout=300)
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
    bare = rows.pop(BASELINE)["stick"]
    for row in rows.values():
        assert row["stick"]["found"] == 1.0
        assert row["stick"]["rms_px"] < bare["rms_px"]
        assert row["seat"]["nose_gap_mm"] < 4.0
        assert row["seat"]["penetration_mm"] < 4.0
    assert rows["true camera"]["occlusion"]["iou"] > 0.85
    assert rows["true camera"]["temples"]["iou"] > 0.6


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stride2", "dim", "blackout", "occluder"])
def test_harder_clips_stick_better_than_the_vendor_s_matrix(name: str, glasses: Product) -> None:
    truth = load_truth("sample:face")
    evaluation = evaluate_truth(truth, glasses, cameras=["true camera"], hardening=hardening(name))
    bare = evaluation.row(BASELINE).stick.rms_px
    ours = evaluation.row("true camera").stick
    assert bare is not None
    assert ours.rms_px is not None
    assert ours.rms_px < bare
    assert ours.found > 0.9
    assert (ours.return_frames == 0) == (name == "blackout")


@pytest.mark.slow
def test_a_clip_without_truth_is_held_against_itself(glasses: Product, tmp_path: Path) -> None:
    evaluation = evaluate_clip("sample:face", glasses, keep_pictures=True)
    score = evaluation.consistency
    assert score.found_forward == score.found_backward == 1.0
    assert score.median_percent is not None
    assert score.p95_percent is not None
    assert 0.0 < score.median_percent < 2.0
    assert score.median_percent < score.p95_percent < 6.0
    pytest.importorskip("matplotlib")
    names = {path.name for path in write_report(evaluation, tmp_path)}
    assert {"forwards_against_backwards.png", "worst_frames.png"} < names
