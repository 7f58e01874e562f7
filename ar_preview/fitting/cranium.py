"""The cranium with its hair, as hats and headphones meet it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.fitting.measure import head_width
from ar_preview.geometry import ellipse_perimeter
from ar_preview.landmarks import FaceLandmark

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.person import HeadShape

__all__ = ["LEVEL_PITCH", "Cranium"]

_LENGTH_TO_BREADTH, _HEIGHT_TO_BREADTH = 195.0 / 152.0, 0.84
"""Head length to head breadth (NASA-STD-3000, as in `complete_head`), and height of the vertex over
the landmarks at the tragi: it is .87 over the tragia, .82 and .78 over the landmarks of two scanned
heads."""

LEVEL_PITCH = np.radians(4.0)
"""The Frankfurt plane rises so far towards the front in the axes of the canonical face: 2 and 4
degrees on two scanned heads, and the level gaze of people in clips 6. The line from the tragi to
the lower rims of the orbits would tell it for each person, but landmarks err as much (standard
deviation 2.3 degrees over fourteen people) as people differ."""

_HAIR = 0.010
"""Hair all round under a hat, as much as is left of it when pressed flat; a band that lies over the
top parts it."""


@dataclass(frozen=True, eq=False)
class Cranium:
    """The upper head as an ellipsoid.

    The skull that hides things is drawn small on purpose, this is as large as heads are.

    Parameters
    ----------
    centre_head : ndarray, shape (3,)
    radii : ndarray, shape (3,)
        Half-axes along x, y, z, metres.
    """

    centre_head: Array
    radii: Array

    @classmethod
    def of(cls, head: HeadShape) -> Cranium:
        """Return the cranium in proportion to a face."""
        breadth = head_width(head.face_head)
        front = float(head.face_head[FaceLandmark.GLABELLA, 2])
        tragi = head.face_head[[FaceLandmark.RIGHT_TRAGUS, FaceLandmark.LEFT_TRAGUS], 1]
        top = float(tragi.mean()) + _HEIGHT_TO_BREADTH * breadth
        along = 0.5 * (_LENGTH_TO_BREADTH * breadth + _HAIR)
        x, y, _ = head.skull_centre_head
        radii = np.array([0.5 * breadth + _HAIR, top - y, along])
        return cls(np.array([x, y, front - along]), radii)

    def girth_at(self, height: float) -> float:
        """Return the circumference at a height of head space, metres."""
        level = float(np.clip((height - self.centre_head[1]) / self.radii[1], -0.9, 0.9))
        return float(np.sqrt(1.0 - level**2)) * ellipse_perimeter(self.radii[0], self.radii[2])

    def top_at(self, z: float) -> float:
        """Return the height of its middle line, metres."""
        along = (z - self.centre_head[2]) / self.radii[2]
        return float(self.centre_head[1] + np.sqrt(max(1.0 - along**2, 0.0)) * self.radii[1])
