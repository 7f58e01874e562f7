"""The framebuffers of one region; allocations are reused and grow in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import moderngl
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
        add = context.texture(needed, 4)
        kept = context.texture(needed, 4)
        self._frame = context.texture(needed, 3, alignment=1)
        self._frame.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.light = context.framebuffer([light], depth)
        self.transmit = context.framebuffer([transmit], depth)
        self.resolved = context.framebuffer([add, kept])
        self._light_texture, self._transmit_texture = light, transmit
        self._owned = [
            *(self.light, self.transmit, self.resolved),
            *(light, transmit, depth, add, kept, self._frame),
        ]

    def clear(self, width: int, height: int) -> None:
        """Empty the region: no light, everything let through, nothing near."""
        # Whole buffers: llvmpipe clears those fast, but draws a rectangle for a part.
        self.light.clear(0.0, 0.0, 0.0, 0.0)
        self.transmit.clear(1.0, 1.0, 1.0, 1.0)
        for target in (self.light, self.transmit, self.resolved):
            target.viewport = (0, 0, width, height)

    def upload_frame(self, pixels: npt.NDArray[np.uint8]) -> None:
        """Give the pixels behind the region, (h, w, 3)."""
        height, width = pixels.shape[:2]
        self._frame.write(np.ascontiguousarray(pixels), viewport=(0, 0, width, height), alignment=1)

    def bind_for_resolve(self) -> None:
        """Bind what the resolve shader reads."""
        self._light_texture.use(SAMPLER_UNITS["t_light"])
        self._transmit_texture.use(SAMPLER_UNITS["t_transmit"])
        self._frame.use(SAMPLER_UNITS["t_frame"])

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
