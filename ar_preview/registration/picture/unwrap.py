"""From a picture to the face's own flat texture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import OPENCV_PIXEL_OFFSET
from ar_preview.registration.picture.chart import LATTICE_STEP
from ar_preview.registration.picture.surface import solved_pairs

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Camera, RigidTransform
    from ar_preview.registration.picture.chart import Chart
    from ar_preview.registration.picture.surface import Surface, View

__all__ = ["Unwrapped", "flatten", "relief", "unwrap", "unwrap_again", "visible_texels"]

_FLATTEN_OVER_M = 0.020
_GAIN = 2.5
"""Contrast of the flattened texture. It is the same everywhere: local normalisation would
lift the sensor's noise in smooth skin to the height of true texture."""

_EDGE_PX = 8.0
_NEWTON_STEPS, _MOST_STEP_TEXELS = 2, 8.0


@dataclass(frozen=True, eq=False)
class Unwrapped:
    """A picture's skin on the chart, to look at it again when the picture is gone: 30-90 KB.

    Parameters
    ----------
    texture : ndarray, uint8
        Flattened.
    surface : Surface
    camera : Camera
    camera_from_head : RigidTransform
        With which it was unwrapped: they tell where in the picture a texel was, be they right
        or not.
    """

    texture: npt.NDArray[np.uint8]
    surface: Surface
    camera: Camera
    camera_from_head: RigidTransform

    @property
    def view(self) -> View:
        """Where the texels were in the picture."""
        return self.surface.seen_by(self.camera, self.camera_from_head)


def unwrap(gray: npt.NDArray[np.uint8], view: View) -> npt.NDArray[np.uint8]:
    """Sample the picture under every texel.

    Parameters
    ----------
    gray : ndarray, shape (H, W), uint8
    view : View
        Of the same picture.

    Returns
    -------
    ndarray, shape (chart.height, chart.width), uint8
    """
    x, y = _places(view)
    return np.asarray(
        cv2.remap(gray, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        dtype=np.uint8,
    )


def unwrap_again(texture: npt.NDArray[np.uint8], before: View, view: View) -> npt.NDArray[np.uint8]:
    """Return a texture as it would be under another view of the same picture.

    Parameters
    ----------
    texture : ndarray, uint8
    before, view : View
        Of the texture, and the other one; they differ by a few texels.
    """
    rows, columns = view.nodes.shape[1:]
    rows_y, columns_x = np.mgrid[0:rows, 0:columns] * float(LATTICE_STEP) - 0.5
    goal = view.nodes_image.reshape(2, -1).T
    texels = np.stack([columns_x.ravel(), rows_y.ravel()], axis=1)
    for _ in range(_NEWTON_STEPS):
        points, jacobian, _ = before.at(texels)
        step = solved_pairs(jacobian, goal - points)
        texels = texels + np.clip(step, -_MOST_STEP_TEXELS, _MOST_STEP_TEXELS)
    nodes = texels.T.reshape(2, rows, columns).astype(np.float32)
    x, y = _enlarged(nodes, view.chart)
    return np.asarray(cv2.remap(texture, x, y, cv2.INTER_LINEAR), dtype=np.uint8)


def relief(texture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return what was flattened, without its shading, in grey levels of the picture."""
    return np.asarray((texture.astype(np.float32) - 128.0) / _GAIN, dtype=np.float32)


def flatten(texture: npt.NDArray[np.uint8], texel_m: float) -> npt.NDArray[np.uint8]:
    """Take away shading: subtract the mean of 20 mm around, raise the contrast, centre on 128."""
    side = int(_FLATTEN_OVER_M / texel_m) | 1
    mean = cv2.boxFilter(texture, cv2.CV_32F, (side, side))
    flat = cv2.addWeighted(texture, _GAIN, mean, -_GAIN, 128.0, dtype=cv2.CV_8U)
    return np.asarray(flat, dtype=np.uint8)


def visible_texels(view: View, least_cosine: float) -> npt.NDArray[np.uint8]:
    """Return 255 for usable skin that faces the camera inside the picture, else 0."""
    chart = view.chart
    nodes, limits = view.nodes_image, np.subtract(view.size, _EDGE_PX)[:, None, None]
    inside = (nodes > _EDGE_PX) & (nodes < limits)
    facing = (view.cosines > least_cosine) & inside.all(axis=0)
    wide = cv2.remap(facing.astype(np.uint8), chart.node_x, chart.node_y, cv2.INTER_NEAREST)
    seen = (chart.mask * wide * np.uint8(255)).astype(np.uint8)
    return np.asarray(cv2.erode(seen, np.ones((7, 7), np.uint8)), dtype=np.uint8)


def _places(view: View) -> list[npt.NDArray[np.float32]]:
    """Return where every texel is in the picture, x and y (H, W), as OpenCV counts pixels."""
    return _enlarged((view.nodes_image - OPENCV_PIXEL_OFFSET).astype(np.float32), view.chart)


def _enlarged(nodes: npt.NDArray[np.float32], chart: Chart) -> list[npt.NDArray[np.float32]]:
    """Interpolate values (2, rows, columns) at the lattice's nodes for every texel."""
    rows, columns = nodes.shape[1:]
    size = (LATTICE_STEP * columns, LATTICE_STEP * rows)
    # Enlarged, a node lies in the middle of its texels; on the chart it is their first corner.
    first = LATTICE_STEP // 2
    part = slice(first, first + chart.height), slice(first, first + chart.width)
    wide = (cv2.resize(axis, size, interpolation=cv2.INTER_LINEAR)[part] for axis in nodes)
    return [np.asarray(axis, dtype=np.float32) for axis in wide]
