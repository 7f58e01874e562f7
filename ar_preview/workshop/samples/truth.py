"""The exact truth beside a sample: camera, poses and joints, as JSON and arrays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ar_preview.geometry import Array, Camera, RigidTransform

__all__ = ["truth_document", "write_json"]

_DIGITS = 7


def truth_document(
    camera: Camera,
    fps: int,
    poses: Sequence[RigidTransform],
    pose_name: str,
    extra: dict[str, Any],
    per_frame: dict[str, Sequence[Array]],
) -> dict[str, Any]:
    """Put the truth of a clip into the form that evaluation reads.

    Parameters
    ----------
    camera : Camera
        Image origin at the corner of the first pixel.
    fps : int
    poses : sequence of RigidTransform
        One a frame, OpenCV camera axes, metres.
    pose_name : str
        Key of the pose, for example ``camera_from_head``.
    extra : dict
        Facts about the whole clip.
    per_frame : dict of str to sequence of ndarray
        Further arrays, one a frame.
    """
    frames = []
    for index, pose in enumerate(poses):
        frame: dict[str, Any] = {
            "index": index,
            "time_s": round(index / fps, 6),
            pose_name: _rounded(pose.matrix),
        }
        frame |= {name: _rounded(values[index]) for name, values in per_frame.items()}
        frames.append(frame)
    return {
        "camera": {
            "width": camera.width,
            "height": camera.height,
            "fx": camera.fx,
            "fy": camera.fy,
            "cx": camera.cx,
            "cy": camera.cy,
        },
        "fps": fps,
        **extra,
        "frames": frames,
    }


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write JSON with one frame a line."""
    head = {k: v for k, v in document.items() if k != "frames"}
    lines = ",\n".join(json.dumps(frame) for frame in document["frames"])
    text = json.dumps(head)[:-1] + ', "frames": [\n' + lines + "\n]}\n"
    path.write_text(text, encoding="utf-8")


def _rounded(values: Array) -> Any:
    return np.round(np.asarray(values, dtype=np.float64), _DIGITS).tolist()
