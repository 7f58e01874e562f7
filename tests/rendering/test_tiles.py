"""What tiles leave out must never be seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.geometry import Camera
from ar_preview.rendering.region import NEAR_M, Region
from ar_preview.rendering.tiles import TILE_PX, Tiles

REGION = Region(30, 20, 230, 150)
PLAIN = Camera(320, 240, fx=300.0, fy=300.0, cx=160.0, cy=120.0)
WIDE = Camera(320, 240, 300.0, 300.0, 160.0, 120.0, (-0.2, 0.05, 0.001, -0.001, 0.0))


def cloud(seed: int, count: int, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (3, count) of some size in and around the view, and their corners (3, N)."""
    rng = np.random.default_rng(seed)
    middles = rng.uniform([-0.4, -0.3, 0.4], [0.4, 0.3, 0.8], (count, 1, 3))
    points = middles + rng.uniform(-size, size, (count, 3, 3))
    return points.reshape(-1, 3).T.astype(np.float32), np.arange(3 * count).reshape(-1, 3).T


def inside(points: np.ndarray, corners: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return points on each triangle, (count, K, 3)."""
    shares = np.concatenate([np.eye(3), rng.dirichlet(np.ones(3), 40)])
    return np.einsum("ks,csm->mkc", shares, points[:, corners].astype(float))


@pytest.mark.parametrize("scale", [1.0, 0.5])
@given(seed=st.integers(0, 10**6), size=st.sampled_from([0.01, 0.05, 0.2]))
@settings(max_examples=20, deadline=None)
def test_no_triangle_that_hides_a_piece_is_left_out(scale: float, seed: int, size: float) -> None:
    shape = round(scale * REGION.width), round(scale * REGION.height)
    tiles = Tiles(PLAIN, REGION, shape)
    rng = np.random.default_rng(seed)
    worn, body = cloud(seed, 25, size), cloud(seed + 1, 25, 0.03)
    kinds = rng.random(25) < 0.5
    depth = tiles.farthest(*worn, kinds)
    hides = tiles.may_hide(*body, np.maximum(*depth))

    def cells(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        at = (PLAIN.project(points) - [REGION.x, REGION.y]) * scale
        row, column = (np.floor(at[..., k] / TILE_PX).astype(int) for k in (1, 0))
        seen = (at >= 0).all(axis=-1) & (at < shape).all(axis=-1)
        return row, column, seen

    where = inside(*worn, rng)
    row, column, seen = cells(where)
    reach = np.zeros((2, *tiles.shape))
    for m, kind in enumerate(kinds):
        at = seen[m]
        np.maximum.at(reach[int(kind)], (row[m, at], column[m, at]), where[m, at, 2])
    assert (np.array(depth) >= reach - 1e-6).all()
    before = inside(*body, rng)
    row, column, seen = cells(before)
    far = reach.max(axis=0)[row.clip(0, tiles.shape[0] - 1), column.clip(0, tiles.shape[1] - 1)]
    nearer = seen & (before[..., 2] < far - 1e-6)
    assert hides[nearer.any(axis=1)].all()


@pytest.mark.parametrize("camera", [PLAIN, WIDE])
def test_what_is_elsewhere_or_behind_is_left_out(camera: Camera) -> None:
    tiles = Tiles(camera, REGION, (230, 150))
    corner = np.array([[0, 1, 2]]).T
    small = np.array([[0.0, 0.01, 0.0], [0.0, 0.0, 0.01], [0.5, 0.5, 0.5]], np.float32)
    depth, other = tiles.farthest(small, corner, np.array([False]))
    assert depth.max() == pytest.approx(0.5)
    assert np.count_nonzero(depth) <= 4
    assert not other.any()
    before, behind, beside = small.copy(), small.copy(), small.copy()
    before[2], behind[2], beside[0] = 0.3, 0.7, beside[0] + 0.15
    found = [bool(tiles.may_hide(p, corner, depth)[0]) for p in (before, behind, beside)]
    assert found == [True, False, False]
    through_the_camera = small.copy()
    through_the_camera[2, 0] = -NEAR_M
    assert tiles.may_hide(through_the_camera, corner, depth).all()
