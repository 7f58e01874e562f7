"""Hands by MediaPipe's hand landmarker (Tasks API), looked for as rarely as it can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.errors import TrackingError
from ar_preview.frames import Frame, ImageSize
from ar_preview.tracking.identity import IdentityKeeper, shape_likeness
from ar_preview.tracking.landmarker import Landmarker, landmark_table
from ar_preview.tracking.thumbnail import thumbnail
from ar_preview.tracking.weights import HAND_WEIGHTS, weights_file
from ar_preview.tracks import HandTrack, Tracks

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.tracks import Handedness

__all__ = ["HandTracker", "HandednessVote"]

_LANDMARKS = 21
_SEARCH_NS = 190_000_000
"""Time between looks for a first hand: a look costs as much as following one."""

_MOST_WAIT_NS = 40_000_000
"""By how much it is put off to a frame with more time."""

_MOST_CALM_NS = 760_000_000
"""Time between looks while nothing as large as a hand has moved since a look that found none."""

_CELLS, _OF_A_HAND, _HAND_CHANGE = 24, 6, 20.0
"""Cells along each side of a picture, those that the smallest palm that is found covers, and how
far they change when one comes in, levels: by 28 and more in real clips; by 8-15 in a fifth of a
second where somebody only talks."""

_LEAST_ROWS = 180
"""Rows of a picture that are enough to see it."""

_SECOND_NS = 1_500_000_000
"""Time between looks for a second hand, which cost twice that."""

_GIVE_UP_NS = 300_000_000
"""A hand that is lost is searched in every frame for so long."""

_SAME_HAND = 0.85
"""Likeness from which two detections are one hand found twice."""

_PICTURE_LOOKS = 3
"""A single picture is looked at as if it stood still: the landmarker finds a hand first roughly
in a square around its palm, then better in one around its own landmarks."""

_PICTURE_STEP_NS, _PICTURE_GAP_NS = 33_000_000, 10_000_000_000

_VOTE_MEMORY = 0.9
"""What a vote for left or right counts one frame later."""


class HandTracker:
    """Follows hands through a video, or finds them in unrelated pictures.

    MediaPipe looks for palms in every frame in which it follows fewer hands than it may. So one
    landmarker that may find one follows a single hand, another that may find all is asked only
    now and then, and takes over while there are two.

    Parameters
    ----------
    num_hands : int
        Most hands to follow.
    continuous : bool
        True for a video or camera; False where every frame is a picture of its own.
    weights_folder : Path, optional
        Where the weights are; the bundled folder by default.

    Raises
    ------
    TrackingError
        If the weights are missing or damaged, or the library refuses to start.
    """

    def __init__(
        self, num_hands: int = 2, continuous: bool = True, weights_folder: Path | None = None
    ) -> None:
        if num_hands < 1:
            raise TrackingError(f"expected at least one hand to follow, got {num_hands}")
        self._weights = partial(weights_file, HAND_WEIGHTS, weights_folder)
        self._most = num_hands
        self._continuous = continuous
        gap_ms = 2 * _SECOND_NS // 1_000_000  # It is asked that seldom, and slow to begin anew.
        self._wide = Landmarker("hand", self._weights, True, gap_ms=gap_ms, num_hands=num_hands)
        self._single: Landmarker | None = None
        self._pictures = 0
        self._start(None)

    def _start(self, size: ImageSize | None) -> None:
        self._size = size
        self._following = 0
        self._time_ns = self._seen_ns = self._enough_ns = 0
        self._searched_ns: int | None = None
        self._empty: npt.NDArray[np.int16] | None = None  # The picture when no hand was found.
        self._identities = IdentityKeeper(shape_likeness)
        self._votes: dict[int, HandednessVote] = {}

    def track(self, frame: Frame, *, may_wait: bool = False) -> Tracks:
        """Return the hands of a frame, in no particular order.

        Parameters
        ----------
        frame : Frame
        may_wait : bool
            True where the next frame has more time for a look for a first hand.

        Raises
        ------
        TrackingError
            If the tracker is closed or the library fails.
        """
        size = ImageSize(*frame.size)
        now = frame.timestamp_ns
        if not self._continuous or size != self._size or now < self._time_ns:
            self._start(size)
        self._time_ns = now
        if self._continuous:
            seen = self._look(frame, now, _SEARCH_NS + (_MOST_WAIT_NS if may_wait else 0))
        else:
            seen = self._look_still(frame)
        return Tracks(size, (), self._tracks(seen, now))

    def close(self) -> None:
        """Release the landmarkers; calling it again is harmless."""
        self._wide.close()
        if self._single is not None:
            self._single.close()

    @property
    def _narrow(self) -> Landmarker:
        """The landmarker of a single hand, from the first hand on: it takes 70 MB."""
        if self._single is None:
            self._single = Landmarker("hand", self._weights, True, num_hands=1)
        return self._single

    def _look(self, frame: Frame, now: int, search_ns: int) -> list[_Seen]:
        """Detect with as little effort as what was seen so far allows."""
        since = None if self._searched_ns is None else now - self._searched_ns
        picture = None
        if self._following == 0:
            if since is not None and since < search_ns:
                return []
            picture = _small(frame.image)
            if since is not None and since < _MOST_CALM_NS and self._is_empty(picture):
                return []
        found: list[_Seen] = []
        if self._following == 1 and self._most > 1:
            found = self._detect(self._narrow, frame)
        if len(found) == 0 or since is None or since >= _SECOND_NS:
            wide = self._detect(self._wide, frame)
            if self._following != 1 or len(wide) > len(found):
                found = wide
            self._searched_ns = now
        self._empty = None if found else picture
        self._adapt(len(found), now)
        return found

    def _is_empty(self, picture: npt.NDArray[np.int16]) -> bool:
        """Whether a picture is still as it was when no hand was found."""
        if self._empty is None:
            return False
        change = np.sort(np.abs(picture - self._empty), axis=None)
        return bool(change[-_OF_A_HAND:].mean() < _HAND_CHANGE)

    def _look_still(self, frame: Frame) -> list[_Seen]:
        """Detect in a picture of its own; the gap in time makes the landmarker begin anew."""
        self._pictures += 1
        seen: list[_Seen] = []
        for look in range(_PICTURE_LOOKS):
            stamp = self._pictures * _PICTURE_GAP_NS + look * _PICTURE_STEP_NS
            seen = self._detect(self._wide, Frame(frame.image, frame.index, stamp))
            if not seen:
                break
        return seen

    def _adapt(self, count: int, now: int) -> None:
        """Follow as many hands as there are, fewer only after a while."""
        if count:
            self._seen_ns = now
        if count >= self._following:
            self._following, self._enough_ns = count, now
        elif now - self._enough_ns > _GIVE_UP_NS:
            self._following = count if count or now - self._seen_ns > _GIVE_UP_NS else 1
            self._enough_ns = now

    def _detect(self, landmarker: Landmarker, frame: Frame) -> list[_Seen]:
        size = ImageSize(*frame.size)
        result = landmarker.detect(frame)
        found: list[_Seen] = []
        for landmarks, world, labels in zip(
            result.hand_landmarks, result.hand_world_landmarks, result.handedness, strict=True
        ):
            table = landmark_table(landmarks, size, _LANDMARKS)
            points_world = np.array([(p.x, p.y, p.z) for p in world], np.float64)
            if table is None or points_world.shape != (_LANDMARKS, 3):
                continue
            found.append(_Seen(table, points_world, *_label(labels[0])))
        return _without_doubles(found)

    def _tracks(self, seen: list[_Seen], now: int) -> tuple[HandTrack, ...]:
        ids = self._identities.assign(
            [s.table[:, :2] for s in seen], now, [s.handedness for s in seen]
        )
        tracks = []
        for key, hand in zip(ids, seen, strict=True):
            vote = self._votes.setdefault(key, HandednessVote())
            handedness, score = vote.update(hand.handedness, hand.score, now)
            self._identities.tell_kind(key, handedness)
            tracks.append(
                HandTrack(
                    key,
                    handedness,
                    score,
                    np.ascontiguousarray(hand.table[:, :2]),
                    hand.table[:, 2] - hand.table[0, 2],
                    hand.points_world,
                )
            )
        return tuple(tracks)


class HandednessVote:
    """Left or right by the votes of the last ten frames or so; single frames err."""

    def __init__(self) -> None:
        self._balance = 0.0
        self._weight = 0.0
        self._time_ns = 0

    def update(
        self, handedness: Handedness, score: float, timestamp_ns: int
    ) -> tuple[Handedness, float]:
        """Add what one frame says, return what most say and how far they agree, .5 to 1."""
        if not 0 <= timestamp_ns - self._time_ns <= _SECOND_NS:
            self._balance = self._weight = 0.0
        self._time_ns = timestamp_ns
        right = score if handedness == "right" else 1.0 - score
        self._balance = _VOTE_MEMORY * self._balance + right - 0.5
        self._weight = _VOTE_MEMORY * self._weight + 1.0
        share = self._balance / self._weight
        return "right" if share > 0.0 else "left", min(0.5 + abs(share), 1.0)


@dataclass(frozen=True, eq=False)
class _Seen:
    """A detection: landmarks in px with depth, world landmarks, label and its score."""

    table: Array
    points_world: Array
    handedness: Handedness
    score: float


def _small(image: RgbImage) -> npt.NDArray[np.int16]:
    step = max(1, min(image.shape[:2]) // _LEAST_ROWS)
    return thumbnail(image[::step, ::step, 1:2], _CELLS).astype(np.int16)


def _label(category: Any) -> tuple[Handedness, float]:
    # The person's own side: this version labels pictures that are not mirrored.
    handedness: Handedness = "right" if category.category_name == "Right" else "left"
    return handedness, min(max(float(category.score), 0.5), 1.0)


def _without_doubles(seen: list[_Seen]) -> list[_Seen]:
    kept: list[_Seen] = []
    for hand in sorted(seen, key=lambda s: -s.score):
        if all(shape_likeness(hand.table[:, :2], k.table[:, :2]) < _SAME_HAND for k in kept):
            kept.append(hand)
    return kept
