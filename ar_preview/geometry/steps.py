"""Smooth ways between two values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry.pixels import Array

__all__ = ["smooth_step"]


def smooth_step(low: float, high: float, x: Array) -> Array:
    """Return 0 below `low`, 1 above `high`, and a smooth way between: t^2 (3 - 2 t)."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))
