"""Eyes of known size painted into pictures of faces, for tests of everything that measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera, RigidTransform

ROTATION_TO_PUPIL_M = 0.0105
LIDS_TO_ROTATION_M = 0.009
SUPERSAMPLING = 8
BROWN, BLUE, GREY = (78, 52, 38), (74, 96, 122), (96, 98, 92)


@dataclass(frozen=True)
class Eyes:
    """A pair of eyes that looks at the camera; `pupil_distance_m` is that of the far gaze."""

    pupil_distance_m: float
    iris_m: float
    colour: tuple[int, int, int] = BROWN


def pupils_head(middle_head: Array, eyes: Eyes, camera_from_head: RigidTransform) -> Array:
    """Both pupils, right eye first, turned towards the camera; they bulge out between the lids."""
    half = eyes.pupil_distance_m / 2 * np.array([[-1.0, 0, 0], [1.0, 0, 0]])
    centres = middle_head + half - [0.0, 0.0, LIDS_TO_ROTATION_M]
    camera_head = camera_from_head.inverse() @ np.zeros(3)
    gaze = camera_head - centres
    return centres + ROTATION_TO_PUPIL_M * gaze / np.linalg.norm(gaze, axis=1, keepdims=True)


def paint_eyes(
    image: Array,
    camera: Camera,
    camera_from_head: RigidTransform,
    rings_head: Array,
    eyes: Eyes,
) -> tuple[Array, Array]:
    """Replace what is between the lids.

    Parameters
    ----------
    image : (H, W, 3) float, 0 to 255
    rings_head : (2, 16, 3), lids of the right and left eye in head space, metres

    Returns
    -------
    image, and both pupils in head space (2, 3)
    """
    image = np.array(image, dtype=np.float64)
    middle = rings_head.mean(axis=(0, 1))
    pupils = pupils_head(middle, eyes, camera_from_head)
    for ring, pupil in zip(rings_head, pupils, strict=True):
        _paint_eye(image, camera, camera_from_head, ring, pupil, eyes)
    return image, pupils


def _disc(camera: Camera, centre_camera: Array, radius_m: float) -> Array:
    """Outline of a disc that faces the camera."""
    normal = -centre_camera / np.linalg.norm(centre_camera)
    across = np.cross([0.0, 1.0, 0.0], normal)
    across /= np.linalg.norm(across)
    up = np.cross(normal, across)
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)[:, None]
    return camera.project(centre_camera + radius_m * (np.cos(angle) * across + np.sin(angle) * up))


def _paint_eye(
    image: Array,
    camera: Camera,
    camera_from_head: RigidTransform,
    ring: Array,
    pupil: Array,
    eyes: Eyes,
) -> None:
    outline = camera.project(camera_from_head @ ring)
    low = np.floor(outline.min(axis=0)).astype(int) - 6
    high = np.ceil(outline.max(axis=0)).astype(int) + 6
    k = SUPERSAMPLING
    height, width = (high - low)[::-1]
    px_a_m = camera.fx / (camera_from_head @ pupil)[2]

    def fill(points: Array, blur_px: float) -> Array:
        mask = np.zeros((height * k, width * k), np.float32)
        corners = np.round(((points - low) * k - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(mask, [corners], (1.0,), lineType=cv2.LINE_8, shift=4)
        return cv2.GaussianBlur(mask, (0, 0), max(blur_px * k, 0.3))[..., None]

    centre = camera_from_head @ pupil
    soft = 0.0003 * px_a_m
    iris = fill(_disc(camera, centre, eyes.iris_m / 2), soft)
    inner = fill(_disc(camera, centre, 0.42 * eyes.iris_m), 2 * soft)
    hole = fill(_disc(camera, centre, 0.0019), 0.3 * soft)
    glint = fill(_disc(camera, centre + [0.0012, -0.0014, -0.003], 0.0006), 0.2 * soft)
    rows = np.linspace(0.72, 1.0, height * k)[:, None, None]
    eye = np.array([206.0, 196.0, 190.0]) * rows * np.ones((1, width * k, 1))
    colour = np.array(eyes.colour, float)
    eye = eye * (1 - iris) + 0.72 * colour * iris
    eye = eye * (1 - inner) + 1.1 * colour * inner
    eye = eye * (1 - hole) + 14.0 * hole
    eye = eye * (1 - glint) + 250.0 * glint
    lids = fill(outline, 0.0002 * px_a_m)
    eye = cv2.resize(eye, (int(width), int(height)), interpolation=cv2.INTER_AREA)
    lids = cv2.resize(lids, (int(width), int(height)), interpolation=cv2.INTER_AREA)[..., None]
    part = image[low[1] : high[1], low[0] : high[0]]
    part[:] = part * (1 - lids) + eye * lids
