from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.scene import SkinShadow
from tests.rendering.stage_kit import decode, encode, matte, placed, product, quad

if TYPE_CHECKING:
    from tests.rendering.stage_kit import Stage


def shaded_wall(share: float, strength: float) -> SkinShadow:
    """A wall 0.6 m away of which a square of 60 mm in the middle is darkened."""
    roots = np.full((64, 64, 3), 255, np.uint8)
    roots[16:48, 16:48] = round(255.0 * np.sqrt(share))
    x = 0.06
    corners = np.array([[-x, -x, 0.6], [x, -x, 0.6], [x, x, 0.6], [-x, x, 0.6]], np.float32)
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.uint32)
    extent = 0.5 * corners.astype(float) + [0.0, 0.0, 0.3]
    return SkinShadow(corners, triangles, uv, roots, strength, extent)


@pytest.mark.parametrize(("share", "strength"), [(0.5, 1.0), (0.2, 1.0), (0.2, 0.0)])
def test_a_shadow_dims_linear_light_and_nothing_else(
    stage: Stage, share: float, strength: float
) -> None:
    piece = placed(product(quad(0.01, 0.01), m=matte(0.3)))
    scene = stage.scene(piece, shadows=(shaded_wall(share, strength),))
    for value in (30, 128, 250):
        add, transmit = stage.full(scene, value)
        image = np.rint(transmit * (value / 255.0) + add)
        left = 1.0 + strength * (np.sqrt(share) - 1.0)
        expected = encode(left**2 * decode(value))
        assert image[45, 65] == pytest.approx(np.full(3, expected), abs=1.5)
        # Beside the piece a shader darkens, farther away a table.
        assert image[53, 73] == pytest.approx(image[53, 70], abs=1.0)
        assert (image[45, 20] == value).all()
        plain = stage.full(stage.scene(piece), value)
        assert (image[60, 80] == np.rint(plain[1] * (value / 255.0) + plain[0])[60, 80]).all()


@pytest.mark.parametrize("shares", [(0.5, 0.2), (0.2, 0.5)])
def test_of_shadows_that_join_the_darker_one_stays(
    stage: Stage, shares: tuple[float, float]
) -> None:
    piece = placed(product(quad(0.01, 0.01), m=matte(0.3)))
    below, above = (shaded_wall(share, 1.0) for share in shares)
    nearer = replace(above, vertices_camera=np.float32(0.95) * above.vertices_camera)
    for joins, share in ((True, min(shares)), (False, shares[1])):
        scene = stage.scene(piece, shadows=(below, replace(nearer, joins=joins)))
        _, transmit = stage.full(scene, 128)
        assert transmit[45, 65] / 255.0 == pytest.approx(np.full(3, np.sqrt(share)), abs=0.02)
