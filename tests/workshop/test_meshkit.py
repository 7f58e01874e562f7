"""The mesh kit against shapes whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("scipy")
pytest.importorskip("shapely")

import shapely
import trimesh

from ar_preview.workshop.meshkit import (
    EdgeProfile,
    Mesh,
    Sampling,
    Section,
    SweepPath,
    adaptive_closed,
    bspline_outline,
    dome,
    fair_closed,
    merge_by_material,
    parametric,
    plate,
    revolve,
    rotation_x,
    rotation_y,
    rotation_z,
    sweep,
)
from ar_preview.workshop.textures import encoded_from_linear, havana

EDGE = EdgeProfile(0.5, 0.5, 0.3, 0.3, 4, 3)
FINE = Sampling(0.2, 0.8, 0.002)


def solid(mesh: Mesh) -> trimesh.Trimesh:
    _, welded = np.unique(np.round(mesh.positions, 5), axis=0, return_inverse=True)
    corners = np.zeros((welded.max() + 1, 3))
    corners[welded.reshape(-1)] = mesh.positions
    return trimesh.Trimesh(corners, welded.reshape(-1)[mesh.triangles], process=False)


def sphere(rows: int = 30, columns: int = 40) -> Mesh:
    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        ring = np.sin(u)
        return 5.0 * np.stack([ring * np.cos(v), ring * np.sin(v), -np.cos(u)], axis=-1)

    u = np.linspace(0.0, np.pi, rows)
    v = np.linspace(0.0, 2.0 * np.pi, columns, endpoint=False)
    return parametric(surface, u, v, "clay", closed=True)


def test_a_parametric_sphere_has_the_normals_of_a_sphere() -> None:
    mesh = sphere()
    np.testing.assert_allclose(mesh.normals, mesh.positions / 5.0, atol=1e-5)
    whole = solid(mesh)
    assert whole.is_watertight
    assert whole.volume == pytest.approx(4.0 / 3.0 * np.pi * 125.0, rel=0.02)


@given(st.floats(0.6, 1.8), st.floats(0.6, 1.8), st.floats(-0.5, 0.5))
def test_normals_follow_a_mapping(stretch_x: float, stretch_z: float, shear: float) -> None:
    mesh = sphere(8, 10)
    matrix = np.array([[stretch_x, shear, 0.0], [0.0, 1.0, 0.0], [0.0, shear, stretch_z]])
    mapped = mesh.mapped(lambda p: p @ matrix.T)
    # The image of a sphere is an ellipsoid: its normals are the gradients of its equation.
    gradient = mapped.positions @ np.linalg.inv(matrix @ matrix.T)
    gradient /= np.linalg.norm(gradient, axis=1, keepdims=True)
    np.testing.assert_allclose(mapped.normals, gradient, atol=1e-5)


def test_the_mirror_image_stays_outside_out() -> None:
    mirrored = sphere().moved((9.0, 0.0, 0.0)).mirrored()
    assert solid(mirrored).volume > 0.0
    centre = np.array([-9.0, 0.0, 0.0])
    np.testing.assert_allclose(mirrored.normals, (mirrored.positions - centre) / 5.0, atol=1e-5)


def test_rotations_turn_the_right_way() -> None:
    quarter = 0.5 * np.pi
    np.testing.assert_allclose(rotation_x(quarter) @ [0, 1, 0], [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(rotation_y(quarter) @ [0, 0, 1], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(rotation_z(quarter) @ [1, 0, 0], [0, 1, 0], atol=1e-12)


def test_degenerate_triangles_and_idle_vertices_are_dropped() -> None:
    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 0, 0], [9, 9, 9]])
    mesh = Mesh(points, np.tile([0, 0, 2.0], (5, 1)), np.zeros((5, 2)), [[0, 1, 2], [0, 1, 3]], "m")
    assert len(mesh.triangles) == 1
    assert len(mesh.positions) == 3
    np.testing.assert_allclose(mesh.normals, [[0, 0, 1]] * 3)


def test_merging_keeps_every_triangle() -> None:
    parts = [sphere(6, 8), dome(1.0, 2.0, 0.5, 0.2, "gold", 8, 2), sphere(5, 8)]
    merged = merge_by_material(parts)
    assert [m.material for m in merged] == ["clay", "gold"]
    assert sum(len(m.triangles) for m in merged) == sum(len(p.triangles) for p in parts)
    assert solid(merged[0]).volume == pytest.approx(sum(solid(p).volume for p in parts[::2]))


@pytest.mark.parametrize("symmetric", [False, True])
def test_a_plate_is_closed_and_as_thick_as_asked(symmetric: bool) -> None:
    outline = shapely.box(-10, -6, 10, 6).buffer(2, quad_segs=24)
    holes = [shapely.Point(x, 0).buffer(3, quad_segs=24) for x in (-6, 6)]
    shape = outline.difference(shapely.union_all(holes))
    # A vertex in the middle plane, where a symmetric walk begins.
    half = shape.intersection(shapely.box(0, -99, 99, 99))
    shape = shapely.union_all([half, shapely.transform(half, lambda c: c * [-1, 1])])
    whole = solid(plate(shape, 4.0, EDGE, EDGE, FINE, "m", symmetric=symmetric))
    assert whole.is_watertight
    assert whole.is_winding_consistent
    np.testing.assert_allclose(whole.bounds, [[-12, -8, -4], [12, 8, 0]], atol=0.02)
    # Rounding an edge takes away (1 - pi / 4) of the square under its quarter circle.
    around = shape.exterior.length + sum(r.length for r in shape.interiors)
    rounded = (1.0 - np.pi / 4.0) * (0.5**2 + 0.3**2) * around
    assert whole.volume == pytest.approx(4.0 * shape.area - rounded, rel=0.005)


def test_a_profile_too_wide_for_the_plate_is_refused() -> None:
    bar = shapely.box(0, 0, 20, 2)
    wide = EdgeProfile(1.5, 0.5, 1.5, 0.5)
    with pytest.raises(ValueError, match="too wide"):
        plate(bar, 3.0, wide, wide, FINE, "m")


def test_a_tapering_sweep_has_the_normals_of_a_cone() -> None:
    line = np.column_stack([np.zeros(50), np.zeros(50), -np.linspace(0.0, 20.0, 50)])
    width = lambda s: 8.0 - 0.3 * s  # noqa: E731
    section = Section(width, width, lambda s: 99.0 + 0.0 * s)
    path = SweepPath(line, np.array([1.0, 0.0, 0.0]))
    mesh = sweep(path, section, np.linspace(0.0, 20.0, 9), 6, "m")
    slope = np.arctan(0.15)  # the radius shrinks by half of the width's .3
    np.testing.assert_allclose(mesh.normals[:, 2], -np.sin(slope), atol=2e-3)
    radial = (mesh.positions[:, :2] * mesh.normals[:, :2]).sum(axis=1)
    assert (radial > 0.0).all()


def test_a_turned_part_keeps_its_edges() -> None:
    mesh = revolve(((0.0, -2.0), (3.0, -2.0), (3.0, 2.0), (0.0, 2.0)), "m", 48)
    whole = solid(mesh)
    assert whole.is_watertight
    assert whole.volume == pytest.approx(np.pi * 9.0 * 4.0, rel=0.01)
    assert set(np.round(np.abs(mesh.normals[:, 2]), 6)) == {0.0, 1.0}


@given(st.floats(20.0, 60.0), st.floats(20.0, 60.0))
def test_an_outline_fills_its_box(width: float, height: float) -> None:
    control = ((-1.0, -1.0), (-0.9, 1.0), (1.1, 0.8), (1.0, -1.2))
    outline = bspline_outline(control, width, height)
    np.testing.assert_allclose(np.ptp(outline, axis=0), [width, height], rtol=2e-3)
    assert shapely.LinearRing(outline).is_ccw


def test_sampling_keeps_to_its_chord_error() -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 4000, endpoint=False)
    circle = 20.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    points = adaptive_closed(circle, 0.1, 9.0, 0.05)
    chord = np.linalg.norm(np.diff(points, axis=0), axis=1)
    np.testing.assert_allclose(chord**2 / (8.0 * 20.0), 0.05, rtol=0.05)
    faired = fair_closed(circle, 1.0)
    np.testing.assert_allclose(np.linalg.norm(faired, axis=1), 20.0, atol=0.05)


def test_acetate_tiles_without_a_seam_and_is_mostly_dark() -> None:
    tile = havana(256)
    assert tile.shape == (256, 256, 3)
    encoded = encoded_from_linear(tile)
    inside = np.abs(np.diff(encoded, axis=0)).mean(axis=(1, 2))
    across = np.abs(encoded[0] - encoded[-1]).mean()
    assert across < inside.max() * 1.2
    dark = (tile.max(axis=2) < 0.03).mean()
    assert 0.4 < dark < 0.75
    assert (tile[..., 0] >= tile[..., 2]).all()  # warm everywhere
