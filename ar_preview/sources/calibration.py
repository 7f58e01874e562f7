"""Calibrated cameras, kept in the user's configuration folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import platformdirs

from ar_preview.errors import OutputError
from ar_preview.geometry import Camera, ImageSize

__all__ = ["CONFIG_VARIABLE", "calibration_path", "load_calibration", "save_calibration"]

CONFIG_VARIABLE = "AR_PREVIEW_CONFIG"
"""Environment variable that puts the configuration folder elsewhere."""

_FORMAT, _VERSION = "ar-preview-camera", 1
_ASPECT_TOLERANCE = 0.01


def _folder() -> Path:
    told = os.environ.get(CONFIG_VARIABLE)
    return Path(told) if told else Path(platformdirs.user_config_dir("ar-preview", False))


def calibration_path(device: int, size: ImageSize) -> Path:
    """Return where the calibration of a camera at a picture size is kept."""
    return _folder() / "cameras" / f"camera-{device}_{size[0]}x{size[1]}.json"


def save_calibration(device: int, camera: Camera, error_px: float) -> Path:
    """Keep the calibration of a camera; an older one of the same size is replaced.

    Parameters
    ----------
    device : int
        As in ``camera:0``.
    camera : Camera
    error_px : float
        How well it explained the board.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    path = calibration_path(device, ImageSize(camera.width, camera.height))
    document = {
        "format": _FORMAT,
        "version": _VERSION,
        "width": camera.width,
        "height": camera.height,
        "fx": camera.fx,
        "fy": camera.fy,
        "cx": camera.cx,
        "cy": camera.cy,
        "distortion": list(camera.distortion),
        "error_px": error_px,
    }
    pending = path.with_suffix(".pending")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pending.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        pending.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write the calibration {path}: {error.strerror}") from error
    return path


def load_calibration(device: int, size: ImageSize) -> Camera | None:
    """Return the camera as calibrated, for frames of a size; None if there is no calibration.

    One of the same size comes first; else one of the same aspect ratio, scaled. A damaged
    file counts as none.

    Parameters
    ----------
    device : int
    size : ImageSize
    """
    exact = calibration_path(device, size)
    try:
        others = sorted(exact.parent.glob(f"camera-{device}_*.json"))
    except OSError:
        return None
    for path in [exact, *others]:
        camera = _read(path)
        if camera is None:
            continue
        ratio = camera.width * size[1] / (camera.height * size[0])
        if abs(ratio - 1.0) <= _ASPECT_TOLERANCE:
            same = (camera.width, camera.height) == tuple(size)
            return camera if same else camera.resized(size)
    return None


def _read(path: Path) -> Camera | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != _FORMAT or data["version"] != _VERSION:
            return None
        fx, fy, cx, cy = (float(data[name]) for name in ("fx", "fy", "cx", "cy"))
        distortion = tuple(float(v) for v in data["distortion"])
        return Camera(int(data["width"]), int(data["height"]), fx, fy, cx, cy, distortion)
    except (OSError, ValueError, KeyError, TypeError):
        return None
