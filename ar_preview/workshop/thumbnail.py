"""Catalogue pictures of products, drawn by our own renderer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ar_preview.compositing import composite
from ar_preview.errors import OutputError
from ar_preview.geometry import Camera, ImageSize, RigidTransform
from ar_preview.products.catalogue import THUMBNAIL_NAME, load_product
from ar_preview.rendering import Renderer
from ar_preview.scene import Item, Scene

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.products.product import Product

__all__ = ["THUMBNAIL_SIZE", "render_thumbnail", "write_thumbnail"]

THUMBNAIL_SIZE = ImageSize(640, 480)

_VIEW_DEGREES = (24.0, 10.0)
"""Turn to the wearer's left and height of the usual three-quarter view."""

_FOV_DEGREES = 15.0
_FILLED = 0.86
_OVERSAMPLING = 3
_BACKDROP = (246.0, 226.0)


def render_thumbnail(product: Product, size: ImageSize) -> RgbImage:
    """Draw a product in three-quarter view on a light backdrop.

    Parameters
    ----------
    product : Product
    size : ImageSize
        px.

    Returns
    -------
    ndarray, shape (H, W, 3), uint8

    Raises
    ------
    RenderError
        If there is no OpenGL driver.
    """
    large = ImageSize(size.width * _OVERSAMPLING, size.height * _OVERSAMPLING)
    top, bottom = _BACKDROP
    shade = np.linspace(top, bottom, large.height).round().astype(np.uint8)
    backdrop = np.ascontiguousarray(
        np.broadcast_to(shade[:, None, None], (large.height, large.width, 3))
    )
    camera = Camera.from_fov(large, _FOV_DEGREES)
    pose = _framed(product.vertices_product(), camera)
    with Renderer() as renderer:
        layer = renderer.render(Scene(camera, (Item(product, "thumbnail", pose),)), backdrop)
    picture = Image.fromarray(composite(backdrop, layer))
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS))


def write_thumbnail(folder: Path, size: ImageSize = THUMBNAIL_SIZE) -> None:
    """Write ``thumbnail.png`` of a product folder.

    Raises
    ------
    ProductError
        If the folder doesn't hold a product.
    RenderError
        If there is no OpenGL driver.
    OutputError
        If the file can't be written.
    """
    picture = render_thumbnail(load_product(folder), size)
    try:
        Image.fromarray(picture).save(folder / THUMBNAIL_NAME, optimize=True)
    except OSError as error:
        raise OutputError(
            f"expected to write '{folder / THUMBNAIL_NAME}', but {error}; choose another folder"
        ) from error


def _framed(vertices_product: Array, camera: Camera) -> RigidTransform:
    """Pose at which the product fills the picture, seen from the usual direction."""
    turn, height = np.radians(_VIEW_DEGREES)
    towards = np.array(
        [np.sin(turn) * np.cos(height), np.sin(height), np.cos(turn) * np.cos(height)]
    )
    forward = -towards
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(forward, right), forward])
    seen = vertices_product @ rotation.T
    centre = 0.5 * (seen.min(axis=0) + seen.max(axis=0))
    distance = 1.0
    # The outline's middle and size in the picture settle within a few steps.
    for _ in range(12):
        placed = seen - centre + np.array([0.0, 0.0, distance])
        image = camera.project(placed)
        low, high = image.min(axis=0), image.max(axis=0)
        extent = (high - low) / [camera.width, camera.height]
        shift = 0.5 * (low + high) - [camera.cx, camera.cy]
        centre[:2] += shift * distance / camera.fx
        distance *= float(extent.max()) / _FILLED
    return RigidTransform(rotation, np.array([0.0, 0.0, distance]) - centre)
