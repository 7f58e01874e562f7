"""One door for every source: ``open_source``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ar_preview.assets import asset_path
from ar_preview.errors import SourceError
from ar_preview.geometry import Camera
from ar_preview.sources.camera import CameraSource
from ar_preview.sources.intrinsics import CameraChoice, CameraMatrix
from ar_preview.sources.source import Source, check_readable, check_span
from ar_preview.sources.still import FolderSource, ImageSource, is_still
from ar_preview.sources.video import VideoSource

if TYPE_CHECKING:
    from ar_preview.sources.capture import CaptureFactory

__all__ = ["SAMPLES", "open_source"]

SAMPLES = ("face", "hand")
"""The bundled clips, opened as ``sample:face`` and ``sample:hand``."""


def open_source(
    spec: str | Path,
    *,
    camera: Camera | CameraMatrix | None = None,
    fov_degrees: float | None = None,
    start: int | None = None,
    end: int | None = None,
    capture_factory: CaptureFactory | None = None,
) -> Source:
    """Open a camera, a video, a picture, a folder of pictures or a bundled sample.

    Every frame carries a camera: the explicit one, else the field of view, else the sample's
    own or the file's metadata, else the default of 70 degrees across the longer side.

    Parameters
    ----------
    spec : str or Path
        ``camera:0``, ``sample:face``, ``sample:hand`` or a path.
    camera : Camera or tuple (fx, fy, cx, cy), optional
        The true camera. A ``Camera`` is scaled to the frames if the aspect ratio is the same; a
        tuple is in px of the frames.
    fov_degrees : float, optional
        Field of view across the longer side.
    start, end : int, optional
        Frame indices in a video or folder, end exclusive.
    capture_factory : callable, optional
        Opens the capture device of an index, for tests and other back ends.

    Returns
    -------
    Source
        Use it as a context manager and iterate.

    Raises
    ------
    SourceError
        One line that says what is wrong and what to do.
    """
    name = str(spec)
    sample = name.removeprefix("sample:") if name.startswith("sample:") else None
    if sample in SAMPLES and camera is None and fov_degrees is None:
        camera = _sample_camera(sample)
    cameras = CameraChoice(camera, fov_degrees)
    first, stop = check_span(start, end)
    if name.startswith("camera:"):
        index = name.removeprefix("camera:")
        if not index.isdecimal():
            raise SourceError(f"expected camera:NUMBER, for example camera:0, got {name!r}")
        if (start, end) != (None, None):
            raise SourceError("start and end are for files, not for a camera")
        return CameraSource(int(index), cameras, capture_factory=capture_factory)
    if sample is not None:
        if sample not in SAMPLES:
            known = ", ".join(f"sample:{s}" for s in SAMPLES)
            raise SourceError(f"no sample {sample!r}; there are {known}")
        return VideoSource(asset_path("samples", f"{sample}.mp4"), cameras, first, stop)
    path = Path(name).expanduser()
    if path.is_dir():
        return FolderSource(path, cameras, first, stop)
    check_readable(path)
    if is_still(path):
        if first > 0:
            raise SourceError(f"start {first} is behind the last frame: {path} is one picture")
        return ImageSource(path, cameras)
    return VideoSource(path, cameras, first, stop)


def _sample_camera(sample: str) -> Camera:
    """Return the camera that a sample was rendered with; its truth lies beside it."""
    path = asset_path("samples", f"{sample}_truth.json")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))["camera"]
        return Camera(**{key: values[key] for key in ("width", "height", "fx", "fy", "cx", "cy")})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"the sample's truth {path} cannot be read: reinstall ar_preview") from (
            error
        )
