"""The head's texture: what the portrait shows of it, and a completion of what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

from ar_preview.frames import ImageSize
from ar_preview.workshop.samples.filling import fill_smoothly, mottle
from ar_preview.workshop.samples.hair import complete_hair, mirror_neck
from ar_preview.workshop.samples.raster import interpolate, rasterise

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.workshop.samples.chart import HeadSurface
    from ar_preview.workshop.samples.face import PersonalFace
    from ar_preview.workshop.samples.portrait import Portrait

__all__ = ["TEXELS_PER_CELL", "bake_texture", "fill_outside", "vertex_normals"]

TEXELS_PER_CELL = 5

_SKIN_FACING, _HAIR_FACING = 0.21, 0.28  # cosine below which the picture's texels are too stretched
_DEPTH_TOLERANCE_M = 0.0025
_FACING_AWAY = -0.25  # folds that the edge in front just hides
_ISLAND_TEXELS = 15
_RIM_PX = 9.0
_SQUARE_FACING, _TONE_TEXELS, _GLINT_LEVELS = 0.5, 12.0, 10.0
_SHADOW_TOP_Y, _SHADOW_SHARE = -0.055, 0.80
_DARKEST_SKIN, _COLLAR_LEVEL = 90, 62  # levels of the brightest channel
_CHIN_Y, _CHIN_BLEND_M = -0.091, 0.006
_NECK_TOP_Y, _NECK_BLEND_M = -0.045, 0.045
_SKIN_GRAIN_TEXELS, _SKIN_GRAIN_LEVELS = (2.0, 5.0), (2.2, 1.8)
_HAIR_SHADOW, _SKIN_SHADOW = 0.6, 0.12  # of what faces down
_CELL_MM = (1.8, 1.25)  # rough size of a chart cell (row, column)


def vertex_normals(vertices: Array, triangles: npt.NDArray[np.int32]) -> Array:
    """Area-weighted unit normals of a mesh, (V, 3)."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    facing = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, triangles[:, k], facing)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / np.maximum(length, 1e-15))


def fill_outside(image: RgbImage, mask: npt.NDArray[np.bool_], shrink: int = 4) -> RgbImage:
    """Carry the colours inside a mask outwards, so that no background colours its edge.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    mask : ndarray, shape (H, W), bool
    shrink : int
        px by which the mask's own, mixed edge is distrusted.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * shrink + 1, 2 * shrink + 1))
    core = cv2.erode(mask.astype(np.uint8), kernel).astype(bool)
    _, (rows, columns) = distance_transform_edt(~core, return_indices=True)
    filled = image[rows, columns]
    # Nearest colours alone would streak outwards.
    soft = cv2.GaussianBlur(filled, (0, 0), 1.5)
    return np.where(core[..., None], image, soft)


def extend_labels(
    labels: npt.NDArray[np.bool_], mask: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Give every pixel outside a mask the label of the nearest pixel inside, (H, W)."""
    rows, columns = distance_transform_edt(~mask, return_distances=False, return_indices=True)
    return np.asarray(labels[rows, columns])


def bake_texture(
    surface: HeadSurface,
    face: PersonalFace,
    portrait: Portrait,
) -> RgbImage:
    """Bake the portrait onto the chart and complete it.

    Parameters
    ----------
    surface : HeadSurface
    face : PersonalFace
    portrait : Portrait

    Returns
    -------
    ndarray, shape ((R - 1) k + 1, (T - 1) k + 1, 3), uint8
        k = `TEXELS_PER_CELL`; vertex (i, j) lies on texel (k i, k j).
    """
    pixels, seen, facing = _view(surface, face)
    image = fill_outside(portrait.image, portrait.person)
    x = (pixels[..., 0] - 0.5).astype(np.float32)
    y = (pixels[..., 1] - 0.5).astype(np.float32)
    texture = np.asarray(
        cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
    label = extend_labels(portrait.hair, portrait.person).astype(np.uint8)
    is_hair = cv2.remap(label, x, y, cv2.INTER_NEAREST).astype(bool)
    good = seen & (facing > np.where(is_hair, _HAIR_FACING, _SKIN_FACING))
    good = gaussian_filter(good.astype(np.float32), 4.0) > 0.6
    good &= seen
    good = _without_islands(good)
    # Inside the outline stretched skin is better than painted skin, for the portrait's own view.
    inside = distance_transform_edt(portrait.person) > _RIM_PX
    inner = cv2.remap(inside.astype(np.uint8), x, y, cv2.INTER_NEAREST).astype(bool)
    good |= seen & ~is_hair & inner
    texture = _retouch(texture, good & ~is_hair, facing, surface)
    completed = _complete(texture, good, is_hair, surface)
    blend = gaussian_filter(good.astype(np.float32), 3.0)
    blend = np.clip(2.0 * blend - 1.0, 0.0, 1.0)[..., None]
    return np.asarray(np.clip(blend * texture + (1 - blend) * completed, 0, 255), np.uint8)


def _retouch(
    texture: RgbImage, skin: npt.NDArray[np.bool_], facing: Array, surface: HeadSurface
) -> RgbImage:
    """Take out what only makes sense from the portrait's own direction.

    Glints along the cheeks' edge, where a sliver of backdrop and lobe mixes in, and the dark
    of the chin's shadow on the neck, which would stay behind when the chin moves on.
    """
    square = skin & (facing > _SQUARE_FACING) & (texture.max(-1) > _DARKEST_SKIN)
    tone = cv2.GaussianBlur(fill_smoothly(texture, square), (0, 0), _TONE_TEXELS)
    edge = np.clip((_SQUARE_FACING - facing) / 0.1, 0, 1)[..., None] * skin[..., None]
    calm = texture + edge * np.minimum(tone + _GLINT_LEVELS - texture, 0)
    rows = surface.chart.shape[0]
    k = TEXELS_PER_CELL
    height = np.interp(np.arange((rows - 1) * k + 1) / k, np.arange(rows), surface.chart.heights)
    neck = ((height < _SHADOW_TOP_Y) & (height > _CHIN_Y - _CHIN_BLEND_M))[:, None, None]
    off_face = 1 - np.clip(_refine(surface.face[..., None].astype(float)), 0, 1)
    not_collar = (texture.max(-1) > _COLLAR_LEVEL) & skin
    share = gaussian_filter((neck * off_face)[..., 0] * not_collar, 5.0)
    share = (share * gaussian_filter(not_collar.astype(float), 2.0) ** 4)[..., None]
    calm += share * np.maximum(_SHADOW_SHARE * tone - calm, 0)
    return np.asarray(np.clip(calm, 0, 255), np.uint8)


def _without_islands(good: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Drop patches seen by chance: beside the ear they show slivers of the backdrop."""
    opened = cv2.morphologyEx(
        good.astype(np.uint8),
        cv2.MORPH_OPEN,
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_ISLAND_TEXELS, _ISLAND_TEXELS)),
    )
    count, parts, statistics, _ = cv2.connectedComponentsWithStats(opened)
    biggest = 1 + int(np.argmax(statistics[1:count, cv2.CC_STAT_AREA]))
    return np.asarray(parts == biggest)


def _complete(
    texture: RgbImage,
    good: npt.NDArray[np.bool_],
    is_hair: npt.NDArray[np.bool_],
    surface: HeadSurface,
) -> Array:
    """Hair by mirroring, the neck by going on around, other skin smoothly."""
    rows, columns = surface.chart.shape
    k = TEXELS_PER_CELL
    texel_mm = _CELL_MM[0] / k, _CELL_MM[1] / k
    brow = int((surface.chart.elevations == 0).sum()) * k
    middle = 0.5 * (columns - 1) * k
    hair = complete_hair(texture, good & is_hair, (brow, middle), texel_mm)
    grain = mottle(good.shape, _SKIN_GRAIN_TEXELS, _SKIN_GRAIN_LEVELS, 7)[..., None]
    bare = good & ~is_hair & (texture.max(-1) > _DARKEST_SKIN)
    bare = gaussian_filter(bare.astype(float), 3.0) > 0.9
    skin = fill_smoothly(texture, bare) + grain
    neck, around = mirror_neck(texture, good & ~is_hair, texel_mm[1])
    height = np.interp(np.arange((rows - 1) * k + 1) / k, np.arange(rows), surface.chart.heights)
    low = np.clip((_NECK_TOP_Y - height) / _NECK_BLEND_M, 0, 1)[:, None, None]
    low = low * gaussian_filter(around.astype(float), 4.0)[..., None]
    below_chin = np.clip((_CHIN_Y - height) / _CHIN_BLEND_M, 0, 1)[:, None, None]
    low = np.maximum(low, below_chin)
    skin = low * neck + (1 - low) * skin
    share = np.clip(_refine(surface.hair[..., None].astype(float)), 0, 1)
    share = gaussian_filter(share[..., 0], 2.0)[..., None]
    normals = vertex_normals(surface.vertices_upright.reshape(-1, 3), surface.triangles)
    downward = -_refine(normals.reshape(rows, columns, 3))[..., 1:2]
    deep = share * _HAIR_SHADOW + (1 - share) * _SKIN_SHADOW
    shadow = 1 - deep * np.clip(downward, 0, 1)
    return np.asarray((share * hair + (1 - share) * skin) * shadow)


def _view(surface: HeadSurface, face: PersonalFace) -> tuple[Array, npt.NDArray[np.bool_], Array]:
    """Where the portrait sees each texel, whether it does, and how squarely."""
    rows, columns = surface.chart.shape
    vertices = surface.vertices_upright.reshape(-1, 3)
    normals = vertex_normals(vertices, surface.triangles)
    to_camera = face.head_from_upright
    points = face.camera_from_head @ (vertices @ to_camera.T)
    normals_camera = normals @ to_camera.T @ face.camera_from_head.rotation.T
    towards = -points / np.linalg.norm(points, axis=1, keepdims=True)
    facing = (normals_camera * towards).sum(1)
    camera = face.camera
    size = ImageSize(camera.width, camera.height)
    fragments = rasterise(camera.project(points), points[:, 2], surface.triangles, size)
    flat = np.full(camera.width * camera.height, np.inf)
    flat[fragments.pixels] = interpolate(fragments, surface.triangles, points[:, 2])
    depth = flat.reshape(camera.height, camera.width)
    fine = _refine(np.concatenate([points, facing[:, None]], 1).reshape(rows, columns, 4))
    pixels = camera.project(fine[..., :3])
    u = np.clip(pixels[..., 0], 0, camera.width - 1).astype(int)
    v = np.clip(pixels[..., 1], 0, camera.height - 1).astype(int)
    # Two pixels of grace: what an edge just covers still takes the edge's colours, and the
    # edge shows no line of its own.
    front = cv2.dilate(depth, np.ones((5, 5)))[v, u]
    seen = (fine[..., 2] <= front + _DEPTH_TOLERANCE_M) | ~np.isfinite(front)
    return pixels, seen & (fine[..., 3] > _FACING_AWAY), fine[..., 3]


def _refine(grid: Array) -> Array:
    """Interpolate values at the vertices bilinearly to the texels."""
    k = TEXELS_PER_CELL
    rows, columns = grid.shape[:2]
    x, y = np.meshgrid(
        np.arange((columns - 1) * k + 1, dtype=np.float32) / k,
        np.arange((rows - 1) * k + 1, dtype=np.float32) / k,
    )
    return np.stack(
        [
            cv2.remap(grid[..., c].astype(np.float64), x, y, cv2.INTER_LINEAR)
            for c in range(grid.shape[-1])
        ],
        axis=-1,
    )
