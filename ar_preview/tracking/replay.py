"""Tracks written to a file, and a tracker that plays them back without any network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import TrackingError
from ar_preview.frames import ImageSize
from ar_preview.landmarks import BODY_SIZE
from ar_preview.tracking.thumbnail import thumbnail
from ar_preview.tracking.tracks_file import (
    FORMAT,
    MASK_SIDE,
    THUMBNAIL_SIDE,
    VERSION,
    Arrays,
    read_arrays,
)
from ar_preview.tracks import BodyTrack, FaceTrack, HandTrack, SilhouetteTrack, Tracks

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.frames import Frame

__all__ = ["ReplayTracker", "TrackLog"]

# The same file decoded elsewhere may differ by a level, and other containers round times to ms.
_SAME_LEVELS = 3
_SAME_TIME_NS = 1_000_000


class TrackLog:
    """Collects the tracks of a run; `save` writes one compressed ``.npz``.

    Arrays in the file: ``format``, ``version``; per frame ``frame_index`` (F,), ``frame_time``
    (F,) in ns, ``frame_size`` (F, 2) in px, ``frame_sought`` (F, 2), whether faces and hands
    were looked for, and ``frame_thumbnail`` (F, 8, 8), mean grey levels
    by which the clip is known again; per face ``face_frame`` (N,), ``face_id`` (N,),
    ``face_points`` (N, 478, 3: x and y in px, relative depth in px); per hand ``hand_frame``,
    ``hand_id``, ``hand_right``, ``hand_score`` (all (N,)), ``hand_points`` (N, 21, 3) and
    ``hand_world`` (N, 21, 3, metres); per body ``body_frame``, ``body_id`` (both (N,)),
    ``body_points`` (N, 33, 2), ``body_world`` (N, 33, 3, metres) and ``body_visibility`` (N, 33);
    per silhouette ``silhouette_frame``, ``silhouette_face`` (both (N,)), ``silhouette_box``
    (N, 4) and ``silhouette_mask`` (N, 256, 256), as `SilhouetteTrack`.
    """

    def __init__(self) -> None:
        self._frames: list[tuple[int, int, Tracks, npt.NDArray[np.uint8]]] = []
        self._faces: list[tuple[int, FaceTrack]] = []
        self._hands: list[tuple[int, HandTrack]] = []
        self._bodies: list[tuple[int, BodyTrack]] = []
        self._silhouettes: list[tuple[int, SilhouetteTrack]] = []

    def append(self, frame: Frame, tracks: Tracks) -> None:
        """Remember the tracks of a frame."""
        index = frame.index
        self._frames.append(
            (index, frame.timestamp_ns, tracks, thumbnail(frame.image, THUMBNAIL_SIDE))
        )
        self._faces += [(index, face) for face in tracks.faces]
        self._hands += [(index, hand) for hand in tracks.hands]
        self._bodies += [(index, body) for body in tracks.bodies]
        self._silhouettes += [(index, silhouette) for silhouette in tracks.silhouettes]

    def save(self, path: Path) -> None:
        """Write everything to ``path`` (``.npz``)."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "format": np.array(FORMAT),
            "version": np.array(VERSION),
            "frame_index": np.array([f[0] for f in self._frames], np.int64),
            "frame_time": np.array([f[1] for f in self._frames], np.int64),
            "frame_size": np.array([f[2].size for f in self._frames], np.int32).reshape(-1, 2),
            "frame_sought": np.array(
                [(f[2].faces_sought, f[2].hands_sought) for f in self._frames], bool
            ).reshape(-1, 2),
            "frame_thumbnail": np.array([f[3] for f in self._frames], np.uint8).reshape(
                -1, THUMBNAIL_SIDE, THUMBNAIL_SIDE
            ),
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
            "body_frame": np.array([i for i, _ in self._bodies], np.int64),
            "body_id": np.array([b.id for _, b in self._bodies], np.int32),
            "body_points": np.array([b.points_image for _, b in self._bodies], np.float64).reshape(
                -1, BODY_SIZE, 2
            ),
            "body_world": np.array([b.points_world for _, b in self._bodies], np.float64).reshape(
                -1, BODY_SIZE, 3
            ),
            "body_visibility": np.array(
                [b.visibility for _, b in self._bodies], np.float64
            ).reshape(-1, BODY_SIZE),
            "silhouette_frame": np.array([i for i, _ in self._silhouettes], np.int64),
            "silhouette_face": np.array([s.face_id for _, s in self._silhouettes], np.int32),
            "silhouette_box": np.array([s.box for _, s in self._silhouettes], np.int32).reshape(
                -1, 4
            ),
            "silhouette_mask": np.array([s.mask for _, s in self._silhouettes], np.uint8).reshape(
                -1, MASK_SIDE, MASK_SIDE
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
        If the file is missing, damaged, of another format or holds what no tracker gives.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._recorded = _read(read_arrays(path))

    def track(self, frame: Frame) -> Tracks:
        """Return the recorded tracks of a frame.

        Raises
        ------
        TrackingError
            If the file has no such frame, or one of another size, time or content.
        """
        recorded = self._recorded.get(frame.index)
        if recorded is None:
            raise TrackingError(f"{self._path} has no tracks for frame {frame.index}")
        tracks = recorded.tracks
        if tracks.size != frame.size:
            raise TrackingError(
                f"{self._path} was made from {tracks.size[0]}x{tracks.size[1]} frames, this one "
                f"is {frame.size[0]}x{frame.size[1]}: use the same source"
            )
        if not recorded.is_of(frame):
            raise TrackingError(
                f"{self._path} was made from another clip: frame {frame.index} differs; "
                "use the same source"
            )
        return tracks

    def close(self) -> None:
        """Nothing to release."""


@dataclass(frozen=True, eq=False)
class _Recorded:
    """The tracks of one frame, and by what the frame is known again."""

    tracks: Tracks
    time_ns: int
    thumbnail: npt.NDArray[np.uint8]

    def is_of(self, frame: Frame) -> bool:
        if abs(frame.timestamp_ns - self.time_ns) > _SAME_TIME_NS:
            return False
        difference = thumbnail(frame.image, THUMBNAIL_SIDE).astype(np.int16) - self.thumbnail
        return bool(np.abs(difference).max() <= _SAME_LEVELS)


def _read(data: Arrays) -> dict[int, _Recorded]:
    faces: dict[int, list[FaceTrack]] = {}
    hands: dict[int, list[HandTrack]] = {}
    bodies: dict[int, list[BodyTrack]] = {}
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
    for index, key, points, world, visibility in zip(
        data["body_frame"],
        data["body_id"],
        data["body_points"],
        data["body_world"],
        data["body_visibility"],
        strict=True,
    ):
        bodies.setdefault(int(index), []).append(BodyTrack(int(key), points, world, visibility))
    silhouettes: dict[int, list[SilhouetteTrack]] = {}
    for index, key, box, mask in zip(
        data["silhouette_frame"],
        data["silhouette_face"],
        data["silhouette_box"],
        data["silhouette_mask"],
        strict=True,
    ):
        x0, y0, x1, y1 = map(int, box)
        track = SilhouetteTrack(int(key), (x0, y0, x1, y1), mask)
        silhouettes.setdefault(int(index), []).append(track)
    return {
        int(index): _Recorded(
            Tracks(
                ImageSize(int(size[0]), int(size[1])),
                tuple(faces.get(int(index), ())),
                tuple(hands.get(int(index), ())),
                bool(sought[0]),
                bool(sought[1]),
                tuple(bodies.get(int(index), ())),
                tuple(silhouettes.get(int(index), ())),
            ),
            int(time_ns),
            grey,
        )
        for index, time_ns, size, sought, grey in zip(
            data["frame_index"],
            data["frame_time"],
            data["frame_size"],
            data["frame_sought"],
            data["frame_thumbnail"],
            strict=True,
        )
    }
