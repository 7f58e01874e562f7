"""One head over time: landmarks in, a steady metric pose and a personal shape out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp, so3_log
from ar_preview.landmarks import MESH_SIZE, STIFF_LANDMARKS, FaceLandmark
from ar_preview.person import HeadShape, Interval, Person
from ar_preview.poses import HeadPose
from ar_preview.registration.anatomy import complete_head
from ar_preview.registration.follow import HeadFollower
from ar_preview.registration.mean_face import FRONTAL_POWER, Mean, MeanFace, at_depth_of, facing
from ar_preview.registration.picture.solve import median
from ar_preview.registration.pnp import solve_head_pose
from ar_preview.registration.scale import ScaleEstimator
from ar_preview.registration.shape import drawn_in, fit_skin
from ar_preview.registration.trailing import trailing_s

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import FaceModel
    from ar_preview.tracks import FaceTrack

__all__ = ["HeadRegistration"]

_MAX_REPROJECTION = 0.08
"""Largest median landmark error, as a share of the face's width, of a believable face."""

_MOST_COASTED = 15
"""Frames in a row that are believed without landmarks: half a second."""

_SETTLED_FRAMES, _SIZE_NEWS = 8, 0.025
"""Once the first frames are over, a size that comes out differently by less is no news and not
worth changing what is worn."""

_LEAST_TO_TRAIL = 8
"""Frames of a recording that tell how far landmarks trail."""

_EASE = 0.85
"""What is left of a change of size one frame later: it creeps, it does not jump."""


@dataclass(frozen=True, eq=False)
class _Look:
    """How a head was found in a frame, on the picture's map; no landmarks where it was coasted.

    The landmarks are in px, their lines of sight at depth 1.
    """

    points_image: Array | None
    rays: Array
    pose: RigidTransform
    confidence: float
    camera: Camera


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
        self._stiff_head = model.vertices_head[self._stiff]
        self._scale = ScaleEstimator(pupil_distance_m)
        self._mean = MeanFace(model)
        self._map_from_head = RigidTransform()
        self._frames = 0
        self._drawn = self._size = 1.0
        self._last: tuple[HeadPose, Person] | None = None
        self._coasted = 0
        self._published: _Published | None = None
        self._looks: dict[int, _Look] = {}

    def update(
        self,
        track: FaceTrack,
        camera: Camera,
        timestamp_ns: int,
        gray: npt.NDArray[np.uint8],
        remember: bool = False,
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
        remember : bool
            Whether `settle` will be asked for this frame.

        Returns
        -------
        tuple of HeadPose and Person, or None
            None if the landmarks are not those of a head in front of the camera.
        """
        points = track.points_image[:MESH_SIZE]
        raw = solve_head_pose(points[self._stiff], self._stiff_head, camera)
        rays = camera.unproject(track.points_image)
        if raw is None or not self._believable(points, rays[:MESH_SIZE], camera, raw):
            return None
        pose, confidence = raw, 1.0
        if self._follower is not None:
            followed = self._follower.update(gray, camera, raw, points, timestamp_ns)
            if remember:
                self._follower.remember(timestamp_ns, followed, raw, points)
            pose, confidence = followed.camera_from_head, followed.confidence
        look = _Look(track.points_image, rays, pose, confidence, camera)
        if remember:
            self._looks[timestamp_ns] = look
        self._learn(look, camera, gray, remember)
        self._publish()
        self._size = self._drawn + (_EASE if self._frames > 1 else 0.0) * (self._size - self._drawn)
        self._coasted = 0
        return self._tell(look)

    def coast(
        self,
        camera: Camera,
        timestamp_ns: int,
        gray: npt.NDArray[np.uint8],
        remember: bool = False,
        sought: bool = True,
    ) -> tuple[HeadPose, Person] | None:
        """Return where the head is in a frame without landmarks; the expression is the last seen.

        A hand that passes before the face, or blur, hides a face from the tracker long before
        it hides it from the picture.

        Parameters
        ----------
        camera, timestamp_ns, gray, remember
            As in `update`.
        sought : bool
            True where the tracker missed it, False where nobody looked.

        Returns
        -------
        tuple of HeadPose and Person, or None
            None if the picture does not tell, or not for so long.
        """
        if self._follower is None or self._last is None or self._coasted >= _MOST_COASTED:
            return None
        follow = self._follower.coast if sought else self._follower.carry
        followed = follow(gray, camera, timestamp_ns)
        if followed is None:
            return None
        self._coasted += sought
        nothing = np.zeros((0, 3))
        pose, confidence = followed.camera_from_head, followed.confidence
        look = _Look(None, nothing, pose, confidence, camera)
        if remember:
            self._follower.remember(timestamp_ns, followed)
            self._looks[timestamp_ns] = look
        return self._tell(look)

    @property
    def has_studied(self) -> bool:
        """Whether there are remembered frames."""
        return bool(self._looks)

    def glimpsed(self, camera: Camera, count: int) -> list[Array]:
        """Return the landmarks of some remembered frames of a camera, spread over them."""
        seen = [
            look.points_image
            for look in self._looks.values()
            if look.points_image is not None and look.camera == camera
        ]
        few = np.unique(np.linspace(0, len(seen) - 1, min(count, len(seen))).round().astype(int))
        return [seen[k] for k in few]

    def settle(
        self, before: Camera | None = None, camera: Camera | None = None
    ) -> dict[int, tuple[HeadPose, Person]]:
        """Learn the person and the poses from all remembered frames at once; tell these anew.

        What is drawn need not change then while they are shown. Also the head's axes are those
        of the landmarks in the mean over the frames: those of a map are as they were in the
        frame it began with, and there landmarks lean by 1-2 degrees.

        Parameters
        ----------
        before, camera : Camera, optional
            What was assumed of a camera, and as what it is known by now.

        Returns
        -------
        dict of int to tuple of HeadPose and Person
            By timestamp in ns; the frames are forgotten.
        """
        looks, self._looks = self._looks, {}
        if not looks or self._follower is None:
            return {}
        landmark_poses = {}
        caught_up = self._caught_up(looks)
        for timestamp, look in looks.items():
            if look.points_image is None:
                continue
            now = camera if camera is not None and look.camera == before else look.camera
            points = caught_up[timestamp]
            pose = solve_head_pose(points[self._stiff], self._stiff_head, now)
            if pose is not None:
                landmark_poses[timestamp] = pose
            looks[timestamp] = replace(look, rays=now.unproject(look.points_image), camera=now)
        poses = self._follower.settle(before, camera, landmark_poses, caught_up)
        looks = {t: replace(look, pose=poses[t]) for t, look in looks.items()}
        lean = Mean()
        for timestamp, pose in landmark_poses.items():
            turn = so3_log(pose.rotation.T @ poses[timestamp].rotation)
            lean.add(turn, facing(pose) ** FRONTAL_POWER)
        if lean.weight > 0.0:
            turn = so3_exp(-lean.value)
            bridge = self._model.vertices_head[FaceLandmark.NASION]
            self._map_from_head = RigidTransform(turn, bridge - turn @ bridge)
            self._mean.start_anew(list(caught_up.values()))
        for timestamp, points in caught_up.items():
            look = looks[timestamp]
            rays = look.camera.unproject(points)
            self._mean.add(points, rays, look.pose @ self._map_from_head)
        scale = self._scale.estimate()
        self._drawn = self._size = self._mean.gauge * scale.value
        self._published = self._known(scale)
        return {timestamp: self._tell(look) for timestamp, look in looks.items()}

    def _caught_up(self, looks: dict[int, _Look]) -> dict[int, Array]:
        """Return the landmarks, px, of all looks that have some, where they do not trail."""
        seen = {t: look.points_image for t, look in looks.items() if look.points_image is not None}
        times = np.array(list(looks)) * 1e-9
        if len(seen) < _LEAST_TO_TRAIL:
            return seen
        head = np.array(
            [k.camera.project(k.pose @ self._stiff_head).mean(axis=0) for k in looks.values()]
        )
        there = np.array([t in seen for t in looks])
        speed = np.gradient(head, times, axis=0)[there]
        width = np.array([np.ptp(points[:MESH_SIZE, 0]) for points in seen.values()])[:, None]
        landmarks = np.array([points[self._stiff].mean(axis=0) for points in seen.values()])
        delay_s = trailing_s(landmarks / width, head[there] / width, speed / width)
        return {t: p + delay_s * v for (t, p), v in zip(seen.items(), speed, strict=True)}

    def _tell(self, look: _Look) -> tuple[HeadPose, Person]:
        assert self._published is not None
        pose = look.pose @ self._map_from_head
        placed = RigidTransform(pose.rotation, self._size * pose.translation)
        if look.points_image is not None:
            # Rays cut at the canonical depth: exact in the picture, plausible in depth.
            rays = look.rays[:MESH_SIZE]
            face = self._size * at_depth_of(self._model.vertices_head, rays, pose)
        else:
            assert self._last is not None
            before = self._last[0]
            face = placed @ (before.camera_from_head.inverse() @ before.vertices_camera)
        person = Person(
            self._id,
            self._published.scale,
            self._published.shape,
            pupil_distance_m=self._published.pupil_distance_m,
            drawn_scale=self._drawn / self._published.gauge,
            settled=self._frames > _SETTLED_FRAMES,
        )
        self._last = HeadPose(self._id, placed, face, look.confidence), person
        return self._last

    def _believable(self, points: Array, rays: Array, camera: Camera, pose: RigidTransform) -> bool:
        x, y, z = (pose @ self._model.vertices_head).T
        error = np.hypot(camera.fx * (x / z - rays[:, 0]), camera.fy * (y / z - rays[:, 1]))
        width, height = (points.max(axis=0) - points.min(axis=0)).tolist()
        return bool(median(error) < _MAX_REPROJECTION * (width + height) / 2.0)

    def _learn(
        self, look: _Look, camera: Camera, gray: npt.NDArray[np.uint8], patient: bool
    ) -> None:
        assert look.points_image is not None
        pose = self._mean.add(look.points_image, look.rays, look.pose @ self._map_from_head)
        eyes = self._mean.eyes_head
        self._scale.add(look.points_image, camera, pose, eyes, gray, patient)
        self._frames += 1

    def _publish(self) -> None:
        power_of_two = self._frames & (self._frames - 1) == 0
        if self._published is None or power_of_two:
            scale = self._scale.estimate()
            goal = self._mean.gauge * scale.value
            news = abs(np.log(goal / self._drawn)) > _SIZE_NEWS
            if news or self._frames <= _SETTLED_FRAMES:
                self._drawn = goal
            self._published = self._known(scale)

    def _known(self, scale: Interval) -> _Published:
        gauge = self._mean.gauge
        face = self._drawn * self._personal_face()
        canonical = self._drawn / gauge * drawn_in(self._model.vertices_head)
        shape = complete_head(face, canonical, self._drawn * self._mean.irises_head)
        return _Published(shape, gauge, scale, self._scale.pupil_distance())

    def _personal_face(self) -> Array:
        """Return the mean of the landmarks, moved to the skin, in the units of the pose."""
        face = self._mean.face_head
        if self._follower is None:
            return face
        # The skin is known in the axes of the map.
        on_map = self._map_from_head @ face
        skin = self._follower.skin_over(on_map)
        fitted = fit_skin(on_map, self._model.triangles, skin)
        return self._map_from_head.inverse() @ fitted
