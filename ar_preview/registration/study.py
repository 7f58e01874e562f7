"""A recording that was seen to its end: poses by all of it, whatever was seen first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp, so3_log
from ar_preview.landmarks import MESH_SIZE
from ar_preview.registration.mean_face import FRONTAL_POWER, Mean, at_depth_of, facing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import FaceModel
    from ar_preview.registration.picture import PictureTracker, PoseSolution, Sighting

    Steadied = Callable[[PoseSolution | None, RigidTransform, Camera], RigidTransform]

__all__ = ["Glimpse", "settle_glimpses"]

_LEAST_SIGHTINGS = 8
"""Of a map that was left again at once nothing better is known than what was said then."""

_LEAST_WEIGHT = 1e-6


@dataclass(frozen=True, eq=False)
class Glimpse:
    """One frame of a recording, as it was registered in passing.

    Parameters
    ----------
    shown : RigidTransform
        ``camera_from_head``, canonical metres, on the map of its time.
    tracker : PictureTracker
        That map.
    sighting : Sighting or None
        None where the landmarks alone had to do.
    landmark_pose : RigidTransform or None
        None where the picture alone had to do.
    points_image : ndarray, shape (468, 2), or None
        The landmarks, px.
    camera : Camera
    """

    shown: RigidTransform
    tracker: PictureTracker
    sighting: Sighting | None
    landmark_pose: RigidTransform | None
    points_image: Array | None
    camera: Camera

    def through(
        self,
        camera: Camera,
        landmark_pose: RigidTransform | None,
        points_image: Array | None,
    ) -> Glimpse:
        """Return the same for another focal length and for landmarks as they are known by now."""
        zoom, sighting = camera.fx / self.camera.fx, self.sighting
        if sighting is not None:
            pose = sighting.camera_from_head.zoomed(zoom)
            sighting = replace(sighting, camera_from_head=pose)
        points = None if points_image is None else points_image[:MESH_SIZE]
        return Glimpse(
            self.shown.zoomed(zoom), self.tracker, sighting, landmark_pose, points, camera
        )


def settle_glimpses(
    glimpses: Sequence[Glimpse],
    model: FaceModel,
    steadied: Steadied,
) -> list[RigidTransform]:
    """Return ``camera_from_head`` of the frames by all of them, on the last one's map.

    Parameters
    ----------
    glimpses : sequence of Glimpse
        In time.
    model : FaceModel
    steadied : callable
        Calms the poses of a map, which are given in their order; None for the solution begins
        anew.
    """
    poses = [g.shown for g in glimpses]
    last: _Axes | None = None
    for tracker in reversed(dict.fromkeys(g.tracker for g in glimpses)):
        frames = [k for k, g in enumerate(glimpses) if g.tracker is tracker]
        there = [glimpses[k] for k in frames]
        settled = _settle_map(there, model, steadied)
        axes = _axes(there, settled, model)
        if axes is not None:
            last = last or axes
            settled = [last.onto_map(axes.from_map(pose)) for pose in settled]
        for k, pose in zip(frames, settled, strict=True):
            poses[k] = pose
    return poses


@dataclass(frozen=True, eq=False)
class _Axes:
    """How a map lies in the head's own axes, as landmarks have them in the mean.

    Parameters
    ----------
    map_from_head : RigidTransform
    gauge : float
        How much further away the head is than on the map.
    """

    map_from_head: RigidTransform
    gauge: float

    def from_map(self, camera_from_map: RigidTransform) -> RigidTransform:
        pose = camera_from_map @ self.map_from_head
        return RigidTransform(pose.rotation, self.gauge * pose.translation)

    def onto_map(self, camera_from_head: RigidTransform) -> RigidTransform:
        nearer = camera_from_head.translation / self.gauge
        return RigidTransform(camera_from_head.rotation, nearer) @ self.map_from_head.inverse()


def _settle_map(
    glimpses: Sequence[Glimpse],
    model: FaceModel,
    steadied: Steadied,
) -> list[RigidTransform]:
    """Settle the frames of one map; those that landmarks alone held follow their neighbours."""
    seen = [k for k, g in enumerate(glimpses) if g.sighting is not None]
    poses = [g.shown for g in glimpses]
    if len(seen) < _LEAST_SIGHTINGS:
        return poses
    axes = _axes(glimpses, poses, model)
    turn = np.eye(3) if axes is None else axes.map_from_head.rotation.T
    expected = [
        None if (pose := glimpses[k].landmark_pose) is None else pose.rotation @ turn for k in seen
    ]
    face, camera = _mean_face(glimpses, poses, model), glimpses[0].camera
    sightings = [s for g in glimpses if (s := g.sighting) is not None]
    solutions = glimpses[0].tracker.settle(sightings, expected, face, camera)
    before = -2
    for k, solution in zip(seen, solutions, strict=True):
        pose = solution.camera_from_head
        poses[k] = steadied(None if before != k - 1 else solution, pose, camera)
        before = k
    moves = {k: glimpses[k].shown.inverse() @ poses[k] for k in seen}
    for k in sorted(set(range(len(glimpses))) - moves.keys()):
        after = int(np.searchsorted(seen, k))
        one, two = seen[max(after - 1, 0)], seen[min(after, len(seen) - 1)]
        share = (k - one) / (two - one) if two > one else 0.0
        poses[k] = poses[k] @ moves[one].interpolated(moves[two], share)
    return poses


def _mean_face(
    glimpses: Sequence[Glimpse], poses: Sequence[RigidTransform], model: FaceModel
) -> Array:
    """Return the landmarks (468, 3) in the mean over frames, on the map, at canonical depth."""
    total, weight = np.zeros_like(model.vertices_head), 0.0
    for glimpse, pose in zip(glimpses, poses, strict=True):
        if glimpse.points_image is not None:
            rays = glimpse.camera.unproject(glimpse.points_image)
            face = pose.inverse() @ at_depth_of(model.vertices_head, rays, pose)
            here = facing(pose) ** FRONTAL_POWER + _LEAST_WEIGHT
            total, weight = total + here * face, weight + here
    return total / weight if weight > 0.0 else model.vertices_head


def _axes(
    glimpses: Sequence[Glimpse], poses: Sequence[RigidTransform], model: FaceModel
) -> _Axes | None:
    """Compare a map with the landmarks' poses; None without any."""
    lean, gauge = Mean(), Mean()
    for glimpse, pose in zip(glimpses, poses, strict=True):
        alone = glimpse.landmark_pose
        if alone is not None and glimpse.sighting is not None:
            weight = facing(pose) ** FRONTAL_POWER + _LEAST_WEIGHT
            lean.add(so3_log(alone.rotation.T @ pose.rotation), weight)
            gauge.add(np.log(alone.translation[2] / pose.translation[2]), weight)
    if lean.weight == 0.0:
        return None
    turn, ratio = so3_exp(-lean.value), float(np.exp(gauge.value))
    middle = _mean_face(glimpses, poses, model).mean(axis=0)
    shift = middle - turn @ model.vertices_head.mean(axis=0) / ratio
    return _Axes(RigidTransform(turn, shift), ratio)
