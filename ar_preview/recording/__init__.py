"""Results as files: H.264 video with the source's sound, and still pictures."""

from __future__ import annotations

from ar_preview.recording.images import IMAGE_SUFFIXES, write_image
from ar_preview.recording.live import LiveRecorder
from ar_preview.recording.output import PendingFile, check_output, numbered_path, path_in_folder
from ar_preview.recording.video import VIDEO_SUFFIXES, VideoRecorder

__all__ = [
    "IMAGE_SUFFIXES",
    "VIDEO_SUFFIXES",
    "LiveRecorder",
    "PendingFile",
    "VideoRecorder",
    "check_output",
    "numbered_path",
    "path_in_folder",
    "write_image",
]
