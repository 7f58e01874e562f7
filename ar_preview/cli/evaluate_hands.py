"""`ar-preview evaluate hands`: how well fingers are registered, against measured joints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ar_preview.cli.console import notes, plain_table, results, say

__all__ = ["evaluate_hands"]


def evaluate_hands(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder with truth.json and its pictures.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Compare where rings sit with measured joints, each picture on its own.

    Axis and roll of the phalanx in 3D, the ring's middle across it, and the width of fingers
    that stand free against a silhouette.
    """
    from ar_preview.evaluation import evaluate_hands, load_hand_truth

    with notes.status(f"evaluating {folder}") as status:
        evaluation = evaluate_hands(
            load_hand_truth(folder), lambda name: status.update(f"evaluating {folder}: {name}")
        )
    if as_json:
        say(json.dumps(evaluation.as_dict(), indent=2))
        return
    figures = evaluation.figures()
    rows = [
        ("hands found", f"{evaluation.found} of {evaluation.pictures}"),
        ("back or palm told rightly", f"{evaluation.facing_right} of {evaluation.found}"),
        (
            "axis, mean / 90 %",
            f"{figures['axis_mean_deg']:.1f} / {figures['axis_p90_deg']:.1f} degrees",
        ),
        (
            "roll, straight / bent, median",
            f"{figures['roll_straight_median_deg']:.1f} / "
            f"{figures['roll_bent_median_deg']:.1f} degrees",
        ),
        (
            "middle across the finger, median / 90 %",
            f"{figures['across_median_mm']:.1f} / {figures['across_p90_mm']:.1f} mm",
        ),
        (
            f"width of {figures['widths']:.0f} free fingers, median / 90 %",
            f"{figures['width_median_percent']:.1f} / {figures['width_p90_percent']:.1f} %",
        ),
    ]
    results.print(plain_table(rows))
