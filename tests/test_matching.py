"""The camera's softness, motion and grain, measured on pictures where all of it is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ar_preview.frames import Frame
from ar_preview.geometry import Camera, RigidTransform
from ar_preview.layer import Layer
from ar_preview.matching import CameraMatch, blur_sigma, noise_levels
from ar_preview.scene import Item, Scene
from tests.rendering.stage_kit import matte, product, quad

PIECE = product(quad(), m=matte(0.5))
CAMERA = Camera(320, 200, 400.0, 400.0, 160.0, 100.0)
STEP_NS = 33_000_000


def picture(sigma: float = 0.0, noise: float = 0.0, smear: int = 0, seed: int = 0) -> np.ndarray:
    """Dark discs on a lighter ground as a lens, an open shutter and a sensor make it."""
    fine = np.full((800, 1280), 150.0)
    place = np.random.default_rng(5)
    for _ in range(40):
        x, y, r = place.uniform((0, 0, 40), (1280, 800, 120))
        cv2.circle(fine, (int(x), int(y)), int(r), float(place.uniform(40, 220)), -1)
    image = cv2.resize(fine, (320, 200), interpolation=cv2.INTER_AREA)
    if sigma > 0.0:
        image = cv2.GaussianBlur(image, (0, 0), sigma)
    if smear:
        image = cv2.blur(image, (smear, 1))
    image = image + noise * np.random.default_rng(seed).standard_normal(image.shape)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def frame(gray: np.ndarray, index: int = 0) -> Frame:
    return Frame(np.repeat(gray[..., None], 3, axis=2), index, index * STEP_NS)


def scene(x_px: float = 0.0) -> Scene:
    z = 0.5
    pose = RigidTransform(translation=np.array([x_px * z / CAMERA.fx, 0.0, z]))
    return Scene(CAMERA, (Item(PIECE, "face:0/glasses", pose),))


def block(value: int = 90) -> Layer:
    """A solid square of 60 px in a layer of 160 by 120 px."""
    add, transmit = np.zeros((120, 160, 3), np.uint8), np.full((120, 160, 3), 255, np.uint8)
    add[30:90, 50:110], transmit[30:90, 50:110] = value, 0
    return Layer((80, 40), add, transmit)


@pytest.mark.parametrize("sigma", [0.7, 1.0, 1.5, 2.0])
def test_the_blur_of_edges_is_found(sigma: float) -> None:
    assert blur_sigma(picture(sigma), 0.0) == pytest.approx(np.hypot(sigma, 0.5), rel=0.1)
    assert blur_sigma(picture(sigma, noise=2.0), 2.0) == pytest.approx(
        np.hypot(sigma, 0.5), rel=0.15
    )
    assert blur_sigma(np.full((50, 50), 90, np.uint8), 0.0) is None


@pytest.mark.parametrize("noise", [2.0, 4.0, 6.0])
def test_noise_is_found_beside_edges(noise: float) -> None:
    levels = noise_levels(picture(1.0, noise))
    assert np.median(levels) == pytest.approx(noise, rel=0.2)


def test_what_is_drawn_gets_the_pictures_softness_and_grain() -> None:
    soft = CameraMatch().apply(frame(picture(1.5)), scene(), block())
    across = soft.transmit[60, :, 1].astype(float)
    rise = np.diff(across)[80:]
    middle = (rise * np.arange(len(rise))).sum() / rise.sum()
    width = np.sqrt((rise * (np.arange(len(rise)) - middle) ** 2).sum() / rise.sum())
    assert width == pytest.approx(1.5, rel=0.15)
    grainy = CameraMatch()
    images = [grainy.apply(frame(picture(0.0, 4.0, seed=i), i), scene(), block()) for i in range(3)]
    inner = [layer.add[40:80, 60:100, 1].astype(float) for layer in images]
    assert np.std(inner[0]) == pytest.approx(4.0, rel=0.3)
    assert np.mean(inner[0]) == pytest.approx(90.0, abs=0.5)
    # Fresh each frame, the same for the same frame, nothing where the picture shows.
    assert abs(np.corrcoef(inner[1].ravel(), inner[2].ravel())[0, 1]) < 0.1
    again = CameraMatch().apply(frame(picture(0.0, 4.0), 0), scene(), block())
    np.testing.assert_array_equal(again.add, images[0].add)
    assert not images[0].add[:28].any()
    assert (images[0].transmit[:28] == 255).all()


def test_a_sharp_clean_picture_changes_nothing() -> None:
    layer = block()
    assert CameraMatch().apply(frame(picture()), scene(), layer) is layer


def smeared_px(match: CameraMatch, shown: np.ndarray, moved_px: float) -> float:
    """Width of the vertical edges of the block after a motion across them."""
    match.apply(frame(picture(0.6), 0), scene(), block())
    layer = match.apply(frame(shown, 1), scene(moved_px), block())
    return float(((layer.transmit[60] > 10) & (layer.transmit[60] < 245)).any(axis=-1).sum() / 2)


def test_motion_blurs_as_far_as_the_picture_shows_it() -> None:
    still = smeared_px(CameraMatch(), picture(0.6), 0.0)
    short = smeared_px(CameraMatch(), picture(0.6), 12.0)
    long = smeared_px(CameraMatch(), picture(0.6, smear=7), 12.0)
    assert short <= still + 2.0
    assert long >= still + 3.0
    assert long <= still + 8.0
    assert smeared_px(CameraMatch(continuous=False), picture(0.6, smear=7), 12.0) <= still + 9.0
