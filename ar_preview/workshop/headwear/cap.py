"""A baseball cap: six panels, a curved peak, a sweatband, a strap and an embroidered badge."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Node
from ar_preview.workshop.headwear.cloth import (
    cloth,
    sewn,
    shade_texture,
    stitches,
    twill_normals,
)
from ar_preview.workshop.headwear.head import head_oval, joined, oval_ring
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import Mesh, grid, prism, rotation_x, tube, turned
from ar_preview.workshop.metals import metal
from ar_preview.workshop.model import Model, node_from_meshes
from ar_preview.workshop.textures import tiling_noise

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.product import Material, Texture

__all__ = ["CAP_GIRTH_MM", "baseball_cap"]

CAP_GIRTH_MM = 575.0

_SHELL_MM = 9.0
"""By how much the girth of the shell is larger than that of the sweatband in it."""

_HEIGHT, _PEAK, _ARCH = 116.0, 70.0, 24.0
_PEAK_HALF_ANGLE = np.radians(62.0)
_PANEL = (100.0, 190.0)
_SEAM_MM = (0.0, 0.6, 1.6, 3.2, 6.5)
_OPENING = (36.0, 40.0)
"""Half width and height of the arch over the strap."""


@cache
def _panel_shade(width: int = 336, height: int = 576) -> Texture:
    """One panel, its seams at the sides and the top at v = 0: seams, stitches, eyelet, hem."""
    v, u = np.mgrid[:height, :width]
    u, v = (u + 0.5) / width, (v + 0.5) / height
    breadth = _PANEL[0] * np.sin(0.5 * np.pi * v) ** 0.85 + 0.5
    x, y = (u - 0.5) * breadth, v * _PANEL[1]
    away = 0.5 * breadth - np.abs(x)
    shade = 0.78 + 0.012 * tiling_noise(576, 1.0, 1)[:height, :width]
    shade = shade * (1.0 - 0.45 * np.exp(-((away / 0.55) ** 2)))
    for row in (2.6, 5.4):
        pull = np.exp(-(((away - row) / 0.8) ** 2))
        shade = sewn(shade, stitches(y, away - row), pull, 1.0)
    radius, angle = np.hypot(x, y - 58.0), np.arctan2(y - 58.0, x)
    ring = np.exp(-((radius - 3.2) ** 2))
    shade = shade * (1.0 - ring) + (0.78 + 0.2 * np.cos(26.0 * angle)) * ring
    shade = shade * (1.0 - 0.93 / (1.0 + np.exp(np.clip((radius - 2.0) / 0.15, -50.0, 50.0))))
    hem = _PANEL[1] - y - 9.0
    return shade_texture(sewn(shade, stitches(x, hem), np.exp(-((hem / 0.8) ** 2)), 1.0))


@cache
def _peak_shade(width: int = 512, height: int = 192) -> Texture:
    """Return the peak: rows of stitches parallel to its outer edge at v = 0."""
    v, u = np.mgrid[:height, :width]
    x, y = (u + 0.5) / width * 190.0, (v + 0.5) / height * _PEAK
    shade = 0.78 + 0.012 * tiling_noise(512, 1.0, 2)[:height, :width]
    for row in 4.0 + 8.2 * np.arange(7):
        pull = np.exp(-(((y - row) / 0.9) ** 2))
        shade = sewn(shade, stitches(x, y - row), pull, 1.0)
    return shade_texture(shade)


class _Crown:
    """The surface of the shell by angle about y and height parameter 0 (hem) to 1 (top)."""

    def __init__(self) -> None:
        self.axes = head_oval(CAP_GIRTH_MM + _SHELL_MM)

    def hem(self, angle: Array) -> Array:
        """Height of the hem: raised in front, so that the flat peak can bend down, mm."""
        off = np.abs(np.mod(angle + np.pi, 2.0 * np.pi) - np.pi)
        return np.asarray(_ARCH * (1.0 - np.clip(off / _PEAK_HALF_ANGLE, 0.0, 1.0) ** 2) ** 2)

    def arch(self, angle: Array) -> Array:
        """Height of the opening over the strap, mm."""
        off = np.abs(np.mod(angle, 2.0 * np.pi) - np.pi) * self.axes[0]
        return np.asarray(_OPENING[1] * np.sqrt(np.clip(1.0 - (off / _OPENING[0]) ** 2, 0.0, 1.0)))

    def point(self, angle: Array, t: Array, across: Array) -> Array:
        """Points of shape (..., 3); `across` is 0 and 1 at the seams of a panel."""
        b, a = self.axes
        front = np.clip(np.cos(angle), 0.0, 1.0)
        # Buckram makes the front stiffer: a squarer shoulder.
        power = 2.38 + 0.42 * front**2
        phi = 0.5 * np.pi * t
        c, s = np.cos(phi), np.sin(phi)
        rim, rise = np.maximum(c, 0.0) ** (2.0 / power), np.maximum(s, 0.0) ** (2.0 / power)
        bulge = 0.026 * (1.0 - np.sin(np.pi * across)) * c**0.3 * np.sin(2.0 * phi) ** 0.5
        bulge = bulge * np.clip(t / 0.45, 0.0, 1.0) ** 2
        r = rim * (1.0 - np.nan_to_num(bulge))
        wide = 1.0 + 0.012 * np.sin(2.0 * phi) - 0.05 * s**2 * front
        seam = np.minimum(across, 1.0 - across) * _PANEL[0] * np.clip(rim, 0.05, 1.0)
        out = 0.4 * np.exp(-(((seam - 4.0) / 2.2) ** 2)) - 0.6 * np.exp(-(seam**2))
        soft = np.clip(1.0 - 1.3 * front, 0.0, 1.0) * np.sin(2.0 * phi)
        out = out * np.clip(3.0 * c, 0.0, 1.0)
        out = out + 1.8 * np.sin(7.0 * angle + 9.0 * t) * np.sin(6.0 * t + 3.0 * angle) * soft
        base = self.hem(angle)
        x, z = b * np.sin(angle) * r * wide, a * np.cos(angle) * r * wide
        y = base + (_HEIGHT - base) * rise
        normal = np.stack([np.sin(angle) * c, s, np.cos(angle) * c], axis=-1)
        return np.asarray(np.stack([x, y, z], axis=-1) + out[..., None] * normal)

    def lowest(self, angle: Array) -> Array:
        """Height parameter at which the cloth begins."""
        base = self.hem(angle)
        rise = np.clip((self.arch(angle) - base) / (_HEIGHT - base), 0.0, 1.0)
        return np.asarray(np.arcsin(rise ** (2.38 / 2.0)) / (0.5 * np.pi))


def _panels(crown: _Crown, material: str, quality: float) -> Mesh:
    seam = np.array(_SEAM_MM if quality > 0.8 else (0.0, 1.6, 8.0)) / _PANEL[0]
    inner = np.linspace(seam[-1], 1.0 - seam[-1], coarser(8, quality, 4) + 2)[1:-1]
    u = np.concatenate([seam, inner, 1.0 - seam[::-1]])
    rows = np.linspace(0.0, 1.0, coarser(26, quality, 10) + 1)
    parts = []
    for k in range(6):
        angle = (k + u) * np.pi / 3.0
        low = crown.lowest(angle)
        t = low + (1.0 - low) * rows[:, None]
        across = np.broadcast_to(u, t.shape)
        points = crown.point(np.broadcast_to(angle, t.shape), t, across)
        # The hem is turned in.
        rolled = [
            points[:1] * [0.972, 1, 0.972] + [0, 1.0, 0],
            points[:1] * [0.985, 1, 0.985] - [0, 1.2, 0],
        ]
        points = np.concatenate([*rolled, points])
        v = np.concatenate([1.01 - t[:1], 1.005 - t[:1], 1.0 - t])
        parts.append((points, np.stack([np.broadcast_to(u, v.shape), v], axis=-1)))
    return joined(parts, material, 75.0)


def _peak(crown: _Crown, material: str, quality: float) -> Mesh:
    thick = 3.0
    count = coarser(40, quality, 18)
    s = np.linspace(-1.0, 1.0, count + 1)
    angle = s * _PEAK_HALF_ANGLE
    inner = oval_ring(tuple(1.004 * v for v in crown.axes), angle, crown.hem(angle) + 1.0)  # type: ignore[arg-type]
    reach = _PEAK * np.maximum(1.0 - np.abs(s) ** 2.3, 0.0) ** 0.95
    slope = np.radians(17.0)
    w = np.linspace(0.0, 1.0, coarser(10, quality, 5))[:, None]
    top = inner + (w * reach)[..., None] * [0.0, -np.sin(slope), np.cos(slope)]
    top[..., 0] *= 1.0 + 0.06 * w * (1.0 - s**2)
    # Bent across, more towards its outer edge.
    top[..., 1] -= top[..., 0] ** 2 / 260.0 * w * reach / _PEAK
    normal = np.cross(np.gradient(top, axis=1), np.gradient(top, axis=0))
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-12
    normal *= np.where(normal[..., 1:2] < 0.0, -1.0, 1.0)
    normal[:, [0, -1]] = normal[:, [1, -2]]
    out = top[-1] - top[-2]
    out /= np.linalg.norm(out, axis=-1, keepdims=True) + 1e-9
    out[[0, -1]] = out[[1, -2]]
    edge = [
        top[-1] + 0.5 * thick * (np.sin(a) * out - (1.0 - np.cos(a)) * normal[-1])
        for a in np.linspace(0.0, np.pi, 6)[1:-1]
    ]
    points = np.concatenate([top, np.array(edge), (top - thick * normal)[::-1]])
    away = (1.0 - w) * reach / _PEAK
    v = np.concatenate([away, np.zeros((4, count + 1)) - 0.02, away[::-1]])
    u = 0.5 + points[..., 0] / 190.0
    # Rows run outwards: columns must run to the wearer's right for the top to be outside.
    mesh = grid(
        points[:, ::-1], material, uv=np.stack([u, v], axis=-1)[:, ::-1], crease_degrees=60.0
    )
    return (
        mesh
        if _looks_up(mesh)
        else grid(points, material, uv=np.stack([u, v], -1), crease_degrees=60.0)
    )


def _looks_up(mesh: Mesh) -> bool:
    top = mesh.positions[:, 1] > np.median(mesh.positions[:, 1])
    return bool(mesh.normals[top, 1].mean() > 0.0)


def _band(crown: _Crown, material: str, quality: float) -> Mesh:
    """Lower edge of the sweatband, which is all that shows; open under the arch at the back."""
    angle = np.linspace(-np.pi + 0.5, np.pi - 0.5, coarser(52, quality, 24) + 1)
    inside = CAP_GIRTH_MM / (CAP_GIRTH_MM + _SHELL_MM)
    rows = [(0.999, 0.5), (inside, 3.5), (inside - 0.002, 9.0)]
    points = np.stack(
        [
            oval_ring((k * crown.axes[0], k * crown.axes[1]), angle, crown.hem(angle) + y)
            for k, y in rows
        ]
    )
    return grid(points[:, ::-1], material, crease_degrees=70.0)


def _strap(crown: _Crown, material: str) -> Mesh:
    angle = np.linspace(np.pi - 0.55, np.pi + 0.55, 21)
    outline = [
        (0.985, 2.0),
        (1.003, 1.5),
        (1.006, 4.0),
        (1.006, 16.0),
        (1.003, 18.5),
        (0.985, 18.0),
    ]
    points = np.stack(
        [oval_ring((k * crown.axes[0], k * crown.axes[1]), angle, y) for k, y in outline]
    )
    return grid(points, material, crease_degrees=40.0)


def _buckle(crown: _Crown, material: str) -> Mesh:
    corners = np.array([(-8.0, -11.0), (8.0, -11.0), (8.0, 11.0), (-8.0, 11.0)])
    path = np.column_stack([corners, np.zeros(4)])
    path = np.concatenate(
        [np.linspace(path[k], path[(k + 1) % 4], 6, endpoint=False) for k in range(4)]
    )
    a = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
    frame = tube(path, 1.1 * np.column_stack([np.cos(a), np.sin(a)]), material, closed=True)
    return frame.moved((-14.0, 10.0, -1.012 * crown.axes[1]))


_BADGE = (
    (-21.0, -13.0), (-8.5, 9.0), (-3.0, -0.5), (4.5, 13.0), (21.0, -13.0), (11.0, -13.0),
    (4.5, -2.0), (-1.5, -13.0), (-8.0, -13.0), (-10.5, -8.0), (-12.8, -13.0),
)  # fmt: skip
"""Two peaks, the embroidered badge, mm."""


def _badge(crown: _Crown, material: str) -> Mesh:
    flat = prism(_dense(np.array(_BADGE), 2.5), 0.0, 1.5, material, bevel=0.7, rows=2)

    def wrapped(points: Array) -> Array:
        t = 0.40 + points[:, 1] / (1.25 * _HEIGHT)
        angle = points[:, 0] / (crown.axes[0] * np.cos(0.5 * np.pi * t) ** 0.75)
        half = np.full_like(t, 0.5)
        step = 1e-2
        at = crown.point(angle, t, half)
        along = crown.point(angle + step, t, half) - at
        up = crown.point(angle, t + step, half) - at
        normal = np.cross(along, up)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        return np.asarray(at + (points[:, 2:] - 0.3) * normal)

    return flat.mapped(wrapped)


def _dense(outline: Array, step: float) -> Array:
    parts = []
    for a, b in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        count = max(1, round(float(np.linalg.norm(b - a)) / step))
        parts.append(a + (b - a) * (np.arange(count) / count)[:, None])
    return np.concatenate(parts)


def _materials(word: str, rgb: tuple[float, float, float]) -> list[Material]:
    panel = twill_normals(*_PANEL)
    peak = twill_normals(190.0, _PEAK)
    plain = twill_normals(60.0, 60.0)
    dark = tuple(0.85 * v for v in rgb)
    return [
        cloth(f"twill_{word}", rgb, _panel_shade(), panel),
        cloth(f"peak_{word}", rgb, _peak_shade(), peak),
        cloth(f"trim_{word}", dark, None, plain),  # type: ignore[arg-type]
    ]


def baseball_cap(quality: float = 1.0) -> Model:
    """Build the cap; upright, origin in the middle of its opening, front +z.

    Parameters
    ----------
    quality : float
        1 is the full model, less is lighter.
    """
    crown = _Crown()
    colours = {
        "navy": (0.022, 0.038, 0.105),
        "sand": (0.46, 0.36, 0.235),
        "black": (0.018, 0.018, 0.019),
    }
    sets = {word: _materials(word, rgb) for word, rgb in colours.items()}
    thread = cloth("thread_ivory", (0.72, 0.68, 0.58), None, None, sheen=0.25, roughness=0.6)
    buckle = metal("buckle_nickel", (0.66, 0.63, 0.58), 0.3)
    panel, peak, trim = (m.name for m in sets["navy"])
    button = turned(
        ((0.0, -3.0), (7.2, -3.0), (7.6, -1.6), (6.6, 0.6), (4.0, 1.6), (0.0, 2.0)), 20, trim
    )
    meshes = [
        _panels(crown, panel, quality),
        _peak(crown, peak, quality),
        _band(crown, trim, quality),
        _strap(crown, trim),
        button.rotated(rotation_x(-0.5 * np.pi)).moved((0.0, _HEIGHT, 0.0)),
        _badge(crown, thread.name),
        _buckle(crown, buckle.name),
    ]
    materials = [m for group in sets.values() for m in group]
    return Model(
        "baseball cap",
        (Node("hat", None, np.eye(4)), node_from_meshes("cap", "hat", meshes)),
        {m.name: m for m in [*materials, thread, buckle]},
        {
            word: {}
            if word == "navy"
            else {own.name: new.name for own, new in zip(sets["navy"], group, strict=True)}
            for word, group in sets.items()
        },
    )
