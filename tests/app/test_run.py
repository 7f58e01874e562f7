"""The app's process: it ends when it is told to, or when enough was shown."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ar_preview.assets import asset_path

STOPPED = """
import os, signal, sys
from PySide6.QtCore import QTimer
from ar_preview.app.window import AppWindow
from ar_preview.cli.main import main

number = getattr(signal, sys.argv[1])
show = AppWindow.show

def shown(window):
    show(window)
    QTimer.singleShot(500, lambda: os.kill(os.getpid(), number))

AppWindow.show = shown
sys.argv[1:] = ["app", "--source", "sample:face"]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of Unix")
@pytest.mark.parametrize("stop", ["SIGINT", "SIGTERM"])
def test_a_signal_closes_the_window_and_ends_the_process(stop: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, stop], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_limit_of_pictures_is_reached_by_a_photo_too() -> None:
    photo = str(asset_path("samples/astronaut.png"))
    arguments = ["-m", "ar_preview", "app", "--source", photo, "--frames", "3"]
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 picture shown\n"
