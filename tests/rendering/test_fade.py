from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.scene import Fade
from tests.rendering.stage_kit import encode, matte, placed, product, quad

if TYPE_CHECKING:
    from tests.rendering.stage_kit import Stage

# A plate in the product's x-z plane, turned so that its upper side looks into the camera: the
# picture's rows run along product z, 1 mm a row, z = 0 in row 60.
PLATE = quad(
    positions=np.float32([[-0.05, 0, 0.05], [0.05, 0, 0.05], [0.05, 0, -0.05], [-0.05, 0, -0.05]]),
    normals=np.tile(np.float32([0.0, 1.0, 0.0]), (4, 1)),
)
TURN = (np.pi / 2, 0.0, 0.0)


def transmit_by_z(stage: Stage, **more: object) -> tuple[np.ndarray, np.ndarray]:
    item = placed(product(PLATE, m=matte(0.5)), turn=TURN, **more)
    _, transmit = stage.full(stage.scene(item), value=255)
    z_mm = np.arange(120) + 0.5 - 60.0
    return z_mm, transmit[:, 80, 0].astype(float)


def test_a_piece_vanishes_towards_its_rear(stage: Stage) -> None:
    z_mm, transmit = transmit_by_z(stage, fade=Fade(0.020, -0.020))
    t = np.clip((z_mm + 20.0) / 40.0, 0.0, 1.0)
    opaque = t * t * (3.0 - 2.0 * t)
    on_plate = np.abs(z_mm) < 49.0
    np.testing.assert_allclose(transmit[on_plate], encode(1.0 - opaque)[on_plate], atol=2.0)


def test_a_leaning_fade_is_farther_in_front_on_the_left(stage: Stage) -> None:
    item = placed(product(PLATE, m=matte(0.5)), turn=TURN, fade=Fade(0.001, -0.001, lean=0.5))
    _, transmit = stage.full(stage.scene(item), value=255)
    # The picture's right is the piece's left; a pixel is a millimetre.
    ends = {x: int((transmit[:, 80 + x, 0] < 128).argmax()) - 60 for x in (-30, 0, 30)}
    assert ends[30] - ends[0] == pytest.approx(15, abs=1)
    assert ends[0] - ends[-30] == pytest.approx(15, abs=1)


def test_the_fade_grows_with_the_piece(stage: Stage) -> None:
    z_mm, transmit = transmit_by_z(stage, fade=Fade(0.010, -0.010), scale=1.5)
    assert transmit[z_mm > 16].max() < 2
    assert transmit[z_mm < -16].min() > 253
    assert transmit[np.abs(z_mm) < 1].mean() == pytest.approx(encode(0.5), abs=8)


def test_without_a_fade_all_of_it_stays(stage: Stage) -> None:
    z_mm, transmit = transmit_by_z(stage)
    assert transmit[np.abs(z_mm) < 49].max() == 0


def test_a_fade_runs_from_front_to_rear() -> None:
    with pytest.raises(ValueError, match="start_z > end_z"):
        Fade(0.0, 0.01)
