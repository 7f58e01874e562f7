"""The cameras of this machine, by name."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from ar_preview.sources.capture import capture_backend

__all__ = ["CameraName", "list_cameras"]


@dataclass(frozen=True)
class CameraName:
    """A camera that is plugged in.

    Parameters
    ----------
    index : int
        For ``camera:INDEX``.
    name : str
    """

    index: int
    name: str


def list_cameras() -> tuple[CameraName, ...]:
    """Return the cameras that are plugged in, without opening them.

    Empty where there are none, and where the package that knows their names is not installed.
    """
    try:
        enumerate_cameras = importlib.import_module("cv2_enumerate_cameras").enumerate_cameras
    except ImportError:
        return ()
    try:
        found = list(enumerate_cameras(capture_backend()))
    except (OSError, RuntimeError, ValueError):
        return ()
    # Some systems list a device once for every kind of picture that it gives.
    names: dict[int, str] = {}
    for camera in found:
        names.setdefault(camera.index, camera.name)
    return tuple(CameraName(index, name) for index, name in sorted(names.items()))
