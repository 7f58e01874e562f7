"""Hair over ears: what is worn goes under it, on pictures in which it is known where hair is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.fitting import Wardrobe
from ar_preview.registration import Registration
from ar_preview.staging.hair_over_ears import HairOverEars
from ar_preview.tracking import load_face_model
from tests.headwear import drop, worn
from tests.people import CAMERA, blank, box_glasses, face_track, pose, tracks

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.scene import Item

MODEL = load_face_model()
POSES, PERSONS = Registration(MODEL).update(blank(), tracks(face_track(pose())), CAMERA)
ITEMS = Wardrobe(MODEL, [box_glasses(), worn("earrings", drop())]).dress(POSES, PERSONS)
SKIN, HAIR, WALL = (205, 155, 130), (40, 34, 30), (30, 30, 32)
CHEEK_ENDS = 0.045


def picture(side: tuple[int, int, int], from_m: float) -> npt.NDArray[np.uint8]:
    """Skin all over, but for the wearer's left from so far aside of the middle of the head."""
    image = np.full((CAMERA.height, CAMERA.width, 3), SKIN, np.uint8)
    eyes = PERSONS[0].head.eyes_head if PERSONS[0].head is not None else np.zeros(3)
    aside = POSES.heads[0].camera_from_head @ np.array([[from_m, eyes[1], eyes[2] - 0.02]])
    image[:, int(CAMERA.project(aside)[0, 0]) :] = side
    return image


def dressed(image: npt.NDArray[np.uint8]) -> dict[str, Item]:
    items = HairOverEars(continuous=False).apply(image, CAMERA, POSES, PERSONS, ITEMS)
    return {item.anchor.partition("/")[2]: item for item in items}


def test_temple_and_earring_go_under_hair_on_its_side_only() -> None:
    worn_items = dressed(picture(HAIR, CHEEK_ENDS))
    before = {item.anchor.partition("/")[2]: item for item in ITEMS}
    assert worn_items["earrings:left"].opacity < 0.05
    assert worn_items["earrings:right"].opacity == 1.0
    fade, usual = worn_items["glasses"].fade, before["glasses"].fade
    assert fade is not None
    assert usual is not None
    ends = {side: fade.end_z + fade.lean * side * 0.07 for side in (1.0, -1.0)}
    assert ends[-1.0] == pytest.approx(usual.end_z, abs=0.004)
    # Hair begins some 2 cm behind the eyes; the front stays as it is.
    assert ends[1.0] > usual.end_z + 0.03
    assert ends[1.0] + (fade.start_z - fade.end_z) < -0.01


@pytest.mark.parametrize(
    ("side", "from_m"), [(SKIN, CHEEK_ENDS), (WALL, 0.085)], ids=["bare", "a dark room beside it"]
)
def test_bare_ears_change_nothing(side: tuple[int, int, int], from_m: float) -> None:
    assert list(dressed(picture(side, from_m)).values()) == list(ITEMS)


def test_hair_comes_and_goes_gradually_in_a_film() -> None:
    hair = HairOverEars()
    shown = []
    for image in [picture(SKIN, CHEEK_ENDS)] * 3 + [picture(HAIR, CHEEK_ENDS)] * 90:
        items = hair.apply(image, CAMERA, POSES, PERSONS, ITEMS)
        shown.append(next(i.opacity for i in items if i.anchor.endswith("earrings:left")))
    assert shown[0] == 1.0
    assert shown[-1] < 0.1
    assert np.abs(np.diff(shown)).max() < 0.06
