"""A flat map of the face: a cylinder about the head, cut open at the back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.geometry import nodes_in_triangles
from ar_preview.landmarks import LEFT_EYE_RING, LIPS, RIGHT_EYE_RING

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.landmarks import FaceModel

__all__ = ["LATTICE_STEP", "Chart"]

LATTICE_STEP = 4
"""Texels between two nodes of the lattice on which the surface is kept."""

_AXIS_Z, _RADIUS = -0.020, 0.075
_LEFT, _RIGHT, _BOTTOM, _TOP = -0.115, 0.115, -0.050, 0.088
"""Extent on the cylinder, metres: from ear to ear, from the upper lip to the hair."""

_EYE_MARGIN, _LIP_MARGIN = 0.008, 0.016
_RIM_TEXELS = 5


class Chart:
    """Texels on a cylinder around the canonical face, and which of them are usable skin.

    Texel ``(i, j)`` is the one in column i, row j; its centre has the texel coordinates
    ``(i, j)``, as OpenCV counts. Node ``(k, l)`` of the lattice is the corner between texels,
    at ``LATTICE_STEP * (k, l) - 0.5``.

    Parameters
    ----------
    model : FaceModel
    texel_m : float
        Side of a texel, canonical metres.
    """

    def __init__(self, model: FaceModel, texel_m: float) -> None:
        self.texel_m = texel_m
        self._columns = int((_RIGHT - _LEFT) / texel_m) // LATTICE_STEP
        self._rows = int((_TOP - _BOTTOM) / texel_m) // LATTICE_STEP
        self.width, self.height = self._columns * LATTICE_STEP, self._rows * LATTICE_STEP
        y, x = np.mgrid[0 : self.height, 0 : self.width].astype(np.float32)
        self.node_x: npt.NDArray[np.float32] = (x + 0.5) / LATTICE_STEP
        self.node_y: npt.NDArray[np.float32] = (y + 0.5) / LATTICE_STEP
        flat = self.texels(model.vertices_head)
        self._corners, self._shares, self._covered = self._triangulate(flat, model.triangles)
        self.mask = self._skin(flat)

    def texels(self, points_head: Array) -> Array:
        """Return the texel coordinates (..., 2) of points on the canonical surface."""
        x, y, z = np.moveaxis(np.asarray(points_head, dtype=np.float64), -1, 0)
        u = _RADIUS * np.arctan2(x, z - _AXIS_Z)
        across = (u - _LEFT) / (_RIGHT - _LEFT) * self.width
        down = (_TOP - y) / (_TOP - _BOTTOM) * self.height
        return np.stack([across, down], axis=-1) - 0.5

    def lattice(self, vertices_head: Array) -> Array:
        """Spread a face of the canonical topology over the lattice.

        Parameters
        ----------
        vertices_head : ndarray, shape (468, 3)

        Returns
        -------
        ndarray, shape (rows, columns, 3)
            Head space, metres. Nodes beyond the face repeat the nearest node on it.
        """
        return np.asarray(np.einsum("rck,rckd->rcd", self._shares, vertices_head[self._corners]))

    def _triangulate(
        self, flat: Array, triangles: npt.NDArray[np.integer]
    ) -> tuple[npt.NDArray[np.intp], Array, npt.NDArray[np.bool_]]:
        """Find each node's triangle and its barycentric shares in it."""
        nodes = (flat + 0.5) / LATTICE_STEP
        columns, rows = self._columns + 1, self._rows + 1
        owner, column, row, share = nodes_in_triangles(nodes[triangles], columns, rows)
        # Where the nostrils fold the chart, the triangle that holds the node best wins.
        order = np.argsort(share.min(axis=-1), kind="stable")
        corners = np.zeros((rows, columns, 3), np.intp)
        shares = np.zeros(corners.shape)
        covered = np.zeros(corners.shape[:2], bool)
        best = np.zeros(corners.shape[:2], np.intp)
        best[row[order], column[order]] = order
        covered[row[order], column[order]] = True
        corners[covered] = triangles[owner[best[covered]]]
        shares[covered] = share[best[covered]]
        nearest = _nearest(covered)
        return corners[nearest], shares[nearest], covered

    def _skin(self, flat: Array) -> npt.NDArray[np.uint8]:
        """1 where skin over bone is expected; eyes and lips move on their own."""
        mask = cv2.remap(
            self._covered.astype(np.uint8), self.node_x, self.node_y, cv2.INTER_NEAREST
        )
        out: npt.NDArray[Any] = np.zeros_like(mask)
        for ring, margin in (
            (RIGHT_EYE_RING, _EYE_MARGIN),
            (LEFT_EYE_RING, _EYE_MARGIN),
            (LIPS[:20], _LIP_MARGIN),
        ):
            part = np.zeros_like(mask)
            cv2.fillPoly(part, [np.round(flat[list(ring)]).astype(np.int32)], 1)
            side = int(margin / self.texel_m) | 1
            out = np.maximum(out, cv2.dilate(part, np.ones((side, side), np.uint8)))
        out = cv2.dilate(out, np.ones((_RIM_TEXELS, _RIM_TEXELS), np.uint8))
        return np.asarray(mask * (1 - out), dtype=np.uint8)


def _nearest(
    covered: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Row and column of the covered node nearest to every node."""
    _, labels = cv2.distanceTransformWithLabels(
        (~covered).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(covered)
    row_of = np.zeros(int(labels.max()) + 1, np.intp)
    column_of = np.zeros_like(row_of)
    row_of[labels[rows, columns]] = rows
    column_of[labels[rows, columns]] = columns
    return row_of[labels], column_of[labels]
