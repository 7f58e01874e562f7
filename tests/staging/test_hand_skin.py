"""Light from the skin of a hand, where no face tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.frames import Frame
from ar_preview.geometry import sh_basis
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.registration.hand import HandRegistration
from ar_preview.staging.hand_skin import LitHand
from ar_preview.staging.light import light_estimator
from ar_preview.staging.skin import LUMINANCE, linear_from_srgb
from ar_preview.staging.surroundings import hand_cover
from ar_preview.tracking import load_face_model
from tests import hand_model as model

if TYPE_CHECKING:
    from ar_preview.poses import HandPose

TRUTH = model.camera_from_palm() @ model.joints()
IMAGE = model.picture(TRUTH)


def hand() -> HandPose:
    result = HandRegistration(0).update(model.track(TRUTH), model.CAMERA, 0, IMAGE)
    assert result is not None
    return result.hand


def test_samples_are_skin_that_faces_the_camera() -> None:
    samples = LitHand(hand(), model.CAMERA).sample(IMAGE)
    assert samples is not None
    skin = linear_from_srgb(np.array(model.SKIN, np.uint8))
    assert samples.median == pytest.approx(skin, rel=0.05)
    assert (np.abs(samples.colors - skin).max(axis=1) < 0.1).mean() > 0.9
    assert np.allclose(np.linalg.norm(samples.normals, axis=1), 1.0)
    assert (samples.normals[:, 2] < 0.0).all()
    assert np.ptp(samples.normals[:, 0]) > 1.0


def test_a_hand_outside_the_picture_tells_nothing() -> None:
    assert LitHand(hand(), model.CAMERA).sample(np.zeros((40, 60, 3), np.uint8)) is None


@pytest.mark.parametrize("mode", ["auto", "studio"])
def test_a_hand_in_brighter_light_is_dressed_in_brighter_light(mode: str) -> None:
    levels = []
    for gain in (0.35, 1.0):
        light = light_estimator(mode, load_face_model(), True)  # type: ignore[arg-type]
        image = (gain * IMAGE).astype(np.uint8)
        told = light.update(Frame(image), None, None, LitHand(hand(), model.CAMERA))
        level = told.exposure
        if told.irradiance is not None:
            level *= float(
                (sh_basis(np.array([[0.0, 0.0, -1.0]])) @ told.irradiance @ LUMINANCE)[0]
            )
        levels.append(level)
    assert levels[1] > 1.3 * levels[0]


def test_hand_and_forearm_cover_the_background() -> None:
    cover = hand_cover(model.CAMERA.project(TRUTH), (1280, 720))
    assert cover.shape == (45, 80)
    assert 0.03 < cover.mean() < 0.5
    x, y = (model.CAMERA.project(TRUTH)[Lm.MIDDLE_MCP] / 16.0).astype(int)
    assert cover[y, x] == 1.0
    assert cover[-1, x] == 1.0
    assert cover[2, 2] == 0.0
