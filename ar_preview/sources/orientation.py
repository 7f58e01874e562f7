"""Turning and mirroring a stored picture upright: EXIF orientation and display matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ar_preview.geometry import ImageSize

__all__ = ["UPRIGHT", "Orientation"]


@dataclass(frozen=True)
class Orientation:
    """One of the eight ways in which a picture can be stored.

    Parameters
    ----------
    transpose : bool
        Swap rows and columns first.
    flip_x, flip_y : bool
        Then mirror left to right, top to bottom.
    """

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def from_exif(cls, value: int) -> Orientation:
        """Build from the EXIF tag 0x0112, 1 to 8 (anything else is upright)."""
        return _EXIF.get(value, UPRIGHT)

    @classmethod
    def from_display_matrix(cls, matrix: npt.NDArray[Any]) -> Orientation:
        """Build from the nine numbers of an ISO/IEC 14496-12 track matrix, row-major.

        A stored point (p, q) is shown at (a p + c q, b p + d q). Angles that are not a multiple
        of 90 degrees go to the nearest one.
        """
        a, b, _, c, d, *_ = (float(v) for v in matrix)
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(False, a < 0, d < 0)
        return cls(True, c < 0, b < 0)

    def size(self, stored: ImageSize) -> ImageSize:
        """Return the upright size of a stored one."""
        return ImageSize(stored[1], stored[0]) if self.transpose else ImageSize(*stored)

    def apply(self, image: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the upright picture, (H, W) or (H, W, C), as a C-contiguous array."""
        if self.transpose:
            image = image.swapaxes(0, 1)
        if self.flip_x:
            image = image[:, ::-1]
        if self.flip_y:
            image = image[::-1]
        return np.ascontiguousarray(image)


UPRIGHT = Orientation()

# EXIF 2.32, table 4, tag Orientation: where row 0 and column 0 of the stored picture are seen.
_EXIF = {
    1: UPRIGHT,
    2: Orientation(False, True, False),
    3: Orientation(False, True, True),
    4: Orientation(False, False, True),
    5: Orientation(True, False, False),
    6: Orientation(True, True, False),
    7: Orientation(True, True, True),
    8: Orientation(True, False, True),
}
