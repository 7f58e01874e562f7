from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform
from ar_preview.registration.mean_face import MeanFace
from ar_preview.tracking import load_face_model
from tests.people import CAMERA, face_track, pose

if TYPE_CHECKING:
    from ar_preview.geometry import Array

NOISE_PX = 1.0


def looks(step_m: float, count: int = 80, still: int = 3) -> list[tuple[Array, RigidTransform]]:
    """Landmarks with noise, and true poses, of a head that moves to and fro but for few frames."""
    random = np.random.default_rng(1)
    seen = []
    for k in range(count):
        aside = step_m * (abs((max(k - still, 0) + 10) % 20 - 10) - 5)
        camera_from_head = RigidTransform(translation=[aside, 0.0, 0.0]) @ pose()
        points = face_track(camera_from_head).points_image
        seen.append((points + random.normal(0.0, NOISE_PX, points.shape), camera_from_head))
    return seen


def error_mm(seen: list[tuple[Array, RigidTransform]], known: bool) -> float:
    """How far the mean face is off, mm, where its frames are known beforehand or not."""
    model = load_face_model()
    mean = MeanFace(model)
    mean.start_anew([points for points, _ in seen] if known else [])
    for points, camera_from_head in seen:
        mean.add(points, CAMERA.unproject(points), camera_from_head)
    middle = np.abs(model.vertices_head[:, 0]) < 0.03  # The rim is drawn in.
    away = mean.face_head - model.vertices_head
    return float(1e3 * np.sqrt((away[middle] ** 2).sum(axis=1).mean()))


def test_a_face_that_never_keeps_still_is_learned_from_half_of_its_frames() -> None:
    seen = looks(step_m=0.01)
    assert error_mm(seen, known=True) < 0.5 * error_mm(seen, known=False)


def test_of_a_calm_face_nothing_else_is_learned_than_live() -> None:
    seen = looks(step_m=0.0002)
    assert error_mm(seen, known=True) == error_mm(seen, known=False)
