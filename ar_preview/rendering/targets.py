"""The framebuffers of one region; allocations are reused and grow in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.rendering.context import finisher
from ar_preview.rendering.programs import SAMPLER_UNITS

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Targets"]

_STEP_PX = 64
"""Allocations are multiples of this, so that a moving head does not reallocate each frame."""

_WASTE = 4
"""An allocation this many times larger than needed is given back."""


class Targets:
    """What is drawn into, and what is read back.

    ``light`` holds linear values a sample as 16-bit fractions, and in alpha what share of the
    picture opaque surfaces hide; ``transmit`` holds square roots of what see-through ones let
    through in 8 bits, which surfaces multiply just as well. Both share one depth buffer.
    ``shade`` holds, one sample a pixel, square roots of what shadows leave of the light on bodies.
    ``resolved`` holds the encoded `Layer`.

    Parameters
    ----------
    context : moderngl.Context
    samples : int
        Samples a pixel.
    """

    def __init__(self, context: Any, samples: int) -> None:
        self._context = context
        self._samples = samples
        self._finish = finisher(context)
        self._size = (0, 0)
        self._owned: list[Any] = []

    def resize(self, width: int, height: int) -> None:
        """Make room for a region in px; its corner is (0, 0) in every buffer."""
        w, h = self._size
        needed = (_rounded(width), _rounded(height))
        if width <= w and height <= h and w * h <= _WASTE * needed[0] * needed[1]:
            return
        self.release()
        self._size = needed
        context = self._context
        light = context.texture(needed, 4, samples=self._samples, dtype="nu2")
        transmit = context.texture(needed, 4, samples=self._samples)
        depth = context.depth_renderbuffer(needed, samples=self._samples)
        shade, add, kept, frame = (context.texture(needed, 4) for _ in range(4))
        shade_depth = context.depth_renderbuffer(needed)
        self.light = context.framebuffer([light], depth)
        self.transmit = context.framebuffer([transmit], depth)
        self.shade = context.framebuffer([shade], shade_depth)
        self.resolved = context.framebuffer([add, kept])
        self._frame = frame
        self._read = {"t_light": light, "t_transmit": transmit, "t_shade": shade, "t_frame": frame}
        self._owned = [
            *(self.light, self.transmit, self.shade, self.resolved),
            *(light, transmit, depth, shade, shade_depth, add, kept, frame),
        ]

    def clear(self, width: int, height: int) -> None:
        """Empty the region: no light, nothing near."""
        # Whole buffers: llvmpipe clears those fast, but draws a rectangle for a part.
        self.light.clear(0.0, 0.0, 0.0, 0.0)
        for target in (self.light, self.transmit, self.shade):
            target.viewport = (0, 0, width, height)
        self.resolved.viewport = (0, 0, *self._size)

    def clear_transmit(self) -> None:
        """Let everything through; the depth stays."""
        self.transmit.depth_mask = False
        self.transmit.clear(1.0, 1.0, 1.0, 1.0)
        self.transmit.depth_mask = True

    def clear_shade(self) -> None:
        """Take away all shadows."""
        self.shade.clear(1.0, 1.0, 1.0, 1.0)

    def upload_frame(self, pixels: npt.NDArray[np.uint8]) -> None:
        """Give the pixels behind the region, (h, w, 3)."""
        height, width = pixels.shape[:2]
        # Four channels, which are read faster than three.
        self._frame.write(cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA), viewport=(0, 0, width, height))

    def bind_for_resolve(self) -> None:
        """Bind what the resolve shader reads."""
        for name, texture in self._read.items():
            texture.use(SAMPLER_UNITS[name])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the buffers, px; multiples of what the region is rounded up to."""
        return self._size

    def read(self, width: int, height: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Return the resolved ``add`` and ``transmit``, each (h, w, 3) uint8."""
        self._finish()
        arrays = []
        for attachment in (0, 1):
            out = np.empty((height, width, 3), np.uint8)
            self.resolved.read_into(
                out,
                viewport=(0, 0, width, height),
                components=3,
                attachment=attachment,
                alignment=1,
            )
            arrays.append(out)
        return arrays[0], arrays[1]

    def release(self) -> None:
        """Free the buffers."""
        for thing in self._owned:
            thing.release()
        self._owned = []
        self._size = (0, 0)


def _rounded(length: int) -> int:
    return -(-length // _STEP_PX) * _STEP_PX
