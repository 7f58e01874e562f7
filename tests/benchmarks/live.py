"""How the quality ladder holds a camera's pace while another program takes a core.

A clip is played as if it were a camera, in three parts: alone, beside a busy loop, and alone
again. Run by hand::

    python tests/benchmarks/live.py [CLIP] [--seconds N] [--product ID] [--rate FPS]

For every second it prints pictures a second (shown / taken by the camera) and the rung; at last how
soon the rung of the busy part was found and what it held from then on, and the best one since it
was over. A slower camera stands for a faster machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

# First of all: threads as the command line has them, read when NumPy and OpenCV are loaded.
import ar_preview.cli  # noqa: F401

# isort: split

from ar_preview.assets import asset_path
from ar_preview.ladder import SOFTWARE_RUNGS
from ar_preview.preview import Preview
from ar_preview.products import load_product
from ar_preview.sources import FakeCamera, open_source

PARTS = ("alone", "busy", "alone again")


def play(clip: Path, product: str, seconds: float, rate: float) -> None:
    """Print what each second looked like."""
    busy: subprocess.Popen[bytes] | None = None
    shown: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    seen: list[tuple[float, int, int]] = []
    fake = FakeCamera.from_path(clip, frame_rate=rate)
    camera = open_source("camera:0", capture_factory=fake.open)
    try:
        with camera, Preview([load_product(product)], live=True) as preview:
            print(f"{preview.driver}; load average {os.getloadavg()[0]:.1f}")
            start = time.perf_counter()
            for result in preview.run(camera):
                now = time.perf_counter() - start
                part = int(now / seconds)
                if part >= len(PARTS):
                    break
                if part == 1 and busy is None:
                    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
                if part == 2 and busy is not None:
                    busy.kill()
                rung = SOFTWARE_RUNGS.index(preview.quality)
                worn = float(bool(result.scene.items))
                seen.append((now, rung, result.frame.index))
                shown[int(now)].append((result.frame.index, rung, worn))
    finally:
        if busy is not None:
            busy.kill()
            busy.wait()
    print(f"{'s':>4} {'part':12} {'shown':>6} {'camera':>6} {'rungs':12} worn")
    last = 0
    for second, frames in sorted(shown.items()):
        used = ", ".join(str(r) for r in sorted({rung for _, rung, _ in frames}))
        worn = sum(w for *_, w in frames) / len(frames)
        taken, last = frames[-1][0] - last, frames[-1][0]
        part = PARTS[int(second / seconds)]
        print(f"{second:4} {part:12} {len(frames):6} {taken:6} {used:12} {worn:.0%}")

    beside = [(t - seconds, r, i) for t, r, i in seen if 1 <= t / seconds < 2]
    free = [(t - 2 * seconds, r) for t, r, _ in seen if t / seconds >= 2]
    lowest, best = max(r for _, r, _ in beside), min(r for _, r in free)
    settled = [(t, i) for t, r, i in beside if r == lowest]
    shown_then, taken_then = len(settled), settled[-1][1] - settled[0][1] + 1
    print(
        f"rung {lowest} after {settled[0][0]:.1f} s beside the loop: "
        f"{shown_then} of {taken_then} pictures shown from then on"
    )
    print(f"rung {best} after {min(t for t, r in free if r == best):.1f} s without it")


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", nargs="?", type=Path, default=asset_path("samples/face.mp4"))
    parser.add_argument("--product", default="marlow-havana")
    parser.add_argument("--seconds", type=float, default=10.0, help="Of each of the three parts.")
    parser.add_argument("--rate", type=float, default=30.0, help="Pictures a second.")
    options = parser.parse_args()
    play(options.clip, options.product, options.seconds, options.rate)


if __name__ == "__main__":
    main()
