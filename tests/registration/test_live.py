"""Live, nothing waits for the bundle's adjustment; otherwise runs repeat to the bit."""

from __future__ import annotations

import threading
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import ar_preview as ar
from ar_preview.evaluation.drawn import DrawnPath
from ar_preview.evaluation.stick import measure_stick
from ar_preview.evaluation.truth import load_truth
from ar_preview.geometry import Camera, ImageSize, RigidTransform
from ar_preview.registration import Registration
from ar_preview.registration.picture import PictureTracker
from ar_preview.tracking import FaceTracker, load_face_model
from tests.people import pose
from tests.skin import picture

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.tracks import Tracks

CAMERA = Camera.from_fov(ImageSize(640, 480), 60.0)
MODEL = load_face_model()
NASION = 168
THREAD = "ar-preview-registration"


class Late(Executor):
    """Does nothing until told."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any]] = []
        self.count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        self.count += 1
        return future

    def work(self) -> None:
        for future, job in self.waiting:
            future.set_result(job())
        self.waiting.clear()


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith(THREAD)]


def turned(yaw_deg: float) -> RigidTransform:
    return pose(yaw_deg, 0.0, 0.45)


def tracker_on(worker: Executor) -> PictureTracker:
    start = turned(0.0)
    vertices = MODEL.vertices_head.copy()
    return PictureTracker(MODEL, CAMERA, picture(CAMERA, start), start, vertices, worker)


def error_px(found: RigidTransform, truth: RigidTransform) -> float:
    worn = MODEL.vertices_head[[168, 33, 263, 127, 356]]
    return float(np.abs(CAMERA.project(found @ worn) - CAMERA.project(truth @ worn)).max())


def test_frames_go_on_while_the_bundle_is_adjusted() -> None:
    worker = Late()
    tracker = tracker_on(worker)
    for k in range(1, 7):
        solution = tracker.track(picture(CAMERA, turned(2.5 * k)), [turned(2.5 * k - 1.0)])
        assert solution is not None
        assert error_px(solution.camera_from_head, turned(2.5 * k)) < 0.7
    assert worker.count == 1
    worker.work()
    for k in range(7, 14):
        solution = tracker.track(picture(CAMERA, turned(2.5 * k)), [turned(2.5 * k - 1.0)])
        assert solution is not None
        assert error_px(solution.camera_from_head, turned(2.5 * k)) < 0.7
        worker.work()
    assert worker.count > 2


def test_what_fails_on_the_thread_is_told_to_the_next_frame() -> None:
    worker = Late()
    tracker = tracker_on(worker)
    tracker.track(picture(CAMERA, turned(5.0)), [turned(4.0)])
    worker.waiting.pop()[0].set_exception(ArithmeticError("lost"))
    with pytest.raises(ArithmeticError, match="lost"):
        tracker.track(picture(CAMERA, turned(6.0)), [turned(5.0)])


@pytest.fixture(scope="module")
def clip() -> list[tuple[Frame, Tracks]]:
    tracker = FaceTracker()
    with ar.open_source("sample:face", end=80) as source:
        tracked = [(frame, tracker.track(frame)) for frame in source]
    tracker.close()
    return tracked


def poses(clip: list[tuple[Frame, Tracks]], live: bool) -> np.ndarray:
    registration = Registration(MODEL, live=live)
    found = []
    for frame, tracks in clip:
        assert frame.camera is not None
        (head,) = registration.update(frame, tracks, frame.camera)[0].heads
        found.append(head.camera_from_head.matrix)
    assert bool(threads()) == live
    registration.close()
    registration.close()
    assert not threads()
    return np.array(found)


def test_offline_repeats_and_live_sticks_as_well(clip: list[tuple[Frame, Tracks]]) -> None:
    offline = poses(clip, live=False)
    np.testing.assert_array_equal(poses(clip, live=False), offline)
    truth = load_truth("sample:face")
    nasion = RigidTransform(translation=MODEL.vertices_head[NASION]).matrix
    rms = []
    for run in (offline, poses(clip, live=True)):
        drawn = [
            (frame.index, frame.camera, matrix @ nasion)
            for (frame, _), matrix in zip(clip, run, strict=True)
            if frame.camera is not None
        ]
        rms.append(measure_stick(truth, DrawnPath.of_poses(drawn)).rms_px)
    assert rms[0] is not None
    assert rms[1] is not None
    assert rms[1] == pytest.approx(rms[0], abs=0.15)


def test_the_thread_ends_with_the_preview() -> None:
    with ar.open_source("sample:face", end=40) as source, ar.Preview(live=True) as preview:
        for frame in source:
            preview.step(frame)
        assert threads()
    assert not threads()
