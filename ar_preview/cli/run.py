"""One run of a source through a preview into sinks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ar_preview.cli.console import notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.cli.sinks import Sink
    from ar_preview.preview import Preview
    from ar_preview.sources import Source

__all__ = ["RunSummary", "run"]


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
    source: Source, preview: Preview, sinks: Sequence[Sink], label: str, expected: int | None
) -> RunSummary:
    """Send every frame of a source through a preview into all sinks.

    Ctrl-C ends the run early and keeps what was made.

    Parameters
    ----------
    source : Source
    preview : Preview
    sinks : sequence of Sink
    label : str
        What the progress bar says.
    expected : int or None
        Number of frames, where known.
    """
    summary = RunSummary()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=notes, transient=True, disable=not notes.is_terminal
    ) as progress:
        task = progress.add_task(label, total=expected)
        try:
            for frame in source:
                result = preview.step(frame)
                for sink in sinks:
                    sink.write(result)
                summary.frames += 1
                summary.dressed += bool(result.scene.items)
                summary.total_ms += result.total_ms
                progress.advance(task)
        except KeyboardInterrupt:
            summary.interrupted = True
    return summary
