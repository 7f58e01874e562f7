"""The contact shadow of a necklace on what it lies on: skin or clothes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.landmarks import FACE_CONTOUR
from ar_preview.products.surface import Surface
from ar_preview.scene import SkinShadow

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.poses import HeadPose
    from ar_preview.products.product import Product
    from ar_preview.scene import Fade, Item

__all__ = ["ChainLine", "chain_shadow"]

_STATIONS = 96
_FRONT = np.radians(70.0)
"""Beyond this angle from the front a chain goes round the neck, out of sight."""

_SAMPLES = 20_000
_TERMS = 8
"""Cosines that describe how height and radius change around the neck."""

_REACH = 4.0
"""Width of the shadow to both sides, in radii of the chain."""

_SIDE = 160
_DOWN = 0.7
"""Light comes from above: the shadow lies so many radii below the chain."""

_ENDS = 0.2
"""Share of the shadow's length over which it begins and ends."""

_DEEPEST = 0.75
"""What of the light the closest contact takes: skin and the piece light up the gap between them."""

_WARM = np.array([0.93, 1.0, 1.0])
"""Light that was in the skin comes out in its shadow, reddened."""


@dataclass(frozen=True, eq=False)
class ChainLine:
    """Where a necklace lies, product space.

    Parameters
    ----------
    points, downwards : ndarray, shape (S, 3)
        Touching points over the front, and unit vectors along what it lies on, across the chain.
    loop : ndarray, shape (S, 3)
        Middle of the chain all the way round.
    radius : float
        Of the chain, metres.
    cover : float
        0 to 1: links let some light through, before and behind.
    """

    points: Array
    downwards: Array
    loop: Array
    radius: float
    cover: float

    @classmethod
    def of(cls, product: Product) -> ChainLine:
        """Measure a necklace that goes round the vertical axis, its front at +z."""
        surface = Surface.of_product(product)
        samples = surface.samples(_SAMPLES)
        low, high = samples.min(axis=0), samples.max(axis=0)
        middle = 0.5 * (low + high)[[0, 2]]
        x, z = (samples[:, [0, 2]] - middle).T
        angle, out = np.arctan2(x, z), np.hypot(x, z)
        values = np.column_stack([samples[:, 1], out])
        kept = np.ones(len(angle), bool)
        # Pendants hang beside the line: what is far from it does not count the second time.
        for _ in range(3):
            weights = np.linalg.lstsq(_waves(angle[kept]), values[kept], rcond=None)[0]
            off = np.linalg.norm(values - _waves(angle) @ weights, axis=1)
            kept = off < 2.5 * np.median(off[kept])
        radius = float(np.quantile(off[kept], 0.9))
        around = np.linspace(-np.pi, np.pi, _STATIONS, endpoint=False)
        loop, _ = _placed(around, weights, middle)
        length = float(np.linalg.norm(loop - np.roll(loop, 1, axis=0), axis=1).sum())
        cover = float(surface.areas.sum()) / (2.0 * np.pi * radius * length)
        around = np.linspace(-_FRONT, _FRONT, _STATIONS)
        line, outwards = _placed(around, weights, middle)
        along = np.gradient(line, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        outwards -= (outwards * along).sum(axis=1, keepdims=True) * along
        outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)
        down = np.cross(along, outwards)
        down *= np.where(down[:, 1:2] > 0.0, -1.0, 1.0)
        return cls(line - radius * outwards, down, loop, radius, min(cover, 1.0) ** 2)


def chain_shadow(item: Item, line: ChainLine, pose: HeadPose) -> SkinShadow:
    """Return the shadow right beside a necklace, in any light.

    A long cylinder of the radius r on a plane keeps r^2 / (r^2 + x^2) of even light off at the
    distance x.

    Parameters
    ----------
    item : Item
        The necklace as it is worn.
    line : ChainLine
        Of its product.
    pose : HeadPose
        Of the wearer, whose face is not darkened.
    """
    rows = [
        line.points + (_DOWN + side * _REACH) * line.radius * line.downwards for side in (-1.0, 1.0)
    ]
    vertices = item.camera_from_product @ (item.scale * np.concatenate(rows))
    share = np.linspace(0.0, 1.0, _STATIONS)
    share = np.where(_behind_face(vertices, pose).reshape(2, -1).any(axis=0), 0.0, share)
    if item.fade is not None:
        share = np.minimum(np.minimum(share, 1.0 - share), _ENDS * _in_sight(line, item.fade))
    uv = np.concatenate([np.column_stack([np.full_like(share, u), share]) for u in (0.0, 1.0)])
    a = np.arange(_STATIONS - 1)
    c = a + _STATIONS
    triangles = np.concatenate([np.column_stack([a, c, c + 1]), np.column_stack([a, c + 1, a + 1])])
    return SkinShadow(
        vertices.astype(np.float32),
        triangles.astype(np.uint32),
        uv.astype(np.float32),
        _roots(),
        line.cover,
        vertices,
    )


def _in_sight(line: ChainLine, fade: Fade) -> Array:
    """Return what is seen of a chain that goes under hair, 0 to 1 along it."""
    x, _, z = line.points.T
    return smooth_step(fade.end_z, fade.start_z, z - fade.lean * x)


def _waves(angle: Array) -> Array:
    return np.asarray(np.cos(np.multiply.outer(angle, np.arange(_TERMS))))


def _placed(angle: Array, weights: Array, middle: Array) -> tuple[Array, Array]:
    """Return points of the line and horizontal directions outwards."""
    y, out = (_waves(angle) @ weights).T
    outwards = np.column_stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)])
    centre = np.array([middle[0], 0.0, middle[1]])
    return centre + out[:, None] * outwards + np.column_stack([0 * y, y, 0 * y]), outwards


def _behind_face(points_camera: Array, pose: HeadPose) -> npt.NDArray[np.bool_]:
    """Whether points lie in the outline of the face, as seen from the camera."""
    contour = pose.vertices_camera[list(FACE_CONTOUR)]
    outline = (contour[:, :2] / contour[:, 2:]).astype(np.float32)
    seen = points_camera[:, :2] / points_camera[:, 2:]
    return np.array([cv2.pointPolygonTest(outline, (u, v), False) >= 0.0 for u, v in seen.tolist()])


@cache
def _roots() -> npt.NDArray[np.uint8]:
    """Return the texture of every such shadow: across along u, from end to end along v."""
    place = (np.arange(_SIDE) + 0.5) / _SIDE
    far = _REACH * (2.0 * place - 1.0)
    edge = 1.0 / (1.0 + _REACH**2)
    across = np.maximum(1.0 / (1.0 + far**2) - edge, 0.0) / (1.0 - edge)
    end = np.clip(np.minimum(place, 1.0 - place) / _ENDS - 0.05, 0.0, 1.0)
    blocked = np.outer(end * end * (3.0 - 2.0 * end), across)
    roots = np.sqrt(1.0 - _DEEPEST * blocked[..., None] * _WARM)
    return np.asarray(np.rint(255.0 * roots), np.uint8)
