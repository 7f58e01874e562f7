"""A wrist as the picture shows it: direction, middle and width of the forearm below the hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.registration.hand.edges import colours_at, outward_steps, take_profiles
from ar_preview.registration.hand.lift import KNUCKLES

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["WIDTH_TO_PALM", "WristView", "look_at_wrist"]

WIDTH_TO_PALM = 0.62
"""Expected width of a wrist relative to the length of the palm."""

_STATIONS = np.linspace(0.02, 0.6, 15)
"""Below the wrist landmark, palm lengths."""

_AIMED = 10
"""Stations whose edges are used; beyond, forearms widen."""

_PASSES = 3
_REACH, _STEP, _LINES_APART, _CORE = 1.1, 1.0 / 50.0, 0.02, 0.25
_FIRST_PRIOR_SD, _PRIOR_SD = 0.25, 0.15
_LEAST_SPREAD = np.array([9.0, 3.0, 3.0])
_STILL_SKIN = 4.5
_LEAST_STRENGTH = 0.35
_LEAST_STATIONS = 3
_WIDTH_LIMITS = (0.72, 1.55)
_MOST_BEND = 0.6
_MOST_RESIDUAL = 0.04
_SPAN_FROM, _SPAN_FULL = 0.12, 0.32
"""Length over which edges were seen, palm lengths, from which and at which they alone tell the
direction of the forearm."""

_MOST_TAPER = 0.4
_LEAST_WIDTH_PX = 8.0


@dataclass(frozen=True, eq=False)
class WristView:
    """What was seen of a forearm.

    Parameters
    ----------
    centre_image : ndarray, shape (2,)
        Its middle beside the wrist landmark, px.
    towards_elbow : ndarray, shape (2,)
        Unit direction in the picture.
    width_px : float or None
        None where its edges were not clear.
    bare : float
        How far below the wrist landmark skin reaches, palm lengths; at most .6.
    """

    centre_image: Array
    towards_elbow: Array
    width_px: float | None
    bare: float


def look_at_wrist(
    image: RgbImage, points_image: Array, palm_px: float, expected_px: float
) -> WristView:
    """Return what the picture shows of a wrist; what it does not show is guessed from the palm.

    Lines across the forearm are searched for its edges, the whole is centred and aimed anew by
    straight lines through them, and once more. Nothing beyond the first line that is not of the
    palm's colour counts: a sleeve, a strap, another thing.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    points_image : ndarray, shape (21, 2)
    palm_px : float
        Length of the palm as it is foreshortened in the picture.
    expected_px : float
        Width that is expected.
    """
    wrist = points_image[Lm.WRIST]
    guess = wrist - points_image[list(KNUCKLES)].mean(axis=0)
    guess = guess / max(float(np.linalg.norm(guess)), 1e-9)
    if expected_px < _LEAST_WIDTH_PX:
        return WristView(wrist, guess, None, float(_STATIONS[-1]))
    search = _Search(image, points_image, palm_px)
    centre, direction, width = wrist, guess, expected_px
    fit: _Fit | None = None
    bare = 0.0
    for turn in range(_PASSES):
        prior = _FIRST_PRIOR_SD if turn == 0 else _PRIOR_SD
        fit, bare = search.fit(centre, direction, width, prior)
        if fit is None:
            return WristView(wrist, guess, None, bare)
        normal = np.array([-direction[1], direction[0]])
        slope = 0.0
        if fit.span > 0.15:
            slope = float(np.clip(fit.slope, -_MOST_BEND, _MOST_BEND))
        centre = centre + normal * fit.offset
        direction = direction + slope * normal
        direction = direction / np.linalg.norm(direction)
        low, high = (limit * expected_px for limit in _WIDTH_LIMITS)
        width = float(np.clip(fit.width, low, high))
    assert fit is not None
    if fit.residual > _MOST_RESIDUAL * width:
        return WristView(wrist, guess, None, bare)
    trust = float(np.clip((fit.span - _SPAN_FROM) / (_SPAN_FULL - _SPAN_FROM), 0.0, 1.0))
    if abs(fit.taper) > _MOST_TAPER:
        trust = 0.0
    aimed = (1.0 - trust) * guess + trust * direction
    return WristView(centre, aimed / np.linalg.norm(aimed), width, bare)


@dataclass(frozen=True)
class _Fit:
    """Straight lines through both edges, in px except for the span (palm lengths)."""

    offset: float
    slope: float
    width: float
    residual: float
    span: float
    taper: float


class _Search:
    def __init__(self, image: RgbImage, points_image: Array, palm_px: float) -> None:
        self._image = image
        self._palm_px = palm_px
        share = np.linspace(0.1, 0.9, 9)[:, None, None]
        palm = (1.0 - share) * points_image[Lm.WRIST] + share * points_image[list(KNUCKLES)]
        lab = colours_at(image, palm).reshape(-1, 3)
        self._skin = np.median(lab, axis=0)
        spread = 1.4826 * np.median(np.abs(lab - self._skin), axis=0)
        self._spread = np.maximum(spread, _LEAST_SPREAD)

    def fit(
        self, centre: Array, direction: Array, width: float, prior_sd: float
    ) -> tuple[_Fit | None, float]:
        """Return the lines through the edges if there are enough, and how far skin reaches."""
        profiles = take_profiles(
            self._image,
            centre + self._palm_px * _STATIONS[:, None] * direction,
            direction,
            _REACH * width,
            max(_STEP * width, 0.4),
            _LINES_APART * self._palm_px,
        )
        core = np.abs(profiles.offsets) < _CORE * width
        own = np.median(profiles.lab[:, core], axis=1)
        in_picture = profiles.inside[:, core].all(axis=1)
        away = np.linalg.norm((own - self._skin) / self._spread, axis=1)
        covered = np.flatnonzero((away >= _STILL_SKIN) & in_picture)
        first = int(covered[0]) if len(covered) else len(_STATIONS)
        bare = float(_STATIONS[first - 1]) if first else 0.0
        edges = outward_steps(profiles, own, self._spread, width, prior_sd)
        good = in_picture & (edges.strengths.min(axis=0) > _LEAST_STRENGTH)
        good[min(first, _AIMED) :] = False
        if good.sum() < _LEAST_STATIONS:
            return None, bare
        return _lines(_STATIONS[good], edges.positions[:, good], self._palm_px, width), bare


def _lines(stations: Array, positions: Array, palm_px: float, width: float) -> _Fit:
    lines, residuals = _robust_lines(palm_px * stations, positions, 0.03 * width)
    right, left = lines
    middle = 0.5 * (right + left)
    return _Fit(
        float(middle[0]),
        float(middle[1]),
        float(np.median(positions[0] - positions[1])),
        float(residuals.max()),
        float(np.ptp(stations)),
        float(right[1] - left[1]),
    )


def _robust_lines(x: Array, y: Array, scale: float, rounds: int = 5) -> tuple[Array, Array]:
    """Return intercepts and slopes by reweighted least squares (Cauchy), and the median residuals.

    Parameters
    ----------
    x : ndarray, shape (N,)
    y : ndarray, shape (K, N)

    Returns
    -------
    lines : ndarray, shape (K, 2)
    residuals : ndarray, shape (K,)
    """
    weights = np.ones_like(y)
    for _ in range(rounds):
        total = weights.sum(axis=1)
        x_mean, y_mean = (weights @ x) / total, (weights * y).sum(axis=1) / total
        apart = x - x_mean[:, None]
        moment = weights * apart
        slope = (moment * y).sum(axis=1) / np.maximum((moment * apart).sum(axis=1), 1e-12)
        intercept = y_mean - slope * x_mean
        residual = np.abs(y - intercept[:, None] - slope[:, None] * x)
        weights = 1.0 / (1.0 + (residual / scale) ** 2)
    return np.column_stack([intercept, slope]), np.median(residual, axis=1)
