"""The folder made by PyInstaller runs by itself and shows the sample."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


def test_the_bundle_shows_the_sample_with_glasses(tmp_path: Path) -> None:
    pytest.importorskip("PyInstaller", reason="needs PyInstaller: make bundle")
    pytest.importorskip("PySide6", reason="needs the extra: app")
    if sys.platform == "linux" and not os.environ.get("DISPLAY") and not shutil.which("xvfb-run"):
        pytest.skip("needs a display or xvfb-run")
    command = (sys.executable, str(ROOT / "bundle" / "make.py"), "--folder", str(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the sample with Calder Round" in done.stdout
    window = cv2.imread(str(tmp_path / "self_test.png"))
    assert window is not None
    assert window.std() > 30.0
    names = {path.name for path in (tmp_path / "ar_preview").rglob("*")}
    weights = {"face_landmarker.task", "hand_landmarker.task", "pose_landmarker_full.task"}
    assert weights | {"face.mp4", "libmediapipe.so"} <= names
    assert not any(name.startswith(("libQt6Qml", "libQt6Network", "scipy")) for name in names)
