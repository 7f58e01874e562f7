"""Closed plane curves: splines, fairing, sampling by curvature (millimetres)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import BSpline
from scipy.ndimage import gaussian_filter1d

from ar_preview.workshop.meshkit.mesh import unit

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = [
    "adaptive_closed",
    "bspline_outline",
    "fair_closed",
    "left_normals",
    "resample_closed",
    "signed_area",
    "smoothstep",
]

_FAIRING_STEP_MM = 0.15


def smoothstep(x: npt.ArrayLike, start: float, end: float) -> Array:
    """Rise from 0 at `start` to 1 at `end` with zero slope at both (quintic, C2)."""
    t = np.clip((np.asarray(x, dtype=np.float64) - start) / (end - start), 0.0, 1.0)
    return np.asarray(t**3 * (t * (6.0 * t - 15.0) + 10.0))


def signed_area(points: Array) -> float:
    """Area of a closed curve of shape (N, 2); positive if counter-clockwise."""
    x, y = points.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def left_normals(points: Array) -> Array:
    """Return unit normals to the left of travel of a closed curve, shape (N, 2).

    They point into the enclosed area of a counter-clockwise curve.
    """
    tangent = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    return unit(np.stack([-tangent[:, 1], tangent[:, 0]], axis=1))


def _cumulative(points: Array) -> tuple[Array, Array]:
    closed = np.vstack([points, points[:1]])
    steps = np.linalg.norm(np.diff(closed, axis=0), axis=1)
    return closed, np.concatenate([[0.0], np.cumsum(steps)])


def resample_closed(points: Array, step: float) -> Array:
    """Sample a closed curve evenly by arc length, shape (M, 2).

    Parameters
    ----------
    points : ndarray, shape (N, 2)
    step : float
        Wanted spacing in mm.
    """
    closed, length = _cumulative(points)
    count = max(12, round(float(length[-1]) / step))
    at = np.linspace(0.0, length[-1], count, endpoint=False)
    return np.stack([np.interp(at, length, closed[:, k]) for k in range(2)], axis=1)


def fair_closed(points: Array, sigma: float) -> Array:
    """Smooth a closed curve so that its curvature, and with it every highlight, flows.

    Parameters
    ----------
    points : ndarray, shape (N, 2)
    sigma : float
        Width of the Gaussian along the curve, mm.
    """
    dense = resample_closed(points, _FAIRING_STEP_MM)
    return np.asarray(gaussian_filter1d(dense, sigma / _FAIRING_STEP_MM, axis=0, mode="wrap"))


def adaptive_closed(points: Array, shortest: float, longest: float, deviation: float) -> Array:
    """Sample a dense closed curve by its curvature.

    Parameters
    ----------
    points : ndarray, shape (N, 2)
        Dense and fair.
    shortest, longest : float
        Bounds of the spacing, mm.
    deviation : float
        Wanted distance of chord and curve, mm: a chord of length c on a radius R leaves
        c^2 / (8 R).
    """
    closed, length = _cumulative(points)
    steps = np.diff(length)
    tangent = unit(np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0))
    turn = np.linalg.norm(np.roll(tangent, -1, axis=0) - np.roll(tangent, 1, axis=0), axis=1)
    curvature = turn / (steps + np.roll(steps, 1))
    spacing = np.clip(np.sqrt(8.0 * deviation / np.maximum(curvature, 1e-9)), shortest, longest)
    # Neighbouring chords should grow slowly, or the strips beside them shear.
    spacing = gaussian_filter1d(spacing, longest / 2.0 / float(steps.mean()), mode="wrap")
    # Both ends of a step count alike, so that a symmetric curve is sampled symmetrically.
    between = 0.5 * (spacing + np.roll(spacing, -1))
    count_along = np.concatenate([[0.0], np.cumsum(steps / between)])
    count = max(12, int(np.ceil(count_along[-1])))
    at = np.linspace(0.0, count_along[-1], count, endpoint=False)
    return np.stack([np.interp(at, count_along, closed[:, k]) for k in range(2)], axis=1)


def bspline_outline(
    control: tuple[tuple[float, float], ...], width: float, height: float, step: float = 0.15
) -> Array:
    """Draw a closed uniform cubic B-spline, fitted to a box around the origin.

    Parameters
    ----------
    control : tuple of (float, float)
        Control polygon, any unit.
    width, height : float
        Box of the result, mm.
    step : float
        Spacing of the samples, mm.

    Returns
    -------
    ndarray, shape (N, 2)
        Counter-clockwise.
    """
    polygon = np.asarray(control, dtype=np.float64)
    wrapped = np.vstack([polygon, polygon[:3]])
    knots = np.arange(len(wrapped) + 4, dtype=np.float64)
    curve = BSpline(knots, wrapped, 3)(np.linspace(3.0, len(wrapped), 6000, endpoint=False))
    low, high = curve.min(axis=0), curve.max(axis=0)
    curve = (curve - 0.5 * (low + high)) / (high - low) * [width, height]
    if signed_area(curve) < 0:
        curve = curve[::-1]
    return resample_closed(curve, step)
