"""Where the picture shows the outline of an arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera

__all__ = ["outline_shift"]

_ALONG = np.linspace(0.0, 1.6, 33)
"""Below the shoulder, in radii of the arm there, where its outline is looked for: chains come near
it there, and elbows are less surely known."""

_ACROSS = np.linspace(0.2, 2.2, 81)
"""Beside its axis, in radii."""

_LINES = np.linspace(0.5, 1.9, 57)
_SLANTS = np.linspace(-0.3, 0.3, 13)
_LINE_SD, _SLANT_SD = 0.5, 0.15
"""Places of the outline that are tried, in radii beside the axis, its slants to it, and by how much
they are wrong as expected: outlines of 16 bare and clothed arms were found at .6 to 1.3."""

_BLUR = 0.05
_SHARPEST = 120.0
_LEAST = 5.0
"""Smoothing in radii; and the change of colour, CIELAB units a radius, from which an edge counts no
more, and the least beyond what is usual nearby, as round arms are shaded."""

_ROWS_SHARE = 0.4
"""Quantile over the rows of what an outline shows: it may be faint in some."""


def outline_shift(image: RgbImage, camera: Camera, arm: Array, radius: float, to: Array) -> Array:
    """Return how far an arm's ends must move for its outline to lie where the picture has one.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    camera : Camera
    arm : ndarray, shape (2, 3)
        Shoulder and elbow, camera space, metres.
    radius : float
        Of the arm at the shoulder, metres.
    to : ndarray, shape (3,)
        The side of the arm on which its outline is looked for.

    Returns
    -------
    ndarray, shape (2, 2)
        Of shoulder and elbow, px; zero where the picture shows no outline.
    """
    shoulder, elbow, side = camera.project(np.vstack([arm, to]))
    reach = camera.fx * radius / arm[0, 2]
    length = float(np.linalg.norm(elbow - shoulder))
    if length < 0.5 * reach or reach < 4.0:
        return np.zeros((2, 2))
    along = (elbow - shoulder) / length
    across = np.array([-along[1], along[0]])
    across = across if (side - shoulder) @ across > 0.0 else -across
    grid = shoulder + reach * (_ALONG[:, None, None] * along + _ACROSS[None, :, None] * across)
    edges = _edges(image, grid, _BLUR * reach)
    if edges is None:
        return np.zeros((2, 2))
    shown = _shown(np.minimum(edges / (_ACROSS[1] - _ACROSS[0]), _SHARPEST))
    shown = np.maximum(shown - np.median(shown), 0.0)
    shown *= np.exp(-0.5 * ((_LINES - 1.0) / _LINE_SD) ** 2)[:, None]
    shown *= np.exp(-0.5 * (_SLANTS / _SLANT_SD) ** 2)
    line, slant = np.unravel_index(int(shown.argmax()), shown.shape)
    if shown[line, slant] < _LEAST:
        return np.zeros((2, 2))
    down = np.array([0.0, min(length / reach, _ALONG[-1])]) - _ALONG.mean()
    off = _LINES[line] - 1.0 + _SLANTS[slant] * down
    return np.asarray(reach * off[:, None] * across)


def _edges(image: RgbImage, grid: Array, blur: float) -> Array | None:
    """Return how fast colour changes along the rows of a grid, CIELAB units a step; 0 outside."""
    most = np.array(image.shape[1::-1])
    margin = int(np.ceil(3.0 * blur)) + 1
    first = np.maximum(np.floor(grid.min(axis=(0, 1))).astype(int) - margin, 0)
    last = np.minimum(np.ceil(grid.max(axis=(0, 1))).astype(int) + margin, most)
    if (last - first).min() < 2:
        return None
    part = image[first[1] : last[1], first[0] : last[0]].astype(np.float32) / 255.0
    soft = cv2.GaussianBlur(part, (0, 0), max(blur, 0.3))
    at = (grid - first - 0.5).astype(np.float32)
    x, y = at[..., 0], at[..., 1]
    colours = cv2.remap(soft, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lab = np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2LAB), np.float64)
    inside = ((grid > 0.0) & (grid < most)).all(axis=-1)
    return np.asarray(np.linalg.norm(np.gradient(lab, axis=1), axis=-1) * inside)


def _shown(edges: Array) -> Array:
    """Return what of each line, by place and slant, is seen as an edge."""
    places = _LINES[:, None, None] + _SLANTS[:, None] * (_ALONG - _ALONG.mean())
    steps = np.clip((places - _ACROSS[0]) / (_ACROSS[1] - _ACROSS[0]), 0.0, len(_ACROSS) - 1.001)
    below = steps.astype(int)
    share = steps - below
    rows = np.arange(len(_ALONG))
    found = edges[rows, below] * (1.0 - share) + edges[rows, below + 1] * share
    return np.asarray(np.quantile(found, _ROWS_SHARE, axis=-1))
