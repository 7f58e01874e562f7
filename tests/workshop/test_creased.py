"""Shapes with creased normals against bodies whose truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("scipy")
pytest.importorskip("shapely")

import trimesh

from ar_preview.workshop.meshkit import oval, prism, sphere, tube, turned

if TYPE_CHECKING:
    from ar_preview.workshop.meshkit import Mesh


def solid(mesh: Mesh) -> trimesh.Trimesh:
    body = trimesh.Trimesh(mesh.positions, mesh.triangles, process=False)
    body.merge_vertices(merge_norm=True, merge_tex=True)
    assert body.is_watertight and body.is_winding_consistent
    assert body.volume > 0.0
    corners = mesh.positions[mesh.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((across * mesh.normals[mesh.triangles].mean(axis=1)).sum(axis=1) > 0.0).all()
    return body


def test_a_ball_has_radial_normals() -> None:
    ball = sphere(2.0, 40, 20, "m")
    assert solid(ball).volume == pytest.approx(4.0 / 3.0 * np.pi * 8.0, rel=0.02)
    assert ((ball.normals * ball.positions).sum(axis=1) > 2.0 * 0.995).all()


def test_edges_beyond_the_crease_stay_hard() -> None:
    can = turned([(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0)], 48, "m", crease_degrees=40.0)
    assert solid(can).volume == pytest.approx(np.pi * 4.0, rel=0.01)
    upright = np.abs(can.normals[:, 2])
    assert ((upright < 1e-9) | (upright > 1.0 - 1e-9)).all()
    soft = turned([(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0)], 48, "m", crease_degrees=100.0)
    assert len(soft.positions) < len(can.positions)


def test_teeth_are_cut_where_they_are_told() -> None:
    wheel = turned(
        [(0.0, 0.0), (1.0, 0.0), (2.0, 0.2), (2.0, 0.8), (1.0, 1.0), (0.0, 1.0)],
        10,
        "m",
        teeth=(12, 0.3, 1.5),
    )
    solid(wheel)
    radius = np.hypot(*wheel.positions[:, :2].T)
    rim = radius[radius > 1.2]
    assert rim.max() == pytest.approx(2.0) and rim.min() == pytest.approx(1.7)


@given(
    semi=st.tuples(st.floats(1.0, 6.0), st.floats(1.0, 6.0)),
    exponent=st.floats(1.8, 8.0),
    height=st.floats(1.0, 4.0),
    bevel=st.just(0.0) | st.floats(0.01, 0.25),
)
@settings(max_examples=25)
def test_prisms_are_solid(
    semi: tuple[float, float], exponent: float, height: float, bevel: float
) -> None:
    outline = oval(*semi, 24, exponent)
    body = solid(prism(outline, -1.0, height - 1.0, "m", bevel=bevel, bottom_bevel=bevel))
    assert np.ptp(body.vertices[:, 2]) == pytest.approx(height)
    x, y = outline.T
    area = 0.5 * abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())
    assert area * height * 0.7 < body.volume <= area * height * (1.0 + 1e-9)


def test_tubes_close_at_their_ends_and_in_a_loop() -> None:
    straight = solid(tube([[0, 0, 0], [0, 0, 2], [0, 0, 5]], oval(1.0, 1.0, 32), "m"))
    assert straight.volume == pytest.approx(5.0 * np.pi, rel=0.01)
    angle = np.linspace(0.0, 2.0 * np.pi, 60, endpoint=False)
    # A loop out of its plane: the frame must come back to where it began.
    path = np.column_stack([5.0 * np.cos(angle), 5.0 * np.sin(angle), np.sin(3.0 * angle)])
    ring = solid(tube(path, oval(0.5, 0.5, 12), "m", closed=True))
    length = np.linalg.norm(np.roll(path, -1, axis=0) - path, axis=1).sum()
    assert ring.volume == pytest.approx(length * np.pi * 0.25, rel=0.08)
