"""PNG files checked and stripped to their picture before libpng sees them.

libpng reports damage, and even a harmless colour profile, straight to the terminal; here damage
becomes an error of ours and the rest is left out.
"""

from __future__ import annotations

import struct
import zlib

__all__ = ["PNG_MAGIC", "picture_of_png"]

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_OVERHEAD = 12


def picture_of_png(data: bytes) -> bytes | None:
    """Return the same PNG with nothing but its picture; None if it is truncated or damaged.

    Parameters
    ----------
    data : bytes
        Begins with `PNG_MAGIC`.
    """
    kept = [PNG_MAGIC]
    position = len(PNG_MAGIC)
    while position + _OVERHEAD <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + _OVERHEAD + length
        if end > len(data):
            return None
        if name in _KEPT:
            (checksum,) = struct.unpack_from(">I", data, end - 4)
            if zlib.crc32(data[position + 4 : end - 4]) != checksum:
                return None
            kept.append(data[position:end])
        if name == b"IEND":
            return b"".join(kept)
        position = end
    return None
