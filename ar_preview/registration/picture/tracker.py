"""The picture holds the pose: keyframes of the face, matched in its own texture space."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.registration.picture.adjust import Adjusted, BundleView, adjust
from ar_preview.registration.picture.batch import Sighting
from ar_preview.registration.picture.chart import Chart
from ar_preview.registration.picture.features import FeatureMap, Keyframe, make_keyframe
from ar_preview.registration.picture.match import (
    NEAR,
    WIDE,
    Matches,
    Search,
    match_keyframes,
    whitening,
)
from ar_preview.registration.picture.motion import SkinMotion
from ar_preview.registration.picture.settle import settle_map
from ar_preview.registration.picture.skin import SkinSamples, sample_skin
from ar_preview.registration.picture.solve import PoseSolution, median, pinhole, solve_pose
from ar_preview.registration.picture.surface import Surface
from ar_preview.registration.picture.unwrap import Unwrapped, flatten, unwrap
from ar_preview.registration.picture.views import Views, angles_between

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor, Future

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.landmarks import FaceModel

__all__ = ["PictureTracker"]

_TEXEL_LIMITS_M = (0.0006, 0.0010)
"""A small face is enlarged: with texels as coarse as its pixels too few features would fit, and
their windows would span half of it."""

_REFERENCES = 2
_AGAIN_ABOVE_TEXELS = 1.5
_ASTRAY_TEXELS, _ASTRAY_SHARE = 4.0, 0.5
_GRIMACE_FOUND, _GRIMACE_FEATURES = 0.65, 6
_GRIMACE_TEXELS, _GRIMACE_DIFFERENCE = 6.0, 1.1
_MOST_DIFFERENCE = 1.2
"""The skin of a darker, noisier or blurred picture differs by about its own contrast at most
from what was sought, a foreign picture by more."""

_SAMPLE = 40
_LEAST_FEATURES, _LEAST_SHARE, _INLIER_WEIGHT = 14, 0.3, 0.15
_WIDE_TRIES, _MOST_REPEATS = 2, 3
_KEYFRAME_EVERY, _CLOSER = np.radians(12.0), 1.3
"""Seen from another side, or so many times as large, skin shows more than the keyframes have."""

_VARIANCE_GAIN, _VARIANCE_LIMITS = 0.05, (0.5, 9.0)


class PictureTracker:
    """Follows one face by its skin, from a first pose on.

    Parameters
    ----------
    model : FaceModel
    camera : Camera
    gray : ndarray, shape (H, W), uint8
        The first picture.
    camera_from_head : RigidTransform
        Of it, canonical metres.
    vertices_head : ndarray, shape (468, 3)
        The face's shape, canonical metres.
    worker : Executor, optional
        Where the bundle is adjusted while frames go on; without one they wait for it.
    """

    def __init__(
        self,
        model: FaceModel,
        camera: Camera,
        gray: npt.NDArray[np.uint8],
        camera_from_head: RigidTransform,
        vertices_head: Array,
        worker: Executor | None = None,
    ) -> None:
        self._camera = camera
        self._worker = worker
        self._adjustment: Future[Adjusted] | None = None
        pixel_m = float(camera_from_head.translation[2]) / camera.fx
        texel_m = float(np.clip(pixel_m, *_TEXEL_LIMITS_M))
        self._surface = Surface(Chart(model, texel_m), vertices_head)
        self._features = FeatureMap()
        self._keyframes: list[Keyframe] = []
        self._views = Views()
        # Adjusting and making a keyframe each take as long as a frame: they take turns.
        self._keyframe_next = False
        self._skin = SkinMotion()
        self._expected_rotation: Array | None = None
        self._seen: tuple[Matches, PoseSolution] | None = None
        self._unwrapped: Unwrapped | None = None
        self._add_keyframe(gray, camera_from_head, None)

    def track(
        self,
        gray: npt.NDArray[np.uint8],
        starts: Sequence[RigidTransform],
        expected_rotation: Array | None = None,
    ) -> PoseSolution | None:
        """Return the pose in a picture, or None if it does not show the face well enough.

        Parameters
        ----------
        gray : ndarray, shape (H, W), uint8
        starts : sequence of RigidTransform
            Where the head is expected, the likeliest first; the others are tried if it fails.
        expected_rotation : ndarray, shape (3, 3), optional
            Of ``camera_from_head``; see `solve_pose`.
        """
        self._expected_rotation = expected_rotation
        if self._adjustment is not None and self._adjustment.done():
            self._apply(self._adjustment.result())
            self._adjustment = None
        for start in starts:
            found = self._converge(gray, start)
            if found is not None:
                solution = self._learn(gray, *found)
                self._seen = found[0], solution
                return solution
        return None

    @property
    def camera(self) -> Camera:
        """Through which the face is seen."""
        return self._camera

    @property
    def sighting(self) -> Sighting:
        """What the last picture showed in which the face was found; the first is no such one."""
        assert self._seen is not None
        matches, solution = self._seen
        pose, skin = solution.camera_from_head, solution.skin
        return Sighting(
            pose, skin, matches.ids, matches.points_image, matches.whitening, self._unwrapped
        )

    def settle(
        self,
        sightings: Sequence[Sighting],
        expected: Sequence[Array | None],
        vertices_head: Array,
        camera: Camera,
    ) -> list[PoseSolution]:
        """Make the map and all poses consistent, whatever came first; go on from there.

        Parameters
        ----------
        sightings : sequence of Sighting
            Of this map, in time; poses as `camera` explains them.
        expected : sequence of ndarray, shape (3, 3), or None
            Rotations of these poses, by landmarks.
        vertices_head : ndarray, shape (468, 3)
            The face as landmarks draw it in the mean.
        camera : Camera
            As it is known by now.

        Returns
        -------
        list of PoseSolution
            Of the sightings.
        """
        mean = Surface(self._surface.chart, vertices_head)
        solutions = settle_map(sightings, expected, self._features, mean, camera)
        # From here on keyframes and views follow the settled points.
        self._views.follow(self._features.points_head, self._camera, camera)
        self._features.anchors_head = self._features.points_head.copy()
        self._camera = camera
        return solutions

    def skin_over(self, vertices_head: Array) -> SkinSamples:
        """Compare a face (468, 3), canonical metres, with the skin as measured so far."""
        views = self._views.bundle
        return sample_skin(vertices_head, self._surface.chart, self._features, views, self._camera)

    def _converge(
        self, gray: npt.NDArray[np.uint8], start: RigidTransform
    ) -> tuple[Matches, PoseSolution] | None:
        """Match and solve until the pose stands; look further afield if the start is poor."""
        pose = start
        matches, solution = self._match_and_solve(gray, pose, NEAR)
        for _ in range(_WIDE_TRIES):
            if solution is not None and not self._is_astray(matches, solution):
                break
            _, solution = self._match_and_solve(gray, pose, WIDE)
            if solution is None:
                return None
            pose = solution.camera_from_head
            matches, solution = self._match_and_solve(gray, pose, NEAR)
        for _ in range(_MOST_REPEATS):
            if solution is None:
                return None
            moved = self._moved_texels(pose, solution.camera_from_head)
            if moved <= _AGAIN_ABOVE_TEXELS:
                break
            pose = solution.camera_from_head
            matches, solution = self._match_and_solve(gray, pose, NEAR)
        if solution is None or not self._holds(matches, solution):
            return None
        return matches, solution

    def _moved_texels(self, before: RigidTransform, after: RigidTransform) -> float:
        """How far the face's points moved between two poses, median, in texels."""
        points = self._features.points_head[-_SAMPLE:]
        gap = pinhole(after, points, self._camera) - pinhole(before, points, self._camera)
        texel_px = self._camera.fx * self._surface.chart.texel_m / float(after.translation[2])
        return median(np.hypot(*gap)) / texel_px

    def _learn(
        self, gray: npt.NDArray[np.uint8], matches: Matches, solution: PoseSolution
    ) -> PoseSolution:
        self._learn_variance(matches, solution)
        self._skin = solution.skin
        if self._adjustment is not None:
            return solution  # The map rests while it is being adjusted.
        pose = solution.camera_from_head
        new_side = self._is_new_side(pose)
        if self._views.is_new(pose) and not (new_side and self._keyframe_next):
            self._extend(matches, solution)
            self._keyframe_next = True
            if self._worker is None:
                solution = self._solve(matches, self._views.bundle[-1].camera_from_head)
        elif new_side:
            self._add_keyframe(gray, pose, self._as_view(matches, solution))
            self._keyframe_next = False
        return solution

    def _match_and_solve(
        self, gray: npt.NDArray[np.uint8], pose: RigidTransform, search: Search
    ) -> tuple[Matches, PoseSolution | None]:
        view = self._surface.seen_by(self._camera, pose)
        texture = flatten(unwrap(gray, view), self._surface.chart.texel_m)
        self._unwrapped = Unwrapped(texture, self._surface, self._camera, pose)
        angles = angles_between([k.camera_from_head for k in self._keyframes], pose)
        nearest = [self._keyframes[k] for k in np.argsort(angles, kind="stable")[:_REFERENCES]]
        matches = match_keyframes(
            texture, view, self._camera, pose, nearest, self._features, search
        )
        if len(matches) < _LEAST_FEATURES:
            return matches, None
        return matches, self._solve(matches, pose)

    def _solve(self, matches: Matches, pose: RigidTransform) -> PoseSolution:
        return solve_pose(
            self._features.points_head[matches.ids],
            matches.points_image,
            self._whitening(matches),
            self._camera,
            pose,
            self._skin,
            self._expected_rotation,
        )

    def _whitening(self, matches: Matches) -> Array:
        return self._features.trusted(matches.ids, matches.whitening)

    def _is_astray(self, matches: Matches, solution: PoseSolution) -> bool:
        """Whether so few features agree that most were sought too far from their place."""
        agree = solution.agreeing
        return bool(matches.moved_texels > _ASTRAY_TEXELS and agree.mean() < _ASTRAY_SHARE)

    def _holds(self, matches: Matches, solution: PoseSolution) -> bool:
        """Whether many agree or, on a face that pulls a grimace, nearly all were found again."""
        if matches.difference > _MOST_DIFFERENCE:
            return False
        agree = solution.agreeing
        if agree.sum() >= _LEAST_FEATURES and agree.mean() >= _LEAST_SHARE:
            return True
        return bool(
            len(matches) >= _GRIMACE_FOUND * matches.sought
            and matches.moved_texels <= _GRIMACE_TEXELS
            and matches.difference <= _GRIMACE_DIFFERENCE
            and agree.sum() >= _GRIMACE_FEATURES
        )

    def _learn_variance(self, matches: Matches, solution: PoseSolution) -> None:
        variance = self._features.variance
        worst = _VARIANCE_LIMITS[1]
        seen = np.minimum(0.5 * solution.errors**2, worst)
        blended = (1.0 - _VARIANCE_GAIN) * variance[matches.ids] + _VARIANCE_GAIN * seen
        variance[matches.ids] = np.clip(blended, *_VARIANCE_LIMITS)

    def _is_new_side(self, pose: RigidTransform) -> bool:
        """Whether no keyframe shows the face from here about as closely."""
        poses = [k.camera_from_head for k in self._keyframes]
        near = np.array([p.translation[2] for p in poses]) <= _CLOSER * pose.translation[2]
        return bool((~near | (angles_between(poses, pose) >= _KEYFRAME_EVERY)).all())

    def _as_view(self, matches: Matches, solution: PoseSolution) -> BundleView:
        good = solution.weights > _INLIER_WEIGHT
        # The bundle is of the face at rest.
        pose, still = solution.camera_from_head, self._features.points_head[matches.ids[good]]
        moved = still + solution.skin.offsets(still)
        shift = self._camera.project(pose @ still) - self._camera.project(pose @ moved)
        return BundleView(
            pose,
            matches.ids[good],
            matches.points_image[good] + shift,
            self._whitening(matches)[good] / solution.scale,
        )

    def _extend(self, matches: Matches, solution: PoseSolution) -> None:
        """Add this picture to the bundle and make the bundle consistent, now or soon."""
        self._views.add(self._as_view(matches, solution))
        self._views.drop_most_redundant()
        work = partial(
            adjust,
            self._views.bundle,
            self._features.points_head,
            self._features.anchors_head,
            self._features.rays_head,
            self._camera,
        )
        if self._worker is None:
            self._apply(work())
        else:
            self._adjustment = self._worker.submit(work)

    def _apply(self, adjusted: Adjusted) -> None:
        self._features.points_head[adjusted.ids] = adjusted.points_head
        self._views.move(adjusted.poses)

    def _add_keyframe(
        self, gray: npt.NDArray[np.uint8], pose: RigidTransform, seen: BundleView | None
    ) -> None:
        if seen is not None:
            adjusted = self._features.at_rest(self._views.ids)
            self._surface = self._surface.refined(
                self._features.points_head[adjusted], self._features.texels[adjusted]
            )
        keyframe = make_keyframe(gray, self._surface, self._camera, pose, self._features)
        self._keyframes.append(keyframe)
        view = self._surface.seen_by(self._camera, pose)
        rest = self._features.points_head[keyframe.ids]
        rest = rest - self._skin.offsets(rest)
        self._features.points_head[keyframe.ids] = rest
        self._features.anchors_head[keyframe.ids] = rest
        new = BundleView(
            pose,
            keyframe.ids,
            self._camera.project(pose @ rest),
            whitening(keyframe.covariance, view.at(keyframe.texels.astype(np.float64))[1]),
        )
        if seen is not None:
            new = BundleView(
                pose,
                np.concatenate([seen.ids, new.ids]),
                np.concatenate([seen.points_image, new.points_image]),
                np.concatenate([seen.whitening, new.whitening]),
            )
        self._views.add(new, keyframe)
