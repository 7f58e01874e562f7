"""Light from a face: known light is found again, and what is shown does not flicker."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.frames import Frame
from ar_preview.geometry import SH_COSINE_LOBE, Camera, sh_basis, texel_areas
from ar_preview.registration import Registration
from ar_preview.staging.albedo import skin_albedo
from ar_preview.staging.light import RoomLight, light_estimator
from ar_preview.staging.skin import LUMINANCE, SkinSamples, fit_harmonics
from ar_preview.staging.studio import StudioLight
from ar_preview.staging.surroundings import face_cover, surroundings
from ar_preview.tracking import FaceTracker, load_face_model
from tests.people import blank, face_track, portrait, pose

if TYPE_CHECKING:
    from ar_preview.poses import HeadPose
    from ar_preview.scene import Light
    from ar_preview.tracks import FaceTrack

MODEL = load_face_model()
ALBEDO = np.array([0.45, 0.26, 0.2])
NS = 33_333_333
FRONT = np.array([0.0, 0.0, -1.0])


def irradiance(harmonics: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Irradiance / pi, (3,)."""
    return (sh_basis(normal) * SH_COSINE_LOBE) @ harmonics


def room(side: float = 0.0, level: float = 0.6) -> np.ndarray:
    """Light from above and in front, and from one side (camera x)."""
    gray = np.zeros(9)
    gray[0] = level * np.sqrt(4.0 * np.pi)
    gray[1:4] = np.array([-0.3, -0.2, side]) * gray[0]
    return gray[:, None] * np.ones(3)


def shaded(harmonics: np.ndarray, noise: float = 0.0) -> SkinSamples:
    rng = np.random.default_rng(5)
    normals = rng.normal([0.0, 0.0, -1.0], 0.5, (200, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    colors = ALBEDO * (sh_basis(normals) * SH_COSINE_LOBE @ harmonics)
    return SkinSamples(colors * (1.0 + noise * rng.normal(size=colors.shape)), normals)


@given(side=st.floats(-0.4, 0.4), level=st.floats(0.2, 1.0))
def test_known_light_on_known_skin_is_found_again(side: float, level: float) -> None:
    true = room(side, level)
    found = fit_harmonics(shaded(true, noise=0.05), ALBEDO)
    for normal in ([0.0, 0.0, -1.0], [0.5, 0.0, -0.866], [-0.5, 0.0, -0.866], [0.0, -0.5, -0.866]):
        np.testing.assert_allclose(
            irradiance(found, np.array(normal)), irradiance(true, np.array(normal)), rtol=0.08
        )


def test_highlights_and_shadows_on_skin_are_left_out() -> None:
    samples = shaded(room())
    colors = samples.colors.copy()
    colors[:20] = 1.0
    colors[20:40] *= 0.1
    found = fit_harmonics(SkinSamples(colors, samples.normals), ALBEDO)
    np.testing.assert_allclose(irradiance(found, FRONT), irradiance(room(), FRONT), rtol=0.06)


def test_no_direction_is_lit_by_less_than_nothing() -> None:
    harsh = room(side=0.6)
    found = fit_harmonics(shaded(harsh), ALBEDO)
    normals = np.random.default_rng(1).normal(size=(500, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    assert ((sh_basis(normals) * SH_COSINE_LOBE) @ found @ LUMINANCE).min() > 0.0


def test_colour_is_that_of_the_mean_only_half_in_order_one_and_none_in_order_two() -> None:
    found = fit_harmonics(shaded(room(0.2) * np.array([1.3, 1.0, 0.7])), ALBEDO)
    tint = found[0] / (found[0] @ LUMINANCE)
    np.testing.assert_allclose(found[4:], np.outer(found[4:] @ LUMINANCE, tint), atol=1e-9)


def test_dim_skin_is_both_darker_skin_and_dimmer_light() -> None:
    usual = 0.5 * ALBEDO
    lights = [float((c / skin_albedo(c)) @ LUMINANCE) for c in (0.25 * usual, usual, 2.0 * usual)]
    assert lights == sorted(lights)
    assert 1.3 < lights[1] / lights[0] < 4.0


def test_half_of_an_odd_colour_is_believed_to_be_the_light() -> None:
    cast = np.array([1.15, 1.0, 0.87])
    seen = 0.5 * ALBEDO
    plain, warm = (c / skin_albedo(c) for c in (seen, seen * cast))
    gained = np.log(warm[0] / warm[2]) - np.log(plain[0] / plain[2])
    assert 0.2 < gained / np.log(cast[0] / cast[2]) < 0.7


@cache
def sitter() -> tuple[np.ndarray, FaceTrack, HeadPose]:
    frame = portrait()
    tracker = FaceTracker(continuous=False)
    seen = tracker.track(frame)
    tracker.close()
    poses, _ = Registration(MODEL, False).update(frame, seen, Camera.from_fov(frame.size))
    return (frame.image / 255.0) ** 2.2, seen.faces[0], poses.heads[0]


def shown(gains: list[float], noise: float = 2.0) -> list[Light]:
    """The light of a portrait under exposures, one a frame."""
    linear, face, head = sitter()
    estimator = RoomLight(MODEL)
    rng = np.random.default_rng(0)
    lights = []
    for index, gain in enumerate(gains):
        image = 255.0 * (linear * gain) ** (1 / 2.2) + rng.normal(0.0, noise, linear.shape)
        frame = Frame(np.clip(image, 0, 255).astype(np.uint8), index, index * NS)
        lights.append(estimator.update(frame, face, head))
    return lights


def brightness(light: Light) -> np.ndarray:
    """What lights matte surfaces from the front, and what is mirrored in the mean."""
    assert light.irradiance is not None and light.radiance is not None
    front = irradiance(light.irradiance, FRONT) @ LUMINANCE
    before = light.radiance if light.radiance_before is None else light.radiance_before
    radiance = before + light.arrived * (light.radiance - before)
    mirrored = np.tensordot(texel_areas(64), radiance, 2) @ LUMINANCE
    return light.exposure * np.array([front, mirrored])


def test_light_is_steady_and_follows_a_halved_exposure_within_a_second() -> None:
    lights = np.array([brightness(light) for light in shown([0.8] * 42 + [0.4] * 30)])
    steady = lights[12:42]
    assert np.abs(np.diff(steady, axis=0) / steady[1:]).max() < 0.003
    followed = (lights[41] - lights[-1]) / (0.5 * lights[41])
    assert (followed > 0.9).all()
    assert (followed < 1.1).all()
    # On the way there, no step is larger than the change that a second of it makes.
    assert np.abs(np.diff(lights[42:], axis=0)).max() < 0.3 * lights[41].max()


def test_what_is_mirrored_gives_way_gradually() -> None:
    """No texel of the map jumps in a still room, however its lamp is told from noise."""
    last, moved = None, []
    for light in shown([0.8] * 60, noise=6.0):
        assert light.radiance is not None
        before = light.radiance if light.radiance_before is None else light.radiance_before
        seen = before + light.arrived * (light.radiance - before)
        if last is not None:
            moved.append(np.abs(seen - last).max() / seen.max())
        last = seen
    assert max(moved) > 0.0
    assert max(moved) < 0.1


def test_a_cut_is_not_blended_over() -> None:
    linear, face, head = sitter()
    room_light = RoomLight(MODEL)
    dark, bright = (
        Frame((255 * (linear * g) ** (1 / 2.2)).astype(np.uint8), i, i * NS)
        for i, g in ((0, 0.15), (1, 0.9))
    )
    room_light.update(dark, face, head)
    later = Frame(bright.image, 200, 200 * NS)
    fresh = RoomLight(MODEL).update(later, face, head)
    np.testing.assert_allclose(
        brightness(room_light.update(later, face, head)), brightness(fresh), rtol=1e-6
    )


def test_every_photo_stands_alone() -> None:
    linear, face, head = sitter()
    frames = [Frame((255 * (linear * g) ** (1 / 2.2)).astype(np.uint8)) for g in (0.2, 0.9)]
    alone = [RoomLight(MODEL, False).update(f, face, head) for f in frames]
    shared = RoomLight(MODEL, False)
    for frame, light in zip(frames, alone, strict=True):
        np.testing.assert_array_equal(
            brightness(shared.update(frame, face, head)), brightness(light)
        )


@pytest.mark.parametrize("gray", [0.02, 0.3, 0.9])
def test_the_map_has_the_energy_of_the_harmonics(gray: float) -> None:
    """But for what is seen in the picture itself, no light is made up and none is lost."""
    harmonics = room(0.2)
    cover = face_cover(face_track(pose()).points_image, (1280, 720))
    flat = np.full((45, 80, 3), gray, np.float32)
    radiance = surroundings(flat, cover, (1280, 720), harmonics)
    assert radiance.min() > 0.0
    light = np.tensordot(texel_areas(64), radiance, 2)
    mean = harmonics[0] / np.sqrt(4.0 * np.pi)
    assert (light > 0.5 * mean).all()
    assert (light < 1.4 * mean).all()


def test_a_dark_room_is_mirrored_darker_and_with_a_brighter_lamp() -> None:
    cover = face_cover(face_track(pose()).points_image, (1280, 720))
    maps = [
        surroundings(np.full((45, 80, 3), g, np.float32), cover, (1280, 720), room())
        for g in (0.02, 0.5)
    ]
    assert np.median(maps[0]) < 0.5 * np.median(maps[1])
    assert maps[0].max() > maps[1].max()


def _lit(gain: float) -> float:
    linear, face, _ = sitter()
    image = (255 * np.clip(linear * gain, 0, 1) ** (1 / 2.2)).astype(np.uint8)
    return StudioLight().update(Frame(image), face).exposure


def test_the_studio_is_dimmed_in_a_darker_room() -> None:
    bright, half, quarter = _lit(1.0), _lit(0.5), _lit(0.25)
    assert bright > half > quarter
    # Most of a halving is believed, not all: skins differ too.
    assert 0.5 < half / bright < 0.75


def test_the_studio_is_calm_in_a_calm_room_and_soon_dimmed_in_one_that_darkens() -> None:
    linear, face, _ = sitter()
    rng, estimator, shown = np.random.default_rng(3), StudioLight(), []
    for i in range(90):
        encoded = 255 * np.clip(linear * (0.5 if i < 60 else 0.25), 0, 1) ** (1 / 2.2)
        noisy = np.clip(encoded + rng.normal(0, 3, encoded.shape), 0, 255).astype(np.uint8)
        trembling = replace(face, points_image=face.points_image + rng.normal(0, 0.4, (1, 2)))
        shown.append(estimator.update(Frame(noisy, i, i * NS), trembling).exposure)
    assert np.abs(np.diff(np.log(shown[10:60]))).max() < 0.003
    dimmed = np.log(_lit(0.25) / _lit(0.5))
    assert np.log(shown[-1] / shown[59]) / dimmed > 0.9


def test_light_without_a_face_is_neutral_then_stays() -> None:
    estimator = StudioLight()
    assert estimator.update(blank(), None).exposure == 1.0
    dark = Frame(np.full((720, 1280, 3), 40, np.uint8), 0, 0)
    seen = estimator.update(dark, face_track(pose()))
    assert seen.exposure < 0.6
    kept = estimator.update(blank(1), None)
    assert (kept.exposure, kept.white) == (seen.exposure, seen.white)
    linear, face, head = sitter()
    of_room = RoomLight(MODEL)
    assert of_room.update(blank(), None, None).radiance is None
    frame = Frame((255 * linear ** (1 / 2.2)).astype(np.uint8), 1, NS)
    first = brightness(of_room.update(frame, face, head))
    np.testing.assert_allclose(brightness(of_room.update(blank(2), None, None)), first, rtol=1e-6)


def test_off_shows_own_colours() -> None:
    assert light_estimator("off", MODEL, True).update(blank(), None, None).unlit


@pytest.mark.slow
def test_the_bundled_prior_is_what_its_builder_makes() -> None:
    from ar_preview.staging.skin import _prior
    from ar_preview.workshop.light_prior import build_prior

    mean, covariance = build_prior()
    bundled_mean, precision = _prior()
    np.testing.assert_allclose(bundled_mean, mean, atol=1e-3)
    np.testing.assert_allclose(precision @ covariance, np.eye(9), atol=5e-3)
