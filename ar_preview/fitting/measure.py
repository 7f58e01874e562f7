"""A head in an optician's millimetres."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import FaceLandmark
from ar_preview.person import EarShape, HeadShape, Interval, Measurements, NeckShape

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.landmarks import FaceModel
    from ar_preview.person import NoseRelief, Person

__all__ = [
    "ASSUMED_CAMERA_LOG_SD",
    "HeadMeasurer",
    "bridge_width",
    "face_width",
    "head_width",
    "resized",
]

_TEMPLE_ABOVE, _TEMPLE_BEHIND = 0.010, 0.040
_PADS_BELOW, _PADS_BEHIND = 0.007, 0.009
_CREST_HALF_WIDTH = 0.004

_RIM = 0.0005
_MAX_EXTENSION = 0.020
_WIDENING = 0.45
"""A mesh that ends before the temples is continued for so far; heads widen there by so much."""

_SKULL_TO_TRAGI = 1.07
"""Greatest breadth of the skull over that between the tragi: 152 over 142 mm (NASA-STD-3000,
head breadth and bitragion breadth, mean of man and woman)."""

_LIDS_TO_PUPIL = 0.002
"""The pupils stand so far before the middle of the outline of the lids (1.5-2.3 mm on a head of
known shape)."""

# How far the shape of the face is off where it is measured, apart from its scale. Temples that
# are wider or narrower than the rest of a face lets expect are followed by half, those of two
# heads of known shape within 2 %; the skull is only known in proportion.
_FACE_LOG_SD, _SKULL_LOG_SD = 0.022, 0.04
_TRACKED_BRIDGE_LOG_SD, _SEEN_BRIDGE_LOG_SD = 0.16, 0.07
"""The same of the nose, by landmarks and by what its skin showed from several sides. Landmarks
follow a nose that is wider by 20 % with 3-4 %; skin without pores or freckles tells little."""

ASSUMED_CAMERA_LOG_SD = 0.04
"""Ten degrees of field of view change the widths by 1.3-4.6 % (real clips); webcams differ from
the assumed one by about as much."""

_PUPIL_LOG_SD = 0.007
_Z95 = 1.96


class HeadMeasurer:
    """Measures heads, each anew only when its shape was learned anew.

    Parameters
    ----------
    model : FaceModel
    """

    def __init__(self, model: FaceModel) -> None:
        self._triangles = model.triangles
        self._known: dict[
            int, tuple[Person, tuple[float, NoseRelief | None], Measurements | None]
        ] = {}

    def measure(
        self, person: Person, camera_log_sd: float = 0.0, nose: NoseRelief | None = None
    ) -> Measurements | None:
        """Return the measurements of a person; None while head or pupils are not known.

        Parameters
        ----------
        person : Person
        camera_log_sd : float
            How far the camera's unknown field of view may have the widths off: seen from
            nearer, what lies further back comes out wider. `ASSUMED_CAMERA_LOG_SD` where the
            camera is only assumed, 0 where it is known.
        """
        if person.head is None:
            return None
        by = camera_log_sd, nose
        known = self._known.get(person.id)
        if (
            known is None
            or known[0].head is not person.head
            or known[0].pupil_distance_m is not person.pupil_distance_m
            or known[1] != by
        ):
            known = (person, by, self._measured(person, person.head, *by))
            self._known[person.id] = known
        return known[2]

    def _measured(
        self, person: Person, head: HeadShape, camera_log_sd: float, nose: NoseRelief | None
    ) -> Measurements | None:
        face, eyes = head.face_head, head.eyes_head
        nosed = face if nose is None else nose.face_head
        temples = face_width(face, self._triangles, eyes)
        bridge = bridge_width(nosed, self._triangles, eyes)
        if person.pupil_distance_m is None or temples is None or bridge is None:
            return None
        drawn = person.true_from_drawn
        # What was seen is only as good as it is; the rest is as landmarks have it.
        unseen = 1.0 if nose is None else nose.unseen
        nose_sd = np.hypot(_SEEN_BRIDGE_LOG_SD, np.sqrt(unseen) * _TRACKED_BRIDGE_LOG_SD)
        nose_sd = min(float(nose_sd), _TRACKED_BRIDGE_LOG_SD)
        scale_sd = float(np.log(person.scale.high / person.scale.low)) / (2.0 * _Z95)
        return Measurements(
            person.pupil_distance_m.scaled(1e3),
            _interval_mm(drawn * temples, scale_sd, _FACE_LOG_SD, camera_log_sd),
            _interval_mm(drawn * bridge, scale_sd, nose_sd),
            _interval_mm(drawn * head_width(face), scale_sd, _SKULL_LOG_SD, camera_log_sd),
        )


def resized(person: Person, scale: Interval) -> Person:
    """Return a person at another size relative to the canonical face, with all that is known.

    Parameters
    ----------
    person : Person
    scale : Interval
        As `Person.scale`, for example from a card.
    """
    head, pupils = person.head, person.pupil_distance_m
    if head is not None:
        factor = scale.value / person.scale.value * person.true_from_drawn
        neck = NeckShape(
            factor * head.neck.top_head,
            factor * head.neck.base_head,
            (factor * head.neck.radii[0], factor * head.neck.radii[1]),
        )
        x, y, z = head.skull_radii
        head = HeadShape(
            factor * head.face_head,
            factor * head.skull_centre_head,
            (factor * x, factor * y, factor * z),
            {
                side: EarShape(factor * ear.root_head, factor * ear.lobe_head)
                for side, ear in head.ears.items()
            },
            neck,
            None if head.irises_head is None else factor * head.irises_head,
        )
    if pupils is not None:
        value = scale.value / person.scale.value * pupils.value
        spread = np.log([scale.low / scale.value, scale.high / scale.value])
        low, high = np.sign(spread) * np.hypot(spread, _Z95 * _PUPIL_LOG_SD)
        pupils = Interval(value, value * float(np.exp(low)), value * float(np.exp(high)))
    return replace(person, scale=scale, head=head, pupil_distance_m=pupils, drawn_scale=None)


def face_width(
    face_head: Array, triangles: npt.NDArray[np.integer], eyes_head: Array
) -> float | None:
    """Return the width at the temples, 10 mm above and 40 mm behind the pupils, metres.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        True metres.
    triangles : ndarray, shape (M, 3)
    eyes_head : ndarray, shape (3,)
        See `HeadShape.eyes_head`.

    Returns
    -------
    float or None
        None where the face does not reach so far back on both sides.
    """
    eyes = eyes_head + [0.0, 0.0, _LIDS_TO_PUPIL]
    section = _section(face_head, triangles, eyes[1] + _TEMPLE_ABOVE)
    right = section[..., 0] < eyes[0]
    if right.all() or not right.any():
        return None
    rims = [float(section[side][:, 2].min()) for side in (right, ~right)]
    ends = max(rims) + _RIM
    goal = float(eyes[2]) - _TEMPLE_BEHIND
    x = _crossings(section, max(goal, ends))
    if ends > goal + _MAX_EXTENSION or not ((x < eyes[0]).any() and (x > eyes[0]).any()):
        return None
    return float(x.max() - x.min()) + _WIDENING * max(0.0, ends - goal)


def bridge_width(
    face_head: Array, triangles: npt.NDArray[np.integer], eyes_head: Array
) -> float | None:
    """Return the width of the nose 7 mm below the pupils, 9 mm behind its crest, metres."""
    eyes = eyes_head
    section = _section(face_head, triangles, eyes[1] - _PADS_BELOW)
    near = np.abs(section[..., 0] - eyes[0]) < _CREST_HALF_WIDTH
    if not near.any():
        return None
    x = _crossings(section, float(section[near][:, 2].max()) - _PADS_BEHIND) - eyes[0]
    if not ((x < 0).any() and (x > 0).any()):
        return None
    return float(x[x > 0].min() - x[x < 0].max())


def head_width(face_head: Array) -> float:
    """Return the greatest breadth of the skull, from that between the tragi, metres."""
    tragi = face_head[[FaceLandmark.RIGHT_TRAGUS, FaceLandmark.LEFT_TRAGUS]]
    return _SKULL_TO_TRAGI * float(np.linalg.norm(tragi[1] - tragi[0]))


def _section(vertices: Array, triangles: npt.NDArray[np.integer], y: float) -> Array:
    """Cut a mesh with a level plane: segments, shape (S, 2, 3)."""
    corners = vertices[triangles]
    above = corners[..., 1] > y
    cut = corners[above.any(axis=1) & ~above.all(axis=1)]
    a, b = cut, np.roll(cut, -1, axis=1)
    crosses = (a[..., 1] > y) != (b[..., 1] > y)
    rise = b[..., 1] - a[..., 1]
    share = (y - a[..., 1]) / np.where(crosses, rise, 1.0)
    points = a + share[..., None] * (b - a)
    return np.asarray(points[crosses].reshape(-1, 2, 3))


def _crossings(section: Array, z: float) -> Array:
    """Return x where a section crosses a depth."""
    a, b = section[:, 0], section[:, 1]
    crosses = (a[:, 2] > z) != (b[:, 2] > z)
    a, b = a[crosses], b[crosses]
    share = (z - a[:, 2]) / (b[:, 2] - a[:, 2])
    return np.asarray(a[:, 0] + share * (b[:, 0] - a[:, 0]))


def _interval_mm(value_m: float, *log_sds: float) -> Interval:
    half = _Z95 * float(np.linalg.norm(log_sds))
    value = 1e3 * value_m
    return Interval(value, value * float(np.exp(-half)), value * float(np.exp(half)))
