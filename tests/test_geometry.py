"""Laws of rotations, rigid transforms and cameras; pixels agree with OpenCV's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ar_preview.geometry import (
    OPENGL_FROM_OPENCV,
    Array,
    Camera,
    ImageSize,
    RigidTransform,
    as_points,
    image_from_opencv,
    nearest_rotation,
    opencv_from_image,
    rotation_between,
    so3_exp,
    so3_log,
)


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


def vectors(limit: float) -> st.SearchStrategy[Array]:
    return arrays(np.float64, 3, elements=numbers(-limit, limit))


@st.composite
def directions(draw: st.DrawFn) -> Array:
    azimuth, height = draw(numbers(0.0, 2.0 * np.pi)), draw(numbers(-1.0, 1.0))
    across = np.sqrt(1.0 - height**2)
    return np.array([across * np.cos(azimuth), across * np.sin(azimuth), height])


@st.composite
def transforms(draw: st.DrawFn) -> RigidTransform:
    vector = draw(directions()) * draw(numbers(0.0, np.pi))
    return RigidTransform.from_rotation_vector(vector, draw(vectors(3.0)))


@st.composite
def cameras(draw: st.DrawFn) -> Camera:
    """Real lenses: from a long one to a wide one that bends lines without folding them."""
    size = ImageSize(draw(st.integers(64, 4000)), draw(st.integers(64, 4000)))
    camera = Camera.from_fov(size, draw(numbers(20.0, 100.0)))
    distortion = draw(
        st.one_of(
            st.just(()),
            st.tuples(
                numbers(-0.15, 0.3),
                numbers(0.0, 0.1),
                numbers(-0.002, 0.002),
                numbers(-0.002, 0.002),
                numbers(0.0, 0.02),
            ),
        )
    )
    return Camera(
        camera.width,
        camera.height,
        camera.fx * draw(numbers(0.95, 1.05)),
        camera.fy,
        camera.cx + draw(numbers(-20.0, 20.0)),
        camera.cy + draw(numbers(-20.0, 20.0)),
        distortion,
    )


def close(a: RigidTransform, b: RigidTransform, tolerance: float = 1e-9) -> bool:
    return bool(np.allclose(a.matrix, b.matrix, rtol=0.0, atol=tolerance))


# Rotations


@given(directions(), numbers(0.0, np.pi - 1e-9))
@example(np.array([1.0, 0.0, 0.0]), 0.0)
@example(np.array([0.6, 0.0, 0.8]), 1e-12)
@example(np.array([0.6, 0.8, 0.0]), 1e-7)
@example(np.array([0.0, 0.0, 1.0]), np.pi - 1e-9)
@example(np.array([1.0, 1.0, 1.0]) / np.sqrt(3.0), np.pi - 1e-7)
def test_log_undoes_exp(axis: Array, angle: float) -> None:
    np.testing.assert_allclose(so3_log(so3_exp(angle * axis)), angle * axis, atol=1e-8)


@given(directions(), numbers(-2e-6, 2e-6))
def test_near_a_half_turn_exp_undoes_log(axis: Array, offset: float) -> None:
    # Here the vector may flip its sign; the rotation must not change.
    rotation = so3_exp((np.pi + offset) * axis)
    again = so3_log(rotation)
    assert np.linalg.norm(again) <= np.pi + 1e-12
    np.testing.assert_allclose(so3_exp(again), rotation, atol=1e-12)


@given(directions(), numbers(0.0, 7.0))
def test_exp_is_opencv_rodrigues(axis: Array, angle: float) -> None:
    rotation = so3_exp(angle * axis)
    np.testing.assert_allclose(rotation, cv2.Rodrigues(angle * axis)[0], atol=1e-12)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-14)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


@given(directions(), directions())
def test_rotation_between_turns_one_into_the_other(source: Array, target: Array) -> None:
    rotation = rotation_between(2.0 * source, 0.3 * target)
    np.testing.assert_allclose(rotation @ source, target, atol=1e-6)
    # The shortest way: the angle of the rotation is the angle between the two.
    angle = float(np.linalg.norm(so3_log(rotation)))
    between = np.arctan2(np.linalg.norm(np.cross(source, target)), source @ target)
    assert angle == pytest.approx(between, abs=1e-6)


@given(directions())
def test_rotation_between_opposites_is_a_half_turn(direction: Array) -> None:
    rotation = rotation_between(direction, -direction)
    np.testing.assert_allclose(rotation @ direction, -direction, atol=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


@given(transforms(), arrays(np.float64, (3, 3), elements=numbers(-1e-4, 1e-4)))
def test_nearest_rotation_repairs_drift(transform: RigidTransform, drift: Array) -> None:
    repaired = nearest_rotation(transform.rotation + drift)
    np.testing.assert_allclose(repaired @ repaired.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(repaired) == pytest.approx(1.0)
    assert np.abs(repaired - transform.rotation).max() < 5e-4


# Rigid transforms


@given(transforms(), transforms(), transforms())
def test_transforms_are_a_group(a: RigidTransform, b: RigidTransform, c: RigidTransform) -> None:
    identity = RigidTransform.identity()
    assert close((a @ b) @ c, a @ (b @ c))
    assert close(a @ identity, a)
    assert close(identity @ a, a)
    assert close(a @ a.inverse(), identity)
    assert close(a.inverse() @ a, identity)
    assert close((a @ b).inverse(), b.inverse() @ a.inverse())


@given(transforms(), transforms(), arrays(np.float64, (2, 4, 3), elements=numbers(-5.0, 5.0)))
def test_applying_follows_composing(a: RigidTransform, b: RigidTransform, points: Array) -> None:
    np.testing.assert_allclose((a @ b) @ points, a @ (b @ points), atol=1e-9)
    homogeneous = np.concatenate([points, np.ones((2, 4, 1))], axis=-1)
    np.testing.assert_allclose((homogeneous @ a.matrix.T)[..., :3], a @ points, atol=1e-9)
    # Rigid: no distance changes.
    before = np.linalg.norm(points[0] - points[1], axis=-1)
    moved = a @ points
    np.testing.assert_allclose(np.linalg.norm(moved[0] - moved[1], axis=-1), before, atol=1e-9)


@given(transforms())
def test_a_transform_survives_its_forms(a: RigidTransform) -> None:
    assert close(RigidTransform.from_matrix(a.matrix), a)
    assert close(RigidTransform.from_matrix(a.matrix[:3]), a)
    assert close(RigidTransform.from_rotation_vector(a.rotation_vector, a.translation), a)


@given(transforms(), transforms(), numbers(0.0, 1.0))
def test_interpolation_runs_along_the_shortest_turn(
    a: RigidTransform, b: RigidTransform, fraction: float
) -> None:
    assume(np.linalg.norm(so3_log(a.rotation.T @ b.rotation)) < np.pi - 1e-3)
    assert close(a.interpolated(b, 0.0), a)
    assert close(a.interpolated(b, 1.0), b)
    between = a.interpolated(b, fraction)
    assert close(between, b.interpolated(a, 1.0 - fraction), 1e-7)
    whole = np.linalg.norm(so3_log(a.rotation.T @ b.rotation))
    part = np.linalg.norm(so3_log(a.rotation.T @ between.rotation))
    assert part == pytest.approx(fraction * whole, abs=1e-7)


def test_a_long_chain_stays_a_rotation() -> None:
    step = RigidTransform.from_rotation_vector([0.01, 0.02, -0.03], [0.001, 0.0, 0.0])
    chain = RigidTransform.identity()
    for _ in range(5000):
        chain = chain @ step
    np.testing.assert_allclose(chain.rotation @ chain.rotation.T, np.eye(3), atol=1e-11)


@pytest.mark.parametrize(
    "rotation",
    [
        np.diag([1.0, 1.0, -1.0]),
        1.1 * np.eye(3),
        np.full((3, 3), np.nan),
        np.eye(4),
        [[1.0, 0.1, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ],
)
def test_what_is_no_rotation_is_refused(rotation: Array) -> None:
    with pytest.raises(ValueError, match=r"expected|finite"):
        RigidTransform(rotation)


def test_a_projective_matrix_is_refused() -> None:
    matrix = np.eye(4)
    matrix[3] = [0.0, 0.0, 1.0, 0.0]
    with pytest.raises(ValueError, match="last row"):
        RigidTransform.from_matrix(matrix)


def test_a_transform_cannot_be_changed_from_outside() -> None:
    rotation = np.eye(3)
    transform = RigidTransform(rotation)
    rotation[0, 0] = 5.0
    assert transform.rotation[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        transform.translation[0] = 1.0


def test_opengl_view_axes() -> None:
    right, down, forward = np.eye(3)
    np.testing.assert_array_equal(OPENGL_FROM_OPENCV @ right, [1, 0, 0])
    np.testing.assert_array_equal(OPENGL_FROM_OPENCV @ down, [0, -1, 0])
    np.testing.assert_array_equal(OPENGL_FROM_OPENCV @ forward, [0, 0, -1])


# Cameras


@given(cameras(), arrays(np.float64, (6, 2), elements=numbers(0.0, 1.0)), numbers(0.1, 10.0))
def test_project_undoes_unproject(camera: Camera, fractions: Array, depth: float) -> None:
    points_image = fractions * [camera.width, camera.height]
    points_camera = camera.unproject(points_image, depth)
    np.testing.assert_allclose(points_camera[:, 2], depth)
    np.testing.assert_allclose(camera.project(points_camera), points_image, atol=1e-6)


@pytest.mark.parametrize("k1, k2", [(0.25, 0.05), (-0.33, 0.1), (0.4, 0.2)])
def test_strong_distortion_is_undone(k1: float, k2: float) -> None:
    # The usual fixed-point iteration diverges for the stretching ones of these.
    camera = Camera(1280, 720, 640.0, 640.0, 640.0, 360.0, (k1, k2, 0.0, 0.001, 0.0))
    points_camera = np.array([[0.95, 0.5, 1.0], [-0.9, -0.52, 1.0], [0.0, 0.5, 1.0]])
    points_image = camera.project(points_camera)
    np.testing.assert_allclose(camera.unproject(points_image), points_camera, atol=1e-12)


@given(
    cameras(),
    arrays(np.float64, (8, 3), elements=numbers(-0.4, 0.4)),
    vectors(0.5),
)
def test_projection_is_opencv_half_a_pixel_further(
    camera: Camera, points: Array, turn: Array
) -> None:
    camera_from_head = RigidTransform.from_rotation_vector(turn, [0.0, 0.0, 1.5])
    distortion = np.array(camera.distortion) if camera.distortion else None
    opencv, _ = cv2.projectPoints(
        points,
        camera_from_head.rotation_vector,
        camera_from_head.translation,
        camera.opencv_matrix,
        distortion,
    )
    ours = camera.project(camera_from_head @ points)
    np.testing.assert_allclose(opencv_from_image(ours), opencv[:, 0], atol=1e-6)


@pytest.mark.parametrize("centre", [(40.0, 30.0), (40.5, 30.5), (37.3, 29.8)])
def test_a_dot_is_where_the_camera_says(centre: tuple[float, float]) -> None:
    """A dot drawn by its area lies where it projects to, to 0.05 px."""
    camera = Camera(80, 60, 70.0, 70.0, 40.0, 30.0)
    point = camera.unproject(np.array(centre), 1.0)
    projected = camera.project(point)
    # 16 x 16 samples a pixel; sample and pixel centres at +0.5 of their squares.
    fine = 16
    y, x = (np.mgrid[0 : 60 * fine, 0 : 80 * fine] + 0.5) / fine
    inside = (x - projected[0]) ** 2 + (y - projected[1]) ** 2 <= 4.0**2
    image = inside.reshape(60, fine, 80, fine).mean(axis=(1, 3))
    columns, rows = np.arange(80) + 0.5, np.arange(60) + 0.5
    centroid = np.array([(image.sum(0) * columns).sum(), (image.sum(1) * rows).sum()]) / image.sum()
    np.testing.assert_allclose(centroid, centre, atol=0.02)
    # OpenCV's own idea of the same dot, half a pixel apart.
    moments = cv2.moments(image)
    opencv = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    np.testing.assert_allclose(image_from_opencv(opencv), centre, atol=0.05)


def test_opencv_draws_at_our_pixels() -> None:
    # cv2.circle with 8 fractional bits around the point as OpenCV counts.
    camera = Camera(200, 120, 150.0, 150.0, 100.0, 60.0)
    points_image = camera.project(np.array([[0.1234, -0.0567, 0.8]]))
    image = np.zeros((120, 200), np.uint8)
    x, y = np.rint(opencv_from_image(points_image)[0] * 256).astype(int)
    cv2.circle(image, (int(x), int(y)), 6 * 256, 255, -1, cv2.LINE_AA, 8)
    columns, rows = np.arange(200) + 0.5, np.arange(120) + 0.5
    centroid = np.array([(image.sum(0) * columns).sum(), (image.sum(1) * rows).sum()]) / image.sum(
        dtype=np.float64
    )
    np.testing.assert_allclose(centroid, points_image[0], atol=0.05)


@given(st.integers(16, 5000), st.integers(16, 5000), numbers(5.0, 150.0))
def test_field_of_view_spans_the_longer_side(width: int, height: int, fov: float) -> None:
    camera = Camera.from_fov(ImageSize(width, height), fov)
    assert camera.fov_degrees == pytest.approx(fov)
    assert camera.fx == camera.fy
    middle = np.array([camera.cx, camera.cy])
    offset = np.array([width / 2, 0.0]) if width >= height else np.array([0.0, height / 2])
    first, last = camera.unproject(np.array([middle - offset, middle + offset]))
    cosine = first @ last / (np.linalg.norm(first) * np.linalg.norm(last))
    assert np.degrees(np.arccos(cosine)) == pytest.approx(fov, abs=1e-6)


@given(
    cameras(),
    arrays(np.float64, (5, 2), elements=numbers(-0.3, 0.3)),
    st.integers(-300, 300),
    st.integers(-300, 300),
    numbers(0.1, 3.0),
)
def test_cropping_and_resizing_move_the_projection_with_the_pixels(
    camera: Camera, slopes: Array, x: int, y: int, factor: float
) -> None:
    points = np.concatenate([slopes, np.ones((5, 1))], axis=1)
    whole = camera.project(points)
    cropped = camera.cropped(x, y, 50, 40)
    assert (cropped.width, cropped.height) == (50, 40)
    np.testing.assert_allclose(cropped.project(points), whole - [x, y], atol=1e-9)
    size = ImageSize(max(1, round(factor * camera.width)), max(1, round(factor * camera.height)))
    ratio = np.array(size) / [camera.width, camera.height]
    np.testing.assert_allclose(camera.resized(size).project(points), whole * ratio, atol=1e-8)


def test_a_shrunken_picture_and_its_camera_agree() -> None:
    # A dot in a picture that OpenCV shrinks by area lies where the resized camera puts it.
    camera = Camera(400, 300, 350.0, 350.0, 200.0, 150.0)
    point = np.array([0.13, -0.07, 0.9])
    image = np.zeros((300, 400), np.float32)
    centre = camera.project(point)
    y, x = np.mgrid[0:300, 0:400] + 0.5
    image[:] = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * 8.0**2))
    small = cv2.resize(image, (100, 75), interpolation=cv2.INTER_AREA)
    columns, rows = np.arange(100) + 0.5, np.arange(75) + 0.5
    centroid = np.array([(small.sum(0) * columns).sum(), (small.sum(1) * rows).sum()]) / small.sum()
    np.testing.assert_allclose(
        centroid, camera.resized(ImageSize(100, 75)).project(point), atol=0.02
    )


def test_what_is_behind_the_camera_has_no_place_in_the_picture() -> None:
    camera = Camera.from_fov(ImageSize(640, 480))
    projected = camera.project(np.array([[0.0, 0.0, -1.0], [0.1, 0.0, 0.0], [0.0, 0.0, 1.0]]))
    assert np.isnan(projected[:2]).all()
    np.testing.assert_allclose(projected[2], [320.0, 240.0])


@given(arrays(np.float64, (3, 2), elements=numbers(-1e4, 1e4)))
def test_pixel_conventions_are_inverse(points: Array) -> None:
    np.testing.assert_allclose(image_from_opencv(opencv_from_image(points)), points, atol=1e-9)
    np.testing.assert_allclose(image_from_opencv([0.0, 0.0]), [0.5, 0.5])


@pytest.mark.parametrize(
    "arguments",
    [
        (0, 480, 500.0, 500.0, 320.0, 240.0),
        (640, 480, -500.0, 500.0, 320.0, 240.0),
        (640, 480, 500.0, float("nan"), 320.0, 240.0),
        (640, 480, 500.0, 500.0, float("inf"), 240.0),
        (640, 480, 500.0, 500.0, 320.0, 240.0, (0.1, 0.2)),
    ],
)
def test_impossible_cameras_are_refused(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Camera(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("fov", [0.0, 1.0, 179.0, 200.0, float("nan")])
def test_impossible_fields_of_view_are_refused(fov: float) -> None:
    with pytest.raises(ValueError, match="field of view"):
        Camera.from_fov(ImageSize(640, 480), fov)


def test_cameras_compare_and_hash_by_value() -> None:
    a = Camera(64, 48, 50.0, 50.0, 32.0, 24.0, [0.1, 0.0, 0.0, 0.0, 0.0])  # type: ignore[arg-type]
    b = Camera(64, 48, 50.0, 50.0, 32.0, 24.0, (0.1, 0.0, 0.0, 0.0, 0.0))
    assert a == b
    assert hash(a) == hash(b)


def test_points_are_checked_at_the_door() -> None:
    assert as_points([[1, 2, 3]]).dtype == np.float64
    with pytest.raises(ValueError, match="shape"):
        as_points([[1.0, 2.0]])
    with pytest.raises(ValueError, match="finite"):
        as_points([[1.0, np.nan]], dimension=2)
