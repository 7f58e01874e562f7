"""Every primitive of a scene with its place: what there is to draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import RenderError
from ar_preview.rendering.region import NEAR_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.products.product import Material, Primitive, Product
    from ar_preview.rendering.levels import Levels
    from ar_preview.scene import Item, Scene

__all__ = ["Draw", "placed_points", "plan_draws"]


@dataclass(eq=False)
class Placement:
    """Where a node is, in the forms that drawing needs.

    Parameters
    ----------
    camera_from_node : ndarray, shape (4, 4), float32
    """

    camera_from_node: npt.NDArray[np.float32]

    @cached_property
    def position_uniform(self) -> bytes:
        """The matrix, column by column."""
        return self.camera_from_node.T.tobytes()

    @cached_property
    def normal_uniform(self) -> bytes:
        """The inverse transpose of the linear part, column by column."""
        # Its own transpose is what column-major order asks for, so only the inverse is left.
        inverse = np.linalg.inv(self.camera_from_node[:3, :3].astype(np.float64))
        return inverse.astype(np.float32).tobytes()

    @cached_property
    def mirrors(self) -> bool:
        """Whether it turns left hands into right ones."""
        return bool(np.linalg.det(self.camera_from_node[:3, :3]) < 0.0)


@dataclass(frozen=True, eq=False)
class Draw:
    """One primitive, placed.

    Parameters
    ----------
    primitive : Primitive
    material : Material
    placement : Placement
    opacity : float
    fade_camera : ndarray, shape (4,), float32, or None
        Camera-space plane n, d: n . p + d falls from 1 to 0 where the piece vanishes.
    body : ndarray, shape (4, 4), float32, or None
        From camera space to that in which the body is the unit sphere.
    """

    primitive: Primitive
    material: Material
    placement: Placement
    opacity: float
    fade_camera: npt.NDArray[np.float32] | None = None
    body: npt.NDArray[np.float32] | None = None

    def points_camera(self) -> Array:
        """All vertices in camera space, (N, 3), metres."""
        m = self.placement.camera_from_node
        return np.asarray(self.primitive.positions @ m[:3, :3].T + m[:3, 3])

    @property
    def blends(self) -> bool:
        """Whether what is behind stays visible."""
        return self.material.is_see_through or self.opacity < 1.0


def plan_draws(scene: Scene, levels: Levels, coarseness: float = 0.0) -> list[Draw]:
    """List the placed primitives of a scene's items; faded-out and empty ones are left out.

    Parameters
    ----------
    scene : Scene
    levels : Levels
    coarseness : float
        As `Levels.choose` takes it.

    Raises
    ------
    RenderError
        If a primitive names a material that neither the item nor its product has.
    """
    draws = []
    for item in scene.items:
        opacity = min(max(float(item.opacity), 0.0), 1.0)
        if opacity == 0.0:
            continue
        product = levels.choose(item, scene.camera, coarseness)
        camera_from_product = item.camera_from_product.matrix
        camera_from_product[:3, :3] *= item.scale
        placed = product.product_from_node({k: v.matrix for k, v in item.nodes.items()})
        fade, body = _fade_plane(item), _unit_from_camera(item)
        for node in product.nodes:
            placement = Placement((camera_from_product @ placed[node.name]).astype(np.float32))
            draws += [
                Draw(p, _material(item, product, p.material), placement, opacity, fade, body)
                for p in node.primitives
                if len(p.triangles)
            ]
    return draws


def _fade_plane(item: Item) -> npt.NDArray[np.float32] | None:
    """Camera-space plane whose value is (z - end) / (start - end) for product-space z."""
    if item.fade is None:
        return None
    length = item.scale * (item.fade.start_z - item.fade.end_z)
    normal = item.camera_from_product.rotation[:, 2] / length
    offset = -normal @ item.camera_from_product.translation
    offset -= item.fade.end_z * item.scale / length
    return np.append(normal, offset).astype(np.float32)


def _unit_from_camera(item: Item) -> npt.NDArray[np.float32] | None:
    if item.body is None:
        return None
    shrink = np.diag([*(1.0 / np.array(item.body.radii)), 1.0])
    return (shrink @ item.body.camera_from_axes.inverse().matrix).astype(np.float32)


def _material(item: Item, product: Product, key: str) -> Material:
    material = item.materials.get(key) or product.materials.get(key)
    if material is None:
        raise RenderError(f"{product.id!r} has no material {key!r}; check the model")
    return material


def placed_points(draws: Sequence[Draw]) -> Array:
    """Return the vertices of everything that reaches in front of the camera, (N, 3), metres."""
    parts = [d.points_camera() for d in draws]
    parts = [p for p in parts if p[:, 2].max() > NEAR_M]
    return np.concatenate(parts) if parts else np.zeros((0, 3))
