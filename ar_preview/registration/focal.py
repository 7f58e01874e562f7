"""How long the lens of an unknown camera is, told by the perspective of a face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import is_cut
from ar_preview.registration.pnp import solve_head_pose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.geometry import Array, Camera

__all__ = ["likely_zoom"]

_FOCALS = np.geomspace(0.4, 3.2, 16)
"""Focal lengths that are tried, in longer sides of the picture: 103 to 18 degrees."""

_WHOLE_LOG_SD, _CUT_LOG_SD = 0.2, 0.4
"""Webcams and telephones see 55 to 90 degrees; what is left in a picture that was cut, anything."""

_DISTANCE_M, _DISTANCE_LOG_SD = 0.6, 0.6
"""From an arm's length with a telephone to a portrait across a room."""

_MISFIT, _VOICES = 0.012, 5.0
"""Rms by which landmarks miss the canonical face, as a share of the face's width, and as how many
independent points they count. Their errors go together and no face is the canonical one: on
rendered heads the best focal length alone is off by some 20 %."""


def likely_zoom(camera: Camera, faces: Sequence[Array], vertices_head: Array) -> float:
    """Return the factor that makes the focal lengths of an assumed camera the likely ones.

    The nearer a head, the larger its nose beside its ears. Every focal length puts the head at
    another distance, and how well the landmarks fit there is weighed with how likely lens and
    distance are: the mean of the posterior over a grid.

    Parameters
    ----------
    camera : Camera
        What is assumed.
    faces : sequence of ndarray, shape (N, 2)
        Landmarks of each face, px; NaN where there is none.
    vertices_head : ndarray, shape (N, 3)
        The same landmarks of the canonical face, metres.

    Returns
    -------
    float
        1 where no face tells.
    """
    assumed = max(camera.fx, camera.fy) / max(camera.width, camera.height)
    zooms = _FOCALS / assumed
    spread = _CUT_LOG_SD if is_cut((camera.width, camera.height)) else _WHOLE_LOG_SD
    scores = -0.5 * (np.log(zooms) / spread) ** 2
    told = False
    for points in faces:
        fits = np.array([_log_likelihood(camera.zoomed(z), points, vertices_head) for z in zooms])
        if np.isfinite(fits).any():
            scores, told = scores + fits, True
    if not told:
        return 1.0
    weights = np.exp(scores - scores.max())
    return float(np.exp((weights * np.log(zooms)).sum() / weights.sum()))


def _log_likelihood(camera: Camera, points: Array, vertices_head: Array) -> float:
    pose = solve_head_pose(points, vertices_head, camera)
    if pose is None:
        return -np.inf
    off = camera.project(pose @ vertices_head) - points
    variance = np.nanmean((off**2).sum(axis=1)) / np.ptp(points[np.isfinite(points[:, 0]), 0]) ** 2
    distance = float(np.linalg.norm(pose.translation))
    near = np.log(distance / _DISTANCE_M) / _DISTANCE_LOG_SD
    return float(-0.5 * _VOICES * variance / _MISFIT**2 - 0.5 * near**2)
