"""What a face is like on average: its shape, its irises and how far away it fits."""

from __future__ import annotations

import math
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
from ar_preview.registration.shape import drawn_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.geometry import Array
    from ar_preview.landmarks import FaceModel

__all__ = ["FRONTAL_POWER", "Mean", "MeanFace", "at_depth_of", "facing"]

_IRISES = [FaceLandmark.RIGHT_IRIS_CENTRE, FaceLandmark.LEFT_IRIS_CENTRE]

_UNHURRIED = 0.01
"""Share of the face's width a frame: landmarks of a faster head trail behind it."""

FRONTAL_POWER, _GAUGE_POWER, _LEAST = 8, 32, 1e-6
"""How much more frontal frames tell. Turned by 30 degrees, landmarks draw a face 3-5 % too large
for its distance (measured on heads whose distance is known)."""


@dataclass
class Mean:
    """Running weighted mean."""

    total: Array | float = 0.0
    weight: float = 0.0

    def add(self, value: Array | float, weight: float) -> None:
        """Take a value into account."""
        self.total = self.total + weight * value
        self.weight += weight

    @property
    def value(self) -> Array:
        """The mean so far."""
        return np.asarray(self.total / self.weight)


class MeanFace:
    """The mean of a face over frames, weighted towards those that show it from the front.

    Parameters
    ----------
    model : FaceModel
    """

    def __init__(self, model: FaceModel) -> None:
        self._canonical = model.vertices_head
        self._stiff = np.array(STIFF_LANDMARKS)
        known = self._canonical[self._stiff, :2]
        self._known = known - known.mean(axis=0)
        self.eyes_head = np.array(
            [self._canonical[list(ring)].mean(axis=0) for ring in (RIGHT_EYE_RING, LEFT_EYE_RING)]
        )
        self.start_anew()

    def start_anew(self, coming: Sequence[Array] = ()) -> None:
        """Forget all frames.

        Parameters
        ----------
        coming : sequence of ndarray, shape (478, 2)
            Landmarks, px, of the frames that will be added, where they are known: of a head that
            never keeps still the slower half of the frames tells most, instead of a few.
        """
        self._face, self._irises, self._gauge = Mean(), Mean(), Mean()
        self._points: Array | None = None
        speeds = [self._speed(points[:MESH_SIZE]) for points in coming]
        self._unhurried = max(_UNHURRIED, float(np.median(speeds)) if speeds else 0.0)
        self._points = None

    @property
    def face_head(self) -> Array:
        """Landmarks (468, 3), each ray cut at the canonical depth, drawn in; canonical metres."""
        return drawn_in(self._face.value) / self.gauge

    @property
    def irises_head(self) -> Array:
        """Middles of the right and the left iris (2, 3), canonical metres."""
        return self._irises.value / self.gauge

    @property
    def gauge(self) -> float:
        """By how much poses must be further away for the canonical face to fit in width."""
        return float(self._gauge.value)

    def add(self, points_image: Array, rays: Array, pose: RigidTransform) -> RigidTransform:
        """Take a frame into account.

        Parameters
        ----------
        points_image : ndarray, shape (478, 2)
            Landmarks, px.
        rays : ndarray, shape (478, 3)
            Their lines of sight, at depth 1.
        pose : RigidTransform
            ``camera_from_head``, canonical metres.

        Returns
        -------
        RigidTransform
            The pose at the distance at which the canonical face fits.
        """
        gauge = self._distance_gauge(rays[self._stiff], pose)
        pose = RigidTransform(pose.rotation, gauge * pose.translation)
        head_from_camera = pose.inverse()
        face = head_from_camera @ at_depth_of(self._canonical, rays[:MESH_SIZE], pose)
        irises = head_from_camera @ at_depth_of(self.eyes_head, rays[_IRISES], pose)
        unhurried = 1.0 / (1.0 + (self._speed(points_image[:MESH_SIZE]) / self._unhurried) ** 2)
        front = facing(pose)
        weight = front**FRONTAL_POWER * unhurried + _LEAST
        self._face.add(face, weight)
        self._irises.add(irises, weight)
        self._gauge.add(gauge, front**_GAUGE_POWER * unhurried + _LEAST)
        return pose

    def _distance_gauge(self, rays: Array, pose: RigidTransform) -> float:
        """Return by how much the distance must change for the canonical face to fit in width.

        The picture holds the distance of a head relative to where the map was begun; from map
        to map, and as a map grows, that is several per cent off. Pupils, irises and width of
        the face come out wrong by one and the same factor: their proportions do not.
        """
        surface = at_depth_of(self._canonical[self._stiff], rays, pose)
        seen = (pose.inverse() @ surface)[:, :2]
        return float(np.vdot(self._known, self._known) / np.vdot(self._known, seen))

    def _speed(self, points_image: Array) -> float:
        """Return how far the face moved since the last frame, as a share of its width."""
        points = points_image[self._stiff]
        before = points if self._points is None else self._points
        self._points = points
        step = np.hypot(*(points - before).T).mean()
        return float(step / max(np.ptp(points_image[:, 0]), 1.0))


def at_depth_of(points_head: Array, rays: Array, camera_from_head: RigidTransform) -> Array:
    """Cut lines of sight (N, 3), at depth 1, at the depth of points (N, 3) of the head."""
    rotation, translation = camera_from_head.rotation, camera_from_head.translation
    return np.asarray(rays * (points_head @ rotation[2] + translation[2])[:, None])


def facing(camera_from_head: RigidTransform) -> float:
    """Return how much a face looks towards the camera, the cosine, at least 0."""
    position = camera_from_head.translation
    away = math.sqrt(position @ position)
    return max(0.0, -float(camera_from_head.rotation[:, 2] @ position) / away)
