"""Every batch of a scene with its place: what there is to draw."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ar_preview.errors import RenderError
from ar_preview.rendering.layout import Layout
from ar_preview.rendering.levels import Levels

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.product import Material, Primitive, Product
    from ar_preview.rendering.layout import Batch
    from ar_preview.scene import Item, Scene

__all__ = ["Draw", "Plan", "Planner"]

_FAINTEST_TINT = 1.5 / 255.0
"""Difference of an encoded value from gray that is not seen; silicone pads stay below."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Draw:
    """One batch.

    Parameters
    ----------
    batch : Batch
    camera_from_node : ndarray, shape (K, 4, 4), float32
        Where its nodes are.
    points, triangles : slice
        Its own in the plan.
    material : Material
    opacity : float
    fade_camera : ndarray, shape (4,), float32, or None
        Camera-space plane n, d: n . p + d falls from 1 to 0 where the piece vanishes.
    body : ndarray, shape (4, 4), float32, or None
        From camera space to that in which the body is the unit sphere.
    beside : ndarray, shape (2, 3), or None
        As `Ellipsoid.beside`.
    blends : bool
        Whether what is behind stays visible.
    tints : bool
        Whether it does in another colour.
    seen : ndarray, shape (V, 3), uint32, or None
        Its triangles that are not left out; None where none is.
    """

    batch: Batch
    camera_from_node: Floats
    points: slice
    triangles: slice
    material: Material
    opacity: float
    fade_camera: Floats | None
    body: Floats | None
    beside: Array | None
    blends: bool
    tints: bool
    seen: npt.NDArray[np.uint32] | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """All draws of a scene; arrays are laid out by coordinate, which NumPy handles faster.

    Parameters
    ----------
    draws : list of Draw
    points_camera : ndarray, shape (3, N), float32
        Vertices of all, metres.
    corners : ndarray, shape (3, M), int
        Triangles of all.
    tints : ndarray, shape (M,), bool
        Whether what is behind a triangle changes its colour.
    """

    draws: list[Draw]
    points_camera: Floats
    corners: npt.NDArray[np.intp]
    tints: npt.NDArray[np.bool_]

    def only(self, kept: npt.NDArray[np.bool_]) -> Plan:
        """Return the plan with some of its triangles, (M,), alone."""
        draws = []
        for draw in self.draws:
            mine = kept[draw.triangles]
            if mine.all():
                draws.append(draw)
            elif mine.any():
                draws.append(replace(draw, seen=draw.batch.primitive.triangles[mine]))
        # Indexed by a mask, the columns would come out one after the other in memory.
        corners = self.corners.compress(kept, axis=1)
        return replace(self, draws=draws, corners=corners, tints=self.tints[kept])


class Planner:
    """Lists what is to be drawn; remembers what it knows of the models."""

    def __init__(self) -> None:
        self._levels = Levels()
        self._layouts: weakref.WeakKeyDictionary[Product, dict[frozenset[str], Layout]] = (
            weakref.WeakKeyDictionary()
        )

    def plan(self, scene: Scene, coarseness: float = 0.0) -> Plan:
        """List the placed batches of a scene's items; faded-out and empty ones are left out.

        Parameters
        ----------
        scene : Scene
        coarseness : float
            As `Levels.choose` takes it.

        Raises
        ------
        RenderError
            If a primitive names a material that neither the item nor its product has.
        """
        draws: list[Draw] = []
        points, corners = [np.zeros((3, 0), np.float32)], [np.zeros((3, 0), np.intp)]
        tints, vertex, triangle = [np.zeros(0, bool)], 0, 0
        for item in scene.items:
            opacity = min(max(float(item.opacity), 0.0), 1.0)
            if opacity == 0.0:
                continue
            model = self._levels.choose(item, scene.camera, coarseness)
            layout = self._layout(item, model)
            placed = _camera_from_node(item, model, layout)
            fade, body = _fade_plane(item), _unit_from_camera(item)
            corners.append(layout.corners + vertex)
            points.append(layout.moved(placed))
            for batch, matrices in zip(layout.batches, placed, strict=True):
                primitive = batch.primitive
                material = _material(item, model, primitive.material)
                ends = vertex + len(batch.slots), triangle + len(primitive.triangles)
                draw = Draw(
                    batch,
                    matrices,
                    slice(vertex, ends[0]),
                    slice(triangle, ends[1]),
                    material,
                    opacity,
                    fade,
                    body,
                    None if item.body is None else item.body.beside,
                    material.is_see_through or opacity < 1.0,
                    material.is_see_through and _tints(material, primitive),
                )
                draws.append(draw)
                tints.append(np.full(len(primitive.triangles), draw.tints))
                vertex, triangle = ends
        return Plan(
            draws,
            np.concatenate(points, axis=1),
            np.concatenate(corners, axis=1),
            np.concatenate(tints),
        )

    def _layout(self, item: Item, model: Product) -> Layout:
        apart = frozenset(
            key for key in model.materials if _material(item, model, key).is_see_through
        )
        known = self._layouts.setdefault(model, {})
        if apart not in known:
            known[apart] = Layout.of(model, apart)
        return known[apart]


def _camera_from_node(item: Item, model: Product, layout: Layout) -> list[Floats]:
    """Return where the nodes of each batch are, (K, 4, 4)."""
    camera_from_product = item.camera_from_product.matrix
    camera_from_product[:3, :3] *= item.scale
    placed = model.product_from_node({k: v.matrix for k, v in item.nodes.items()})
    return [
        np.asarray(camera_from_product @ np.array([placed[n] for n in batch.nodes]), np.float32)
        for batch in layout.batches
    ]


def _fade_plane(item: Item) -> Floats | None:
    """Camera-space plane of the value (z - lean x - end) / (start - end), product space."""
    if item.fade is None:
        return None
    length = item.scale * (item.fade.start_z - item.fade.end_z)
    normal = item.camera_from_product.rotation @ [-item.fade.lean, 0.0, 1.0] / length
    offset = -normal @ item.camera_from_product.translation
    offset -= item.fade.end_z * item.scale / length
    return np.append(normal, offset).astype(np.float32)


def _unit_from_camera(item: Item) -> Floats | None:
    if item.body is None:
        return None
    shrink = np.diag([*(1.0 / np.array(item.body.radii)), 1.0])
    return (shrink @ item.body.camera_from_axes.inverse().matrix).astype(np.float32)


def _material(item: Item, product: Product, key: str) -> Material:
    material = item.materials.get(key) or product.materials.get(key)
    if material is None:
        raise RenderError(f"{product.id!r} has no material {key!r}; check the model")
    return material


def _tints(material: Material, primitive: Primitive) -> bool:
    """Whether a see-through material changes the colour of what is behind by what can be seen."""
    if material.transmission == 0.0:
        return False  # What its alpha lets through keeps its colour.
    coloured = material.base_color_texture is not None or primitive.colors is not None
    if coloured or material.iridescence > 0.0:
        return True
    thick = material.thickness > 0.0 and min(material.attenuation_color) < 1.0
    if thick and np.isfinite(material.attenuation_distance):
        return True
    through = [material.transmission * c for c in material.base_color[:3]]
    gray = (sum(through) / 3.0) ** (1.0 / 2.4)
    return bool(max(abs(c ** (1.0 / 2.4) - gray) for c in through) > _FAINTEST_TINT)
