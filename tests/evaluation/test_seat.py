from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import SourceError
from ar_preview.evaluation import HeadMesh, load_truth, measure_occlusion, measure_seat
from ar_preview.evaluation.occlusion import choose_frames
from ar_preview.evaluation.placing import place_each_frame, place_on_head
from ar_preview.geometry import RigidTransform
from ar_preview.products import load_product
from ar_preview.scene import Item, Occluder, Scene
from ar_preview.staging.shapes import unit_sphere
from tests.evaluation.motions import HEAD_FROM_PRODUCT, still, trembling, turning, worn

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.products import Product

RADIUS = 0.09


@pytest.fixture(scope="module")
def glasses() -> Product:
    return load_product("marlow-havana")


def ball() -> HeadMesh:
    """A head that is a ball around the origin."""
    vertices, triangles = unit_sphere()
    return HeadMesh.from_corners(RADIUS * np.asarray(vertices, float)[triangles])


# The mesh.


def test_distances_to_a_ball() -> None:
    random = np.random.default_rng(5)
    directions = random.standard_normal((200, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radii = random.uniform(0.5 * RADIUS, 1.5 * RADIUS, 200)
    mesh = ball()
    # Facets lie inside the ball, deepest in the middle of their longest edges.
    corners = mesh.vertices_head[mesh.triangles]
    middles = 0.5 * (corners + np.roll(corners, 1, axis=1))
    sag = RADIUS - np.linalg.norm(middles, axis=-1).min()
    error = mesh.signed_distance(radii[:, None] * directions) - (radii - RADIUS)
    assert np.abs(error).max() < 1.05 * sag


def test_the_width_is_that_of_a_section() -> None:
    width = ball().width_at(0.03, 0.02)
    assert width == pytest.approx(2 * np.sqrt(RADIUS**2 - 0.03**2 - 0.02**2), rel=0.03)
    assert ball().width_at(0.2, 0.0) is None


def test_a_broken_head_is_refused(tmp_path: Path) -> None:
    (tmp_path / "head.ply").write_text("ply\nnothing")
    (tmp_path / "head.npz").write_text("nothing")
    for name in ("head.ply", "head.npz", "absent.npz"):
        with pytest.raises(SourceError, match="cannot be read"):
            HeadMesh.read(tmp_path / name)


@pytest.mark.shared
def test_the_width_of_the_second_head(shared_data: Path) -> None:
    truth = load_truth(shared_data / "truth_avatar/expr")
    assert truth.head_path is not None
    assert truth.pupils_head is not None
    _, y, z = truth.pupils_head.mean(axis=0)
    width = HeadMesh.read(truth.head_path).width_at(y + 0.010, z - 0.040)
    assert width is not None
    assert 1e3 * width == pytest.approx(135.0, abs=0.1)


# The place on the head.


@pytest.mark.parametrize("size", [0.8, 1.0, 1.25])
def test_the_place_is_found_whatever_the_size(size: float) -> None:
    placed = place_on_head(turning(), worn(turning(), size=size))
    assert placed is not None
    # A head taken for larger wears glasses that look smaller on the true one.
    assert placed.scale == pytest.approx(1 / size, rel=1e-6)
    assert placed.head_from_product.matrix == pytest.approx(HEAD_FROM_PRODUCT.matrix, abs=1e-6)


def test_the_place_is_found_in_every_frame() -> None:
    truth = turning()
    path = worn(truth, error=trembling(0.002, 0.0003))
    placed = place_on_head(truth, path)
    assert placed is not None
    assert 0.0 < placed.scale_error < 0.01
    assert placed.scale == pytest.approx(1.0, abs=4 * placed.scale_error)
    for index, pose in zip(path.index, place_each_frame(truth, path, placed), strict=True):
        error = np.linalg.inv(truth.camera_from_head[index]) @ pose.matrix
        assert error[:3, 3] == pytest.approx(HEAD_FROM_PRODUCT.translation, abs=0.006)


def test_a_still_head_does_not_tell_the_place() -> None:
    assert place_on_head(still(), worn(still())) is None


# The seat.


def test_the_gap_follows_the_glasses(glasses: Product) -> None:
    """Moving the glasses out by 2 mm opens a gap of 2 mm more; moving them in, they sink in."""
    head, truth = ball(), turning()

    def seat(out_m: float) -> tuple[float, float]:
        place = RigidTransform(translation=[0.0, 0.0, RADIUS + out_m])
        score = measure_seat(truth, worn(truth, head_from_product=place), glasses, head)
        assert score is not None
        assert score.size_percent == pytest.approx(0.0, abs=1e-4)
        return score.nose_gap_mm, score.penetration_mm

    far, near, inside, deeper = seat(0.024), seat(0.022), seat(-0.001), seat(-0.003)
    assert far[1] == near[1] == 0.0
    assert far[0] - near[0] == pytest.approx(2.0, abs=0.3)
    assert inside[0] == 0.0
    assert deeper[1] - inside[1] == pytest.approx(2.0, abs=0.3)


def test_the_lenses_are_held_against_the_eyes(glasses: Product) -> None:
    truth, place = turning(), RigidTransform(translation=[0.002, 0.015, 0.1])
    path = worn(truth, head_from_product=place)
    pupils = np.array([[0.031, 0.0, 0.08], [-0.031, 0.0, 0.08]])
    low = measure_seat(truth, path, glasses, ball(), pupils)
    high = measure_seat(truth, path, glasses, ball(), pupils + [0.0, 0.005, 0.0])
    assert low is not None
    assert high is not None
    assert low.lens_shift_mm == pytest.approx(2.0, abs=0.2)
    assert low.lens_tilt_mm == pytest.approx(0.0, abs=0.2)
    assert (low.lens_height_mm or 0) - (high.lens_height_mm or 0) == pytest.approx(5.0, abs=1e-3)
    assert low.frame_width_mm == pytest.approx(glasses.dimensions_mm["frame_width"], abs=0.01)


# Occlusion.


def scenes_of(
    truth_size: float, glasses: Product, head: HeadMesh
) -> tuple[dict[int, Scene], tuple[int, ...]]:
    truth = turning()
    frames = choose_frames(truth)[::6]
    scenes = {}
    for index in frames:
        pose = RigidTransform.from_matrix(truth.camera_from_head[index])
        vertices = (pose @ (truth_size * head.vertices_head)).astype(np.float32)
        occluder = Occluder("ball", vertices, head.triangles.astype(np.uint32))
        item = Item(glasses, "face:0/glasses", pose @ HEAD_FROM_PRODUCT)
        scenes[index] = Scene(truth.camera, (item,), (occluder,))
    return scenes, frames


def test_the_true_occluder_hides_what_the_true_head_hides(glasses: Product) -> None:
    truth, head = turning(), ball()
    path = worn(truth)
    assert all(abs(truth.yaw_degrees[i]) > 15 for i in choose_frames(truth))
    scenes, frames = scenes_of(1.0, glasses, head)
    score = measure_occlusion(truth, path, scenes, head)
    assert score is not None
    assert score.frames == len(frames)
    assert score.iou > 0.99
    assert score.iou + score.false_visible + score.false_hidden == pytest.approx(1.0)

    small = measure_occlusion(truth, path, scenes_of(0.5, glasses, head)[0], head)
    large = measure_occlusion(truth, path, scenes_of(1.15, glasses, head)[0], head)
    assert small is not None
    assert large is not None
    assert small.false_visible > 0.05 > small.false_hidden
    assert large.false_hidden > 0.05 > large.false_visible


def test_no_turned_frame_no_occlusion(glasses: Product) -> None:
    facing = replace(turning(), camera_from_head=still().camera_from_head)
    assert choose_frames(facing) == ()
    assert measure_occlusion(turning(), worn(turning()), {}, ball()) is None
