"""Environments: distant light in camera axes, prefiltered for every roughness.

The file is a ``.npz`` with ``level_0 ... level_n`` (square octahedral maps of linear radiance,
float16, level i prefiltered for perceptual roughness i / n) and ``irradiance`` (9 x 3 float32,
spherical-harmonics radiance of order 2). Maps are corner-aligned: the outermost texel centres
lie on the fold, so clamped bilinear look-ups have no seam.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ar_preview.errors import RenderError

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import Array

__all__ = ["Environment", "load_environment", "save_environment"]

_SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, eq=False)
class Environment:
    """Distant light around the product.

    Parameters
    ----------
    levels : tuple of ndarray, shape (N_i, N_i, 3), float16
        Octahedral maps of linear radiance in camera axes, by rising roughness.
    irradiance : ndarray, shape (9, 3)
        Spherical-harmonics radiance of order 2, linear RGB, camera axes.
    """

    levels: tuple[npt.NDArray[np.float16], ...]
    irradiance: Array


def load_environment(folder: Path, name: str) -> Environment:
    """Read ``<folder>/<name>.npz``.

    Raises
    ------
    RenderError
        If there is no such environment or the file is broken.
    """
    path = folder / f"{name}.npz"
    if not _SAFE_NAME.fullmatch(name) or not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.npz"))) or "none"
        raise RenderError(f"no environment is called {name!r}; there are: {known}")
    try:
        with np.load(path, allow_pickle=False) as data:
            count = sum(key.startswith("level_") for key in data.files)
            levels = tuple(np.asarray(data[f"level_{i}"], np.float16) for i in range(count))
            irradiance = np.asarray(data["irradiance"], np.float64)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise RenderError(f"the environment {path.name} cannot be read: {error}") from error
    fits = [m.ndim == 3 and m.shape[0] == m.shape[1] >= 2 and m.shape[2] == 3 for m in levels]
    if len(levels) < 2 or not all(fits) or irradiance.shape != (9, 3):
        shapes = [m.shape for m in levels]
        raise RenderError(
            f"expected square maps and (9, 3) harmonics in {path.name}, got {shapes} and "
            f"{irradiance.shape}; build it again"
        )
    return Environment(levels, irradiance)


def save_environment(environment: Environment, path: Path) -> None:
    """Write the file that `load_environment` reads; the same light gives the same bytes."""
    arrays: dict[str, npt.NDArray[Any]] = {
        f"level_{i}": level for i, level in enumerate(environment.levels)
    }
    arrays["irradiance"] = environment.irradiance.astype(np.float32)
    np.savez_compressed(path, allow_pickle=False, **arrays)
