"""Edges of a limb in the picture: where skin ends on both sides of its middle line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import opencv_from_image

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["Edges", "Profiles", "colours_at", "outward_steps", "take_profiles"]

_STEP_SHARE = 0.04
"""Half the length over which a step of colour is measured, of the expected width."""

_LIGHTNESS_WEIGHT = 0.5
"""Shading changes lightness inside the limb too."""

_FROM_SKIN, _PLAIN = 3.0, 25.0
"""Steps away from skin (in its own spread) and plain steps (Lab levels) that count 1."""


@dataclass(frozen=True, eq=False)
class Profiles:
    """Colours along lines across a limb.

    Parameters
    ----------
    offsets : ndarray, shape (S,)
        Signed distance from the middle line, px, evenly spaced.
    lab : ndarray, shape (T, S, 3)
        CIELAB as OpenCV scales it to 8 bits.
    inside : ndarray, shape (T, S)
        Whether the place is in the picture.
    """

    offsets: Array
    lab: Array
    inside: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Edges:
    """Strongest outward steps of each profile.

    Parameters
    ----------
    positions : ndarray, shape (2, T)
        Offset on the positive and on the negative side, px.
    strengths : ndarray, shape (2, T)
    """

    positions: Array
    strengths: Array


def take_profiles(
    image: RgbImage, middles: Array, along: Array, reach: float, step: float, spread: float
) -> Profiles:
    """Sample lines across a limb, each the mean of three.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    middles : ndarray, shape (T, 2)
        Where the lines cross the middle line, px.
    along : ndarray, shape (2,)
        Unit direction of the limb; offsets grow along (-along.y, along.x).
    reach, step : float
        Length to each side and distance of the samples, px.
    spread : float
        Distance of the three lines along the limb, px.
    """
    count = int(np.ceil(reach / step))
    offsets = np.asarray(step * np.arange(-count, count + 1), np.float64)
    normal = np.array([-along[1], along[0]])
    places = middles[:, None] + offsets[:, None] * normal
    lines = places[None] + spread * np.array([-1.0, 0.0, 1.0])[:, None, None, None] * along
    flat = lines.reshape(-1, lines.shape[2], 2)
    lab = colours_at(image, flat).reshape(3, len(middles), len(offsets), 3).mean(axis=0)
    height, width = image.shape[:2]
    inside = (places >= 1.0).all(axis=2) & (places <= [width - 1.0, height - 1.0]).all(axis=2)
    return Profiles(offsets, lab, inside)


def colours_at(image: RgbImage, points_image: Array) -> Array:
    """Return the CIELAB colours at points of shape (R, C, 2), px."""
    at = opencv_from_image(points_image.reshape(-1, 2)).astype(np.float32)
    at = at.reshape(points_image.shape)
    rgb = cv2.remap(
        image, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    lab = cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    return np.asarray(lab, np.float64) * [2.55, 1.0, 1.0]


def outward_steps(
    profiles: Profiles, skin: Array, spread: Array, width: float, prior_sd: float
) -> Edges:
    """Find where each profile leaves the skin, on both sides.

    A step counts by how far it leads away from the colour of the skin and how strong it is, and
    by how near it is to where the edge is expected: half the width from the middle.

    Parameters
    ----------
    profiles : Profiles
    skin : ndarray, shape (3,) or (T, 3)
        Colour of the skin, for all or for each profile.
    spread : ndarray, shape (3,)
        Its deviation.
    width : float
        Expected width, px.
    prior_sd : float
        Deviation of an edge from where it is expected, as a share of the width.
    """
    lab, offsets = profiles.lab, profiles.offsets
    step = float(offsets[1] - offsets[0])
    k = max(1, round(_STEP_SHARE * width / step))
    distance = np.linalg.norm((lab - np.atleast_2d(skin)[:, None]) / spread, axis=2)
    leaving = np.zeros_like(distance)
    leaving[:, k:-k] = distance[:, 2 * k :] - distance[:, : -2 * k]
    plain = np.zeros_like(distance)
    change = (lab[:, 2 * k :] - lab[:, : -2 * k]) * [_LIGHTNESS_WEIGHT, 1.0, 1.0]
    plain[:, k:-k] = np.linalg.norm(change, axis=2)
    prior = np.exp(-0.5 * ((np.abs(offsets) / width - 0.5) / prior_sd) ** 2)
    positions, strengths = [], []
    for side in (1.0, -1.0):
        score = np.maximum(side * leaving, 0.0) / _FROM_SKIN + plain / _PLAIN
        score = score * prior * profiles.inside
        score[:, (side * offsets < 0.22 * width)] = 0.0
        at = np.clip(score.argmax(axis=1), 1, len(offsets) - 2)
        rows = np.arange(len(score))
        before, best, after = (score[rows, at + d] for d in (-1, 0, 1))
        bow = before - 2.0 * best + after
        shift = np.where(bow < -1e-9, 0.5 * (before - after) / np.minimum(bow, -1e-9), 0.0)
        positions.append(offsets[at] + step * np.clip(shift, -1.0, 1.0))
        strengths.append(best)
    return Edges(np.array(positions), np.array(strengths))
