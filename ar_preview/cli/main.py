"""The door: commands, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Annotated

import typer

from ar_preview.cli.bench import bench
from ar_preview.cli.calibrate import calibrate
from ar_preview.cli.console import notes, say
from ar_preview.cli.doctor import doctor
from ar_preview.cli.evaluate import evaluate_app
from ar_preview.cli.measure import measure
from ar_preview.cli.products import products_app
from ar_preview.cli.render import render
from ar_preview.cli.run import EXIT_INTERRUPTED
from ar_preview.cli.show import demo, window
from ar_preview.errors import ArPreviewError

__all__ = ["app", "main"]

EXIT_PROBLEM = 2
EXIT_BUG = 1
_OBJECTS_BETWEEN_SWEEPS = 20_000
_DEBUG_VARIABLE = "AR_PREVIEW_DEBUG"

app = typer.Typer(
    name="ar-preview",
    help="AR product preview: 3D products worn by the person in the picture.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo)
app.command("app")(window)
# What it was called first.
app.command("live", hidden=True)(window)
app.command()(render)
app.command()(measure)
app.command()(calibrate)
app.add_typer(evaluate_app, name="evaluate")
app.command()(bench)
app.command()(doctor)
app.add_typer(products_app, name="products")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"ar-preview {version('ar-preview')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """AR product preview: 3D products worn by the person in the picture."""


def _interrupt(*_: object) -> None:
    """End as Ctrl-C does: what was recorded is kept, nothing half-written stays behind."""
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line.

    Exit codes: 0 done, 2 wrong use or a problem with files, devices or drivers (one line on
    stderr says which and what to do), 130 interrupted, 1 a fault of the program.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SWEEPS)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app()
    except ArPreviewError as error:
        notes.print(f"error: {error}", markup=False, style="red")
        sys.exit(EXIT_PROBLEM)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_BUG)
    except Exception as error:
        if os.environ.get(_DEBUG_VARIABLE):
            raise
        notes.print(
            f"error: unexpected {type(error).__name__}: {error} "
            f"(set {_DEBUG_VARIABLE}=1 to see where)",
            markup=False,
            style="red",
        )
        sys.exit(EXIT_BUG)
