"""Necklaces: round the base of the neck, with the shoulders rather than with the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.fitting.seat import Seat
from ar_preview.geometry import RigidTransform

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.person import HeadShape
    from ar_preview.products.product import Product

__all__ = ["seat_necklace"]

_NAPE_ABOVE_NOTCH = 0.058
"""The seventh neck vertebra, where a chain lies at the back, stands so far above the notch between
the collarbones: the base of the neck slopes by some 25 degrees (ISO 8559-1, neck base girth), and a
chain goes out of sight over the shoulder's ridge, not before it."""

_BESIDE = 0.015
_REAR_SHARE = 0.1
"""Share of a chain's depth that counts as its back."""


def seat_necklace(product: Product, head: HeadShape) -> Seat:
    """Find where a necklace lies.

    Its back rests on the nape; the front falls where the piece's own shape has it. One that is
    made in several lengths (`fits_mm`) comes in that which goes round the neck.

    Parameters
    ----------
    product : Product
        x to the wearer's left, y up, z to the front; anywhere.
    head : HeadShape

    Returns
    -------
    Seat
        From the axes of the trunk (`camera_from_trunk`).
    """
    neck = head.neck
    points = product.vertices_product()
    low, high = points[:, 2].min(), points[:, 2].max()
    back = points[points[:, 2] <= low + _REAR_SHARE * (high - low)]
    axis = neck.top_head - neck.base_head
    share = _NAPE_ABOVE_NOTCH / float(axis[1])
    across = neck.radii_at(share)
    nape = share * axis - [0.0, 0.0, across[1]]
    middle = 0.5 * (points[:, 0].min() + points[:, 0].max())
    held = np.array([middle, 0.5 * (back[:, 1].min() + back[:, 1].max()), low])
    scale = _scale(product, points - held, across)
    return Seat(RigidTransform(np.eye(3), nape - scale * held), scale=scale)


def _scale(product: Product, points: Array, across: tuple[float, float]) -> float:
    """Return how much longer the piece is worn than it is modelled."""
    length = product.dimensions_mm.get("length")
    if product.fits_mm is None or length is None:
        return 1.0
    # Beside the neck: as far forward as the neck's axis.
    beside = np.abs(points[:, 2] - across[1]) < _BESIDE
    if not beside.any():
        return 1.0
    wanted = across[0] / float(np.abs(points[beside, 0]).max())
    shortest, longest = product.fits_mm
    return float(np.clip(wanted * length, shortest, longest)) / length
