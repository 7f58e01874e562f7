"""A Scene's light as the textures and factors that the shaders read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import moderngl
import numpy as np

from ar_preview.rendering.environment import Environment, load_environment
from ar_preview.rendering.programs import SAMPLER_UNITS

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import Array
    from ar_preview.scene import Light

__all__ = ["ENVIRONMENT_TEXELS", "Lighting", "light_factors"]

ENVIRONMENT_TEXELS = 256
"""Side of every map on the GPU; smaller ones are enlarged."""

ENVIRONMENT_LAYERS = 17
"""Roughness steps: fine enough that the nearest one does, which halves the look-ups."""

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
    """The environments that were used.

    Parameters
    ----------
    context : moderngl.Context
    folder : Path
        Where environments are read from.
    """

    def __init__(self, context: Any, folder: Path) -> None:
        self._context = context
        self._folder = folder
        self._environments: dict[str, tuple[Environment, Any, float]] = {}

    @property
    def constants(self) -> dict[str, str]:
        """Macros for the shaders."""
        return {
            "ENVIRONMENT_TEXELS": str(ENVIRONMENT_TEXELS),
            "ENVIRONMENT_LAYERS": str(ENVIRONMENT_LAYERS),
        }

    def bind(self, light: Light) -> tuple[Array, Array]:
        """Make a light current.

        Returns
        -------
        polynomial : ndarray, shape (9, 3)
            As from `light_factors`.
        reflection : ndarray, shape (3,)
            Factor on what the environment's texture decodes to.
        """
        name = light.environment
        if name not in self._environments:
            environment = load_environment(self._folder, name)
            peak = max(float(level.max()) for level in environment.levels) or 1.0
            self._environments[name] = environment, self._upload(environment, peak), peak
        environment, texture, peak = self._environments[name]
        texture.use(SAMPLER_UNITS["t_environment"])
        polynomial, reflection = light_factors(light, environment)
        return polynomial, reflection * peak

    def _upload(self, environment: Environment, peak: float) -> Any:
        size, layers = ENVIRONMENT_TEXELS, ENVIRONMENT_LAYERS
        maps = [_resampled(level, size) for level in environment.levels]
        out = np.zeros((layers, size, size, 4), np.uint8)
        for i, position in enumerate(np.linspace(0.0, len(maps) - 1.0, layers)):
            lower = min(int(position), len(maps) - 2)
            f = np.float32(position - lower)
            radiance = maps[lower] + f * (maps[lower + 1] - maps[lower])
            # Cube root: 8 bits a channel sample fastest on a CPU, and dark rooms need the steps.
            out[i, ..., :3] = np.cbrt(np.clip(radiance / np.float32(peak), 0.0, 1.0)) * 255.0 + 0.5
        texture = self._context.texture_array((size, size, layers), 4, out)
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def release(self) -> None:
        """Free the textures."""
        for _, texture, _ in self._environments.values():
            texture.release()
        self._environments.clear()


def _resampled(level: Any, side: int) -> Any:
    """Bilinear, corner-aligned resize of a square map."""
    size = level.shape[0]
    if size == side:
        return level.astype(np.float32)
    t = np.linspace(0.0, size - 1.0, side, dtype=np.float32)
    i = np.minimum(t.astype(int), size - 2)
    f = (t - i)[:, None].astype(np.float32)
    values = level.astype(np.float32)
    rows = values[i] * (1.0 - f[..., None]) + values[i + 1] * f[..., None]
    return rows[:, i] * (1.0 - f) + rows[:, i + 1] * f
