from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.fitting import Wardrobe
from ar_preview.geometry import Camera, ImageSize, RigidTransform, so3_log
from ar_preview.landmarks import MESH_SIZE, STIFF_LANDMARKS, FaceLandmark
from ar_preview.registration import Registration
from ar_preview.registration.anatomy import complete_head
from ar_preview.registration.filter import PoseFilter
from ar_preview.registration.pnp import solve_head_pose
from ar_preview.registration.scale import ScaleEstimator
from ar_preview.sources import open_source
from ar_preview.tracking import FaceTracker, load_face_model
from tests.people import CAMERA, blank, box_glasses, face_track, pose, tracks

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

STIFF = np.array(STIFF_LANDMARKS)


def angle_between(a: RigidTransform, b: RigidTransform) -> float:
    return float(np.degrees(np.linalg.norm(so3_log(a.rotation.T @ b.rotation))))


@given(
    yaw=st.floats(-60, 60),
    pitch=st.floats(-35, 35),
    distance=st.floats(0.25, 2.0),
)
def test_pnp_recovers_a_known_pose(yaw: float, pitch: float, distance: float) -> None:
    model = load_face_model()
    truth = pose(yaw, pitch, distance)
    points = CAMERA.project(truth @ model.vertices_head)
    found = solve_head_pose(points[STIFF], model.vertices_head[STIFF], CAMERA)
    assert found is not None
    assert angle_between(found, truth) < 0.01
    np.testing.assert_allclose(found.translation, truth.translation, atol=1e-5)


def test_pnp_honours_lens_distortion() -> None:
    model = load_face_model()
    camera = Camera(1280, 720, 800, 800, 640, 360, (-0.25, 0.08, 0.001, -0.0007, 0.0))
    truth = pose(20, -8, 0.4)
    points = camera.project(truth @ model.vertices_head)
    found = solve_head_pose(points[STIFF], model.vertices_head[STIFF], camera)
    assert found is not None
    np.testing.assert_allclose(found.translation, truth.translation, atol=2e-5)


def test_pnp_gives_nothing_for_nonsense() -> None:
    model = load_face_model()
    few = np.full((len(STIFF), 2), np.nan)
    assert solve_head_pose(few, model.vertices_head[STIFF], CAMERA) is None
    rng = np.random.default_rng(0)
    registration = Registration(model)
    track = face_track(pose())
    noise = type(track)(0, rng.uniform(0, 700, (478, 2)), track.depth_image)
    poses, persons = registration.update(blank(), tracks(noise), CAMERA)
    assert poses.heads == ()
    assert persons == ()


@pytest.mark.parametrize("matrix", [(1e30, 1e30, 200.0, 200.0), (600.0, 600.0, 2e9, 200.0)])
def test_pnp_gives_no_pose_where_opencv_fails(matrix: tuple[float, float, float, float]) -> None:
    model = load_face_model()
    points = face_track(pose()).points_image
    camera = Camera(CAMERA.width, CAMERA.height, *matrix)
    assert solve_head_pose(points[STIFF], model.vertices_head[STIFF], camera) is None


def test_the_filter_calms_a_resting_head_and_keeps_up_with_a_moving_one() -> None:
    rng = np.random.default_rng(2)
    pivot = np.array([0.0, 0.03, 0.05])
    calm, moving = PoseFilter(pivot), PoseFilter(pivot)
    rest, still_in, still_out, late = pose(), [], [], []
    for i in range(90):
        jitter = RigidTransform.from_rotation_vector(
            rng.normal(0, 0.002, 3), rng.normal(0, 5e-4, 3)
        )
        noisy = rest @ jitter
        still_in.append(noisy @ pivot)
        still_out.append(calm.update(noisy, round(i * 1e9 / 30)) @ pivot)
        turning = pose(yaw_deg=-45 + 90 * i / 90)
        late.append(angle_between(moving.update(turning, round(i * 1e9 / 30)), turning))
    step_in = np.abs(np.diff(still_in, axis=0)[20:]).mean()
    step_out = np.abs(np.diff(still_out, axis=0)[20:]).mean()
    assert step_out < 0.6 * step_in
    # One degree a frame: less than half a frame behind once the speed is known.
    assert max(late[15:]) < 0.5


def test_the_filter_starts_anew_after_a_gap() -> None:
    smooth = PoseFilter(np.zeros(3))
    smooth.update(pose(0), 0)
    jumped = smooth.update(pose(40), 2_000_000_000)
    assert angle_between(jumped, pose(40)) < 1e-6
    back = smooth.update(pose(-40), 1_000_000_000)
    assert angle_between(back, pose(-40)) < 1e-6


@pytest.mark.parametrize("size", [0.92, 1.0, 1.08])
def test_scale_follows_the_iris_and_its_interval_holds_the_truth(size: float) -> None:
    model = load_face_model()
    estimator = ScaleEstimator()
    eyes = model.vertices_head[[33, 263]]
    for i in range(20):
        truth = pose(yaw_deg=i - 10.0)
        track = face_track(truth, size)
        # PnP of the canonical face sees the enlarged head nearer by the same factor.
        seen = RigidTransform(truth.rotation, truth.translation / size)
        estimator.add(track.points_image, CAMERA, seen, eyes)
    found = estimator.estimate()
    assert found.low < size < found.high
    assert (found.value - 1.0) * (size - 1.0) >= -1e-3
    # Never surer than the spread of human irises allows.
    assert found.high / found.low > 1.1


def test_scale_without_a_frontal_frame_is_the_population() -> None:
    estimator = ScaleEstimator()
    track = face_track(pose(50))
    estimator.add(track.points_image, CAMERA, pose(50), load_face_model().vertices_head[[33, 263]])
    # The canonical face is a little larger than the average adult.
    found = estimator.estimate()
    assert found.value == pytest.approx(0.975)
    assert found.high / found.low > 1.2


def test_a_completed_head_is_a_plausible_head() -> None:
    face = load_face_model().vertices_head
    head = complete_head(face, face)
    width, height, length = 2 * np.array(head.skull_radii)
    assert 0.13 < width < 0.16
    assert 0.17 < height < 0.24
    assert 0.18 < length < 0.22
    left, right = head.ears["left"], head.ears["right"]
    np.testing.assert_allclose(left.root_head * [-1, 1, 1], right.root_head, atol=1e-6)
    assert left.root_head[0] > 0.06
    assert left.lobe_head[1] < left.root_head[1] - 0.03
    assert head.neck.base_head[1] < head.neck.top_head[1] < face[FaceLandmark.MOUTH_LEFT, 1]


def test_the_surface_of_a_frame_projects_onto_the_landmarks() -> None:
    registration = Registration(load_face_model())
    track = face_track(pose(15))
    poses, (person,) = registration.update(blank(), tracks(track), CAMERA)
    (head,) = poses.heads
    np.testing.assert_allclose(
        CAMERA.project(head.vertices_camera), track.points_image[:MESH_SIZE], atol=1e-6
    )
    assert person.id == head.person_id == 0
    assert person.head is not None


def test_pictures_of_a_folder_are_independent() -> None:
    registration = Registration(load_face_model(), continuous=False)
    for index, yaw in enumerate((0.0, 50.0, -50.0)):
        frame = blank(index)
        poses, _ = registration.update(frame, tracks(face_track(pose(yaw))), CAMERA)
        assert angle_between(poses.heads[0].camera_from_head, pose(yaw)) < 0.5


def test_another_picture_size_forgets_everybody() -> None:
    registration = Registration(load_face_model())
    registration.update(blank(0), tracks(face_track(pose(0))), CAMERA)
    small = ImageSize(640, 360)
    camera = CAMERA.resized(small)
    track = face_track(pose(45), camera=camera)
    poses, _ = registration.update(blank(1, small), tracks(track, size=small), camera)
    assert angle_between(poses.heads[0].camera_from_head, pose(45)) < 0.5


def _stick(shared_data: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("stick", shared_data / "truth" / "stick.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize(
    ("clip", "limit_px", "front_px", "p95_px"),
    [
        ("yaw", 0.75, 0.55, 1.4),
        ("nod", 0.8, 0.6, 1.7),
        ("approach", 0.7, 0.4, 1.5),
        ("shake", 0.9, 0.62, 1.9),
    ],
)
def test_registration_on_truth_clips(
    shared_data: Path, clip: str, limit_px: float, front_px: float, p95_px: float
) -> None:
    """The figures reached, with some to spare for other decoders and processors."""
    folder = shared_data / "truth" / clip
    truth = json.loads((folder / "truth.json").read_text())
    k = truth["camera"]
    matrix = (k["fx"], k["fy"], k["cx"], k["cy"])
    model = load_face_model()
    wardrobe = Wardrobe(model, [box_glasses()])
    registration, tracker, lines = Registration(model), FaceTracker(), []
    with open_source(folder / "clip.mp4", camera=matrix) as source:
        for frame in source:
            assert frame.camera is not None
            poses, persons = registration.update(frame, tracker.track(frame), frame.camera)
            for item in wardrobe.dress(poses, persons):
                matrix4 = item.camera_from_product.matrix.tolist()
                lines.append({"index": frame.index, "camera": k, "camera_from_product": matrix4})
    tracker.close()
    result = _stick(shared_data).evaluate(truth, lines)
    assert result["found"] == 1.0
    assert result["stick_rms_px"] < limit_px
    assert result["stick_front_rms_px"] < front_px
    assert result["stick_p95_px"] < p95_px
    assert result["lag_frames"] == 0.0


def test_the_same_input_gives_the_same_poses() -> None:
    def run() -> list[np.ndarray]:
        registration = Registration(load_face_model())
        return [
            registration.update(blank(i), tracks(face_track(pose(3.0 * i))), CAMERA)[0]
            .heads[0]
            .camera_from_head.matrix
            for i in range(12)
        ]

    np.testing.assert_array_equal(run(), run())
