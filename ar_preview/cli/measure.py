"""`ar-preview measure`: a head in millimetres, and how glasses fit it."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from ar_preview.cli.console import notes, results, say
from ar_preview.cli.head_reading import read_head
from ar_preview.cli.measure_hand import measure_hand_of
from ar_preview.cli.render import camera_matrix
from ar_preview.errors import MeasurementError

if TYPE_CHECKING:
    from ar_preview.cli.head_reading import Reading
    from ar_preview.fitting import FitNote
    from ar_preview.sources import Source

__all__ = ["measure"]

_WIDEST_FACE = 2.27
"""Face width over pupil distance: 2.1 +- .08 where the camera is known."""


_NAMES = {
    "pupil_distance_mm": "pupil distance (far)",
    "face_width_mm": "face width at the temples",
    "bridge_width_mm": "nose width at the pads",
    "head_width_mm": "head width",
}


def measure(
    source: Annotated[str, typer.Argument(help="Photo, video, camera:0 or sample:face.")],
    pd: Annotated[
        float | None, typer.Option(metavar="MM", help="Known pupil distance, far, mm.")
    ] = None,
    card: Annotated[
        bool,
        typer.Option(
            "--card", help="A bank card is held at the forehead or chin, or lies beside the hand."
        ),
    ] = False,
    hand: Annotated[
        bool, typer.Option("--hand", help="Measure fingers and wrist instead of the head.")
    ] = False,
    product: Annotated[
        str | None, typer.Option("-p", "--product", help="Glasses to judge the fit of.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    camera: Annotated[
        str | None,
        typer.Option("--camera-matrix", metavar="FX,FY,CX,CY", help="The true camera, px."),
    ] = None,
    fov: Annotated[
        float | None, typer.Option(metavar="DEG", help="Degrees across the longer side.")
    ] = None,
    start: Annotated[int | None, typer.Option(help="First frame.")] = None,
    end: Annotated[int | None, typer.Option(help="Frame to stop before.")] = None,
) -> None:
    """Measure a head or a hand, with 95 % intervals.

    Of a head pupil distance, face, nose and head width; of a hand fingers with ring sizes and the
    wrist.
    """
    from ar_preview.fitting import fit_verdict
    from ar_preview.products import load_product
    from ar_preview.sources import open_source

    if pd is not None and card:
        raise MeasurementError("--pd and --card exclude each other: choose one")
    if hand and (pd is not None or product is not None):
        raise MeasurementError("--hand measures a hand: leave --pd and --product out")
    glasses = None if product is None else load_product(product)
    if glasses is not None and glasses.slot != "glasses":
        kind = glasses.slot.partition(":")[0]
        raise MeasurementError(f"--product takes glasses to judge; {product} belongs to: {kind}")
    matrix = None if camera is None else camera_matrix(camera)

    def opened() -> Source:
        return open_source(source, camera=matrix, fov_degrees=fov, start=start, end=end)

    if hand:
        with opened() as shown:
            measure_hand_of(shown, card, as_json)
        return
    reading = read_head(opened, pd, card)
    head = reading.person.head
    notes_on_fit = (
        fit_verdict(glasses, head, reading.measurements) if glasses and head is not None else ()
    )
    assumed = reading.camera.assumed
    told = "told" if matrix or fov else "assumed" if assumed else "file or calibration"
    method = "card" if card else "pupil distance" if pd is not None else "irises"
    if as_json:
        say(json.dumps(_document(source, reading, method, told, notes_on_fit), indent=2))
    else:
        _print(reading, method, told, notes_on_fit)


def _document(
    source: str, reading: Reading, method: str, told: str, fit: tuple[FitNote, ...]
) -> dict[str, Any]:
    measured = {
        f.name: vars(getattr(reading.measurements, f.name)) for f in fields(reading.measurements)
    }
    return {
        "source": source,
        "frames": reading.frames,
        "size_from": method,
        "camera": {
            "fov_degrees": reading.camera.fov_degrees,
            "from": told,
            "ten_degrees_change_size_by": reading.fov_effect,
        },
        "measurements": {
            name: {k: round(v, 3) for k, v in value.items()} for name, value in measured.items()
        },
        "fit": [
            {
                "part": n.part,
                "difference_mm": round(n.difference_mm, 2),
                "uncertain_mm": round(n.uncertain_mm, 2),
                "good": n.good,
                "text": n.text,
            }
            for n in fit
        ],
    }


def _print(reading: Reading, method: str, told: str, fit: tuple[FitNote, ...]) -> None:
    table = Table("mm", "value", "95 % interval", box=None, pad_edge=False)
    for name, title in _NAMES.items():
        interval = getattr(reading.measurements, name)
        table.add_row(title, f"{interval.value:.1f}", f"{interval.low:.1f} - {interval.high:.1f}")
    results.print(table)
    for note in fit:
        say(note.text)
    frames = "1 picture" if reading.frames == 1 else f"{reading.frames} frames"
    notes.print(f"size from the {method}, {frames}", markup=False)
    line = f"camera: {reading.camera.fov_degrees:.0f} degrees across the longer side, {told}"
    if told == "assumed" and reading.fov_effect is not None:
        line += f"; 10 degrees more or less change the face by {100 * reading.fov_effect:.1f} %"
    notes.print(line, markup=False)
    ratio = reading.measurements.face_width_mm.value / reading.measurements.pupil_distance_mm.value
    if told == "assumed" and ratio > _WIDEST_FACE:
        notes.print(
            "the face comes out wider than faces are: the true field of view is probably "
            "smaller (a cropped or zoomed picture); give --fov",
            markup=False,
        )
