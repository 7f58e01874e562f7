"""A bank card in the plane of a hand sets its size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import MeasurementError
from ar_preview.fitting import measure_hand
from ar_preview.geometry import Array, RigidTransform
from ar_preview.measuring import find_card_by_hand
from ar_preview.registration.hand import HandRegistration
from tests import hand_model as model
from tests.cards import draw_card

if TYPE_CHECKING:
    from ar_preview.poses import FingerPose, HandPose

CAMERA_FROM_PALM = model.camera_from_palm(np.array([0.1, -0.1, 0.2]), 0.42)
TRUTH = CAMERA_FROM_PALM @ model.joints()
WIDTH_M = 0.0175


def scene(card: bool = True) -> Array:
    image = model.picture(TRUTH, width_m=WIDTH_M)
    if card:
        # On the table, 8 mm behind the fingers' axes, beside the little finger.
        at = RigidTransform(np.diag([1.0, -1.0, -1.0]), np.array([-0.095, 0.06, -0.008]))
        image = draw_card(image, model.CAMERA, CAMERA_FROM_PALM @ at, (225, 225, 230))
    return np.clip(image, 0, 255).astype(np.uint8)


def seen(image: Array, size: float) -> tuple[HandPose, tuple[FingerPose, ...]]:
    """What is registered of the hand, in another size and at the distance that belongs to it."""
    result = HandRegistration(0).update(model.track(TRUTH), model.CAMERA, 0, image)
    assert result is not None
    fingers = tuple(replace(f, radius_m=size * f.radius_m) for f in result.fingers)
    return replace(result.hand, joints_camera=size * result.hand.joints_camera), fingers


@pytest.mark.parametrize("size", [0.85, 1.0, 1.15])
def test_a_card_tells_ring_sizes_whatever_was_thought_before(size: float) -> None:
    image = scene()
    hand, fingers = seen(image, size)
    card = find_card_by_hand(image, model.CAMERA, hand)
    measured = measure_hand(fingers, None, card.size_factor).finger_diameters_mm
    for finger in ("index", "middle", "ring"):
        told = measured[finger]  # type: ignore[index]
        assert told.value == pytest.approx(1e3 * WIDTH_M, rel=0.03)
        assert told.low < 1e3 * WIDTH_M < told.high
        # One US size is .81 mm.
        assert told.high - told.value < 1.1


def test_without_a_card_the_interval_is_that_of_people() -> None:
    hand, fingers = seen(scene(card=False), 1.0)
    measured = measure_hand(fingers, None)
    for told in measured.finger_diameters_mm.values():
        assert 1.13 < told.high / told.value < 1.19
    assert measured.wrist_girth_mm is None
    with pytest.raises(MeasurementError, match="no bank card found beside the hand"):
        find_card_by_hand(scene(card=False), model.CAMERA, hand)
    unseen = [replace(f, confidence=0.5) for f in fingers]
    assert measure_hand(unseen, None).finger_diameters_mm == {}
