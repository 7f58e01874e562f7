"""Landmarks predict, the picture decides: one head's pose over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform
from ar_preview.registration.filter import PoseFilter
from ar_preview.registration.picture import PictureTracker, PoseSolution, SkinSamples
from ar_preview.registration.steady import SteadyPose, blended, pixel_distance, pixel_spread
from ar_preview.registration.study import Glimpse, settle_glimpses

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import FaceModel

__all__ = ["Followed", "HeadFollower"]

_BRIDGE_LANDMARK = 168
_WORN_OFFSETS = np.array(
    # Bridge, lens corners and hinges of a usual pair of glasses about the bridge, metres.
    [
        *([0, 0, 0], [0.03, 0.02, 0], [-0.03, 0.02, 0], [0.03, -0.02, 0], [-0.03, -0.02, 0]),
        *([0.068, 0.012, -0.02], [-0.068, 0.012, -0.02], [0.07, 0, -0.08], [-0.07, 0, -0.08]),
    ]
)
_FACE_WIDTH_M = 0.14
_MOST_GAP_NS = 500_000_000

_NOISE_FACTOR = 3.0
_RESTING_SCALE = 0.8
_LEAST_SPREAD = 0.0005
"""Of the face's width: what the steadying takes for rest even in a noiseless picture."""

_SAME_START_SHARE = 0.005
_DISAGREE_SHARE, _DISAGREE_FRAMES = 0.10, 8
_PREDICTION_SHARE, _PREDICTION_SLIP = 0.004, 0.3
_FEATURES_REPEAT = 0.3
"""What a feature tells twice, through two keyframes or its neighbours', counts once."""

_LEAST_TO_COAST = 20
"""Features that must agree where no landmarks confirm that there is a face."""

_FAILURES_TO_RESTART, _MOST_PATIENCE = 10, 80
_CORRECTION_GAIN, _LEAST_MEAN_GAIN = 0.1, 0.01
_EASE = 0.7
"""What is left of the difference between two sources one frame after changing over."""

_SNAP_SHARE = 0.05
_LANDMARK_CONFIDENCE, _COASTING_CONFIDENCE = 0.5, 0.7


@dataclass(frozen=True, eq=False)
class Followed:
    """One frame's result.

    Parameters
    ----------
    camera_from_head : RigidTransform
        Canonical metres, steadied.
    confidence : float
        0 to 1.
    from_picture : bool
        False where the landmarks alone had to do.
    """

    camera_from_head: RigidTransform
    confidence: float
    from_picture: bool


class HeadFollower:
    """Follows one head through a video.

    The change of the landmarks' pose since the last frame predicts, skin matched in the
    picture corrects; the landmarks' rotation, moved by the mean difference between the two,
    decides what grimaces leave open. Where the picture fails, the landmarks' pose is shown, moved
    by the mean difference between the two so far, and changes of source are eased.

    Parameters
    ----------
    model : FaceModel
    worker : Executor, optional
        See `PictureTracker`.
    """

    def __init__(self, model: FaceModel, worker: Executor | None = None) -> None:
        self._model = model
        self._worker = worker
        self._worn_head = model.vertices_head[_BRIDGE_LANDMARK] + _WORN_OFFSETS
        self._smooth_landmarks = PoseFilter(model.vertices_head[_BRIDGE_LANDMARK])
        self._steady = SteadyPose()
        self._patience = _FAILURES_TO_RESTART
        self._glimpses: dict[int, Glimpse] = {}
        self._start_anew()

    def _start_anew(self) -> None:
        self._tracker: PictureTracker | None = None
        self._camera: Camera | None = None
        self._pose: RigidTransform | None = None
        self._step = RigidTransform()
        self._landmark_pose: RigidTransform | None = None
        self._correction = RigidTransform()
        # The same over seconds: longer than an expression lasts.
        self._mean, self._held = RigidTransform(), 0
        self._ease = RigidTransform()
        self._from_picture = True
        self._failures = self._disagreements = 0
        self._timestamp_ns = 0
        self._steady.reset()
        self._smooth_landmarks.reset()

    def update(
        self,
        gray: npt.NDArray[np.uint8],
        camera: Camera,
        landmark_pose: RigidTransform,
        points_image: Array,
        timestamp_ns: int,
    ) -> Followed:
        """Return the pose in the next frame.

        Parameters
        ----------
        gray : ndarray, shape (H, W), uint8
        camera : Camera
        landmark_pose : RigidTransform
            ``camera_from_head`` by the landmarks alone, canonical metres.
        points_image : ndarray, shape (468, 2)
            The landmarks, px.
        timestamp_ns : int
        """
        if self._camera is not None and camera != self._camera:
            self._start_anew()
        self._camera = camera
        gap = not 0 < timestamp_ns - self._timestamp_ns <= _MOST_GAP_NS
        self._timestamp_ns = timestamp_ns
        smooth = self._smooth_landmarks.update(landmark_pose, timestamp_ns) @ self._correction
        if self._tracker is None:
            self._build(gray, landmark_pose @ self._correction, points_image)
            self._pose, self._landmark_pose = landmark_pose @ self._correction, landmark_pose
            return Followed(self._steadied(self._pose, 0.0), _LANDMARK_CONFIDENCE, False)
        if gap or self._pose is None or self._landmark_pose is None:
            predicted = landmark_pose @ self._correction
            self._steady.reset()
        else:
            predicted = landmark_pose @ self._landmark_pose.inverse() @ self._pose
        self._landmark_pose = landmark_pose
        solution = self._look(gray, predicted, landmark_pose)
        if solution is None:
            return self._fall_back(gray, predicted, smooth, points_image, landmark_pose)
        self._failures = 0
        self._patience = _FAILURES_TO_RESTART
        pose = self._weighed(solution, predicted)
        difference = landmark_pose.inverse() @ pose
        self._correction = self._correction.interpolated(difference, _CORRECTION_GAIN)
        self._held += 1
        gain = max(1.0 / (self._held + 1), _LEAST_MEAN_GAIN)
        self._mean = self._mean.interpolated(difference, gain)
        self._change_over(True, predicted, pose)
        self._moved_to(pose)
        return Followed(
            self._steadied(pose @ self._ease, self._spread(solution, camera)), 1.0, True
        )

    def skin_over(self, vertices_head: Array) -> SkinSamples | None:
        """Compare a face (468, 3), canonical metres, with the skin seen; None while none was."""
        return None if self._tracker is None else self._tracker.skin_over(vertices_head)

    def remember(
        self,
        timestamp_ns: int,
        followed: Followed,
        landmark_pose: RigidTransform | None = None,
        points_image: Array | None = None,
    ) -> None:
        """Keep for `settle` what the last frame showed, and its landmarks, if there are any."""
        assert self._tracker is not None
        sighting = self._tracker.sighting if followed.from_picture else None
        shown, camera = followed.camera_from_head, self._tracker.camera
        self._glimpses[timestamp_ns] = Glimpse(
            shown, self._tracker, sighting, landmark_pose, points_image, camera
        )

    def settle(
        self,
        before: Camera | None,
        camera: Camera | None,
        landmark_poses: Mapping[int, RigidTransform],
        points_image: Mapping[int, Array],
    ) -> dict[int, RigidTransform]:
        """Return the poses of the remembered frames by all of them, and forget the frames.

        Parameters
        ----------
        before, camera : Camera or None
            What was assumed of a camera, and as what it is known by now.
        landmark_poses, points_image : mapping of int to RigidTransform or ndarray, shape (478, 2)
            By timestamp, of the camera and as landmarks (px) are known by now.
        """
        glimpses, self._glimpses = self._glimpses, {}
        seen = []
        for timestamp, glimpse in glimpses.items():
            now = camera if camera is not None and glimpse.camera == before else glimpse.camera
            known = landmark_poses.get(timestamp), points_image.get(timestamp)
            seen.append(glimpse.through(now, *known))
        if camera is not None and self._camera == before:
            self._camera = camera

        def steadied(
            solution: PoseSolution | None, pose: RigidTransform, camera: Camera
        ) -> RigidTransform:
            if solution is None:
                self._steady.reset()
            spread = 0.0 if solution is None else self._spread(solution, camera)
            return self._steady.update(pose, spread, self._worn_head, camera)

        poses = settle_glimpses(seen, self._model, steadied)
        for glimpse, pose in zip(seen, poses, strict=True):
            if glimpse.sighting is not None and glimpse.landmark_pose is not None:
                difference = glimpse.landmark_pose.inverse() @ pose
                self._correction = self._correction.interpolated(difference, _CORRECTION_GAIN)
                self._mean = self._mean.interpolated(difference, _LEAST_MEAN_GAIN)
        if seen:
            self._pose = poses[-1]
            alone = seen[-1].landmark_pose
            self._landmark_pose = alone or self._pose @ self._correction.inverse()
        return dict(zip(glimpses, poses, strict=True))

    def coast(
        self, gray: npt.NDArray[np.uint8], camera: Camera, timestamp_ns: int
    ) -> Followed | None:
        """Return the pose in the next frame by the picture alone, where landmarks are missing.

        The head is sought where its motion leads and where it was. None where it is not found:
        then only landmarks can.

        Parameters
        ----------
        gray : ndarray, shape (H, W), uint8
        camera : Camera
        timestamp_ns : int
        """
        gap = not 0 < timestamp_ns - self._timestamp_ns <= _MOST_GAP_NS
        if self._tracker is None or self._pose is None or gap or camera != self._camera:
            return None
        solution = self._tracker.track(gray, [self._step @ self._pose, self._pose])
        if solution is None or solution.agreeing.sum() < _LEAST_TO_COAST:
            self._pose = None
            return None
        self._timestamp_ns = timestamp_ns
        self._change_over(True, solution.camera_from_head, solution.camera_from_head)
        self._moved_to(solution.camera_from_head)
        self._landmark_pose = None
        shown = self._steadied(
            solution.camera_from_head @ self._ease, self._spread(solution, camera)
        )
        return Followed(shown, _COASTING_CONFIDENCE, True)

    def carry(
        self, gray: npt.NDArray[np.uint8], camera: Camera, timestamp_ns: int
    ) -> Followed | None:
        """Return the pose in the next frame, in which nobody looked for landmarks.

        They are taken to have moved on with the head; where the picture does not tell, it stays
        where it was. None where nothing was known before.

        Parameters
        ----------
        gray : ndarray, shape (H, W), uint8
        camera : Camera
        timestamp_ns : int
        """
        gap = not 0 < timestamp_ns - self._timestamp_ns <= _MOST_GAP_NS
        pose, landmark_pose = self._pose, self._landmark_pose
        if self._tracker is None or pose is None or landmark_pose is None or gap:
            return None
        if camera != self._camera:
            return None
        found, spread_px, confidence = pose, 0.0, _LANDMARK_CONFIDENCE
        predicted = self._step @ pose
        solution = None
        if self._from_picture:
            solution = self._look(gray, predicted, self._step @ landmark_pose)
        if solution is not None:
            found = self._weighed(solution, predicted)
            spread_px, confidence = self._spread(solution, camera), 1.0
        self._timestamp_ns = timestamp_ns
        self._landmark_pose = found @ pose.inverse() @ landmark_pose
        self._ease = RigidTransform().interpolated(self._ease, _EASE)
        self._moved_to(found)
        shown = self._steadied(found @ self._ease, spread_px)
        return Followed(shown, confidence, solution is not None)

    def _moved_to(self, pose: RigidTransform) -> None:
        if self._pose is not None:
            self._step = pose @ self._pose.inverse()
        self._pose = pose

    def _spread(self, solution: PoseSolution, camera: Camera) -> float:
        """How far noise may move what is worn, px.

        What spreads the residuals further than a resting face's is not noise that comes and
        goes but skin that moved: it says nothing about how the pose trembles.
        """
        pose = solution.camera_from_head
        calm = solution.information * (solution.scale / min(solution.scale, _RESTING_SCALE)) ** 2
        spread = _NOISE_FACTOR * pixel_spread(pose, calm, self._worn_head, camera)
        return max(spread, _LEAST_SPREAD * _face_width_px(pose, camera))

    def _look(
        self, gray: npt.NDArray[np.uint8], predicted: RigidTransform, landmark_pose: RigidTransform
    ) -> PoseSolution | None:
        """Ask the picture; do not believe it when the landmarks contradict for long."""
        assert self._tracker is not None
        assert self._camera is not None
        expected = landmark_pose @ self._correction
        width = _face_width_px(expected, self._camera)
        gap = pixel_distance(predicted, expected, self._worn_head, self._camera)
        starts = [predicted, expected] if gap > _SAME_START_SHARE * width else [predicted]
        solution = self._tracker.track(gray, starts, (landmark_pose @ self._mean).rotation)
        if solution is None:
            return None
        off = pixel_distance(solution.camera_from_head, expected, self._worn_head[:7], self._camera)
        far = off > _DISAGREE_SHARE * width
        self._disagreements = self._disagreements + 1 if far else 0
        return None if self._disagreements > _DISAGREE_FRAMES else solution

    def _weighed(self, solution: PoseSolution, predicted: RigidTransform) -> RigidTransform:
        """Let the prediction help where little of the skin keeps still."""
        assert self._camera is not None
        pose = solution.camera_from_head
        if self._pose is None:
            return pose
        honest = solution.information * (solution.scale / max(solution.spread, solution.scale)) ** 2
        moved = pixel_distance(self._pose, predicted, self._worn_head, self._camera)
        sd = _PREDICTION_SHARE * _face_width_px(pose, self._camera) + _PREDICTION_SLIP * moved
        return blended(
            pose, _FEATURES_REPEAT * honest, predicted, sd, self._worn_head, self._camera
        )

    def _fall_back(
        self,
        gray: npt.NDArray[np.uint8],
        predicted: RigidTransform,
        smooth: RigidTransform,
        points_image: Array,
        landmark_pose: RigidTransform,
    ) -> Followed:
        self._failures += 1
        self._change_over(False, predicted, smooth)
        pose = smooth @ self._ease
        self._moved_to(pose)
        lost = self._disagreements > _DISAGREE_FRAMES
        if lost or self._failures >= self._patience:
            self._patience = min(2 * self._patience, _MOST_PATIENCE)
            self._failures = self._disagreements = 0
            self._build(gray, landmark_pose @ self._correction, points_image)
        self._steady.reset()
        return Followed(self._steadied(pose, 0.0), _LANDMARK_CONFIDENCE, False)

    def _build(
        self, gray: npt.NDArray[np.uint8], pose: RigidTransform, points_image: Array
    ) -> None:
        """Begin a map of the face here, in the head's axes as known so far."""
        assert self._camera is not None
        depth = (pose @ self._model.vertices_head)[:, 2]
        vertices = pose.inverse() @ self._camera.unproject(points_image, depth)
        self._tracker = PictureTracker(
            self._model, self._camera, gray, pose, vertices, self._worker
        )

    def _change_over(
        self, from_picture: bool, expected: RigidTransform, pose: RigidTransform
    ) -> None:
        """Keep what is shown where it was expected, then let the difference fade."""
        assert self._camera is not None
        self._ease = RigidTransform().interpolated(self._ease, _EASE)
        if from_picture != self._from_picture:
            far = pixel_distance(expected, pose, self._worn_head, self._camera)
            near = far < _SNAP_SHARE * _face_width_px(pose, self._camera)
            self._ease = pose.inverse() @ expected if near else RigidTransform()
        self._from_picture = from_picture

    def _steadied(self, pose: RigidTransform, spread_px: float) -> RigidTransform:
        assert self._camera is not None
        return self._steady.update(pose, spread_px, self._worn_head, self._camera)


def _face_width_px(pose: RigidTransform, camera: Camera) -> float:
    return camera.fx * _FACE_WIDTH_M / max(float(pose.translation[2]), 1e-3)
