"""What a person may change about how a model is taken: which way up, how large, where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ar_preview.geometry import so3_exp
from ar_preview.products.nudge import Nudge

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.product import Product

__all__ = ["Adjustment"]

_AXES = {"x": 0, "y": 1, "z": 2}


@dataclass(frozen=True, eq=False)
class Adjustment:
    """Changes to a product that was taken from a bare model.

    Parameters
    ----------
    turn : ndarray, shape (3, 3)
        Rotation by quarter turns, for a model that was taken the wrong way up.
    size : float
        Factor on its size.
    nudge : Nudge
        On top of the fit.
    """

    turn: Array = field(default_factory=lambda: np.eye(3))
    size: float = 1.0
    nudge: Nudge = field(default_factory=Nudge)

    def turned(self, axis: Literal["x", "y", "z"]) -> Adjustment:
        """Return the adjustment with a further quarter turn about an axis of the product."""
        vector = np.zeros(3)
        vector[_AXES[axis]] = 0.5 * np.pi
        return replace(self, turn=np.round(so3_exp(vector) @ self.turn))

    def applied(self, product: Product) -> Product:
        """Return the product as it is to be worn, its dimensions in proportion.

        It turns about the middle of its bounding box, which then lies in the plane x = 0, and
        grows about its origin. A piece of another size is no longer taken in or let out by what
        it is made for.
        """
        change = np.eye(4)
        if not np.array_equal(self.turn, np.eye(3)):
            points = product.vertices_product()
            middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
            change[:3, :3] = self.turn
            change[:3, 3] = [0.0, *(middle - self.turn @ middle)[1:]]
            change[0, 3] = -(self.turn @ middle)[0]
        change[:3] *= self.size
        lod = product.lod
        return replace(
            product,
            anchor_from_model=change @ product.anchor_from_model,
            dimensions_mm={k: self.size * v for k, v in product.dimensions_mm.items()},
            fits_mm=product.fits_mm if self.size == 1.0 else None,
            nudge=self.nudge.seat_from_product,
            lod=None
            if lod is None
            else replace(lod, anchor_from_model=change @ lod.anchor_from_model),
        )
