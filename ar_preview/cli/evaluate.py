"""`ar-preview evaluate`: how well products stick and sit, measured against known motion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from typer.core import TyperGroup

from ar_preview.cli.console import notes, results, say
from ar_preview.cli.evaluate_hands import evaluate_hands
from ar_preview.cli.evaluate_light import evaluate_light
from ar_preview.errors import ProductError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.evaluation import ClipEvaluation, Evaluation, Hardening
    from ar_preview.products import Product

__all__ = ["evaluate_app"]

_MOTION = "motion"


class _MotionByDefault(TyperGroup):
    """Takes `evaluate SOURCE` for `evaluate motion SOURCE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the subcommand where none is named; a folder called light is ./light."""
        help_wanted = args and args[0] in ctx.help_option_names
        if args and args[0] not in self.commands and not help_wanted:
            args = [_MOTION, *args]
        return super().parse_args(ctx, args)


evaluate_app = typer.Typer(
    cls=_MotionByDefault,
    no_args_is_help=True,
    help="Measure how well products stick, sit and are lit, against known truth.",
)
evaluate_app.command("light")(evaluate_light)
evaluate_app.command("hands")(evaluate_hands)


@evaluate_app.command(_MOTION)
def evaluate(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Folder with clip.mp4 and truth.json, sample:face, or any video.",
        ),
    ],
    product: Annotated[
        str | None,
        typer.Option("-p", "--product", help="Glasses to wear; the first of the catalogue."),
    ] = None,
    poses: Annotated[
        Path | None,
        typer.Option(help="Judge the poses of this file (render --poses) instead of a run."),
    ] = None,
    harden: Annotated[
        str | None,
        typer.Option(
            metavar="HOW", help="Make the clip harder: stride2, dim, blackout or occluder."
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write curves, worst frames and a summary."),
    ] = None,
    live: Annotated[
        bool,
        typer.Option("--live", help="As a camera is shown: not looked at beforehand."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Measure how well a product sticks to a head and sits on it (`evaluate SOURCE` alone).

    With truth: the stick error, jitter, lag, seat and occlusion with the true camera, the
    default camera and a field of view of 90 degrees, beside MediaPipe's own matrix. A video
    without truth is played forwards and backwards, and the two runs are compared. As in `render`,
    a clip is looked at before it is dressed, unless `--live` says otherwise.
    """
    from ar_preview.evaluation import hardening, write_report

    how = hardening(harden)
    glasses = _glasses(product)
    with notes.status(f"evaluating {source}") as status:
        evaluation = _evaluated(
            source,
            glasses,
            poses,
            how,
            not live,
            report is not None,
            lambda stage: status.update(f"evaluating {source}: {stage}"),
        )
    written = () if report is None else write_report(evaluation, report)
    if as_json:
        say(json.dumps(evaluation.as_dict(), indent=2))
        return
    results.print(_table(evaluation))
    if written:
        say(f"{written[0]}: report")


def _glasses(spec: str | None) -> Product:
    from ar_preview.products import Catalogue, load_product

    if spec is not None:
        product = load_product(spec)
        if product.slot != "glasses":
            raise ProductError(f"{product.id} is worn as {product.slot}; evaluation takes glasses")
        return product
    for summary in Catalogue.bundled():
        if summary.manifest.try_on.category == "glasses":
            return load_product(summary.id)
    raise ProductError("the bundled catalogue has no glasses: name some with --product")


def _evaluated(
    source: str,
    product: Product,
    poses: Path | None,
    how: Hardening,
    studied: bool,
    keep_pictures: bool,
    progress: Callable[[str], None],
) -> Evaluation | ClipEvaluation:
    from ar_preview.evaluation import (
        DrawnPath,
        evaluate_clip,
        evaluate_poses,
        evaluate_truth,
        load_truth,
    )

    if not source.startswith("sample:") and Path(source).expanduser().is_file():
        if poses is not None:
            raise SourceError("--poses needs a folder with truth to judge them by")
        return evaluate_clip(
            source,
            product,
            hardening=how,
            studied=studied,
            keep_pictures=keep_pictures,
            progress=progress,
        )
    truth = load_truth(source)
    if poses is not None:
        path = DrawnPath.from_file(poses, how.count(len(truth)))
        return evaluate_poses(truth, path, product, hardening=how, name=poses.name)
    return evaluate_truth(
        truth,
        product,
        hardening=how,
        studied=studied,
        keep_pictures=keep_pictures,
        progress=progress,
    )


def _table(evaluation: Evaluation | ClipEvaluation) -> Table:
    from ar_preview.evaluation import figures_of

    document = evaluation.as_dict()
    header, lines = figures_of(evaluation)
    clip = Path(document["clip"]).name
    table = Table(
        title=f"{document['product']} on {clip}: {document['frames']} frames, "
        f"{evaluation.hardening.title}",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    for column, name in enumerate(header):
        table.add_column(name, justify="right" if column else "left", no_wrap=not column)
    for cells in lines:
        table.add_row(*cells)
    return table
