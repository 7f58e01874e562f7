"""Product photographs: ``python -m ar_preview.workshop.thumbnails [ID ...]``.

A three-quarter view in the studio, standing on a seamless light ground with a soft contact
shadow. Shadows are made from the geometry: slices of the piece by height above the ground,
seen from above, each blurred by its height as under a large soft box.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from ar_preview.assets import asset_path
from ar_preview.errors import OutputError
from ar_preview.geometry import Camera, ImageSize, RigidTransform, so3_exp
from ar_preview.products.catalogue import THUMBNAIL_NAME, load_product
from ar_preview.rendering import Renderer
from ar_preview.scene import Item, Light, Scene
from ar_preview.workshop.tent import tent_light

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ar_preview.geometry import Array
    from ar_preview.products.product import Product

__all__ = ["CATALOGUE_SIZE", "render_thumbnail", "write_thumbnail"]

CATALOGUE_SIZE = ImageSize(640, 480)
"""Size of the pictures in product folders, px."""

_SUPERSAMPLING = 3
_FILL = 0.86
"""Share of the picture's side that the piece takes."""

_DISTANCE = 5.5
"""Camera distance in diagonals of the piece: a short telephoto lens, as in catalogues."""

_GROUND_RGB = (244.0, 244.0, 245.0)
_SLICES_MM = (0.0, 1.5, 4.0, 9.0, 18.0, 36.0, 80.0)
_SLICE_STRENGTH = (0.62, 0.46, 0.30, 0.22, 0.16, 0.10)
_BLUR_PER_HEIGHT = 0.55
_SHADOW_MM_PER_PX = 0.5
_SHADOW_MARGIN_MM = 60.0
_CLEAR_SHADOW = 0.25
"""Shadow of a see-through part relative to a solid one."""


@dataclass(frozen=True)
class _Shot:
    """How a kind of piece is put up.

    Parameters
    ----------
    turn_degrees, look_down_degrees : float
        The three-quarter view: about the vertical, then from above.
    stand : tuple of float
        Rotation vector from product space to the piece as it stands, radians.
    """

    turn_degrees: float = -30.0
    look_down_degrees: float = 13.0
    stand: tuple[float, float, float] = (0.0, 0.0, 0.0)


_QUARTER = 0.5 * np.pi
_SHOTS = {
    # On its shank, the stone above.
    "ring": _Shot(-52.0, 24.0, (-_QUARTER, 0.0, 0.0)),
    # On the lower half of its strap, 12 o'clock up.
    "watch": _Shot(-24.0, 15.0, (0.0, 0.0, -_QUARTER)),
    "bracelet": _Shot(-24.0, 33.0),
    "earrings": _Shot(-36.0, 8.0),
    "necklace": _Shot(-20.0, 24.0),
}
_JEWELLERY = frozenset(_SHOTS)
_MOSTLY_METAL = 0.4
"""Share of the opaque surface; wire frames are lit as jewellery is."""


@dataclass(frozen=True, eq=False)
class _Set:
    """The piece as it stands before the camera."""

    camera: Camera
    camera_from_product: RigidTransform
    stand_from_product: RigidTransform
    ground: float

    @property
    def camera_from_stand(self) -> RigidTransform:
        return self.camera_from_product @ self.stand_from_product.inverse()


def render_thumbnail(
    product: Product,
    size: int | ImageSize = 512,
    *,
    variant: str | None = None,
    transparent: bool = False,
) -> npt.NDArray[np.uint8]:
    """Photograph a product.

    Parameters
    ----------
    product : Product
    size : int or ImageSize
        px; one number gives a square.
    variant : str, optional
        Name of the variant to show.
    transparent : bool
        Leave out the ground; its shadow stays, as alpha.

    Returns
    -------
    ndarray, shape (H, W, 4), uint8
        RGBA, straight alpha.

    Raises
    ------
    RenderError
        If there is no usable driver.
    KeyError
        If the product has no such variant.
    """
    width, height = (size, size) if isinstance(size, int) else size
    size = ImageSize(width, height)
    large = ImageSize(width * _SUPERSAMPLING, height * _SUPERSAMPLING)
    stage = _arranged(product, large)
    shadow = _shadow(product, stage)
    ground = _ground(large) * shadow[..., None]
    image = np.clip(np.rint(ground), 0, 255).astype(np.uint8)
    materials = product.variants[variant] if variant is not None else {}
    item = Item(product, "thumbnail", stage.camera_from_product, materials=materials)
    with Renderer() as renderer:
        layer = renderer.render(Scene(stage.camera, (item,), light=_light(product)), image)
    add = np.zeros(image.shape, np.float32)
    transmit = np.ones(image.shape, np.float32)
    (x, y), (h, w) = layer.offset, layer.add.shape[:2]
    add[y : y + h, x : x + w] = layer.add
    transmit[y : y + h, x : x + w] = layer.transmit / np.float32(255.0)
    if transparent:
        alpha = 1.0 - transmit.mean(axis=-1, keepdims=True) * shadow[..., None]
        color, alpha = _reduced(add, size), _reduced(alpha, size)
    else:
        color = _reduced(transmit * image + add, size)
        alpha = np.ones((height, width), np.float32)
    straight = color / np.maximum(alpha, 1.0 / 255.0)[..., None]
    rgba = np.dstack([np.clip(straight, 0.0, 255.0), 255.0 * alpha])
    return np.asarray(np.rint(rgba), dtype=np.uint8)


def write_thumbnail(folder: Path, size: int | ImageSize = CATALOGUE_SIZE) -> Path:
    """Write ``thumbnail.png`` into a product folder.

    Raises
    ------
    ProductError
        If the folder is not a valid product.
    OutputError
        If the file cannot be written.
    """
    picture = render_thumbnail(load_product(folder), size)
    path = folder / THUMBNAIL_NAME
    encoded, data = cv2.imencode(
        ".png", np.ascontiguousarray(picture[..., 2::-1]), [cv2.IMWRITE_PNG_COMPRESSION, 9]
    )
    if not encoded:
        raise OutputError(f"the picture for {path} cannot be encoded as PNG")
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    return path


def _arranged(product: Product, size: ImageSize) -> _Set:
    points = product.vertices_product()
    shot = _SHOTS.get(product.slot.partition(":")[0], _Shot())
    stand = _standing(product, points)
    placed = stand @ points
    diagonal = float(np.linalg.norm(np.ptp(placed, axis=0)))
    middle = 0.5 * (placed.min(axis=0) + placed.max(axis=0))
    turn = so3_exp([np.radians(shot.look_down_degrees), 0.0, 0.0]) @ so3_exp(
        [0.0, np.radians(shot.turn_degrees), 0.0]
    )
    rotation = np.diag([1.0, -1.0, -1.0]) @ turn
    distance = np.array([0.0, 0.0, _DISTANCE * diagonal])
    camera_from_stand = RigidTransform(rotation, distance - rotation @ middle)
    seen = camera_from_stand @ placed
    flat = seen[:, :2] / seen[:, 2:]
    low, high = flat.min(axis=0), flat.max(axis=0)
    focal = _FILL * float((size / (high - low)).min())
    center = 0.5 * np.array(size) - focal * 0.5 * (low + high)
    camera = Camera(size.width, size.height, focal, focal, float(center[0]), float(center[1]))
    return _Set(camera, camera_from_stand @ stand, stand, float(placed[:, 1].min()))


def _standing(product: Product, points: Array) -> RigidTransform:
    """Tip glasses forward or back until rims and temple tips both touch the ground."""
    if product.slot != "glasses":
        shot = _SHOTS.get(product.slot.partition(":")[0], _Shot())
        return RigidTransform(so3_exp(shot.stand), np.zeros(3))
    depth = np.ptp(points[:, 2])
    front = points[points[:, 2] > points[:, 2].max() - 0.25 * depth]
    rear = points[points[:, 2] < points[:, 2].min() + 0.45 * depth]
    angle = 0.0
    for _ in range(20):
        turn = so3_exp([angle, 0.0, 0.0])
        a, b = front @ turn.T, rear @ turn.T
        i, j = int(a[:, 1].argmin()), int(b[:, 1].argmin())
        gap = float(a[i, 1] - b[j, 1])
        angle += gap / max(float(a[i, 2] - b[j, 2]), 1e-3)
    return RigidTransform(so3_exp([angle, 0.0, 0.0]), np.zeros(3))


def _light(product: Product) -> Light:
    is_jewellery = product.slot.partition(":")[0] in _JEWELLERY
    in_tent = is_jewellery or _metal_share(product) > _MOSTLY_METAL
    return tent_light() if in_tent else Light("studio")


def _metal_share(product: Product) -> float:
    """Share of the opaque surface that is metal."""
    area = {True: 0.0, False: 0.0}
    for node in product.nodes:
        for p in node.primitives:
            material = product.materials[p.material]
            corners = p.positions[p.triangles].astype(np.float64)
            across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
            if not material.is_see_through:
                area[material.metallic > 0.5] += float(np.linalg.norm(across, axis=1).sum())
    return area[True] / max(area[True] + area[False], 1e-30)


def _ground(size: ImageSize) -> npt.NDArray[np.float32]:
    """Return a seamless ground that falls off a little towards the corners, (H, W, 3)."""
    x, y = (np.linspace(-1.0, 1.0, n, dtype=np.float32) for n in size)
    radius2 = y[:, None] ** 2 + x[None, :] ** 2
    fall = 1.0 - 0.014 * radius2 - 0.006 * y[:, None]
    return np.asarray(fall[..., None] * np.array(_GROUND_RGB, np.float32))


def _shadow(product: Product, stage: _Set) -> npt.NDArray[np.float32]:
    """Share of the light that reaches the ground, as seen by the camera, (H, W)."""
    solid, clear = _triangles(product, stage.stand_from_product)
    both = np.concatenate([solid, clear])
    margin, scale = 1e-3 * _SHADOW_MARGIN_MM, 1e3 / _SHADOW_MM_PER_PX
    low = both[..., [0, 2]].reshape(-1, 2).min(axis=0) - margin
    extent = both[..., [0, 2]].reshape(-1, 2).max(axis=0) + margin - low
    columns, rows = np.ceil(extent * scale).astype(int)
    light = np.ones((rows, columns), np.float32)
    bounds = zip(_SLICES_MM, _SLICES_MM[1:], _SLICE_STRENGTH, strict=False)
    for lower, upper, strength in bounds:
        sigma = (0.8 + _BLUR_PER_HEIGHT * 0.5 * (lower + upper)) / _SHADOW_MM_PER_PX
        for triangles, share in ((solid, 1.0), (clear, _CLEAR_SHADOW)):
            height = 1e3 * (triangles[..., 1].mean(axis=1) - stage.ground)
            chosen = triangles[(height >= lower) & (height < upper)]
            mask = np.zeros((rows, columns), np.uint8)
            for corners in (chosen[..., [0, 2]] - low) * scale:
                cv2.fillConvexPoly(mask, np.rint(corners * 16).astype(np.int32), 255, 8, 4)
            soft = cv2.GaussianBlur(mask.astype(np.float32) / 255.0, (0, 0), sigma)
            light *= 1.0 - strength * share * soft
    pose = stage.camera_from_stand
    r, t = pose.rotation, pose.translation + stage.ground * pose.rotation[:, 1]
    ground_from_map = np.array([[1 / scale, 0, low[0]], [0, 1 / scale, low[1]], [0, 0, 1.0]])
    image_from_map = stage.camera.matrix @ np.column_stack([r[:, 0], r[:, 2], t]) @ ground_from_map
    size = (stage.camera.width, stage.camera.height)
    return np.asarray(
        cv2.warpPerspective(light, image_from_map, size, borderValue=(1.0,)), np.float32
    )


def _triangles(product: Product, stand: RigidTransform) -> tuple[Array, Array]:
    """Corners of solid and of see-through triangles, each (N, 3, 3), standing."""
    placed = product.product_from_node()
    parts: dict[bool, list[Array]] = {False: [np.zeros((0, 3, 3))], True: [np.zeros((0, 3, 3))]}
    for node in product.nodes:
        m = placed[node.name]
        for p in node.primitives:
            points = stand @ (p.positions @ m[:3, :3].T + m[:3, 3])
            parts[product.materials[p.material].is_see_through].append(points[p.triangles])
    return np.concatenate(parts[False]), np.concatenate(parts[True])


def _reduced(image: Any, size: ImageSize) -> Any:
    return cv2.resize(image.astype(np.float32), size, interpolation=cv2.INTER_AREA)


def main(ids: Sequence[str]) -> None:
    """Write the thumbnails of the bundled products, or of some of them."""
    folder = asset_path("products")
    for product_id in ids or sorted(p.name for p in folder.iterdir() if p.is_dir()):
        write_thumbnail(folder / product_id)


if __name__ == "__main__":
    main(sys.argv[1:])
