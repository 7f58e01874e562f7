"""What a run leaves behind for other tools: poses, timings, layers, in stable formats.

Each sink is a context manager that takes `PreviewResult` after `PreviewResult`. What it wrote
appears under its final name only when the block ends without an error.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ar_preview.compositing import layer_rgba
from ar_preview.errors import OutputError
from ar_preview.recording import PendingFile, write_image
from ar_preview.tracking import TrackLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import numpy as np
    import numpy.typing as npt

    from ar_preview.preview import PreviewResult

__all__ = ["ImageFolder", "JsonLines", "LayerFolder", "PoseLog", "TimingLog", "TracksFile"]

POSES_HEADER = {"format": "ar-preview-poses", "version": 1}
_DECIMALS_MS = 3


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say of a full disk which result it cut short."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error


class _Sink(ABC):
    """A context manager that keeps what it made only if the run did not fail."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What was made before the user stopped it is kept, like a recording.
        failed = kind is not None and not issubclass(kind, KeyboardInterrupt)
        self._finish(failed)

    @abstractmethod
    def _finish(self, failed: bool) -> None: ...


class _FileSink(_Sink):
    """A sink that fills one file.

    Parameters
    ----------
    path : Path
    overwrite : bool
        Whether a file of that name may be replaced.

    Raises
    ------
    OutputError
        If the name is taken or its folder cannot be written.
    """

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        self._file = PendingFile(path, overwrite)

    def _finish(self, failed: bool) -> None:
        try:
            with _writing(self._file.path):
                self._complete(failed)
        except OutputError:
            self._file.discard()
            raise
        if failed:
            self._file.discard()
        else:
            self._file.commit()

    @abstractmethod
    def _complete(self, failed: bool) -> None:
        """Write and close what is not written and closed yet."""


class JsonLines(_FileSink):
    """One JSON object a line."""

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        super().__init__(path, overwrite)
        self._stream = self._file.temporary.open("w", encoding="utf-8", newline="\n")

    def write_line(self, value: dict[str, Any]) -> None:
        """Append one object."""
        with _writing(self._file.path):
            self._stream.write(json.dumps(value, separators=(", ", ": ")) + "\n")

    def _complete(self, failed: bool) -> None:
        self._stream.close()


class PoseLog(JsonLines):
    """Where every piece was in every frame.

    After one header line, one JSON a frame: ``index``, ``time_s``, ``camera`` (``width``,
    ``height``, ``fx``, ``fy``, ``cx``, ``cy``; px) and ``items``, each with ``product``,
    ``anchor``, ``scale`` and the rigid ``camera_from_product`` (4x4, row-major, OpenCV camera
    axes, metres). `items` is empty when nothing is worn.
    """

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        super().__init__(path, overwrite)
        self.write_line(dict(POSES_HEADER))

    def write(self, result: PreviewResult) -> None:
        """Append the poses of one frame."""
        camera = result.scene.camera
        self.write_line(
            {
                "index": result.frame.index,
                "time_s": result.frame.time_s,
                "camera": {
                    "width": camera.width,
                    "height": camera.height,
                    "fx": camera.fx,
                    "fy": camera.fy,
                    "cx": camera.cx,
                    "cy": camera.cy,
                },
                "items": [
                    {
                        "product": item.product.id,
                        "anchor": item.anchor,
                        "scale": item.scale,
                        "camera_from_product": item.camera_from_product.matrix.tolist(),
                    }
                    for item in result.scene.items
                ],
            }
        )


class TimingLog(JsonLines):
    """One JSON a frame: ``index``, ms by stage, and ``total_ms``."""

    def write(self, result: PreviewResult) -> None:
        """Append the timings of one frame."""
        stages = {
            f"{name}_ms": round(value, _DECIMALS_MS) for name, value in result.timings_ms.items()
        }
        total = round(result.total_ms, _DECIMALS_MS)
        self.write_line({"index": result.frame.index, **stages, "total_ms": total})


class ImageFolder(_Sink):
    """A folder of pictures named by frame index: ``000000.png`` ...

    Parameters
    ----------
    path : Path
        A new or an empty folder.
    overwrite : bool
        Whether pictures may be put into a folder that has something in it.

    Raises
    ------
    OutputError
        If the folder has something in it or cannot be written.
    """

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        self._path, self._overwrite = path, overwrite
        if path.exists() and not path.is_dir():
            raise OutputError(f"expected {path} to be a folder, but it is a file")
        if path.is_dir() and any(path.iterdir()) and not overwrite:
            raise OutputError(
                f"{path} is not empty: choose another folder or allow overwriting (--overwrite)"
            )
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Inside the folder where it exists: its parent may be another disk, or read-only.
            place = path if path.is_dir() else path.parent
            self._staging = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=place))

    def write(self, result: PreviewResult) -> None:
        """Add the finished picture of one frame."""
        self._add(result.frame.index, result.image)

    def _add(self, index: int, picture: npt.NDArray[np.uint8]) -> None:
        write_image(self._staging / f"{index:06d}.png", picture)

    def _finish(self, failed: bool) -> None:
        try:
            if not failed:
                with _writing(self._path):
                    self._move()
        finally:
            shutil.rmtree(self._staging, ignore_errors=True)

    def _move(self) -> None:
        self._path.mkdir(exist_ok=True)
        moves = [(made, self._path / made.name) for made in sorted(self._staging.iterdir())]
        if not self._overwrite and any(wanted.exists() for _, wanted in moves):
            raise OutputError(f"{self._path} has been filled meanwhile: choose another folder")
        for made, wanted in moves:
            os.replace(made, wanted)


class LayerFolder(ImageFolder):
    """A folder of layers: RGBA, straight alpha, full frame size, alpha = 1 - mean(transmit)."""

    def write(self, result: PreviewResult) -> None:
        """Add the layer of one frame."""
        self._add(result.frame.index, layer_rgba(result.layer, result.frame.size))


class TracksFile(_FileSink):
    """The tracks of a run in one ``.npz`` that `ReplayTracker` plays back."""

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        super().__init__(path, overwrite)
        self._log = TrackLog()

    def write(self, result: PreviewResult) -> None:
        """Add the tracks of one frame."""
        self._log.append(result.frame, result.tracks)

    def _complete(self, failed: bool) -> None:
        if not failed:
            self._log.save(self._file.temporary)
