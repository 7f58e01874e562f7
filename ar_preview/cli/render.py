"""`ar-preview render`: a source with products worn, into a video, pictures and data files."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ar_preview.cli.console import say
from ar_preview.cli.run import EXIT_INTERRUPTED, RunSummary, run, study
from ar_preview.cli.sinks import PICTURE_SUFFIXES, picture_sink
from ar_preview.cli.wear import CATEGORY_HELP, PRODUCT_HELP, load_worn
from ar_preview.errors import OutputError, SourceError
from ar_preview.exports import LayerFolder, PoseLog, TimingLog, TracksFile
from ar_preview.recording import check_output
from ar_preview.scene import LightMode

if TYPE_CHECKING:
    from ar_preview.cli.sinks import Sink
    from ar_preview.sources import CameraMatrix
    from ar_preview.tracking import Tracker

__all__ = ["camera_matrix", "render"]


def render(
    source: Annotated[
        str,
        typer.Argument(help="Video, photo, folder of photos, camera:0, sample:face."),
    ],
    product: Annotated[
        list[str],
        typer.Option("-p", "--product", help=PRODUCT_HELP),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="OUT.mp4, OUT.png or a folder for PNGs.")
    ],
    variant: Annotated[str | None, typer.Option(help="Variant to show, for example sun.")] = None,
    category: Annotated[str | None, typer.Option(help=CATEGORY_HELP)] = None,
    camera: Annotated[
        str | None,
        typer.Option("--camera-matrix", metavar="FX,FY,CX,CY", help="The true camera, px."),
    ] = None,
    fov: Annotated[
        float | None, typer.Option(metavar="DEG", help="Degrees across the longer side.")
    ] = None,
    pd: Annotated[
        float | None,
        typer.Option(metavar="MM", help="Pupil distance of the person, far: true size."),
    ] = None,
    light: Annotated[
        LightMode, typer.Option(help="Lit by the room, by a neutral studio, or in own colours.")
    ] = "auto",
    faces: Annotated[int, typer.Option(min=1, max=32, help="Most faces to dress.")] = 1,
    start: Annotated[int | None, typer.Option(help="First frame.")] = None,
    end: Annotated[int | None, typer.Option(help="Frame to stop before.")] = None,
    poses: Annotated[Path | None, typer.Option(help="Write poses, JSON lines.")] = None,
    layer: Annotated[Path | None, typer.Option(help="Write layers, a folder of RGBA PNGs.")] = None,
    timings: Annotated[Path | None, typer.Option(help="Write timings, JSON lines.")] = None,
    tracks: Annotated[Path | None, typer.Option(help="Write tracks, .npz.")] = None,
    from_tracks: Annotated[
        Path | None, typer.Option(help="Replay tracks (.npz) instead of tracking.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what exists.")] = False,
) -> None:
    """Render a source with products worn."""
    from ar_preview.preview import Preview
    from ar_preview.sources import open_source
    from ar_preview.tracking import ReplayTracker

    _check_paths(
        inputs=[Path(source), *([from_tracks] if from_tracks else [])],
        files=[p for p in (poses, timings, tracks) if p is not None],
        other=[output, *([layer] if layer else [])],
        overwrite=overwrite,
    )
    products = load_worn(product, category)
    matrix = None if camera is None else camera_matrix(camera)
    replay: Tracker | None = None if from_tracks is None else ReplayTracker(from_tracks)
    summary = RunSummary()
    try:
        with contextlib.ExitStack() as stack:
            reopen = partial(
                open_source, source, camera=matrix, fov_degrees=fov, start=start, end=end
            )
            opened = stack.enter_context(reopen())
            preview = stack.enter_context(
                Preview(
                    products,
                    continuous=opened.info.is_continuous,
                    variant=variant,
                    num_faces=faces,
                    tracker=replay,
                    pupil_distance_mm=pd,
                    light=light,
                    live=opened.info.is_live,
                )
            )
            sinks: list[Sink] = []
            if poses is not None:
                sinks.append(stack.enter_context(PoseLog(poses, overwrite)))
            if layer is not None:
                sinks.append(stack.enter_context(LayerFolder(layer, overwrite)))
            if timings is not None:
                sinks.append(stack.enter_context(TimingLog(timings, overwrite)))
            if tracks is not None:
                sinks.append(stack.enter_context(TracksFile(tracks, overwrite)))
            # Entered last and so finished first: if it fails, the others are given up too.
            sinks.append(stack.enter_context(picture_sink(output, opened.info, overwrite)))
            try:
                if opened.info.is_continuous and not opened.info.is_live:
                    with reopen() as recording:
                        study(recording, preview)
                run(opened, preview, sinks, summary, "rendering")
            except KeyboardInterrupt:
                if summary.frames == 0:
                    # There is nothing to keep: to the sinks the run has failed.
                    raise typer.Exit(EXIT_INTERRUPTED) from None
                raise
            if summary.frames == 0:
                raise SourceError(f"{source} gave no frames: nothing was written")
    except KeyboardInterrupt:
        if summary.frames == 0:
            raise
        # Every sink has kept what it had.
        summary.interrupted = True
    say(f"{output}: {summary}")


def _check_paths(inputs: list[Path], files: list[Path], other: list[Path], overwrite: bool) -> None:
    """Refuse outputs that are taken, meet each other or would destroy what is read.

    Raises
    ------
    OutputError
        One line that says which and why.
    """
    for path in files:
        check_output(path, overwrite)
    for path in other:
        if path.suffix and not path.is_dir() and path.suffix.lower() in PICTURE_SUFFIXES:
            check_output(path, overwrite)
    seen: set[Path] = set()
    for path in (*files, *other):
        resolved = path.expanduser().resolve()
        if resolved in seen:
            raise OutputError(f"two results cannot both be {path}: choose another name for one")
        seen.add(resolved)
        if any(i.exists() and resolved == i.expanduser().resolve() for i in inputs):
            raise OutputError(f"{path} is what is read: choose another name for the result")


def camera_matrix(text: str) -> CameraMatrix:
    """Parse ``fx,fy,cx,cy``.

    Raises
    ------
    SourceError
        If it is not four numbers.
    """
    try:
        fx, fy, cx, cy = (float(part) for part in text.split(","))
    except ValueError:
        raise SourceError(
            f"expected --camera-matrix fx,fy,cx,cy (four numbers, px), got {text!r}"
        ) from None
    return (fx, fy, cx, cy)
