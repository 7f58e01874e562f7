"""What stands beside a head, hair and ears: glossy temples mirror it at grazing angles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.staging.occluders import head_ellipsoid
from ar_preview.staging.skin import linear_from_srgb

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.person import HeadShape
    from ar_preview.scene import Ellipsoid

__all__ = ["head_in_picture"]

_OUTWARDS, _UPWARDS, _FORWARDS = np.meshgrid(
    [0.0, 0.008, 0.016], [-0.005, 0.005, 0.015, 0.025], [-0.015, 0.0, 0.015]
)
_PLACES = np.column_stack([_OUTWARDS.ravel(), _UPWARDS.ravel(), _FORWARDS.ravel()])
"""Where hair and ear are seen, from the root of an ear, metres."""

_HIDDEN, _IN_SIGHT = -0.45, -0.2
"""Cosines of a side's outward normal to the line of sight: the far one is behind the face, and the
near one stands for it."""


def head_in_picture(
    image: RgbImage, camera: Camera, camera_from_head: RigidTransform, head: HeadShape
) -> Ellipsoid:
    """Return a head as an ellipsoid, with the light from beside it as seen round the ears.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    camera : Camera
    camera_from_head : RigidTransform
    head : HeadShape
    """
    beside = _beside(image, camera, camera_from_head, head)
    return replace(head_ellipsoid(camera_from_head, head), beside=beside)


def _beside(
    image: RgbImage, camera: Camera, camera_from_head: RigidTransform, head: HeadShape
) -> Array | None:
    """Return the radiance at the left and at the right ear; None where neither can be seen."""
    light, weights = np.zeros((2, 3)), np.zeros(2)
    for i, (sign, ear) in enumerate(((1.0, head.ears["left"]), (-1.0, head.ears["right"]))):
        points = camera_from_head @ (ear.root_head + _PLACES * [sign, 1.0, 1.0])
        if points[:, 2].min() <= 0.0:
            continue
        x, y = np.floor(camera.project(points)).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < image.shape[1]) & (y < image.shape[0])
        if not inside.any():
            continue
        light[i] = linear_from_srgb(image[y[inside], x[inside]]).mean(axis=0)
        sight = points.mean(axis=0)
        facing = -sign * float(camera_from_head.rotation[:, 0] @ sight / np.linalg.norm(sight))
        weights[i] = np.clip((facing - _HIDDEN) / (_IN_SIGHT - _HIDDEN), 0.0, 1.0)
    if weights.max() <= 0.0:
        return None
    known = weights @ light / weights.sum()
    return np.asarray(known + weights[:, None] * (light - known))
