"""The surface of bodies, of which only depth is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.rendering.tiles import Coverage
    from ar_preview.scene import Occluder

__all__ = ["BodySurface"]


@dataclass(frozen=True, eq=False)
class BodySurface:
    """Triangles of several bodies.

    Parameters
    ----------
    vertices_camera : ndarray, shape (N, 3), float32
        Metres.
    triangles : ndarray, shape (M, 3), uint32
    """

    vertices_camera: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, bodies: Sequence[Occluder]) -> Self:
        """Join bodies."""
        vertices, triangles = [np.zeros((0, 3), np.float32)], [np.zeros((0, 3), np.uint32)]
        count = 0
        for body in bodies:
            vertices.append(np.asarray(body.vertices_camera, np.float32))
            triangles.append((body.triangles + np.uint32(count)).astype(np.uint32, copy=False))
            count += len(body.vertices_camera)
        return cls(np.concatenate(vertices), np.concatenate(triangles))

    def only_before(self, coverage: Coverage) -> Self:
        """Leave out triangles that cannot hide any piece."""
        corners = np.ascontiguousarray(self.triangles.T, np.intp)
        hiding = np.flatnonzero(coverage.may_be_hidden_by(self.vertices_camera.T, corners))
        return replace(self, triangles=self.triangles.take(hiding, axis=0))
