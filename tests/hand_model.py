"""A synthetic hand whose joints and edges are known, for tests of everything behind the tracker."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import Array, Camera, ImageSize, RigidTransform, opencv_from_image
from ar_preview.landmarks import FINGER_JOINTS, Finger
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.tracks import Handedness, HandTrack

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage

SIZE = ImageSize(1280, 720)
CAMERA = Camera.from_fov(SIZE, 60.0)
SKIN, WALL, SLEEVE = (205, 160, 135), (60, 90, 75), (40, 45, 110)

_FINER = 4
_SPREAD_MM: dict[Finger, tuple[float, float, float, tuple[float, float, float]]] = {
    # x and y of the first knuckle, angle in the palm's plane (degrees), lengths.
    "index": (24.0, 88.0, 8.0, (39.8, 22.4, 15.8)),
    "middle": (3.0, 90.0, 1.0, (44.6, 26.3, 17.4)),
    "ring": (-16.0, 85.0, -7.0, (41.4, 25.7, 17.3)),
    "little": (-33.0, 76.0, -16.0, (32.7, 18.1, 16.0)),
}


def joints(handedness: Handedness = "left", flexed_deg: float = 0.0) -> Array:
    """Joints of an open hand, palm axes (y to the fingers, z out of the back), metres.

    A left hand's thumb is on the side of +x. All fingers bend by the same angle at each joint.
    """
    points = np.zeros((21, 3))
    points[[Lm.THUMB_CMC, Lm.THUMB_MCP, Lm.THUMB_IP, Lm.THUMB_TIP]] = [
        (25.0, 22.0, -4.0),
        (45.0, 52.0, -8.0),
        (60.0, 78.0, -8.0),
        (72.0, 102.0, -8.0),
    ]
    for finger, (x, y, aside, lengths) in _SPREAD_MM.items():
        at = np.array([x, y, 0.0])
        side = np.radians(aside)
        points[FINGER_JOINTS[finger][0]] = at
        for k, length in enumerate(lengths):
            bend = np.radians(flexed_deg) * (k + 0.5)
            along = np.array([np.sin(side), np.cos(side), 0.0]) * np.cos(bend)
            at = at + length * (along - [0.0, 0.0, np.sin(bend)])
            points[FINGER_JOINTS[finger][k + 1]] = at
    if handedness == "right":
        points[:, 0] *= -1.0
    return 1e-3 * points


def camera_from_palm(turn: Array | None = None, distance_m: float = 0.45) -> RigidTransform:
    """Fingers up, back of the hand to the camera, then turned by a rotation vector."""
    facing = RigidTransform(np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.06, distance_m]))
    return facing @ RigidTransform.from_rotation_vector(np.zeros(3) if turn is None else turn)


def track(
    points_camera: Array, handedness: Handedness = "left", camera: Camera = CAMERA
) -> HandTrack:
    """What a perfect tracker would see of joints in camera space."""
    relative = points_camera[:, 2] - points_camera[0, 2]
    return HandTrack(
        0,
        handedness,
        1.0,
        camera.project(points_camera),
        relative * camera.fx / points_camera[:, 2].mean(),
        points_camera - points_camera.mean(axis=0),
    )


def picture(
    points_camera: Array,
    width_m: float = 0.017,
    wrist_m: float = 0.056,
    sleeve_from_m: float | None = None,
    camera: Camera = CAMERA,
    noise: float = 2.0,
) -> RgbImage:
    """Fingers, palm and forearm of known widths before a wall; a sleeve from that far on."""
    # Drawn larger: OpenCV's polygons hold their outline's pixels too.
    fine = _FINER
    image = np.full((fine * camera.height, fine * camera.width, 3), WALL, np.uint8)
    at = opencv_from_image(fine * camera.project(points_camera))
    to_px = fine * camera.fx / points_camera[:, 2]
    wrist, up = at[Lm.WRIST], at[Lm.MIDDLE_MCP] - at[Lm.WRIST]
    down = -up / np.linalg.norm(up)
    half = 0.5 * wrist_m * to_px[0] * np.array([-down[1], down[0]])
    for start_m, colour in ((-0.02, SKIN), (sleeve_from_m, SLEEVE)):
        if start_m is not None:
            a, b = (wrist + s * to_px[0] * down for s in (start_m, 0.3))
            _fill(image, np.array([a - half, a + half, b + half, b - half]), colour)
    hull = at[[Lm.WRIST, Lm.THUMB_CMC, Lm.INDEX_MCP, Lm.MIDDLE_MCP, Lm.RING_MCP, Lm.LITTLE_MCP]]
    _fill(image, hull, SKIN)
    for chain in FINGER_JOINTS.values():
        for first, second in itertools.pairwise(chain):
            along = at[second] - at[first]
            if np.linalg.norm(along) < 1.0:
                continue
            along = along / np.linalg.norm(along)
            side = 0.5 * width_m * to_px[first] * np.array([-along[1], along[0]])
            a, b = at[first] - 0.2 * (at[second] - at[first]), at[second]
            _fill(image, np.array([a - side, a + side, b + side, b - side]), SKIN)
    image = cv2.resize(image, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(image, (0, 0), 0.8).astype(np.float64)
    rng = np.random.default_rng(3)
    return np.clip(blurred + rng.normal(0.0, noise, image.shape), 0, 255).astype(np.uint8)


def _fill(image: RgbImage, corners: Array, colour: tuple[int, int, int]) -> None:
    hull = cv2.convexHull(np.round(corners * 256).astype(np.int32))
    cv2.fillConvexPoly(image, hull, colour, shift=8)
