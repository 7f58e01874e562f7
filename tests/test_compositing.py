"""image = transmit * frame + add, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.compositing import composite, layer_rgba
from ar_preview.errors import RenderError
from ar_preview.frames import ImageSize
from ar_preview.layer import Layer


def test_every_transmit_and_value_is_rounded_to_nearest() -> None:
    transmit, frame = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
    image = np.repeat(frame[..., None], 3, axis=-1).astype(np.uint8)
    kept = np.repeat(transmit[..., None], 3, axis=-1).astype(np.uint8)
    out = composite(image, Layer((0, 0), np.zeros_like(image), kept))
    exact = (2 * transmit * frame + 255) // 510
    np.testing.assert_array_equal(out[..., 0], exact)
    np.testing.assert_array_equal(out[..., 2], exact)


@given(add=st.integers(0, 255), transmit=st.integers(0, 255), value=st.integers(0, 255))
def test_light_is_added_and_never_wraps(add: int, transmit: int, value: int) -> None:
    image = np.full((1, 1, 3), value, np.uint8)
    layer = Layer((0, 0), np.full_like(image, add), np.full_like(image, transmit))
    expected = min((2 * transmit * value + 255) // 510 + add, 255)
    assert (composite(image, layer) == expected).all()


def test_pixels_outside_the_layer_are_the_same_bytes() -> None:
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    before = image.copy()
    layer = Layer((7, 5), np.full((6, 8, 3), 9, np.uint8), np.full((6, 8, 3), 0, np.uint8))
    out = composite(image, layer)
    assert (out[5:11, 7:15] == 9).all()
    out[5:11, 7:15] = image[5:11, 7:15]
    np.testing.assert_array_equal(out, image)
    np.testing.assert_array_equal(image, before)
    assert out.flags.c_contiguous
    assert not np.shares_memory(out, image)


def test_an_empty_layer_gives_a_copy() -> None:
    image = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    out = composite(image, Layer.empty())
    np.testing.assert_array_equal(out, image)
    assert not np.shares_memory(out, image)


def test_a_layer_of_another_frame_is_refused() -> None:
    layer = Layer((3, 0), np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(RenderError, match="inside the 6x4 picture"):
        composite(np.zeros((4, 6, 3), np.uint8), layer)
    with pytest.raises(RenderError, match="inside the 6x4 picture"):
        layer_rgba(layer, ImageSize(6, 4))


def test_layer_as_straight_alpha() -> None:
    add = np.zeros((1, 3, 3), np.uint8)
    transmit = np.full((1, 3, 3), 255, np.uint8)
    add[0, 0], transmit[0, 0] = (200, 100, 50), 0
    add[0, 1], transmit[0, 1] = (50, 25, 10), 128
    rgba = layer_rgba(Layer((1, 2), add, transmit), ImageSize(6, 4))
    assert rgba.shape == (4, 6, 4)
    assert rgba[2, 1].tolist() == [200, 100, 50, 255]
    assert rgba[2, 2, 3] == 127
    assert rgba[2, 2, 0] == pytest.approx(50 * 255 / 127, abs=1)
    rgba[2, 1:3] = 0
    assert not rgba.any()


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_exported_alpha_reproduces_a_neutral_layer(add: int, transmit: int, value: int) -> None:
    add = min(add, 255 - transmit)
    shape = (1, 1, 3)
    layer = Layer((0, 0), np.full(shape, add, np.uint8), np.full(shape, transmit, np.uint8))
    rgba = layer_rgba(layer, ImageSize(1, 1)).astype(float)[0, 0]
    over = rgba[3] / 255 * rgba[0] + (1 - rgba[3] / 255) * value
    exact = transmit / 255 * value + add
    assert over == pytest.approx(exact, abs=1.5)


def test_an_empty_layer_exports_nothing() -> None:
    assert not layer_rgba(Layer.empty(), ImageSize(5, 4)).any()
