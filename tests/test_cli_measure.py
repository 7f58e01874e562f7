from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.assets import asset_path
from ar_preview.cli.measure_hand import measure_hand_of
from ar_preview.errors import MeasurementError
from ar_preview.frames import Frame
from ar_preview.geometry import Camera, ImageSize, RigidTransform, so3_exp
from ar_preview.landmarks import FaceLandmark
from ar_preview.recording import write_image
from ar_preview.registration import Registration
from ar_preview.sources import open_source
from ar_preview.sources.calibration import CONFIG_VARIABLE
from ar_preview.tracking import FaceTracker, load_face_model
from tests.cards import draw_card
from tests.measuring.test_chessboard import CAMERA, board_picture, poses
from tests.people import PORTRAIT

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ar_preview", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, **(env or {})},
        check=False,
    )


def fails(*arguments: object, says: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert says in line


def test_a_portrait_is_measured() -> None:
    done = run("measure", PORTRAIT, "--json", "-p", "marlow-havana")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["size_from"] == "irises"
    assert found["camera"]["from"] == "assumed"
    assert 0 < found["camera"]["ten_degrees_change_size_by"] < 0.08
    for value in found["measurements"].values():
        assert value["low"] < value["value"] < value["high"]
    pd = found["measurements"]["pupil_distance_mm"]
    assert 55 < pd["value"] < 70
    assert 1.1 < pd["high"] / pd["low"] < 1.3
    assert {n["part"] for n in found["fit"]} == {"width", "bridge", "temples", "centring"}


def test_a_known_pupil_distance_scales_everything() -> None:
    found = []
    for pd in (60.0, 66.0):
        done = run("measure", PORTRAIT, "--json", "--pd", pd, "--fov", 38)
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout))
    small, large = (f["measurements"] for f in found)
    assert found[0]["camera"] == {
        "fov_degrees": pytest.approx(38.0),
        "from": "told",
        "ten_degrees_change_size_by": None,
    }
    assert small["pupil_distance_mm"] == {"value": 60.0, "low": 60.0, "high": 60.0}
    for name in small:
        # The nose is measured at so many millimetres from its crest: not in proportion.
        slack = {"face_width_mm": 0.02, "bridge_width_mm": 0.08}.get(name, 0.004)
        assert large[name]["value"] / small[name]["value"] == pytest.approx(1.1, rel=slack)


def test_a_card_is_weighed_against_the_irises(tmp_path: Path) -> None:
    """The depth of skin under a card is guessed: what the irises say still counts a little."""
    smaller, fov = 0.93, 65.0
    with open_source(PORTRAIT) as source:
        image = next(source).image
    camera = Camera.from_fov(ImageSize(*image.shape[1::-1]), fov)
    tracker = FaceTracker(continuous=False)
    tracks = tracker.track(Frame(image))
    tracker.close()
    poses, _ = Registration(load_face_model(), continuous=False).update(
        Frame(image), tracks, camera
    )
    head = poses.heads[0]
    skin = head.vertices_camera[[151, FaceLandmark.FOREHEAD_TOP]].mean(axis=0)
    rotation = head.camera_from_head.rotation
    lean = rotation @ so3_exp([-0.2, 0.0, 0.0]) @ np.diag([1.0, -1.0, -1.0])
    at = RigidTransform(lean, smaller * skin + 0.0015 * rotation[:, 2])
    shown = tmp_path / "card.png"
    write_image(shown, np.clip(draw_card(image, camera, at), 0, 255).astype(np.uint8))
    found = []
    for picture, options in ((PORTRAIT, ()), (shown, ("--card",))):
        done = run("measure", picture, *options, "--json", "--fov", fov)
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout)["measurements"]["pupil_distance_mm"])
    irises, card = found
    # The card alone says 0.940, as landmarks lean a little where it hides the forehead.
    assert 0.945 < card["value"] / irises["value"] < 0.965
    assert card["high"] / card["low"] < 1.0 + 0.5 * (irises["high"] / irises["low"] - 1.0)


def test_the_table_is_for_reading() -> None:
    done = run("measure", PORTRAIT, "--pd", 60)
    assert done.returncode == 0, done.stderr
    assert "pupil distance (far)" in done.stdout
    assert "60.0 - 60.0" in done.stdout
    assert "assumed" in done.stderr


def test_measure_says_what_is_wrong(tmp_path: Path) -> None:
    fails("measure", PORTRAIT, "--pd", 60, "--card", says="exclude each other")
    fails("measure", PORTRAIT, "--pd", 6, says="between 40 and 80 mm")
    fails("measure", PORTRAIT, "--card", says="no bank card")
    fails("measure", tmp_path / "no.png", says="no such file")
    fails("measure", PORTRAIT.parent, says="many people")
    grey = tmp_path / "grey.png"
    write_image(grey, np.full((240, 320, 3), 128, np.uint8))
    fails("measure", grey, says="no face")
    fails("render", PORTRAIT, "-p", "marlow-havana", "-o", tmp_path / "o.png", "--pd", 9, says="mm")
    fails("measure", PORTRAIT, "-p", "ridge-cap", says="ridge-cap belongs to: hat")


def test_glasses_are_drawn_at_the_told_size(tmp_path: Path) -> None:
    """The same glasses on a head with a smaller pupil distance cover more of it."""
    widths = []
    for pd in (56, 68):
        out, poses_file = tmp_path / f"{pd}.png", tmp_path / f"{pd}.jsonl"
        wear = ("render", PORTRAIT, "-p", "marlow-havana", "--pd", pd)
        done = run(*wear, "-o", out, "--poses", poses_file)
        assert done.returncode == 0, done.stderr
        record = json.loads(poses_file.read_text(encoding="utf-8").splitlines()[1])
        camera = Camera(**record["camera"])
        (item,) = record["items"]
        assert item["scale"] == 1.0
        camera_from_product = RigidTransform.from_matrix(np.array(item["camera_from_product"]))
        # Temples open to the head, so that only the front is of one width.
        right, left = camera.project(camera_from_product @ np.array([[-0.07, 0, 0], [0.07, 0, 0]]))
        widths.append(np.hypot(*(left - right)))
    assert widths[0] / widths[1] == pytest.approx(68 / 56, rel=0.03)


def test_a_camera_is_calibrated_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "board"
    folder.mkdir()
    for index, pose in enumerate(poses()):
        write_image(folder / f"{index}.png", board_picture(pose))
    env = {CONFIG_VARIABLE: str(tmp_path / "config")}
    done = run("calibrate", folder, "--board", "9x6", "--square", 25, "--camera", 3, env=env)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("--camera-matrix")]
    fx, fy, cx, cy = (float(v) for v in line.split()[1].split(","))
    assert (fx, fy) == pytest.approx((CAMERA.fx, CAMERA.fy), rel=0.005)
    assert (cx, cy) == pytest.approx((CAMERA.cx, CAMERA.cy), abs=3.0)
    (kept,) = (tmp_path / "config" / "cameras").iterdir()
    assert kept.name == "camera-3_960x540.json"
    assert json.loads(kept.read_text())["fx"] == pytest.approx(fx, abs=0.01)


def test_calibrate_says_what_is_wrong(tmp_path: Path) -> None:
    write_image(tmp_path / "grey.png", np.full((240, 320, 3), 128, np.uint8))
    fails("calibrate", tmp_path, says="different views")
    fails("calibrate", tmp_path, "--board", "nine", says="like 9x6")


def test_a_hand_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    with open_source(asset_path("samples", "hand.jpg")) as source:
        measure_hand_of(source, card=False, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert (document["hand"], document["size_from"]) == ("left", "average adult")
    ring = document["fingers"]["ring"]
    assert 14.0 < ring["diameter_mm"]["low"] < ring["diameter_mm"]["value"] < 21.0
    assert ring["ring_size"].keys() == {"eu", "us", "uk"}
    with open_source(asset_path("samples", "hand.jpg")) as source:
        measure_hand_of(source, card=False, as_json=False)
    assert "ring finger" in capsys.readouterr().out
    with open_source(PORTRAIT) as source, pytest.raises(MeasurementError, match="no hand"):
        measure_hand_of(source, card=False, as_json=False)
    fails("measure", "--hand", "--pd", "63", PORTRAIT, says="leave --pd and --product out")
