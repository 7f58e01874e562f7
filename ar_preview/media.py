"""What is known of a picture stream: its size, pace, sound and colour coding."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import ImageSize

__all__ = [
    "MATRIX_BT601",
    "MATRIX_BT709",
    "MATRIX_BT2020",
    "MATRIX_RGB",
    "SDR_VIDEO_COLOUR",
    "SWSCALE_MATRIX",
    "TRANSFER_HLG",
    "TRANSFER_PQ",
    "UNSPECIFIED",
    "SourceInfo",
    "VideoColour",
]

# Code points of ITU-T H.273 (the numbers that the containers and codecs store).
UNSPECIFIED = 2
MATRIX_RGB = 0
MATRIX_BT709 = 1
MATRIX_FCC = 4
MATRIX_BT470BG = 5
MATRIX_BT601 = 6
MATRIX_SMPTE240M = 7
MATRIX_BT2020 = 9
TRANSFER_PQ = 16
TRANSFER_HLG = 18

_MATRICES = {
    MATRIX_BT709: MATRIX_BT709,
    MATRIX_FCC: MATRIX_FCC,
    MATRIX_BT470BG: MATRIX_BT601,
    MATRIX_BT601: MATRIX_BT601,
    MATRIX_SMPTE240M: MATRIX_SMPTE240M,
    MATRIX_BT2020: MATRIX_BT2020,
    10: MATRIX_BT2020,
}
_HD_WIDTH, _SD_HEIGHT = 1280, 576

SWSCALE_MATRIX = {
    MATRIX_BT709: 1,
    MATRIX_FCC: 4,
    MATRIX_BT601: 5,
    MATRIX_SMPTE240M: 7,
    MATRIX_BT2020: 9,
}
"""swscale's own numbers for the matrices (libswscale/swscale.h, SWS_CS_*)."""


@dataclass(frozen=True)
class VideoColour:
    """How a video stores colour, in the code points of ITU-T H.273.

    Parameters
    ----------
    matrix : int
        Matrix coefficients; 2 where the file does not say, 0 for RGB.
    full_range : bool or None
        True for 0..255, False for 16..235, None where the file does not say.
    primaries, transfer : int
        Colour primaries and transfer characteristics; 2 where the file does not say.
    bit_depth : int
        Bits a component.
    """

    matrix: int = UNSPECIFIED
    full_range: bool | None = None
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    bit_depth: int = 8

    @property
    def is_rgb(self) -> bool:
        """True where the stream holds RGB or grey and no matrix applies."""
        return self.matrix == MATRIX_RGB

    @property
    def is_hdr(self) -> bool:
        """True for the PQ and HLG transfer characteristics of ITU-R BT.2100."""
        return self.transfer in {TRANSFER_PQ, TRANSFER_HLG}

    def resolved_matrix(self, size: ImageSize) -> int:
        """Return the matrix to convert with; never unspecified.

        Where the file says nothing, high definition (longer side at least 1280 px or shorter
        side more than 576 px) is BT.709 and anything smaller BT.601, the rule that players follow.
        """
        known = _MATRICES.get(self.matrix)
        if known is not None:
            return known
        is_hd = max(size) >= _HD_WIDTH or min(size) > _SD_HEIGHT
        return MATRIX_BT709 if is_hd else MATRIX_BT601


SDR_VIDEO_COLOUR = VideoColour(MATRIX_BT709, full_range=False, primaries=1, transfer=1)
"""What a video made from RGB pictures is stored as: BT.709, limited range, 8 bit."""


@dataclass(frozen=True)
class SourceInfo:
    """What a source knows before its frames are read.

    Parameters
    ----------
    kind : str
        ``camera``, ``video``, ``image`` or ``folder``.
    size : ImageSize
        Width and height of the upright frames in px (of the first, where they differ).
    frame_rate : Fraction or None
        Nominal frames a second; None for pictures and where unknown.
    frame_count : int or None
        How many frames an iteration is expected to give, after ``start`` and ``end``.
    duration_s : float or None
        How long those frames last, where known.
    path : Path or None
        The file or folder.
    has_audio : bool
        True where the file carries sound.
    is_live : bool
        True for a camera: frames that are not taken in time are gone.
    colour : VideoColour or None
        How the video stores colour; None for pictures and cameras.
    pixel_aspect : Fraction
        Width of a pixel over its height; 1 for nearly everything.
    origin_s : float
        Time in the file's own clock at which ``timestamp_ns`` is zero, seconds.
    starts_trimmed, ends_trimmed : bool
        True where ``start`` or ``end`` cut something off.
    """

    kind: str
    size: ImageSize
    frame_rate: Fraction | None = None
    frame_count: int | None = None
    duration_s: float | None = None
    path: Path | None = None
    has_audio: bool = False
    is_live: bool = False
    colour: VideoColour | None = None
    pixel_aspect: Fraction = Fraction(1)
    origin_s: float = 0.0
    starts_trimmed: bool = False
    ends_trimmed: bool = False

    @property
    def is_continuous(self) -> bool:
        """True where one frame follows from the last, False for unrelated pictures."""
        return self.kind in {"camera", "video"}
