"""`ar-preview calibrate`: the true camera from a printed chessboard."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from ar_preview.cli.console import notes, say
from ar_preview.errors import MeasurementError

__all__ = ["calibrate"]

_MOST_FRAMES = 1500


def calibrate(
    source: Annotated[
        str, typer.Argument(help="camera:0, or a video or folder of photos of the board.")
    ],
    board: Annotated[
        str, typer.Option(metavar="CxR", help="Inner corners: columns x rows.")
    ] = "9x6",
    square: Annotated[float, typer.Option(metavar="MM", help="Side of a square.")] = 25.0,
    camera: Annotated[
        int | None,
        typer.Option("--camera", min=0, help="Keep it for this camera (for files taken with it)."),
    ] = None,
) -> None:
    """Calibrate a camera with a printed chessboard shown in different places and tilts."""
    from ar_preview.measuring import Board, BoardCollector
    from ar_preview.sources import open_source, save_calibration

    match = re.fullmatch(r"(\d+)[xX](\d+)", board)
    if match is None:
        raise MeasurementError(f"expected --board like 9x6 (inner corners), got {board!r}")
    collector = BoardCollector(Board(int(match[1]), int(match[2]), square))
    device = camera
    if device is None and source.startswith("camera:"):
        device = int(source.removeprefix("camera:"))
    with open_source(source) as opened:
        if opened.info.is_live:
            notes.print("show the board near and far, in the corners, tilted; Ctrl-C when done")
        try:
            for count, frame in enumerate(opened, start=1):
                if collector.add(frame) and opened.info.is_live:
                    notes.print(f"view {collector.views}", markup=False)
                if collector.is_full or count >= _MOST_FRAMES:
                    break
        except KeyboardInterrupt:
            notes.print("solving")
    result = collector.solve()
    found = result.camera
    say(f"field of view {found.fov_degrees:.2f} +- {2 * result.fov_sd_degrees:.2f} degrees")
    say(f"--camera-matrix {found.fx:.2f},{found.fy:.2f},{found.cx:.2f},{found.cy:.2f}")
    say("distortion " + ",".join(f"{d:.5f}" for d in found.distortion))
    say(f"{result.views} views, rms {result.error_px:.2f} px")
    if device is None:
        notes.print("not kept: give --camera N to keep it for a camera", markup=False)
    else:
        path = save_calibration(device, found, result.error_px)
        notes.print(f"kept for camera {device}: {path}", markup=False)
