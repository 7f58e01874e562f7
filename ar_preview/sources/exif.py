"""The two EXIF facts that matter here, read from a picture's bytes: orientation and focal length.

OpenCV drops both when it is asked for alpha or 16 bits, and no version that we support gives the
focal length.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

__all__ = ["Exif", "read_exif"]

_ORIENTATION, _EXIF_IFD = 0x0112, 0x8769
_FOCAL_LENGTH_35MM, _PIXEL_X, _PIXEL_Y = 0xA405, 0xA002, 0xA003
_WANTED = {_ORIENTATION, _EXIF_IFD, _FOCAL_LENGTH_35MM, _PIXEL_X, _PIXEL_Y}
_MAX_ENTRIES = 512
_SHORT, _LONG = 3, 4
_TIFF_MAGIC = (b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class Exif:
    """What the camera wrote.

    Parameters
    ----------
    orientation : int
        1 (upright) to 8.
    focal_length_35mm : int or None
        mm on a 36 mm x 24 mm frame.
    pixel_size : tuple of int or None
        Width and height that the camera wrote, as stored.
    """

    orientation: int = 1
    focal_length_35mm: int | None = None
    pixel_size: tuple[int, int] | None = None


def read_exif(data: bytes) -> Exif:
    """Read EXIF from the bytes of a JPEG, PNG, WebP or TIFF; empty where there is none.

    Damaged metadata counts as none: it must not keep a good picture from being opened.
    """
    try:
        tiff = _tiff_block(data)
        if tiff is None or tiff[:4] not in _TIFF_MAGIC:
            return Exif()
        order = "<" if tiff[:2] == b"II" else ">"
        (offset,) = struct.unpack_from(order + "I", tiff, 4)
        tags = _directory(tiff, order, offset)
        if _EXIF_IFD in tags:
            tags = _directory(tiff, order, tags[_EXIF_IFD]) | tags
    except (struct.error, IndexError):
        return Exif()
    orientation = tags.get(_ORIENTATION, 1)
    size = (tags.get(_PIXEL_X, 0), tags.get(_PIXEL_Y, 0))
    return Exif(
        orientation if 1 <= orientation <= 8 else 1,
        tags.get(_FOCAL_LENGTH_35MM) or None,
        size if all(size) else None,
    )


def _directory(tiff: bytes, order: str, offset: int) -> dict[int, int]:
    (count,) = struct.unpack_from(order + "H", tiff, offset)
    tags: dict[int, int] = {}
    for i in range(min(count, _MAX_ENTRIES)):
        entry = offset + 2 + 12 * i
        tag, kind, length = struct.unpack_from(order + "HHI", tiff, entry)
        if tag in _WANTED and length == 1 and kind in {_SHORT, _LONG}:
            code = "H" if kind == _SHORT else "I"
            (tags[tag],) = struct.unpack_from(order + code, tiff, entry + 8)
    return tags


def _tiff_block(data: bytes) -> bytes | None:
    if data[:2] == b"\xff\xd8":
        return _in_jpeg(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _in_chunks(data, 8, b"eXIf", is_png=True)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _in_chunks(data, 12, b"EXIF", is_png=False)
    return data if data[:4] in _TIFF_MAGIC else None


def _in_jpeg(data: bytes) -> bytes | None:
    """Walk the segments up to the start of the scan for APP1 "Exif"."""
    position = 2
    while data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in {0xD9, 0xDA}:
            break
        (length,) = struct.unpack_from(">H", data, position + 2)
        body = data[position + 4 : position + 2 + length]
        if marker == 0xE1 and body[:6] == b"Exif\0\0":
            return body[6:]
        position += 2 + length
    return None


def _in_chunks(data: bytes, position: int, wanted: bytes, *, is_png: bool) -> bytes | None:
    """Walk PNG chunks (length, name, body, checksum) or RIFF ones (name, length, body)."""
    while position + 8 <= len(data):
        if is_png:
            length, name = struct.unpack_from(">I4s", data, position)
        else:
            name, length = struct.unpack_from("<4sI", data, position)
        if name == wanted:
            body = data[position + 8 : position + 8 + length]
            return body[6:] if body[:6] == b"Exif\0\0" else body
        position += 8 + length + (4 if is_png else length % 2)
    return None
