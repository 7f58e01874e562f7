"""The tracked face laid on a true head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera
    from ar_preview.scene import Occluder

__all__ = ["face_on_head"]

_NEAR_PX = 3.0


def face_on_head(points_image: Array, camera: Camera, head: Occluder) -> Array:
    """Return the places on a head that landmarks show in a picture.

    Each goes to the depth of the nearest surface within 3 px of it, or else to that of the vertex
    which is nearest in the picture.

    Parameters
    ----------
    points_image : ndarray, shape (N, 2)
        px.
    camera : Camera
    head : Occluder
        The true one, finely meshed.

    Returns
    -------
    ndarray, shape (N, 3)
        Camera space, metres.
    """
    vertices = head.vertices_camera.astype(np.float64)
    a, b, c = (vertices[head.triangles[:, i]] for i in range(3))
    towards = (np.cross(b - a, c - a) * a).sum(axis=1) < 0.0
    seen = vertices[np.unique(head.triangles[towards])]
    projected = camera.project(seen)
    depths = np.empty(len(points_image))
    for i, point in enumerate(points_image):
        apart = np.linalg.norm(projected - point, axis=1)
        near = apart < max(_NEAR_PX, float(apart.min()))
        near[apart.argmin()] = True
        depths[i] = seen[near, 2].min()
    return camera.unproject(points_image, depths)
