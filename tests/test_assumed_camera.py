"""What is assumed of a camera of which nothing is known."""

from __future__ import annotations

import pytest

from ar_preview.geometry import Camera, ImageSize


@pytest.mark.parametrize(
    ("width", "height", "fov"),
    [(1280, 720, 70.0), (720, 1280, 70.0), (640, 480, 70.0), (512, 512, 43.0), (512, 480, 45.6)],
)
def test_a_nearly_square_picture_is_taken_for_a_part_of_one(
    width: int, height: int, fov: float
) -> None:
    size = ImageSize(width, height)
    camera = Camera.from_fov(size)
    assert camera.fov_degrees == pytest.approx(fov, abs=0.1)
    assert camera.assumed
    assert camera.resized(ImageSize(2 * width, 2 * height)).assumed
    assert not Camera.from_fov(size, 55.0).assumed
