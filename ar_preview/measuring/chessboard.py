"""A camera from pictures of a printed chessboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.errors import MeasurementError
from ar_preview.geometry import (
    OPENCV_PIXEL_OFFSET,
    Camera,
    ImageSize,
    image_from_opencv,
    opencv_from_image,
)

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.geometry import Array

__all__ = ["Board", "BoardCollector", "CalibrationResult"]

_MIN_VIEWS = 6
_MAX_VIEWS = 40
_NEW_VIEW = 0.04
"""A view counts as new when its corners moved by this share of the picture's width, on average."""

_MAX_ERROR_PX = 1.5
_MAX_ERROR_SHARE = 1.2e-3
_MIN_TILT_DEGREES = 12.0


@dataclass(frozen=True)
class Board:
    """A chessboard.

    Parameters
    ----------
    columns, rows : int
        Inner corners: where four squares meet.
    square_mm : float
        Side of a square. It sets no intrinsics; it only makes the distances right.

    Raises
    ------
    MeasurementError
        If no such board can be found in a picture.
    """

    columns: int
    rows: int
    square_mm: float

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 3 or not 0 < self.square_mm < 1000:
            raise MeasurementError(
                "expected a board of at least 3x3 inner corners and squares in millimetres, got "
                f"{self.columns}x{self.rows} and {self.square_mm:g}"
            )

    @property
    def corners_m(self) -> Array:
        """Inner corners, shape (N, 3), metres, row by row."""
        rows, columns = np.meshgrid(np.arange(self.rows), np.arange(self.columns), indexing="ij")
        flat = np.stack([columns, rows, np.zeros_like(rows)], axis=-1).reshape(-1, 3)
        return np.asarray(flat * 1e-3 * self.square_mm)


@dataclass(frozen=True)
class CalibrationResult:
    """A calibrated camera.

    Parameters
    ----------
    camera : Camera
    error_px : float
        Rms distance of the corners from where the camera puts them.
    views : int
        Pictures that were used.
    fov_sd_degrees : float
        Standard deviation of the field of view.
    """

    camera: Camera
    error_px: float
    views: int
    fov_sd_degrees: float


class BoardCollector:
    """Collects views of a board that differ, then solves for the camera.

    Parameters
    ----------
    board : Board
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._views: list[Array] = []
        self._size: ImageSize | None = None
        self.seen = 0

    @property
    def views(self) -> int:
        """Views kept so far."""
        return len(self._views)

    @property
    def is_full(self) -> bool:
        """Whether more views would add little."""
        return len(self._views) >= _MAX_VIEWS

    def add(self, frame: Frame) -> bool:
        """Look for the board; True if the view was kept.

        Raises
        ------
        MeasurementError
            If the frame has another size than those before.
        """
        if self._size is not None and frame.size != self._size:
            raise MeasurementError(
                f"the pictures differ in size, {self._size[0]}x{self._size[1]} and "
                f"{frame.size[0]}x{frame.size[1]}: calibrate one size at a time"
            )
        self._size = frame.size
        gray = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY)
        found, corners = cv2.findChessboardCornersSB(
            gray, (self._board.columns, self._board.rows), flags=cv2.CALIB_CB_ACCURACY
        )
        if not found:
            return False
        self.seen += 1
        points = image_from_opencv(np.asarray(corners, dtype=np.float64).reshape(-1, 2))
        for known in self._views:
            if np.linalg.norm(points - known, axis=1).mean() < _NEW_VIEW * frame.size[0]:
                return False
        self._views.append(points)
        return True

    def solve(self) -> CalibrationResult:
        """Return the camera (Zhang, PAMI 2000, in OpenCV's implementation).

        Raises
        ------
        MeasurementError
            If there are too few views, they are all alike or fit no camera.
        """
        if self._size is None or len(self._views) < _MIN_VIEWS:
            board = self._board
            raise MeasurementError(
                f"expected at least {_MIN_VIEWS} different views of a chessboard with "
                f"{board.columns}x{board.rows} inner corners, got {len(self._views)}: show it "
                "whole, near and far, in the corners of the picture, tilted left, right, up, down"
            )
        size = self._size
        start = Camera.from_fov(size).opencv_matrix
        model = self._board.corners_m.astype(np.float32)
        pixels = [opencv_from_image(v).astype(np.float32).reshape(-1, 1, 2) for v in self._views]
        error, matrix, distortion, turns, _, deviations, _, _ = cv2.calibrateCameraExtended(
            [model] * len(pixels),
            pixels,
            tuple(size),
            start,
            np.zeros(5),
            flags=cv2.CALIB_USE_INTRINSIC_GUESS | cv2.CALIB_FIX_K3,
        )
        worst = max(_MAX_ERROR_PX, _MAX_ERROR_SHARE * size[0])
        if not (np.isfinite(matrix).all() and error < worst):
            raise MeasurementError(
                f"no camera explains these views (rms {error:.1f} px): keep the board flat and "
                "still, and count its inner corners, not its squares"
            )
        tilts = [np.degrees(np.arccos(abs(cv2.Rodrigues(t)[0][2, 2]))) for t in turns]
        if max(tilts) < _MIN_TILT_DEGREES:
            raise MeasurementError(
                "all views show the board face on, which leaves the field of view open: tilt it "
                "by 20-40 degrees to the left, right, up and down"
            )
        camera = Camera(
            size[0],
            size[1],
            float(matrix[0, 0]),
            float(matrix[1, 1]),
            float(matrix[0, 2]) + OPENCV_PIXEL_OFFSET,
            float(matrix[1, 2]) + OPENCV_PIXEL_OFFSET,
            tuple(float(d) for d in np.ravel(distortion)[:5]),
        )
        focal_sd = float(np.ravel(deviations)[0 if size[0] >= size[1] else 1])
        half = 0.5 * max(size) / max(camera.fx, camera.fy)
        fov_sd = float(np.degrees(2.0 * half / (1.0 + half**2) * focal_sd / camera.fx))
        return CalibrationResult(camera, float(error), len(self._views), fov_sd)
