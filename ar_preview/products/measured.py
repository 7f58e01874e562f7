"""The dimensions that a manifest must state, measured on the mesh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.shape import FRONT_DEPTH_MM, temple_length_mm
from ar_preview.products.surface import Surface

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.product import Product

__all__ = ["measured_dimensions"]

_SAMPLES = 40_000
_BESIDE_NOSE_MM = (-16.0, 4.0)
"""Heights, from the bridge's origin, at which rims come nearest to each other."""

_RIM_MM = 2.0
"""Usual width of a rim, from the edge of the mesh to that of the lens."""

_LEAST_LENS_MM, _LEAST_GAP_MM, _USUAL_BRIDGE_MM = 15.0, 6.0, 18.0
_INNERMOST = 0.5
"""Percentile of the distances from the axis that is the inside of a ring."""

_CASE_DEPTH_MM, _SECTORS, _WITHOUT_LUGS = 9.0, 48, 25.0


def measured_dimensions(product: Product) -> dict[str, float]:
    """Return what manifests of its category must state and its mesh tells, mm.

    Glasses: ``lens_width`` and ``bridge`` of see-through lenses, or else of the rims, the width of
    the front, and the length of temples that are there; rings and bangles: ``inner_diameter``;
    watches: ``case_diameter``.

    Parameters
    ----------
    product : Product
        In product space, at its real size.
    """
    surface = Surface.of_product(product).moved(np.diag([1e3, 1e3, 1e3, 1.0]))
    points = surface.samples(_SAMPLES)
    kind = product.slot.partition(":")[0]
    if kind == "glasses":
        front = points[points[:, 2] > points[:, 2].max() - FRONT_DEPTH_MM]
        found = {"frame_width": float(np.ptp(front[:, 0])), **_lenses(product, front)}
        if (length := temple_length_mm(points, float(points[:, 2].max()))) > 0.0:
            found["temple_length"] = length
        return found
    if kind in {"ring", "bracelet"}:
        away = np.hypot(points[:, 0], points[:, 2])
        return {"inner_diameter": 2.0 * float(np.percentile(away, _INNERMOST))}
    if kind == "watch":
        return {"case_diameter": _case_diameter(points)}
    return {}


def _lenses(product: Product, front: Array) -> dict[str, float]:
    lenses = _see_through(product)
    left, right = lenses[lenses[:, 0] > 0.0, 0], lenses[lenses[:, 0] < 0.0, 0]
    if len(left) and len(right):
        between = float(left.min() - right.max())
        if between > _LEAST_GAP_MM:
            return {
                "lens_width": 0.5 * float(np.ptp(left) + np.ptp(right)),
                "bridge": between,
            }
        return {"lens_width": float(np.ptp(lenses[:, 0])), "bridge": 0.0}
    bridge = _gap_of_rims(front) + 2.0 * _RIM_MM
    outer = 0.5 * float(np.ptp(front[:, 0]))
    return {"lens_width": outer - 0.5 * bridge - 2.0 * _RIM_MM, "bridge": bridge}


def _gap_of_rims(front: Array) -> float:
    """Return the least width of the room for the nose, by rows of a millimetre."""
    low, high = _BESIDE_NOSE_MM
    gaps = []
    for row in np.arange(low, high):
        beside = front[(front[:, 1] >= row) & (front[:, 1] < row + 1.0), 0]
        sides = [beside[beside > 0.0], -beside[beside < 0.0]]
        if all(len(side) for side in sides):
            gaps.append(sum(float(side.min()) for side in sides))
    # Where the bridge itself crosses there is no gap.
    open_rows = [gap for gap in gaps if gap > _LEAST_GAP_MM]
    return min(open_rows, default=_USUAL_BRIDGE_MM - 2.0 * _RIM_MM)


def _case_diameter(points: Array) -> float:
    """Return the diameter of what faces out, without crown and lugs, which few directions see."""
    case = points[points[:, 2] > points[:, 2].max() - _CASE_DEPTH_MM, :2]
    away = case - 0.5 * (case.min(axis=0) + case.max(axis=0))
    sector = np.floor(np.arctan2(*away.T) / (2.0 * np.pi) * _SECTORS).astype(int)
    edges = [np.hypot(*away[sector == k].T).max() for k in np.unique(sector)]
    return 2.0 * float(np.percentile(edges, _WITHOUT_LUGS))


def _see_through(product: Product) -> Array:
    """Return the vertices of lenses, product space, mm; nose pads are too small to be one."""
    placed = product.product_from_node()
    parts = [np.zeros((0, 3))]
    for node in product.nodes:
        matrix = placed[node.name]
        for p in node.primitives:
            if product.materials[p.material].is_see_through:
                points = 1e3 * (p.positions @ matrix[:3, :3].T + matrix[:3, 3])
                sides = [points[points[:, 0] > 0.0], points[points[:, 0] < 0.0]]
                if max(np.ptp(s[:, 0]) if len(s) else 0.0 for s in sides) > _LEAST_LENS_MM:
                    parts.append(points)
    return np.concatenate(parts)
