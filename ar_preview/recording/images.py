"""Still pictures as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from ar_preview.errors import OutputError
from ar_preview.recording.output import PendingFile, check_output

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["IMAGE_SUFFIXES", "write_image"]

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
"""The endings that `write_image` knows."""

_QUALITY: dict[str, list[int]] = {
    ".png": [cv2.IMWRITE_PNG_COMPRESSION, 4],
    # 4:4:4 chroma: the edge of a worn product stays sharp.
    ".jpg": [
        cv2.IMWRITE_JPEG_QUALITY,
        95,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, 95],
}


def write_image(path: str | Path, image: npt.NDArray[np.uint8], overwrite: bool = False) -> Path:
    """Write a picture whole or not at all.

    Parameters
    ----------
    path : str or Path
        The ending decides the format: PNG (exact), JPEG or WebP (quality 95).
    image : ndarray, shape (H, W, 3) or (H, W, 4), uint8
        RGB, or RGBA with straight alpha (not for JPEG).
    overwrite : bool
        Allow an existing file.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        If the path cannot be written, exists, or its ending is unknown.
    ValueError
        If the array is not such a picture.
    """
    path = check_output(path, overwrite, IMAGE_SUFFIXES)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in {3, 4}:
        raise ValueError(f"expected (H, W, 3 or 4) uint8, got {image.shape} {image.dtype}")
    suffix = path.suffix.lower().replace(".jpeg", ".jpg")
    if suffix == ".jpg" and image.shape[2] == 4:
        raise OutputError(f"JPEG holds no transparency: write {path.stem}.png instead")
    code = cv2.COLOR_RGBA2BGRA if image.shape[2] == 4 else cv2.COLOR_RGB2BGR
    encoded = _encoded(suffix, cv2.cvtColor(image, code), path)
    pending = PendingFile(path, overwrite)
    try:
        pending.temporary.write_bytes(encoded)
    except OSError as error:
        pending.discard()
        raise OutputError(f"cannot write {path}: {error.strerror}") from None
    except BaseException:
        pending.discard()
        raise
    pending.commit()
    return path


def _encoded(suffix: str, image: npt.NDArray[Any], path: Path) -> bytes:
    try:
        ok, data = cv2.imencode(suffix, image, _QUALITY[suffix])
    except cv2.error:
        ok = False
    if not ok:
        height, width = image.shape[:2]
        raise OutputError(f"a picture of {width}x{height} does not fit the format of {path}")
    return bytes(data)
