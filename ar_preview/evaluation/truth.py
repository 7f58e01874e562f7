"""Clips whose motion is known: the truth format and the head that was filmed.

A truth folder holds ``clip.mp4`` and ``truth.json``: ``camera`` (``fx fy cx cy``, px, pixel
centres at +0.5), ``head`` (path of the head's mesh, relative to the folder) and ``frames``, each
with ``camera_from_head`` (4x4, OpenCV camera axes, metres). Optional: ``pupils_in_head_m``
(left, right) and ``face_width_mm``. The bundled ``sample:face`` has the same beside its clip.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.assets import asset_path
from ar_preview.errors import SourceError
from ar_preview.geometry import Camera

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["Truth", "load_truth", "truth_camera"]

_STILL = 1e-9
"""Largest change of a matrix entry in a clip that counts as still."""


@dataclass(frozen=True, eq=False)
class Truth:
    """What is known of a clip.

    Parameters
    ----------
    name : str
    clip : str
        What `open_source` opens.
    camera : Camera
    camera_from_head : ndarray, shape (F, 4, 4)
        One a frame, rigid, OpenCV camera axes, metres.
    head_path : Path or None
        The head's mesh, ``.ply`` or ``.npz``.
    pupils_head : ndarray, shape (2, 3), or None
        Left and right pupil in head space, metres.
    face_width_mm : float or None
        Skin to skin where the temples of glasses leave the hinges.
    """

    name: str
    clip: str
    camera: Camera
    camera_from_head: Array
    head_path: Path | None = None
    pupils_head: Array | None = None
    face_width_mm: float | None = None

    def __len__(self) -> int:
        return len(self.camera_from_head)

    @property
    def is_still(self) -> bool:
        """Whether the head does not move at all."""
        poses = self.camera_from_head
        return bool(np.abs(poses - poses[0]).max() < _STILL)

    @property
    def yaw_degrees(self) -> Array:
        """Angle between the nose and the line to the camera, seen from above, (F,)."""
        rotation, position = self.camera_from_head[:, :3, :3], self.camera_from_head[:, :3, 3]
        to_camera = -np.einsum("fji,fj->fi", rotation, position)
        return np.asarray(np.degrees(np.arctan2(to_camera[:, 0], to_camera[:, 2])))

    def every(self, stride: int) -> Truth:
        """Return the truth of every so many-th frame."""
        return replace(self, camera_from_head=self.camera_from_head[::stride])


def load_truth(spec: str | Path) -> Truth:
    """Read a truth folder, or the truth of ``sample:face``.

    Parameters
    ----------
    spec : str or Path

    Raises
    ------
    SourceError
        If there is no truth, or it is not of this format.
    """
    name = str(spec)
    if name.startswith("sample:"):
        sample = name.removeprefix("sample:")
        path, clip = asset_path("samples", f"{sample}_truth.json"), name
    else:
        folder = Path(name).expanduser()
        path, clip = folder / "truth.json", str(folder / "clip.mp4")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"expected a folder with clip.mp4 and truth.json, or sample:face; "
            f"{path} cannot be read: {getattr(error, 'strerror', error)}"
        ) from error
    try:
        return _truth(path, clip, document)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"{path} is no truth of a head (camera, frames with camera_from_head): "
            f"{type(error).__name__}: {error}"
        ) from error


def truth_camera(numbers: dict[str, Any]) -> Camera:
    """Return the camera of a truth file: ``width height fx fy cx cy``, px.

    Raises
    ------
    KeyError, TypeError, ValueError
        If a number is missing or none.
    """
    fx, fy, cx, cy = (float(numbers[name]) for name in ("fx", "fy", "cx", "cy"))
    return Camera(int(numbers["width"]), int(numbers["height"]), fx, fy, cx, cy)


def _truth(path: Path, clip: str, document: dict[str, Any]) -> Truth:
    frames = document["frames"]
    if [frame["index"] for frame in frames] != list(range(len(frames))):
        raise ValueError("expected one entry a frame, in order")
    poses = np.array([frame["camera_from_head"] for frame in frames], dtype=np.float64)
    if poses.shape[1:] != (4, 4) or not np.isfinite(poses).all():
        raise ValueError(f"expected finite 4x4 poses, got {poses.shape}")
    pupils = document.get("pupils_in_head_m")
    return Truth(
        name=clip if clip.startswith("sample:") else path.parent.name,
        clip=clip,
        camera=truth_camera(document["camera"]),
        camera_from_head=poses,
        head_path=path.parent / document["head"] if "head" in document else None,
        pupils_head=None if pupils is None else np.array(pupils, dtype=np.float64).reshape(2, 3),
        face_width_mm=document.get("face_width_mm"),
    )
