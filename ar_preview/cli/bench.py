"""`ar-preview bench`: how fast it is here, beside the bare tracker."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ar_preview.cli.console import notes, plain_table, results, say
from ar_preview.errors import ProductError

if TYPE_CHECKING:
    from ar_preview.evaluation import SpeedReport

__all__ = ["bench"]


def bench(
    source: Annotated[
        str, typer.Argument(metavar="[SOURCE]", help="Video, or sample:face.")
    ] = "sample:face",
    product: Annotated[
        str | None,
        typer.Option("-p", "--product", help="What is worn; the first of the catalogue."),
    ] = None,
    frames: Annotated[int, typer.Option(min=2, help="Most frames.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Measure speed, memory and start-up as ratios to the bare face tracker."""
    from ar_preview.evaluation import measure_speed
    from ar_preview.products import Catalogue, load_product

    spec = product or next((p.id for p in Catalogue.bundled() if p.slot == "glasses"), None)
    if spec is None:
        raise ProductError("the bundled catalogue is empty: name a product with --product")
    with notes.status(f"measuring {source}"):
        report = measure_speed(source, load_product(spec), spec=spec, frames=frames)
    if as_json:
        say(json.dumps(report.as_dict(), indent=2))
    else:
        _print(report)


def _print(report: SpeedReport) -> None:
    width, height = report.size
    say(f"{report.source}: {report.frames} frames of {width}x{height}, {report.product}")
    say(report.driver)
    bare = report.wall_ms["tracker"]
    rows = [
        (way, f"{wall:.1f}", f"{report.cpu_ms[way]:.1f}", f"{wall / bare:.2f}")
        for way, wall in report.wall_ms.items()
    ]
    rows += [
        (f"  {stage}", f"{wall:.1f}", f"{report.stage_cpu_ms.get(stage, float('nan')):.1f}", "")
        for stage, wall in report.stage_wall_ms.items()
    ]
    results.print(plain_table(rows, ("", "wall ms", "CPU ms", "x tracker")))
    say(f"sequential wall: {report.sequential_to_tracker:.2f} x the bare tracker's")
    say(f"pipelined throughput: {report.pipelined_throughput:.2f} of the bare tracker's")
    if report.peak_memory_mb is not None:
        say(f"peak memory: {report.peak_memory_mb:.0f} MB")
    if report.photo_to_bare is not None:
        start = report.start_ms
        say(
            f"one photo from a cold start: {start['photo']:.0f} ms, {report.photo_to_bare:.2f} x "
            f"import, landmarker and first frame "
            f"({start['import']:.0f} + {start['landmarker']:.0f} + {start['first_frame']:.0f} ms)"
        )
