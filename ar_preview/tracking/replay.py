"""Tracks written to a file, and a tracker that plays them back without any network."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import TrackingError
from ar_preview.frames import ImageSize
from ar_preview.tracks import FaceTrack, HandTrack, Tracks

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.frames import Frame

__all__ = ["ReplayTracker", "TrackLog"]

_FORMAT = "ar-preview-tracks"
_VERSION = 1


class TrackLog:
    """Collects the tracks of a run; `save` writes one compressed ``.npz``.

    Arrays in the file: ``format``, ``version``; ``frame_index`` (F,) and ``size`` (F, 2);
    per face ``face_frame``, ``face_id``, ``face_points`` (N, 478, 3: x and y in px, relative
    depth in px); per hand ``hand_frame``, ``hand_id``, ``hand_right``, ``hand_score``,
    ``hand_points`` (N, 21, 3) and ``hand_world`` (N, 21, 3, metres).
    """

    def __init__(self) -> None:
        self._frames: list[tuple[int, ImageSize]] = []
        self._faces: list[tuple[int, FaceTrack]] = []
        self._hands: list[tuple[int, HandTrack]] = []

    def append(self, index: int, tracks: Tracks) -> None:
        """Remember the tracks of the frame with this index."""
        self._frames.append((index, tracks.size))
        self._faces += [(index, face) for face in tracks.faces]
        self._hands += [(index, hand) for hand in tracks.hands]

    def save(self, path: Path) -> None:
        """Write everything to ``path`` (``.npz``)."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "format": np.array(_FORMAT),
            "version": np.array(_VERSION),
            "frame_index": np.array([i for i, _ in self._frames], np.int64),
            "size": np.array([s for _, s in self._frames], np.int32).reshape(-1, 2),
            "face_frame": np.array([i for i, _ in self._faces], np.int64),
            "face_id": np.array([f.id for _, f in self._faces], np.int32),
            "face_points": np.array(
                [np.column_stack([f.points_image, f.depth_image]) for _, f in self._faces],
                np.float64,
            ).reshape(-1, 478, 3),
            "hand_frame": np.array([i for i, _ in self._hands], np.int64),
            "hand_id": np.array([h.id for _, h in self._hands], np.int32),
            "hand_right": np.array([h.handedness == "right" for _, h in self._hands], bool),
            "hand_score": np.array([h.handedness_score for _, h in self._hands], np.float32),
            "hand_points": np.array(
                [np.column_stack([h.points_image, h.depth_image]) for _, h in self._hands],
                np.float64,
            ).reshape(-1, 21, 3),
            "hand_world": np.array([h.points_world for _, h in self._hands], np.float64).reshape(
                -1, 21, 3
            ),
        }
        with path.open("wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **arrays)


class ReplayTracker:
    """Plays the tracks of a file back, by frame index.

    Parameters
    ----------
    path : Path
        A file that `TrackLog` wrote.

    Raises
    ------
    TrackingError
        If the file is missing, damaged or of another format.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with np.load(path, allow_pickle=False) as data:
                if str(data["format"]) != _FORMAT or int(data["version"]) != _VERSION:
                    raise TrackingError(
                        f"{path} is not a version {_VERSION} tracks file; write one with "
                        f"`ar-preview render --tracks`"
                    )
                self._tracks = _read(data)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise TrackingError(f"the tracks file {path} cannot be read: {error}") from error

    def track(self, frame: Frame) -> Tracks:
        """Return the recorded tracks of a frame.

        Raises
        ------
        TrackingError
            If the file has no such frame, or one of another size.
        """
        tracks = self._tracks.get(frame.index)
        if tracks is None:
            raise TrackingError(f"{self._path} has no tracks for frame {frame.index}")
        if tracks.size != frame.size:
            raise TrackingError(
                f"{self._path} was made from {tracks.size[0]}x{tracks.size[1]} frames, this one "
                f"is {frame.size[0]}x{frame.size[1]}: use the same source"
            )
        return tracks

    def close(self) -> None:
        """Nothing to release."""


def _read(data: np.lib.npyio.NpzFile) -> dict[int, Tracks]:
    faces: dict[int, list[FaceTrack]] = {}
    hands: dict[int, list[HandTrack]] = {}
    for index, key, table in zip(
        data["face_frame"], data["face_id"], data["face_points"], strict=True
    ):
        faces.setdefault(int(index), []).append(FaceTrack(int(key), table[:, :2], table[:, 2]))
    for index, key, right, score, table, world in zip(
        data["hand_frame"],
        data["hand_id"],
        data["hand_right"],
        data["hand_score"],
        data["hand_points"],
        data["hand_world"],
        strict=True,
    ):
        hands.setdefault(int(index), []).append(
            HandTrack(
                int(key),
                "right" if right else "left",
                float(score),
                table[:, :2],
                table[:, 2],
                world,
            )
        )
    return {
        int(index): Tracks(
            ImageSize(int(size[0]), int(size[1])),
            tuple(faces.get(int(index), ())),
            tuple(hands.get(int(index), ())),
        )
        for index, size in zip(data["frame_index"], data["size"], strict=True)
    }
