"""Tracks in, poses and persons out, for everybody in the picture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.landmarks import STIFF_LANDMARKS
from ar_preview.poses import Poses
from ar_preview.registration.focal import likely_zoom
from ar_preview.registration.hand import HandRegistration, HandResult
from ar_preview.registration.head import HeadRegistration
from ar_preview.registration.trunk import TrunkRegistration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import numpy.typing as npt

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import FaceModel, Finger
    from ar_preview.person import Person
    from ar_preview.poses import HeadPose
    from ar_preview.tracks import FaceTrack, Tracks

__all__ = ["Registration"]

_AROUND_FACE = 0.25
"""Of its size, what is looked at beside it: heads move, and foreheads are not tracked."""

_JUDGED_FRAMES = 48
"""Of a recording, spread over it, that together tell the focal length."""

_FORGET_NS = 2_000_000_000
_SAME_HAND_M = 0.07


class Registration:
    """Keeps one `HeadRegistration` for every face, one `HandRegistration` for every hand.

    Parameters
    ----------
    model : FaceModel
    continuous : bool
        True for a video or camera: poses are smoothed, persons remembered. False where every
        frame is a picture of its own: every frame starts anew.
    pupil_distance_m : float, optional
        Known distance of the pupils of whoever is seen, for the far gaze; it sets the size.
    live : bool
        True where frames do not wait: what may come a frame later is worked out on a thread of
        its own, which `close` ends. Otherwise the same frames always give the same poses.
    """

    def __init__(
        self,
        model: FaceModel,
        continuous: bool = True,
        pupil_distance_m: float | None = None,
        live: bool = False,
    ) -> None:
        self._model = model
        self._pupil_distance_m = pupil_distance_m
        self._continuous = continuous
        self._worker = ThreadPoolExecutor(1, "ar-preview-registration") if live else None
        self._heads: dict[int, HeadRegistration] = {}
        self._seen_ns: dict[int, int] = {}
        self._faces: tuple[FaceTrack, ...] = ()  # Of the last search.
        self._trunks = TrunkRegistration(continuous)
        self._hands: dict[int, HandRegistration] = {}
        self._hands_seen_ns: dict[int, int] = {}
        self._size: tuple[int, int] | None = None
        self._gray = np.zeros((0, 0), np.uint8)
        self._hands_size: tuple[int, int] | None = None
        self._studied: dict[int, list[tuple[HeadPose, Person]]] = {}
        self._left: list[HeadRegistration] = []
        self._cameras: tuple[Camera, Camera] | None = None  # What was assumed, what is likely.

    def camera_of(self, camera: Camera, tracks: Tracks) -> Camera:
        """Return the camera of a frame, with the likely focal length where it is only assumed.

        The first faces that are seen decide for all frames that follow, until frames are of
        another size: a lens that changed from frame to frame would move what is worn.

        Parameters
        ----------
        camera : Camera
            What is known of it.
        tracks : Tracks
            Of this frame.
        """
        if not camera.assumed:
            return camera
        decided = self._cameras is not None and self._cameras[0] == camera
        if tracks.faces and not (decided and self._continuous):
            self.judge_camera(camera, [tracks])
            decided = True
        return self._cameras[1] if self._cameras is not None and decided else camera

    def judge_camera(self, camera: Camera, seen: Iterable[Tracks]) -> None:
        """Decide on the focal length of an assumed camera by several frames.

        What one frame tells is off by several degrees with pose and expression, their median by
        less. Without a face nothing is decided.

        Parameters
        ----------
        camera : Camera
            What is known of it.
        seen : iterable of Tracks
            Of frames of this camera, before the first is registered.
        """
        self._judge_camera(camera, [[f.points_image for f in tracks.faces] for tracks in seen])

    def _judge_camera(self, camera: Camera, seen: Sequence[Sequence[Array]]) -> None:
        stiff = np.array(STIFF_LANDMARKS)
        vertices = self._model.vertices_head[stiff]
        faces = [[points[stiff] for points in there] for there in seen if there]
        zooms = [likely_zoom(camera, there, vertices) for there in faces]
        if camera.assumed and zooms:
            self._cameras = camera, camera.zoomed(float(np.median(zooms)))

    def update(
        self,
        frame: Frame,
        tracks: Tracks,
        camera: Camera,
        fingers: Collection[Finger] = (),
        wrist: bool = False,
    ) -> tuple[Poses, tuple[Person, ...]]:
        """Return the poses of a frame and the persons of its heads, in their order.

        Parameters
        ----------
        frame : Frame
        tracks : Tracks
            Of this frame.
        camera : Camera
            Of this frame.
        fingers : collection of Finger
            Which are placed, and looked for in the picture.
        wrist : bool
            Whether wrists are looked for in the picture.
        """
        self._forget_hands(frame)
        hands = [h for h in self._register_hands(frame, tracks, camera, fingers, wrist) if h]
        found = self._studied.pop(frame.timestamp_ns, None)
        if found is None:
            found = self._register_heads(frame, tracks, camera)
        poses = Poses(
            self._trunks.update(found, tracks.bodies, camera, frame.timestamp_ns),
            tuple(h.hand for h in hands),
            tuple(finger for h in hands for finger in h.fingers),
            tuple(h.wrist for h in hands),
        )
        return poses, tuple(person for _, person in found)

    def study(self, frame: Frame, tracks: Tracks, camera: Camera) -> None:
        """Register the heads of a frame that `update` will be asked for later.

        After the last of these frames comes `settle`; until then `update` is not asked.

        Parameters
        ----------
        frame, tracks, camera
            As in `update`.
        """
        self._studied[frame.timestamp_ns] = []
        self._register_heads(frame, tracks, camera, remember=True)

    def settle(self) -> None:
        """End a study: `update` tells of its frames with all that is known by now."""
        heads, self._left = [*self._left, *self._heads.values()], []
        before = now = None
        if self._cameras is not None:
            assumed, before = self._cameras
            count = -(-_JUDGED_FRAMES // max(len(heads), 1))
            seen = [points for head in heads for points in head.glimpsed(before, count)]
            self._judge_camera(assumed, [[points] for points in seen])
            now = self._cameras[1]
        for head in heads:
            for timestamp_ns, told in head.settle(before, now).items():
                self._studied[timestamp_ns].append(told)

    def _register_heads(
        self, frame: Frame, tracks: Tracks, camera: Camera, remember: bool = False
    ) -> list[tuple[HeadPose, Person]]:
        self._forget_heads(frame)
        found = []
        missed = sorted(self._heads.keys() - {face.id for face in tracks.faces})
        if tracks.faces_sought:
            self._faces = tracks.faces
        sought = tracks.faces_sought or not self._faces
        if not sought:
            missed = [face.id for face in self._faces if face.id in self._heads]
        near = self._faces if not sought or not missed else ()
        gray = self._in_gray(frame, [face.points_image for face in near])
        now = frame.timestamp_ns
        for face in tracks.faces:
            head = self._heads.get(face.id)
            if head is None:
                head = HeadRegistration(
                    self._model,
                    face.id,
                    self._continuous,
                    self._pupil_distance_m,
                    self._worker,
                )
                self._heads[face.id] = head
            result = head.update(face, camera, now, gray, remember)
            if result is not None:
                found.append(result)
                self._seen_ns[face.id] = now
        # Two tracks of one head are one head: whoever is tracked is not also coasted.
        for key in missed if not tracks.faces else ():
            result = self._heads[key].coast(camera, now, gray, remember, sought)
            if result is not None:
                found.append(result)
        return found

    def _in_gray(self, frame: Frame, faces: list[Array]) -> npt.NDArray[np.uint8]:
        """Return the picture in grey around faces, elsewhere as it was; all of it without any."""
        if self._gray.shape != frame.image.shape[:2]:
            self._gray = np.zeros(frame.image.shape[:2], np.uint8)
        parts = [_around(points) for points in faces] or [(slice(None), slice(None))]
        for part in parts:
            cv2.cvtColor(frame.image[part], cv2.COLOR_RGB2GRAY, dst=self._gray[part])
        return self._gray

    def _register_hands(
        self,
        frame: Frame,
        tracks: Tracks,
        camera: Camera,
        fingers: Collection[Finger],
        wrist: bool,
    ) -> list[HandResult | None]:
        results = []
        for track in tracks.hands:
            hand = self._hands.setdefault(track.id, HandRegistration(track.id))
            self._hands_seen_ns[track.id] = frame.timestamp_ns
            results.append(
                hand.update(track, camera, frame.timestamp_ns, frame.image, fingers, wrist)
            )
        missed = self._hands.keys() - {track.id for track in tracks.hands}
        held = [self._hands[key].hold(frame.timestamp_ns) for key in sorted(missed)]
        return results + [h for h in held if h and not _is_among(h, results)]

    def close(self) -> None:
        """End the thread, if there is one; calling it again is harmless."""
        if self._worker is not None:
            self._worker.shutdown(cancel_futures=True)

    def _forget_heads(self, frame: Frame) -> None:
        """Drop persons not seen for two seconds, and everyone when the picture is another."""
        gone = _long_ago(self._seen_ns, frame.timestamp_ns)
        if not self._continuous or frame.size != self._size:
            gone = list(self._heads)
            self._seen_ns.clear()
        self._size = frame.size
        for key in gone:
            head = self._heads.pop(key, None)
            if head is not None and head.has_studied:
                self._left.append(head)

    def _forget_hands(self, frame: Frame) -> None:
        """Do the same with hands."""
        gone = _long_ago(self._hands_seen_ns, frame.timestamp_ns)
        if not self._continuous or frame.size != self._hands_size:
            gone = list(self._hands)
            self._hands_seen_ns.clear()
        self._hands_size = frame.size
        for key in gone:
            self._hands.pop(key, None)


def _around(points_image: Array) -> tuple[slice, slice]:
    """Rows and columns around a face."""
    low, high = points_image.min(axis=0), points_image.max(axis=0)
    if not np.isfinite([low, high]).all():
        return slice(None), slice(None)
    margin = _AROUND_FACE * (high - low)
    (left, top), (right, bottom) = np.maximum([low - margin, high + margin], 0.0).astype(int)
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))


def _is_among(held: HandResult, seen: Sequence[HandResult | None]) -> bool:
    """Whether a hand that is held is one that is seen under another id."""
    middle = held.hand.joints_camera.mean(axis=0)
    for other in seen:
        if other is not None:
            there = other.hand.joints_camera.mean(axis=0)
            if np.linalg.norm(there * (middle[2] / there[2]) - middle) < _SAME_HAND_M:
                return True
    return False


def _long_ago(seen_ns: dict[int, int], now: int) -> list[int]:
    """Take out and return who was not seen for two seconds."""
    gone = [key for key, seen in seen_ns.items() if abs(now - seen) > _FORGET_NS]
    for key in gone:
        del seen_ns[key]
    return gone
