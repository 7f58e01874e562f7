"""Hats: round the head at the brow line, as deep as their opening lets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.fitting.cranium import LEVEL_PITCH, Cranium
from ar_preview.fitting.seat import Seat
from ar_preview.geometry import Array, RigidTransform, ellipse_perimeter, so3_exp
from ar_preview.landmarks import FaceLandmark
from ar_preview.products.opening import Opening, hat_opening

if TYPE_CHECKING:
    from ar_preview.person import HeadShape
    from ar_preview.products.product import Product

__all__ = ["hat_scale", "head_circumference", "seat_hat"]

_ABOVE_BROWS = 0.025
"""Where the front hem of a hat lies: an inch above the eyebrows, where hatters measure."""

_TILT = LEVEL_PITCH + np.radians(2.0)
"""How far the front of a hat is raised in head space, before the manifest's tilt: two degrees over
the level. Its sides then lie an inch above ears whose tops are at the height of the brows; where
ears are is only estimated, and a hat may cover their tips."""

_UNSURE = 0.08
"""Share by which the girth of a head is unknown that is told by the breadth of its face."""

_GIVES = 0.03
"""Cloth and hair give by so much of the girth."""

_MOST_UP = 0.010
"""A hat that would have to stay higher is too small, and shown all the same."""

_FOREHEAD_HALF_WIDTH, _FOREHEAD_BAND = 0.030, 0.008
_SKIN_GAP = 0.001


def head_circumference(head: HeadShape) -> float:
    """Return the girth of a head with its hair where hats sit, metres."""
    cranium, front = Cranium.of(head), _front_of_band(head)
    drop = np.tan(_TILT) * (front[2] - cranium.centre_head[2])
    return cranium.girth_at(float(front[1] - drop))


def hat_scale(product: Product, head: HeadShape, true_from_drawn: float = 1.0) -> float:
    """Return how a hat is stretched or taken in, within what it is made for.

    Parameters
    ----------
    product : Product
        Its `fits_mm` are head circumferences; without them it has one size.
    head : HeadShape
    true_from_drawn : float
        As `Person.true_from_drawn`.

    Returns
    -------
    float
        Relative to the model as it is.
    """
    size = product.dimensions_mm.get("head_circumference")
    if product.fits_mm is None or size is None:
        return 1.0
    wanted = 1e3 * true_from_drawn * head_circumference(head)
    least, most = product.fits_mm
    return float(np.clip(wanted, (1.0 - _UNSURE) * least, (1.0 + _UNSURE) * most)) / size


def seat_hat(product: Product, head: HeadShape, true_from_drawn: float = 1.0) -> Seat:
    """Find where a hat sits.

    It is level on an upright head, its front hem on the forehead above the brows; the manifest's
    tilt comes on top. One that is too narrow stays up where the head is as large as
    its opening.

    Parameters
    ----------
    product : Product
        Upright over the middle of its opening.
    head : HeadShape
    true_from_drawn : float
        As `Person.true_from_drawn`.
    """
    scale = hat_scale(product, head, true_from_drawn)
    opening = hat_opening(product).scaled(scale)
    front = _front_of_band(head)
    tilt = _TILT + product.tilt
    # A positive turn about x lowers the front.
    rotation = so3_exp([-tilt, 0.0, 0.0])
    up = rotation[:, 1]
    place = front - rotation @ opening.front
    place[0] = head.skull_centre_head[0]
    place = place + up * _rides_up(opening, head, rotation, place)
    place = place + rotation[:, 2] * _to_forehead(opening, head, rotation, place)
    return Seat(RigidTransform(rotation, place), scale=scale)


def _front_of_band(head: HeadShape) -> Array:
    brows = head.face_head[[FaceLandmark.RIGHT_BROW_TOP, FaceLandmark.LEFT_BROW_TOP]]
    height = float(brows[:, 1].mean()) + _ABOVE_BROWS
    glabella, top = head.face_head[[FaceLandmark.GLABELLA, FaceLandmark.FOREHEAD_TOP]]
    share = np.clip((height - glabella[1]) / (top[1] - glabella[1]), 0.0, 1.0)
    return np.array([0.0, height, glabella[2] + share * (top[2] - glabella[2])])


def _rides_up(opening: Opening, head: HeadShape, rotation: Array, place: Array) -> float:
    """Return how far up its axis a hat stays because it is too narrow, metres."""
    # Sections of an ellipsoid by parallel planes are similar: largest through its middle.
    cranium = Cranium.of(head)
    half_height = float(np.linalg.norm(rotation[:, 1] * cranium.radii))
    level = float(rotation[:, 1] @ (place - cranium.centre_head)) / half_height
    level += 0.5 * (opening.front[1] + opening.side[1]) / half_height
    largest = ellipse_perimeter(cranium.radii[0], cranium.radii[2])
    share = min((1.0 + _GIVES) * opening.girth / largest, 1.0)
    return float(np.clip((np.sqrt(1.0 - share**2) - level) * half_height, 0.0, _MOST_UP))


def _to_forehead(opening: Opening, head: HeadShape, rotation: Array, place: Array) -> float:
    """Return how far forward the hat moves until its front lies on the forehead, metres."""
    points = (head.face_head - place) @ rotation
    near = np.abs(points[:, 1] - opening.front[1]) < _FOREHEAD_BAND
    near &= np.abs(points[:, 0]) < _FOREHEAD_HALF_WIDTH
    if not near.any():
        return 0.0
    return float(points[near, 2].max()) + _SKIN_GAP - float(opening.front[2])
