"""How fast it is beside the bare tracker, in one interleaved run.

Machines differ and share their cores with others, so times are compared within the same seconds:
every segment of the clip goes through the bare tracker (MediaPipe's face landmarker as anybody
would use it, so that what we save there counts), the pipeline frame after frame, and the pipeline
in two overlapping stages, and ratios are medians over segments.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from ar_preview.assets import asset_path
from ar_preview.errors import SourceError
from ar_preview.preview import Preview
from ar_preview.recording import write_image
from ar_preview.sources import open_source
from ar_preview.tracking import bare_landmarker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ar_preview.frames import Frame
    from ar_preview.products.product import Product

__all__ = ["SpeedReport", "compiling_environment", "measure_speed"]

_WAYS = ("tracker", "sequential", "pipelined")

_BARE = """
import json, sys, time
at = [time.perf_counter()]
import mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision
at.append(time.perf_counter())
options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=sys.argv[1]))
with vision.FaceLandmarker.create_from_options(options) as landmarker:
    at.append(time.perf_counter())
    landmarker.detect(mp.Image.create_from_file(sys.argv[2]))
    at.append(time.perf_counter())
print(json.dumps([b - a for a, b in zip(at, at[1:])]))
"""

_PEAK = """
import pathlib, sys
import ar_preview.cli
from ar_preview.preview import Preview
from ar_preview.products import load_product
from ar_preview.sources import open_source
with open_source(sys.argv[1], end=int(sys.argv[3])) as source:
    with Preview([load_product(sys.argv[2])], continuous=source.info.is_continuous) as preview:
        for result in preview.run(source):
            pass
status = pathlib.Path("/proc/self/status")
if status.exists():
    # Not ru_maxrss: Linux lets a new process begin with the peak of the one that started it.
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    print(1024 * int(peak.split()[1]))
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass(frozen=True)
class SpeedReport:
    """What was measured; times are medians, per frame where nothing else is said.

    Parameters
    ----------
    source, product, driver : str
    size : tuple of int
        (width, height) of the frames, px.
    frames : int
        How many went through each way.
    wall_ms, cpu_ms : mapping of str to float
        By way: ``tracker``, ``sequential``, ``pipelined``. CPU time is that of all threads.
    stage_wall_ms, stage_cpu_ms : mapping of str to float
        By stage of the sequential pipeline.
    sequential_to_tracker : float
        Wall time as a multiple of the bare tracker's.
    pipelined_throughput : float
        Frames a second as a share of the bare tracker's.
    peak_memory_mb : float or None
        Resident memory of a process that only renders; None where it cannot be asked for.
    start_ms : mapping of str to float
        Of the bare tracker: ``import``, ``landmarker``, ``first_frame``, and as whole processes
        ``bare`` (these three) and ``photo`` (`ar-preview render` of one picture).
    photo_to_bare : float or None
        Ratio of the two processes; None where they were not run.
    """

    source: str
    product: str
    driver: str
    size: tuple[int, int]
    frames: int
    wall_ms: dict[str, float]
    cpu_ms: dict[str, float]
    stage_wall_ms: dict[str, float]
    stage_cpu_ms: dict[str, float]
    sequential_to_tracker: float
    pipelined_throughput: float
    peak_memory_mb: float | None
    start_ms: dict[str, float]
    photo_to_bare: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return asdict(self)


class _Clock:
    """Tells wall time or CPU time, as wanted."""

    def __init__(self) -> None:
        self.now: Callable[[], float] = time.perf_counter

    def __call__(self) -> float:
        return self.now()


def measure_speed(
    source: str,
    product: Product,
    *,
    spec: str | None = None,
    frames: int = 200,
    segment: int = 40,
    starts: int = 3,
) -> SpeedReport:
    """Measure the pipeline beside the bare tracker.

    Parameters
    ----------
    source : str
        As `open_source` takes it.
    product : Product
    spec : str, optional
        How other processes load the product; its id by default.
    frames : int
        Most frames of the source.
    segment : int
        Frames that one way handles before it is another's turn; they are read beforehand.
    starts : int
        How often processes are started to measure start-up and memory; 0 leaves it out.

    Raises
    ------
    SourceError
        If the source has fewer than two frames.
    """
    clock = _Clock()
    walls: dict[str, list[float]] = {way: [] for way in _WAYS}
    cpus: dict[str, list[float]] = {way: [] for way in _WAYS}
    stages: tuple[list[dict[str, float]], list[dict[str, float]]] = ([], [])
    with ExitStack() as stack:
        opened = stack.enter_context(open_source(source, end=frames))
        continuous = opened.info.is_continuous
        tracker = stack.enter_context(closing(bare_landmarker(continuous)))
        one = stack.enter_context(Preview([product], continuous=continuous, clock=clock))
        two = stack.enter_context(Preview([product], continuous=continuous))

        def track(part: Sequence[Frame]) -> None:
            for frame in part:
                tracker.detect(frame)

        def sequential(part: Sequence[Frame]) -> None:
            for frame in part:
                kept.append(dict(one.step(frame).timings_ms))

        def pipelined(part: Sequence[Frame]) -> None:
            for _ in two.run(part):
                pass

        ways = dict(zip(_WAYS, (track, sequential, pipelined), strict=True))
        count = 0
        for turn, part in enumerate(_segments(opened, segment)):
            clock.now = (time.perf_counter, time.process_time)[turn % 2]
            kept = stages[turn % 2]
            # Whoever goes first may find the cores cooler: take turns.
            for way in (*_WAYS[turn % 3 :], *_WAYS[: turn % 3]):
                wall, cpu = time.perf_counter(), time.process_time()
                ways[way](part)
                walls[way].append(1e3 * (time.perf_counter() - wall) / len(part))
                cpus[way].append(1e3 * (time.process_time() - cpu) / len(part))
            count += len(part)
        size, driver = opened.info.size, one.driver
    if count < 2:
        raise SourceError(f"expected a clip of some length, got {count} frames from {source}")
    spec = spec or product.id
    starting, ratio = _start_up(source, spec, starts)
    # The first segment compiles shaders and fills caches.
    warm = slice(1 if len(walls["tracker"]) > 1 else 0, None)
    pairs = list(zip(*(walls[way][warm] for way in _WAYS), strict=True))
    return SpeedReport(
        source,
        product.id,
        driver,
        (size.width, size.height),
        count,
        {way: median(walls[way][warm]) for way in _WAYS},
        {way: median(cpus[way][warm]) for way in _WAYS},
        _median_stages(stages[0]),
        _median_stages(stages[1]),
        median(full / bare for bare, full, _ in pairs),
        median(bare / overlapped for bare, _, overlapped in pairs),
        _peak_memory_mb(source, spec, count) if starts else None,
        starting,
        ratio,
    )


def _segments(frames: Iterator[Frame], length: int) -> Iterator[list[Frame]]:
    while part := list(itertools.islice(frames, length)):
        yield part


def _median_stages(laps: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: median(lap[name] for lap in laps) for name in (laps[0] if laps else ())}


def _start_up(source: str, spec: str, times: int) -> tuple[dict[str, float], float | None]:
    """Time a picture from a cold start, in turn with the bare tracker."""
    if times == 0:
        return {}, None
    bare, photo, parts = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        picture, result = Path(folder) / "frame.png", Path(folder) / "out.png"
        with open_source(source, end=1) as opened:
            write_image(picture, next(opened).image)
        weights = asset_path("models/face_landmarker.task")
        render = [*"-m ar_preview render --overwrite".split(), str(picture), "-p", spec]
        environment = compiling_environment(folder)
        for _ in range(1 + times):
            seconds, said = _timed(["-c", _BARE, str(weights), str(picture)], environment)
            bare.append(seconds)
            parts.append([1e3 * float(part) for part in json.loads(said)])
            photo.append(_timed([*render, "-o", str(result)], environment)[0])
    bare, photo, parts = bare[1:], photo[1:], parts[1:]  # The first compiled the modules.
    columns = zip(*parts, strict=True)
    names = ("import", "landmarker", "first_frame")
    found = {name: median(column) for name, column in zip(names, columns, strict=True)}
    found |= {"bare": 1e3 * median(bare), "photo": 1e3 * median(photo)}
    return found, median(p / b for p, b in zip(photo, bare, strict=True))


def compiling_environment(folder: str) -> dict[str, str]:
    """Return this process's environment, but for modules that are compiled once, into a folder.

    An installation leaves them compiled; a checkout may not, as where Python is told to write none.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _peak_memory_mb(source: str, spec: str, frames: int) -> float | None:
    if sys.platform == "win32":
        return None
    return float(_timed(["-c", _PEAK, source, spec, str(frames)])[1]) / 1e6


def _timed(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode != 0:
        raise SourceError(f"a measuring process failed: {done.stderr.strip()[-300:]}")
    return time.perf_counter() - start, done.stdout.strip().splitlines()[-1]
