"""What each face and each product costs: CPU time, in one interleaved run.

    python -m tests.benchmarks.people [CLIP [CLIP]]

Two clips side by side make two people; without clips the bundled sample stands beside itself, a
second later. Every segment of the same frames goes through each set-up in turn: the right half
grey or not, nothing worn, or one product after the other.
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.frames import Frame
from ar_preview.preview import Preview
from ar_preview.products import load_product
from ar_preview.sources import open_source

if TYPE_CHECKING:
    import numpy.typing as npt

_SIDE = 480
_FRAMES, _SEGMENT, _LATER = 150, 30, 25
_WORN = ("calder-round", "ridge-cap", "mira-drop", "lyra-pendant")


def squares(clip: str, start: int) -> list[npt.NDArray[np.uint8]]:
    """Return the middle square of a clip's frames."""
    pictures = []
    with open_source(clip, end=start + _FRAMES) as source:
        for frame in source:
            height, width = frame.image.shape[:2]
            side = min(height, width)
            x, y = (width - side) // 2, (height - side) // 2
            square = frame.image[y : y + side, x : x + side]
            pictures.append(cv2.resize(square, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA))
    return pictures[start:]


def main() -> None:
    """Print CPU time by set-up, and its differences."""
    parser = argparse.ArgumentParser()
    parser.add_argument("clips", nargs="*", default=["sample:face"])
    clips = parser.parse_args().clips
    left = squares(clips[0], 0)
    right = squares(clips[-1], 0 if len(clips) > 1 else _LATER)
    nobody = np.full((_SIDE, _SIDE, 3), 120, np.uint8)
    setups = [(faces, worn) for faces in (1, 2) for worn in range(len(_WORN) + 1)]
    products = [load_product(name) for name in _WORN]
    previews = {(faces, worn): Preview(products[:worn], num_faces=faces) for faces, worn in setups}
    laps: dict[tuple[int, int], list[float]] = {setup: [] for setup in setups}
    count = min(len(left), len(right))
    for start in range(0, count - _SEGMENT + 1, _SEGMENT):
        for setup in setups:
            spent = 0.0
            for k in range(start, start + _SEGMENT):
                second = right[k] if setup[0] == 2 else nobody
                frame = Frame(np.hstack([left[k], second]), k, round(k * 1e9 / 30))
                begin = time.process_time()
                previews[setup].step(frame)
                spent += time.process_time() - begin
            if start > 0:  # The first segment compiles shaders and learns shapes.
                laps[setup].append(spent)
    for preview in previews.values():
        preview.close()
    cost = {s: median(1e3 * lap / _SEGMENT for lap in laps[s]) for s in setups}
    print("CPU ms a frame      nothing  " + "  ".join(f"+{name}" for name in _WORN))
    for faces in (1, 2):
        row = [cost[faces, worn] for worn in range(len(_WORN) + 1)]
        print(f"  {faces} face(s)        {row[0]:6.1f}", *(f"{v:11.1f}" for v in row[1:]))
    bare, full = (cost[2, k] - cost[1, k] for k in (0, len(_WORN)))
    print(f"second face: {bare:.1f} ms bare, {full:.1f} ms wearing {len(_WORN)} pieces")
    for worn, name in enumerate(_WORN, start=1):
        steps = [cost[f, worn] - cost[f, worn - 1] for f in (1, 2)]
        print(f"{name}: {steps[0]:.1f} ms on one face, {steps[1]:.1f} on two")


if __name__ == "__main__":
    main()
