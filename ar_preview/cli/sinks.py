"""Where the finished pictures of a run go."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from ar_preview.errors import OutputError
from ar_preview.exports import ImageFolder
from ar_preview.recording import IMAGE_SUFFIXES, VIDEO_SUFFIXES, VideoRecorder, write_image

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from ar_preview.frames import RgbImage
    from ar_preview.media import SourceInfo
    from ar_preview.preview import PreviewResult

__all__ = ["PICTURE_SUFFIXES", "ImageSink", "OnePicture", "Sink", "VideoSink", "picture_sink"]


PICTURE_SUFFIXES = frozenset({*VIDEO_SUFFIXES, *IMAGE_SUFFIXES})
"""Endings of files that hold finished pictures; anything else is a folder or a mistake."""


class Sink(Protocol):
    """Takes result after result."""

    def write(self, result: PreviewResult) -> None:
        """Take the result of one frame."""
        ...


class VideoSink:
    """Opens the recorder with the first frame, when the size is known for certain."""

    def __init__(self, path: Path, info: SourceInfo, overwrite: bool) -> None:
        self._path, self._info, self._overwrite = path, info, overwrite
        self._stack = contextlib.ExitStack()
        self._recorder: VideoRecorder | None = None

    def write(self, result: PreviewResult) -> None:
        """Append the picture of one frame."""
        if self._recorder is None:
            self._recorder = self._stack.enter_context(
                VideoRecorder(
                    self._path, result.frame.size, info=self._info, overwrite=self._overwrite
                )
            )
        frame = result.frame
        self._recorder.write(result.image, frame.timestamp_ns, frame.duration_ns)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return self._stack.__exit__(kind, error, trace)


class ImageSink:
    """Writes the one picture of a still source, when the run has not failed."""

    def __init__(self, path: Path, overwrite: bool) -> None:
        self._path, self._overwrite = path, overwrite
        self._image: RgbImage | None = None

    def write(self, result: PreviewResult) -> None:
        """Take the picture."""
        self._image = result.image

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._image is not None:
            write_image(self._path, self._image, overwrite=self._overwrite)


class OnePicture:
    """Keeps the result of one frame of a clip, or the last before it."""

    def __init__(self, index: int) -> None:
        self._index = index
        self.result: PreviewResult | None = None

    def write(self, result: PreviewResult) -> None:
        """Keep the result if it is the one."""
        if self.result is None or result.frame.index <= self._index:
            self.result = result


def picture_sink(
    output: Path, info: SourceInfo, overwrite: bool
) -> contextlib.AbstractContextManager[Sink]:
    """Return the sink for an output path, by its suffix.

    Raises
    ------
    OutputError
        If the path cannot take what the source gives, or is taken.
    """
    suffix = output.suffix.lower()
    if output.is_dir() or not suffix:
        return ImageFolder(output, overwrite)
    if suffix in VIDEO_SUFFIXES:
        if info.kind == "folder":
            raise OutputError(
                f"{output}: the pictures of a folder do not make a video; give a folder as output"
            )
        return VideoSink(output, info, overwrite)
    if suffix in IMAGE_SUFFIXES:
        if info.frame_count != 1:
            count = (
                "an endless stream" if info.frame_count is None else f"{info.frame_count} frames"
            )
            raise OutputError(
                f"{output} holds one picture but the source has {count}: "
                f"use --start and --end, or an .mp4 or a folder"
            )
        return ImageSink(output, overwrite)
    suffixes = ", ".join(sorted(PICTURE_SUFFIXES))
    raise OutputError(f"cannot write {output}: expected {suffixes} or a folder")
