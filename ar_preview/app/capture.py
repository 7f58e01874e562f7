"""Snapshots and recordings, and the folder they go to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from ar_preview.errors import ArPreviewError, OutputError
from ar_preview.recording import LiveRecorder, numbered_path, write_image

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from PySide6.QtCore import QSettings

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import ImageSize

__all__ = ["Capture", "pictures_folder"]

_FOLDER = "folder"


def pictures_folder() -> Path:
    """Return where a person expects pictures to be."""
    place = QStandardPaths.StandardLocation.PicturesLocation
    return Path(QStandardPaths.writableLocation(place) or Path.home())


class Capture(QObject):
    """Writes pictures and videos into the folder that was chosen once.

    Parameters
    ----------
    settings : QSettings
    ask_folder : callable
        Asks the person for a folder, given a proposal; None where they would rather not.
    folder : Path, optional
        The folder for this time, without asking.
    """

    saved = Signal(object)
    """A file is there: its path."""
    failed = Signal(str)
    ended = Signal()
    """A recording ended, with or without a file."""
    _finished = Signal(object, object)

    def __init__(
        self,
        settings: QSettings,
        ask_folder: Callable[[Path], Path | None],
        folder: Path | None = None,
    ) -> None:
        super().__init__()
        self._told = folder
        self._settings = settings
        self._ask_folder = ask_folder
        self.recorder: LiveRecorder | None = None
        self._closing: list[LiveRecorder] = []
        self._finished.connect(self._end)

    @property
    def folder(self) -> Path | None:
        """The chosen folder; None until there is one."""
        if self._told is not None:
            return self._told
        stored = str(self._settings.value(_FOLDER, ""))
        return Path(stored) if stored else None

    def choose_folder(self) -> Path | None:
        """Ask for the folder, whether there was one or not."""
        chosen = self._ask_folder(self.folder or pictures_folder())
        if chosen is not None:
            self._told = None
            self._settings.setValue(_FOLDER, str(chosen))
        return chosen

    def save(self, image: RgbImage, stem: str) -> Path | None:
        """Write an RGB picture; return its path, None where that is not possible."""
        try:
            folder = self._ready_folder()
            if folder is None:
                return None
            path = write_image(numbered_path(folder, _file_stem(stem), ".png"), image)
        except (ArPreviewError, OSError) as error:
            self.failed.emit(str(error))
            return None
        self.saved.emit(path)
        return path

    def start(self, stem: str, size: ImageSize, rate: Fraction | None) -> LiveRecorder | None:
        """Begin a video; None where that is not possible."""
        try:
            folder = self._ready_folder()
            if folder is None:
                return None
            unfinished = [recorder.path for recorder in self._closing]
            self.recorder = LiveRecorder(
                numbered_path(folder, _file_stem(stem), ".mp4", unfinished),
                size,
                frame_rate=rate,
                on_end=self._finished.emit,
            )
        except (ArPreviewError, OSError) as error:
            self.failed.emit(str(error))
        return self.recorder

    def stop(self) -> None:
        """End the video; `saved` tells when it is whole."""
        if self.recorder is not None:
            self._closing.append(self.recorder)
            self.recorder.finish()
            self.recorder = None
            self.ended.emit()

    def close(self) -> None:
        """End the video and wait until every one is whole."""
        self.stop()
        for recorder in self._closing:
            try:
                recorder.close()
            except ArPreviewError as error:
                self.failed.emit(str(error))
        self._closing.clear()

    def _ready_folder(self) -> Path | None:
        folder = self.folder or self.choose_folder()
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise OutputError(f"cannot make {folder}: {error.strerror}") from error
        return folder

    def _end(self, path: Path | None, error: ArPreviewError | None) -> None:
        """Tell of a file on the window's own thread."""
        self._closing = [r for r in self._closing if r.path != path and r.error is None]
        if self.recorder is not None and self.recorder.error is not None:
            self.recorder = None
            self.ended.emit()
        if error is not None:
            self.failed.emit(str(error))
        elif path is not None:
            self.saved.emit(path)


def _file_stem(title: str) -> str:
    """Return a file name that every system takes."""
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-") or "ar-preview"
