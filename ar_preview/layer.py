"""The rendered product as light added to, and light let through from, the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Layer"]


@dataclass(frozen=True, eq=False)
class Layer:
    """A rectangle of the picture: ``image = transmit * frame + add`` in encoded values.

    `transmit` is per channel, so that tinted lenses and shadows on skin are exact; an opaque
    pixel has transmit 0, an empty one transmit 255 and add 0.

    Parameters
    ----------
    offset : tuple of int
        (x, y) of the rectangle's corner in the frame, px; the rectangle lies inside it.
    add : ndarray, shape (h, w, 3), uint8
        sRGB-encoded light that the product adds (premultiplied).
    transmit : ndarray, shape (h, w, 3), uint8
        Share of the frame's encoded value that stays, 255 is all.

    Raises
    ------
    ValueError
        If the arrays differ in shape or type, or the offset is negative.
    """

    offset: tuple[int, int]
    add: npt.NDArray[np.uint8]
    transmit: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        for array in (self.add, self.transmit):
            if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
                raise ValueError(f"expected (h, w, 3) uint8, got {array.shape} {array.dtype}")
        if self.add.shape != self.transmit.shape:
            raise ValueError(
                f"add and transmit differ in shape: {self.add.shape}, {self.transmit.shape}"
            )
        if min(self.offset) < 0:
            raise ValueError(f"expected a rectangle inside the frame, got offset {self.offset}")

    @classmethod
    def empty(cls) -> Layer:
        """Return a layer that changes nothing."""
        nothing = np.zeros((0, 0, 3), np.uint8)
        return cls((0, 0), nothing, nothing)

    @property
    def is_empty(self) -> bool:
        """Whether the layer has no pixels at all."""
        return self.add.size == 0
