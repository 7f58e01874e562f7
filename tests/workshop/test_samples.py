"""The bundled samples agree with their truth, and the builder draws what it claims to."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from ar_preview.assets import asset_path
from ar_preview.errors import SourceError
from ar_preview.frames import NS_PER_S, Frame, ImageSize
from ar_preview.geometry import Camera, RigidTransform, so3_log
from ar_preview.landmarks import FACE_CONTOUR, MESH_SIZE, STIFF_LANDMARKS, HandLandmark
from ar_preview.sources import open_source
from ar_preview.tracking import FaceTracker, load_face_model
from ar_preview.workshop.samples.clip import add_noise
from ar_preview.workshop.samples.face_clip import FaceStage, set_face_stage
from ar_preview.workshop.samples.filling import fill_smoothly
from ar_preview.workshop.samples.hand_clip import MIDDLE_FINGER_M, set_hand_stage
from ar_preview.workshop.samples.motion import face_motion, hand_motion
from ar_preview.workshop.samples.outline import radial_extent
from ar_preview.workshop.samples.portrait import load_portrait, polygon_mask
from ar_preview.workshop.samples.raster import interpolate, rasterise

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

SAMPLES = {"face": "camera_from_head", "hand": "camera_from_hand"}


def read_truth(name: str) -> dict[str, Any]:
    return json.loads(asset_path("samples", f"{name}_truth.json").read_text())


def truth_camera(truth: dict[str, Any]) -> Camera:
    return Camera(**truth["camera"])


@pytest.fixture(scope="module")
def stage() -> FaceStage:
    return set_face_stage(asset_path("samples", "astronaut.png"))


@pytest.fixture(scope="module")
def face_frames() -> list[Frame]:
    with open_source("sample:face") as source:
        return list(source)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_clip_has_one_frame_for_every_pose(name: str) -> None:
    truth = read_truth(name)
    with open_source(f"sample:{name}") as source:
        frames = list(source)
    assert len(frames) == len(truth["frames"])
    assert frames[0].size == (truth["camera"]["width"], truth["camera"]["height"])
    for frame, said in zip(frames, truth["frames"], strict=True):
        assert frame.index == said["index"]
        assert frame.time_s == pytest.approx(said["time_s"], abs=1e-3)
        pose = np.array(said[SAMPLES[name]])
        assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0, abs=1e-5)
        assert np.allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-5)
        assert np.allclose(pose[3], [0, 0, 0, 1])
        assert 0.2 < pose[2, 3] < 1.5


@pytest.mark.parametrize("name", SAMPLES)
def test_a_clip_is_small(name: str) -> None:
    assert asset_path("samples", f"{name}.mp4").stat().st_size <= 3_000_000


def test_every_bundled_file_is_credited() -> None:
    credits_text = asset_path("samples", "CREDITS.md").read_text()
    for path in asset_path("samples").iterdir():
        assert path.name == "CREDITS.md" or f"`{path.name}`" in credits_text


def yaw_degrees(rotation: Array) -> float:
    """Turn of the nose about the picture's vertical, + to the right."""
    return float(np.degrees(np.arctan2(rotation[0, 2], -rotation[2, 2])))


def test_the_face_turns_at_least_thirty_degrees_to_both_sides() -> None:
    poses = [np.array(f["camera_from_head"]) for f in read_truth("face")["frames"]]
    yaws = np.array([yaw_degrees(p[:3, :3]) for p in poses])
    assert yaws.max() > 30
    assert yaws.min() < -30
    # No jump: the fastest frame stays below what a person does without effort.
    assert np.abs(np.diff(yaws)).max() * 30 < 120


def test_the_face_is_tracked_in_every_frame_where_the_truth_says(
    face_frames: list[Frame],
) -> None:
    truth = read_truth("face")
    camera = truth_camera(truth)
    head = np.load(asset_path("samples", "face_head.npz"))
    stiff = np.asarray(STIFF_LANDMARKS)
    model = load_face_model()
    tracker = FaceTracker()
    yaw_errors, front_errors = [], []
    try:
        for frame, said in zip(face_frames, truth["frames"], strict=True):
            faces = tracker.track(frame).faces
            assert len(faces) == 1, f"no face in frame {frame.index}"
            points = faces[0].points_image
            pose = RigidTransform.from_matrix(said["camera_from_head"])
            _, turn, _ = cv2.solvePnP(
                model.vertices_head[stiff],
                points[stiff],
                camera.matrix,
                None,
                flags=cv2.SOLVEPNP_SQPNP,
            )
            found = RigidTransform.from_rotation_vector(turn.ravel())
            yaw_errors.append(yaw_degrees(found.rotation) - yaw_degrees(pose.rotation))
            if abs(yaw_degrees(pose.rotation)) < 3:
                expected = camera.project(pose @ head["landmarks_head"].astype(np.float64))
                distance = np.linalg.norm(points[:MESH_SIZE] - expected, axis=1)
                front_errors.append(float(np.median(distance)))
    finally:
        tracker.close()
    assert np.median(np.abs(yaw_errors)) < 3
    assert np.abs(yaw_errors).max() < 8
    assert len(front_errors) > 10
    assert max(front_errors) < 5


def test_the_bundled_head_is_what_the_face_lies_on() -> None:
    head = np.load(asset_path("samples", "face_head.npz"))
    vertices = head["vertices_head"].astype(np.float64)
    size = np.ptp(vertices, axis=0)
    assert 0.15 < size[0] < 0.28
    assert 0.17 < size[1] < 0.30
    assert 0.15 < size[2] < 0.28
    nearest = [
        float(np.linalg.norm(vertices - p, axis=1).min())
        for p in head["landmarks_head"].astype(np.float64)
    ]
    assert np.median(nearest) < 0.002
    assert head["triangles"].max() < len(vertices)


@pytest.mark.slow
def test_the_front_view_is_the_portrait(stage: FaceStage) -> None:
    drawn = stage.frame(np.zeros(3), np.zeros(3))
    outline = stage.landmarks_image[list(FACE_CONTOUR)]
    face = polygon_mask(outline)
    error = (drawn - stage.portrait.image)[face]
    assert 10 * np.log10(255**2 / np.mean(error**2)) >= 33
    hair = (drawn - stage.portrait.image)[stage.portrait.head]
    assert 10 * np.log10(255**2 / np.mean(hair**2)) >= 28


@pytest.mark.slow
def test_no_frame_shows_the_portraits_head_behind_the_turned_one(stage: FaceStage) -> None:
    """Without the head the plate is backdrop and collar: no skin, no hair."""
    core = cv2.erode(stage.portrait.head.astype(np.uint8), np.ones((5, 5))).astype(bool)
    left = np.abs(stage.plate.astype(float) - stage.portrait.image).mean(-1)[core]
    assert np.percentile(left, 5) > 8
    backdrop = stage.plate[150:500, 300:650].astype(float)
    assert np.abs(backdrop - backdrop.mean((0, 1))).max() < 60


@pytest.mark.slow
def test_the_outline_fits_the_portrait(stage: FaceStage) -> None:
    camera = stage.actor.face.camera
    vertices, triangles = stage.actor.rigid_head()
    points = stage.actor.face.camera_from_head @ vertices
    fragments = rasterise(
        camera.project(points), points[:, 2], triangles, ImageSize(camera.width, camera.height)
    )
    covered = np.zeros(camera.width * camera.height, bool)
    covered[fragments.pixels] = True
    centre = np.array([470.0, 350.0])
    reached = radial_extent(covered.reshape(camera.height, camera.width), centre)
    wanted = radial_extent(stage.portrait.head, centre)
    upper = slice(370, 710)  # half degrees from right over the top to left: hair
    assert np.abs(reached - wanted)[upper].mean() < 1.5
    assert np.abs(reached - wanted)[upper].max() < 6


@pytest.mark.slow
def test_a_turned_head_shows_no_crack(stage: FaceStage) -> None:
    """Inside the drawn head nothing of a green plate shines through."""
    green = np.zeros_like(stage.plate)
    green[..., 1] = 255
    for yaw in (-34, 34):
        drawn = stage.actor.draw(green, np.radians([yaw, 2, 1]), np.zeros(3))
        is_green = (drawn[..., 1] - drawn[..., [0, 2]].max(-1)) > 60
        count, parts = cv2.connectedComponents(is_green.astype(np.uint8))
        outside = set(np.unique(parts[:, 0])) | set(np.unique(parts[:, -1])) | {0}
        holes = [k for k in range(count) if k not in outside and (parts == k).sum() > 0]
        # The loop between hair and ring is outside too, but open to the sides.
        assert not holes


def test_motion_begins_at_the_portrait_and_is_smooth() -> None:
    for turns, shifts in (face_motion(), hand_motion()):
        assert np.allclose(turns[0], 0)
        assert np.allclose(shifts[0], 0)
        acceleration = np.diff(turns, n=2, axis=0) * 30**2
        assert np.abs(np.degrees(acceleration)).max() < 1200


@pytest.mark.slow
def test_the_truth_of_the_head_is_its_drawn_pose(stage: FaceStage) -> None:
    """Rigid vertices of the drawing and the pose of the truth are the same motion."""
    turn, sway = np.radians([21.0, 3.0, -2.0]), np.array([0.003, 0.001, 0.004])
    vertices, _ = stage.actor.rigid_head()
    expected = stage.actor.camera_from_head(turn, sway) @ vertices
    drawn = stage.actor._pose(turn, sway)
    distance = np.linalg.norm(drawn[:, None] - expected[None, ::997], axis=2).min(0)
    assert distance.max() < 1e-9


def test_hand_truth_is_rigid_and_of_the_stated_size() -> None:
    truth = read_truth("hand")
    joints = np.array([f["joints_camera"] for f in truth["frames"]])
    ends = joints[:, [HandLandmark.MIDDLE_MCP, HandLandmark.MIDDLE_TIP]]
    length = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    assert np.allclose(length, MIDDLE_FINGER_M, atol=1e-5)
    for frame, points in zip(truth["frames"], joints, strict=True):
        pose = RigidTransform.from_matrix(frame["camera_from_hand"])
        in_hand = pose.inverse() @ points
        first = RigidTransform.from_matrix(truth["frames"][0]["camera_from_hand"]).inverse()
        assert np.allclose(in_hand, first @ joints[0], atol=1e-5)
        assert np.allclose(in_hand[HandLandmark.WRIST], 0, atol=1e-6)
        assert in_hand[HandLandmark.MIDDLE_MCP][1] > 0.05
    turned = [
        np.degrees(np.linalg.norm(so3_log(np.array(f["camera_from_hand"])[:3, :3] @ rest.T)))
        for f in truth["frames"]
        for rest in [np.array(truth["frames"][0]["camera_from_hand"])[:3, :3]]
    ]
    assert max(turned) > 15


def test_the_hand_is_drawn_where_its_joints_are() -> None:
    stage = set_hand_stage(asset_path("samples", "hand.jpg"))
    turns, shifts = hand_motion()
    for index in (0, 48, 84):
        image = np.clip(stage.frame(turns[index], shifts[index]), 0, 255)
        joints = stage.camera.project(stage.moved(turns[index], shifts[index]) @ stage.joints)
        redness = image[..., 0] - image[..., 2]
        for x, y in joints:
            assert 0 < x < 1280
            assert 0 < y < 720
            assert redness[int(y), int(x)] > 8, f"no skin at ({x:.0f}, {y:.0f})"
        assert np.median(redness[:, -40:]) < 8


def test_rasteriser_interpolates_exactly_in_perspective() -> None:
    camera = Camera(80, 60, 70.0, 70.0, 40.0, 30.0)
    points = np.array([[-0.3, -0.2, 0.8], [0.4, -0.25, 1.6], [0.05, 0.3, 1.1]])
    triangles = np.array([[0, 2, 1]], np.int32)
    fragments = rasterise(camera.project(points), points[:, 2], triangles, ImageSize(80, 60))
    assert len(fragments.pixels) > 200
    found = interpolate(fragments, triangles, points)
    centres = np.stack([fragments.pixels % 80 + 0.5, fragments.pixels // 80 + 0.5], -1)
    assert np.abs(camera.project(found) - centres).max() < 1e-9
    normal = np.cross(points[1] - points[0], points[2] - points[0])
    assert np.abs((found - points[0]) @ normal).max() < 1e-12


def test_rasteriser_keeps_the_nearest_and_culls_back_faces() -> None:
    square = np.array([[2.0, 2.0], [18.0, 2.0], [18.0, 18.0], [2.0, 18.0]])
    near, far = np.full(4, 1.0), np.full(4, 2.0)
    points = np.concatenate([square, square])
    depths = np.concatenate([far, near])
    faces = np.array([[0, 2, 1], [0, 3, 2], [4, 6, 5], [4, 7, 6]], np.int32)
    fragments = rasterise(points, depths, faces, ImageSize(20, 20))
    assert len(fragments.pixels) == 16 * 16
    assert set(fragments.triangles.tolist()) == {2, 3}
    behind = rasterise(points, depths, faces[:, ::-1].copy(), ImageSize(20, 20))
    assert len(behind.pixels) == 0


def test_smooth_filling_keeps_what_is_known_and_stays_between() -> None:
    columns = np.linspace(20, 220, 96)
    image = np.repeat(columns[None, :, None], 64, axis=0)
    known = np.ones((64, 96), bool)
    known[20:44, 30:66] = False
    filled = fill_smoothly(np.where(known[..., None], image, 0.0), known)
    assert np.allclose(filled[known], image[known])
    assert np.abs(filled - image).max() < 25


def test_noise_is_repeatable_and_as_strong_as_said() -> None:
    grey = np.full((200, 200, 3), 128.0)
    a: RgbImage = add_noise(grey, 2.0, seed=4)
    assert np.array_equal(a, add_noise(grey, 2.0, seed=4))
    assert not np.array_equal(a, add_noise(grey, 2.0, seed=5))
    assert a.mean(-1).std() == pytest.approx(2.0, rel=0.15)


@pytest.mark.slow
def test_the_stage_is_built_the_same_every_time(stage: FaceStage) -> None:
    again = set_face_stage(asset_path("samples", "astronaut.png"))
    first, second = (hashlib.sha256(s.actor.texture.tobytes()) for s in (stage, again))
    assert first.hexdigest() == second.hexdigest()
    assert np.array_equal(stage.plate, again.plate)


def test_a_missing_or_wrong_picture_is_a_clear_error(tmp_path: Any) -> None:
    with pytest.raises(SourceError, match="built from it"):
        load_portrait(tmp_path / "none.png")
    cv2.imwrite(str(tmp_path / "small.png"), np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(SourceError, match="512x512"):
        load_portrait(tmp_path / "small.png")


def test_times_of_the_clip_are_those_of_thirty_frames_a_second(face_frames: list[Frame]) -> None:
    gaps = np.diff([f.timestamp_ns for f in face_frames])
    assert np.abs(gaps - NS_PER_S / 30).max() < 1e6
