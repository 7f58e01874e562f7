"""Where a worn piece was drawn, frame by frame."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ar_preview.errors import SourceError
from ar_preview.geometry import Camera

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["PRODUCT_POINTS", "DrawnPath"]

PRODUCT_POINTS: Array = np.array(
    [
        [0.0, 0.0, 0.0],
        [0.03, 0.02, 0.0],
        [-0.03, 0.02, 0.0],
        [0.03, -0.02, 0.0],
        [-0.03, -0.02, 0.0],
        [0.068, 0.012, -0.008],
        [-0.068, 0.012, -0.008],
        [0.07, 0.005, -0.06],
        [-0.07, 0.005, -0.06],
        [0.07, -0.01, -0.11],
        [-0.07, -0.01, -0.11],
    ]
)
"""Points that any pair of glasses has, product space, metres: the bridge, four lens corners,
the hinges; the middles and the ends of the temples."""


@dataclass(frozen=True, eq=False)
class DrawnPath:
    """The pixels at which the product points were drawn.

    Parameters
    ----------
    index : ndarray, shape (N,), int
        Frames in which the piece was worn, rising.
    points_image : ndarray, shape (N, K, 2)
        `PRODUCT_POINTS`, px.
    depth_m : ndarray, shape (N,)
        Distance of the bridge along the optical axis, as far as the drawing camera knew it.
    focal_px : float
        Of the drawing camera.
    """

    index: npt.NDArray[np.intp]
    points_image: Array
    depth_m: Array
    focal_px: float

    @classmethod
    def of_poses(cls, poses: Iterable[tuple[int, Camera, npt.ArrayLike]]) -> Self:
        """Project the product points.

        Parameters
        ----------
        poses : iterable of (index, camera, camera_from_product)
            Frames that wear nothing are left out; poses behind the camera are not drawn.
        """
        index, points, depth, focal = [], [], [], 1.0
        for frame, camera, matrix in poses:
            pose = np.asarray(matrix, dtype=np.float64)
            seen = PRODUCT_POINTS @ pose[:3, :3].T + pose[:3, 3]
            drawn = camera.project(seen)
            if np.isfinite(drawn).all():
                index.append(frame)
                points.append(drawn)
                depth.append(float(seen[0, 2]))
                focal = camera.fx
        return cls(
            np.array(index, dtype=np.intp),
            np.array(points).reshape(-1, len(PRODUCT_POINTS), 2),
            np.array(depth),
            focal,
        )

    @classmethod
    def from_file(cls, path: Path, count: int) -> Self:
        """Read the poses that ``ar-preview render --poses`` writes.

        Parameters
        ----------
        path : Path
        count : int
            Frames of the clip.

        Raises
        ------
        SourceError
            If the file is not of that format or has frames that the clip has not.
        """
        try:
            lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            poses = [pose for line in lines if "index" in line for pose in _poses_of(line)]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"{path} holds no poses as `ar-preview render --poses` writes them: {error}"
            ) from error
        poses.sort(key=lambda pose: pose[0])
        frames = [pose[0] for pose in poses]
        if len(set(frames)) != len(frames) or (frames and not 0 <= frames[0] <= frames[-1] < count):
            raise SourceError(
                f"{path} does not belong to this clip: expected frames 0 to {count - 1}, each once"
            )
        return cls.of_poses(poses)

    def without(self, frames: range | None) -> DrawnPath:
        """Return the path without some frames."""
        if frames is None:
            return self
        keep = ~np.isin(self.index, frames)
        return DrawnPath(
            self.index[keep], self.points_image[keep], self.depth_m[keep], self.focal_px
        )

    def face_width_px(self, width_m: float = 0.14) -> float:
        """Width of a face of `width_m` in the picture, at the median distance, px."""
        return self.focal_px * width_m / float(np.median(self.depth_m))


def _poses_of(line: dict[str, Any]) -> list[tuple[int, Camera, Any]]:
    items = line.get("items") or []
    pose = line.get("camera_from_product") or (items[0]["camera_from_product"] if items else None)
    if pose is None:
        return []
    c = line["camera"]
    # Files of other programs may leave out the size, which projection does not need.
    size = int(c.get("width", 2 * c["cx"])), int(c.get("height", 2 * c["cy"]))
    return [(int(line["index"]), Camera(*size, c["fx"], c["fy"], c["cx"], c["cy"]), pose)]
