"""One run of a source through a preview into sinks."""

from __future__ import annotations

import contextlib
import itertools
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ar_preview.cli.console import notes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ar_preview.cli.sinks import Sink
    from ar_preview.preview import Preview
    from ar_preview.sources import Source

__all__ = ["EXIT_INTERRUPTED", "RunSummary", "run", "study"]

EXIT_INTERRUPTED = 130
"""The exit code of what Ctrl-C ended before there was a result: 128 and SIGINT's number."""

_STUDIED_FRAMES = 600
"""Of a recording, before it is dressed: most clips as a whole, and 15 MB of any other."""


@dataclass
class RunSummary:
    """What a run amounted to."""

    frames: int = 0
    dressed: int = 0
    total_ms: float = 0.0
    interrupted: bool = False

    def __str__(self) -> str:
        pictures = "1 picture" if self.frames == 1 else f"{self.frames} frames"
        mean = self.total_ms / max(self.frames, 1)
        early = ", stopped early" if self.interrupted else ""
        return f"{pictures}, {self.dressed} with a product, {mean:.1f} ms each{early}"


def run(
    source: Source, preview: Preview, sinks: Sequence[Sink], summary: RunSummary, label: str
) -> None:
    """Send every frame of a source through a preview into all sinks.

    Parameters
    ----------
    source : Source
    preview : Preview
    sinks : sequence of Sink
    summary : RunSummary
        Kept up to date while it runs, so that it is true when Ctrl-C ends the run.
    label : str
        What the progress bar says.
    """
    # The run is closed here, not by the garbage collector: no tracker works on after Ctrl-C.
    with (
        _progress() as progress,
        contextlib.closing(preview.run(source)) as results,
    ):
        task = progress.add_task(label, total=source.info.frame_count)
        for result in results:
            with _whole_frames():
                for sink in sinks:
                    sink.write(result)
                summary.frames += 1
                summary.dressed += bool(result.scene.items)
                summary.total_ms += result.total_ms
            progress.advance(task)


def study(source: Source, preview: Preview) -> None:
    """Let a preview look at the beginning of a recording that it will dress.

    Parameters
    ----------
    source : Source
        Opened for this; another one gives the frames again.
    preview : Preview
    """
    count = source.info.frame_count
    with _progress() as progress:
        total = None if count is None else min(count, _STUDIED_FRAMES)
        task = progress.add_task("looking", total=total)
        frames = itertools.islice(source, _STUDIED_FRAMES)
        preview.study(progress.track(frames, task_id=task))


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal)


@contextlib.contextmanager
def _whole_frames() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until every sink has the frame, so that all end alike."""
    stopped: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(s, lambda number, _: stopped.append(number)) for s in signals]
    try:
        yield
    finally:
        for s, handler in zip(signals, before, strict=True):
            signal.signal(s, handler)
    if stopped:
        raise KeyboardInterrupt
