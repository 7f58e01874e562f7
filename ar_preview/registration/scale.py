"""True size of a head: from the irises and the proportions of adults, or from a known size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import LEFT_EYE_RING, RIGHT_EYE_RING
from ar_preview.landmarks import FaceLandmark as Lm
from ar_preview.person import Interval
from ar_preview.registration.limbus import find_limbus

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform

__all__ = ["IRIS_DIAMETER_M", "ScaleEstimator", "far_pupil_distance"]

IRIS_DIAMETER_M = 0.0117
"""Horizontal visible iris diameter of adults; 11.7 +- 0.4 mm (Ruefer et al., Cornea 2005)."""

PUPIL_DISTANCE_M = 0.0634
"""Distance of the pupils, far gaze: 63.4 +- 3.8 mm (Dodgson, Proc. SPIE 5291, 2004)."""

ROTATION_TO_PUPIL_M = 0.0105
"""From the centre of rotation of an eye, 13.5 mm behind the cornea, forward to its entrance
pupil, 3 mm behind it (the usual values of schematic eyes)."""

# What a measurement in canonical units tells about size, as logarithms: how far the true iris,
# pupil distance and head of this person may be from the average, and how these go together.
_PRIOR_MEAN = np.log([IRIS_DIAMETER_M, PUPIL_DISTANCE_M, 0.975])
# The canonical face is 2-3 % larger than the average adult: the pupils of twelve people stand
# 65 mm apart in its units.
_PRIOR_SD = np.array([0.42 / 11.7, 3.8 / 63.4, 0.055])
_PRIOR_CORRELATION = np.array([[1.0, 0.15, 0.15], [0.15, 1.0, 0.45], [0.15, 0.45, 1.0]])

_LIMBUS_LOG_SD = 0.018
"""Common to all frames: where the edge lies in a soft limbus, gaze beside the camera."""

_RARE_LOG_SD = 0.05
"""Added where the limbus is seldom seen well: then it is often something else that is seen."""

_ENOUGH_SEEN = 0.3
_OUTLINE_SHRINK, _OUTLINE_LOG_SD = 0.93, 0.06
"""The tracker's own outline is 7 % wider than the limbus, give or take 6 %, depending on the
face (measured where both are seen)."""

_PUPIL_LOG_SD, _TRACKED_PUPIL_LOG_SD = 0.006, 0.02
"""Middles of irises that are seen keep their distance to 0.5 % as a head turns; where the tracker
draws them wanders by 1-4 %, with the turn of the head and with the expression."""

_FAR_GAZE = 0.15
"""Share of people who look past the camera into the distance rather than at it. How much their
eyes converge cannot be seen: eyeballs are not known to half a millimetre in their sockets."""

_FRAME_LOG_SD = 0.02
_FRAMES_ALIKE = 5.0
"""Neighbouring frames repeat the same error; so many count as one."""

_MIN_FACING, _FACING_POWER = 0.82, 8
"""Faces turned by 35 degrees still tell, but count a fifth: poses err in depth, and more of that is
seen the further a face is turned."""

_MIN_FORESHORTENING = 0.88
"""Eyes that look further aside than 28 degrees tell nothing."""

_LIDS_TO_ROTATION_M = 0.009
"""From the middle of the lids back to the eye's centre of rotation."""

_IRISES = np.array(
    [
        [Lm.RIGHT_IRIS_LEFT, Lm.LEFT_IRIS_LEFT],
        [Lm.RIGHT_IRIS_RIGHT, Lm.LEFT_IRIS_RIGHT],
        [Lm.RIGHT_IRIS_CENTRE, Lm.LEFT_IRIS_CENTRE],
    ]
)
_EYES_AGREE = 0.2
"""Beyond that it is not both irises that were seen. In soft pictures the shadow of a lid draws one
of them out and the other in, by up to a sixth, and their mean is right."""

_KEEP = 240
_LOOK_ALWAYS, _LOOK_OFTEN, _LOOK_EVERY, _LOOK_ENOUGH = 8, 12, 6, 40
_Z95 = 1.96


def far_pupil_distance(pupil_distance: float, distance: float) -> float:
    """Undo the vergence of eyes that look at something near.

    An eye that turns by t about its centre of rotation carries its pupil inwards by r sin(t),
    with r from the centre to the pupil; for a target straight ahead at distance L sin(t) is
    half the far distance over L, so that near = far (1 - r / L).

    Parameters
    ----------
    pupil_distance : float
        Between the pupils as seen, metres.
    distance : float
        From the pupils to what they look at, here the camera, metres.
    """
    return float(pupil_distance * _vergence(np.array(distance)))


class ScaleEstimator:
    """Collects irises and pupils over frames and weighs them with what adults are like.

    The result is a ratio: this head relative to the canonical face. Three things tell it,
    each by comparing this person in canonical units with the average adult: the iris, which
    differs least between people, the distance of the pupils and the size of the head as a
    whole. They are combined as correlated normal variables; the interval holds the spread
    between people, which no number of frames can reduce.

    Parameters
    ----------
    pupil_distance_m : float, optional
        The known distance of the pupils for the far gaze: it alone sets the size.
    """

    def __init__(self, pupil_distance_m: float | None = None) -> None:
        self._known_m = pupil_distance_m
        self._limbus: list[tuple[float, float]] = []
        self._outline: list[tuple[float, float]] = []
        self._seen_pupils: list[tuple[float, float, float]] = []
        self._tracked_pupils: list[tuple[float, float, float]] = []
        self._looks = 0
        self._frames = 0

    def add(
        self,
        points_image: Array,
        camera: Camera,
        camera_from_head: RigidTransform,
        eyes: Array,
        gray: npt.NDArray[np.uint8] | None = None,
        patient: bool = False,
    ) -> None:
        """Take one frame into account, if the face looks towards the camera.

        Parameters
        ----------
        points_image : ndarray, shape (478, 2)
            Face landmarks, px.
        camera : Camera
        camera_from_head : RigidTransform
            Pose of the canonical face, canonical metres.
        eyes : ndarray, shape (2, 3)
            Centres of the right and the left eye, head space, canonical metres.
        gray : ndarray, shape (H, W), uint8, optional
            The picture, to find the edges of the irises in; without it the landmarks must do.
        patient : bool
            True where a recording is looked at to its end: however much was seen, what comes
            late tells as much as what came first.
        """
        facing = -float(camera_from_head.rotation[:, 2] @ _sight(camera_from_head))
        if facing < _MIN_FACING or (len(self._outline) >= _KEEP and not patient):
            return
        weight = facing**_FACING_POWER
        pupils_head = eyes + [0.0, 0.0, ROTATION_TO_PUPIL_M - _LIDS_TO_ROTATION_M]
        depths = (camera_from_head @ pupils_head)[:, 2]
        centres = camera_from_head @ (eyes - [0.0, 0.0, _LIDS_TO_ROTATION_M])
        outline, pupils = _tracked(points_image, camera, depths)
        share = _foreshortening(pupils, centres)
        if not outline > 0 or share < _MIN_FORESHORTENING:
            return
        self._frames += 1
        self._outline.append((math.log(outline / share), weight))
        self._tracked_pupils.append((*_apart(pupils), weight))
        if gray is None or not self._wants_to_look(patient):
            return
        self._looks += 1
        found = _seen(gray, points_image, camera, depths)
        if found is not None:
            limbus, pupils = found
            share = _foreshortening(pupils, centres)
            self._limbus.append((math.log(limbus / share), weight))
            self._seen_pupils.append((*_apart(pupils), weight))

    def estimate(self) -> Interval:
        """Return this head's size relative to the canonical face, with its 95 % interval."""
        if self._known_m is not None and self._tracked_pupils:
            mean, sd = self._log_from_known(self._known_m)
        else:
            mean, sd = self._log_from_people()
        return _interval(mean, sd)

    def pupil_distance(self) -> Interval | None:
        """Return the distance of the pupils for the far gaze in metres, once they were seen."""
        if not self._tracked_pupils:
            return None
        if self._known_m is not None:
            return Interval(self._known_m, self._known_m, self._known_m)
        mean, sd = self._log_from_people()
        apart, apart_sd = self._far_apart(float(np.exp(mean)))
        return _interval(mean + apart, float(np.hypot(sd, apart_sd)))

    def _wants_to_look(self, patient: bool) -> bool:
        """Search the picture in the first frames, then in some, until enough was seen."""
        if patient:
            return self._frames % _LOOK_EVERY == 1
        if len(self._limbus) >= _LOOK_ENOUGH:
            return False
        if self._frames < _LOOK_ALWAYS:
            return True
        every = _LOOK_EVERY if len(self._limbus) >= _LOOK_OFTEN else _LOOK_EVERY // 2
        return self._frames % every == 0

    def _log_from_known(self, known_m: float) -> tuple[float, float]:
        mean = sd = 0.0
        # The vergence depends on the true distance of the camera, and that on the scale.
        for _ in range(3):
            apart, sd = self._far_apart(float(np.exp(mean)))
            mean = float(np.log(known_m)) - apart
        return mean, sd

    def _log_from_people(self) -> tuple[float, float]:
        """Generalised least squares for the logarithm of the scale: mean and deviation."""
        measured = np.array([np.nan, np.nan, 0.0])
        noise = np.zeros(3)
        if self._outline:
            measured[0], noise[0] = self._iris()
            measured[1], noise[1] = self._far_apart(1.0)
        kept = np.flatnonzero(np.isfinite(measured))
        covariance = np.outer(_PRIOR_SD, _PRIOR_SD) * _PRIOR_CORRELATION + np.diag(noise**2)
        weights = np.linalg.solve(covariance[np.ix_(kept, kept)], np.ones(len(kept)))
        weights = weights / weights.sum()
        mean = float(weights @ (_PRIOR_MEAN - measured)[kept])
        variance = float(weights @ covariance[np.ix_(kept, kept)] @ weights)
        return mean, float(np.sqrt(variance))

    def _iris(self) -> tuple[float, float]:
        """Logarithm of the iris diameter, canonical metres, and its deviation."""
        outline = _middle(*np.array(self._outline).T)[0] + float(np.log(_OUTLINE_SHRINK))
        if not self._limbus:
            return outline, _OUTLINE_LOG_SD
        seen, few = _middle(*np.array(self._limbus).T)
        sd = float(np.linalg.norm([_LIMBUS_LOG_SD, few, self._rare_sd()]))
        return _combined((seen, sd), (outline, _OUTLINE_LOG_SD))

    def _rare_sd(self) -> float:
        share = min(len(self._limbus) / max(self._looks, 1) / _ENOUGH_SEEN, 1.0)
        return (1.0 - share) * _RARE_LOG_SD

    def _far_apart(self, scale: float) -> tuple[float, float]:
        """Logarithm of the far pupil distance, canonical metres, and its deviation."""
        told = []
        for pupils, common in (
            (self._seen_pupils, float(np.hypot(_PUPIL_LOG_SD, self._rare_sd()))),
            (self._tracked_pupils, _TRACKED_PUPIL_LOG_SD),
        ):
            if pupils:
                apart, away, weights = np.array(pupils).T
                logs = np.log(apart * _vergence(scale * away))
                mean, few = _middle(logs, weights, 0.5 * _FRAME_LOG_SD)
                told.append((mean, float(np.hypot(few, common))))
        mean, sd = told[0] if len(told) == 1 else _combined(*told)
        away = np.median(np.array(self._tracked_pupils)[:, 1])
        spread = math.sqrt(_FAR_GAZE * (1.0 - _FAR_GAZE))
        gaze = spread * float(np.log(_vergence(scale * away)))
        return mean, float(np.hypot(sd, gaze))


def _vergence(distance: Array) -> Array:
    """Ratio of the far pupil distance to that of eyes which look at something so far away."""
    reach = np.maximum(distance, 10.0 * ROTATION_TO_PUPIL_M) + ROTATION_TO_PUPIL_M
    return np.asarray(1.0 / (1.0 - ROTATION_TO_PUPIL_M / reach))


def _middle(values: Array, weights: Array, least: float = _FRAME_LOG_SD) -> tuple[float, float]:
    """Weighted median of values, and its deviation from their spread."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    middle = _weighted_median(values, weights)
    away = np.abs(values - middle)
    order = np.argsort(away)
    spread = max(1.4826 * _weighted_median(away[order], weights[order]), least)
    count = float(weights.sum() ** 2 / (weights**2).sum())
    return middle, float(spread / np.sqrt(1.0 + (count - 1.0) / _FRAMES_ALIKE))


def _weighted_median(values: Array, weights: Array) -> float:
    """Median of sorted values; the middle of each weight stands for its value."""
    return float(np.interp(0.5 * weights.sum(), np.cumsum(weights) - 0.5 * weights, values))


def _combined(one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
    """Mean of two measurements weighted by their deviations, and its deviation."""
    trust = two[1] ** 2 / (one[1] ** 2 + two[1] ** 2)
    return trust * one[0] + (1.0 - trust) * two[0], float(np.sqrt(trust)) * one[1]


def _apart(pupils: Array) -> tuple[float, float]:
    """Distance between the pupils, and from the camera to their middle."""
    return float(np.linalg.norm(pupils[0] - pupils[1])), float(np.linalg.norm(pupils.mean(axis=0)))


def _tracked(points_image: Array, camera: Camera, depths: Array) -> tuple[float, Array]:
    """Mean diameter of the tracked irises and the pupils in camera space, canonical metres."""
    left, right, pupils = camera.unproject(points_image[_IRISES], depths)
    return 0.5 * float(np.linalg.norm(left - right, axis=1).sum()), pupils


def _seen(
    gray: npt.NDArray[np.uint8], points_image: Array, camera: Camera, depths: Array
) -> tuple[float, Array] | None:
    """Mean diameter of both irises as the picture shows them, and the pupils, if both are seen."""
    widths, pupils = [], []
    for ends, centre, ring, depth in (
        ((Lm.RIGHT_IRIS_LEFT, Lm.RIGHT_IRIS_RIGHT), Lm.RIGHT_IRIS_CENTRE, RIGHT_EYE_RING, 0),
        ((Lm.LEFT_IRIS_LEFT, Lm.LEFT_IRIS_RIGHT), Lm.LEFT_IRIS_CENTRE, LEFT_EYE_RING, 1),
    ):
        left, right = points_image[list(ends)]
        radius = 0.5 * float(np.linalg.norm(left - right))
        limbus = find_limbus(gray, points_image[centre], radius, points_image[list(ring)])
        if limbus is None:
            return None
        at = limbus.centre_image + np.array([[0, 0], [-1, 0], [1, 0]]) * limbus.radius_px
        rays = camera.unproject(at, depths[depth])
        widths.append(float(np.linalg.norm(rays[1] - rays[2])))
        pupils.append(rays[0])
    if abs(np.log(widths[0] / widths[1])) > _EYES_AGREE:
        return None
    return float(np.mean(widths)), np.array(pupils)


def _foreshortening(pupils: Array, centres: Array) -> float:
    """Return how much narrower than face on the irises are seen, from where the eyes look.

    The pupils wander in front of the centres of rotation as the eyes turn; seen from the
    camera, a step sideways of r sin(t) is a turn by t and narrows the iris by cos(t). The mean
    of both eyes leaves vergence out.
    """
    reach = (centres**2).sum(axis=1) / (pupils * centres).sum(axis=1)
    aside = 0.5 * float((pupils[:, 0] * reach - centres[:, 0]).sum())
    return math.sqrt(max(0.0, 1.0 - (aside / ROTATION_TO_PUPIL_M) ** 2))


def _interval(log_mean: float, log_sd: float) -> Interval:
    half = _Z95 * log_sd
    return Interval(*(float(np.exp(log_mean + d)) for d in (0.0, -half, half)))


def _sight(camera_from_head: RigidTransform) -> Array:
    return np.asarray(camera_from_head.translation / np.linalg.norm(camera_from_head.translation))
