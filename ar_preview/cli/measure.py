"""`ar-preview measure`: a head in millimetres, and how glasses fit it."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.table import Table

from ar_preview.cli.console import notes, results, say
from ar_preview.cli.measure_hand import measure_hand_of
from ar_preview.cli.render import camera_matrix
from ar_preview.errors import MeasurementError, SourceError
from ar_preview.geometry import Camera

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.fitting import FitNote
    from ar_preview.frames import Frame
    from ar_preview.landmarks import FaceModel
    from ar_preview.measuring import CardSighting
    from ar_preview.person import Measurements, Person
    from ar_preview.poses import HeadPose
    from ar_preview.registration import Registration
    from ar_preview.sources import Source

__all__ = ["measure"]

_FRAMES = 300
_LENS_EVERY = 5
"""Frames that are looked at beforehand to judge an unknown lens."""

_CARD_EVERY, _CARD_ENOUGH = 4, 5
_CARDS_AGREE = 0.03
_OTHER_FOVS = (-10.0, 10.0)
_EFFECT_FRAMES = 24
_WIDEST_FACE = 2.27
"""Face width over pupil distance: 2.1 +- .08 where the camera is known."""


_NAMES = {
    "pupil_distance_mm": "pupil distance (far)",
    "face_width_mm": "face width at the temples",
    "bridge_width_mm": "nose width at the pads",
    "head_width_mm": "head width",
}


@dataclass
class _Reading:
    """What a run found out."""

    frames: int
    person: Person
    measurements: Measurements
    camera: Camera
    fov_effect: float | None


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
    matrix = None if camera is None else camera_matrix(camera)

    def opened() -> Source:
        return open_source(source, camera=matrix, fov_degrees=fov, start=start, end=end)

    if hand:
        with opened() as shown:
            measure_hand_of(shown, card, as_json)
        return
    reading = _read(opened, pd, card)
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


def _read(opened: Callable[[], Source], pd: float | None, card: bool) -> _Reading:
    from ar_preview.fitting import ASSUMED_CAMERA_LOG_SD, HeadMeasurer, resized
    from ar_preview.person import check_pupil_distance
    from ar_preview.registration import Registration
    from ar_preview.tracking import FaceTracker, load_face_model

    known, model = check_pupil_distance(pd), load_face_model()
    cards = _Cards()
    count, person, camera = 0, None, None
    with opened() as source:
        if source.info.kind == "folder":
            raise SourceError("a folder may show many people: give one photo or one video")
        live = source.info.is_continuous
        registration = Registration(model, live, known)
        if source.info.kind == "video":
            _judge_camera(registration, opened)
        effect = _FovEffect(model, live, known)
        tracker = FaceTracker(continuous=live)
        try:
            for frame in source:
                count += 1
                tracks = tracker.track(frame)
                known_camera = frame.camera or Camera.from_fov(frame.size)
                camera = registration.camera_of(known_camera, tracks)
                poses, persons = registration.update(frame, tracks, camera)
                if persons:
                    person = persons[0]
                    effect.add(frame, tracks, person, camera)
                    if card:
                        cards.add(frame, camera, poses.heads[0], person)
                if count >= _FRAMES or (card and cards.enough):
                    break
        finally:
            tracker.close()
    if person is None or camera is None:
        raise MeasurementError("no face was found: show one face, from the front, in good light")
    if card:
        person = resized(person, cards.scale())
    measured = HeadMeasurer(model).measure(
        person, max(ASSUMED_CAMERA_LOG_SD, effect.share) if camera.assumed else 0.0
    )
    if measured is None:
        raise MeasurementError(
            "no frame shows the face from the front: look straight at the camera"
        )
    return _Reading(count, person, measured, camera, effect.share if camera.assumed else None)


def _judge_camera(registration: Registration, opened: Callable[[], Source]) -> None:
    """Let a registration judge an unknown lens by frames from all over a recording."""
    from ar_preview.tracking import FaceTracker

    camera, seen = None, []
    tracker = FaceTracker(continuous=False)
    try:
        with opened() as source:
            for frame in itertools.islice(source, 0, _FRAMES, _LENS_EVERY):
                camera = frame.camera or Camera.from_fov(frame.size)
                if not camera.assumed:
                    return
                seen.append(tracker.track(frame))
    finally:
        tracker.close()
    if camera is not None:
        registration.judge_camera(camera, seen)


class _FovEffect:
    """How much another field of view would change the size of the same head."""

    def __init__(self, model: FaceModel, continuous: bool, known_m: float | None) -> None:
        from ar_preview.registration import Registration

        self._others = [Registration(model, continuous, known_m) for _ in _OTHER_FOVS]
        self._frames = 0
        self.share = 0.0

    def add(self, frame: Frame, tracks: Any, person: Person, camera: Camera) -> None:
        if self._frames >= _EFFECT_FRAMES or not camera.assumed:
            return
        self._frames += 1
        sizes = []
        for more, other in zip(_OTHER_FOVS, self._others, strict=True):
            wider = Camera.from_fov(frame.size, camera.fov_degrees + more)
            _, persons = other.update(frame, tracks, wider)
            if persons:
                sizes.append(_face_size(persons[0]))
        if sizes and self._frames & (self._frames - 1) == 0:
            own = _face_size(person)
            self.share = max(abs(float(np.log(size / own))) for size in sizes)


def _face_size(person: Person) -> float:
    return 1.0 if person.head is None else float(np.ptp(person.head.face_head[:, 0]))


class _Cards:
    """Sightings of the card over the frames."""

    def __init__(self) -> None:
        self._found: list[tuple[CardSighting, float]] = []
        self._looks = 0
        self._problem: MeasurementError | None = None

    @property
    def enough(self) -> bool:
        return len(self._found) >= _CARD_ENOUGH

    def add(self, frame: Frame, camera: Camera, head: HeadPose, person: Person) -> None:
        from ar_preview.measuring import find_card

        self._looks += 1
        if (self._looks - 1) % _CARD_EVERY:
            return
        try:
            sighting = find_card(frame.image, camera, head)
        except MeasurementError as error:
            self._problem = error
        else:
            self._found.append((sighting, person.scale.value))

    def scale(self) -> Any:
        """Return the size of the head relative to the canonical face."""
        if not self._found:
            raise self._problem or MeasurementError("no bank card was found")
        scales = [s.size_factor.scaled(size) for s, size in self._found]
        values = np.array([s.value for s in scales])
        middle = scales[int(np.argsort(values)[len(values) // 2])]
        if np.abs(np.log(values / middle.value)).max() > _CARDS_AGREE:
            raise MeasurementError(
                "the card gives different sizes in different frames: hold it flat and still "
                "against the skin, or cut the video to that moment with --start and --end"
            )
        return middle


def _document(
    source: str, reading: _Reading, method: str, told: str, fit: tuple[FitNote, ...]
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


def _print(reading: _Reading, method: str, told: str, fit: tuple[FitNote, ...]) -> None:
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
