"""What hands cost and how calm they are.

Run by hand::

    python tests/benchmarks/hands.py cost [--frames N] [--json]
    python tests/benchmarks/hands.py calm [PICTURE ...] [--json]
    python tests/benchmarks/hands.py together [--frames N] [--seconds N] [--json]

``cost`` sends each segment of `sample:hand` in turn through MediaPipe's hand landmarker that may
find one hand, through one that may find two as ours does, and through the pipeline; ratios are
medians over segments of the CPU time of the whole process. ``calm`` shows a picture of a hand as a
video with noise of sigma 3, first still, then on a known path. ``together`` lays the hand of
`sample:hand` beside the face of `sample:face` at 720p and dresses both: pictures a second live, as
from a camera of 30, with and without the ladder; time a frame beside the bare trackers of one face
and one hand; and what looking for hands costs where there is only a face.
"""

from __future__ import annotations

import argparse
import json
import time
from contextlib import ExitStack, closing
from statistics import median
from typing import TYPE_CHECKING

# First of all: threads as the command line has them, read when NumPy and OpenCV are loaded.
import ar_preview.cli  # noqa: F401

# isort: split

import cv2
import numpy as np

from ar_preview.assets import asset_path
from ar_preview.frames import Frame
from ar_preview.geometry import Camera, ImageSize
from ar_preview.preview import Preview
from ar_preview.products import load_product
from ar_preview.registration.hand import HandRegistration
from ar_preview.sources import FakeCamera, open_source
from ar_preview.tracking import HandTracker, PeopleTracker, bare_landmarker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ar_preview.geometry import Array
    from ar_preview.products.product import Product

Table = dict[str, dict[str, float]]

WORN = {
    "ring": ("halden-band",),
    "solitaire": ("lumen-solitaire",),
    "bracelet": ("cadence-chain",),
    "watch": ("orrery-40",),
    "ring and watch": ("halden-band", "orrery-40"),
}
TOGETHER = ("marlow-havana", "halden-band")
SIZE, FPS = ImageSize(1280, 720), 30.0
SIGMA, SETTLING, STILL, MOVING = 3.0, 30, 90, 150


def cost(frames: int, segment: int = 15) -> Table:
    """Return ms of CPU time a frame and its ratios to the bare trackers, by what is worn."""
    with open_source("sample:hand", end=frames) as source:
        clip = list(source)
    with ExitStack() as stack:
        ways: dict[str, Callable[[Frame], object]] = {
            f"bare, {n} hand{'s'[: n - 1]}": stack.enter_context(
                closing(bare_landmarker(what="hand", most=n))
            ).detect
            for n in (1, 2)
        }
        for worn, ids in WORN.items():
            preview = Preview([load_product(i) for i in ids], clock=time.process_time)
            ways[worn] = stack.enter_context(preview).step
        spent: dict[str, list[float]] = {way: [] for way in ways}
        for start in range(0, len(clip), segment):
            part = clip[start : start + segment]
            for way, step in ways.items():
                before = time.process_time()
                for frame in part:
                    step(frame)
                spent[way].append(1e3 * (time.process_time() - before) / len(part))
    # The first segment compiles shaders and fills caches.
    spent = {way: times[1:] or times for way, times in spent.items()}
    one, two = (spent[way] for way in list(spent)[:2])
    return {
        way: {
            "cpu_ms": median(times),
            "to_bare_one": median(t / b for t, b in zip(times, one, strict=True)),
            "to_bare_two": median(t / b for t, b in zip(times, two, strict=True)),
        }
        for way, times in spent.items()
    }


def calm(picture: str) -> Table:
    """Return jitter (px, rms from frame to frame) and lag (ms) of rings and wrist."""
    still = _follow(picture, np.zeros((STILL, 2)))
    t = np.arange(MOVING) / FPS
    path = np.column_stack(
        [180.0 * np.sin(2.0 * np.pi * 0.7 * t), 40.0 * np.sin(2.0 * np.pi * 1.1 * t)]
    )
    moving = _follow(picture, path)
    return {
        name: {
            "jitter_px": _rms(np.diff(still[name][SETTLING:], axis=0)),
            "lag_ms": _lag_ms(moving[name], path),
        }
        for name in still
    }


def together(frames: int, seconds: float, segment: int = 15) -> Table:
    """Return what a face and a hand that wear something cost together, and the pace they hold."""
    products = [load_product(i) for i in TOGETHER]
    clip = _beside(frames)
    with ExitStack() as stack:
        bare = [
            stack.enter_context(closing(bare_landmarker(what=what))) for what in ("face", "hand")
        ]
        preview = stack.enter_context(Preview(products))
        ways: dict[str, Callable[[list[Frame]], object]] = {
            "bare trackers": lambda part: [t.detect(f) for f in part for t in bare],
            "frame after frame": lambda part: [preview.step(f) for f in part],
            "in two stages": lambda part: list(preview.run(part)),
        }
        table = _raced(clip, ways, segment)
    with open_source("sample:face", end=frames) as source:
        face = list(source)
    with ExitStack() as stack:
        alone = PeopleTracker(hands=False)
        one, other = (
            stack.enter_context(Preview(products[:1], tracker=tracker)) for tracker in (None, alone)
        )
        stack.callback(alone.close)
        table |= _raced(
            face,
            {
                "face alone, no hands looked for": lambda part: [other.step(f) for f in part],
                "face alone": lambda part: [one.step(f) for f in part],
            },
            segment,
        )
    for name, ladder in (("camera, with the ladder", True), ("camera, always in full", False)):
        table[name] = {"shown_per_s": _live(clip, products, seconds, ladder)}
    return table


def _raced(
    clip: list[Frame], ways: dict[str, Callable[[list[Frame]], object]], segment: int
) -> Table:
    """Send segments through all ways in turn; the first one compiles shaders and fills caches."""
    cpu: dict[str, list[float]] = {way: [] for way in ways}
    wall: dict[str, list[float]] = {way: [] for way in ways}
    for start in range(0, len(clip), segment):
        part = clip[start : start + segment]
        for way, run in ways.items():
            before = time.perf_counter(), time.process_time()
            run(part)
            wall[way].append(1e3 * (time.perf_counter() - before[0]) / len(part))
            cpu[way].append(1e3 * (time.process_time() - before[1]) / len(part))
    first = next(iter(ways))
    return {
        way: {
            "cpu_ms": median(cpu[way][1:]),
            "wall_ms": median(wall[way][1:]),
            "cpu_to_first": median(
                a / b for a, b in zip(cpu[way][1:], cpu[first][1:], strict=True)
            ),
            "wall_to_first": median(
                a / b for a, b in zip(wall[way][1:], wall[first][1:], strict=True)
            ),
        }
        for way in ways
    }


def _beside(frames: int) -> list[Frame]:
    """Return frames with the face of one sample and the hand of another, half as large."""
    with open_source("sample:face", end=frames) as faces, open_source("sample:hand") as hands:
        pairs = list(zip(faces, hands, strict=False))
    clip = []
    for face, hand in pairs:
        scale = SIZE.height / face.image.shape[0]
        person = cv2.resize(face.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        small = cv2.resize(hand.image, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
        image = np.full((SIZE.height, SIZE.width, 3), 128, np.uint8)
        image[:, : person.shape[1]] = person[:, : SIZE.width]
        image[-small.shape[0] :, -small.shape[1] :] = small
        clip.append(Frame(image, face.index, face.timestamp_ns))
    return clip


def _live(clip: list[Frame], products: list[Product], seconds: float, ladder: bool) -> float:
    """Return pictures a second from a camera that plays a clip, in the second half of the time."""
    fake = FakeCamera([frame.image for frame in clip], frame_rate=FPS)
    shown: list[float] = []
    with (
        open_source("camera:0", capture_factory=fake.open) as camera,
        Preview(products, live=ladder) as preview,
    ):
        start = time.perf_counter()
        for _ in preview.run(camera):
            shown.append(time.perf_counter() - start)
            if shown[-1] > seconds:
                break
    return sum(t > 0.5 * seconds for t in shown) / (0.5 * seconds)


def _clip(picture: str, path: Array) -> Iterator[Frame]:
    with open_source(picture) as source:
        image = next(source).image
    scale = 600.0 / max(image.shape[:2])
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=way), np.uint8)
    corner = 0.5 * (np.array(SIZE) - image.shape[1::-1])
    rng = np.random.default_rng(0)
    for i, shift in enumerate(corner + path):
        place = np.column_stack([np.eye(2), shift])
        seen = cv2.warpAffine(image, place, SIZE, borderMode=cv2.BORDER_REPLICATE)
        noisy = np.clip(seen + rng.normal(0.0, SIGMA, seen.shape), 0, 255).astype(np.uint8)
        yield Frame(noisy, i, round(i * 1e9 / FPS))


def _follow(picture: str, path: Array) -> dict[str, Array]:
    """Return where rings and wrist are in each frame, px; NaN where there is no hand."""
    camera, hand = Camera.from_fov(SIZE), HandRegistration(0)
    found: dict[str, Array] = {}
    with closing(HandTracker()) as tracker:
        for frame in _clip(picture, path):
            seen = tracker.track(frame).hands
            if not seen:
                continue
            result = hand.update(seen[0], camera, frame.timestamp_ns, frame.image)
            if result is None:
                continue
            places = {f.finger: f.camera_from_finger.translation for f in result.fingers}
            for name, place in (
                *places.items(),
                ("wrist", result.wrist.camera_from_wrist.translation),
            ):
                at = found.setdefault(name, np.full((len(path), 2), np.nan))
                at[frame.index] = camera.project(place)
    return found


def _rms(steps: Array) -> float:
    return float(np.sqrt(np.nanmean((steps**2).sum(axis=1))))


def _lag_ms(places: Array, path: Array) -> float:
    """Return the delay of a known path that explains the places best."""
    t, best = np.arange(len(path)), (np.inf, 0.0)
    for delay in np.arange(-3.0, 3.01, 0.05):
        late = np.column_stack([np.interp(t - delay, t, path[:, k]) for k in (0, 1)])
        off = (places - late)[10:-10]
        best = min(best, (_rms(off - np.nanmean(off, axis=0)), float(delay)))
    return 1e3 * best[1] / FPS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("cost", "calm", "together"))
    parser.add_argument("pictures", nargs="*", default=[str(asset_path("samples/hand.jpg"))])
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.what == "cost":
        tables = {"sample:hand": cost(asked.frames)}
    elif asked.what == "together":
        tables = {"face and hand": together(asked.frames, asked.seconds)}
    else:
        tables = {picture: calm(picture) for picture in asked.pictures}
    if asked.json:
        print(json.dumps(tables, indent=2))
        return
    for name, table in tables.items():
        print(name)
        for row, values in table.items():
            print(f"  {row:32}" + "  ".join(f"{key} {v:7.3f}" for key, v in values.items()))


if __name__ == "__main__":
    main()
