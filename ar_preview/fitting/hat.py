"""Hats: round the head at the brow line, as deep as their opening lets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.fitting.cranium import Cranium
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

_ABOVE_EARS = 0.008
"""Room between the tops of the ears and the hem beside them; hatters measure just above them."""

_EAR_TOP_ABOVE_ROOT = 0.013
"""The top of the ear stands so far above the root of its front edge, at a head's usual size."""

_TILT_LIMITS = np.radians([-4.0, 14.0])
_GIVES = 0.03
"""Cloth and hair give by so much of the girth."""

_MOST_UP = 0.022

_FOREHEAD_HALF_WIDTH, _FOREHEAD_BAND = 0.030, 0.008
_SKIN_GAP = 0.001


def head_circumference(head: HeadShape) -> float:
    """Return the girth of a head with its hair where hats sit, metres."""
    height = 0.5 * (_front_of_band(head)[1] + _side_of_band(head)[1])
    return Cranium.of(head).girth_at(height)


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
        Relative to the model as it is; of the width and depth of what is worn.
    """
    size = product.dimensions_mm.get("head_circumference")
    if product.fits_mm is None or size is None:
        return 1.0
    wanted = 1e3 * true_from_drawn * head_circumference(head)
    return float(np.clip(wanted, *product.fits_mm)) / size


def seat_hat(product: Product, head: HeadShape, true_from_drawn: float = 1.0) -> Seat:
    """Find where a hat sits.

    Its front hem lies on the forehead above the brows and its sides above the ears; the
    manifest's tilt comes on top. One that is too narrow stays up where the head is as large as
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
    side = _side_of_band(head)
    tilt = np.arctan2(front[1] - side[1], front[2] - side[2])
    tilt -= np.arctan2(opening.front[1] - opening.side[1], opening.front[2] - opening.side[2])
    tilt = float(np.clip(tilt, *_TILT_LIMITS)) + product.tilt
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


def _side_of_band(head: HeadShape) -> Array:
    roots = np.stack([head.ears["left"].root_head, head.ears["right"].root_head])
    size = head.skull_radii[2] / 0.1025
    above = size * _EAR_TOP_ABOVE_ROOT + _ABOVE_EARS
    return np.asarray(roots.mean(axis=0) + [0.0, above, 0.0])


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
