"""The framebuffers of one region; allocations are reused and grow in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import moderngl
import numpy as np

from ar_preview.rendering.context import finisher
from ar_preview.rendering.programs import SAMPLER_UNITS

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.rendering.region import Region

__all__ = ["ShadeTarget", "Targets"]

_STEP_PX = 16
"""Allocations are multiples of this, so that a moving head does not reallocate each frame."""

_WASTE = 1.25
"""An allocation this many times larger than needed is given back: clearing it takes time too."""


class Targets:
    """What pieces are drawn into, and what is read back.

    ``light`` holds linear values a sample as 16-bit fractions, and in alpha what share of the
    picture opaque surfaces hide; ``transmit`` holds square roots of what see-through ones let
    through in 8 bits, which surfaces multiply just as well. Both share one depth buffer.
    ``resolved`` holds the encoded `Layer`. They are a window of the picture that is drawn: where
    there are pieces.

    Parameters
    ----------
    context : moderngl.Context
    samples : int
        Samples a pixel.
    """

    def __init__(self, context: Any, samples: int) -> None:
        self._context = context
        self._samples = samples
        self.finish = finisher(context)
        self._size = (0, 0)
        self._owned: list[Any] = []

    def resize(self, size: tuple[int, int], window: Region) -> None:
        """Make room for a window of a picture of some size, px; empty it.

        What is drawn into them is placed in the whole picture; the corner of the window is
        (0, 0) in every buffer.
        """
        needed = _sufficient(self._size, window.width, window.height)
        if needed != self._size:
            self._allocate(needed)
        # Whole buffers: llvmpipe clears those fast, but draws a rectangle for a part.
        self.light.clear(0.0, 0.0, 0.0, 0.0)
        self.light.viewport = self.transmit.viewport = (-window.x, -window.y, *size)
        self.resolved.viewport = (0, 0, *self._size)

    def _allocate(self, size: tuple[int, int]) -> None:
        self.release()
        context, self._size = self._context, size
        light = context.texture(size, 4, samples=self._samples, dtype="nu2")
        transmit = context.texture(size, 4, samples=self._samples)
        depth = context.depth_renderbuffer(size, samples=self._samples)
        add, kept, frame = (context.texture(size, 4) for _ in range(3))
        self.light = context.framebuffer([light], depth)
        self.transmit = context.framebuffer([transmit], depth)
        self.resolved = context.framebuffer([add, kept])
        self._frame = frame
        self._read = {"t_light": light, "t_transmit": transmit, "t_frame": frame}
        self._owned = [
            *(self.light, self.transmit, self.resolved),
            *(light, transmit, depth, add, kept, frame),
        ]

    def clear_transmit(self) -> None:
        """Let everything through, once all light is drawn; the depth stays."""
        self.finish()
        self.transmit.depth_mask = False
        self.transmit.clear(1.0, 1.0, 1.0, 1.0)
        self.transmit.depth_mask = True

    def upload_frame(self, pixels: npt.NDArray[np.uint8]) -> None:
        """Give the pixels behind the window, (h, w, 3)."""
        height, width = pixels.shape[:2]
        # Four channels, which are read faster than three.
        self._frame.write(cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA), viewport=(0, 0, width, height))

    def bind_for_resolve(self) -> None:
        """Bind what the resolve shader reads, once it is drawn."""
        self.finish()
        for name, texture in self._read.items():
            texture.use(SAMPLER_UNITS[name])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the buffers, px; multiples of what the window is rounded up to."""
        return self._size

    def read(self, width: int, height: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Return the resolved ``add`` and ``transmit``, each (h, w, 3) uint8."""
        self.finish()
        add, kept = (_read(self.resolved, width, height, attachment=k) for k in (0, 1))
        return add, kept

    def release(self) -> None:
        """Free the buffers."""
        for thing in self._owned:
            thing.release()
        self._owned = []
        self._size = (0, 0)


class ShadeTarget:
    """Square roots of what shadows leave of the light on bodies, half as large as the picture.

    Light spreads in skin by a millimetre, so that shadows have no finer detail.

    Parameters
    ----------
    context : moderngl.Context
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        self.finish = finisher(context)
        self._size = self._drawn = self._picture = (0, 0)
        self._owned: list[Any] = []

    def resize(self, size: tuple[int, int]) -> None:
        """Make room for a picture of some size, px; take away all shadows."""
        self._picture, size = size, (-(-size[0] // 2), -(-size[1] // 2))
        needed = _sufficient(self._size, *size)
        if needed != self._size:
            self.release()
            self._size = needed
            self._roots = self._context.texture(needed, 4)
            self._roots.filter = (moderngl.LINEAR, moderngl.LINEAR)
            depth = self._context.depth_renderbuffer(needed)
            self.framebuffer = self._context.framebuffer([self._roots], depth)
            self._owned = [self.framebuffer, self._roots, depth]
        self.framebuffer.clear(1.0, 1.0, 1.0, 1.0)
        self.framebuffer.viewport = (0, 0, *size)
        self._drawn = size

    def bind(self) -> None:
        """Bind it for the resolve shader."""
        self._roots.use(SAMPLER_UNITS["t_shade"])

    @property
    def per_px(self) -> tuple[float, float]:
        """Texture coordinates for a pixel of the picture."""
        (w, h), (across, down), (width, height) = self._drawn, self._picture, self._size
        return w / (across * width), h / (down * height)

    def read(self) -> npt.NDArray[np.uint8]:
        """Return the roots as large as the picture, (h, w, 3) uint8; 255 is all."""
        self.finish()
        roots = _read(self.framebuffer, *self._drawn)
        out = cv2.resize(roots, self._picture, interpolation=cv2.INTER_LINEAR)
        return np.asarray(out, np.uint8)

    def release(self) -> None:
        """Free the buffers."""
        for thing in self._owned:
            thing.release()
        self._owned = []
        self._size = (0, 0)


def _sufficient(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """Return the size of an allocation for so many px: the old one, if it will do."""
    needed = tuple(-(-length // _STEP_PX) * _STEP_PX for length in (width, height))
    fits = width <= size[0] and height <= size[1]
    if fits and size[0] * size[1] <= _WASTE * needed[0] * needed[1]:
        return size
    return needed[0], needed[1]


def _read(framebuffer: Any, width: int, height: int, attachment: int = 0) -> npt.NDArray[np.uint8]:
    # Four channels, which are handed out as they are.
    out = np.empty((height, width, 4), np.uint8)
    where = (0, 0, width, height)
    framebuffer.read_into(out, viewport=where, components=4, attachment=attachment, alignment=1)
    return np.asarray(cv2.cvtColor(out, cv2.COLOR_RGBA2RGB), np.uint8)
