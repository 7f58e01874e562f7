"""Pictures of a face with known skin, drawn by casting a ray through every pixel."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.registration.picture.chart import Chart
from ar_preview.tracking import load_face_model

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera, RigidTransform

TEXEL_M = 0.0008


@lru_cache(maxsize=1)
def chart() -> Chart:
    return Chart(load_face_model(), TEXEL_M)


@lru_cache(maxsize=1)
def skin() -> np.ndarray:
    """Blotches of several sizes over the chart, grey levels, float32."""
    rng = np.random.default_rng(5)
    shape = (chart().height, chart().width)
    total = np.full(shape, 140.0, np.float32)
    for size, height in ((2.0, 14.0), (5.0, 16.0), (14.0, 18.0)):
        layer = cv2.GaussianBlur(rng.normal(size=shape).astype(np.float32), (0, 0), size)
        total += height * layer / layer.std()
    return np.clip(total, 10, 245)


def picture(
    camera: Camera,
    camera_from_head: RigidTransform,
    vertices_head: Array | None = None,
    noise: float = 0.0,
) -> np.ndarray:
    """Draw the face, grey: every triangle is filled with its own skin, nearest last."""
    model = load_face_model()
    vertices = model.vertices_head if vertices_head is None else vertices_head
    points = camera_from_head @ vertices
    seen = camera.project(points)
    flat = chart().texels(model.vertices_head)
    image = np.full((camera.height, camera.width), 90.0, np.float32)
    for triangle in sorted(model.triangles, key=lambda t: -points[t, 2].mean()):
        a, b, c = points[triangle]
        if np.cross(b - a, c - a) @ a > 0:
            continue
        corners = seen[triangle] - 0.5
        low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
        high = np.minimum(
            np.ceil(corners.max(axis=0)).astype(int) + 1, [camera.width, camera.height]
        )
        if (high <= low).any():
            continue
        x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        rays = camera.unproject(np.stack([x, y], axis=-1) + 0.5)
        share = rays @ np.linalg.inv(np.stack([a, b, c])).astype(np.float64)
        share /= share.sum(axis=-1, keepdims=True)
        place = (share @ flat[triangle]).astype(np.float32)
        value = cv2.remap(skin(), place[..., 0], place[..., 1], cv2.INTER_CUBIC)
        inside = (share >= -1e-9).all(axis=-1)
        image[y[inside], x[inside]] = value[inside]
    rng = np.random.default_rng(int(1e6 * abs(camera_from_head.translation[0])) + 1)
    image += noise * rng.normal(size=image.shape).astype(np.float32)
    return np.clip(image + 0.5, 0, 255).astype(np.uint8)
