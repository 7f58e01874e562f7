"""The main job on real people, where the internal clips are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
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


def test_two_people_who_cross_keep_their_ids(shared_data: Path) -> None:
    """Two real clips side by side that change sides, one in front of the other."""
    shown = []
    for name in ("lp_d9_webcam_man.mp4", "lp_s18_720p_talk.mp4"):
        with ar.open_source(shared_data / "face" / name, end=60) as source:
            pictures = [
                cv2.resize(f.image, None, fx=s, fy=s)
                for f in source
                for s in (480 / f.image.shape[0],)
            ]
        left = [(p.shape[1] - 400) // 2 for p in pictures]
        shown.append([p[:, x : x + 400] for p, x in zip(pictures, left, strict=True)])
    whose: dict[str, set[int]] = {"behind": set(), "front": set()}
    with ar.Preview([load_product(GLASSES)], num_faces=2, light="off") as preview:
        for k in range(60):
            way = round(760 * float(np.clip((k - 10) / 40, 0.0, 1.0)))
            image = np.full((480, 1280, 3), 120, np.uint8)
            image[:, 60 + way : 460 + way] = shown[0][k]
            image[:, 820 - way : 1220 - way] = shown[1][k]
            result = preview.step(ar.Frame(image, k, round(k * 1e9 / 30)))
            if 18 < k < 42:
                continue  # One hides the other.
            assert len(result.scene.items) == 2
            for pose in result.poses.heads:
                x = result.scene.camera.project(pose.vertices_camera)[:, 0].mean()
                whose["behind" if 60 + way < x < 460 + way else "front"].add(pose.person_id)
    assert len(whose["behind"]) == len(whose["front"]) == 1
    assert whose["behind"] != whose["front"]


@pytest.mark.parametrize(
    ("name", "category", "count"), [("mindar_hat", "hat", 1), ("mindar_earring", "earrings", 2)]
)
def test_bare_models_of_others_are_worn(
    shared_data: Path, name: str, category: str, count: int
) -> None:
    product = load_product(shared_data / "models" / name / "scene.gltf", category=category)
    source = shared_data / "photos" / "astronaut.png"
    with ar.open_source(source) as opened, ar.Preview([product], continuous=False) as preview:
        (result,) = [preview.step(frame) for frame in opened]
    assert len(result.scene.items) == count
    assert not result.layer.is_empty
