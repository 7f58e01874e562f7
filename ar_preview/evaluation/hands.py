"""Fingers against measured joints: axis, roll, place and width of where rings sit.

A folder holds ``truth.json``: a list of pictures with ``file``, ``K`` (3x3, px, pixel centres at
integers) and ``joints3d_cm`` (21 joints in the order of `HandLandmark`, camera axes, cm), and,
where it is not the left one, ``handedness``.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.errors import SourceError
from ar_preview.evaluation.silhouette import finger_width, hand_silhouette
from ar_preview.geometry import Camera, image_from_opencv, rotation_between
from ar_preview.landmarks import FINGER_JOINTS, Finger
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.registration.hand import (
    RING_PLACE,
    HandRegistration,
    finger_rotation,
    flexion,
    palm_rotation,
)
from ar_preview.sources import open_source
from ar_preview.tracking import HandTracker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array
    from ar_preview.poses import FingerPose
    from ar_preview.registration.hand import HandResult
    from ar_preview.tracks import Handedness

__all__ = ["FingerScore", "HandEvaluation", "HandTruth", "evaluate_hands", "load_hand_truth"]

_M_PER_CM, _MM_PER_M = 0.01, 1000.0
FINGERS: tuple[Finger, ...] = ("index", "middle", "ring", "little")
"""A thumb's roll can't be told from joints."""

_BENT_DEG = 30.0


@dataclass(frozen=True, eq=False)
class HandTruth:
    """One picture with its joints.

    Parameters
    ----------
    path : Path
    camera : Camera
    joints_camera : ndarray, shape (21, 3)
        Metres.
    handedness : {"left", "right"}
    """

    path: Path
    camera: Camera
    joints_camera: Array
    handedness: Handedness


@dataclass(frozen=True)
class FingerScore:
    """How far one finger is off.

    Parameters
    ----------
    picture, finger : str
    bent : bool
        By more than 30 degrees at its middle joint.
    axis_deg : float
        Between the bones in 3D.
    roll_deg : float
        About the bone.
    across_mm : float
        Middle of the ring from the bone, in the picture, at the bone's depth.
    width_error : float or None
        Of the width to that of the silhouette; None where the finger does not stand free.
    """

    picture: str
    finger: str
    bent: bool
    axis_deg: float
    roll_deg: float
    across_mm: float
    width_error: float | None


@dataclass(frozen=True)
class HandEvaluation:
    """Scores of all pictures.

    Parameters
    ----------
    pictures : int
    found : int
    facing_right : int
        Hands whose back or palm was told rightly.
    fingers : tuple of FingerScore
    """

    pictures: int
    found: int
    facing_right: int
    fingers: tuple[FingerScore, ...]

    def figures(self) -> dict[str, float]:
        """Return the summary: mean, median and 90th percentile, degrees, mm and percent."""
        axis = [f.axis_deg for f in self.fingers]
        across = [f.across_mm for f in self.fingers]
        widths = [100.0 * f.width_error for f in self.fingers if f.width_error is not None]
        straight = [f.roll_deg for f in self.fingers if not f.bent]
        bent = [f.roll_deg for f in self.fingers if f.bent]
        return {
            "axis_mean_deg": _of(np.mean, axis),
            "axis_p90_deg": _p90(axis),
            "roll_straight_median_deg": _of(np.median, straight),
            "roll_bent_median_deg": _of(np.median, bent),
            "across_median_mm": _of(np.median, across),
            "across_p90_mm": _p90(across),
            "width_median_percent": _of(np.median, widths),
            "width_p90_percent": _p90(widths),
            "widths": float(len(widths)),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {**asdict(self), "figures": self.figures()}


def load_hand_truth(folder: Path) -> tuple[HandTruth, ...]:
    """Read ``truth.json``.

    Raises
    ------
    SourceError
        If it is missing or not as described above.
    """
    path = folder / "truth.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_entry(folder, entry) for entry in entries)
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SourceError(
            f"{path}: expected a list of pictures with file, K and joints3d_cm ({error})"
        ) from None


def _entry(folder: Path, entry: dict[str, Any]) -> HandTruth:
    matrix = np.array(entry["K"], dtype=np.float64)
    joints = _M_PER_CM * np.array(entry["joints3d_cm"], dtype=np.float64)
    if matrix.shape != (3, 3) or joints.shape != (21, 3):
        raise ValueError(f"{entry['file']}: K is {matrix.shape}, the joints are {joints.shape}")
    path = folder / entry["file"]
    with open_source(path) as source:
        size = source.info.size
    centre = image_from_opencv(matrix[:2, 2])
    camera = Camera(
        size.width, size.height, matrix[0, 0], matrix[1, 1], float(centre[0]), float(centre[1])
    )
    side: Handedness = "right" if entry.get("handedness") == "right" else "left"
    return HandTruth(path, camera, joints, side)


def evaluate_hands(
    truths: Sequence[HandTruth], progress: Callable[[str], None] | None = None
) -> HandEvaluation:
    """Track and register each picture on its own and compare.

    Parameters
    ----------
    truths : sequence of HandTruth
    progress : callable, optional
        Told the name of each picture.
    """
    scores: list[FingerScore] = []
    found = facing = 0
    with closing(HandTracker(1, continuous=False)) as tracker:
        for truth in truths:
            if progress is not None:
                progress(truth.path.name)
            with open_source(truth.path) as source:
                frame = next(source)
            hands = tracker.track(frame).hands
            result = None
            if hands:
                result = HandRegistration(0).update(hands[0], truth.camera, 0, frame.image)
            if result is None:
                continue
            found += 1
            facing += _shows_back(truth) == result.hand.back_seen
            scores += _scores(truth, frame, hands[0].points_image, result)
    return HandEvaluation(len(truths), found, facing, tuple(scores))


def _shows_back(truth: HandTruth) -> bool:
    back = palm_rotation(truth.joints_camera, truth.handedness)[:, 2]
    return bool(back @ truth.joints_camera[Lm.MIDDLE_MCP] < 0.0)


def _scores(
    truth: HandTruth, frame: Frame, points_image: Array, result: HandResult
) -> list[FingerScore]:
    mask = hand_silhouette(frame.image, points_image)
    by_finger = {pose.finger: pose for pose in result.fingers}
    return [_score(truth, by_finger[finger], points_image, mask) for finger in FINGERS]


def _score(truth: HandTruth, pose: FingerPose, points_image: Array, mask: Array) -> FingerScore:
    joints, camera = truth.joints_camera, truth.camera
    theirs = finger_rotation(joints, pose.finger, truth.handedness)
    ours = pose.camera_from_finger.rotation
    cosine = float(np.clip(ours[:, 1] @ theirs[:, 1], -1.0, 1.0))
    x = rotation_between(ours[:, 1], theirs[:, 1]) @ ours[:, 0]
    roll = float(np.arctan2(x @ theirs[:, 2], x @ theirs[:, 0]))
    base, middle = FINGER_JOINTS[pose.finger][:2]
    ends = camera.project(joints[[base, middle]])
    along = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    centre = pose.camera_from_finger.translation
    away = camera.project(centre) - ends[0]
    depth = joints[base, 2] + RING_PLACE[pose.finger] * (joints[middle, 2] - joints[base, 2])
    across = abs(float(along[0] * away[1] - along[1] * away[0])) * depth / camera.fx
    error = None
    width = finger_width(mask, points_image[base], points_image[middle])
    if width is not None and pose.confidence > 0.5:
        seen = 2.0 * pose.radius_m * camera.fx / centre[2]
        error = abs(seen / width - 1.0)
    return FingerScore(
        truth.path.name,
        pose.finger,
        flexion(joints, pose.finger) > _BENT_DEG,
        float(np.degrees(np.arccos(cosine))),
        abs(float(np.degrees(roll))),
        _MM_PER_M * across,
        error,
    )


def _of(function: Callable[[Any], Any], values: Sequence[float]) -> float:
    return float(function(values)) if values else float("nan")


def _p90(values: Sequence[float]) -> float:
    return _of(lambda v: np.percentile(v, 90), values)
