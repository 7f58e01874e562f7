"""The skin above the tracked face: from its upper edge up to where a hat begins."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import FACE_CONTOUR, FaceLandmark

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["EDGE", "TRIANGLES", "uv_with_forehead", "with_forehead"]

_UPPER = (*FACE_CONTOUR[-6:], *FACE_CONTOUR[:7])
"""Upper edge of the face, from the right temple to the left one."""

_UPPER_INDEX = np.array(_UPPER)
_TRAGI = np.array([FaceLandmark.RIGHT_TRAGUS, FaceLandmark.LEFT_TRAGUS])

_ROWS = np.radians([10.0, 22.0, 35.0])
"""How far up the skull the rows lie, seen from its middle: some 6 cm in all."""

_TALL = 1.25
"""Height of the skull over the glabella to half its breadth (NASA-STD-3000: 132 mm from tragion to
vertex, of which 40 lie below the glabella, and 152 mm)."""

_V_PER_ROW = 0.030
"""Texture coordinates above the face that a row takes: there is room for three."""


def _strip() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.intp]]:
    count = len(_UPPER)
    rows = [np.array(_UPPER)]
    rows += [468 + k * count + np.arange(count) for k in range(len(_ROWS))]
    quads = []
    for low, high in pairwise(rows):
        a, b, c, d = low[:-1], low[1:], high[1:], high[:-1]
        quads += [np.stack([a, b, c], -1), np.stack([a, c, d], -1)]
    below = FACE_CONTOUR[6:-5]
    outline = [*below, *rows[1][:1], *rows[2][:1], *rows[3], *rows[2][-1:], *rows[1][-1:]]
    return np.concatenate(quads).astype(np.uint32), np.array(outline, np.intp)


TRIANGLES, EDGE = _strip()
"""Triangles to be added to those of the face, and the outline of both together, in order."""


def with_forehead(face_head: Array) -> Array:
    """Return a face with the rows above it, shape (468 + N, 3).

    They follow an ellipsoid about the middle between the ears.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        Head space, metres.
    """
    right, left = face_head[_TRAGI].tolist()
    glabella = face_head[FaceLandmark.GLABELLA].tolist()
    centre = np.array([0.5 * (right[0] + left[0]), glabella[1], 0.5 * (right[2] + left[2])])
    half = 0.5 * abs(left[0] - right[0])
    radii = np.array([half, _TALL * half, max(glabella[2] - float(centre[2]), 0.5 * half)])
    edge = (face_head[_UPPER_INDEX] - centre) / radii
    x, y, z = edge.T
    out = np.sqrt(x * x + z * z)
    length = np.sqrt(out * out + y * y)
    height = np.minimum(np.arctan2(y, out) + _ROWS[:, None], 0.5 * np.pi)
    flat = length * np.cos(height) / np.maximum(out, 1e-9)
    rows = np.stack([flat * x, length * np.sin(height), flat * z], axis=-1)
    return np.concatenate([face_head, (centre + radii * rows).reshape(-1, 3)])


def uv_with_forehead(uv: Array) -> Array:
    """Return the texture coordinates of a face with the rows above it."""
    upper = uv[list(_UPPER)]
    rows = [upper - [0.0, _V_PER_ROW * (k + 1)] for k in range(len(_ROWS))]
    return np.concatenate([uv, *rows])
