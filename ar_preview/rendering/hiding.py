"""Triangles that cannot be seen, to leave out before a CPU draws them.

Everything here is on the safe side: what is left out changes no pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

from ar_preview.rendering.region import NEAR_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.rendering.plan import Plan
    from ar_preview.scene import Occluder

__all__ = ["behind", "may_be_seen"]

_Float = TypeVar("_Float", np.float32, np.float64)

_DOUBT_M = 2e-5
"""Single precision, and rasterisers that round corners to 1/256 px."""

_EDGE_ON = 1e-6
"""Of the volume that a triangle spans with the camera: less is rounding."""

_SAME_PLANE = 1e-5


def may_be_seen(plan: Plan, occluders: Sequence[Occluder]) -> npt.NDArray[np.bool_]:
    """Say which triangles of a plan neither face away nor lie behind a convex occluder, (M,)."""
    hidden = np.zeros(plan.points_camera.shape[1], bool)
    for occluder in occluders:
        if occluder.convex:
            hidden |= behind(plan.points_camera, occluder)
    # What is behind a convex body is convex itself: three corners tell all between them.
    a, b, c = plan.corners
    kept = ~(hidden[a] & hidden[b] & hidden[c])
    one_sided = np.zeros(len(kept), bool)
    turned = np.ones(len(kept), np.float32)
    for draw in plan.draws:
        one_sided[draw.triangles] = not draw.material.double_sided
        if draw.batch.mirrored:
            turned[draw.triangles] = -1.0
    tried = np.flatnonzero(kept & one_sided)
    p, q, r = (plan.points_camera.take(ends.take(tried), axis=1) for ends in (a, b, c))
    # Outside is where corners run counter-clockwise; the camera looks from the origin.
    facing = np.einsum("kn,kn->n", p, _crossed(q, r)) * turned.take(tried)
    squares = [np.einsum("kn,kn->n", v, v) for v in (p, q, r)]
    kept[tried] = facing < _EDGE_ON * np.sqrt(squares[0] * squares[1] * squares[2])
    return np.asarray(kept)


def behind(points_camera: npt.NDArray[np.float32], occluder: Occluder) -> npt.NDArray[np.bool_]:
    """Say which points (3, N) a closed convex body hides from the camera, or has inside.

    They are behind all of its planes that face the camera and inside its outline.
    """
    vertices = occluder.vertices_camera.astype(np.float64)
    if vertices[:, 2].min() < NEAR_M:
        return np.zeros(points_camera.shape[1], bool)
    a, b, c = (vertices[occluder.triangles[:, k]].T for k in range(3))
    normals = _crossed(b - a, c - a)
    normals /= np.maximum(np.sqrt(np.einsum("kn,kn->n", normals, normals)), 1e-30)
    front = np.vstack([normals, np.einsum("kn,kn->n", normals, a)]).T
    # Triangles of one plane follow each other.
    other = np.abs(np.diff(front, axis=0, prepend=2.0)).max(axis=1) > _SAME_PLANE
    front = front[other & (front[:, 3] < -_DOUBT_M)]
    slopes = (vertices[:, :2] / vertices[:, 2:]).astype(np.float32)
    outline = vertices[cv2.convexHull(slopes, returnPoints=False)[:, 0]].T
    sides = _crossed(outline, np.roll(outline, -1, axis=1))
    sides /= np.sqrt(np.einsum("kn,kn->n", sides, sides))
    sides *= -np.sign(vertices.mean(axis=0) @ sides)
    planes = np.vstack([front, np.column_stack([sides.T, np.zeros(sides.shape[1])])])
    planes = planes.astype(np.float32)
    over = planes[:, :3] @ points_camera
    return np.asarray((over < planes[:, 3:] - np.float32(_DOUBT_M)).all(axis=0))


def _crossed(u: npt.NDArray[_Float], v: npt.NDArray[_Float]) -> npt.NDArray[_Float]:
    """Return u cross v, (3, N), sooner than NumPy does."""
    out = np.empty_like(u)
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        np.multiply(u[i], v[j], out=out[k])
        out[k] -= u[j] * v[i]
    return out
