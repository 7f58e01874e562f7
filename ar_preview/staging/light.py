"""The light of a stream of frames: estimated now and then, shown without a flicker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from ar_preview.scene import Light, LightMode
from ar_preview.staging.albedo import skin_albedo
from ar_preview.staging.skin import LUMINANCE, SkinSampler, fit_harmonics
from ar_preview.staging.studio import StudioLight
from ar_preview.staging.surroundings import (
    face_cover,
    hand_cover,
    small_picture,
    surroundings,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array
    from ar_preview.landmarks import FaceModel
    from ar_preview.poses import HeadPose
    from ar_preview.staging.hand_skin import LitHand
    from ar_preview.tracks import FaceTrack

__all__ = ["LightEstimator", "RoomLight", "light_estimator"]

_EVERY = 6
"""Frames from one estimate to the next."""

_SLOWEST = 0.12
"""Share of a new estimate that is taken where nothing has changed."""

_NOISE = 0.06
"""Relative change between estimates that is still noise."""

_OWED = 0.2
"""Share of new estimates from which on what is mirrored is worked out anew: in calm light every
second time."""

_ALBEDO_ESTIMATES = 5
"""After so many the skin is known: whatever changes then is the light."""

_SETTLE_S = 0.12
_ARRIVE_S = 0.2
"""Time in which one map of what is mirrored gives way to the next: the time between two looks."""

_FORGET_S = 2.0
_NS_PER_S = 1e9
_BRIGHTEST = 1.6
"""Largest irradiance / pi in front of a face: beyond it a picture would be overexposed."""

_BODY_SHARE = 0.65
"""Of the brightness of the face: what lies behind a product is in its shade, or hair."""

_HAND_TINT = 0.35
"""Share of the colour that is kept of light told by a hand: palms are redder than faces, backs of
hands browner, and the prior knows faces."""

_SAME_SCENE = 0.4
"""Correlation of two backgrounds below which the picture was cut."""


class LightEstimator(Protocol):
    """Tells the light of frames that come in order.

    ``every`` is the number of frames from one look at the picture to the next.
    """

    every: int

    def update(
        self,
        frame: Frame,
        face: FaceTrack | None,
        pose: HeadPose | None,
        hand: LitHand | None = None,
    ) -> Light:
        """Return the light of a frame; without face and hand the last one stays."""
        ...


def light_estimator(mode: LightMode, model: FaceModel, continuous: bool) -> LightEstimator:
    """Return what tells the light in a mode.

    Parameters
    ----------
    mode : {"auto", "studio", "off"}
    model : FaceModel
    continuous : bool
        False where every frame is a picture of its own.
    """
    if mode == "auto":
        return RoomLight(model, continuous)
    return StudioLight(continuous) if mode == "studio" else _NoLight()


class _NoLight:
    """Products in their own colours."""

    every = 1

    def update(
        self,
        frame: Frame,
        face: FaceTrack | None,
        pose: HeadPose | None,
        hand: LitHand | None = None,
    ) -> Light:
        return Light(unlit=True)


@dataclass(eq=False)
class _State:
    """What is shown, and where it is going."""

    harmonics: Array
    target: Array
    skin: Array
    """Radiance of the skin in light of level 1, as all that follows."""

    mirrored: npt.NDArray[np.float32] | None = None
    mirrored_before: npt.NDArray[np.float32] | None = None
    arrived: float = 1.0
    """Share of the map in the picture; the rest is the one before."""

    owed: float = 1.0
    """Share of newer estimates that the map has not had yet."""


class RoomLight:
    """Estimates the light of the room from the face and the background.

    Every sixth frame is looked at; in between the light moves on smoothly. A small change is
    averaged, a large one is followed at once, a cut is not blended over.

    Parameters
    ----------
    model : FaceModel
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, model: FaceModel, continuous: bool = True) -> None:
        self._sampler = SkinSampler(model)
        self._continuous = continuous
        self.every = _EVERY
        self._start()

    def _start(self) -> None:
        self._state: _State | None = None
        self._log_albedo = np.zeros(3)
        self._albedo_count = 0
        self._until_next = 0
        self._key = ""
        self._timestamp_ns = 0
        self._thumbnail: Array | None = None

    def update(
        self,
        frame: Frame,
        face: FaceTrack | None,
        pose: HeadPose | None,
        hand: LitHand | None = None,
    ) -> Light:
        """Return the light of a frame.

        Parameters
        ----------
        frame : Frame
        face : FaceTrack or None
            The face that tells the light.
        pose : HeadPose or None
            Of that face.
        hand : LitHand, optional
            What tells it where there is no face; without either the last light stays.
        """
        dt = (frame.timestamp_ns - self._timestamp_ns) / _NS_PER_S
        if not self._continuous or not 0.0 <= dt < _FORGET_S:
            self._start()
        self._timestamp_ns = frame.timestamp_ns
        self._until_next -= 1
        key = None
        if face is not None and pose is not None:
            key = f"face:{face.id}"
        elif hand is not None:
            key = f"hand:{hand.pose.hand_id}"
        if key is not None and (self._until_next <= 0 or key != self._key):
            self._estimate(frame, key, face, pose, hand)
        state = self._state
        if state is None:
            return Light()
        step = 1.0 - float(np.exp(-max(dt, 0.0) / _SETTLE_S))
        state.harmonics = state.harmonics + step * (state.target - state.harmonics)
        state.arrived = min(1.0, state.arrived + max(dt, 0.0) / _ARRIVE_S)
        # Between estimates the map keeps its pattern and follows in brightness.
        level = _level(state.harmonics)
        return Light(
            irradiance=state.harmonics / level,
            radiance=state.mirrored,
            radiance_before=state.mirrored_before if state.arrived < 1.0 else None,
            arrived=state.arrived,
            body_radiance=_BODY_SHARE * state.skin,
            exposure=level,
        )

    def _estimate(
        self,
        frame: Frame,
        key: str,
        face: FaceTrack | None,
        pose: HeadPose | None,
        hand: LitHand | None,
    ) -> None:
        samples = None
        if face is not None and pose is not None:
            place = pose.camera_from_head
            samples = self._sampler.sample(frame.image, face, place.rotation, place.translation)
            cover = face_cover(face.points_image, frame.size)
        elif hand is not None:
            samples = hand.sample(frame.image)
            cover = hand_cover(hand.points_image, frame.size)
        if samples is None:
            return
        self._until_next = self.every
        small = small_picture(frame.image)
        if key != self._key or self._is_cut(small):
            self._state, self._albedo_count = None, 0
            self._key = key
        harmonics = _bounded(fit_harmonics(samples, self._albedo(samples.median)))
        if key.startswith("hand:"):
            harmonics = _with_less_colour(harmonics, _HAND_TINT)
        state = self._follow(harmonics, samples.median)
        if state.owed > _OWED:
            # In the calmed light: one estimate alone is off by some per cent.
            radiance = surroundings(small, cover, frame.size, state.target)
            _mirror(state, radiance / np.float32(_level(state.target)))

    def _albedo(self, color: Array) -> Array:
        """Return the skin's own colour: the mean over the first estimates of a face."""
        if self._albedo_count < _ALBEDO_ESTIMATES:
            self._albedo_count += 1
            new = np.log(skin_albedo(color))
            self._log_albedo += (new - self._log_albedo) / self._albedo_count
        return np.asarray(np.exp(self._log_albedo))

    def _follow(self, harmonics: Array, skin: Array) -> _State:
        """Move the light on."""
        skin = skin / _level(harmonics)
        state = self._state
        if state is None:
            self._state = _State(harmonics, harmonics, skin)
            return self._state
        change = float(np.linalg.norm(harmonics - state.target) / np.linalg.norm(state.target))
        share = max(_SLOWEST, change**2 / (change**2 + _NOISE**2))
        state.target = state.target + share * (harmonics - state.target)
        state.skin = state.skin + share * (skin - state.skin)
        state.owed += share * (1.0 - state.owed)
        return state

    def _is_cut(self, small: npt.NDArray[np.float32]) -> bool:
        """Whether the picture has nothing to do with the one of the last estimate."""
        shrunk = cv2.resize(small, (16, 9), interpolation=cv2.INTER_AREA)
        thumbnail = np.log(shrunk @ LUMINANCE + 0.01).ravel()
        thumbnail = thumbnail - thumbnail.mean()
        thumbnail /= max(float(np.linalg.norm(thumbnail)), 1e-6)
        before, self._thumbnail = self._thumbnail, thumbnail
        return before is not None and float(before @ thumbnail) < _SAME_SCENE


def _mirror(state: _State, new: npt.NDArray[np.float32]) -> None:
    """Give what is mirrored the share of a new map that the light has had of its estimates."""
    old = state.mirrored
    if old is None:
        state.mirrored = new
    else:
        state.mirrored = old + np.float32(state.owed) * (new - old)
        state.mirrored_before, state.arrived = old, 0.0
    state.owed = 0.0


def _level(harmonics: Array) -> float:
    """Mean luminance of a light over all directions."""
    return max(float(harmonics[0] @ LUMINANCE), 1e-6)


def _with_less_colour(harmonics: Array, share: float) -> Array:
    """Keep the luminance of a light and a share of its colour."""
    gray = (harmonics @ LUMINANCE)[:, None]
    return np.asarray(gray + share * (harmonics - gray))


def _bounded(harmonics: Array) -> Array:
    """Darken what is brighter than a well exposed picture can be."""
    ambient = _level(harmonics) / np.sqrt(4.0 * np.pi)
    return np.asarray(harmonics * min(1.0, _BRIGHTEST / ambient))
