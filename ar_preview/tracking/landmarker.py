"""A MediaPipe landmarker with everything its life asks for: start, clock, silence, end."""

from __future__ import annotations

import atexit
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.errors import TrackingError
from ar_preview.quiet import quiet_stderr
from ar_preview.tracking.vendor import mediapipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array, ImageSize

__all__ = ["Landmarker", "landmark_table"]

_NS_PER_MS = 1_000_000
_MAX_GAP_MS = 1_000


_open: weakref.WeakSet[Landmarker] = weakref.WeakSet()


@atexit.register
def _close_open_ones() -> None:
    """End what nobody closed; later the library could no longer do it and would complain."""
    for landmarker in list(_open):
        landmarker.close()


class Landmarker:
    """One landmarker of the Tasks API, begun anew where the stream is another one.

    Parameters
    ----------
    kind : {"face", "hand", "body", "silhouette"}
    weights : callable
        Gives the verified weights, whenever the library starts: a file that it maps, or megabytes
        that it copies.
    continuous : bool
        True for a video or camera; False where every frame is a picture of its own.
    gap_ms : int
        Jump in time that begins another stream.
    detect : callable, optional
        What to do with the library's landmarker, a picture and its time, ms, or None; the
        landmarker's own method by default.
    **options
        Further options of the library's own class, for example ``num_faces``.

    Raises
    ------
    TrackingError
        If the library refuses to start.
    """

    def __init__(
        self,
        kind: str,
        weights: Callable[[], Path | bytes],
        continuous: bool,
        detect: Callable[[Any, Any, int | None], Any] | None = None,
        gap_ms: int = _MAX_GAP_MS,
        **options: Any,
    ) -> None:
        self._kind = kind
        self._weights = weights
        self._continuous = continuous
        self._call = detect or _detect_publicly
        self._gap_ms = gap_ms
        self._options = options
        self._size: ImageSize | None = None
        self._origin_ns = 0
        self._clock_ms = -1
        self._first = True
        self._landmarker: Any = self._create()
        _open.add(self)

    def detect(self, frame: Frame) -> Any:
        """Return what was found in a frame.

        Raises
        ------
        TrackingError
            If the landmarker is closed or the library fails.
        """
        if self._landmarker is None:
            raise TrackingError(f"the {self._kind} tracker is closed: create a new one")
        self._follow(frame)
        library = mediapipe()
        picture = library.Image(image_format=library.ImageFormat.SRGB, data=frame.image)
        try:
            if self._first:
                with quiet_stderr():
                    result = self._detect(picture)
                self._first = False
            else:
                result = self._detect(picture)
        except (RuntimeError, ValueError) as error:
            raise TrackingError(f"the {self._kind} landmarker failed: {error}") from error
        return result

    def close(self) -> None:
        """Release the landmarker; calling it again is harmless."""
        landmarker, self._landmarker = self._landmarker, None
        if landmarker is not None:
            landmarker.close()

    def _create(self) -> Any:
        weights = self._weights()
        given = "model_asset_buffer" if isinstance(weights, bytes) else "model_asset_path"
        asset = {given: weights if isinstance(weights, bytes) else str(weights)}
        try:
            with quiet_stderr():
                mediapipe()
                from mediapipe.tasks.python import BaseOptions, vision

                landmarker, options = {
                    "face": (vision.FaceLandmarker, vision.FaceLandmarkerOptions),
                    "hand": (vision.HandLandmarker, vision.HandLandmarkerOptions),
                    "body": (vision.PoseLandmarker, vision.PoseLandmarkerOptions),
                    "silhouette": (vision.ImageSegmenter, vision.ImageSegmenterOptions),
                }[self._kind]
                mode = vision.RunningMode.VIDEO if self._continuous else vision.RunningMode.IMAGE
                return landmarker.create_from_options(
                    options(
                        base_options=BaseOptions(**asset),
                        running_mode=mode,
                        **self._options,
                    )
                )
        except (ImportError, OSError) as error:
            raise TrackingError(
                f"MediaPipe cannot start ({error}); on Debian or Ubuntu install "
                f"libegl1 libgles2, then run `ar-preview doctor`"
            ) from error
        except (RuntimeError, ValueError) as error:
            raise TrackingError(f"MediaPipe cannot start: {error}") from error

    def _follow(self, frame: Frame) -> None:
        """Keep the library's clock rising; begin anew where the stream is another one."""
        if not self._continuous:
            return
        stamp = (frame.timestamp_ns - self._origin_ns) // _NS_PER_MS
        broken = stamp < self._clock_ms - 1 or stamp > self._clock_ms + self._gap_ms
        if self._clock_ms >= 0 and (frame.size != self._size or broken):
            self._landmarker.close()
            self._landmarker = self._create()
            self._clock_ms = -1
        if self._clock_ms < 0:
            self._origin_ns = frame.timestamp_ns
            stamp = 0
        self._size = frame.size
        self._clock_ms = max(self._clock_ms + 1, stamp)

    def _detect(self, picture: Any) -> Any:
        return self._call(self._landmarker, picture, self._clock_ms if self._continuous else None)


def _detect_publicly(landmarker: Any, picture: Any, clock_ms: int | None) -> Any:
    if clock_ms is None:
        return landmarker.detect(picture)
    return landmarker.detect_for_video(picture, clock_ms)


def landmark_table(landmarks: Sequence[Any], size: ImageSize, count: int) -> Array | None:
    """Return (count, 3) px of normalised landmarks, None if they are not what was expected."""
    width, height = size
    table = np.array([(p.x * width, p.y * height, p.z * width) for p in landmarks], np.float64)
    good = table.shape == (count, 3) and bool(np.isfinite(table).all())
    return table if good else None
