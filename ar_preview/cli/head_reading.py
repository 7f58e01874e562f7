"""Reading a head in a source: who it is, how large, through which lens."""

from __future__ import annotations

import itertools
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.errors import MeasurementError, SourceError
from ar_preview.geometry import Camera

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.frames import Frame
    from ar_preview.landmarks import FaceModel
    from ar_preview.measuring import CardSighting
    from ar_preview.person import HeadShape, Measurements, NoseRelief, Person
    from ar_preview.poses import HeadPose
    from ar_preview.registration import NoseView, Registration
    from ar_preview.sources import Source
    from ar_preview.tracking import FaceTracker
    from ar_preview.tracks import Tracks

__all__ = ["Reading", "read_head"]

_FRAMES = 300
_NOSE_VIEWS = 40
_CARD_EVERY, _CARD_ENOUGH = 4, 5
_CARDS_AGREE = 0.03
_OTHER_FOVS = (-10.0, 10.0)
_EFFECT_FRAMES = 24


@dataclass
class Reading:
    """What a run found out.

    Parameters
    ----------
    frames : int
    person : Person
    measurements : Measurements
    camera : Camera
    fov_effect : float or None
        How much ten degrees of an assumed field of view change the size, a share.
    """

    frames: int
    person: Person
    measurements: Measurements
    camera: Camera
    fov_effect: float | None


def read_head(opened: Callable[[], Source], pd: float | None, card: bool) -> Reading:
    """Measure the head in a source; of a recording all frames together.

    Parameters
    ----------
    opened : callable
        Opens the source; a recording is read twice.
    pd : float or None
        Known pupil distance, mm.
    card : bool
        Whether a bank card tells the size.

    Raises
    ------
    MeasurementError
        If there is no head or no card, or the pupil distance is not a human one.
    SourceError
        For a folder.
    """
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
        effect = _FovEffect(model, live, known)
        with closing(FaceTracker(continuous=live)) as tracker:
            studied = _study(registration, tracker, opened) if source.info.kind == "video" else []
            nose = _Nose(max(1, len(studied) // _NOSE_VIEWS))
            for frame in itertools.islice(source, _FRAMES):
                tracks = studied[count] if count < len(studied) else tracker.track(frame)
                count += 1
                camera = registration.camera_of(_camera_of(frame), tracks)
                poses, persons = registration.update(frame, tracks, camera)
                if persons:
                    person = persons[0]
                    effect.add(frame, tracks, person, camera)
                    if studied:
                        nose.add(frame, camera, poses.heads[0], person.head)
                    if card and not cards.enough:
                        cards.add(frame, camera, poses.heads[0], person)
                if card and cards.enough and not studied:
                    break
    if person is None or camera is None:
        raise MeasurementError("no face was found: show one face, from the front, in good light")
    relief = nose.relief(person.head, model)
    if card:
        # How deep the skin under a card lies is a guess: what the irises say still counts.
        before, person = person, resized(person, cards.scale().weighed(person.scale))
        relief = _resized(relief, before.head, person.head)
    camera_log_sd = max(ASSUMED_CAMERA_LOG_SD, effect.share) if camera.assumed else 0.0
    measured = HeadMeasurer(model).measure(person, camera_log_sd, relief)
    if measured is None:
        raise MeasurementError(
            "no frame shows the face from the front: look straight at the camera"
        )
    return Reading(count, person, measured, camera, effect.share if camera.assumed else None)


def _camera_of(frame: Frame) -> Camera:
    return frame.camera or Camera.from_fov(frame.size)


def _study(
    registration: Registration, tracker: FaceTracker, opened: Callable[[], Source]
) -> list[Tracks]:
    """Let a registration see a recording to its end; return what was tracked."""
    studied = []
    with opened() as source:
        for frame in itertools.islice(source, _FRAMES):
            tracks = tracker.track(frame)
            registration.study(frame, tracks, registration.camera_of(_camera_of(frame), tracks))
            studied.append(tracks)
    registration.settle()
    return studied


def _resized(
    relief: NoseRelief | None, before: HeadShape | None, now: HeadShape | None
) -> NoseRelief | None:
    if relief is None or before is None or now is None:
        return None
    factor = float(np.ptp(now.face_head[:, 0]) / np.ptp(before.face_head[:, 0]))
    return replace(relief, face_head=factor * relief.face_head)


class _Nose:
    """What frames showed of the nose of one head."""

    def __init__(self, every: int) -> None:
        self._every, self._frames = every, 0
        self._head: HeadShape | None = None
        self._views: list[NoseView] = []

    def add(self, frame: Frame, camera: Camera, pose: HeadPose, head: HeadShape | None) -> None:
        from ar_preview.registration import nose_view

        if head is not self._head:
            self._head, self._views = head, []
        self._frames += 1
        if head is None or (self._frames - 1) % self._every:
            return
        at = pose.camera_from_head
        view = nose_view(frame.image, camera, at, head.face_head, head.eyes_head)
        if view is not None:
            self._views.append(view)

    def relief(self, head: HeadShape | None, model: FaceModel) -> NoseRelief | None:
        """Return the nose of a head, if it was looked at."""
        from ar_preview.registration import refine_nose

        if head is None or head is not self._head:
            return None
        return refine_nose(head.face_head, model.triangles, head.eyes_head, self._views)


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
