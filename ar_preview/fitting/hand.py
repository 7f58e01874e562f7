"""Rings on fingers, watches and bracelets on wrists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, ellipse_perimeter, so3_exp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

    from ar_preview.geometry import Array
    from ar_preview.poses import FingerPose, WristPose
    from ar_preview.products.product import Product
    from ar_preview.products.straps import Strap

__all__ = ["Bender", "Cuff", "LimbSeat", "seat_on_finger", "seat_on_wrist"]

_MM = 1e-3
_RING_PLAY = 1.03
"""A ring's inner diameter to that of the finger below it."""

_MOST_SHIFT_M = 0.014
"""How far a watch moves up towards the hand before a sleeve."""

_CUFF_DOUBT_M = 0.004
_FADE_FRAMES = 6
_RADII_NEWS_M = 2e-4


@dataclass(frozen=True, eq=False)
class LimbSeat:
    """Where a piece sits on a limb.

    Parameters
    ----------
    camera_from_product : RigidTransform
    scale : float
    nodes : mapping of str to RigidTransform
    """

    camera_from_product: RigidTransform
    scale: float = 1.0
    nodes: Mapping[str, RigidTransform] = field(default_factory=dict)


def seat_on_finger(product: Product, pose: FingerPose) -> LimbSeat:
    """Put a ring on a finger, in the size of its range that fits best.

    Parameters
    ----------
    product : Product
        Its ``inner_diameter`` is that of the model; without one it is taken as it is.
    pose : FingerPose
    """
    own = product.dimensions_mm.get("inner_diameter")
    if not own:
        return LimbSeat(pose.camera_from_finger)
    wanted = _RING_PLAY * 2.0 * pose.radius_m / _MM
    low, high = product.fits_mm or (own, own)
    return LimbSeat(pose.camera_from_finger, float(np.clip(wanted, low, high)) / own)


def seat_on_wrist(
    product: Product,
    pose: WristPose,
    shift_m: float = 0.0,
    now: time | None = None,
    bender: Bender | None = None,
) -> LimbSeat:
    """Put a watch or a bracelet on a wrist: its strap bent to it, a bangle hanging on it.

    Real sizes are kept; only a wrist that the piece could not be closed round gets a larger or
    smaller one.

    Parameters
    ----------
    product : Product
    pose : WristPose
    shift_m : float
        Along the arm towards the hand.
    now : datetime.time, optional
        What a watch shows; what its model shows by default.
    bender : Bender, optional
        Remembers how the strap lies.
    """
    girth = ellipse_perimeter(*pose.radii_m) / _MM
    low, high = product.fits_mm or (girth, girth)
    scale = 1.0 if low <= girth <= high else girth / float(np.clip(girth, low, high))
    a, b = (radius / scale for radius in pose.radii_m)
    place = np.array([0.0, shift_m, 0.0])
    nodes: dict[str, RigidTransform] = {}
    if product.strap is not None:
        nodes |= (bender or Bender()).bent(product.strap, (a, b))
    else:
        place = place + scale * _hanging(product, (a, b), pose.camera_from_wrist.rotation)
    if product.clock is not None and now is not None:
        nodes |= product.clock.moves(now)
    wrist_from_product = RigidTransform(np.eye(3), place)
    if product.slot == "watch" and pose.handedness == "right":
        # 12 o'clock is at -x, away from the thumb's side on a left wrist.
        half_turn = RigidTransform(so3_exp([0.0, 0.0, np.pi]), np.zeros(3))
        wrist_from_product = wrist_from_product @ half_turn
    return LimbSeat(pose.camera_from_wrist @ wrist_from_product, scale, nodes)


class Bender:
    """Bends a strap anew only when the wrist has changed by what can be seen."""

    def __init__(self) -> None:
        self._radii = (0.0, 0.0)
        self._nodes: Mapping[str, RigidTransform] = {}

    def bent(self, strap: Strap, radii_m: tuple[float, float]) -> Mapping[str, RigidTransform]:
        """Return the motion of the parts of a strap on a limb of these half-axes."""
        if np.abs(np.subtract(radii_m, self._radii)).max() > _RADII_NEWS_M:
            self._radii, self._nodes = radii_m, strap.bent(radii_m)
        return self._nodes


def _hanging(product: Product, radii: tuple[float, float], rotation: Array) -> Array:
    """Return how far a rigid bangle hangs below the arm's axis, wrist space, metres.

    Down is down in the picture; the play is the difference of the ellipses' support functions.
    """
    across = product.dimensions_mm.get("inner_diameter", 0.0) * _MM / 2.0
    high = product.dimensions_mm.get("height", 2.0 * across / _MM) * _MM / 2.0
    down = rotation.T @ np.array([0.0, 1.0, 0.0])
    down[1] = 0.0
    length = float(np.linalg.norm(down))
    if across <= 0.0 or length < 1e-6:
        return np.zeros(3)
    unit = down / length
    inner, limb = (float(np.hypot(r[0] * unit[0], r[1] * unit[2])) for r in ((across, high), radii))
    return np.asarray(max(inner - limb, 0.0) * length * unit)


class Cuff:
    """Whether a sleeve leaves room for a piece, without flicker, and how far it moves for it.

    Parameters
    ----------
    half_width_m : float
        Of the piece along the arm.
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, half_width_m: float, continuous: bool = True) -> None:
        self._half = half_width_m
        self._step = 1.0 / _FADE_FRAMES if continuous else 1.0
        self._room: bool | None = None
        self._opacity = 0.0

    def update(self, bare_m: float) -> tuple[float, float]:
        """Return shift towards the hand, metres, and opacity for a frame.

        Parameters
        ----------
        bare_m : float
            As `WristPose` has it.
        """
        needed = self._half - bare_m
        if self._room is None:
            self._room = needed <= _MOST_SHIFT_M
        elif abs(needed - _MOST_SHIFT_M) > _CUFF_DOUBT_M:
            self._room = needed < _MOST_SHIFT_M
        goal = 1.0 if self._room else 0.0
        self._opacity += float(np.clip(goal - self._opacity, -self._step, self._step))
        return float(np.clip(needed, 0.0, _MOST_SHIFT_M)), self._opacity
