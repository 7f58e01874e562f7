"""How far hair reaches round a hat, as the silhouette of the person tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.pressing.outline import ANGLES

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.pressing.outline import HatOutline
    from ar_preview.tracks import SilhouetteTrack

__all__ = ["hair_reach", "person_at"]

_RADII = np.linspace(0.3, 2.2, 77)
"""Distances at which the silhouette is looked at, relative to the size of the hat."""

_LEAST, _MOST = 0.9, 1.75
"""Where hair may end, relative to the edge of the hat; farther out somebody else is in the way."""

_BAND = 0.1
"""A sure edge has hair so far inside and none so far outside; relative to the hat's size."""

_HAIR = 0.35
"""How surely a pixel must be a person to be hair: loose hair at its edge is half background."""

_NEIGHBOURS = 5
"""Directions whose median is taken."""


def person_at(silhouette: SilhouetteTrack, points_image: Array) -> Array:
    """Return how surely points of the picture are a person, 0 to 1.

    Beyond what was looked at its edge goes on.

    Parameters
    ----------
    silhouette : SilhouetteTrack
    points_image : ndarray, shape (M, N, 2)
        px.
    """
    x0, y0, x1, y1 = silhouette.box
    height, width = silhouette.mask.shape
    cells = (points_image - (x0, y0)) * (width / (x1 - x0), height / (y1 - y0)) - 0.5
    at = cells.astype(np.float32)
    seen = cv2.remap(silhouette.mask, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen / 255.0)


def hair_reach(silhouette: SilhouetteTrack, hat: HatOutline) -> tuple[Array, Array]:
    """Return how far hair reaches in each direction, and how surely.

    Parameters
    ----------
    silhouette : SilhouetteTrack
        Of the head that wears the hat, in the same frame.
    hat : HatOutline

    Returns
    -------
    reach : ndarray, shape (A,)
        By `ANGLES`, relative to the size of the hat.
    sure : ndarray, shape (A,)
        0 to 1: how much more it is a person just inside than just outside.
    """
    person = person_at(silhouette, hat.at(ANGLES[:, None], _RADII[None, :]))
    ends = _first_ends(person, _LEAST * hat.edge)
    inside, outside = (_along(person, ends + away) for away in (-_BAND, _BAND))
    sure = np.where(ends < _MOST * hat.edge, inside - outside, 0.0)
    return _median(ends), np.clip(sure, 0.0, 1.0)


def _first_ends(person: Array, begin: Array) -> Array:
    """Return where a person ends along rays, at `begin` or farther out."""
    farther = (_RADII >= begin[:, None]) & (person < _HAIR)
    k, rays = farther.argmax(axis=1), np.arange(len(person))
    before, here = person[rays, k - 1], person[rays, k]
    share = (before - _HAIR) / np.maximum(before - here, 1e-6)
    ends = _RADII[k - 1] + share * (_RADII[k] - _RADII[k - 1])
    at_once = (before < _HAIR) | (_RADII[k - 1] < begin)
    ends = np.where(at_once, np.maximum(begin, _RADII[k - 1]), ends)
    return np.asarray(np.where(k > 0, ends, _RADII[-1]))


def _along(person: Array, distance: Array) -> Array:
    """Return what is seen along rays at a distance on each."""
    at = (distance - _RADII[0]) / (_RADII[1] - _RADII[0])
    low, rays = np.clip(at.astype(np.intp), 0, len(_RADII) - 2), np.arange(len(person))
    share = np.clip(at - low, 0.0, 1.0)
    return np.asarray(person[rays, low] + share * (person[rays, low + 1] - person[rays, low]))


def _median(values: Array) -> Array:
    wide = np.pad(values, _NEIGHBOURS // 2, mode="edge")
    return np.asarray(
        np.median(np.lib.stride_tricks.sliding_window_view(wide, _NEIGHBOURS), axis=1)
    )
