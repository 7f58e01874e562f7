"""The part of image-based reflection that depends on the surface alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["split_sum_table"]


@lru_cache(maxsize=2)
def split_sum_table(size: int = 32, samples: int = 256) -> npt.NDArray[np.float32]:
    """Scale and bias of F0 in the split-sum approximation of GGX (Karis 2013).

    Height-correlated Smith shadowing, as in the glTF 2.0 specification, appendix B.

    Parameters
    ----------
    size : int
        Entries a side; corner-aligned: row is perceptual roughness 0..1, column N.V 0..1.
    samples : int
        Half vectors an entry.

    Returns
    -------
    ndarray, shape (size, size, 2), float32
        ``specular albedo = F0 * [..., 0] + F90 * [..., 1]``.
    """
    alpha = (np.linspace(0.0, 1.0, size) ** 2).clip(1e-4)[:, None, None]
    cos_v = np.linspace(0.0, 1.0, size).clip(1e-3)[None, :, None]
    i = np.arange(samples) + 0.5
    u, phi = i / samples, i * np.pi * (3.0 - np.sqrt(5.0))
    cos_h = np.sqrt((1.0 - u) / (1.0 + (alpha**2 - 1.0) * u))
    sin_h = np.sqrt((1.0 - cos_h**2).clip(0.0))
    sin_v = np.sqrt(1.0 - cos_v**2)
    cos_vh = sin_v * sin_h * np.cos(phi) + cos_v * cos_h
    cos_l = 2.0 * cos_vh * cos_h - cos_v
    lit = (cos_l > 0.0) & (cos_vh > 0.0)
    cos_l = cos_l.clip(1e-6)
    smith = cos_l * np.sqrt(cos_v**2 * (1.0 - alpha**2) + alpha**2) + cos_v * np.sqrt(
        cos_l**2 * (1.0 - alpha**2) + alpha**2
    )
    weight = np.where(lit, 2.0 * cos_l * cos_vh / (smith * cos_h.clip(1e-6)), 0.0)
    fresnel = (1.0 - cos_vh.clip(0.0, 1.0)) ** 5
    table = np.stack(
        [((1.0 - fresnel) * weight).mean(axis=-1), (fresnel * weight).mean(axis=-1)], axis=-1
    )
    table = table.astype(np.float32)
    table.setflags(write=False)
    return table
