"""Where the drawn product is on the true head, whatever camera and size it was drawn with.

A picture fixes a product only up to distance and size: twice as large, twice as far away looks
the same. The motion of the head settles it. `place_on_head` finds the one similarity
``Y = s R X + t`` (7 unknowns) that carries the product points X to places Y on the head which,
moved by the true motion and seen by the true camera, come nearest to all drawn pixels
(Gauss-Newton on the sum of squared pixel errors). So the place on the head is metric truth,
aligned in scale, and no matter is made of the camera that the drawing assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.evaluation.drawn import PRODUCT_POINTS
from ar_preview.evaluation.stick import triangulate
from ar_preview.geometry import RigidTransform, nearest_rotation, so3_exp

if TYPE_CHECKING:
    from ar_preview.evaluation.drawn import DrawnPath
    from ar_preview.evaluation.truth import Truth
    from ar_preview.geometry import Array, Camera

__all__ = ["PlacedProduct", "place_each_frame", "place_on_head"]

_STEPS = 15
_BLOCKS = 4
_FEWEST_FRAMES = 20
_MOST_SCALE_ERROR = 0.02


@dataclass(frozen=True, eq=False)
class PlacedProduct:
    """The place of a drawn product on the true head.

    Parameters
    ----------
    scale : float
        Size on the true head over the product's real size: 1 is true to size.
    scale_error : float
        Its standard error, by leaving out a quarter of the clip at a time.
    head_from_product : RigidTransform
        ``points_head = head_from_product @ (scale * points_product)``, true metres.
    """

    scale: float
    scale_error: float
    head_from_product: RigidTransform

    def __matmul__(self, points_product: Array) -> Array:
        """Carry points of the product to the head, (..., 3), true metres."""
        return self.head_from_product @ (self.scale * np.asarray(points_product))


def place_on_head(truth: Truth, path: DrawnPath, skip: int = 10) -> PlacedProduct | None:
    """Find where on the true head the drawn product is.

    Parameters
    ----------
    truth : Truth
    path : DrawnPath
    skip : int
        Frames at the beginning that do not count.

    Returns
    -------
    PlacedProduct or None
        None where the clip cannot tell: the head moves too little, or the product was worn in
        too few frames.
    """
    use = path.index >= skip
    if truth.is_still or use.sum() < _FEWEST_FRAMES:
        return None
    poses = truth.camera_from_head[path.index[use]]
    drawn = path.points_image[use]
    start = _similarity(PRODUCT_POINTS, triangulate(truth.camera, poses, drawn))
    scale, place = _refined(truth.camera, poses, drawn, *start)
    # Jackknife over blocks of time: errors of neighbouring frames are not independent.
    blocks = np.arange(len(poses)) * _BLOCKS // len(poses)
    others = [
        np.log(_refined(truth.camera, poses[blocks != b], drawn[blocks != b], scale, place)[0])
        for b in range(_BLOCKS)
    ]
    error = float(np.sqrt((_BLOCKS - 1) * np.var(others)))
    if not np.isfinite(error) or error > _MOST_SCALE_ERROR:
        return None
    return PlacedProduct(scale, error, place)


def place_each_frame(
    truth: Truth, path: DrawnPath, placed: PlacedProduct
) -> tuple[RigidTransform, ...]:
    """Find the pose in each frame that explains its pixels with the true camera and size.

    Parameters
    ----------
    truth : Truth
    path : DrawnPath
    placed : PlacedProduct
        Gives the size and the place to start from.

    Returns
    -------
    tuple of RigidTransform
        ``camera_from_product`` of a product enlarged by ``placed.scale``, one for each entry
        of `path`, metres.
    """
    points = placed.scale * PRODUCT_POINTS
    start = truth.camera_from_head[path.index] @ placed.head_from_product.matrix
    rotation, translation = start[:, :3, :3], start[:, :3, 3]
    focal = np.array([truth.camera.fx, truth.camera.fy])
    for _ in range(_STEPS):
        arms = np.einsum("fij,kj->fki", rotation, points)
        residual, project = _seen(truth.camera, arms + translation[:, None], path.points_image)
        jacobian = np.concatenate([-project @ _skew(arms), project], axis=-1)
        normal = np.einsum("fkai,fkaj->fij", jacobian, jacobian)
        gradient = np.einsum("fkai,fka->fi", jacobian, residual)
        step = np.linalg.solve(normal + 1e-9 * focal.max() * np.eye(6), gradient[..., None])
        turn, move = step[:, :3, 0], step[:, 3:, 0]
        rotation = np.stack([so3_exp(t) for t in turn]) @ rotation
        translation = translation + move
    return tuple(
        RigidTransform(nearest_rotation(r), t) for r, t in zip(rotation, translation, strict=True)
    )


def _refined(
    camera: Camera, poses: Array, drawn: Array, scale: float, place: RigidTransform
) -> tuple[float, RigidTransform]:
    """Gauss-Newton on log scale, rotation and translation."""
    turn = poses[:, None, :3, :3]
    for _ in range(_STEPS):
        arms = scale * PRODUCT_POINTS @ place.rotation.T
        seen = np.einsum("fij,kj->fki", poses[:, :3, :3], arms + place.translation)
        residual, project = _seen(camera, seen + poses[:, None, :3, 3], drawn)
        on_head = project @ turn
        columns = np.concatenate(
            [
                np.broadcast_to(arms[:, :, None], (len(arms), 3, 1)),
                -_skew(arms),
                np.broadcast_to(np.eye(3), (len(arms), 3, 3)),
            ],
            axis=-1,
        )
        jacobian = (on_head @ columns).reshape(-1, 7)
        gradient = jacobian.T @ residual.ravel()
        step = np.linalg.lstsq(jacobian.T @ jacobian, gradient, rcond=None)[0]
        scale = float(scale * np.exp(np.clip(step[0], -0.5, 0.5)))
        place = RigidTransform(
            nearest_rotation(so3_exp(step[1:4]) @ place.rotation), place.translation + step[4:]
        )
    return scale, place


def _seen(camera: Camera, points_camera: Array, drawn: Array) -> tuple[Array, Array]:
    """Pixel residuals (F, K, 2) and the projection's Jacobian by the point (F, K, 2, 3)."""
    depth = points_camera[..., 2:]
    flat = points_camera[..., :2] / depth
    focal = np.array([camera.fx, camera.fy])
    residual = drawn - (flat * focal + [camera.cx, camera.cy])
    jacobian = np.zeros((*flat.shape, 3))
    jacobian[..., 0, 0] = jacobian[..., 1, 1] = 1.0
    jacobian[..., 2] = -flat
    return residual, jacobian * (focal[:, None] / depth[..., None])


def _skew(vectors: Array) -> Array:
    """Matrices of the cross product, (..., 3, 3)."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    zero = np.zeros_like(x)
    return np.stack(
        [
            np.stack([zero, -z, y], axis=-1),
            np.stack([z, zero, -x], axis=-1),
            np.stack([-y, x, zero], axis=-1),
        ],
        axis=-2,
    )


def _similarity(source: Array, target: Array) -> tuple[float, RigidTransform]:
    """Least-squares similarity between points (Umeyama, PAMI 1991)."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    u, d, vt = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * sign) @ vt
    scale = float((d * sign).sum() / (a**2).sum())
    move = target.mean(axis=0) - scale * rotation @ source.mean(axis=0)
    return scale, RigidTransform(nearest_rotation(rotation), move)
