"""Hair that a hat presses down, on pictures in which it is known where the hair ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.compositing import composite
from ar_preview.frames import Frame
from ar_preview.geometry import Camera, RigidTransform, so3_exp
from ar_preview.layer import Layer
from ar_preview.pressing import HatPress
from ar_preview.pressing.move import HatMove
from ar_preview.pressing.outline import ANGLES, HatOutline
from ar_preview.pressing.silhouette import hair_reach
from ar_preview.products.catalogue import load_product
from ar_preview.scene import Item, Occluder, Scene

if TYPE_CHECKING:
    from ar_preview.products.product import Product

CAMERA = Camera(640, 480, 600.0, 600.0, 320.0, 240.0)
CAP = load_product("ridge-cap")
HAIR, WALL = (70, 50, 35), (190, 185, 175)
ASIDE = 0.25
"""Angle from the top at which the side of a crown begins; a button is on the top, radians."""

Pixels = npt.NDArray[np.uint8]


def item(x: float = 0.0, roll: float = 0.0, person: int = 0, product: Product = CAP) -> Item:
    """Place a hat upright before the camera, which looks down the z axis, y down."""
    turn = so3_exp([0.0, 0.0, roll]) @ so3_exp([np.pi, 0.0, 0.0])
    place = RigidTransform(turn, np.array([x, 0.0, 0.55]))
    return Item(product, f"face:{person}/hat", place)


def outline(worn: Item) -> HatOutline:
    found = HatOutline.of(worn, CAMERA)
    assert found is not None
    return found


def picture(hat: HatOutline, reach: float, hair: tuple[int, int, int] = HAIR) -> Pixels:
    """Draw hair as a disc round the middle of the crown, before a wall; with noise."""
    image = np.empty((480, 640, 3), np.uint8)
    image[:] = WALL
    middle = tuple(round(float(v) * 16 - 8) for v in hat.middle)
    cv2.circle(image, middle, round(16 * reach * hat.size), hair, -1, cv2.LINE_AA, shift=4)
    noise = np.random.default_rng(3).normal(0.0, 4.0, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def frame(image: Pixels, index: int = 0) -> Frame:
    return Frame(image, index, index * 33_000_000)


def layer_under(hat: HatOutline) -> Layer:
    """Stand in for the drawn hat: one opaque red pixel in its middle."""
    x, y = (int(v) for v in hat.middle)
    red = np.array([[[200, 0, 0]]], np.uint8)
    return Layer((x, y), red, np.zeros_like(red))


def at(image: Pixels, hat: HatOutline, angle: float, distance: float) -> npt.NDArray[np.float64]:
    """Return the mean of a picture near a direction and distance."""
    x, y = hat.at(np.array(angle), np.array(distance)).astype(int)
    return image[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).mean(axis=0)


@pytest.mark.parametrize("roll", [0.0, 0.3])
def test_hair_is_measured_where_it_ends(roll: float) -> None:
    hat = outline(item(roll=roll))
    reach, sure = hair_reach(picture(hat, 1.3), hat)
    high = hat.below_hem == 0.0
    assert high.sum() > 30
    assert np.abs(reach[high] - 1.3).max() < 0.04
    assert sure[high].min() > 0.6


def test_wide_hair_is_behind_the_hat_then() -> None:
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.35)
    layer = HatPress(continuous=False).apply(frame(image), Scene(CAMERA, (worn,)), layer_under(hat))
    out = composite(image, layer)
    high = np.flatnonzero((hat.below_hem == 0.0) & (np.abs(ANGLES) > ASIDE))
    for k in high:
        beside = float(hat.edge[k]) + 0.03
        assert np.abs(at(image, hat, ANGLES[k], beside) - HAIR).max() < 12
        assert np.abs(at(out, hat, ANGLES[k], beside) - WALL).max() < 12
    # Far from it the frame stays byte for byte.
    far = np.hypot(*(np.indices(image.shape[:2])[::-1] + 0.5 - hat.middle[:, None, None]))
    outside = far > 3.0 * hat.size
    assert (out[outside] == image[outside]).all()
    assert tuple(out[int(hat.middle[1]), int(hat.middle[0])]) == (200, 0, 0)


def test_hair_comes_out_again_below_the_hem() -> None:
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.4)
    layer = HatPress(continuous=False).apply(frame(image), Scene(CAMERA, (worn,)), layer_under(hat))
    out = composite(image, layer)
    assert hat.below_hem[[0, -1]].min() > 0.9
    for k in (0, -1):
        assert np.abs(at(out, hat, ANGLES[k], 1.3) - HAIR).max() < 12


def test_hair_above_a_brim_is_pressed_to_the_crown() -> None:
    worn = item(product=load_product("alder-fedora"))
    hat = outline(worn)
    # The brim is nearly twice as wide as the crown.
    level = np.abs(np.abs(ANGLES) - 0.5 * np.pi) < 0.3
    wide = hat.edge[level] * np.abs(np.sin(ANGLES[level])) * hat.size
    assert wide.max() < 600.0 / 0.55 * 0.095
    assert hat.brimmed
    assert not outline(item()).brimmed
    image = picture(hat, 1.2)
    layer = HatPress(continuous=False).apply(frame(image), Scene(CAMERA, (worn,)), layer_under(hat))
    worn_image = composite(image, layer)
    for side in (-1.5, 1.5):
        edge = np.interp(side, ANGLES, hat.edge)
        np.testing.assert_allclose(at(worn_image, hat, side, edge + 0.06), WALL, atol=12.0)


@pytest.mark.parametrize(("reach", "hair"), [(0.8, HAIR), (1.35, WALL)])
def test_nothing_moves_without_hair_that_is_seen_to_stand_out(
    reach: float, hair: tuple[int, int, int]
) -> None:
    worn = item()
    hat = outline(worn)
    under = layer_under(hat)
    scene = Scene(CAMERA, (worn,))
    image = picture(hat, reach, hair)
    assert HatPress(continuous=False).apply(frame(image), scene, under) is under


@pytest.mark.parametrize("tilt", [0.0, 1.2])
def test_lines_behind_are_not_bent_and_walls_are_drawn_in(tilt: float) -> None:
    """Bars to the right of a head, as of blinds or doors, and a plain wall to its left."""
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.35)
    y, x = np.indices(image.shape[:2]) + 0.5 - hat.middle[::-1, None, None]
    bars = np.sin(2.0 * np.pi * (np.cos(tilt) * x + np.sin(tilt) * y) / (0.3 * hat.size)) > 0.5
    bars &= (np.hypot(x, y) > 1.37 * hat.size) & (x > 0.0)
    image[bars] = (120, 115, 110)
    layer = HatPress(continuous=False).apply(frame(image), Scene(CAMERA, (worn,)), layer_under(hat))
    out = composite(image, layer)
    right = (x > 0.7 * hat.size) & (np.hypot(x, y) > 1.37 * hat.size)
    assert np.abs(out[right].astype(int) - image[right])[:, 0].mean() < 2.0
    left = at(out, hat, np.radians(-70.0), 1.15)
    assert np.abs(left - WALL).max() < 12


def test_a_hand_beside_a_hat_is_left_alone() -> None:
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.35)
    side = hat.at(np.radians(np.linspace(30.0, 110.0, 15)), np.full(15, 1.2))
    rays = np.column_stack([(side - (CAMERA.cx, CAMERA.cy)) / CAMERA.fx, np.ones(15)])
    triangles = np.arange(15, dtype=np.uint32).reshape(-1, 3)
    hand = Occluder("hand", (0.4 * rays).astype(np.float32), triangles, over_skin=True)
    scene = Scene(CAMERA, (worn,), (hand,))
    layer = HatPress(continuous=False).apply(frame(image), scene, layer_under(hat))
    out = composite(image, layer)
    with_hand, without = (np.radians(70.0 * sign) for sign in (1.0, -1.0))
    assert np.array_equal(at(out, hat, with_hand, 1.15), at(image, hat, with_hand, 1.15))
    assert np.abs(at(out, hat, without, 1.15) - WALL).max() < 12


def test_hair_out_of_sight_is_let_go_slowly() -> None:
    """A hand that comes and goes must not make the picture jump."""
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.35)
    press = HatPress()
    points = hat.at(ANGLES, np.full(len(ANGLES), 1.2))
    rays = np.column_stack([(points - (CAMERA.cx, CAMERA.cy)) / CAMERA.fx, np.ones(len(ANGLES))])
    hand = Occluder("hand", (0.4 * rays).astype(np.float32), np.zeros((1, 3), np.uint32), True)
    shown = []
    for index in range(24):
        scene = Scene(CAMERA, (worn,), (hand,) if index >= 4 else ())
        out = composite(image, press.apply(frame(image, index), scene, layer_under(hat)))
        shown.append(at(out, hat, np.radians(-75.0), 1.15)[0])
    assert shown[3] > WALL[0] - 12
    assert shown[-1] < HAIR[0] + 12
    assert shown[4] > WALL[0] - 12


@given(
    st.lists(st.floats(0.9, 1.5), min_size=len(ANGLES), max_size=len(ANGLES)),
    st.lists(st.floats(0.0, 1.0), min_size=len(ANGLES), max_size=len(ANGLES)),
)
def test_the_picture_is_never_folded(reach: list[float], trust: list[float]) -> None:
    """Neighbours stay neighbours, on the same side of each other."""
    hat = outline(item())
    move = HatMove.of(hat, np.array(reach), np.array(trust))
    for box in move.boxes(640, 480):
        columns, rows, _ = move.source(box)
        (xy, xx), (yy, yx) = np.gradient(columns), np.gradient(rows)
        assert (xx * yy - xy * yx).min() > 0.0
