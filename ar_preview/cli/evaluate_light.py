"""`ar-preview evaluate light`: how well products are lit, against path-traced pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from ar_preview.cli.console import notes, results, say

if TYPE_CHECKING:
    from ar_preview.evaluation import LightEvaluation

__all__ = ["evaluate_light"]


def evaluate_light(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder with truth.json and its pictures.")
    ],
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the pictures side by side.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Compare worn products with path-traced ones: light estimated from the frame, pose given.

    Beside the light of the room stand the neutral studio and the naive way: even light from the
    mean of the frame, straight alpha, no shadow.
    """
    from ar_preview.evaluation import evaluate_light, load_light_truth, write_light_report

    with notes.status(f"evaluating {folder}") as status:
        evaluation = evaluate_light(
            load_light_truth(folder),
            lambda stage: status.update(f"evaluating {folder}: {stage}"),
        )
    written = () if report is None else write_light_report(evaluation, report)
    if as_json:
        say(json.dumps(evaluation.as_dict(), indent=2))
        return
    results.print(_table(evaluation))
    if written:
        say(f"{written[0]}: report")


def _table(evaluation: LightEvaluation) -> Table:
    from ar_preview.evaluation import light_figures_of

    header, lines = light_figures_of(evaluation)
    table = Table(
        title=f"{evaluation.truth.name}: median of {len(evaluation.truth.setups)} set-ups",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    for column, name in enumerate(header):
        table.add_column(name, justify="right" if column > 1 else "left", no_wrap=True)
    for cells in lines:
        table.add_row(*cells)
    return table
