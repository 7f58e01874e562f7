"""Still pictures: one file, or a folder of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from ar_preview.errors import SourceError
from ar_preview.frames import Frame
from ar_preview.geometry import ImageSize
from ar_preview.media import SourceInfo
from ar_preview.sources.colour import over_white
from ar_preview.sources.exif import Exif, read_exif
from ar_preview.sources.intrinsics import CameraChoice, fov_from_focal_length_35mm
from ar_preview.sources.orientation import Orientation
from ar_preview.sources.png import PNG_MAGIC, picture_of_png
from ar_preview.sources.source import FileSource, check_readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ar_preview.frames import RgbImage

__all__ = ["FolderSource", "ImageSource", "image_files", "is_still", "read_image"]

IMAGE_SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .png .webp .bmp .dib .tif .tiff .avif .jp2 .pbm .pgm .ppm .pnm .hdr".split()
)
_MAGIC = (
    b"\xff\xd8\xff",
    PNG_MAGIC,
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\0\0\0\x0cjP  ",
    b"#?RADIANCE",
    b"#?RGBE",
)
_MAGIC_BYTES = 32
# Pictures in a folder have no pace of their own; trackers need times that increase.
_FOLDER_STEP_NS = 1_000_000_000 // 30


def is_still(path: Path) -> bool:
    """Tell from its first bytes whether a file is a still picture that can be read here."""
    with path.open("rb") as file:
        head = file.read(_MAGIC_BYTES)
    if head.startswith(_MAGIC):
        return True
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return True
    if head[4:8] == b"ftyp" and head[8:12] in {b"avif", b"avis"}:
        return True
    return re.match(rb"P[1-6]\s", head) is not None


def image_files(folder: Path) -> list[Path]:
    """Return the pictures in a folder in natural order (2 before 10), by their suffix.

    Raises
    ------
    SourceError
        If there are none or the folder cannot be read.
    """
    try:
        entries = [p for p in folder.iterdir() if not p.name.startswith(".") and p.is_file()]
    except OSError as error:
        raise SourceError(f"cannot read the folder {folder}: {error.strerror}") from None
    images = [p for p in entries if p.suffix.lower() in IMAGE_SUFFIXES]
    if not images:
        raise SourceError(f"no pictures in the folder {folder} (expected JPEG, PNG, WebP, ...)")
    return sorted(images, key=_natural_key)


def _natural_key(path: Path) -> tuple[list[tuple[int, int | str]], str]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(p)) if p.isdigit() else (1, p) for p in parts if p], path.name


def read_image(path: Path) -> tuple[RgbImage, Exif]:
    """Read a picture as upright 8-bit RGB.

    Transparent parts go over white; 16 bits are rounded to 8; a floating-point picture is taken
    as linear light and encoded as sRGB.

    Returns
    -------
    image : ndarray, shape (H, W, 3), uint8
    exif : Exif
        As stored, that is before turning.

    Raises
    ------
    SourceError
        If the file cannot be read or decoded.
    """
    check_readable(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}") from None
    stored = _decoded(data)
    if stored is None:
        raise SourceError(f"{path} cannot be decoded: truncated, damaged or not a picture")
    exif = read_exif(data)
    rgb = _rgb(_eight_bit(stored))
    return Orientation.from_exif(exif.orientation).apply(rgb), exif


def _decoded(data: bytes) -> npt.NDArray[Any] | None:
    picture = picture_of_png(data) if data.startswith(PNG_MAGIC) else data
    if picture is None:
        return None
    try:
        stored = cv2.imdecode(np.frombuffer(picture, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    return None if stored is None or stored.size == 0 else np.asarray(stored)


def _eight_bit(image: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if image.dtype == np.uint8:
        return image
    if image.dtype == np.uint16:
        return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
    linear = np.clip(np.nan_to_num(image.astype(np.float32)), 0.0, 1.0)
    # IEC 61966-2-1
    encoded = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    )
    return np.round(255.0 * encoded).astype(np.uint8)


def _rgb(image: npt.NDArray[np.uint8]) -> RgbImage:
    if image.ndim == 2 or image.shape[2] == 1:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
    if image.shape[2] == 2:
        grey, alpha = image[..., :1], image[..., 1:]
        return over_white(np.concatenate([grey, grey, grey, alpha], axis=2))
    if image.shape[2] == 4:
        return over_white(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA), dtype=np.uint8))
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _size(image: RgbImage) -> ImageSize:
    return ImageSize(image.shape[1], image.shape[0])


def _metadata_fov(exif: Exif, size: ImageSize) -> float | None:
    """Field of view from EXIF, unless the picture was cropped after it was taken."""
    if exif.focal_length_35mm is None:
        return None
    if exif.pixel_size is not None:
        taken = max(exif.pixel_size) / min(exif.pixel_size)
        if abs(taken * min(size) / max(size) - 1.0) > 0.01:
            return None
    return fov_from_focal_length_35mm(exif.focal_length_35mm, size)


class ImageSource(FileSource):
    """One still picture as one frame at time zero.

    Parameters
    ----------
    path : Path
    cameras : CameraChoice

    Raises
    ------
    SourceError
        If the file cannot be decoded.
    """

    def __init__(self, path: Path, cameras: CameraChoice) -> None:
        image, exif = read_image(path)
        size = _size(image)
        camera = cameras.for_frame(size, _metadata_fov(exif, size))
        info = SourceInfo(kind="image", size=size, frame_count=1, path=path)
        super().__init__(info, iter([Frame(image, 0, 0, camera)]))


class FolderSource(FileSource):
    """The pictures of a folder, one frame each, in natural order; their sizes may differ.

    Timestamps are 1/30 s apart. ``index`` is the position in the sorted folder.

    Parameters
    ----------
    folder : Path
    cameras : CameraChoice
    start, end : int
        Positions in the sorted folder, end exclusive.

    Raises
    ------
    SourceError
        If there is no picture; while iterating, if one cannot be decoded.
    """

    def __init__(
        self, folder: Path, cameras: CameraChoice, start: int = 0, end: int | None = None
    ) -> None:
        files = image_files(folder)
        if start >= len(files):
            raise SourceError(
                f"start {start} is behind the last picture: {folder} has {len(files)} pictures"
            )
        chosen = list(enumerate(files))[start:end]
        first, _ = read_image(chosen[0][1])
        info = SourceInfo(
            kind="folder",
            size=_size(first),
            frame_count=len(chosen),
            path=folder,
            starts_trimmed=start > 0,
            ends_trimmed=end is not None and end < len(files),
        )

        def frames() -> Iterator[Frame]:
            for index, path in chosen:
                image, exif = read_image(path)
                size = _size(image)
                camera = cameras.for_frame(size, _metadata_fov(exif, size))
                yield Frame(image, index, index * _FOLDER_STEP_NS, camera, _FOLDER_STEP_NS)

        super().__init__(info, frames())
