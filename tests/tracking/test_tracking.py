from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.assets import asset_path
from ar_preview.errors import TrackingError
from ar_preview.frames import Frame, ImageSize
from ar_preview.landmarks import LEFT_EYE_RING, MESH_SIZE, RIGHT_EYE_RING, FaceLandmark
from ar_preview.tracking import (
    FACE_WEIGHTS,
    FaceTracker,
    ReplayTracker,
    TrackLog,
    face,
    face_result,
    load_face_model,
    load_weights,
)
from ar_preview.tracking.crowd import CrowdTracker
from ar_preview.tracking.face_search import PictureFaces
from ar_preview.tracking.identity import IdentityKeeper
from ar_preview.tracks import BodyTrack, FaceTrack, HandTrack, SilhouetteTrack, Tracks
from tests.people import portrait

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def weights_folder(tmp_path: Path) -> Path:
    shutil.copy(asset_path("models", "manifest.toml"), tmp_path)
    shutil.copy(asset_path("models", FACE_WEIGHTS), tmp_path)
    return tmp_path


def test_one_wrong_byte_in_the_weights_is_a_clear_error(weights_folder: Path) -> None:
    path = weights_folder / FACE_WEIGHTS
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(TrackingError, match=r"damaged.*SHA-256"):
        FaceTracker(weights_folder=weights_folder)


def test_missing_weights_name_the_remedy(weights_folder: Path) -> None:
    (weights_folder / FACE_WEIGHTS).unlink()
    with pytest.raises(TrackingError, match="fetch_weights"):
        load_weights(FACE_WEIGHTS, weights_folder)


def test_weights_that_the_manifest_does_not_know(weights_folder: Path) -> None:
    with pytest.raises(TrackingError, match=r"does not describe other\.task"):
        load_weights("other.task", weights_folder)


def test_what_is_left_out_for_speed_changes_no_landmark(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's own objects and the network for expressions are done without."""
    frame = portrait()
    with closing(FaceTracker(continuous=False)) as tracker:
        found = tracker.track(frame).faces
    whole = load_weights(FACE_WEIGHTS)
    assert len(face.without_blendshapes(whole)) < 0.8 * len(whole)
    monkeypatch.setattr(face, "without_blendshapes", lambda weights: weights)
    monkeypatch.setattr(face, "detect_faces", face_result._detect_publicly)
    with closing(FaceTracker(continuous=False)) as tracker:
        (public,) = tracker.track(frame).faces
    np.testing.assert_array_equal(found[0].points_image, public.points_image)
    np.testing.assert_array_equal(found[0].depth_image, public.depth_image)


def test_canonical_face_has_head_axes_and_metres() -> None:
    model = load_face_model()
    assert model.vertices_head.shape == (MESH_SIZE, 3)
    assert model.uv.shape == (MESH_SIZE, 2)
    assert model.triangles.shape == (898, 3)
    left = model.vertices_head[FaceLandmark.LEFT_EYE_OUTER]
    right = model.vertices_head[FaceLandmark.RIGHT_EYE_OUTER]
    assert left[0] == pytest.approx(-right[0])
    assert left[0] > 0.03
    assert model.vertices_head[FaceLandmark.FOREHEAD_TOP, 1] > 0.05
    assert np.argmax(model.vertices_head[:, 2]) in {1, 4}
    assert 0.13 < np.ptp(model.vertices_head[:, 0]) < 0.17


def test_canonical_face_is_wound_outwards() -> None:
    model = load_face_model()
    a, b, c = np.moveaxis(model.vertices_head[model.triangles], 1, 0)
    normals = np.cross(b - a, c - a)
    outwards = np.einsum("ij,ij->i", normals, (a + b + c) / 3 - [0.0, 0.0, -0.02])
    assert (outwards > 0).mean() > 0.97


def test_landmarks_lie_on_the_portrait() -> None:
    frame = portrait()
    tracker = FaceTracker(continuous=False)
    tracks = tracker.track(frame)
    tracker.close()
    assert tracks.size == frame.size
    (face,) = tracks.faces
    assert face.points_image.shape == (478, 2)
    points = face.points_image
    # The eyes of the portrait, measured in the picture by hand.
    for ring, eye in ((RIGHT_EYE_RING, (203.8, 101.0)), (LEFT_EYE_RING, (246.5, 103.5))):
        assert np.linalg.norm(points[list(ring)].mean(axis=0) - eye) < 3
    # The subject's left is on the right of an unmirrored picture.
    assert points[FaceLandmark.LEFT_EYE_OUTER, 0] > points[FaceLandmark.RIGHT_EYE_OUTER, 0]


def test_an_empty_picture_has_no_face() -> None:
    tracker = FaceTracker()
    frame = Frame(np.full((240, 320, 3), 90, np.uint8))
    assert tracker.track(frame).faces == ()
    tracker.close()


def test_video_survives_changed_size_and_time_running_back() -> None:
    frame = portrait()
    tracker = FaceTracker()
    small = np.ascontiguousarray(frame.image[:400, 40:440])
    for image, stamp in (
        (frame.image, 0),
        (frame.image, 33_000_000),
        (small, 66_000_000),
        (small, 66_000_000),
        (frame.image, 10_000_000),
        (frame.image, 90_000_000_000),
    ):
        tracks = tracker.track(Frame(image, 0, stamp))
        assert [face.id for face in tracks.faces] == [0]
    tracker.close()
    tracker.close()
    with pytest.raises(TrackingError, match="closed"):
        tracker.track(frame)


def test_faces_to_follow_must_be_positive() -> None:
    with pytest.raises(TrackingError, match="at least one"):
        CrowdTracker(0)
    with pytest.raises(TrackingError, match="at least one"):
        PictureFaces(0)


def _outline(x: float) -> np.ndarray:
    return np.array([[x, 100.0], [x + 50.0, 160.0]])


def test_ids_follow_people_who_move_and_return() -> None:
    keeper = IdentityKeeper()
    assert keeper.assign([_outline(0), _outline(200)], 0) == [0, 1]
    assert keeper.assign([_outline(205), _outline(8)], 33_000_000) == [1, 0]
    assert keeper.assign([_outline(16)], 66_000_000) == [0]
    # The second comes back within a second: the same id.
    assert keeper.assign([_outline(24), _outline(210)], 500_000_000) == [0, 1]


def test_a_lone_face_is_always_the_first() -> None:
    keeper = IdentityKeeper()
    assert keeper.assign([_outline(0)], 0) == [0]
    assert keeper.assign([_outline(600)], 33_000_000) == [0]
    assert keeper.assign([], 66_000_000) == []
    assert keeper.assign([_outline(300)], 5_000_000_000) == [0]


def _frame(index: int, brighter: int = 0, time_ns: int | None = None) -> Frame:
    x = np.arange(320)[None, :, None] // 2 + np.zeros((240, 1, 3), np.int64)
    image = (x + 5 * (index - 7) + brighter).astype(np.uint8)
    return Frame(image, index, index * 40_000_000 if time_ns is None else time_ns)


def _log() -> tuple[TrackLog, Tracks]:
    rng = np.random.default_rng(1)
    face = FaceTrack(3, rng.normal(200, 50, (478, 2)), rng.normal(0, 20, 478))
    hand = HandTrack(
        1,
        "right",
        0.75,
        rng.normal(100, 9, (21, 2)),
        rng.normal(0, 5, 21),
        rng.normal(size=(21, 3)),
    )
    body = BodyTrack(
        3, rng.normal(150, 90, (33, 2)), rng.normal(size=(33, 3)), rng.uniform(size=33)
    )
    mask = rng.integers(0, 256, (256, 256)).astype(np.uint8)
    silhouette = SilhouetteTrack(3, (40, 0, 320, 200), mask)
    tracks = Tracks(
        ImageSize(320, 240), (face,), (hand,), bodies=(body,), silhouettes=(silhouette,)
    )
    log = TrackLog()
    log.append(_frame(7), tracks)
    log.append(_frame(8), Tracks(ImageSize(320, 240), faces_sought=False))
    return log, tracks


def test_replayed_tracks_are_the_recorded_ones_exactly(tmp_path: Path) -> None:
    log, tracks = _log()
    log.save(tmp_path / "tracks.npz")
    replay = ReplayTracker(tmp_path / "tracks.npz")
    again = replay.track(_frame(7))
    np.testing.assert_array_equal(again.faces[0].points_image, tracks.faces[0].points_image)
    np.testing.assert_array_equal(again.faces[0].depth_image, tracks.faces[0].depth_image)
    np.testing.assert_array_equal(again.hands[0].points_world, tracks.hands[0].points_world)
    for ours, theirs in zip(again.bodies, tracks.bodies, strict=True):
        assert ours.id == theirs.id
        np.testing.assert_array_equal(ours.points_image, theirs.points_image)
        np.testing.assert_array_equal(ours.points_world, theirs.points_world)
        np.testing.assert_array_equal(ours.visibility, theirs.visibility)
    assert (again.faces[0].id, again.hands[0].id, again.hands[0].handedness) == (3, 1, "right")
    assert again.faces_sought and again.hands_sought
    (outline,) = again.silhouettes
    assert (outline.face_id, outline.box) == (3, (40, 0, 320, 200))
    np.testing.assert_array_equal(outline.mask, tracks.silhouettes[0].mask)
    rested = replay.track(_frame(8))
    assert rested.silhouettes == ()
    assert (rested.faces, rested.faces_sought, rested.hands_sought) == ((), False, True)
    assert rested.bodies == ()
    with pytest.raises(TrackingError, match="no tracks for frame 9"):
        replay.track(_frame(9))
    with pytest.raises(TrackingError, match="320x240"):
        replay.track(Frame(np.zeros((10, 10, 3), np.uint8), 7))


def test_tracks_of_another_clip_are_refused(tmp_path: Path) -> None:
    _log()[0].save(tmp_path / "tracks.npz")
    replay = ReplayTracker(tmp_path / "tracks.npz")
    # Another decoder may round otherwise, another container rounds times to milliseconds.
    assert replay.track(_frame(7, brighter=1, time_ns=280_400_000)).faces
    for other in (
        _frame(7, brighter=9),
        _frame(7, time_ns=300_000_000),
        Frame(np.ascontiguousarray(_frame(7).image[:, ::-1]), 7, 280_000_000),
    ):
        with pytest.raises(TrackingError, match="made from another clip"):
            replay.track(other)


@pytest.mark.parametrize(
    "content", [b"", b"not a zip", b"PK\x03\x04 cut off", b"index,x,y\n1,2,3\n"]
)
def test_a_broken_tracks_file_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tracks.npz"
    path.write_bytes(content)
    with pytest.raises(TrackingError, match=r"tracks\.npz is not a tracks file") as caught:
        ReplayTracker(path)
    assert "pickle" not in str(caught.value)


def test_a_single_array_is_no_tracks_file(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((5, 478, 3)))
    path = (tmp_path / "a.npy").rename(tmp_path / "tracks.npz")
    with pytest.raises(TrackingError, match="not a tracks file"):
        ReplayTracker(path)


def test_a_missing_tracks_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(TrackingError, match=r"cannot read .*tracks\.npz: No such file"):
        ReplayTracker(tmp_path / "tracks.npz")


def test_another_kind_of_npz_is_a_clear_error(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", points=np.zeros(3))
    with pytest.raises(TrackingError, match="not a tracks file"):
        ReplayTracker(tmp_path / "other.npz")


def _with_points(value: float) -> np.ndarray:
    points = np.full((1, 478, 3), 100.0)
    points[0, 5, 1] = value
    return points


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": np.array(1)}, "version 2"),
        ({"version": np.array([2, 2])}, "version 2"),
        ({"format": np.array("other")}, "not a tracks file"),
        ({"format": np.array(["a", "b"])}, "not a tracks file"),
        ({"face_points": None}, "has no face_points"),
        ({"face_points": np.zeros((282, 100, 3))}, r"\(N, 478, 3\)"),
        ({"face_points": np.zeros((2, 478, 3))}, "expected 1 rows"),
        ({"face_points": np.zeros(())}, r"\(N, 478, 3\)"),
        ({"face_points": np.full((1, 478, 3), "x")}, r"\(N, 478, 3\)"),
        ({"face_points": np.array([{}], dtype=object)}, "damaged"),
        ({"face_points": np.zeros(0)}, r"\(N, 478, 3\)"),
        ({"face_points": _with_points(np.nan)}, "face_points are not finite"),
        ({"face_points": _with_points(-np.inf)}, "face_points are not finite"),
        ({"face_points": _with_points(1e12)}, "far outside the frame"),
        ({"face_points": _with_points(33_000)}, "far outside the frame"),
        ({"hand_points": np.full((1, 21, 3), 1e12)}, "hand_points"),
        ({"hand_world": np.full((1, 21, 3), np.nan)}, "hand_world"),
        ({"hand_score": np.array([np.nan], np.float32)}, "hand_score"),
        ({"hand_right": np.array(["yes"])}, "hand_right"),
        ({"body_points": None}, "has no body_points"),
        ({"body_points": np.full((1, 33, 2), np.nan)}, "body_points are not finite"),
        ({"body_world": np.full((1, 33, 3), np.inf)}, "body_world"),
        ({"body_visibility": np.full((1, 33), 2.0)}, "body_visibility"),
        ({"body_frame": np.array([9])}, "not in frame_index"),
        ({"face_id": np.array(0, np.int32)}, "face_id"),
        ({"face_frame": np.array([99])}, "not in frame_index"),
        ({"face_frame": np.array([7.0])}, "face_frame"),
        ({"frame_index": np.array([7, 7])}, "frame_index"),
        ({"frame_index": np.array([7])}, "expected 1 rows"),
        ({"frame_size": np.array([[320, 240], [0, 240]])}, "frame_size"),
        ({"frame_thumbnail": np.zeros((2, 4, 4), np.uint8)}, "frame_thumbnail"),
        ({"frame_time": np.array(["a", "b"])}, "frame_time"),
        ({"silhouette_frame": np.array([99])}, "silhouette_frame names frames"),
        ({"silhouette_box": np.array([[40, 0, 321, 200]])}, "silhouette_box"),
        ({"silhouette_box": np.array([[40, 0, 40, 200]])}, "silhouette_box"),
        ({"silhouette_mask": np.zeros((1, 128, 128), np.uint8)}, "silhouette_mask"),
    ],
)
def test_tracks_that_no_tracker_gives_are_one_clear_line(
    tmp_path: Path, changes: dict[str, np.ndarray | None], says: str
) -> None:
    path = tmp_path / "tracks.npz"
    _log()[0].save(path)
    with np.load(path) as data:
        arrays = {name: data[name] for name in data.files} | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(TrackingError, match=says) as caught:
        ReplayTracker(path)
    assert "\n" not in str(caught.value)
    assert "pickle" not in str(caught.value)


def test_a_tracks_file_from_before_bodies_were_looked_for_is_played_back(tmp_path: Path) -> None:
    path = tmp_path / "tracks.npz"
    _log()[0].save(path)
    with np.load(path) as data:
        arrays = {name: data[name] for name in data.files if not name.startswith("body_")}
    np.savez(path, **arrays)
    tracks = ReplayTracker(path).track(_frame(7))
    assert len(tracks.faces) == 1
    assert tracks.bodies == ()


def test_damage_anywhere_in_a_tracks_file_is_a_tracking_error(tmp_path: Path) -> None:
    path = tmp_path / "tracks.npz"
    _log()[0].save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(5)
    refused = 0
    for at in rng.integers(0, len(whole), 150):
        data = bytearray(whole)
        data[at] ^= int(rng.integers(1, 256))
        path.write_bytes(data)
        try:
            ReplayTracker(path)
        except TrackingError:
            refused += 1
    assert refused > 100


def test_an_empty_run_can_be_replayed(tmp_path: Path) -> None:
    log = TrackLog()
    log.append(_frame(0), Tracks(ImageSize(320, 240)))
    log.save(tmp_path / "tracks.npz")
    assert ReplayTracker(tmp_path / "tracks.npz").track(_frame(0)).faces == ()
    TrackLog().save(tmp_path / "tracks.npz")
    with pytest.raises(TrackingError, match="no tracks for frame 0"):
        ReplayTracker(tmp_path / "tracks.npz").track(_frame(0))


def test_who_was_hidden_behind_somebody_is_the_same_person() -> None:
    keeper = IdentityKeeper()
    face = 100.0 * np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    seen = []
    for k in range(31):
        walking, standing = face + [20.0 * k, 0.0], face + [300.0, 10.0]
        hidden = 10 <= k <= 20
        ids = keeper.assign([standing] if hidden else [standing, walking], round(k * 1e9 / 30))
        seen.append(ids)
    assert all(ids[0] == seen[0][0] for ids in seen)
    assert {ids[1] for ids in seen if len(ids) == 2} == {seen[0][1]}
    # Somebody of another size, far away, is somebody else.
    stranger = 3.0 * face + [900.0, 300.0]
    (other,) = set(keeper.assign([face + [300.0, 10.0], stranger], round(31e9 / 30))) - {0}
    assert other == 2


@pytest.mark.slow
def test_a_tracker_that_nobody_closed_ends_in_silence() -> None:
    script = "from ar_preview.tracking import FaceTracker; kept = FaceTracker()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
