"""Where frames come from: cameras, videos, pictures, folders and the bundled samples."""

from __future__ import annotations

from ar_preview.media import SourceInfo, VideoColour
from ar_preview.sources.calibration import calibration_path, load_calibration, save_calibration
from ar_preview.sources.camera import CameraSource, CameraState, CameraTimeouts
from ar_preview.sources.cameras import CameraName, list_cameras
from ar_preview.sources.capture import Capture, CaptureError, CaptureFactory, OpenCvCapture
from ar_preview.sources.fake import FakeCamera, Step
from ar_preview.sources.intrinsics import CameraChoice, CameraMatrix
from ar_preview.sources.opening import SAMPLES, open_source
from ar_preview.sources.source import Source
from ar_preview.sources.still import FolderSource, ImageSource, read_image
from ar_preview.sources.video import VideoSource

__all__ = [
    "SAMPLES",
    "CameraChoice",
    "CameraMatrix",
    "CameraName",
    "CameraSource",
    "CameraState",
    "CameraTimeouts",
    "Capture",
    "CaptureError",
    "CaptureFactory",
    "FakeCamera",
    "FolderSource",
    "ImageSource",
    "OpenCvCapture",
    "Source",
    "SourceInfo",
    "Step",
    "VideoColour",
    "VideoSource",
    "calibration_path",
    "list_cameras",
    "load_calibration",
    "open_source",
    "read_image",
    "save_calibration",
]
