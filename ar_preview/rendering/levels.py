"""Which of a product's models is drawn: as few triangles as its size in the picture allows."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.lighten import deviation, lightened

if TYPE_CHECKING:
    from ar_preview.geometry import Camera
    from ar_preview.products.product import Product
    from ar_preview.scene import Item

__all__ = ["Levels"]

_PX2_PER_TRIANGLE = 38.0
"""Surface in the picture for one triangle, seen or not: on llvmpipe the pixels of smaller ones are
shaded several times over, and a model twice as light shows no difference."""

_GIVEN_BELOW_PX = 700.0
"""A piece that is shorter than this in the picture is drawn from the lighter model it brings."""

_STEP = 2.0**-0.5
"""Triangles of a level as a share of those of the next heavier one."""

_LEAST_TRIANGLES = 1000
"""A piece has no lighter model than about this."""

_OFF_PX = 0.7
"""How far the surface may lie from where it belongs in the picture: thin wire has little surface,
but its rounds must not turn into polygons."""

_SLACK = 0.08
"""Change of the size, as a share, that does not yet change the level: it must not flicker."""


@dataclass(eq=False)
class _Entry:
    """What is known of one product."""

    given: tuple[Product, ...]
    """Lighter models that came with it, heaviest first; not itself, or it would never die."""

    area_m2: float
    """Of its surface."""

    length_m: float
    """Of the diagonal around it."""

    counts: tuple[int, ...]
    """Triangles of the product and of `given`."""

    built: dict[int, tuple[Product, float]] = field(default_factory=dict)
    """By steps: the model, and how far it lies off the one it was made from, metres."""

    px_per_m: float = 0.0
    """For which the model was chosen last."""

    def model(self, given: Product, steps: int) -> tuple[Product, float]:
        """Return a given model made lighter, built the first time."""
        if steps not in self.built:
            light = lightened(given, round(given.triangle_count * _STEP**steps))
            self.built[steps] = light, deviation(given, light)
        return self.built[steps]


class Levels:
    """Chooses and builds the models of products.

    Where a product brings no model that is light enough, one is made the first time it is
    needed, from the lightest that it has.
    """

    def __init__(self) -> None:
        self._entries: weakref.WeakKeyDictionary[Product, _Entry] = weakref.WeakKeyDictionary()

    def choose(self, item: Item, camera: Camera, coarseness: float) -> Product:
        """Return the model to draw.

        Parameters
        ----------
        item : Item
        camera : Camera
        coarseness : float
            Factor on the size of triangles in the picture; 1 is not seen. 0 draws the models
            that came with the product, the lighter ones where that is not seen.
        """
        product = item.product
        entry = self._entries.get(product)
        if entry is None:
            entry = self._entries[product] = _entry(product)
        depth = max(float(item.camera_from_product.translation[2]), 1e-3)
        px_per_m = camera.fx * item.scale / depth
        if abs(px_per_m - entry.px_per_m) > _SLACK * entry.px_per_m:
            entry.px_per_m = px_per_m
        px2 = entry.area_m2 * entry.px_per_m**2
        wanted = max(px2 / (_PX2_PER_TRIANGLE * (coarseness or 1.0) ** 2), _LEAST_TRIANGLES)
        which = 0
        if entry.px_per_m * entry.length_m < _GIVEN_BELOW_PX and entry.given:
            which = max([1, *(k for k, n in enumerate(entry.counts) if n >= wanted)])
        chosen = (product, *entry.given)[which]
        steps = _steps(entry.counts[which], wanted)
        if coarseness == 0.0 or steps == 0 or (entry.given and chosen is not entry.given[-1]):
            return chosen
        off = _OFF_PX * max(coarseness, 1.0) / max(entry.px_per_m, 1e-9)
        for tried in range(steps, 0, -1):
            model, apart = entry.model(chosen, tried)
            if apart <= off:
                return model
        return chosen


def _entry(product: Product) -> _Entry:
    given = []
    model = product
    while model.lod is not None:
        model = model.lod
        given.append(model)
    length = float(np.linalg.norm(np.ptp(model.vertices_product(), axis=0)))
    counts = [m.triangle_count for m in (product, *given)]
    return _Entry(tuple(given), _area(model), length, tuple(counts))


def _area(product: Product) -> float:
    """Surface of a model at rest, square metres."""
    placed, total = product.product_from_node(), 0.0
    for node in product.nodes:
        for primitive in node.primitives:
            corners = (primitive.positions @ placed[node.name][:3, :3].T)[primitive.triangles]
            sides = corners[:, 1:] - corners[:, :1]
            total += 0.5 * float(np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1).sum())
    return total


def _steps(count: int, wanted: float) -> int:
    """How often a model can be made lighter before it has too few triangles."""
    if count <= wanted:
        return 0
    return int(np.log(wanted / count) / np.log(_STEP) + 1e-9)
