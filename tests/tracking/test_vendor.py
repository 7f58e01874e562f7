"""MediaPipe is loaded without what nobody here uses, and nothing else notices."""

from __future__ import annotations

import subprocess
import sys

_CODE = """
import sys
from ar_preview.tracking.vendor import mediapipe

vision = mediapipe().tasks.vision
assert vision.FaceLandmarker and "mediapipe" in sys.modules
assert not {"matplotlib", "matplotlib.pyplot", "sounddevice"} & sys.modules.keys()
drawing = vision.drawing_utils
assert callable(drawing.plt.figure), "drawing works as ever"
import matplotlib.pyplot
assert drawing.plt.figure is matplotlib.pyplot.figure
"""


def test_plots_are_loaded_when_somebody_plots() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
