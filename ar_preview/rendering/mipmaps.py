"""Smaller copies of textures, made where that is cheaper."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.rendering.context import gl_function
from ar_preview.rendering.programs import FREE_UNIT

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

__all__ = ["mipmapper"]

_TEXTURE_2D, _RGBA8, _RGBA, _UNSIGNED_BYTE = 0x0DE1, 0x8058, 0x1908, 0x1401
"""Constants of OpenGL's glTexImage2D."""

_ARGUMENTS = (ctypes.c_uint, *[ctypes.c_int] * 5, *[ctypes.c_uint] * 2, ctypes.c_void_p)


def mipmapper(context: Any, *, on_cpu: bool) -> Callable[[Any, npt.NDArray[np.uint8]], None]:
    """Return a function that gives a texture its smaller copies, down to one pixel.

    llvmpipe compiles shaders for it, which takes a tenth of a second; shrinking the picture here
    takes a millisecond, but moderngl writes no level that is not there yet.

    Parameters
    ----------
    context : moderngl.Context
    on_cpu : bool
        Shrink the picture here.

    Returns
    -------
    callable
        Takes a moderngl.Texture and its pixels, (H, W, 4).
    """
    upload = gl_function(context, "glTexImage2D", *_ARGUMENTS) if on_cpu else None
    if upload is None:
        return lambda texture, _: texture.build_mipmaps()

    def fill(texture: Any, image: npt.NDArray[np.uint8]) -> None:
        texture.use(FREE_UNIT)
        height, width = image.shape[:2]
        level = 0
        while max(width, height) > 1:
            level, width, height = level + 1, max(width // 2, 1), max(height // 2, 1)
            small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
            image = np.ascontiguousarray(small, np.uint8)
            size = width, height, 0
            upload(_TEXTURE_2D, level, _RGBA8, *size, _RGBA, _UNSIGNED_BYTE, image.ctypes.data)

    return fill
