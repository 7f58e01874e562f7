"""What light is like around people who look into a camera, as a normal distribution.

``python -m ar_preview.workshop.light_prior`` writes ``assets/environments/prior.json``. Skin shows
only the light from in front; the rest has to be guessed, and this says what is likely. The rooms
are ours, drawn from formulas: light from above fading to a darker floor, walls of four different
brightnesses, and one to four lamps, windows or suns of any size, which stand high rather than
low and in front of a person rather than behind. Nobody knows where left is, so every room counts
twice, once mirrored.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.assets import asset_path
from ar_preview.geometry import SH_COSINE_LOBE, sh_basis

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import Array

__all__ = ["FRONT_NORMALS", "build_prior", "room_harmonics", "write_prior"]

FRONT_NORMALS = np.array([[0.0, -0.2, -0.98], [0.5, -0.2, -0.84], [-0.5, -0.2, -0.84]])
"""Normals of a face that looks into the camera, camera axes."""

_ROOMS = 6000
_DIRECTIONS = 1500
_MIRROR = np.array([1.0, 1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0])
_SHRINK = 0.2
"""Share of the off-diagonal covariance that is not believed."""


def _fibonacci_sphere(count: int) -> Array:
    i = np.arange(count) + 0.5
    z = 1.0 - 2.0 * i / count
    phi = i * np.pi * (3.0 - np.sqrt(5.0))
    r = np.sqrt(1.0 - z * z)
    return np.stack([r * np.cos(phi), r * np.sin(phi), z], axis=-1)


def room_harmonics(rng: np.random.Generator, directions: Array, basis: Array) -> Array:
    """Return the harmonics (9,) of one random room, grey radiance.

    Parameters
    ----------
    rng : numpy.random.Generator
    directions : ndarray, shape (N, 3)
        Even over the sphere, camera axes.
    basis : ndarray, shape (N, 9)
        `sh_basis` of them.
    """
    up = -directions[:, 1]
    above, floor = rng.lognormal(0.0, 0.5), rng.uniform(0.1, 0.6)
    light = above * (floor + (1.0 - floor) / (1.0 + np.exp(-4.0 * up)))
    azimuth = np.arctan2(directions[:, 0], -directions[:, 2])
    for harmonic, spread in ((1, 0.5), (2, 0.3)):
        a, b = rng.normal(0.0, spread, 2)
        light = light * np.exp(a * np.cos(harmonic * azimuth) + b * np.sin(harmonic * azimuth))
    for _ in range(rng.integers(1, 5)):
        elevation = np.radians(rng.normal(45.0, 20.0) if rng.random() < 0.6 else rng.normal(10, 15))
        around = rng.uniform(-np.pi, np.pi)
        if rng.random() < 0.3:  # people turn towards the light
            around = rng.normal(0.0, 1.0)
        radius = np.radians(np.exp(rng.uniform(np.log(5.0), np.log(40.0))))
        to = np.array(
            [
                np.sin(around) * np.cos(elevation),
                -np.sin(elevation),
                -np.cos(around) * np.cos(elevation),
            ]
        )
        lobe = np.exp((directions @ to - 1.0) * 2.0 / radius**2)
        light = light + rng.lognormal(np.log(0.8), 0.9) * lobe / max(float(lobe.mean()), 1e-9) / 4.0
    return np.asarray(4.0 * np.pi * basis.T @ light / len(directions))


def build_prior(seed: int = 11) -> tuple[Array, Array]:
    """Return mean (9,) and covariance (9, 9) of harmonics that light a face with 1.

    The unit is the irradiance / pi on `FRONT_NORMALS`, in the mean.
    """
    rng = np.random.default_rng(seed)
    directions = _fibonacci_sphere(_DIRECTIONS)
    basis = sh_basis(directions)
    front = (sh_basis(FRONT_NORMALS) * SH_COSINE_LOBE).mean(axis=0)
    rooms = np.array([room_harmonics(rng, directions, basis) for _ in range(_ROOMS)])
    lit = rooms @ front
    rooms = rooms / np.maximum(lit, 0.05 * np.median(lit))[:, None]
    rooms = np.concatenate([rooms, rooms * _MIRROR])
    covariance = np.cov(rooms.T)
    covariance = (1.0 - _SHRINK) * covariance + _SHRINK * np.diag(np.diag(covariance))
    return rooms.mean(axis=0), covariance


def write_prior(path: Path) -> None:
    """Write the file that staging reads; the same rooms give the same bytes."""
    mean, covariance = build_prior()
    document = {
        "about": "harmonics of random rooms by ar_preview.workshop.light_prior",
        "mean": np.round(mean, 4).tolist(),
        "covariance": np.round(covariance, 5).tolist(),
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_prior(asset_path("environments", "prior.json"))
