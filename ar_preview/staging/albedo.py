"""How light a skin is and how bright its light: what one colour can tell of two unknowns.

A skin of little melanin in dim light looks as one of much melanin in bright light; what is likely
decides. Colour helps: melanin makes skin redder as it makes it darker, dim light does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["LIGHT_SKIN", "skin_albedo"]

LIGHT_SKIN = np.array([0.565, 0.296, 0.242])
"""Linear albedo of light skin (a scanned head under known light)."""

_MELANIN = np.array([0.70, 0.60, 0.50])
"""What one step of melanin leaves of it; three steps are between the palest and dark skin."""

_MELANIN_MEAN, _MELANIN_SD = 0.3, 0.7
_LIGHT_MEAN, _LIGHT_SD = np.log(0.50), 0.30
"""Log irradiance / pi on a face, in units of white: cameras expose faces alike."""

_WHITE_SD, _HUE_SD = 0.10, 0.10
"""Of the white balance that is left, and of skins of one lightness; logarithms a channel."""

_NOISE_SD = 0.02


def skin_albedo(color: Array) -> Array:
    """Return the most likely albedo of skin that has a colour.

    Linear Gaussian model: log colour = log albedo of light skin + melanin * log effect + log light
    + rest of the white balance + own hue of the skin.

    Parameters
    ----------
    color : ndarray, shape (3,)
        Linear, as seen.

    Returns
    -------
    ndarray, shape (3,)
        Linear.
    """
    effect = np.log(_MELANIN)
    model = np.column_stack([effect, np.ones(3), np.eye(3), np.eye(3)])
    spread = np.diag([_MELANIN_SD**2, _LIGHT_SD**2, *[_WHITE_SD**2] * 3, *[_HUE_SD**2] * 3])
    mean = np.array([_MELANIN_MEAN, _LIGHT_MEAN, *[0.0] * 6])
    innovation = np.log(np.maximum(color, 1e-3)) - np.log(LIGHT_SKIN) - model @ mean
    covariance = model @ spread @ model.T + _NOISE_SD**2 * np.eye(3)
    found = mean + spread @ model.T @ np.linalg.solve(covariance, innovation)
    return np.asarray(np.minimum(LIGHT_SKIN * np.exp(effect * found[0] + found[5:]), 0.95))
