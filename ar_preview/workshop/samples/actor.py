"""The person of the face sample: a textured mesh that turns its head, drawn over the plate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.frames import ImageSize
from ar_preview.geometry import OPENGL_FROM_OPENCV, Array, RigidTransform, so3_exp
from ar_preview.workshop.samples.raster import interpolate, rasterise
from ar_preview.workshop.samples.texture import TEXELS_PER_CELL, vertex_normals

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.workshop.samples.chart import HeadSurface
    from ar_preview.workshop.samples.face import PersonalFace

__all__ = ["Actor"]

_SUPERSAMPLING = 2
# The head turns on the neck: above, all of it; below, less and less.
_HEAD_Y, _CHEST_Y = -0.088, -0.150
_PIVOT = np.array([0.0, -0.035, -0.035])
_FADE_TOP_Y, _FADE_BOTTOM_Y = -0.150, -0.178
# The portrait's light: broad, from above and a little from the left.
_LIGHT = np.array([-0.32, 0.42, 0.85]) / np.linalg.norm([-0.32, 0.42, 0.85])
_AMBIENT, _SHADE_GAMMA = 0.62, 2.2
_EDGE_SIGMA = 1.0
_MARGIN_PX = 8


class Actor:
    """A head on a neck.

    Parameters
    ----------
    surface : HeadSurface
    face : PersonalFace
    texture : ndarray, uint8
        From `bake_texture`.
    """

    def __init__(self, surface: HeadSurface, face: PersonalFace, texture: RgbImage) -> None:
        self.face = face
        self.texture = texture
        self._vertices = surface.vertices_upright.reshape(-1, 3)
        self._triangles = surface.triangles
        rows, columns = surface.chart.shape
        y, x = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
        self._texels = np.stack([x, y], -1).reshape(-1, 2) * float(TEXELS_PER_CELL)
        height = self._vertices[:, 1]
        self._share = _smoothstep((height - _CHEST_Y) / (_HEAD_Y - _CHEST_Y))
        self._opacity = _smoothstep((height - _FADE_BOTTOM_Y) / (_FADE_TOP_Y - _FADE_BOTTOM_Y))
        self._light = _irradiance(vertex_normals(self._vertices, self._triangles))

    def camera_from_head(self, turn: Array, sway: Array) -> RigidTransform:
        """Pose of the head after a turn (yaw, pitch, roll; radians) and a sway (metres)."""
        rotation = _rotation(turn)
        shift = _PIVOT - rotation @ _PIVOT + sway
        flip = OPENGL_FROM_OPENCV
        moved = RigidTransform(flip @ rotation @ flip, flip @ shift)
        origin = self.face.camera_from_head.translation
        about_head = RigidTransform(np.eye(3), origin) @ moved
        return about_head @ RigidTransform(np.eye(3), -origin) @ self.face.camera_from_head

    def rigid_head(self) -> tuple[Array, npt.NDArray[np.int32]]:
        """Return the part that moves with the head: vertices (N, 3) in head space, triangles."""
        kept = self._share >= 1.0
        index = np.cumsum(kept) - 1
        triangles = self._triangles[kept[self._triangles].all(1)]
        vertices = self._vertices[kept] @ self.face.head_from_upright.T
        return vertices, index[triangles].astype(np.int32)

    def draw(self, plate: RgbImage, turn: Array, sway: Array) -> Array:
        """Draw the head over a plate of the camera's size.

        Returns
        -------
        ndarray, shape (H, W, 3), float
            0 to 255, not clipped, without noise.
        """
        moved = self._pose(turn, sway)
        window = _window(self.face.camera.project(moved), plate.shape)
        k = _SUPERSAMPLING
        camera = self.face.camera.cropped(*window)
        size = ImageSize(camera.width * k, camera.height * k)
        points_image = camera.resized(size).project(moved)
        fragments = rasterise(points_image, moved[:, 2], self._triangles, size)
        normals = vertex_normals(moved @ OPENGL_FROM_OPENCV, self._triangles)
        gain = np.clip(_irradiance(normals) / self._light, 0.5, 1.4) ** (1 / _SHADE_GAMMA)
        values = np.concatenate([self._texels, gain[:, None], self._opacity[:, None]], axis=1)
        flat = np.zeros((size.height * size.width, 4), np.float32)
        flat[fragments.pixels] = interpolate(fragments, self._triangles, values)
        maps = flat.reshape(size.height, size.width, 4)
        texels = cv2.remap(self.texture, maps[..., 0].copy(), maps[..., 1].copy(), cv2.INTER_LINEAR)
        x, y, width, height = window
        frame = np.asarray(plate, np.float64)
        part = frame[y : y + height, x : x + width]
        part[:] = _composite(part, texels * maps[..., 2:3], maps[..., 3])
        return frame

    def _pose(self, turn: Array, sway: Array) -> Array:
        """Skinned vertices in camera space."""
        levels, index = np.unique(self._share, return_inverse=True)
        moved = np.empty_like(self._vertices)
        for number, level in enumerate(levels):
            members = index == number
            rotation = _rotation(level * turn)
            moved[members] = (self._vertices[members] - _PIVOT) @ rotation.T + _PIVOT
        origin = self.face.camera_from_head.translation
        return np.asarray((moved + sway) @ OPENGL_FROM_OPENCV + origin)


def _rotation(turn: Array) -> Array:
    yaw, pitch, roll = turn
    return np.asarray(so3_exp([0, yaw, 0]) @ so3_exp([pitch, 0, 0]) @ so3_exp([0, 0, -roll]))


def _smoothstep(t: Array) -> Array:
    t = np.clip(t, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _irradiance(normals: Array) -> Array:
    wrapped = 0.5 + 0.5 * (normals @ _LIGHT)
    return np.asarray(_AMBIENT + (1 - _AMBIENT) * wrapped**1.5)


def _window(points_image: Array, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Left, top, width and height of the part of a picture that points can touch."""
    low = np.floor(points_image.min(0)).astype(int) - _MARGIN_PX
    high = np.ceil(points_image.max(0)).astype(int) + _MARGIN_PX
    left, top = (max(int(v), 0) for v in low)
    right, bottom = min(int(high[0]), shape[1]), min(int(high[1]), shape[0])
    return left, top, right - left, bottom - top


def _composite(
    plate: npt.NDArray[Any], colour: npt.NDArray[Any], alpha: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    size = (plate.shape[1], plate.shape[0])
    premultiplied = cv2.resize(colour * alpha[..., None], size, interpolation=cv2.INTER_AREA)
    cover = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    # Beyond the edge the head's colour goes on for a pixel or two, so that a softened edge
    # shows hair over backdrop and no dark fringe.
    around = cv2.GaussianBlur(premultiplied, (0, 0), 1.5)
    around_cover = cv2.GaussianBlur(cover, (0, 0), 1.5)
    spread = around / np.maximum(around_cover, 1e-4)[..., None]
    own = premultiplied / np.maximum(cover, 1e-4)[..., None]
    head = np.where(cover[..., None] > 0.5, own, spread)
    soft = cv2.GaussianBlur(cover, (0, 0), _EDGE_SIGMA)[..., None]
    return np.asarray(plate * (1 - soft) + head * soft)
