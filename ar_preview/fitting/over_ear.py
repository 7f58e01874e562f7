"""Headphones and headbands: over the top of the head, down to the ears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.fitting.cranium import Cranium
from ar_preview.fitting.seat import Seat
from ar_preview.geometry import Array, RigidTransform
from ar_preview.products.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.person import HeadShape
    from ar_preview.products.product import Node, Product

__all__ = ["seat_over_ear"]

_EAR_MIDDLE = np.array([0.0, -0.018, -0.013])
"""From the root of an ear to the middle of the auricle, at a head's usual size."""

_BAND_HALF_WIDTH = 0.015
_END_SHARE, _INNER = 0.4, 0.1
"""What of a band without cups lies beside the head, and the share of it that is its inner side."""

_SAMPLES = 20_000
_CUPS: Mapping[str, float] = {"cup_left": 1.0, "cup_right": -1.0}
"""Nodes that are pushed apart to the width of the head and drawn out of the band to the middle of
the ears, with the sign of x outwards."""

_EAR_STANDS_OFF = 0.004
"""A cushion rests on the auricle, which it presses flat, so far outside the side of the head."""

_CUP_LIMITS, _SLIDER = (-0.020, 0.030), 0.035
"""Metres; sliders of headphones give 30 to 40 mm on each side."""


_SCALES = (0.90, 1.12)
"""A band springs open by so much, or is made in sizes: it is drawn as wide as the head."""


def seat_over_ear(product: Product, head: HeadShape) -> Seat:
    """Find where headphones or a headband sit.

    The band lies on the top of the head over the ears; cups come to the middles of the ears and
    are pushed apart to the width of the head.

    Parameters
    ----------
    product : Product
        x to the wearer's left, y up, the middle of its band at x = 0.
    head : HeadShape
    """
    size = head.skull_radii[2] / 0.1025
    roots = np.stack([head.ears["left"].root_head, head.ears["right"].root_head])
    ears = roots.mean(axis=0) + size * _EAR_MIDDLE
    points = Surface.of_product(product).samples(_SAMPLES)
    scale = _as_wide_as_the_head(product, points, head)
    points = scale * points
    band = points[np.abs(points[:, 0]) < _BAND_HALF_WIDTH]
    band = band if len(band) else points
    ends = points[points[:, 1] <= points[:, 1].min() + 0.3 * np.ptp(points[:, 1])]
    place = np.array([head.skull_centre_head[0], 0.0, 0.0])
    place[2] = ears[2] - 0.5 * float(ends[:, 2].min() + ends[:, 2].max())
    # A closed band hangs from the top of the head; what ends above it would cut into it.
    band_z = place[2] + float(np.median(band[:, 2]))
    place[1] = Cranium.of(head).top_at(band_z) - float(band[:, 1].min())
    moves = _pushed_cups(product, head, place, scale)
    return Seat(RigidTransform(np.eye(3), place), moves, scale=scale)


def _as_wide_as_the_head(product: Product, points: Array, head: HeadShape) -> float:
    """Return by how much a band is wider on a head than as it is modelled."""
    cups = [p for _, p in _cup_points(product)]
    if cups:
        inner = min(float(np.abs(p[:, 0]).min()) for p in cups)
        roots = [abs(float(head.ears[side].root_head[0])) for side in ("left", "right")]
        wanted = float(np.mean(roots)) + _EAR_STANDS_OFF
    else:
        low = points[:, 1].min()
        side = points[np.abs(points[:, 1] - low) <= _END_SHARE * np.ptp(points[:, 1])]
        inner = float(np.quantile(np.abs(side[:, 0]), _INNER))
        wanted = float(Cranium.of(head).radii[0])
    return float(np.clip(wanted / max(inner, 1e-6), *_SCALES))


def _cup_points(product: Product) -> list[tuple[Node, Array]]:
    """Return the nodes that are cups, with their points in product space."""
    placed = product.product_from_node()
    found = []
    for node in product.nodes:
        if node.name in _CUPS and node.primitives:
            matrix = placed[node.name]
            points = np.concatenate([p.positions for p in node.primitives])
            found.append((node, points @ matrix[:3, :3].T + matrix[:3, 3]))
    return found


def _pushed_cups(
    product: Product, head: HeadShape, place: Array, scale: float
) -> dict[str, RigidTransform]:
    placed = product.product_from_node()
    size = head.skull_radii[2] / 0.1025
    moves = {}
    for node, points in _cup_points(product):
        sign = _CUPS[node.name]
        x, y, _ = (scale * points + place).T
        ear = head.ears["left" if sign > 0 else "right"]
        goal = sign * float(ear.root_head[0]) + _EAR_STANDS_OFF
        push = float(np.clip(goal - (sign * x).min(), *_CUP_LIMITS))
        low = float(0.5 * (y.min() + y.max())) - float(ear.root_head[1] + size * _EAR_MIDDLE[1])
        drawn_out = float(np.clip(low, 0.0, _SLIDER))
        # Along the product's axes, in those of the node.
        along = np.array([sign * push, -drawn_out, 0.0]) / scale
        move = np.linalg.solve(placed[node.name][:3, :3], along)
        moves[node.name] = RigidTransform(np.eye(3), np.asarray(move, np.float64))
    return moves
