"""What can be shown: a camera, a file, the sample."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ar_preview.errors import SourceError
from ar_preview.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.sources import CaptureFactory, Source

__all__ = ["HAND_SAMPLE", "SAMPLE", "Feed"]


@dataclass(frozen=True)
class Feed:
    """A source that can be opened again.

    Parameters
    ----------
    spec : str
        As `open_source` takes it.
    title : str
        What the person calls it.
    kind : {"camera", "file", "sample"}
    capture_factory : callable, optional
        Stands in for the device of a camera.
    """

    spec: str
    title: str
    kind: Literal["camera", "file", "sample"]
    capture_factory: CaptureFactory | None = None

    @classmethod
    def camera(
        cls, index: int = 0, title: str = "", capture_factory: CaptureFactory | None = None
    ) -> Feed:
        """Return the feed of a camera."""
        return cls(f"camera:{index}", title or f"Camera {index + 1}", "camera", capture_factory)

    @classmethod
    def file(cls, path: Path) -> Feed:
        """Return the feed of a video, a photo or a folder of photos."""
        return cls(str(path), path.name, "file")

    @classmethod
    def of(cls, spec: str) -> Feed:
        """Return the feed of a spec of `open_source`."""
        if spec.startswith("camera:") and spec.removeprefix("camera:").isdecimal():
            return cls.camera(int(spec.removeprefix("camera:")))
        if spec.startswith("sample:"):
            return cls(spec, "Sample", "sample")
        return cls(spec, spec.replace("\\", "/").rsplit("/", 1)[-1], "file")

    @property
    def is_mirror(self) -> bool:
        """Whether people see themselves in it."""
        return self.kind == "camera"

    def ask_permission(self) -> None:
        """Let macOS ask for the camera, which it only does on the first thread."""
        if sys.platform == "darwin":
            with contextlib.suppress(SourceError):
                self.open().close()

    def open(self, start: int = 0) -> Source:
        """Open it, files from a frame on.

        Raises
        ------
        SourceError
            As `open_source` does.
        """
        return open_source(self.spec, start=start or None, capture_factory=self.capture_factory)


SAMPLE = Feed("sample:face", "Sample", "sample")
HAND_SAMPLE = Feed("sample:hand", "Sample", "sample")
