"""`ar-preview measure --hand`: fingers and wrist in millimetres and ring sizes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.table import Table

from ar_preview.cli.console import notes, results, say
from ar_preview.errors import MeasurementError, SourceError
from ar_preview.geometry import Camera

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.measuring import HandCard
    from ar_preview.person import HandMeasurements, Interval
    from ar_preview.registration.hand import HandResult
    from ar_preview.sources import Source

__all__ = ["measure_hand_of"]

_FRAMES = 150
_CARD_EVERY, _CARD_ENOUGH = 4, 5


def measure_hand_of(source: Source, card: bool, as_json: bool) -> None:
    """Measure the hand that is seen first and print it.

    Raises
    ------
    MeasurementError
        If there is no hand, no edge of a finger is seen, or the card isn't found.
    """
    handedness, frames, measured = _read(source, card)
    if not measured.finger_diameters_mm and measured.wrist_girth_mm is None:
        raise MeasurementError(
            "no finger shows clear edges: spread them before something of another colour"
        )
    method = "card" if card else "average adult"
    if as_json:
        say(json.dumps(_document(handedness, frames, measured, method), indent=2))
    else:
        _print(handedness, frames, measured, method)


def _read(source: Source, card: bool) -> tuple[str, int, HandMeasurements]:
    from ar_preview.fitting import measure_hand
    from ar_preview.registration.hand import HandRegistration
    from ar_preview.tracking import HandTracker

    if source.info.kind == "folder":
        raise SourceError("a folder may show many people: give one photo or one video")
    tracker = HandTracker(1, continuous=source.info.is_continuous)
    hand, result, frames = HandRegistration(0), None, 0
    cards: list[HandCard] = []
    problem: MeasurementError | None = None
    try:
        for frame in source:
            frames += 1
            camera = frame.camera or Camera.from_fov(frame.size)
            seen = tracker.track(frame).hands
            found = None
            if seen:
                found = hand.update(seen[0], camera, frame.timestamp_ns, frame.image)
            if found is not None:
                result = found
                if card and (frames - 1) % _CARD_EVERY == 0:
                    problem = _add_card(cards, frame, camera, found) or problem
            if frames >= _FRAMES or len(cards) >= _CARD_ENOUGH:
                break
    finally:
        tracker.close()
    if result is None:
        raise MeasurementError("no hand was found: show one hand, fingers spread, in good light")
    if card and not cards:
        raise problem or MeasurementError("no bank card was found")
    size = sorted((c.size_factor for c in cards), key=_value)[len(cards) // 2] if cards else None
    return result.hand.handedness, frames, measure_hand(result.fingers, result.wrist, size)


def _value(interval: Interval) -> float:
    return interval.value


def _add_card(
    cards: list[HandCard], frame: Frame, camera: Camera, found: HandResult
) -> MeasurementError | None:
    from ar_preview.measuring import find_card_by_hand

    try:
        cards.append(find_card_by_hand(frame.image, camera, found.hand))
    except MeasurementError as error:
        return error
    return None


def _document(
    handedness: str, frames: int, measured: HandMeasurements, method: str
) -> dict[str, Any]:
    from ar_preview.products.ring_sizes import eu_size, uk_size, us_size

    girth = measured.wrist_girth_mm
    return {
        "hand": handedness,
        "frames": frames,
        "size_from": method,
        "fingers": {
            finger: {
                "diameter_mm": _rounded(interval),
                "ring_size": {
                    "eu": round(eu_size(interval.value), 1),
                    "us": round(2.0 * us_size(interval.value)) / 2.0,
                    "uk": uk_size(interval.value),
                },
            }
            for finger, interval in measured.finger_diameters_mm.items()
        },
        "wrist_girth_mm": None if girth is None else _rounded(girth),
    }


def _rounded(interval: Interval) -> dict[str, float]:
    return {name: round(value, 2) for name, value in vars(interval).items()}


def _print(handedness: str, frames: int, measured: HandMeasurements, method: str) -> None:
    from ar_preview.products.ring_sizes import ring_sizes, us_size

    table = Table("mm", "value", "95 % interval", "ring size", "US", box=None, pad_edge=False)
    for finger, d in measured.finger_diameters_mm.items():
        low, high = (np.round(2.0 * us_size(v)) / 2.0 for v in (d.low, d.high))
        sizes = ring_sizes(d.value).partition(", ")[2]
        table.add_row(
            f"{finger} finger" if finger != "thumb" else finger,
            f"{d.value:.1f}",
            f"{d.low:.1f} - {d.high:.1f}",
            sizes,
            f"{low:g} - {high:g}",
        )
    girth = measured.wrist_girth_mm
    if girth is not None:
        table.add_row("wrist, round", f"{girth.value:.0f}", f"{girth.low:.0f} - {girth.high:.0f}")
    results.print(table)
    count = "1 picture" if frames == 1 else f"{frames} frames"
    notes.print(f"{handedness} hand, size from the {method}, {count}", markup=False)
    if method != "card":
        notes.print(
            "a picture alone tells the size of a hand within 15 %: lay a bank card beside it on "
            "the table and add --card",
            markup=False,
        )
