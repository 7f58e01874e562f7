"""A Scene's light as the textures and factors that the shaders read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import moderngl
import numpy as np

from ar_preview.geometry import SH_CONSTANTS, SH_COSINE_LOBE
from ar_preview.rendering.environment import Environment, load_environment
from ar_preview.rendering.prefilter import (
    RADIANCE_LAYERS,
    dithered,
    prefiltered_layers,
    resampled,
)
from ar_preview.rendering.programs import SAMPLER_UNITS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.scene import Light

__all__ = ["LightUniforms", "Lighting", "light_factors"]

_TEXELS = 256
"""Side of the maps of a bundled environment on the GPU; smaller ones are enlarged."""

_LAYERS = 17
"""Roughness steps: fine enough that the nearest one does, which halves the look-ups."""

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, eq=False)
class LightUniforms:
    """What the shaders are told besides the texture.

    Parameters
    ----------
    polynomial : ndarray, shape (9, 3)
        As from `light_factors`.
    reflection : ndarray, shape (3,)
        Factor on what the texture decodes to.
    texels : int
        Side of the texture.
    layers : int
        Its roughness steps.
    """

    polynomial: Array
    reflection: Array
    texels: int
    layers: int


@dataclass(frozen=True, eq=False)
class _Map:
    """A map of the surroundings and what `prefiltered_layers` makes of it."""

    radiance: npt.NDArray[np.float32]
    peak: float
    layers: npt.NDArray[np.float32]


def _blended(old: _Map, new: _Map, share: float, peak: float) -> npt.NDArray[np.float32]:
    """Return layers between those of two maps, as coded by a peak.

    Cube roots are blended, not light: maps that follow each other differ little.
    """
    if old is new:
        return new.layers
    old_part, new_part = (1.0 - share) * np.cbrt(old.peak / peak), share * np.cbrt(new.peak / peak)
    flat = len(new.layers), -1
    blended = cv2.addWeighted(
        old.layers.reshape(flat), old_part, new.layers.reshape(flat), new_part, 0.0
    )
    return np.asarray(blended, np.float32).reshape(new.layers.shape)


def light_factors(light: Light, environment: Environment | None) -> tuple[Array, Array]:
    """Irradiance polynomial and the factor on reflections.

    A given irradiance also tints and scales the environment, so that what a piece reflects is
    as bright, in the mean over all directions, as what lights it. Radiance that came with the
    irradiance is taken as it is.

    Returns
    -------
    polynomial : ndarray, shape (9, 3)
        Irradiance / pi over the unnormalised harmonics of the shader.
    reflection : ndarray, shape (3,)
    """
    gain = light.exposure * np.asarray(light.white, dtype=np.float64)
    reflection = gain
    if light.irradiance is None:
        harmonics = environment.irradiance if environment is not None else np.zeros((9, 3))
    else:
        harmonics = np.asarray(light.irradiance, dtype=np.float64)
        if environment is not None:
            own = max(float(environment.irradiance[0] @ _LUMINANCE), 1e-6)
            reflection = gain * np.maximum(harmonics[0], 0.0) / own
    polynomial = harmonics * (SH_COSINE_LOBE * SH_CONSTANTS)[:, None] * gain
    return np.asarray(polynomial), np.asarray(reflection)


class Lighting:
    """The environments that were used, and the newest map of the surroundings.

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
        self._maps: list[_Map] = []
        self._shown: tuple[_Map, _Map, float] | None = None
        self._surroundings: Any = None
        self._peak = 1.0

    def bind(self, light: Light) -> LightUniforms:
        """Make a light current."""
        if light.radiance is not None:
            self._follow(light)
            self._surroundings.use(SAMPLER_UNITS["t_environment"])
            polynomial, reflection = light_factors(light, None)
            size = self._surroundings.width
            return LightUniforms(polynomial, reflection * self._peak, size, RADIANCE_LAYERS)
        name = light.environment
        if name not in self._environments:
            environment = load_environment(self._folder, name)
            peak = max(float(level.max()) for level in environment.levels) or 1.0
            self._environments[name] = environment, self._upload(environment, peak), peak
        environment, texture, peak = self._environments[name]
        texture.use(SAMPLER_UNITS["t_environment"])
        polynomial, reflection = light_factors(light, environment)
        return LightUniforms(polynomial, reflection * peak, _TEXELS, _LAYERS)

    def _follow(self, light: Light) -> None:
        """Bring the texture up to date; the same array is taken for the same map."""
        assert light.radiance is not None
        new = self._map_of(light.radiance)
        old = new if light.radiance_before is None else self._map_of(light.radiance_before)
        shown = old, new, light.arrived
        if shown == self._shown:
            return
        self._maps = [old, new]
        self._peak = max(old.peak, new.peak)
        layers = dithered(_blended(old, new, light.arrived, self._peak))
        if self._surroundings is None or self._surroundings.width != layers.shape[1]:
            if self._surroundings is not None:
                self._surroundings.release()
            self._surroundings = self._texture(layers)
        else:
            self._surroundings.write(layers)
        self._shown = shown

    def _map_of(self, radiance: npt.NDArray[np.float32]) -> _Map:
        """Return a map blurred for every roughness; those of the last frame are known."""
        for known in self._maps:
            if known.radiance is radiance:
                return known
        peak = float(radiance.max()) or 1.0
        return _Map(radiance, peak, prefiltered_layers(radiance, peak))

    def _upload(self, environment: Environment, peak: float) -> Any:
        maps = [resampled(level, _TEXELS) for level in environment.levels]
        out = np.zeros((_LAYERS, _TEXELS, _TEXELS, 4), np.uint8)
        for i, position in enumerate(np.linspace(0.0, len(maps) - 1.0, _LAYERS)):
            lower = min(int(position), len(maps) - 2)
            f = np.float32(position - lower)
            radiance = maps[lower] + f * (maps[lower + 1] - maps[lower])
            # Cube root: 8 bits a channel sample fastest on a CPU, and dark rooms need the steps.
            out[i, ..., :3] = np.cbrt(np.clip(radiance / np.float32(peak), 0.0, 1.0)) * 255.0 + 0.5
        return self._texture(out)

    def _texture(self, layers: npt.NDArray[np.uint8]) -> Any:
        count, size = layers.shape[:2]
        texture = self._context.texture_array((size, size, count), 4, layers)
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def release(self) -> None:
        """Free the textures."""
        for _, texture, _ in self._environments.values():
            texture.release()
        self._environments.clear()
        if self._surroundings is not None:
            self._surroundings.release()
        self._surroundings = self._shown = None
        self._maps.clear()
