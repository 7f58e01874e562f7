"""The main job on real people, where the internal clips are there."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

import ar_preview as ar
from ar_preview.products import load_product
from ar_preview.tracking import FaceTracker

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


def _cut_out(frames: list[np.ndarray]) -> list[np.ndarray]:
    """Return the heads of a clip as RGBA, soft at the edge, of one size."""
    with closing(FaceTracker()) as tracker:
        (face,) = tracker.track(ar.Frame(frames[0], 0, 0)).faces
    low, high = face.points_image.min(axis=0), face.points_image.max(axis=0)
    middle, half = 0.5 * (low + high), 0.62 * (high - low)
    height, width = frames[0].shape[:2]
    y, x = np.mgrid[:height, :width]
    away = np.hypot((x - middle[0]) / half[0], (y - middle[1]) / half[1])
    alpha = (255 * np.clip((1.0 - away) / 0.06, 0.0, 1.0)).astype(np.uint8)
    x0, y0 = np.maximum(middle - half, 0).astype(int)
    x1, y1 = (middle + half).astype(int) + 1
    return [np.dstack([f, alpha])[y0:y1, x0:x1] for f in frames]


@pytest.mark.parametrize("back", [False, True])
def test_a_face_that_passes_before_another_keeps_what_it_wears(
    shared_data: Path, back: bool
) -> None:
    """The head of one real clip moves across the picture of another, before the face there."""
    clips = []
    for name in ("lp_d9_webcam_man.mp4", "lp_s18_720p_talk.mp4"):
        with ar.open_source(shared_data / "face" / name, end=70) as source:
            heights = [(f.image, 360 / f.image.shape[0]) for f in source]
        clips.append([cv2.resize(image, None, fx=s, fy=s) for image, s in heights])
    heads, scene = _cut_out(clips[0]), clips[1]
    size = scene[0].shape[1], scene[0].shape[0]
    wide = heads[0].shape[1]
    worn: dict[str, set[str]] = {"passing": set(), "staying": set()}
    ids: dict[str, set[int]] = {"passing": set(), "staying": set()}
    with ar.Preview([load_product(GLASSES)], num_faces=2, light="off") as preview:
        for k, image in enumerate(scene):
            way = float(np.clip((k - 15) / 40, 0.0, 1.0))
            x = round((size[0] - wide) * (1.0 - way if back else way))
            place = np.float32([[1, 0, x], [0, 1, 40]])
            pasted = cv2.warpAffine(heads[k], place, size)
            share = pasted[..., 3:] / 255.0
            picture = (pasted[..., :3] * share + image * (1.0 - share)).astype(np.uint8)
            result = preview.step(ar.Frame(picture, k, round(k * 1e9 / 30)))
            across = {
                p.person_id: result.scene.camera.project(p.vertices_camera)[:, 0].mean()
                for p in result.poses.heads
            }
            if k < 5 or 15 < k < 58:
                continue  # Not yet found, or one hides the other.
            assert len(across) == 2
            passing = min(across, key=lambda i: abs(across[i] - x - 0.5 * wide))
            if k == 5:
                preview.wear([load_product("ridge-cap")], person=passing)
                continue
            for person in result.persons:
                who = "passing" if person.id == passing else "staying"
                ids[who].add(person.id)
                worn[who].update(person.worn)
    assert len(ids["passing"]) == len(ids["staying"]) == 1
    assert worn == {"passing": {"ridge-cap"}, "staying": {GLASSES}}


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
