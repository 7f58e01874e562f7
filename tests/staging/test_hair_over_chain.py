"""Hair over necklaces: their ends go under it, on pictures in which it is known where hair is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from ar_preview.fitting import Wardrobe
from ar_preview.posture import camera_from_trunk
from ar_preview.registration import Registration
from ar_preview.staging.chain_shadow import ChainLine, chain_shadow
from ar_preview.staging.hair_over_chain import HairOverChain
from ar_preview.tracking import load_face_model
from tests.headwear import chain, worn
from tests.people import CAMERA, blank, face_track, pose, tracks

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.scene import Item

MODEL = load_face_model()
POSES, PERSONS = Registration(MODEL).update(
    blank(), tracks(face_track(pose(distance_m=0.9))), CAMERA
)
(ITEM,) = Wardrobe(MODEL, [worn("necklace", chain(0.068, 0.062, 0.06))]).dress(POSES, PERSONS)
LINES = {ITEM.product: ChainLine.of(ITEM.product)}
SKIN, HAIR, CLOTH, BLACK = (205, 155, 130), (40, 34, 30), (60, 90, 150), (38, 34, 32)
HEAD = PERSONS[0].head
assert HEAD is not None
TRUNK = camera_from_trunk(POSES.heads[0], HEAD)


def picture(cloth: tuple[int, int, int], hair_from_m: float | None) -> npt.NDArray[np.uint8]:
    """Skin, cloth on the chest, and hair on the wearer's left from so far aside."""
    image = np.full((CAMERA.height, CAMERA.width, 3), SKIN, np.uint8)
    chest, aside = CAMERA.project(TRUNK @ np.array([[0.0, -0.085, 0.07], [hair_from_m or 0, 0, 0]]))
    image[int(chest[1]) :] = cloth
    if hair_from_m is not None:
        cv2.rectangle(image, (int(aside[0]), 0), (int(aside[0]) + 80, int(chest[1])), HAIR, -1)
    return image


def dressed(image: npt.NDArray[np.uint8], hair: HairOverChain) -> Item:
    (item,) = hair.apply(image, CAMERA, POSES, PERSONS, [ITEM], LINES)
    return item


def in_sight(item: Item) -> dict[str, float]:
    """What is seen of the end of a chain on each side."""
    if item.fade is None:
        return {"left": 1.0, "right": 1.0}
    ends = LINES[item.product].points[[0, -1]]
    value = ends[:, 2] - item.fade.lean * ends[:, 0] - item.fade.end_z
    seen = np.clip(value / (item.fade.start_z - item.fade.end_z), 0.0, 1.0)
    return {"left" if x > 0.0 else "right": float(s) for x, s in zip(ends[:, 0], seen, strict=True)}


def test_an_end_goes_under_hair_on_its_side_with_its_shadow_and_not_the_front() -> None:
    item = dressed(picture(CLOTH, 0.045), HairOverChain(continuous=False))
    assert in_sight(item) == {"left": 0.0, "right": 1.0}
    assert item.fade is not None
    points = LINES[item.product].points
    front = points[len(points) // 2]
    assert front[2] - item.fade.lean * front[0] > item.fade.start_z
    dark = chain_shadow(item, LINES[item.product], POSES.heads[0]).uv[: len(points), 1]
    left = points[:, 0] > 0.0
    assert dark[left].min() == 0.0
    assert dark[~left].max() > 0.15
    assert dark[len(points) // 2] > 0.15


@pytest.mark.parametrize(
    ("cloth", "hair_from_m"),
    [(CLOTH, None), (BLACK, None), (BLACK, 0.045), (CLOTH, 0.12)],
    ids=["no hair", "dark cloth", "dark hair above dark cloth", "hair beyond the chain"],
)
def test_what_is_not_sure_changes_nothing(
    cloth: tuple[int, int, int], hair_from_m: float | None
) -> None:
    assert dressed(picture(cloth, hair_from_m), HairOverChain(continuous=False)) is ITEM


def test_a_chain_that_lies_on_dark_cloth_stays() -> None:
    image = picture(BLACK, 0.045)
    top = CAMERA.project(TRUNK @ np.array([[0.0, 0.06, 0.0]]))[0]
    image[int(top[1]) :] = BLACK
    assert dressed(image, HairOverChain(continuous=False)) is ITEM


def test_hair_comes_gradually_in_a_film() -> None:
    hair, shown = HairOverChain(), []
    for image in [picture(CLOTH, None)] * 3 + [picture(CLOTH, 0.045)] * 120:
        fade = dressed(image, hair).fade
        shown.append(np.nan if fade is None else fade.end_z + fade.lean * 0.06)
    assert np.isnan(shown[0])
    came = np.array(shown)[np.isfinite(shown)]
    assert (np.diff(came) > -1e-6).all()
    assert np.abs(np.diff(came)).max() < 0.01
    assert in_sight(dressed(image, hair))["left"] < 0.1
