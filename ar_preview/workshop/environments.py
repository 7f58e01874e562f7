"""Builds the light of ``assets/environments``: ``python -m ar_preview.workshop.environments``.

The studio is ours, made from formulas: soft boxes and strips in a dark room. What makes acetate
and metal look real is contrast in what they reflect (a white dome makes black acetate grey), so
the room is dark, the boxes have defined but soft edges, and none stands near the camera, where
flat lenses would mirror it as a veil.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.assets import asset_path
from ar_preview.geometry import octahedral_directions, sh_basis
from ar_preview.rendering.environment import Environment, save_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.geometry import Array

__all__ = ["SoftBox", "build_environment", "build_studio", "studio_radiance"]

_SIZES = (256, 128, 64, 32, 16, 8)
"""Map sizes by rising roughness: the lobe widens, so the map may shrink."""

_FRONT_IRRADIANCE = 0.8
"""Irradiance / pi on a surface that faces the camera, after normalising the studio."""


@dataclass(frozen=True)
class SoftBox:
    """A rectangular light at unit distance, in view axes (x right, y up, z to the camera).

    Parameters
    ----------
    azimuth_degrees, elevation_degrees : float
        Where its middle stands; azimuth 0 is the camera, positive to the right.
    half_width, half_height : float
        Tangents of the half angles it covers.
    radiance : float
    roll_degrees : float
        Turn about the axis to the product.
    softness : float
        Width of its edge as a fraction of the half sizes.
    color : tuple of float
        Linear RGB factors.
    """

    azimuth_degrees: float
    elevation_degrees: float
    half_width: float
    half_height: float
    radiance: float
    roll_degrees: float = 0.0
    softness: float = 0.12
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def radiance_towards(self, directions_view: Array) -> Array:
        """Radiance seen from the product along directions (..., 3) -> (..., 3)."""
        a, e, r = np.radians([self.azimuth_degrees, self.elevation_degrees, self.roll_degrees])
        forward = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
        right = np.array([np.cos(a), 0.0, -np.sin(a)])
        up = np.cross(forward, right)
        right, up = np.cos(r) * right + np.sin(r) * up, np.cos(r) * up - np.sin(r) * right
        depth = directions_view @ forward
        safe = np.maximum(depth, 1e-3)
        u = np.abs(directions_view @ right) / safe / self.half_width
        v = np.abs(directions_view @ up) / safe / self.half_height
        # Brighter in the middle, as a diffuser in front of one flash tube is.
        glow = 1.0 - 0.3 * np.minimum(np.maximum(u, v), 1.0) ** 2
        inside = _fade(u, self.softness) * _fade(v, self.softness) * glow * (depth > 0)
        return np.asarray(inside[..., None] * (self.radiance * np.array(self.color)))


def _fade(t: Array, softness: float) -> Array:
    x = np.clip((1.0 + softness - t) / (2.0 * softness), 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))


STUDIO = (
    SoftBox(0, 68, 0.95, 0.34, 6.0, softness=0.12),
    # The side lights fade out slowly: clear lenses mirror them over the eyes of a turned head,
    # and a hard edge there gives the picture away.
    SoftBox(-75, 17, 0.11, 0.85, 3.8, roll_degrees=-5, softness=0.85, color=(1.0, 0.985, 0.96)),
    SoftBox(80, 20, 0.10, 0.90, 3.4, roll_degrees=7, softness=0.85, color=(0.96, 0.985, 1.0)),
    SoftBox(-38, 44, 0.20, 0.16, 3.0, softness=0.10),
    SoftBox(0, -56, 1.1, 0.35, 0.6, softness=0.45, color=(1.0, 0.97, 0.93)),
)


def studio_radiance(directions_camera: Array) -> Array:
    """Linear radiance of the studio along camera-space directions (..., 3) -> (..., 3)."""
    view = directions_camera * np.array([1.0, -1.0, -1.0])
    height = view[..., 1:2]
    # A dark room: ceiling a little lighter than the walls, a warm grey floor. Behind the piece
    # there is no lamp: surfaces seen at a glance would mirror it as a white outline.
    room = 0.060 + 0.14 * np.maximum(height, 0.0) ** 1.5
    floor = 0.16 * np.maximum(-height, 0.0) * np.array([1.0, 0.96, 0.92])
    front = 0.16 * np.maximum(view[..., 2:3], 0.0) ** 2
    total = room + floor + front
    for box in STUDIO:
        total = total + box.radiance_towards(view)
    return np.asarray(total)


def build_environment(
    radiance: Callable[[Array], Array],
    *,
    sizes: tuple[int, ...] = _SIZES,
    samples: int = 256,
    front_irradiance: float | None = None,
) -> Environment:
    """Prefilter a radiance function for every roughness.

    Each level is the GGX-weighted mean about the reflected ray with normal = view = ray
    (Karis 2013, "Real shading in Unreal Engine 4"); level 0 is the radiance itself, averaged
    over its texel.

    Parameters
    ----------
    radiance : callable
        Unit directions in camera axes (..., 3) to linear RGB (..., 3).
    sizes : tuple of int
        Map sizes by rising roughness, at least two.
    samples : int
        Directions a texel of the largest rough map; the smaller ones, whose lobes are wider,
        take more in proportion.
    front_irradiance : float, optional
        Scales the light so that a surface that faces the camera receives this irradiance / pi.
    """
    sphere = _fibonacci_sphere(60_000)
    light = radiance(sphere)
    harmonics = 4.0 * np.pi * sh_basis(sphere).T @ light / len(sphere)
    gain = 1.0
    if front_irradiance is not None:
        front = float(np.mean(4.0 * np.maximum(-sphere[:, 2:], 0.0) * light))
        gain = front_irradiance / front
    levels = [
        _prefiltered(radiance, size, i / (len(sizes) - 1), samples) * gain
        for i, size in enumerate(sizes)
    ]
    return Environment(tuple(level.astype(np.float16) for level in levels), harmonics * gain)


def _fibonacci_sphere(count: int) -> Array:
    i = np.arange(count) + 0.5
    z = 1.0 - 2.0 * i / count
    phi = i * np.pi * (3.0 - np.sqrt(5.0))
    r = np.sqrt(1.0 - z * z)
    return np.stack([r * np.cos(phi), r * np.sin(phi), z], axis=-1)


def _prefiltered(
    radiance: Callable[[Array], Array], size: int, roughness: float, samples: int
) -> Array:
    axis = octahedral_directions(size)
    helper = np.where(np.abs(axis[..., 2:]) < 0.9, [0.0, 0.0, 1.0], [1.0, 0.0, 0.0])
    tangent = np.cross(helper, axis)
    tangent /= np.linalg.norm(tangent, axis=-1, keepdims=True)
    bitangent = np.cross(axis, tangent)
    if roughness == 0.0:
        # Antialiasing: a Gaussian lobe of about a third of a texel instead of a mirror ray.
        offsets = np.random.default_rng(7).normal(0.0, 0.33 * 2.2 / size, (32, 2))
        slopes = [(float(dx), float(dy), 1.0) for dx, dy in offsets]
    else:
        slopes = _ggx_rays(roughness**2, samples * max(_SIZES[1] // size, 1))
    total = np.zeros((*axis.shape[:2], 3))
    weight = 0.0
    for dx, dy, dz in slopes:
        ray = dx * tangent + dy * bitangent + dz * axis
        ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
        total += dz * radiance(ray)
        weight += dz
    return np.asarray(total / weight)


def _ggx_rays(alpha: float, samples: int) -> list[tuple[float, float, float]]:
    i = np.arange(samples) + 0.5
    u = i / samples
    phi = i * np.pi * (3.0 - np.sqrt(5.0))
    cosine = np.sqrt((1.0 - u) / (1.0 + (alpha * alpha - 1.0) * u))
    sine = np.sqrt(1.0 - cosine * cosine)
    # Reflect the axis about the half vector.
    x, y = 2.0 * cosine * sine * np.cos(phi), 2.0 * cosine * sine * np.sin(phi)
    z = 2.0 * cosine * cosine - 1.0
    return [(float(a), float(b), float(c)) for a, b, c in zip(x, y, z, strict=True) if c > 0.0]


def build_studio() -> Environment:
    """Build the bundled studio."""
    return build_environment(studio_radiance, front_irradiance=_FRONT_IRRADIANCE)


if __name__ == "__main__":
    save_environment(build_studio(), asset_path("environments", "studio.npz"))
