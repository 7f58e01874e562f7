"""One head over time: landmarks in, a steady metric pose and a personal shape out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform
from ar_preview.landmarks import (
    LEFT_EYE_RING,
    MESH_SIZE,
    RIGHT_EYE_RING,
    STIFF_LANDMARKS,
    FaceLandmark,
)
from ar_preview.person import HeadShape, Interval, Person
from ar_preview.poses import HeadPose
from ar_preview.registration.anatomy import complete_head
from ar_preview.registration.follow import HeadFollower
from ar_preview.registration.pnp import solve_head_pose
from ar_preview.registration.scale import ScaleEstimator
from ar_preview.registration.shape import drawn_in, fit_skin

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import FaceModel
    from ar_preview.tracks import FaceTrack

__all__ = ["HeadRegistration"]

_MAX_REPROJECTION = 0.08
"""Largest median landmark error, as a share of the face's width, of a believable face."""

_IRISES = [FaceLandmark.RIGHT_IRIS_CENTRE, FaceLandmark.LEFT_IRIS_CENTRE]

_UNHURRIED = 0.01
"""Share of the face's width a frame: landmarks of a faster head trail behind it."""

_FACE_POWER, _GAUGE_POWER, _LEAST = 8, 32, 1e-6
"""How much more frontal frames tell. Turned by 30 degrees, landmarks draw a face 3-5 % too large
for its distance (measured on heads whose distance is known)."""

_MOST_COASTED = 15
"""Frames in a row that are believed without landmarks: half a second."""

_SETTLED_FRAMES, _SIZE_NEWS = 8, 0.025
"""Once the first frames are over, a size that comes out differently by less is no news and not
worth changing what is worn."""

_EASE = 0.85
"""What is left of a change of size one frame later: it creeps, it does not jump."""


@dataclass
class _Mean:
    """Running weighted mean."""

    total: Array | float = 0.0
    weight: float = 0.0

    def add(self, value: Array | float, weight: float) -> None:
        self.total = self.total + weight * value
        self.weight += weight

    @property
    def value(self) -> Array:
        return np.asarray(self.total / self.weight)


@dataclass(frozen=True, eq=False)
class _Published:
    """What is told of a person until it is learned anew."""

    shape: HeadShape
    gauge: float
    scale: Interval
    pupil_distance_m: Interval | None


class HeadRegistration:
    """Follows one head.

    In a video the picture itself holds the pose, predicted by the landmarks (`HeadFollower`);
    for a picture of its own it is PnP of the canonical face on its stiff landmarks. Each
    landmark's ray is cut at the depth of the canonical face: that is the face as it is shaped
    in this frame. Its mean over the first seconds, moved to the skin that was seen from several
    sides (`fit_skin`), is the person's own shape. Everything is enlarged to the person's true
    size as far as the iris tells it.

    The personal shape and size are published at growing intervals (1, 2, 4, 8 ... frames) and
    then left alone, so that what is fitted to them does not crawl; the size that is drawn
    changes, after the first frames, only by what can be seen.

    Parameters
    ----------
    model : FaceModel
    person_id : int
    smooth : bool
        False where every frame is a picture of its own.
    pupil_distance_m : float, optional
        Known distance of the pupils for the far gaze; else size comes from the irises.
    worker : Executor, optional
        See `PictureTracker`.
    """

    def __init__(
        self,
        model: FaceModel,
        person_id: int,
        smooth: bool = True,
        pupil_distance_m: float | None = None,
        worker: Executor | None = None,
    ) -> None:
        self._model = model
        self._id = person_id
        self._follower = HeadFollower(model, worker) if smooth else None
        self._stiff = np.array(STIFF_LANDMARKS)
        vertices = model.vertices_head
        self._eyes = np.array(
            [vertices[list(ring)].mean(axis=0) for ring in (RIGHT_EYE_RING, LEFT_EYE_RING)]
        )
        self._scale = ScaleEstimator(pupil_distance_m)
        self._face, self._irises, self._gauge = _Mean(), _Mean(), _Mean()
        self._frames = 0
        self._points: Array | None = None
        self._drawn = self._size = 1.0
        self._last: tuple[HeadPose, Person] | None = None
        self._coasted = 0
        self._published: _Published | None = None

    def update(
        self,
        track: FaceTrack,
        camera: Camera,
        timestamp_ns: int,
        gray: npt.NDArray[np.uint8],
    ) -> tuple[HeadPose, Person] | None:
        """Return where the head is and what is known of the person.

        Parameters
        ----------
        track : FaceTrack
        camera : Camera
            Of the frame that was tracked.
        timestamp_ns : int
        gray : ndarray, shape (H, W), uint8
            The picture.

        Returns
        -------
        tuple of HeadPose and Person, or None
            None if the landmarks are not those of a head in front of the camera.
        """
        points = track.points_image[:MESH_SIZE]
        canonical = self._model.vertices_head
        raw = solve_head_pose(points[self._stiff], canonical[self._stiff], camera)
        if raw is None or not self._believable(points, camera, raw):
            return None
        pose, confidence = raw, 1.0
        if self._follower is not None:
            followed = self._follower.update(gray, camera, raw, points, timestamp_ns)
            pose, confidence = followed.camera_from_head, followed.confidence
        # Rays cut at the canonical depth: exact in the picture, plausible in depth.
        surface = camera.unproject(points, (pose @ canonical)[:, 2])
        self._learn(track, camera, pose, gray)
        published = self._publish()
        self._size = self._drawn + (_EASE if self._frames > 1 else 0.0) * (self._size - self._drawn)
        size = self._size
        head_pose = HeadPose(
            self._id,
            RigidTransform(pose.rotation, size * pose.translation),
            size * surface,
            confidence,
        )
        person = Person(
            self._id,
            published.scale,
            published.shape,
            pupil_distance_m=published.pupil_distance_m,
            drawn_scale=self._drawn / published.gauge,
            settled=self._frames > _SETTLED_FRAMES,
        )
        self._last, self._coasted = (head_pose, person), 0
        return self._last

    def coast(
        self, camera: Camera, timestamp_ns: int, gray: npt.NDArray[np.uint8]
    ) -> tuple[HeadPose, Person] | None:
        """Return where the head is in a frame in which the tracker missed it.

        A hand that passes before the face, or blur, hides a face from the tracker long before
        it hides it from the picture. The expression is the one last seen.

        Parameters
        ----------
        camera, timestamp_ns, gray
            As in `update`.

        Returns
        -------
        tuple of HeadPose and Person, or None
            None if the picture does not tell, or not for so long.
        """
        if self._follower is None or self._last is None or self._coasted >= _MOST_COASTED:
            return None
        followed = self._follower.coast(gray, camera, timestamp_ns)
        if followed is None:
            return None
        self._coasted += 1
        before, person = self._last
        pose = followed.camera_from_head
        moved = RigidTransform(pose.rotation, self._size * pose.translation)
        face = moved @ (before.camera_from_head.inverse() @ before.vertices_camera)
        head_pose = HeadPose(self._id, moved, face, followed.confidence)
        self._last = (head_pose, person)
        return self._last

    def _believable(self, points: Array, camera: Camera, pose: RigidTransform) -> bool:
        error = np.linalg.norm(camera.project(pose @ self._model.vertices_head) - points, axis=1)
        width = float(np.ptp(points[:, 0]) + np.ptp(points[:, 1])) / 2.0
        return bool(np.median(error) < _MAX_REPROJECTION * width)

    def _learn(
        self,
        track: FaceTrack,
        camera: Camera,
        pose: RigidTransform,
        gray: npt.NDArray[np.uint8],
    ) -> None:
        canonical = self._model.vertices_head
        points = track.points_image[:MESH_SIZE]
        gauge = self._distance_gauge(camera.unproject(points, (pose @ canonical)[:, 2]), pose)
        pose = RigidTransform(pose.rotation, gauge * pose.translation)
        surface = camera.unproject(points, (pose @ canonical)[:, 2])
        sight = -pose.translation / np.linalg.norm(pose.translation)
        facing = max(0.0, float(pose.rotation[:, 2] @ sight))
        unhurried = 1.0 / (1.0 + (self._speed(track) / _UNHURRIED) ** 2)
        irises = camera.unproject(track.points_image[_IRISES], (pose @ self._eyes)[:, 2])
        weight = facing**_FACE_POWER * unhurried + _LEAST
        self._face.add(pose.inverse() @ surface, weight)
        self._irises.add(pose.inverse() @ irises, weight)
        self._gauge.add(gauge, facing**_GAUGE_POWER * unhurried + _LEAST)
        self._scale.add(track.points_image, camera, pose, self._eyes, gray)
        self._frames += 1

    def _distance_gauge(self, surface_camera: Array, pose: RigidTransform) -> float:
        """Return by how much the distance must change for the canonical face to fit in width.

        The picture holds the distance of a head relative to where the map was begun; from map
        to map, and as a map grows, that is several per cent off. Pupils, irises and width of
        the face come out wrong by one and the same factor: their proportions do not.
        """
        seen = (pose.inverse() @ surface_camera)[self._stiff, :2]
        known = self._model.vertices_head[self._stiff, :2]
        known = known - known.mean(axis=0)
        return float((known**2).sum() / (known * seen).sum())

    def _speed(self, track: FaceTrack) -> float:
        """Return how far the face moved since the last frame, as a share of its width."""
        points = track.points_image[self._stiff]
        before = points if self._points is None else self._points
        self._points = points
        step = np.linalg.norm(points - before, axis=1).mean()
        return float(step / max(np.ptp(track.points_image[:MESH_SIZE, 0]), 1.0))

    def _publish(self) -> _Published:
        power_of_two = self._frames & (self._frames - 1) == 0
        if self._published is None or power_of_two:
            scale, gauge = self._scale.estimate(), float(self._gauge.value)
            goal = gauge * scale.value
            news = abs(np.log(goal / self._drawn)) > _SIZE_NEWS
            if news or self._frames <= _SETTLED_FRAMES:
                self._drawn = goal
            face = self._drawn * self._personal_face()
            canonical = self._drawn / gauge * drawn_in(self._model.vertices_head)
            self._published = _Published(
                complete_head(face, canonical, self._drawn / gauge * self._irises.value),
                gauge,
                scale,
                self._scale.pupil_distance(),
            )
        return self._published

    def _personal_face(self) -> Array:
        """Return the mean of the landmarks, moved to the skin, in the units of the pose."""
        face = drawn_in(self._face.value) / float(self._gauge.value)
        skin = None if self._follower is None else self._follower.skin_over(face)
        return fit_skin(face, self._model.triangles, skin)
