"""Made-up motions of a head and products that follow them, more or less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.evaluation import DrawnPath, Truth
from ar_preview.geometry import Camera, RigidTransform, so3_exp

if TYPE_CHECKING:
    from collections.abc import Callable

FACING = np.diag([1.0, -1.0, -1.0])
CAMERA = Camera(1280, 720, 900.0, 900.0, 640.0, 360.0)
HEAD_FROM_PRODUCT = RigidTransform(so3_exp([0.05, 0.0, 0.0]), np.array([0.001, 0.02, 0.09]))


def turning(frames: int = 60) -> Truth:
    """A head that turns, nods and comes nearer."""
    time = np.linspace(0.0, 2.0 * np.pi, frames)
    poses = []
    for t in time:
        turn = so3_exp([0.15 * np.sin(2 * t), 0.6 * np.sin(t), 0.05 * np.cos(t)])
        place = np.array([0.02 * np.sin(t), 0.01 * np.cos(t), 0.55 - 0.05 * np.sin(1.5 * t)])
        poses.append(RigidTransform(FACING @ turn, place).matrix)
    return Truth("turning", "turning.mp4", CAMERA, np.array(poses))


def still(frames: int = 60) -> Truth:
    """A head that does not move."""
    pose = RigidTransform(FACING, np.array([0.0, 0.0, 0.5])).matrix
    return Truth("still", "still.mp4", CAMERA, np.repeat(pose[None], frames, axis=0))


def worn(
    truth: Truth,
    *,
    camera: Camera | None = None,
    size: float = 1.0,
    lag: int = 0,
    error: Callable[[int], RigidTransform] | None = None,
    head_from_product: RigidTransform = HEAD_FROM_PRODUCT,
) -> DrawnPath:
    """Follow the head with the product.

    `size` enlarges the head and its distance alike, as a wrong guess of the scale does; `error`
    moves the product on the head in each frame.
    """
    poses = []
    for index in range(len(truth)):
        head = RigidTransform.from_matrix(truth.camera_from_head[max(index - lag, 0)])
        moved = head_from_product if error is None else head_from_product @ error(index)
        pose = head @ moved
        enlarged = RigidTransform(pose.rotation, size * pose.translation)
        poses.append((index, camera or truth.camera, enlarged.matrix))
    return DrawnPath.of_poses(poses)


def trembling(angle: float, move_m: float, seed: int = 3) -> Callable[[int], RigidTransform]:
    """Return a random error for each frame."""
    random = np.random.default_rng(seed)
    numbers = random.standard_normal((1000, 6))

    def error(index: int) -> RigidTransform:
        return RigidTransform.from_rotation_vector(
            angle * numbers[index, :3], move_m * numbers[index, 3:]
        )

    return error
