"""A Scene's light as the textures and factors that the shaders read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import moderngl
import numpy as np

from ar_preview.rendering.brdf import split_sum_table
from ar_preview.rendering.environment import Environment, load_environment
from ar_preview.rendering.programs import SAMPLER_UNITS

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import Array
    from ar_preview.scene import Light

__all__ = ["ENVIRONMENT_TEXELS", "Lighting", "light_factors"]

ENVIRONMENT_TEXELS = 256
"""Side of the sharpest map; a smaller one in a file is enlarged."""

_SPLIT_SUM_TEXELS = 32
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

_COSINE_LOBE = np.array([1.0, *[2.0 / 3.0] * 3, *[0.25] * 5])
"""Cosine convolution of the harmonics, divided by pi (Ramamoorthi and Hanrahan 2001)."""

_BASIS_CONSTANTS = np.array(
    [0.28209479, *[0.48860251] * 3, 1.09254843, 1.09254843, 0.31539157, 1.09254843, 0.54627422]
)


def light_factors(light: Light, environment: Environment) -> tuple[Array, Array]:
    """Irradiance polynomial and the factor on reflections.

    A given irradiance also tints and scales the environment, so that what a piece reflects is
    as bright, in the mean over all directions, as what lights it.

    Returns
    -------
    polynomial : ndarray, shape (9, 3)
        Irradiance / pi over the unnormalised harmonics of the shader.
    reflection : ndarray, shape (3,)
    """
    gain = light.exposure * np.asarray(light.white, dtype=np.float64)
    harmonics = environment.irradiance
    reflection = gain
    if light.irradiance is not None:
        harmonics = np.asarray(light.irradiance, dtype=np.float64)
        own = max(float(environment.irradiance[0] @ _LUMINANCE), 1e-6)
        reflection = gain * np.maximum(harmonics[0], 0.0) / own
    polynomial = harmonics * (_COSINE_LOBE * _BASIS_CONSTANTS)[:, None] * gain
    return np.asarray(polynomial), np.asarray(reflection)


class Lighting:
    """The environments that were used, and the split-sum table.

    Parameters
    ----------
    context : moderngl.Context
    folder : Path
        Where environments are read from.
    """

    def __init__(self, context: Any, folder: Path) -> None:
        self._context = context
        self._folder = folder
        self._environments: dict[str, tuple[Environment, Any]] = {}
        size = _SPLIT_SUM_TEXELS
        table = split_sum_table(size)
        self._table = context.texture((size, size), 2, np.ascontiguousarray(table), dtype="f4")
        self._table.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._table.repeat_x = self._table.repeat_y = False

    @property
    def constants(self) -> dict[str, str]:
        """Macros for the shaders."""
        return {
            "ENVIRONMENT_TEXELS": str(ENVIRONMENT_TEXELS),
            "SPLIT_SUM_TEXELS": str(_SPLIT_SUM_TEXELS),
        }

    def bind(self, light: Light) -> tuple[Array, Array, int]:
        """Make a light current.

        Returns
        -------
        polynomial, reflection : ndarray
            As from `light_factors`.
        last_level : int
            Level of the roughest map.
        """
        if light.environment not in self._environments:
            environment = load_environment(self._folder, light.environment)
            self._environments[light.environment] = environment, self._upload(environment)
        environment, texture = self._environments[light.environment]
        texture.use(SAMPLER_UNITS["t_environment"])
        self._table.use(SAMPLER_UNITS["t_split_sum"])
        polynomial, reflection = light_factors(light, environment)
        return polynomial, reflection, len(environment.levels) - 1

    def _upload(self, environment: Environment) -> Any:
        size = ENVIRONMENT_TEXELS
        texture = self._context.texture((size, size), 4, dtype="f2")
        texture.build_mipmaps(0, len(environment.levels) - 1)
        for i, level in enumerate(environment.levels):
            side = max(size >> i, 1)
            rgba = np.ones((side, side, 4), np.float16)
            rgba[..., :3] = _resampled(level, side)
            texture.write(rgba, level=i)
        texture.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def release(self) -> None:
        """Free the textures."""
        for _, texture in self._environments.values():
            texture.release()
        self._environments.clear()
        self._table.release()


def _resampled(level: Any, side: int) -> Any:
    """Bilinear, corner-aligned resize of a square map."""
    size = level.shape[0]
    if size == side:
        return level
    t = np.linspace(0.0, size - 1.0, side)
    i = np.minimum(t.astype(int), size - 2)
    f = (t - i)[:, None]
    values = level.astype(np.float64)
    rows = values[i] * (1.0 - f[..., None]) + values[i + 1] * f[..., None]
    return rows[:, i] * (1.0 - f) + rows[:, i + 1] * f
