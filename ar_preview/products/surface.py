"""Geometry of a whole model: its triangles, even samples of its surface, plane sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ar_preview.products.product import Product

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array
    from ar_preview.products.product import Node

__all__ = ["Surface"]


@dataclass(frozen=True, eq=False)
class Surface:
    """All drawn triangles of a model in one space.

    Parameters
    ----------
    corners : ndarray, shape (M, 3, 3)
        Triangle, corner, coordinate.
    """

    corners: Array

    @classmethod
    def of_nodes(cls, nodes: tuple[Node, ...]) -> Surface:
        """Gather the triangles of nodes in the space of the file."""
        return cls.of_product(Product(id="", title="", slot="glasses", nodes=nodes, materials={}))

    @classmethod
    def of_product(
        cls, product: Product, articulation: Mapping[str, Array] | None = None
    ) -> Surface:
        """Gather the triangles of a product in product space, its nodes moved if told."""
        placed = product.product_from_node(articulation)
        parts = []
        for node in product.nodes:
            matrix = placed[node.name]
            for primitive in node.primitives:
                points = primitive.positions @ matrix[:3, :3].T + matrix[:3, 3]
                parts.append(points[primitive.triangles])
        return cls(np.concatenate(parts) if parts else np.zeros((0, 3, 3)))

    @property
    def bounds(self) -> Array:
        """Lowest and highest coordinates, shape (2, 3)."""
        flat = self.corners.reshape(-1, 3)
        return np.stack([flat.min(axis=0), flat.max(axis=0)])

    def turned_bounds(self, turn: Array) -> Array:
        """Return lowest and highest coordinates after a rotation, shape (2, 3)."""
        turned = self.corners.reshape(-1, 3) @ turn.T
        return np.stack([turned.min(axis=0), turned.max(axis=0)])

    @property
    def areas(self) -> Array:
        """Area of each triangle, shape (M,)."""
        a, b, c = self.corners[:, 0], self.corners[:, 1], self.corners[:, 2]
        return np.asarray(0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1))

    def moved(self, matrix: Array) -> Surface:
        """Return the surface in another space, by a (4, 4) affine transform."""
        return Surface(self.corners @ matrix[:3, :3].T + matrix[:3, 3])

    def samples(self, count: int) -> Array:
        """Return points spread evenly over the surface, shape (count, 3); always the same ones."""
        areas = self.areas
        total = float(areas.sum())
        generator = np.random.default_rng(0)
        if not total > 0.0:
            return self.corners.reshape(-1, 3)[:count]
        ends = np.cumsum(areas)
        # Stratified along the cumulated area: less clumping than independent draws.
        marks = (np.arange(count) + generator.random(count)) / count * ends[-1]
        chosen = np.minimum(np.searchsorted(ends, marks), len(areas) - 1)
        u, v = generator.random((2, count))
        over = u + v > 1.0
        u, v = np.where(over, 1.0 - u, u), np.where(over, 1.0 - v, v)
        a, b, c = (self.corners[chosen, i] for i in range(3))
        return np.asarray(a + u[:, None] * (b - a) + v[:, None] * (c - a))

    def section(self, x: float) -> Array:
        """Cut the surface with the plane of constant x.

        Returns
        -------
        ndarray, shape (S, 2, 3)
            Ends of the segments in which triangles meet the plane.
        """
        offset = self.corners[:, :, 0] - x
        above = offset >= 0.0
        crossing = above.any(axis=1) & ~above.all(axis=1)
        corners, offset, above = self.corners[crossing], offset[crossing], above[crossing]
        if len(corners) == 0:
            return np.zeros((0, 2, 3))
        # The corner that is alone on its side owns both crossed edges.
        alone = np.where(above.sum(axis=1) == 1, above.argmax(axis=1), (~above).argmax(axis=1))
        rows: npt.NDArray[np.intp] = np.arange(len(corners))
        ends = []
        for step in (1, 2):
            other = (alone + step) % 3
            da, db = offset[rows, alone], offset[rows, other]
            t = (da / (da - db))[:, None]
            start, stop = corners[rows, alone], corners[rows, other]
            ends.append(start + t * (stop - start))
        return np.stack(ends, axis=1)
