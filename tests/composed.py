"""A clip composed of real ones: two hands cross before a person, then one passes over the face.

The hand is cut out of `mp_hand_offer` by the colour of its skin, which nothing near it has; the
other one is its mirror image. Where both are is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.frames import Frame
from ar_preview.sources import open_source
from ar_preview.tracking import HandTracker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

FRAMES = 180
CROSSING, OVER_FACE = (10, 85), (95, 170)
"""First frame and the one after the last in which hands are in the picture, or nearly."""

_FROM, _SIZE = 100, 1.5
"""First frame of the hand's clip that is used, and how much it is enlarged."""

_FACE = np.array([790.0, 290.0])
_BELOW_CHEST = 560.0
_SKIN_REDNESS = (6.0, 12.0)
"""CIELAB a* from which a pixel is partly and wholly skin: cloth and ground are grey."""


@dataclass(frozen=True, eq=False)
class CutHand:
    """A hand without what is behind it: colour, cover and landmarks in px of its picture."""

    image: RgbImage
    cover: Array
    points: Array


@dataclass(frozen=True, eq=False)
class ComposedFrame:
    """A frame and where its hands are: landmarks by name, (21, 2) px."""

    frame: Frame
    hands: dict[str, Array]


def compose(shared_data: Path) -> Iterator[ComposedFrame]:
    """Yield the frames of the clip."""
    cut = list(_cut_hands(shared_data / "hand" / "mp_hand_offer.mp4", FRAMES // 2))
    # There and back, so that the hand never jumps.
    cut = [*cut, *reversed(cut)]
    with open_source(shared_data / "face" / "lp_s18_720p_talk.mp4", end=FRAMES) as source:
        for frame in source:
            image, hands = frame.image.astype(np.float64), {}
            for name, middle in _places(frame.index).items():
                place = _place(cut[frame.index].points, middle, mirrored=name == "second")
                image = _pasted(image, cut[frame.index], place)
                points = np.column_stack([cut[frame.index].points, np.ones(21)])
                hands[name] = points @ place.T
            composed = np.clip(image + 0.5, 0, 255).astype(np.uint8)
            yield ComposedFrame(Frame(composed, frame.index, frame.timestamp_ns), hands)


def _places(index: int) -> dict[str, Array]:
    """Return where the middle of each hand is, px; later ones are in front."""
    places = {}
    if CROSSING[0] <= index < CROSSING[1]:
        share = (index - CROSSING[0]) / (CROSSING[1] - CROSSING[0])
        across = -200.0 + 1680.0 * share
        places["second"] = np.array([1280.0 - across, _BELOW_CHEST - 60.0])
        places["first"] = np.array([across, _BELOW_CHEST + 20.0])
    if OVER_FACE[0] <= index < OVER_FACE[1]:
        share = (index - OVER_FACE[0]) / (OVER_FACE[1] - OVER_FACE[0])
        # Up from below, a rest on the face, and down again.
        height = np.clip(2.2 * np.sin(np.pi * share), 0.0, 1.0)
        places["first"] = _FACE + [20.0, 620.0 * (1.0 - height)]
    return places


def _cut_hands(path: Path, count: int) -> Iterator[CutHand]:
    tracker = HandTracker(1)
    try:
        with open_source(path, end=_FROM + count) as source:
            for frame in source:
                seen = tracker.track(frame).hands
                if frame.index < _FROM:
                    continue
                points = seen[0].points_image
                lab = cv2.cvtColor(frame.image.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
                low, high = _SKIN_REDNESS
                cover = np.clip((lab[..., 1] - low) / (high - low), 0.0, 1.0)
                near = np.zeros(cover.shape, np.uint8)
                cv2.fillConvexPoly(near, cv2.convexHull(np.round(points).astype(np.int32)), 255)
                reach = round(0.25 * float(np.ptp(points, axis=0).max()))
                near = cv2.dilate(near, cv2.getStructuringElement(2, (2 * reach + 1,) * 2))
                cover = cover * cv2.GaussianBlur(near.astype(np.float64) / 255.0, (0, 0), 2.0)
                yield CutHand(frame.image, cover, points)
    finally:
        tracker.close()


def _place(points: Array, middle: Array, mirrored: bool) -> Array:
    """Return the (2, 3) matrix that puts a hand there, upside down: fingers point up."""
    turn = _SIZE * np.diag([1.0 if mirrored else -1.0, -1.0])
    return np.column_stack([turn, middle - turn @ points.mean(axis=0)])


def _pasted(image: Array, hand: CutHand, place: Array) -> Array:
    # OpenCV's pixel centres are at integers.
    half = np.full(2, 0.5)
    shifted = place.copy()
    shifted[:, 2] += place[:, :2] @ half - half
    size = (image.shape[1], image.shape[0])
    colour = cv2.warpAffine(hand.image, shifted, size, flags=cv2.INTER_CUBIC)
    cover = cv2.warpAffine(hand.cover, shifted, size)[..., None]
    return np.asarray(image + cover * (colour.astype(np.float64) - image))
