"""Textures: picture headers are measured before anything is decoded."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from ar_preview.errors import ProductError
from ar_preview.quiet import quiet_stderr

if TYPE_CHECKING:
    from ar_preview.products.gltf.container import Container
    from ar_preview.products.gltf.fields import Fields

__all__ = ["ImageReader", "picture_size"]

_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_MARKERS = 10_000
_KTX2 = b"\xabKTX 20\xbb\r\n\x1a\n"


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return (width, height) from the header of a PNG, JPEG or WebP, or None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _webp_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    # A marker takes 64 kB at most; what has thousands of them is no picture.
    for _ in range(_MOST_MARKERS):
        if at + 9 > len(data) or data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _JPEG_SIZE_MARKERS:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        elif 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        w, h = int.from_bytes(data[24:27], "little"), int.from_bytes(data[27:30], "little")
        return w + 1, h + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 ":
        w, h = struct.unpack("<HH", data[26:30])
        return w & 0x3FFF, h & 0x3FFF
    return None


class ImageReader:
    """Decodes the pictures of one file, each once.

    Parameters
    ----------
    container : Container
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        self._entries = container.root.children("images")
        self._decoded: dict[int, npt.NDArray[np.uint8]] = {}
        self._pixels = 0
        self.sizes: dict[str, tuple[int, int]] = {}

    @property
    def count(self) -> int:
        """How many images the file lists."""
        return len(self._entries)

    def rgba(self, index: int) -> npt.NDArray[np.uint8]:
        """Return an image as RGBA, shape (H, W, 4), at most ``limits.kept_side`` px long."""
        if index not in self._decoded:
            entry = self._entries[index]
            self._decoded[index] = self._decode(entry)
        return self._decoded[index]

    def claim(self, pixels: int) -> None:
        """Count pixels against the limit before memory is taken for them."""
        self._pixels += pixels
        limit = self._container.limits.texture_pixels
        if self._pixels > limit:
            raise ProductError(
                f"{self._container.path}: its textures have more than {limit / 1e6:.0f} million "
                "pixels; scale them down"
            )

    def _decode(self, entry: Fields) -> npt.NDArray[np.uint8]:
        limits = self._container.limits
        data = bytes(self._container.image_bytes(entry))
        if data[:12] == _KTX2:
            raise ProductError(
                f"{entry.where}: KTX2 textures are not supported; export the textures as PNG or "
                "JPEG"
            )
        size = picture_size(data)
        if size is None or min(size) < 1:
            raise ProductError(
                f"{entry.where}: expected a PNG, JPEG or WebP picture, got bytes {data[:8]!r}; "
                "export the textures again"
            )
        if max(size) > limits.texture_side:
            raise ProductError(
                f"{entry.where}: {size[0]}x{size[1]} px is more than the limit of "
                f"{limits.texture_side} px a side; scale the texture down"
            )
        self.claim(size[0] * size[1])
        try:
            # IMREAD_UNCHANGED also leaves out the EXIF rotation, as glTF asks for.
            with quiet_stderr():
                pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        except cv2.error:
            pixels = None
        if pixels is None or pixels.shape[:2] != (size[1], size[0]):
            raise ProductError(
                f"{entry.where}: the picture is damaged and cannot be decoded; export the textures "
                "again"
            )
        longest = max(size)
        if longest > limits.kept_side:
            factor = limits.kept_side / longest
            scaled = (max(1, round(size[0] * factor)), max(1, round(size[1] * factor)))
            pixels = cv2.resize(pixels, scaled, interpolation=cv2.INTER_AREA)
        image = np.ascontiguousarray(_as_rgba(pixels))
        image.setflags(write=False)
        self.sizes[entry.name or entry.where.split(".")[-1]] = size
        return image


def _as_rgba(pixels: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        raise ProductError(f"expected 8 or 16 bits a channel in a texture, got {pixels.dtype}")
    if pixels.ndim == 2:
        code = cv2.COLOR_GRAY2RGBA
    elif pixels.shape[2] == 2:
        grey, alpha = pixels[..., 0], pixels[..., 1]
        return np.dstack([grey, grey, grey, alpha])
    elif pixels.shape[2] == 3:
        code = cv2.COLOR_BGR2RGBA
    else:
        code = cv2.COLOR_BGRA2RGBA
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), code), np.uint8)
