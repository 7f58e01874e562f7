"""The app's process: it ends when it is told to."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
