"""Earrings: at the lobes, hanging by gravity, seen only where the ear is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.fitting.pendulum import Pendulum
from ar_preview.fitting.seat import Seat
from ar_preview.geometry import Array, RigidTransform, nearest_rotation, rotation_between, so3_exp
from ar_preview.products.mirror import mirrored
from ar_preview.products.surface import Surface
from ar_preview.scene import Item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.person import HeadShape
    from ar_preview.poses import HeadPose
    from ar_preview.products.product import Product
    from ar_preview.tracks import Handedness

__all__ = ["Earrings", "Hanging", "hanging_of", "is_ear_seen", "seat_earring"]

_OUT_OF_LOBE = np.radians(45.0)
"""From straight ahead to the outward normal of a lobe, which turns forward more than the ear does:
hoops of people who face the camera are seen .5 to .7 as wide as they are high."""

_DOWN_CAMERA = np.array([0.0, 1.0, 0.0])
"""Gravity, for a camera that is held upright."""

_HANGS_BELOW = 0.002
"""A piece whose middle is less far below the lobe (a stud) moves with the ear."""

_SHORTEST = 0.004
_SAMPLES = 2000
_ROOM_INWARDS = np.sin(np.radians(12.0))
"""A lobe stands off the jaw by about a fifth of the length of a long earring."""

_SEEN_FROM, _SEEN_UNTIL = np.radians([0.0, -8.0])
"""Angles past the edge of the face at which an earring comes into and goes out of sight: what hangs
is seen a little longer than the lobe."""

_FADE_S = 0.15
_LOBE_REACH = 0.030
"""Height about the lobe over which the cheek can hide it."""

_SIDES: tuple[tuple[Handedness, float], ...] = (("left", 1.0), ("right", -1.0))


@dataclass(frozen=True, eq=False)
class Hanging:
    """How an earring hangs.

    Parameters
    ----------
    length_m : float
        Of the mathematical pendulum that swings alike; 0 if the piece does not hang.
    product_from_pivot : ndarray, shape (4, 4)
        Where the part that swings is held, with the axes of its node.
    node : str or None
        The part; None for the whole piece.
    """

    length_m: float
    product_from_pivot: Array
    node: str | None = None


def hanging_of(product: Product) -> Hanging:
    """Return how an earring hangs, by its manifest, otherwise by where its surface is.

    A thin body about a pivot swings like a pendulum of the length I / (m d): the mean square of
    the distances from the pivot over the depth of its middle below it.

    Parameters
    ----------
    product : Product
        Its origin at the lobe.
    """
    node = product.hangs[0] if product.hangs else None
    pivot = np.eye(4)
    if node is None:
        points = Surface.of_product(product).samples(_SAMPLES)
    else:
        pivot = product.product_from_node()[node]
        points = Surface.of_product(product.part(node)).samples(_SAMPLES)
    arms = points - pivot[:3, 3]
    depth = -float(arms[:, 1].mean()) if len(arms) else 0.0
    if depth < _HANGS_BELOW:
        return Hanging(0.0, pivot)
    length = float((arms**2).sum(axis=1).mean()) / depth
    return Hanging(max(length, _SHORTEST), pivot, node)


def seat_earring(head: HeadShape, side: Handedness) -> Seat:
    """Return where an earring is held, at rest on an upright head.

    Parameters
    ----------
    head : HeadShape
    side : {"left", "right"}
    """
    sign = 1.0 if side == "left" else -1.0
    outwards = so3_exp([0.0, sign * _OUT_OF_LOBE, 0.0])
    return Seat(RigidTransform(outwards, head.ears[side].lobe_head))


def is_ear_seen(
    camera_from_head: RigidTransform, head: HeadShape, side: Handedness, was_seen: bool
) -> bool:
    """Whether the line of sight to a lobe passes the face.

    Parameters
    ----------
    camera_from_head : RigidTransform
    head : HeadShape
    side : {"left", "right"}
    was_seen : bool
        In the frame before: an ear at the edge stays what it was.
    """
    sign = 1.0 if side == "left" else -1.0
    lobe = head.ears[side].lobe_head
    apart = head.face_head - lobe
    beside = (np.abs(apart[:, 1]) < _LOBE_REACH) & (apart[:, 2] > 0.0) & (sign * lobe[0] > 0.0)
    edge = np.arctan2(sign * apart[beside, 0], apart[beside, 2]).max(initial=-0.5 * np.pi)
    sight = camera_from_head.inverse() @ np.zeros(3) - lobe
    # Angles from straight ahead outwards; beyond the side one looks at the ear from behind.
    past = float(np.arctan2(sign * sight[0], sight[2]) - edge)
    return past > float(_SEEN_UNTIL if was_seen else _SEEN_FROM)


class Earrings:
    """The two earrings of one person.

    Parameters
    ----------
    product : Product
        One earring, as it is worn on the left.
    continuous : bool
        False where every frame is a picture of its own: all hangs at rest.
    """

    def __init__(self, product: Product, continuous: bool = True) -> None:
        self._continuous = continuous
        self._products = {"left": product, "right": mirrored(product)}
        self._hanging = {side: hanging_of(p) for side, p in self._products.items()}
        self._swings = {
            side: Pendulum(hanging.length_m, _DOWN_CAMERA)
            for side, hanging in self._hanging.items()
            if hanging.length_m
        }
        self._shown: dict[str, float] = {}
        self._seen: dict[str, bool] = {}
        self._time_s = 0.0

    def place(
        self,
        pose: HeadPose,
        head: HeadShape,
        time_s: float,
        seats: Mapping[str, Seat],
    ) -> tuple[Item, ...]:
        """Return the earrings of a frame that are to be seen.

        Parameters
        ----------
        pose : HeadPose
        head : HeadShape
        time_s : float
            Of the frame.
        seats : mapping of {"left", "right"} to Seat
            As `seat_earring` gives them.
        """
        passed, self._time_s = max(time_s - self._time_s, 0.0), time_s
        items = []
        for side, sign in _SIDES:
            opacity = self._opacity(pose.camera_from_head, head, side, passed)
            attached = pose.camera_from_head @ seats[side].head_from_product
            down = self._down(side, attached, sign * pose.camera_from_head.rotation[:, 0], time_s)
            if opacity <= 0.0:
                continue
            placed, nodes = _hung(self._hanging[side], attached, down)
            items.append(
                Item(
                    self._products[side],
                    f"face:{pose.person_id}/earrings:{side}",
                    placed,
                    nodes=nodes,
                    opacity=opacity,
                )
            )
        return tuple(items)

    def _opacity(
        self, camera_from_head: RigidTransform, head: HeadShape, side: Handedness, passed_s: float
    ) -> float:
        seen = is_ear_seen(camera_from_head, head, side, self._seen.get(side, True))
        self._seen[side] = seen
        goal = 1.0 if seen else 0.0
        shown = self._shown.get(side, goal)
        step = passed_s / _FADE_S if self._continuous else 1.0
        self._shown[side] = shown + float(np.clip(goal - shown, -step, step))
        return self._shown[side]

    def _down(
        self, side: Handedness, attached: RigidTransform, outwards: Array, time_s: float
    ) -> Array | None:
        """Return where the earring hangs, camera space; None for one that does not hang."""
        swing = self._swings.get(side)
        if swing is None:
            return None
        pivot = attached @ self._hanging[side].product_from_pivot[:3, 3]
        down = swing.update(pivot, time_s) if self._continuous else _DOWN_CAMERA
        # The cheek and the neck are in the way of what would hang inwards.
        into = float(down @ outwards)
        if into < -_ROOM_INWARDS:
            down = down - (into + _ROOM_INWARDS) * outwards
        return np.asarray(down / np.linalg.norm(down))


def _hung(
    hanging: Hanging, attached: RigidTransform, down: Array | None
) -> tuple[RigidTransform, dict[str, RigidTransform]]:
    """Return ``camera_from_product`` and the turned parts of an earring that hangs."""
    if down is None:
        return attached, {}
    swing = rotation_between(-attached.rotation[:, 1], down)
    if hanging.node is None:
        return RigidTransform(swing @ attached.rotation, attached.translation), {}
    # About the node's own origin, in its own axes.
    camera_from_node = attached.rotation @ nearest_rotation(hanging.product_from_pivot[:3, :3])
    return attached, {
        hanging.node: RigidTransform(camera_from_node.T @ swing @ camera_from_node, np.zeros(3))
    }
