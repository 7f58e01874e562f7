"""The light in which jewellery is photographed: a white tent with black cards and small lamps.

Polished metal shows nothing but its surroundings. In a dark room it turns black, in an even
white one it turns to plaster: it takes a bright tent, dark cards that draw its edges, and a few
bright strips. Stones want many small lamps before dark on top of that.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import octahedral_directions, sh_basis, texel_areas
from ar_preview.scene import Light
from ar_preview.workshop.environments import SoftBox

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["tent_light", "tent_radiance"]

_TEXELS = 256
_FRONT_IRRADIANCE = 0.8

_BOXES = (
    SoftBox(0, 62, 0.80, 0.30, 2.6, softness=0.25),
    SoftBox(-68, 24, 0.16, 0.95, 3.4, roll_degrees=-6, softness=0.35, color=(1.0, 0.99, 0.97)),
    SoftBox(74, 18, 0.11, 0.95, 3.0, roll_degrees=7, softness=0.35, color=(0.97, 0.985, 1.0)),
    SoftBox(180, 30, 0.9, 0.18, 1.8, softness=0.4),
)
_CARDS = (
    SoftBox(0, 4, 0.55, 0.55, 1.0, softness=0.45),
    SoftBox(-38, 12, 0.17, 1.1, 1.0, roll_degrees=4, softness=0.3),
    SoftBox(44, 16, 0.15, 1.1, 1.0, roll_degrees=-4, softness=0.3),
    SoftBox(118, 6, 0.22, 0.9, 1.0, softness=0.3),
    SoftBox(-122, 6, 0.22, 0.9, 1.0, softness=0.3),
)
"""Black cards, and the dark behind the camera: how much of the tent each covers."""

_LAMPS = 40
_LAMP_DEGREES = (0.9, 1.7)
_LAMP_RADIANCE = (3.0, 6.5)
"""Small enough to vanish in the gloss of a metal, bright enough to flash in a facet."""


def tent_radiance(directions_camera: Array) -> Array:
    """Linear radiance along camera-space directions (..., 3) -> (..., 3)."""
    view = directions_camera * np.array([1.0, -1.0, -1.0])
    up = view[..., 1:2]
    tent = 0.40 + 0.22 * np.maximum(up, 0.0)
    # Below is the white ground that the piece stands on.
    ground = 0.62 + 0.10 * np.maximum(-up, 0.0)
    share = np.clip(0.5 - up / 0.12, 0.0, 1.0)
    light = (tent * (1.0 - share) + ground * share) * np.ones(3)
    for card in _CARDS:
        light = light * (1.0 - 0.93 * card.radiance_towards(view))
    for box in _BOXES:
        light = light + box.radiance_towards(view)
    return np.asarray(light + _lamps(view))


def _lamps(view: Array) -> Array:
    random = np.random.default_rng(11)
    total = np.zeros((*view.shape[:-1], 1))
    for _ in range(_LAMPS):
        axis = random.standard_normal(3)
        axis[1] = abs(axis[1]) * 0.9 + 0.12
        axis /= np.linalg.norm(axis)
        radius = np.radians(random.uniform(*_LAMP_DEGREES))
        angle = np.arccos(np.clip(view @ axis, -1.0, 1.0))[..., None]
        inside = np.clip((radius - angle) / (0.5 * radius) + 0.5, 0.0, 1.0)
        total += random.uniform(*_LAMP_RADIANCE) * inside
    return total


@cache
def tent_light() -> Light:
    """Return the tent as a scene's light."""
    axis = octahedral_directions(_TEXELS)
    offsets = np.random.default_rng(3).normal(0.0, 0.7 / _TEXELS, (8, 3))
    rays = [axis + o for o in offsets]
    radiance = np.mean(
        [tent_radiance(r / np.linalg.norm(r, axis=-1, keepdims=True)) for r in rays], axis=0
    )
    area = 4.0 * np.pi * texel_areas(_TEXELS)[..., None]
    front = float((radiance.mean(axis=-1) * np.maximum(-axis[..., 2], 0.0) * area[..., 0]).sum())
    radiance *= _FRONT_IRRADIANCE * np.pi / front
    flat = axis.reshape(-1, 3)
    irradiance = sh_basis(flat).T @ (radiance * area).reshape(-1, 3)
    return Light(irradiance=irradiance, radiance=radiance.astype(np.float32))
