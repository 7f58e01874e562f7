from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from ar_preview.assets import asset_path
from ar_preview.recording import VideoRecorder
from tests.people import PORTRAIT, portrait

if TYPE_CHECKING:
    from pathlib import Path

GLASSES = "marlow-havana"
FRAMES = 8


def run(
    *arguments: object,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ar_preview", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
    )


def fails(
    *arguments: object, says: str, folder: Path | None = None, env: dict[str, str] | None = None
) -> None:
    """One clear line, code 2, no traceback, and nothing new in the folder."""
    before = sorted(folder.rglob("*")) if folder else []
    done = run(*arguments, env=env)
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    assert says in lines[0]
    assert (sorted(folder.rglob("*")) if folder else []) == before


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person who slides sideways for a third of a second."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    image = portrait().image
    with VideoRecorder(path, (512, 512), frame_rate=24) as recorder:
        for index in range(FRAMES):
            moved = np.ascontiguousarray(np.roll(image, 5 * index, axis=1))
            recorder.write(moved, round(index * 1e9 / 24))
    return path


def test_render_a_photo(tmp_path: Path) -> None:
    out = tmp_path / "worn.png"
    done = run("render", PORTRAIT, "-p", GLASSES, "-o", out)
    assert done.returncode == 0, done.stderr
    assert "1 picture, 1 with a product" in done.stdout
    assert done.stderr == ""
    assert [p.name for p in tmp_path.iterdir()] == ["worn.png"]


def test_render_a_video_with_everything_beside_it(clip: Path, tmp_path: Path) -> None:
    outputs = {
        name: tmp_path / name
        for name in ("worn.mp4", "poses.jsonl", "layers", "timings.jsonl", "tracks.npz")
    }
    done = run(
        "render",
        clip,
        "-p",
        GLASSES,
        "-o",
        outputs["worn.mp4"],
        "--poses",
        outputs["poses.jsonl"],
        "--layer",
        outputs["layers"],
        "--timings",
        outputs["timings.jsonl"],
        "--tracks",
        outputs["tracks.npz"],
    )
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(outputs)
    with av.open(str(outputs["worn.mp4"])) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert sum(1 for _ in container.decode(stream)) == FRAMES
    poses = [json.loads(line) for line in outputs["poses.jsonl"].read_text().splitlines()]
    assert [p["index"] for p in poses[1:]] == list(range(FRAMES))
    assert all(len(p["items"]) == 1 for p in poses[1:])
    assert len(outputs["timings.jsonl"].read_text().splitlines()) == FRAMES
    assert [p.name for p in sorted(outputs["layers"].iterdir())] == [
        f"{i:06d}.png" for i in range(FRAMES)
    ]

    again = tmp_path / "again.jsonl"
    part = run(
        "render",
        clip,
        "-p",
        GLASSES,
        "-o",
        tmp_path / "part",
        "--start",
        2,
        "--end",
        5,
        "--from-tracks",
        outputs["tracks.npz"],
        "--poses",
        again,
    )
    assert part.returncode == 0, part.stderr
    names = [p.name for p in sorted((tmp_path / "part").iterdir())]
    assert names == ["000002.png", "000003.png", "000004.png"]
    assert [json.loads(x)["index"] for x in again.read_text().splitlines()[1:]] == [2, 3, 4]


def test_camera_options_reach_the_poses(tmp_path: Path) -> None:
    cameras = []
    for name, options in (
        ("a", ()),
        ("b", ("--fov", "90")),
        ("c", ("--camera-matrix", "700,710,250,260")),
    ):
        poses = tmp_path / f"{name}.jsonl"
        done = run(
            "render",
            PORTRAIT,
            "-p",
            GLASSES,
            "-o",
            tmp_path / f"{name}.png",
            "--poses",
            poses,
            *options,
        )
        assert done.returncode == 0, done.stderr
        cameras.append(json.loads(poses.read_text().splitlines()[1])["camera"])
    # A square portrait was cut out of a wider picture, and taken from further away than by hand.
    assumed = 256 / (9 / 16 * np.tan(np.radians(35)))
    assert 1.1 * assumed < cameras[0]["fx"] == cameras[0]["fy"] < 2.0 * assumed
    assert cameras[1]["fx"] == pytest.approx(256.0)
    assert [cameras[2][k] for k in ("fx", "fy", "cx", "cy")] == [700, 710, 250, 260]


def test_demo_without_a_screen_writes_a_video_and_a_picture(tmp_path: Path) -> None:
    done = run("demo", cwd=tmp_path, timeout=400)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "no screen here: writing files instead of showing a window"
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["demo.mp4", "demo.png"]
    assert "out/demo.mp4" in done.stdout.replace("\\", "/")


def stopped_render(
    folder: Path, sign: str, later_s: float, stop: signal.Signals
) -> tuple[int, str, str]:
    """Stop a run once a file is there; exit code, stdout and stderr."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ar_preview", "render", "sample:face", "-p", GLASSES),
            *("-o", str(folder / "worn.mp4"), "--poses", str(folder / "poses.jsonl")),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Shells start background jobs with Ctrl-C ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 60
    while not list(folder.glob(sign)) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(later_s)
    process.send_signal(stop)
    stdout, stderr = process.communicate(timeout=60)
    assert "Traceback" not in stderr
    return process.returncode, stdout, stderr


def test_a_run_stopped_before_its_first_frame_leaves_nothing(tmp_path: Path) -> None:
    code, stdout, _ = stopped_render(tmp_path, ".poses.jsonl*", 0.3, signal.SIGINT)
    assert code == 130
    assert stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_keeps_what_was_rendered(stop: signal.Signals, tmp_path: Path) -> None:
    out = tmp_path / "worn.mp4"
    code, stdout, stderr = stopped_render(tmp_path, ".worn.rec*", 0.7, stop)
    assert code == 0, stderr
    assert "stopped early" in stdout
    with av.open(str(out)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert 0 < frames < 168
    assert sorted(p.name for p in tmp_path.iterdir()) == ["poses.jsonl", "worn.mp4"]
    assert len((tmp_path / "poses.jsonl").read_text().splitlines()) == frames + 1


def test_a_run_that_fails_at_the_end_leaves_nothing(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    poses = tmp_path / "poses.jsonl"
    fails("render", clip, "-p", GLASSES, "-o", tmp_path / "taken", "--poses", poses,
          says="--overwrite", folder=tmp_path)  # fmt: skip


def test_results_never_meet_each_other_or_the_input(clip: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.mp4"
    mine.write_bytes(clip.read_bytes())
    fails("render", mine, "-p", GLASSES, "-o", mine, "--overwrite", says="is what is read",
          folder=tmp_path)  # fmt: skip
    assert mine.read_bytes() == clip.read_bytes()
    same = tmp_path / "same.jsonl"
    fails("render", mine, "-p", GLASSES, "-o", tmp_path / "o.mp4", "--poses", same,
          "--timings", same, says="cannot both be", folder=tmp_path)  # fmt: skip


def test_an_existing_folder_is_a_folder_whatever_its_name(tmp_path: Path) -> None:
    folder, layer = tmp_path / "out.v1", tmp_path / "layer.v1"
    folder.mkdir()
    layer.mkdir()
    done = run("render", PORTRAIT, "-p", GLASSES, "-o", folder, "--layer", layer)
    assert done.returncode == 0, done.stderr
    assert [p.name for p in folder.iterdir()] == ["000000.png"]
    assert [p.name for p in layer.iterdir()] == ["000000.png"]


def test_unknown_variant(tmp_path: Path) -> None:
    fails("render", PORTRAIT, "-p", GLASSES, "-o", tmp_path / "o.png", "--variant", "nope",
          says="sun", folder=tmp_path)  # fmt: skip


def test_bad_sources(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    text = tmp_path / "text.mp4"
    text.write_text("this is not a video")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    (tmp_path / "folder").mkdir()
    for source, says in (
        (tmp_path / "missing.mp4", "no such file"),
        (empty, "empty"),
        (text, "text.mp4"),
        (tmp_path / "folder", "folder"),
        ("sample:nothing", "sample:face"),
        ("camera:x", "camera:NUMBER"),
        ("camera:99999999999999", "cannot be opened"),
    ):
        fails("render", source, "-p", GLASSES, "-o", out, says=says, folder=tmp_path)


def test_truncated_video(clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:400])
    fails("render", cut, "-p", GLASSES, "-o", tmp_path / "out.mp4", says="cut.mp4", folder=tmp_path)


def test_half_a_video_leaves_nothing_half_written(tmp_path: Path) -> None:
    whole = asset_path("samples", "hand.mp4").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 2 // 5])
    fails(
        *("render", cut, "-p", GLASSES, "-o", tmp_path / "out.mp4"),
        *("--tracks", tmp_path / "tracks.npz"),
        says="of 108 frames: the file is cut short; use --end",
        folder=tmp_path,
    )


def test_bad_products(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    broken = tmp_path / "broken.glb"
    broken.write_bytes(b"glTF\x02\0\0\0")
    for product, says in (
        ("marlow-havanna", "marlow-havana"),
        (tmp_path / "nothing", "product.toml"),
        (broken, "broken.glb"),
    ):
        fails(
            "render", PORTRAIT, "-p", product, "-o", tmp_path / "o.png", says=says, folder=tmp_path
        )


def test_bad_outputs(clip: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.png"
    there.write_bytes(b"mine")
    fails("render", PORTRAIT, "-p", GLASSES, "-o", there, says="--overwrite", folder=tmp_path)
    assert there.read_bytes() == b"mine"
    fails("render", clip, "-p", GLASSES, "-o", tmp_path / "o.png", says="8 frames", folder=tmp_path)
    fails("render", PORTRAIT, "-p", GLASSES, "-o", tmp_path / "o.xyz", says=".mp4", folder=tmp_path)
    fails(
        "render",
        PORTRAIT,
        "-p",
        GLASSES,
        "-o",
        tmp_path / "o.png",
        "--camera-matrix",
        "1,2",
        says="fx,fy,cx,cy",
        folder=tmp_path,
    )
    done = run("render", PORTRAIT, "-p", GLASSES, "-o", there, "--overwrite")
    assert done.returncode == 0, done.stderr


def test_no_driver(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    hidden = {"LIBGL_DRIVERS_PATH": str(nowhere), "__EGL_VENDOR_LIBRARY_DIRS": str(nowhere)}
    fails(
        "render",
        PORTRAIT,
        "-p",
        GLASSES,
        "-o",
        tmp_path / "o.png",
        says="libgl1-mesa-dri",
        folder=tmp_path,
        env=hidden,
    )


def test_wrong_use_is_a_usage_error() -> None:
    done = run("render", PORTRAIT)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "product" in done.stderr


def test_products_commands() -> None:
    listed = run("products", "list", "--json")
    assert GLASSES in [row["id"] for row in json.loads(listed.stdout)]
    assert GLASSES in run("products", "list").stdout
    assert "lens width" in run("products", "show", GLASSES).stdout
    assert json.loads(run("products", "schema").stdout)["type"] == "object"
    checked = run("products", "check", GLASSES)
    assert checked.returncode == 0, checked.stdout


def test_doctor_and_version() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    for subject in ("OpenGL driver", "tracker and weights", "display", "camera", "versions"):
        assert subject in done.stdout
    assert run("--version").stdout.startswith("ar-preview ")


def test_app_needs_a_screen() -> None:
    fails("app", says="no screen", env={"QT_QPA_PLATFORM": ""})
    # A display that is named but does not answer is none: Qt would abort the process.
    fails("app", says="no screen", env={"QT_QPA_PLATFORM": "", "DISPLAY": ":987"})


def test_app_without_any_camera_plays_the_sample() -> None:
    done = run("app", "-p", GLASSES, "--frames", 2)
    assert done.returncode == 0, done.stderr
    assert "2 pictures shown" in done.stdout


def test_app_on_a_simulated_camera(clip: Path) -> None:
    done = run("app", "--simulate", clip, "-p", GLASSES, "--frames", 5)
    assert done.returncode == 0, done.stderr
    assert "5 pictures shown" in done.stdout


def test_app_without_a_camera_says_so() -> None:
    done = run("app", "--camera", 7, "--frames", 1)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "camera" in done.stderr
