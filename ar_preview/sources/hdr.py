"""HDR video (PQ and HLG, ITU-R BT.2100) to the standard range without clipping.

Diffuse white, 203 cd/m2 (ITU-R BT.2408), becomes 240 of 255; what is brighter is compressed into
the rest. Below three quarters of diffuse white the picture is unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ar_preview.media import TRANSFER_PQ

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage

__all__ = ["HdrToSdr"]

_REFERENCE_WHITE_NITS = 203.0
_HLG_PEAK_NITS = 1000.0
_HLG_GAMMA = 1.2
_KNEE = 0.75
# Linear BT.2020 to linear BT.709 (ITU-R BT.2407).
_BT709_FROM_BT2020 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    dtype=np.float32,
)
_BT2020_LUMINANCE = np.array([0.2627, 0.6780, 0.0593], dtype=np.float32)
_INPUT_STEPS = 1024
_OUTPUT_STEPS = 4096


def _pq_nits(signal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Display light of a PQ signal in cd/m2 (BT.2100, table 4)."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    e = signal ** (1 / m2)
    return np.asarray(10000.0 * (np.maximum(e - c1, 0.0) / (c2 - c3 * e)) ** (1 / m1))


def _hlg_scene(signal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scene light of an HLG signal, 0 to 1 (BT.2100, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(signal <= 0.5, signal**2 / 3.0, (np.exp((signal - c) / a) + b) / 12.0)


def _srgb_encoded(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Encode linear light (IEC 61966-2-1)."""
    low = 12.92 * linear
    return np.where(linear <= 0.0031308, low, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


class HdrToSdr:
    """Maps pictures of one HDR transfer characteristic to sRGB.

    Parameters
    ----------
    transfer : int
        ITU-T H.273 code point, 16 (PQ) or 18 (HLG).
    """

    def __init__(self, transfer: int) -> None:
        self._is_pq = transfer == TRANSFER_PQ
        signal = np.linspace(0.0, 1.0, _INPUT_STEPS)
        light = _pq_nits(signal) / _REFERENCE_WHITE_NITS if self._is_pq else _hlg_scene(signal)
        self._light = light.astype(np.float32)
        steps = np.linspace(0.0, 1.0, _OUTPUT_STEPS)
        self._encoded = np.round(255.0 * _srgb_encoded(steps)).astype(np.uint8)

    def convert(self, signal: npt.NDArray[Any]) -> RgbImage:
        """Return the sRGB picture of a (H, W, 3) uint16 one in BT.2020 primaries."""
        light = self._light[signal >> 6]
        if not self._is_pq:
            luminance = light @ _BT2020_LUMINANCE
            gain = np.maximum(luminance, 1e-6) ** (_HLG_GAMMA - 1.0)
            light = light * (gain[..., None] * (_HLG_PEAK_NITS / _REFERENCE_WHITE_NITS))
        linear = np.maximum(light @ _BT709_FROM_BT2020.T, 0.0)
        # One factor for all three channels keeps the hue of a compressed highlight.
        peak = linear.max(axis=-1, keepdims=True)
        room = 1.0 - _KNEE
        over = np.maximum(peak - _KNEE, 0.0) / room
        squeezed = np.where(peak > _KNEE, _KNEE + room * over / (1.0 + over), peak)
        linear *= squeezed / np.maximum(peak, 1e-6)
        index = np.minimum(linear * (_OUTPUT_STEPS - 1) + 0.5, _OUTPUT_STEPS - 1)
        return np.ascontiguousarray(self._encoded[index.astype(np.uint16)])
