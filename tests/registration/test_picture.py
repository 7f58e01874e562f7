"""The rooms of the picture tracker, each alone, on a face whose skin and motion are known."""

from __future__ import annotations

import numpy as np
import pytest

from ar_preview.geometry import Array, Camera, ImageSize, RigidTransform, so3_log
from ar_preview.registration.picture import PictureTracker
from ar_preview.registration.picture.adjust import BundleView, adjust
from ar_preview.registration.picture.features import FeatureMap, make_keyframe
from ar_preview.registration.picture.match import NEAR, match_keyframes, whitening
from ar_preview.registration.picture.motion import SkinMotion
from ar_preview.registration.picture.solve import pose_jacobian, solve_pose
from ar_preview.registration.picture.surface import Surface
from ar_preview.registration.picture.unwrap import (
    flatten,
    unwrap,
    unwrap_again,
    visible_texels,
)
from ar_preview.tracking import load_face_model
from tests.people import pose
from tests.skin import TEXEL_M, chart, picture, skin

CAMERA = Camera.from_fov(ImageSize(640, 480), 60.0)
LENS = Camera(640, 480, 560, 560, 320, 240, (-0.12, 0.03, 0.001, -0.0005, 0.0))
MODEL = load_face_model()
WORN = MODEL.vertices_head[[168, 33, 263, 127, 356]]


def moved(yaw_deg: float, x_mm: float = 0.0, z_mm: float = 0.0) -> RigidTransform:
    base = pose(yaw_deg, 0.0, 0.45)
    return RigidTransform(base.rotation, base.translation + [x_mm / 1e3, 0.0, z_mm / 1e3])


def pixels_apart(a: RigidTransform, b: RigidTransform, camera: Camera = CAMERA) -> float:
    gap = camera.project(a @ WORN) - camera.project(b @ WORN)
    return float(np.sqrt((gap**2).sum(axis=1).mean()))


def test_the_lattice_carries_the_face_it_was_made_from() -> None:
    surface = Surface(chart(), MODEL.vertices_head)
    smooth = [9, 151, 168, 6, 50, 280, 205, 425]
    found = surface.points_at(chart().texels(MODEL.vertices_head[smooth]))
    # Between nodes the surface is bilinear, the mesh is not.
    np.testing.assert_allclose(found, MODEL.vertices_head[smooth], atol=1e-3)
    middle = surface.normals_head[surface.normals_head.shape[0] // 2]
    assert middle[middle.shape[0] // 2, 2] > 0.5


@pytest.mark.parametrize("camera", [CAMERA, LENS])
def test_unwrapping_gives_the_skin_back_whatever_the_pose(camera: Camera) -> None:
    surface = Surface(chart(), MODEL.vertices_head)
    for yaw in (0.0, 25.0):
        truth = moved(yaw)
        view = surface.seen_by(camera, truth)
        texture = unwrap(picture(camera, truth), view).astype(float)
        seen = visible_texels(view, 0.7) > 0
        assert seen.sum() > 5_000
        residual = (texture - skin())[seen]
        assert np.abs(np.median(residual)) < 1.0
        assert residual.std() < 0.35 * skin()[seen].std()


def test_skin_is_unwrapped_anew_without_its_picture() -> None:
    surface, gray = Surface(chart(), MODEL.vertices_head), picture(CAMERA, moved(10.0))
    before, after = (surface.seen_by(CAMERA, moved(yaw)) for yaw in (9.0, 11.0))
    kept = unwrap(gray, before).astype(int)
    again, goal = unwrap_again(unwrap(gray, before), before, after), unwrap(gray, after).astype(int)
    seen = (visible_texels(before, 0.6) > 0) & (visible_texels(after, 0.6) > 0)
    assert seen.sum() > 5_000
    assert np.abs(again - goal)[seen].mean() < 0.4 * np.abs(kept - goal)[seen].mean()


def test_flattening_takes_light_away_and_leaves_skin() -> None:
    texture = skin().astype(np.uint8)
    slope = np.linspace(0.0, 60.0, texture.shape[1])[None]
    lit = np.clip(skin() - 30.0 + slope, 0, 255).astype(np.uint8)
    plain, other = flatten(texture, TEXEL_M), flatten(lit, TEXEL_M)
    inner = (slice(30, -30), slice(30, -30))
    assert np.abs(plain[inner].astype(int) - other[inner]).mean() < 3.0
    assert abs(plain[inner].mean() - 128) < 2.0


def test_views_differentiate_the_way_they_project() -> None:
    view = Surface(chart(), MODEL.vertices_head).seen_by(CAMERA, moved(10.0))
    texels = np.array([[120.3, 60.2], [150.7, 80.6], [170.1, 95.4]])
    points, jacobian, cosine = view.at(texels)
    for axis in (0, 1):
        step = 0.01 * np.eye(2)[axis]
        slope = (view.image_at(texels + step) - view.image_at(texels)) / 0.01
        np.testing.assert_allclose(jacobian[:, :, axis], slope, atol=1e-6)
    np.testing.assert_allclose(points, view.image_at(texels))
    assert ((cosine > 0) & (cosine <= 1)).all()


def test_matching_is_finer_than_a_tenth_of_a_pixel() -> None:
    surface, features = Surface(chart(), MODEL.vertices_head), FeatureMap()
    first, second = moved(0.0), moved(4.0, x_mm=3.0)
    keyframe = make_keyframe(picture(CAMERA, first), surface, CAMERA, first, features)
    assert len(keyframe.ids) > 40
    predicted = moved(3.0, x_mm=2.0)
    view = surface.seen_by(CAMERA, predicted)
    texture = flatten(unwrap(picture(CAMERA, second), view), TEXEL_M)
    matches = match_keyframes(texture, view, CAMERA, predicted, [keyframe], features, NEAR)
    assert len(matches) > 0.8 * matches.sought
    gap = matches.points_image - CAMERA.project(second @ features.points_head[matches.ids])
    assert np.median(np.linalg.norm(gap, axis=1)) < 0.1


def _seen(camera: Camera, truth: RigidTransform, points: Array, noise: float = 0.0) -> Array:
    rng = np.random.default_rng(1)
    return camera.project(truth @ points) + noise * rng.normal(size=(len(points), 2))


@pytest.mark.parametrize("camera", [CAMERA, LENS])
def test_the_pose_is_solved_in_spite_of_skin_that_moved(camera: Camera) -> None:
    points = MODEL.vertices_head[::6]
    truth, start = moved(12.0, x_mm=4.0), moved(10.0)
    seen = _seen(camera, truth, points, 0.05)
    seen[: len(points) // 4] += [0.0, -8.0]
    white = np.broadcast_to(np.eye(2) / 0.3, (len(points), 2, 2))
    solution = solve_pose(points, seen, white, camera, start)
    assert pixels_apart(solution.camera_from_head, truth, camera) < 0.1
    assert (solution.weights[: len(points) // 4] < 0.2).all()
    assert np.median(solution.weights[len(points) // 4 :]) > 0.5


def _degrees_apart(a: RigidTransform, b: RigidTransform) -> float:
    return float(np.degrees(np.linalg.norm(so3_log(a.rotation @ b.rotation.T))))


def _grimace(millimetres: list[float]) -> tuple[Array, Array, RigidTransform]:
    """Points of a face at rest, where they are seen, and the pose."""
    points, truth = MODEL.vertices_head[MODEL.vertices_head[:, 1] > -0.03][::3], moved(8.0)
    seen = points + SkinMotion(np.array(millimetres) / 1e3).offsets(points)
    return points, _seen(CAMERA, truth, seen, 0.05), truth


@pytest.mark.parametrize(
    "millimetres", [[5.0, 0.0, 0.0, 0.0], [-4.0, -2.0, 0.0, 0.0], [0.0, 0.0, -6.0, 0.0]]
)
def test_a_growing_grimace_is_not_a_turn_of_the_head(millimetres: list[float]) -> None:
    skin, start = SkinMotion(), moved(8.0)
    for share in np.linspace(0.1, 1.0, 10):
        points, seen, truth = _grimace([share * one for one in millimetres])
        white = np.broadcast_to(np.eye(2) / 0.3, (len(points), 2, 2))
        solution = solve_pose(points, seen, white, CAMERA, start, skin)
        skin, start = solution.skin, solution.camera_from_head
    assert _degrees_apart(start, truth) < 0.6
    np.testing.assert_allclose(skin.amounts, np.array(millimetres) / 1e3, atol=1e-3)


def test_a_face_at_rest_shows_no_motion_of_its_skin() -> None:
    points, seen, truth = _grimace([0.0, 0.0, 0.0, 0.0])
    white = np.broadcast_to(np.eye(2) / 0.3, (len(points), 2, 2))
    solution = solve_pose(points, seen, white, CAMERA, moved(6.0))
    assert np.abs(solution.skin.amounts).max() < 1e-4
    assert _degrees_apart(solution.camera_from_head, truth) < 0.1


def test_landmarks_decide_only_what_the_picture_leaves_open() -> None:
    points, truth = MODEL.vertices_head[::6], moved(8.0)
    leaning = (truth @ RigidTransform.from_rotation_vector([np.radians(3.0), 0.0, 0.0])).rotation
    few = [9, 30, 40, 50]
    for chosen, share in ((np.arange(len(points)), (0.0, 0.05)), (np.array(few), (0.2, 1.0))):
        seen = _seen(CAMERA, truth, points[chosen])
        white = np.broadcast_to(np.eye(2) / 0.3, (len(chosen), 2, 2)) / (
            6 if len(chosen) < 9 else 1
        )
        pose_found = solve_pose(
            points[chosen], seen, white, CAMERA, truth, expected_rotation=leaning
        ).camera_from_head
        assert share[0] <= _degrees_apart(pose_found, truth) / 3.0 <= share[1]


def test_the_information_of_a_pose_is_that_of_its_noise() -> None:
    points, truth = MODEL.vertices_head[::4], moved(5.0)
    white = np.broadcast_to(np.eye(2) / 0.3, (len(points), 2, 2))
    rng = np.random.default_rng(2)
    off, expected = [], []
    for _ in range(60):
        seen = CAMERA.project(truth @ points) + 0.3 * rng.normal(size=(len(points), 2))
        solution = solve_pose(points, seen, white, CAMERA, truth)
        off.append(solution.camera_from_head.translation - truth.translation)
        expected.append(np.diag(np.linalg.inv(solution.information))[3:])
    ratio = np.std(off, axis=0) / np.sqrt(np.mean(expected, axis=0))
    assert ((ratio > 0.4) & (ratio < 1.6)).all()


def test_the_pose_jacobian_agrees_with_differences() -> None:
    truth, points = moved(15.0), WORN
    focal = np.array([CAMERA.fx, CAMERA.fy])
    turned = points @ truth.rotation.T
    base, jacobian = pose_jacobian(turned, truth.translation, focal)
    for k in range(6):
        step = 1e-6 * np.eye(6)[k]
        nudge = RigidTransform.from_rotation_vector(step[:3]).rotation
        there, _ = pose_jacobian(turned @ nudge.T, truth.translation + step[3:], focal)
        np.testing.assert_allclose(jacobian[:, :, k], (there - base) / 1e-6, atol=0.05)


def test_adjustment_reduces_the_reprojection_error_and_keeps_the_first_view() -> None:
    rng = np.random.default_rng(3)
    points = MODEL.vertices_head[::8]
    truths = [moved(0.0), moved(12.0), moved(-10.0), moved(20.0)]
    sight = truths[0].inverse() @ np.zeros(3) - points
    rays = sight / np.linalg.norm(sight, axis=1, keepdims=True)
    # The first surface is wrong along the first lines of sight, as after the first frame.
    guess = points + rays * rng.normal(0, 0.004, (len(points), 1))
    ids, white = np.arange(len(points)), np.broadcast_to(np.eye(2) / 0.2, (len(points), 2, 2))
    slips = [np.zeros(6), *rng.normal(0, [0.004] * 3 + [0.0005] * 3, (3, 6))]
    starts = [
        RigidTransform.from_rotation_vector(s[:3], s[3:]) @ t
        for s, t in zip(slips, truths, strict=True)
    ]
    views = [
        BundleView(start, ids, CAMERA.project(truth @ points), white)
        for start, truth in zip(starts, truths, strict=True)
    ]

    def error(poses: list[RigidTransform], where: Array) -> float:
        gaps = [
            CAMERA.project(p @ where) - v.points_image for p, v in zip(poses, views, strict=True)
        ]
        return float(np.sqrt(np.mean(np.square(gaps))))

    result = adjust(views, guess, guess, rays, CAMERA, steps=4)
    np.testing.assert_allclose(result.poses[0].matrix, truths[0].matrix, atol=1e-12)
    assert error(list(result.poses), result.points_head) < 0.05 * error(starts, guess)
    before = np.abs(((guess - points) * rays).sum(axis=1)).mean()
    after = np.abs(((result.points_head - points) * rays).sum(axis=1)).mean()
    assert after < 0.5 * before


def test_the_surface_follows_what_was_measured() -> None:
    surface = Surface(chart(), MODEL.vertices_head)
    texels = chart().texels(MODEL.vertices_head)
    inside = (texels > 20).all(axis=1) & (texels < [chart().width - 20, chart().height - 20]).all(
        axis=1
    )
    goal = MODEL.vertices_head[inside] + [0.0, 0.0, 0.003]
    place = texels[inside]
    front = np.abs(MODEL.vertices_head[inside][:, 0]) < 0.03
    before = np.abs((surface.points_at(place) - goal)[front, 2]).mean()
    drawn = surface.refined(goal, place)
    after = np.abs((drawn.points_at(place) - goal)[front, 2]).mean()
    assert after < 0.6 * before
    same = surface.refined(np.zeros((0, 3)), np.zeros((0, 2)))
    np.testing.assert_array_equal(same.points_head, surface.points_head)


def test_whitening_makes_unit_variance() -> None:
    covariance = np.array([[[0.5, 0.2], [0.2, 0.3]]])
    jacobian = np.array([[[1.2, 0.1], [-0.3, 0.9]]])
    white = whitening(covariance, jacobian)[0]
    total = jacobian[0] @ covariance[0] @ jacobian[0].T + 0.3**2 * np.eye(2)
    np.testing.assert_allclose(white @ total @ white.T, np.eye(2), atol=1e-12)


def test_a_head_is_followed_by_its_skin_from_poor_predictions() -> None:
    """Begun with a face that is not this person's; predictions off by several pixels."""
    person = MODEL.vertices_head * [1.04, 0.97, 1.08]
    rng = np.random.default_rng(4)
    start = moved(0.0)
    depth = (start @ MODEL.vertices_head)[:, 2]
    seen = CAMERA.project(start @ person)
    guess = start.inverse() @ CAMERA.unproject(seen, depth)
    tracker = PictureTracker(MODEL, CAMERA, picture(CAMERA, start, person), start, guess)
    truths, found = [start], [start]
    for k in range(1, 13):
        truth = moved(2.0 * k, x_mm=2.0 * k)
        off = RigidTransform.from_rotation_vector(rng.normal(0, 0.012, 3))
        predicted = RigidTransform(
            off.rotation @ truth.rotation, truth.translation + rng.normal(0, [0.002, 0.002, 0.004])
        )
        assert pixels_apart(predicted, truth) > 0.5
        solution = tracker.track(picture(CAMERA, truth, person, noise=1.0), [predicted])
        assert solution is not None
        truths.append(truth)
        found.append(solution.camera_from_head)
    assert stick_error(truths, found) < 0.4


def test_adjusting_and_making_a_keyframe_take_turns() -> None:
    tracker = PictureTracker(
        MODEL, CAMERA, picture(CAMERA, moved(0)), moved(0), MODEL.vertices_head
    )
    views = [len(tracker._views)]
    for yaw in (5.0, 10.0, 15.0, 16.0, 21.0):
        assert tracker.track(picture(CAMERA, moved(yaw)), [moved(yaw - 1.0)]) is not None
        views.append(len(tracker._views))
    # Each adds a view: no frame may do both.
    assert max(np.diff(views)) == 1
    assert len(tracker._keyframes) == 2


def test_a_face_that_was_far_away_at_first_sticks_when_it_is_near() -> None:
    """From 93 px wide to 230: what so small a face shows must not hold for ever."""
    person = MODEL.vertices_head * [1.04, 0.97, 1.08]
    start = pose(0.0, 0.0, 0.83)
    depth = (start @ MODEL.vertices_head)[:, 2]
    seen = CAMERA.project(start @ person)
    guess = start.inverse() @ CAMERA.unproject(seen, depth)
    tracker = PictureTracker(MODEL, CAMERA, picture(CAMERA, start, person), start, guess)
    truths, found = [start], [start]
    for distance, yaw in zip(np.geomspace(0.75, 0.34, 7), np.linspace(1.0, 11.0, 7), strict=True):
        truth = pose(float(yaw), 0.0, float(distance))
        predicted = RigidTransform(truth.rotation, truth.translation + [0.002, 0.0, 0.004])
        solution = tracker.track(picture(CAMERA, truth, person, noise=3.0), [predicted])
        assert solution is not None
        truths.append(truth)
        found.append(solution.camera_from_head)
    assert stick_error(truths, found) < 0.16


def stick_error(truths: list[RigidTransform], found: list[RigidTransform]) -> float:
    """How far points that are carried along wander about the best fixed point, px."""
    worst = 0.0
    for worn in WORN:
        seen = np.array([CAMERA.project(pose @ worn) for pose in found])
        rays = np.concatenate([CAMERA.unproject(seen)[:, :2], np.ones((len(seen), 1))], axis=1)
        rows, side = [], []
        for ray, truth in zip(rays, truths, strict=True):
            for axis in (0, 1):
                rows.append(truth.rotation[axis] - ray[axis] * truth.rotation[2])
                side.append(ray[axis] * truth.translation[2] - truth.translation[axis])
        fixed = np.linalg.lstsq(np.array(rows), np.array(side), rcond=None)[0]
        carried = np.array([CAMERA.project(truth @ fixed) for truth in truths])
        worst = max(worst, float(np.sqrt(((seen - carried) ** 2).sum(axis=1).mean())))
    return worst


def test_a_picture_without_the_face_is_told_apart() -> None:
    start = moved(0.0)
    tracker = PictureTracker(
        MODEL, CAMERA, picture(CAMERA, start), start, MODEL.vertices_head.copy()
    )
    black = np.zeros((480, 640), np.uint8)
    noise = np.random.default_rng(0).integers(0, 255, (480, 640)).astype(np.uint8)
    assert tracker.track(black, [start]) is None
    assert tracker.track(noise, [start]) is None
    again = tracker.track(picture(CAMERA, start), [moved(3.0, x_mm=5.0)])
    assert again is not None
    assert pixels_apart(again.camera_from_head, start) < 0.1
