"""How far a piece is worn from where it would sit by itself."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from ar_preview.geometry import RigidTransform
from ar_preview.products.limb_tables import Strict

__all__ = ["MOST_SHIFT_MM", "MOST_TURN_DEG", "Nudge"]

MOST_SHIFT_MM, MOST_TURN_DEG = 40.0, 45.0

_Shift = Annotated[float, Field(ge=-MOST_SHIFT_MM, le=MOST_SHIFT_MM)]
_Turn = Annotated[float, Field(ge=-MOST_TURN_DEG, le=MOST_TURN_DEG)]


class Nudge(Strict):
    """A shift and a turn by hand, along and about the product's own axes."""

    shift_mm: Annotated[
        tuple[_Shift, _Shift, _Shift],
        Field(description="Along the product's axes after it was fitted."),
    ] = (0.0, 0.0, 0.0)
    turn_deg: Annotated[
        tuple[_Turn, _Turn, _Turn], Field(description="Rotation vector about the product's origin.")
    ] = (0.0, 0.0, 0.0)

    @property
    def seat_from_product(self) -> RigidTransform:
        """The same as a transform, metres."""
        shift = 1e-3 * np.array(self.shift_mm)
        return RigidTransform.from_rotation_vector(np.radians(self.turn_deg), shift)

    @property
    def is_none(self) -> bool:
        """Whether it changes nothing."""
        return not any((*self.shift_mm, *self.turn_deg))
