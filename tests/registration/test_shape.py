from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.geometry import Camera, ImageSize, RigidTransform
from ar_preview.landmarks import FaceLandmark
from ar_preview.registration.picture.adjust import BundleView
from ar_preview.registration.picture.chart import Chart
from ar_preview.registration.picture.features import FeatureMap
from ar_preview.registration.picture.skin import SkinSamples, sample_skin
from ar_preview.registration.picture.surface import Surface
from ar_preview.registration.shape import drawn_in, fit_skin
from ar_preview.tracking import load_face_model
from tests.people import pose

MODEL = load_face_model()
CAMERA = Camera.from_fov(ImageSize(1280, 720))
CHART = Chart(MODEL, 0.001)


def _samples(height: np.ndarray, deviations: float = 0.0005) -> SkinSamples:
    """Samples everywhere on the front, ``height`` at each."""
    face = MODEL.vertices_head
    surface = Surface(CHART, face)
    j, i = np.mgrid[10 : CHART.height - 10 : 14, 40 : CHART.width - 40 : 14]
    points, normals = surface.points_and_normals_at(
        np.stack([i, j], -1).reshape(-1, 2).astype(float)
    )
    heights = np.array(height(points))
    return SkinSamples(points, normals, heights, np.full(len(points), deviations))


@settings(max_examples=15, deadline=None)
@given(nose=st.floats(-0.002, 0.002), cheeks=st.floats(-0.002, 0.002))
def test_a_smooth_change_of_shape_is_found(nose: float, cheeks: float) -> None:
    def height(points: np.ndarray) -> np.ndarray:
        middle = np.exp(-0.5 * (points[:, 0] / 0.040) ** 2)
        return nose * middle + cheeks * (1.0 - middle)

    face = MODEL.vertices_head
    fitted = fit_skin(face, MODEL.triangles, _samples(height))
    front = (face[:, 2] > 0.03) & (face[:, 1] > -0.02) & (face[:, 1] < 0.07)
    moved = np.linalg.norm(fitted - face, axis=1)
    off = np.abs(moved - np.abs(height(face)))[front]
    assert np.median(off) < 0.0005
    assert off.max() < 0.0015
    if abs(nose) > 0.001:
        assert (fitted - face)[FaceLandmark.NASION, 2] / nose > 0.5


def test_samples_that_contradict_their_neighbours_count_little() -> None:
    samples = _samples(lambda points: np.zeros(len(points)))
    wrong = np.arange(len(samples.heights)) % 6 == 0
    samples.heights[wrong] = 0.012
    fitted = fit_skin(MODEL.vertices_head, MODEL.triangles, samples)
    assert np.median(np.linalg.norm(fitted - MODEL.vertices_head, axis=1)) < 0.0004


def test_features_on_the_nose_do_not_count() -> None:
    """What shines lies behind skin that bulges: the nose goes with the face around it."""
    face = MODEL.vertices_head
    samples = _samples(lambda points: np.zeros(len(points)))
    x, y, _ = (samples.points_head - face[FaceLandmark.NASION]).T
    samples.heights[(np.abs(x) < 0.017) & (y < 0.009) & (y > -0.049)] = -0.004
    np.testing.assert_allclose(fit_skin(face, MODEL.triangles, samples), face, atol=1e-6)


def test_what_is_not_known_does_not_move() -> None:
    face = MODEL.vertices_head
    assert fit_skin(face, MODEL.triangles, None) is face
    unsure = fit_skin(face, MODEL.triangles, _samples(lambda p: np.full(len(p), 0.002), 0.05))
    assert np.linalg.norm(unsure - face, axis=1).max() < 0.0008


def test_sides_are_drawn_in_and_the_middle_is_not() -> None:
    face = MODEL.vertices_head
    moved = np.abs(face[:, 0]) - np.abs(drawn_in(face)[:, 0])
    assert (moved[np.abs(face[:, 0]) < 0.039] == 0).all()
    np.testing.assert_allclose(moved[np.abs(face[:, 0]) > 0.066], 0.0024, atol=1e-9)
    np.testing.assert_array_equal(drawn_in(face)[:, 1:], face[:, 1:])


def test_skin_is_sampled_where_features_are_and_trusted_by_parallax() -> None:
    """Features 2 mm outside the face, seen under 5 and under 40 degrees of turn."""
    texels = np.array([[110.0, 60.0], [90.0, 50.0], [140.0, 70.0], [115.0, 100.0]])
    points, normals = Surface(CHART, MODEL.vertices_head).points_and_normals_at(texels)
    found = {}
    for turn in (5.0, 40.0):
        features = FeatureMap()
        ids = features.add(points + 0.002 * normals, normals, texels)
        views = [_view(pose(yaw_deg=y, distance_m=0.5), ids) for y in (-turn / 2, 0.0, turn / 2)]
        found[turn] = sample_skin(MODEL.vertices_head, CHART, features, views, CAMERA)
        order = np.argsort(found[turn].points_head[:, 0])
        np.testing.assert_allclose(
            found[turn].points_head[order], points[np.argsort(points[:, 0])], atol=1e-9
        )
        np.testing.assert_allclose(found[turn].heights, 0.002, atol=1e-9)
    assert (found[40.0].deviations < 0.0025).all()
    assert (found[5.0].deviations > 2 * found[40.0].deviations.max()).all()


def _view(at: RigidTransform, ids: np.ndarray) -> BundleView:
    return BundleView(at, ids, np.zeros((len(ids), 2)), np.zeros((len(ids), 2, 2)))
