"""Nothing leaves the machine: a whole run opens no internet socket, as the kernel saw it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
STRACE = shutil.which("strace")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(STRACE is None, reason="needs strace (Debian: apt-get install strace)"),
]

# Every way to the internet begins with one of these, DNS look-ups included.
INTERNET = re.compile(r"AF_INET6?\b|AF_PACKET\b|PF_INET6?\b")


def traced(folder: Path, *command: str, timeout_s: float = 600.0) -> tuple[str, str]:
    """Run a command under strace; return what it wrote and its calls of the network kind."""
    log = folder / "strace.log"
    strace = [str(STRACE), "-f", "-qq", "-s", "0", "-e", "trace=network", "-o", str(log)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*strace, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout, log.read_text(encoding="utf-8", errors="replace")


def internet_calls(log: str) -> list[str]:
    return [line for line in log.splitlines() if INTERNET.search(line)]


def a_product() -> str:
    manifests = sorted((ROOT / "assets" / "products").glob("*/product.toml"))
    return next(m.parent.name for m in manifests)


def ar_preview(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "ar_preview", *arguments)


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_INET6)",
        "import socket\ntry: socket.getaddrinfo('example.invalid', 80)\nexcept OSError: pass",
        # In a child process, as a library's helper would.
        "import subprocess, sys; subprocess.run([sys.executable, '-c',"
        " 'import socket; socket.socket()'], check=True)",
    ],
)
def test_the_watch_sees_a_socket(tmp_path: Path, attempt: str) -> None:
    _, log = traced(tmp_path, sys.executable, "-c", attempt)
    assert internet_calls(log)


def test_a_whole_render_opens_no_internet_socket(tmp_path: Path) -> None:
    arguments = ("render", "sample:face", "-p", a_product(), "-o", "worn.mp4")
    _, log = traced(tmp_path, *ar_preview(*arguments, "--poses", "poses.jsonl"))
    assert internet_calls(log) == []
    assert (tmp_path / "worn.mp4").stat().st_size > 10_000
    # The tracker ran: its closing is when the newer library versions send their metrics.
    poses = (tmp_path / "poses.jsonl").read_text(encoding="utf-8")
    assert poses.count("camera_from_product") > 10


def test_the_app_opens_no_internet_socket(tmp_path: Path) -> None:
    camera = tmp_path / "camera"
    camera.mkdir()
    portrait = cv2.imread(str(ROOT / "assets" / "samples" / "astronaut.png"))
    assert portrait is not None
    for index in range(30):
        cv2.imwrite(str(camera / f"{index:03}.png"), np.roll(portrait, 2 * index, axis=1))
    arguments = ("app", "--simulate", str(camera), "-p", a_product(), "--frames", "20")
    shown, log = traced(tmp_path, *ar_preview(*arguments))
    assert internet_calls(log) == []
    assert "20 pictures shown" in shown
