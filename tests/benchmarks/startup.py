"""How long the app takes from nothing to its first dressed picture.

Cold processes, in turn: importing MediaPipe and creating its face landmarker, as anybody would,
and the app until it has painted the first picture of the sample in which something is worn. Run by
hand, without a display::

    python tests/benchmarks/startup.py [--rounds N]

Prints medians of wall and CPU time, and of the ratios of each round. All modules are compiled
beforehand, as an installation leaves them: a first round fills a cache and is not counted.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from statistics import median

from ar_preview.assets import asset_path
from ar_preview.evaluation.speed import compiling_environment

BARE = """
import sys
import mediapipe
from mediapipe.tasks.python import BaseOptions, vision
options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=sys.argv[1]))
with vision.FaceLandmarker.create_from_options(options):
    print("ready", flush=True)
"""

APP = """
import sys
from ar_preview.cli import main
from ar_preview.app import run

class Watched(run.AppWindow):
    def __init__(self, *told):
        super().__init__(*told)
        self.mirror.painted.connect(self.look)

    def look(self):
        result = self.mirror.result
        if result is not None and result.scene.items:
            print("ready", flush=True)
            self.leave()

run.AppWindow = Watched
sys.argv = ["ar-preview", "app", "--source", "sample:face"]
main()
"""


def seconds(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return the wall time until a process says it is ready, and its CPU time to the end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        wall = time.perf_counter() - start
    if told.strip() != b"ready":
        raise SystemExit("a process failed: run it by hand to see why")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    weights = str(asset_path("models/face_landmarker.task"))
    with tempfile.TemporaryDirectory() as folder:
        environment = compiling_environment(folder)
        environment |= {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": folder}
        pairs = [
            (seconds([BARE, weights], environment), seconds([APP], environment))
            for _ in range(1 + rounds)
        ][1:]
    for k, kind in enumerate(("wall", "CPU")):
        bare, app = (median(pair[way][k] for pair in pairs) for way in (0, 1))
        ratio = median(pair[1][k] / pair[0][k] for pair in pairs)
        print(f"{kind}: bare {1e3 * bare:.0f} ms, app {1e3 * app:.0f} ms, {ratio:.2f} x")
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
