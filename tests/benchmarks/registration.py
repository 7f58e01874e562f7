"""What head registration costs on top of the bare tracker.

Both run on the same frames, one after the other on each, so that whatever else the machine does
meets both alike; registration gets what the product's own tracking sees, which leaves out faces
at rest. Run by hand::

    python tests/benchmarks/registration.py CLIP [--frames N] [--live] [--json]

CPU is that of the whole process, all threads, so it includes libraries' threads that spin.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time

# First of all: threads as the command line has them, read when NumPy and OpenCV are loaded.
import ar_preview.cli  # noqa: F401

# isort: split

import numpy as np

from ar_preview.geometry import Camera
from ar_preview.registration import Registration
from ar_preview.sources import open_source
from ar_preview.tracking import PeopleTracker, bare_landmarker, load_face_model

TRACKER, TRACKING, REGISTRATION = "bare tracker", "tracking", "registration"


class Clock:
    """CPU and wall time of each stage in each frame, ms."""

    def __init__(self) -> None:
        self.laps: dict[str, list[tuple[float, float]]] = {
            stage: [] for stage in (TRACKER, TRACKING, REGISTRATION)
        }
        self.start()

    def start(self) -> None:
        """Begin a frame."""
        self._cpu_s, self._wall_s = time.process_time(), time.perf_counter()

    def lap(self, stage: str) -> None:
        """End a stage."""
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        self.laps[stage].append((1e3 * (cpu_s - self._cpu_s), 1e3 * (wall_s - self._wall_s)))
        self._cpu_s, self._wall_s = cpu_s, wall_s


def measure(clip: str, frames: int | None, live: bool) -> dict[str, dict[str, float]]:
    """Return mean, median, p95, largest and first of every stage, ms, and their ratio."""
    clock, faces = Clock(), 0
    bare, tracker = bare_landmarker(True), PeopleTracker()
    registration = Registration(load_face_model(), live=live)
    try:
        with open_source(clip) as source:
            for frame in itertools.islice(source, frames):
                clock.start()
                bare.detect(frame)
                clock.lap(TRACKER)
                tracks = tracker.track(frame)
                clock.lap(TRACKING)
                poses, _ = registration.update(
                    frame, tracks, frame.camera or Camera.from_fov(frame.size)
                )
                clock.lap(REGISTRATION)
                faces += bool(poses.heads)
    finally:
        bare.close()
        tracker.close()
        registration.close()
    laps = {stage: np.array(values) for stage, values in clock.laps.items()}
    if len(laps[TRACKER]) < 2:
        raise SystemExit(f"{clip} has too few frames")
    report = {
        f"{stage} {kind}": _statistics(laps[stage][:, column])
        for stage in laps
        for column, kind in enumerate(("CPU", "wall"))
    }
    ratio = laps[REGISTRATION][1:].mean(axis=0) / laps[TRACKER][1:].mean(axis=0)
    report["registration / tracker"] = {"CPU": float(ratio[0]), "wall": float(ratio[1])}
    report["frames"] = {"all": len(laps[TRACKER]), "with a head": faces}
    return report


def _statistics(ms: np.ndarray) -> dict[str, float]:
    """Describe all frames but the first, which stands alone."""
    rest = ms[1:]
    return {
        "mean": float(rest.mean()),
        "median": float(np.median(rest)),
        "p95": float(np.percentile(rest, 95)),
        "max": float(rest.max()),
        "first": float(ms[0]),
    }


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", help="a video, or sample:face")
    parser.add_argument("--frames", type=int, help="how many to read")
    parser.add_argument("--live", action="store_true", help="as for a camera")
    parser.add_argument("--json", action="store_true", help="numbers for a program")
    options = parser.parse_args()
    report = measure(options.clip, options.frames, options.live)
    if options.json:
        print(json.dumps(report))
        return
    for name, values in report.items():
        print(f"{name:24s}" + "  ".join(f"{key} {value:.2f}" for key, value in values.items()))


if __name__ == "__main__":
    main()
