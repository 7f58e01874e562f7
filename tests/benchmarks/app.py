"""How smoothly the window shows a camera.

A clip is played into the real window as if it were a camera. Run by hand, on a display::

    xvfb-run -a python tests/benchmarks/app.py [CLIP] [--seconds N] [--size WxH]

Prints pictures a second (painted / given by the camera), the delay from capture to paint, how long
the window's thread was held up at worst, what a painted picture costs (CPU of the window's thread
and of the whole program, which also hold on a busy machine), and the rungs of quality.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

# First of all: threads as the command line has them, read when NumPy and OpenCV are loaded.
import ar_preview.cli  # noqa: F401

# isort: split

from PySide6.QtCore import QSettings, Qt, QTimer

from ar_preview.app.entries import Entry
from ar_preview.app.feeds import Feed
from ar_preview.app.options import Options
from ar_preview.app.run import prepare_qt, spare_sweeps
from ar_preview.app.window import AppWindow
from ar_preview.assets import asset_path
from ar_preview.ladder import SOFTWARE_RUNGS
from ar_preview.products import Catalogue
from ar_preview.sources import FakeCamera

WARM_UP_S = 8.0
"""Models are loaded, shaders compiled, the first shadow is made, the ladder finds its rung."""
BEAT_MS = 10


@dataclass
class Log:
    """What the window's thread notes."""

    delays_ms: list[float] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    rungs: Counter[int] = field(default_factory=Counter)
    beat_s: float = field(default_factory=time.perf_counter)
    start_s: float = field(default_factory=time.perf_counter)
    thread_s: float = field(default_factory=time.thread_time)
    process_s: float = field(default_factory=time.process_time)
    hold_up_s: float = 0.0

    def beat(self) -> None:
        """Note by how much a timer is late."""
        now = time.perf_counter()
        self.hold_up_s = max(self.hold_up_s, now - self.beat_s - 1e-3 * BEAT_MS)
        self.beat_s = now

    def note_painted(self, window: AppWindow) -> None:
        """Note a picture that is on the screen now."""
        shown = window.player.last
        if shown is None:
            return
        self.delays_ms.append(1e-6 * (time.monotonic_ns() - shown.due_ns))
        self.indices.append(shown.result.frame.index)
        known = shown.quality in SOFTWARE_RUNGS
        self.rungs[SOFTWARE_RUNGS.index(shown.quality) if known else -1] += 1

    def report(self) -> str:
        """Return what was seen until now."""
        span = time.perf_counter() - self.start_s
        count, given = len(self.delays_ms), self.indices[-1] - self.indices[0] + 1
        own_ms = 1e3 * (time.thread_time() - self.thread_s) / count
        all_ms = 1e3 * (time.process_time() - self.process_s) / count
        return (
            f"{count / span:.1f} fps of {given / span:.1f}, delay {median(self.delays_ms):.0f} ms, "
            f"longest hold-up {1e3 * self.hold_up_s:.0f} ms\n"
            f"CPU a picture: window's thread {own_ms:.1f} ms, all {all_ms:.1f} ms; "
            f"rungs {dict(sorted(self.rungs.items()))}"
        )


def main() -> None:
    """Parse the command line, show the window, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path, nargs="?", default=asset_path("samples", "face.mp4"))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--size", default="1280x800")
    told = parser.parse_args()
    app = prepare_qt()
    feed = Feed.camera(capture_factory=FakeCamera.from_path(told.clip).open)
    entries = Entry.of_catalogue(Catalogue.bundled())
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/app.ini", QSettings.Format.IniFormat)
        window = AppWindow(entries, settings, Options(feed=feed))
        spare_sweeps(window)
        window.resize(*map(int, told.size.split("x")))
        window.show()
        logs = [Log()]

        def begin() -> None:
            logs[:] = [Log()]
            beat.start()
            QTimer.singleShot(round(1e3 * told.seconds), end)

        def end() -> None:
            result = window.mirror.result
            print(f"{logs[0].report()}\nworn: {bool(result and result.scene.items)}")
            window.close()

        def painted() -> None:
            if not window.player.last or window.showing.shown_count == 1:
                QTimer.singleShot(round(1e3 * WARM_UP_S), begin)
            logs[0].note_painted(window)

        beat = QTimer(window, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        beat.timeout.connect(lambda: logs[0].beat())
        window.mirror.painted.connect(painted)
        app.exec()
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
