"""The edge between iris and white of the eye, measured in the picture itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import opencv_from_image
from ar_preview.registration.picture.solve import median

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["Limbus", "find_limbus"]

# Lids cover the iris above and below; the sides are free. Degrees from the horizontal, down.
_SECTOR_DEGREES = (-35.0, 45.0)
_RAYS_A_SIDE = 28
_SEARCH = (0.72, 1.40)
"""Where the edge is looked for, as shares of the tracked radius; the tracker draws irises from a
tenth too small to a fifth too large."""

_MARGIN = 0.45
_SMOOTHING = 0.08
"""Sigma of the derivative along a ray, as a share of the radius: the limbus itself is a soft
band of about a tenth of the radius."""

_STEPS_A_RADIUS = 24
_STEPS = np.arange(_SEARCH[0] - _MARGIN, _SEARCH[1] + _MARGIN, 1.0 / _STEPS_A_RADIUS)
"""Where a ray is sampled, as shares of the radius."""

_SEARCHED = slice(*np.searchsorted(_STEPS, _SEARCH).tolist())
_DIRECTIONS = np.array(
    [
        (side * np.cos(angle), np.sin(angle))
        for side in (1.0, -1.0)
        for angle in np.radians(np.linspace(*_SECTOR_DEGREES, _RAYS_A_SIDE))
    ]
)
"""Of the rays, those to the right side first."""

_RAYS = (_DIRECTIONS.T[:, :, None] * _STEPS).astype(np.float32)
"""Where rays are sampled, x and y (2, rays, steps), as shares of the radius."""

_ROUNDS, _ITERATIONS, _LENGTHENED = 3, 3, 1.5
"""Every step but the first is lengthened, as reweighted ones go too short a way."""

_STANDS, _CONVERGED = 0.01, 1e-3
"""Shares of the radius by which a round or an iteration must still move the circle to go on."""

_MIN_RADIUS_PX = 3.5
_MIN_SIDE_RAYS = 7
_MAX_RESIDUAL = 0.045
_MIN_CONTRAST, _MIN_CONTRAST_SHARE = 8.0, 0.14
"""Least rise from iris to white: 8-bit levels, and share of the white's own level."""

_DAMPING = 1e-9 * np.eye(3)
_SHIFT = 4


@dataclass(frozen=True, eq=False)
class Limbus:
    """The outline of one iris in the picture.

    Parameters
    ----------
    centre_image : ndarray, shape (2,)
        px.
    radius_px : float
    residual : float
        Rms distance of the edge points from the circle, as a share of the radius.
    """

    centre_image: Array
    radius_px: float
    residual: float


def find_limbus(
    gray: npt.NDArray[np.uint8], centre_image: Array, radius_px: float, ring_image: Array
) -> Limbus | None:
    """Fit a circle to the sides of an iris.

    Along rays from the middle of the iris to both sides the steepest rise of brightness is
    found below a pixel; a robust circle through these points is the limbus. Both sides must
    be seen, so an eye that looks far aside, a squint or a blink gives nothing.

    Parameters
    ----------
    gray : ndarray, shape (H, W), uint8
        The picture.
    centre_image : ndarray, shape (2,)
        About the middle of the iris, px.
    radius_px : float
        About its radius.
    ring_image : ndarray, shape (16, 2)
        Outline of the lids, px.

    Returns
    -------
    Limbus or None
        None where the eye is too small, too closed or too flat in contrast to tell.
    """
    if not radius_px >= _MIN_RADIUS_PX:
        return None
    patch = _patch(gray, centre_image, 2.2 * radius_px * (1 + _MARGIN))
    if patch is None:
        return None
    values, corner = patch
    centre = np.asarray(centre_image, dtype=np.float64) - corner
    open_eye = _between_lids(values.shape, ring_image - corner)
    fitted: tuple[Array, float, float] | None = None
    radius = radius_px
    for _ in range(_ROUNDS):
        edges, right = _edges(values, open_eye, centre, radius)
        fitted = _circle(edges, right, centre, radius)
        if fitted is None:
            return None
        moved = np.linalg.norm(fitted[0] - centre) + abs(fitted[1] - radius)
        centre, radius = fitted[0], fitted[1]
        if moved < _STANDS * radius:
            break
    low, high = _SEARCH
    if fitted is None or not low < radius / radius_px < high:
        return None
    return Limbus(centre + corner, radius, fitted[2])


def _patch(
    gray: npt.NDArray[np.uint8], centre: Array, half: float
) -> tuple[npt.NDArray[np.float32], Array] | None:
    """Cut out the eye; None where it leaves the picture."""
    height, width = gray.shape
    low = np.floor(centre - half).astype(int)
    high = np.ceil(centre + half).astype(int)
    if low.min() < 0 or high[0] > width or high[1] > height:
        return None
    part = gray[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    return part, low.astype(np.float64)


def _between_lids(shape: tuple[int, ...], ring: Array) -> npt.NDArray[np.float32]:
    """Return 1 between the lids and 0 elsewhere."""
    mask = np.zeros(shape[:2], np.float32)
    corners = np.round(opencv_from_image(ring) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], (1.0,), lineType=cv2.LINE_8, shift=_SHIFT)
    return mask


def _edges(
    values: npt.NDArray[np.float32],
    open_eye: npt.NDArray[np.float32],
    centre: Array,
    radius: float,
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return edge points (N, 2) and which of them lie on the right side."""
    x, y = opencv_from_image(centre).tolist()
    places = radius * _RAYS[0] + x, radius * _RAYS[1] + y
    profiles = cv2.remap(values, *places, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    # A sum of neighbouring rays calms the noise; across the circle's arc it blurs nothing.
    half = _RAYS_A_SIDE
    for side in (slice(0, half), slice(half, None)):
        profiles[side] = cv2.blur(profiles[side], (1, 5), borderType=cv2.BORDER_REPLICATE)
    sigma = _SMOOTHING * _STEPS_A_RADIUS
    smooth = cv2.GaussianBlur(profiles, (0, 0), sigmaX=sigma, sigmaY=0.01)
    rise = np.zeros_like(smooth)
    rise[:, 1:-1] = 0.5 * (smooth[:, 2:] - smooth[:, :-2])
    # The rise must stay between the lids: past them skin is bright, too.
    seen = cv2.remap(open_eye, *places, cv2.INTER_LINEAR)
    window = np.where(seen[:, _SEARCHED] > 0.5, rise[:, _SEARCHED], -np.inf)
    peak = window.argmax(axis=1)
    rows = np.arange(len(window))
    ends = (peak == 0) | (peak == window.shape[1] - 1)
    at = peak + _SEARCHED.start
    a, b, c = rise[rows, at - 1], rise[rows, at], rise[rows, at + 1]
    shift = 0.5 * (c - a) / np.maximum(2 * b - a - c, 1e-9)
    lag = round(0.25 * _STEPS_A_RADIUS)
    outer = smooth[rows, np.minimum(at + lag, smooth.shape[1] - 1)]
    contrast = outer - smooth[rows, at - lag]
    good = np.isfinite(window[rows, peak]) & ~ends & (np.abs(shift) <= 1)
    good &= contrast > np.maximum(_MIN_CONTRAST, _MIN_CONTRAST_SHARE * outer)
    distance = radius * (_STEPS[at] + shift / _STEPS_A_RADIUS)
    edges = centre + _DIRECTIONS * distance[:, None]
    return edges[good], (rows < half)[good]


def _circle(
    edges: Array, right: npt.NDArray[np.bool_], centre: Array, radius: float
) -> tuple[Array, float, float] | None:
    """Robust circle: centre, radius and rms residual over the radius."""
    if min(right.sum(), (~right).sum()) < _MIN_SIDE_RAYS:
        return None
    count = len(edges)
    across, down = np.ascontiguousarray(edges.T)
    x, y, r = float(centre[0]), float(centre[1]), float(radius)
    # The arcs say little about height: hold it near where the iris was tracked.
    hold = 0.02 * count
    rows, weights = np.ones((3, count)), np.ones(count)
    for lengthened in (1.0, *(_ITERATIONS - 1) * (_LENGTHENED,)):
        away_x, away_y = across - x, down - y
        distance = np.maximum(np.sqrt(away_x * away_x + away_y * away_y), 1e-9)
        residual = distance - r
        scale = max(1.48 * median(np.abs(residual)), 0.012 * radius)
        weights = 1.0 / (1.0 + (residual / (2.0 * scale)) ** 2) ** 2
        # Of the residual by centre and radius the derivative is minus the row.
        np.divide(away_x, distance, out=rows[0])
        np.divide(away_y, distance, out=rows[1])
        weighted = rows * weights
        system, side = weighted @ rows.T + _DAMPING, weighted @ residual
        system[1, 1] += hold
        side[1] -= hold * (y - float(centre[1]))
        step_x, step_y, step_r = (lengthened * np.linalg.solve(system, side)).tolist()
        x, y, r = x + step_x, y + step_y, r + step_r
        if max(abs(step_x), abs(step_y), abs(step_r)) < _CONVERGED * radius:
            break
        if not (math.isfinite(x + y + r) and 0.5 * radius < r < 2.0 * radius):
            return None
    kept = weights > 0.3
    if min((kept & right).sum(), (kept & ~right).sum()) < _MIN_SIDE_RAYS:
        return None
    away = np.hypot(across[kept] - x, down[kept] - y) - r
    spread = math.sqrt(float(away @ away) / len(away)) / r
    if spread > _MAX_RESIDUAL:
        return None
    return np.array([x, y]), r, spread
