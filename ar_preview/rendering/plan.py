"""Every primitive of a scene with its place: what there is to draw."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ar_preview.errors import RenderError
from ar_preview.rendering.levels import Levels

if TYPE_CHECKING:
    from ar_preview.products.product import Material, Primitive, Product
    from ar_preview.scene import Item, Scene

__all__ = ["Draw", "Plan", "Planner"]

_FAINTEST_TINT = 1.5 / 255.0
"""Difference of an encoded value from gray that is not seen; silicone pads stay below."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Draw:
    """One primitive.

    Parameters
    ----------
    primitive : Primitive
    material : Material
    opacity : float
    fade_camera : ndarray, shape (4,), float32, or None
        Camera-space plane n, d: n . p + d falls from 1 to 0 where the piece vanishes.
    body : ndarray, shape (4, 4), float32, or None
        From camera space to that in which the body is the unit sphere.
    blends : bool
        Whether what is behind stays visible.
    tints : bool
        Whether it does in another colour.
    """

    primitive: Primitive
    material: Material
    opacity: float
    fade_camera: Floats | None
    body: Floats | None
    blends: bool
    tints: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """All draws of a scene; arrays are laid out by coordinate, which NumPy handles faster.

    Parameters
    ----------
    draws : list of Draw
    camera_from_node : ndarray, shape (D, 4, 4), float32
        Where each one is.
    centers : ndarray, shape (D, 3), float32
        Middles of their boxes, node space.
    points_camera : ndarray, shape (3, N), float32
        Vertices of all, metres.
    part_of_point : list of (int, int)
        First vertex and the one after the last of each node.
    corners : ndarray, shape (3, M), int
        Triangles of all.
    tints : ndarray, shape (M,), bool
        Whether what is behind a triangle changes its colour.
    """

    draws: list[Draw]
    camera_from_node: Floats
    centers: Floats
    points_camera: Floats
    part_of_point: list[tuple[int, int]]
    corners: npt.NDArray[np.intp]
    tints: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Layout:
    """What of a model stays the same from frame to frame.

    Parameters
    ----------
    nodes : tuple of (str, int, int)
        Name, and the vertices of the node.
    parts : tuple of (Primitive, str, int)
        Primitive, key of its material, place of its node in `nodes`.
    positions : ndarray, shape (3, N), float32
        Node space, metres.
    corners : ndarray, shape (3, M), int
    counts : ndarray, shape (D,), int
        Triangles of each part.
    centers : ndarray, shape (D, 3), float32
    """

    nodes: tuple[tuple[str, int, int], ...]
    parts: tuple[tuple[Primitive, str, int], ...]
    positions: Floats
    corners: npt.NDArray[np.intp]
    counts: npt.NDArray[np.intp]
    centers: Floats

    @classmethod
    def of(cls, model: Product) -> _Layout:
        """Lay out a model."""
        nodes: list[tuple[str, int, int]] = []
        parts, corners = [], [np.zeros((3, 0), np.intp)]
        positions, centers = [np.zeros((0, 3), np.float32)], []
        start = 0
        for node in model.nodes:
            first = start
            for part in node.primitives:
                if len(part.triangles) == 0:
                    continue
                parts.append((part, part.material, len(nodes)))
                corners.append(part.triangles.T.astype(np.intp) + start)
                positions.append(part.positions)
                centers.append(0.5 * (part.positions.min(axis=0) + part.positions.max(axis=0)))
                start += len(part.positions)
            if start > first:
                nodes.append((node.name, first, start))
        return cls(
            tuple(nodes),
            tuple(parts),
            np.ascontiguousarray(np.concatenate(positions).T, np.float32),
            np.hstack(corners),
            np.array([c.shape[1] for c in corners[1:]], np.intp),
            np.array(centers, np.float32).reshape(-1, 3),
        )


class Planner:
    """Lists what is to be drawn; remembers what it knows of the models."""

    def __init__(self) -> None:
        self._levels = Levels()
        self._layouts: weakref.WeakKeyDictionary[Product, _Layout] = weakref.WeakKeyDictionary()

    def plan(self, scene: Scene, coarseness: float = 0.0) -> Plan:
        """List the placed primitives of a scene's items; faded-out and empty ones are left out.

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
        matrices, centers = [np.zeros((0, 4, 4), np.float32)], [np.zeros((0, 3), np.float32)]
        points, corners = [np.zeros((3, 0), np.float32)], [np.zeros((3, 0), np.intp)]
        spans: list[tuple[int, int]] = []
        tints, start = [np.zeros(0, bool)], 0
        for item in scene.items:
            opacity = min(max(float(item.opacity), 0.0), 1.0)
            if opacity == 0.0:
                continue
            model = self._levels.choose(item, scene.camera, coarseness)
            layout = self._layouts.get(model)
            if layout is None:
                layout = self._layouts[model] = _Layout.of(model)
            placed = _camera_from_node(item, model, layout)
            fade, body = _fade_plane(item), _unit_from_camera(item)
            found = []
            for primitive, key, _ in layout.parts:
                material = _material(item, model, key)
                blends = material.is_see_through or opacity < 1.0
                tinted = material.is_see_through and _tints(material, primitive)
                found.append(Draw(primitive, material, opacity, fade, body, blends, tinted))
            draws += found
            matrices.append(placed[[node for _, _, node in layout.parts]])
            centers.append(layout.centers)
            points.append(_moved(layout, placed))
            spans += [(first + start, end + start) for _, first, end in layout.nodes]
            corners.append(layout.corners + start)
            tints.append(np.repeat([d.tints for d in found], layout.counts))
            start += layout.positions.shape[1]
        return Plan(
            draws,
            np.concatenate(matrices),
            np.concatenate(centers),
            np.concatenate(points, axis=1),
            spans,
            np.concatenate(corners, axis=1),
            np.concatenate(tints),
        )


def _camera_from_node(item: Item, model: Product, layout: _Layout) -> Floats:
    """Return where the nodes of a layout are, (nodes, 4, 4)."""
    camera_from_product = item.camera_from_product.matrix
    camera_from_product[:3, :3] *= item.scale
    placed = model.product_from_node({k: v.matrix for k, v in item.nodes.items()})
    nodes = np.array([placed[name] for name, _, _ in layout.nodes]).reshape(-1, 4, 4)
    return np.asarray(camera_from_product @ nodes, np.float32)


def _moved(layout: _Layout, placed: Floats) -> Floats:
    """Return the vertices in camera space, (3, N)."""
    out = np.empty_like(layout.positions)
    for (_, first, end), matrix in zip(layout.nodes, placed, strict=True):
        np.matmul(matrix[:3, :3], layout.positions[:, first:end], out=out[:, first:end])
        out[:, first:end] += matrix[:3, 3:]
    return out


def _fade_plane(item: Item) -> Floats | None:
    """Camera-space plane whose value is (z - end) / (start - end) for product-space z."""
    if item.fade is None:
        return None
    length = item.scale * (item.fade.start_z - item.fade.end_z)
    normal = item.camera_from_product.rotation[:, 2] / length
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
