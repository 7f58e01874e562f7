"""Smaller copies of textures: those of the driver and those made here are the same."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from ar_preview.rendering.context import create_context, gl_function
from ar_preview.rendering.mipmaps import mipmapper

_ARGUMENTS = (ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p)


def level(context: Any, texture: Any, number: int) -> npt.NDArray[np.uint8]:
    """Read a level; moderngl reads only those that it made."""
    read = gl_function(context, "glGetTexImage", *_ARGUMENTS)
    assert read is not None
    texture.use()
    width, height = (max(n >> number, 1) for n in texture.size)
    pixels = np.zeros((height, width, 4), np.uint8)
    read(0x0DE1, number, 0x1908, 0x1401, pixels.ctypes.data)
    return pixels


@pytest.mark.parametrize("size", [(64, 64), (96, 32), (4, 1)])
def test_levels_are_those_of_the_driver(size: tuple[int, int]) -> None:
    image = np.random.default_rng(5).integers(0, 256, (size[1], size[0], 4), np.uint8)
    with create_context() as context:
        theirs, ours = (context.texture(size, 4, image) for _ in range(2))
        mipmapper(context, on_cpu=False)(theirs, image)
        mipmapper(context, on_cpu=True)(ours, image)
        for number in range(max(size).bit_length()):
            a, b = (level(context, texture, number).astype(int) for texture in (theirs, ours))
            assert a.any()
            assert np.abs(a - b).max() <= 4  # Each level is rounded, the driver rounds up.
        assert context.error == "GL_NO_ERROR"
