"""Putting a Layer over a frame, and a Layer as a picture with alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from ar_preview.errors import RenderError

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import ImageSize
    from ar_preview.layer import Layer

__all__ = ["composite", "layer_rgba"]


def composite(image: RgbImage, layer: Layer) -> RgbImage:
    """Put a layer over a picture: ``transmit * image + add``, rounded to nearest.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
        Not changed.
    layer : Layer

    Returns
    -------
    ndarray, shape (H, W, 3), uint8
        A new array; pixels outside the layer, and those it leaves alone, are the same bytes.

    Raises
    ------
    RenderError
        If the layer reaches beyond the picture.
    """
    out = np.array(image, order="C")
    if layer.is_empty:
        return out
    rows, columns = _slices(layer, image.shape[1], image.shape[0])
    region = out[rows, columns]
    # Single precision rounds all 256 x 256 products to nearest: none lies half way.
    cv2.multiply(region, layer.transmit, region, 1.0 / 255.0)
    cv2.add(region, layer.add, region)
    return out


def layer_rgba(layer: Layer, size: ImageSize | tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Return a layer as a full-frame picture with straight alpha, for export.

    Alpha is 1 - mean(transmit), so a tint becomes neutral: the picture is an approximation
    where transmit differs between channels, or where light is added without hiding anything.

    Parameters
    ----------
    layer : Layer
    size : tuple of int
        (width, height) of the frame, px.

    Returns
    -------
    ndarray, shape (height, width, 4), uint8

    Raises
    ------
    RenderError
        If the layer reaches beyond the frame.
    """
    width, height = size
    out = np.zeros((height, width, 4), np.uint8)
    if layer.is_empty:
        return out
    rows, columns = _slices(layer, width, height)
    alpha = 255.0 - layer.transmit.mean(axis=-1, dtype=np.float64)
    # Light on a fully clear pixel would be lost without a trace of alpha to carry it.
    alpha = np.maximum(np.rint(alpha), np.where(layer.add.any(axis=-1), 1.0, 0.0))
    color = layer.add * (255.0 / np.maximum(alpha, 1.0))[..., None]
    out[rows, columns, :3] = np.minimum(np.rint(color), 255.0)
    out[rows, columns, 3] = alpha
    return out


def _slices(layer: Layer, width: int, height: int) -> tuple[slice, slice]:
    x, y = layer.offset
    h, w = layer.add.shape[:2]
    if x + w > width or y + h > height:
        raise RenderError(
            f"expected a layer inside the {width}x{height} picture, "
            f"got {w}x{h} px at ({x}, {y}); was it rendered for another frame?"
        )
    return slice(y, y + h), slice(x, x + w)
