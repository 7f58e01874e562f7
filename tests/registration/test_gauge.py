"""The distance at which the picture holds a head may be off; what is measured may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.fitting import HeadMeasurer
from ar_preview.geometry import RigidTransform
from ar_preview.registration import Registration
from ar_preview.registration.follow import Followed, HeadFollower
from ar_preview.tracking import load_face_model
from tests.people import CAMERA, blank, face_track, pose, tracks

if TYPE_CHECKING:
    from ar_preview.geometry import Array

MODEL = load_face_model()
FRAMES = 8


def _measured(monkeypatch: pytest.MonkeyPatch, off: list[float]) -> tuple[Array, Array]:
    """Widths of a head, and the picture of its face, with poses off in depth by a factor."""
    left = iter(off)

    def update(_self: object, _gray: object, _camera: object, raw: RigidTransform, *_: object):  # type: ignore[no-untyped-def]
        return Followed(RigidTransform(raw.rotation, next(left) * raw.translation), 1.0, True)

    monkeypatch.setattr(HeadFollower, "update", update)
    registration = Registration(MODEL, continuous=True)
    for i in range(FRAMES):
        track = face_track(pose(yaw_deg=2.0 * i - 7.0, distance_m=0.5))
        poses, persons = registration.update(blank(i), tracks(track), CAMERA)
    found = HeadMeasurer(MODEL).measure(persons[0])
    assert found is not None and persons[0].head is not None
    drawn = CAMERA.project(poses.heads[0].camera_from_head @ persons[0].head.face_head)
    widths = found.pupil_distance_mm.value, found.face_width_mm.value, found.bridge_width_mm.value
    return np.array(widths), drawn


@pytest.mark.parametrize("off", [[0.94] * FRAMES, [1.06, 0.98] * (FRAMES // 2)])
def test_a_wrong_distance_does_not_change_the_measure(
    monkeypatch: pytest.MonkeyPatch, off: list[float]
) -> None:
    right, seen = _measured(monkeypatch, [1.0] * FRAMES)
    found, _ = _measured(monkeypatch, off)
    np.testing.assert_allclose(found, right, rtol=0.002)
    # Steadily off, the face is drawn where it is seen.
    if len(set(off)) == 1:
        _, drawn = _measured(monkeypatch, off)
        assert np.abs(drawn - seen).max() < 0.02 * np.ptp(seen[:, 0])
