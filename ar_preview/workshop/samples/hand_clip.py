"""The hand sample: an open hand that turns and moves above a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter, maximum_filter

from ar_preview.frames import ImageSize
from ar_preview.geometry import Array, Camera, RigidTransform, so3_exp
from ar_preview.landmarks import HandLandmark
from ar_preview.workshop.samples.clip import add_noise, write_clip
from ar_preview.workshop.samples.hand_picture import JOINTS_CANVAS, HandPicture, load_hand
from ar_preview.workshop.samples.motion import FPS, hand_motion
from ar_preview.workshop.samples.raster import interpolate, rasterise
from ar_preview.workshop.samples.texture import vertex_normals
from ar_preview.workshop.samples.truth import truth_document, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.frames import RgbImage

__all__ = ["HAND_SIZE", "HandStage", "build_hand_clip", "set_hand_stage"]

HAND_SIZE = ImageSize(1280, 720)
HAND_FOV_DEGREES = 50.0

MIDDLE_FINGER_M = 0.0884
"""Assumed distance of the middle finger's knuckle and last joint's tip; it sets the size.

Mean phalanges of adults, 44.6 + 26.3 + 17.4 mm (Buryanov and Kotiuk 2010, Proportions of hand
segments).
"""

_ENLARGEMENT = 1.2
_PALM_CANVAS = np.array([680.0, 338.0])  # the point that the hand turns about, in mid-frame
_GRID_STEP = 4
_THICKEST_PX = 34.0
_LIGHT = np.array([0.25, -0.45, -0.86])
_SHADOW_SHIFT, _SHADOW_SIGMA, _SHADOW_DEPTH = (6, 20), 15.0, 0.34
_NOISE_SIGMA = 0.6


@dataclass(frozen=True, eq=False)
class HandStage:
    """Everything the clip is drawn from; the rest pose lies in camera space, metres.

    Parameters
    ----------
    camera : Camera
    picture : HandPicture
    vertices : ndarray, shape (V, 3)
    texels : ndarray, shape (V, 2)
        Canvas px of each vertex.
    triangles : ndarray, shape (F, 3), int32
    joints : ndarray, shape (21, 3)
    """

    camera: Camera
    picture: HandPicture
    vertices: Array
    texels: Array
    triangles: npt.NDArray[np.int32]
    joints: Array

    @property
    def pivot(self) -> Array:
        """The point that the hand turns about, camera space, metres."""
        return self.camera.unproject(_image_from_canvas(_PALM_CANVAS), self.depth)

    @property
    def depth(self) -> float:
        """Distance of the resting hand's middle plane, metres."""
        return float(self.joints[0, 2])

    @property
    def camera_from_hand(self) -> RigidTransform:
        """Rest pose: origin in the wrist, y to the middle knuckle, z out of the back."""
        wrist = self.joints[HandLandmark.WRIST]
        y = self.joints[HandLandmark.MIDDLE_MCP] - wrist
        y = y / np.linalg.norm(y)
        z = np.array([0.0, 0.0, 1.0])
        return RigidTransform(np.stack([np.cross(y, z), y, z], axis=1), wrist)

    def moved(self, turn: Array, shift: Array) -> RigidTransform:
        """Motion in camera space: a rotation vector about the pivot, then a shift."""
        rotation = so3_exp(turn)
        return RigidTransform(rotation, self.pivot - rotation @ self.pivot + shift)

    def frame(self, turn: Array, shift: Array) -> Array:
        """Draw one frame without noise, (720, 1280, 3) float."""
        motion = self.moved(turn, shift)
        points = motion @ self.vertices
        size = HAND_SIZE
        # One sample a pixel will do: the edge is soft in the picture's own alpha.
        fragments = rasterise(self.camera.project(points), points[:, 2], self.triangles, size)
        gain = _irradiance(vertex_normals(points, self.triangles))
        gain = gain / _irradiance(vertex_normals(self.vertices, self.triangles))
        flat = np.zeros((size.height * size.width, 3), np.float32)
        values = np.column_stack([self.texels, np.clip(gain, 0.7, 1.3)])
        flat[fragments.pixels] = interpolate(fragments, self.triangles, values)
        maps = flat.reshape(size.height, size.width, 3)
        x, y = maps[..., 0] - np.float32(0.5), maps[..., 1] - np.float32(0.5)
        colour = cv2.remap(self.picture.image, x, y, cv2.INTER_CUBIC).astype(np.float64)
        alpha = np.asarray(cv2.remap(self.picture.alpha, x, y, cv2.INTER_LINEAR), np.float64)
        alpha[maps[..., 2] == 0] = 0
        return self._composite(colour * maps[..., 2:], alpha, shift)

    def _composite(self, colour: Array, cover: Array, shift: Array) -> Array:
        # Nearer the camera is higher above the table: the shadow falls farther and softer.
        lift = 1.0 - 8.0 * float(shift[2])
        offset = np.array([[1, 0, _SHADOW_SHIFT[0] * lift], [0, 1, _SHADOW_SHIFT[1] * lift]])
        shade = cv2.warpAffine(cover, offset, HAND_SIZE, borderMode=cv2.BORDER_REPLICATE)
        shade = cv2.GaussianBlur(shade, (0, 0), _SHADOW_SIGMA * lift)
        table = self._table() * (1 - _SHADOW_DEPTH * shade[..., None])
        return np.asarray(table * (1 - cover[..., None]) + colour * cover[..., None])

    def _table(self) -> Array:
        columns, rows = np.meshgrid(np.arange(HAND_SIZE.width), np.arange(HAND_SIZE.height))
        canvas = _canvas_from_image(np.stack([columns + 0.5, rows + 0.5], -1)) - 0.5
        x, y = np.moveaxis(canvas.astype(np.float32), -1, 0)
        return np.asarray(
            cv2.remap(self.picture.table, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        )


def set_hand_stage(picture_path: Path) -> HandStage:
    """Build the relief of the hand from its picture.

    Parameters
    ----------
    picture_path : Path
    """
    picture = load_hand(picture_path)
    camera = Camera.from_fov(HAND_SIZE, HAND_FOV_DEGREES)
    joints_image = _image_from_canvas(JOINTS_CANVAS)
    ends = joints_image[[HandLandmark.MIDDLE_MCP, HandLandmark.MIDDLE_TIP]]
    depth = MIDDLE_FINGER_M * camera.fx / float(np.linalg.norm(ends[0] - ends[1]))
    height, width = picture.alpha.shape
    columns = np.arange(0, width + 1, _GRID_STEP, dtype=np.float64)
    rows = np.arange(0, height + 1, _GRID_STEP, dtype=np.float64)
    x, y = np.meshgrid(columns, rows)
    texels = np.stack([x, y], axis=-1).reshape(-1, 2)
    relief = cv2.remap(
        _relief(picture.alpha > 0.5),
        (x - 0.5).astype(np.float32),
        (y - 0.5).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).reshape(-1)
    # Relief in canvas px to metres at the hand's depth.
    thickness = relief * _ENLARGEMENT * depth / camera.fx
    vertices = camera.unproject(_image_from_canvas(texels), depth - thickness)
    return HandStage(
        camera,
        picture,
        vertices,
        texels,
        _near_hand(_grid_triangles(rows.size, columns.size), texels, picture.alpha),
        camera.unproject(joints_image, depth),
    )


def build_hand_clip(picture_path: Path, out_dir: Path) -> None:
    """Write ``hand.mp4`` and ``hand_truth.json``.

    Parameters
    ----------
    picture_path : Path
    out_dir : Path
        Exists; files of these names are replaced.
    """
    stage = set_hand_stage(picture_path)
    turns, shifts = hand_motion()
    write_clip(out_dir / "hand.mp4", HAND_SIZE, FPS, _frames(stage, turns, shifts))
    motions = [stage.moved(t, s) for t, s in zip(turns, shifts, strict=True)]
    poses = [m @ stage.camera_from_hand for m in motions]
    joints = [m @ stage.joints for m in motions]
    facts = {"handedness": "left", "middle_finger_mm": 1000 * MIDDLE_FINGER_M}
    document = truth_document(
        stage.camera, FPS, poses, "camera_from_hand", facts, {"joints_camera": joints}
    )
    write_json(out_dir / "hand_truth.json", document)


def _frames(stage: HandStage, turns: Array, shifts: Array) -> Iterator[RgbImage]:
    for index, (turn, shift) in enumerate(zip(turns, shifts, strict=True)):
        yield add_noise(stage.frame(turn, shift), _NOISE_SIGMA, seed=10_000 + index)


def _image_from_canvas(points: Array) -> Array:
    middle = np.array([0.5 * HAND_SIZE.width, 0.5 * HAND_SIZE.height])
    return np.asarray((points - _PALM_CANVAS) * _ENLARGEMENT + middle)


def _canvas_from_image(points: Array) -> Array:
    middle = np.array([0.5 * HAND_SIZE.width, 0.5 * HAND_SIZE.height])
    return np.asarray((points - middle) / _ENLARGEMENT + _PALM_CANVAS)


def _relief(mask: npt.NDArray[np.bool_]) -> Array:
    """Half the thickness of a flat hand, px: round across fingers, flat on the palm."""
    inside = distance_transform_edt(np.pad(mask, ((0, 0), (200, 0)), mode="edge"))[:, 200:]
    widest = maximum_filter(inside, size=61)
    radius = gaussian_filter(np.clip(widest, 4.0, _THICKEST_PX), 10.0)
    depth = np.minimum(inside, radius)
    return np.asarray(gaussian_filter(np.sqrt(2 * radius * depth - depth**2), 2.0))


def _grid_triangles(rows: int, columns: int) -> npt.NDArray[np.int32]:
    index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    # Rows run down the picture: counter-clockwise for a camera with y up.
    return np.concatenate(
        [np.stack([a, c, b], -1).reshape(-1, 3), np.stack([a, d, c], -1).reshape(-1, 3)]
    )


def _near_hand(
    triangles: npt.NDArray[np.int32], texels: Array, alpha: Array
) -> npt.NDArray[np.int32]:
    """Leave out triangles that show nothing of the hand."""
    reach = np.ones((4 * _GRID_STEP + 1, 4 * _GRID_STEP + 1), np.uint8)
    near = cv2.dilate((alpha > 0).astype(np.uint8), reach).astype(bool)
    x, y = np.clip(texels.astype(int), 0, [alpha.shape[1] - 1, alpha.shape[0] - 1]).T
    return np.asarray(triangles[near[y, x][triangles].any(1)])


def _irradiance(normals: Array) -> Array:
    return np.asarray(0.55 + 0.45 * np.clip(0.5 + 0.5 * (normals @ _LIGHT), 0, 1))
