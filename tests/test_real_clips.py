"""The main job on real people, where the internal clips are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import ar_preview as ar
from ar_preview.products import load_product

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.shared]

GLASSES = "marlow-havana"


def dressed_frames(path: Path, product: ar.Product) -> tuple[int, list[int]]:
    """How many frames there are, and in which a product is drawn."""
    count, worn = 0, []
    with (
        ar.open_source(path) as source,
        ar.Preview([product], continuous=source.info.is_continuous) as preview,
    ):
        for frame in source:
            result = preview.step(frame)
            count += 1
            if result.scene.items:
                assert not result.layer.is_empty
                assert np.any(result.image != frame.image)
                worn.append(frame.index)
            else:
                np.testing.assert_array_equal(result.image, frame.image)
    return count, worn


@pytest.mark.parametrize(
    "clip",
    [
        "face/lp_s18_720p_talk.mp4",
        "face/lp_d9_webcam_man.mp4",
        "face/intel_headpose_female.gif",
        "photos/astronaut.png",
    ],
)
def test_everybody_wears_the_product_in_every_frame(shared_data: Path, clip: str) -> None:
    count, worn = dressed_frames(shared_data / clip, load_product(GLASSES))
    assert len(worn) >= 0.99 * count


def test_nobody_wears_nothing(shared_data: Path) -> None:
    count, worn = dressed_frames(
        shared_data / "face" / "pyfeat_face_noface.mov", load_product(GLASSES)
    )
    # A face for 72 frames, then a cartoon without people.
    assert count == 169
    assert worn[:70] == list(range(70))
    assert max(worn) <= 72
    assert dressed_frames(shared_data / "photos" / "dogs.jpg", load_product(GLASSES))[1] == []


def test_a_bare_model_is_worn_without_a_manifest(shared_data: Path) -> None:
    sunglasses = load_product(shared_data / "models" / "SunglassesKhronos.glb")
    with ar.open_source(shared_data / "photos" / "single_face.jpg") as source:
        frame = next(source)
    with ar.Preview([sunglasses], continuous=False) as preview:
        result = preview.step(frame)
    # Mirror lenses before both eyes, and the bridge between them.
    points = result.tracks.faces[0].points_image
    left, top = result.layer.offset
    for iris in (468, 473):
        x, y = points[iris].astype(int) - [left, top]
        assert result.layer.transmit[y, x].max() < 60
    (item,) = result.scene.items
    bridge = result.scene.camera.project(item.camera_from_product.translation)
    assert np.linalg.norm(bridge - points[[133, 362]].mean(axis=0)) < 0.12 * np.ptp(points[:, 0])
