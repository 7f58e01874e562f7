"""Ours beside what one would otherwise write: CPU ms a frame for the same clip and product.

Run by hand, see README.md. The two take turns, so that whatever else the machine does meets both;
figures are medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

# As the command line does, before NumPy and OpenGL are loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
os.environ.setdefault("LP_NUM_THREADS", "0")

from ar_preview.assets import asset_path
from ar_preview.preview import Preview
from ar_preview.products import load_product
from ar_preview.recording import write_image
from ar_preview.sources import open_source

HERE = Path(__file__).resolve().parent
WARM_UP = 5

DRAWING = ("plan", "render", "composite")
"""Stages that are compared; the recipe plans nothing."""


def ours(clip: str, product: str, frames: int, picture: Path | None) -> dict[str, float]:
    """Run the pipeline; return CPU ms a frame by stage."""
    laps: dict[str, list[float]] = {}
    with (
        open_source(clip, end=frames) as source,
        Preview(
            [load_product(product)],
            continuous=source.info.is_continuous,
            clock=time.process_time,
        ) as preview,
    ):
        for frame in source:
            result = preview.step(frame)
            for stage, value in result.timings_ms.items():
                laps.setdefault(stage, []).append(value)
    if picture is not None:
        write_image(picture, result.image, overwrite=True)
    return {stage: statistics.median(values[WARM_UP:]) for stage, values in laps.items()}


def peer(
    python: str, clip: str, product: str, frames: int, picture: Path | None
) -> dict[str, float]:
    """Run pyrender_tryon.py in its own environment."""
    command = [
        python,
        str(HERE / "pyrender_tryon.py"),
        clip,
        str(asset_path("products") / product / "model.glb"),
        str(asset_path("models") / "face_landmarker.task"),
        "--frames",
        str(frames),
    ]
    if picture is not None:
        command += ["--picture", str(picture)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    stages: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return stages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", nargs="?", default=str(asset_path("samples") / "face.mp4"))
    parser.add_argument("--peer", required=True, help="Python of the peer's environment")
    parser.add_argument("--product", default="marlow-havana")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pictures", type=Path, help="folder for the last frame of both")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)

    rounds: dict[str, list[dict[str, float]]] = {"ours": [], "pyrender": []}
    for _ in range(options.rounds):
        common: tuple[Any, ...] = (options.clip, options.product, options.frames)
        named = {
            name: options.pictures / f"{name}.png" if options.pictures else None for name in rounds
        }
        rounds["ours"].append(ours(*common, named["ours"]))
        rounds["pyrender"].append(peer(options.peer, *common, named["pyrender"]))
    ratios = [
        sum(b.get(k, 0.0) for k in DRAWING) / sum(a[k] for k in DRAWING)
        for a, b in zip(rounds["ours"], rounds["pyrender"], strict=True)
    ]
    report = {
        name: {stage: statistics.median(r[stage] for r in found) for stage in found[0]}
        for name, found in rounds.items()
    }
    ratio = statistics.median(ratios)
    if options.json:
        print(json.dumps({**report, "render_and_composite_ratio": ratio}, indent=2))
        return
    for name, stages in report.items():
        print(name.ljust(9), *(f"{stage} {value:.1f}" for stage, value in stages.items()), sep="  ")
    print(f"pyrender's render and composite: {ratio:.1f} x ours")


if __name__ == "__main__":
    main()
