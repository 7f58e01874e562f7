"""Pieces that lie apart in the picture are drawn apart: between them is nothing to draw."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from ar_preview.layer import Layer
from ar_preview.rendering.region import Region, region_of_interest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.geometry import Array
    from ar_preview.products.product import Product
    from ar_preview.scene import Item, Scene

__all__ = ["clusters", "united"]

_ROUND_M, _ROUND_PX = 0.015, 8
"""What swings or is bent leaves its box at rest by less; what lies so near is drawn at once."""

_WORTH = 0.6
"""Share of the rectangle around all, which one that is drawn apart must undercut: every one
takes some milliseconds of its own."""

_UNIT_BOX = np.array(list(np.ndindex(2, 2, 2)), dtype=np.float64)
_BOXES: WeakKeyDictionary[Product, Array] = WeakKeyDictionary()
"""Corners around products seen so far."""


def clusters(scene: Scene) -> list[Scene]:
    """Split a scene into parts whose pieces and shadows lie apart in the picture.

    Every part has all occluders. One without pieces is left out.
    """
    if len(scene.items) < 2:
        return [scene]
    camera = scene.camera
    found: list[tuple[Region, list[int], list[int]]] = []
    for index, item in enumerate(scene.items):
        region = region_of_interest(camera, _corners(item).T)
        if region is not None:
            found = _added(found, (region, [index], []))
    for index, shadow in enumerate(scene.shadows):
        region = region_of_interest(camera, shadow.extent_camera.T)
        if region is not None:
            found = _added(found, (region, [], [index]))
    found = [cluster for cluster in found if cluster[1]]
    if len(found) < 2:
        return [scene]
    whole = found[0][0]
    for region, _, _ in found[1:]:
        whole = whole.joined(region)
    if sum(_area(region) for region, _, _ in found) > _WORTH * _area(whole):
        return [scene]
    return [
        replace(
            scene,
            items=tuple(scene.items[i] for i in sorted(items)),
            shadows=tuple(scene.shadows[i] for i in sorted(shadows)),
        )
        for _, items, shadows in found
    ]


def united(layers: Sequence[Layer]) -> Layer:
    """Return one layer around all."""
    layers = [layer for layer in layers if not layer.is_empty]
    if len(layers) < 2:
        return layers[0] if layers else Layer.empty()
    regions = [Region(*r.offset, r.add.shape[1], r.add.shape[0]) for r in layers]
    whole = regions[0]
    for region in regions[1:]:
        whole = whole.joined(region)
    add = np.zeros((whole.height, whole.width, 3), np.uint8)
    transmit = np.full_like(add, 255)
    for region, layer in zip(regions, layers, strict=True):
        x, y = region.x - whole.x, region.y - whole.y
        place = slice(y, y + region.height), slice(x, x + region.width)
        # Rectangles may touch with their empty rims.
        np.maximum(add[place], layer.add, out=add[place])
        np.minimum(transmit[place], layer.transmit, out=transmit[place])
    return Layer((whole.x, whole.y), add, transmit)


def _added(
    found: list[tuple[Region, list[int], list[int]]], new: tuple[Region, list[int], list[int]]
) -> list[tuple[Region, list[int], list[int]]]:
    """Return clusters with another one, which joins those that it meets."""
    apart = []
    region, items, shadows = new
    for other in found:
        if _meet(region, other[0]):
            region = region.joined(other[0])
            items, shadows = items + other[1], shadows + other[2]
        else:
            apart.append(other)
    joined = (region, items, shadows)
    # A larger rectangle may meet more.
    return [*apart, joined] if region == new[0] else _added(apart, joined)


def _meet(a: Region, b: Region) -> bool:
    across = a.x < b.x + b.width + _ROUND_PX and b.x < a.x + a.width + _ROUND_PX
    down = a.y < b.y + b.height + _ROUND_PX and b.y < a.y + a.height + _ROUND_PX
    return across and down


def _area(region: Region) -> int:
    return region.width * region.height


def _corners(item: Item) -> Array:
    """Return what is around a piece, camera space, (8, 3), metres."""
    product = item.product
    box = _BOXES.get(product)
    if box is None:
        vertices = product.vertices_product()
        if len(vertices) == 0:
            vertices = np.zeros((1, 3))
        box = _UNIT_BOX * (np.ptp(vertices, axis=0) + 2.0 * _ROUND_M)
        box = _BOXES[product] = box + vertices.min(axis=0) - _ROUND_M
    return item.camera_from_product @ (item.scale * box)
