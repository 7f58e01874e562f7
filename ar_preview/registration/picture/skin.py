"""Where the skin is over a given face, as features seen from several sides tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.registration.picture.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.geometry import Array, Camera
    from ar_preview.registration.picture.adjust import BundleView
    from ar_preview.registration.picture.chart import Chart
    from ar_preview.registration.picture.features import FeatureMap

__all__ = ["SkinSamples", "sample_skin"]

_PIXEL_SD = 1.0
"""What matching is off by in the same way through many views."""

_UNKNOWN_SD_M = 0.006
_MOST_SAMPLES = 160


@dataclass(frozen=True, eq=False)
class SkinSamples:
    """Heights of the true skin over a face.

    Parameters
    ----------
    points_head, normals_head : ndarray, shape (N, 3)
        Places on the face, canonical metres, and its normals there.
    heights, deviations : ndarray, shape (N,)
        How far outside the face the skin is along the normals, and the standard deviation of
        that; large where the views are too much alike to tell depth.
    """

    points_head: Array
    normals_head: Array
    heights: Array
    deviations: Array


def sample_skin(
    vertices_head: Array,
    chart: Chart,
    features: FeatureMap,
    views: Sequence[BundleView],
    camera: Camera,
) -> SkinSamples:
    """Compare a face with the features of a map.

    Parameters
    ----------
    vertices_head : ndarray, shape (468, 3)
        Canonical metres.
    chart : Chart
    features : FeatureMap
        Adjusted.
    views : sequence of BundleView
        That the features were adjusted to.
    camera : Camera
    """
    ids = np.concatenate([v.ids for v in views])
    information = np.zeros((len(features.points_head), 3, 3))
    for view in views:
        seen = np.unique(view.ids)
        centre = view.camera_from_head.inverse().translation
        ray = features.points_head[seen] - centre
        distance = np.linalg.norm(ray, axis=1)
        ray /= distance[:, None]
        across = np.eye(3) - ray[:, :, None] * ray[:, None, :]
        information[seen] += across * ((camera.fx / _PIXEL_SD / distance) ** 2)[:, None, None]
    ids = features.at_rest(ids)
    surface = Surface(chart, vertices_head)
    points, normals = surface.points_and_normals_at(features.texels[ids])
    covariance = np.linalg.inv(information[ids] + np.eye(3) / _UNKNOWN_SD_M**2)
    deviations = np.sqrt(np.einsum("ni,nij,nj->n", normals, covariance, normals))
    heights = ((features.points_head[ids] - points) * normals).sum(axis=1)
    best = np.sort(np.argsort(deviations, kind="stable")[:_MOST_SAMPLES])
    return SkinSamples(points[best], normals[best], heights[best], deviations[best])
