"""How smoothly the window shows a camera.

A clip is played into the real window as if it were a camera. Run by hand, on a display::

    xvfb-run -a python tests/benchmarks/app.py [CLIP] [--seconds N]

Prints pictures a second (painted / given by the camera), the delay from capture to paint, what the
window's thread costs a picture (CPU), how long it was held up at worst, and the rungs of quality.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

# As the command line does, before NumPy and OpenCV are loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
os.environ.setdefault("LP_NUM_THREADS", "1")

from ar_preview.app.entries import Entry
from ar_preview.app.feeds import Feed
from ar_preview.app.options import Options
from ar_preview.app.run import prepare_qt
from ar_preview.app.window import AppWindow
from ar_preview.assets import asset_path
from ar_preview.ladder import SOFTWARE_RUNGS
from ar_preview.products import Catalogue
from ar_preview.sources import FakeCamera

WARM_UP_S = 5.0
STEP_S = 0.005


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path, nargs="?", default=asset_path("samples", "face.mp4"))
    parser.add_argument("--seconds", type=float, default=60.0)
    told = parser.parse_args()
    app = prepare_qt()
    from PySide6.QtCore import QSettings

    feed = Feed.camera(capture_factory=FakeCamera.from_path(told.clip).open)
    entries = Entry.of_catalogue(Catalogue.bundled())
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/app.ini", QSettings.Format.IniFormat)
        window = AppWindow(entries, settings, Options(feed=feed))
        window.show()
        delays: list[float] = []
        indices: list[int] = []
        rungs: Counter[int] = Counter()

        def painted() -> None:
            shown = window.player.last
            if shown is None:
                return
            delays.append(1e-6 * (time.monotonic_ns() - shown.due_ns))
            indices.append(shown.result.frame.index)
            known = shown.quality in SOFTWARE_RUNGS
            rungs[SOFTWARE_RUNGS.index(shown.quality) if known else -1] += 1

        window.mirror.painted.connect(painted)
        start = time.perf_counter()
        while window.shown_count == 0 or time.perf_counter() - start < WARM_UP_S:
            app.processEvents()
            time.sleep(STEP_S)
        delays.clear()
        indices.clear()
        rungs.clear()
        start, cpu, worst = time.perf_counter(), time.thread_time(), 0.0
        while (now := time.perf_counter()) - start < told.seconds:
            app.processEvents()
            worst = max(worst, time.perf_counter() - now)
            time.sleep(STEP_S)
        span = time.perf_counter() - start
        cpu = time.thread_time() - cpu
        worn = bool(window.mirror.result and window.mirror.result.scene.items)
        window.close()
    given = indices[-1] - indices[0] + 1
    print(f"{len(delays) / span:.1f} fps of {given / span:.1f}, worn: {worn}")
    own_ms = 1e3 * cpu / len(delays)
    print(f"delay {median(delays):.0f} ms; window's thread {own_ms:.1f} ms a picture")
    print(f"longest hold-up {1e3 * worst:.0f} ms; rungs {dict(sorted(rungs.items()))}")
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
