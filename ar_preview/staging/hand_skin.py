"""Skin of a hand, whose shading tells the light where there is no face."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.staging.skin import SkinSamples, linear_from_srgb

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import Finger
    from ar_preview.poses import HandPose

__all__ = ["LitHand"]

_AROUND = np.radians([-55.0, -30.0, 0.0, 30.0, 55.0])
"""Where fingers are looked at, about their bones, from the side that faces the camera."""

_ALONG = (0.35, 0.65)
_PALM_SHARES = np.linspace(0.2, 0.85, 5)
_FINGERS: tuple[Finger, ...] = ("index", "middle", "ring", "little")
_PALM_WIDTH_PX = 40
_LEAST_SAMPLES = 20


@dataclass(frozen=True, eq=False)
class LitHand:
    """A hand in a frame.

    Parameters
    ----------
    pose : HandPose
    camera : Camera
    """

    pose: HandPose
    camera: Camera

    @property
    def points_image(self) -> Array:
        """The joints in the picture, (21, 2), px."""
        return self.camera.project(self.pose.joints_camera)

    def sample(self, image: RgbImage) -> SkinSamples | None:
        """Return skin that looks towards the camera, or None if too little is in the picture.

        Fingers are taken as round, palm and back as flat.

        Parameters
        ----------
        image : ndarray, shape (H, W, 3), uint8
        """
        places, normals = self._surface()
        points = self.camera.project(places)
        height, width = image.shape[:2]
        inside = ((points >= 1.0) & (points < [width - 1.0, height - 1.0])).all(axis=1)
        if inside.sum() < _LEAST_SAMPLES:
            return None
        points, normals = points[inside], normals[inside]
        low = np.floor(points.min(axis=0)).astype(int)
        high = np.ceil(points.max(axis=0)).astype(int) + 1
        crop = image[low[1] : high[1], low[0] : high[0]]
        ends = self.points_image[[Lm.INDEX_MCP, Lm.LITTLE_MCP, Lm.WRIST]]
        across = max(float(np.linalg.norm(ends[0] - e)) for e in ends[1:])
        shrink = max(1.0, across / _PALM_WIDTH_PX)
        size = np.maximum(np.round((high - low) / shrink).astype(int), 4)
        small = cv2.resize(crop, size.tolist(), interpolation=cv2.INTER_AREA)
        at = ((points - low) * (size / (high - low))).astype(int)
        x, y = np.clip(at, 0, size - 1).T
        colours = linear_from_srgb(np.asarray(small, np.uint8)[y, x]).astype(np.float64)
        return SkinSamples(colours, normals)

    def _surface(self) -> tuple[Array, Array]:
        """Return places on the skin and their normals, camera space, (N, 3) each."""
        joints = self.pose.joints_camera
        sight = joints.mean(axis=0)
        sight = sight / np.linalg.norm(sight)
        places, normals = [], []
        for finger in _FINGERS:
            chain = joints[list(FINGER_JOINTS[finger])]
            radius = 0.85 * self.pose.finger_radii_m[finger]
            for start, end in itertools.pairwise(chain[1:]):
                bone = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
                facing = bone * float(bone @ sight) - sight
                facing = facing / max(float(np.linalg.norm(facing)), 1e-9)
                aside = np.cross(bone, facing)
                n = np.cos(_AROUND)[:, None] * facing + np.sin(_AROUND)[:, None] * aside
                for share in _ALONG:
                    places.append(start + share * (end - start) + radius * n)
                    normals.append(n)
        palm = self.pose.camera_from_palm.rotation[:, 2]
        palm = -palm if float(palm @ sight) > 0.0 else palm
        for knuckle in (Lm.INDEX_MCP, Lm.MIDDLE_MCP, Lm.RING_MCP, Lm.LITTLE_MCP):
            shares = _PALM_SHARES[:, None]
            places.append(joints[Lm.WRIST] + shares * (joints[knuckle] - joints[Lm.WRIST]))
            normals.append(np.tile(palm, (len(shares), 1)))
        return np.concatenate(places), np.concatenate(normals)
