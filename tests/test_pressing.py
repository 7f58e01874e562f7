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
from ar_preview.pressing.fill import Fill
from ar_preview.pressing.move import HatMove
from ar_preview.pressing.outline import ANGLES, HatOutline
from ar_preview.pressing.search import find_fill
from ar_preview.pressing.silhouette import hair_reach
from ar_preview.products.catalogue import load_product
from ar_preview.scene import Item, Occluder, Scene
from ar_preview.tracks import SilhouetteTrack

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


def silhouette(hat: HatOutline, reach: float, person: int = 0, sure: int = 255) -> SilhouetteTrack:
    """Tell what belongs to the head under such hair."""
    y, x = (np.indices((256, 256)) + 0.5) * np.array([480, 640])[:, None, None] / 256
    away = np.hypot(x - hat.middle[0], y - hat.middle[1]) / hat.size
    mask = np.where(away < reach, sure, 0).astype(np.uint8)
    return SilhouetteTrack(person, (0, 0, 640, 480), mask)


def pressed(
    image: Pixels, worn: Item, reach: float, occluders: tuple[Occluder, ...] = ()
) -> Pixels:
    """Return a picture in which hair is pressed under a hat, which is not drawn."""
    hat = outline(worn)
    scene = Scene(CAMERA, (worn,), occluders)
    layer = HatPress(continuous=False).apply(
        frame(image), scene, layer_under(hat), [silhouette(hat, reach)]
    )
    return composite(image, layer)


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
    reach, sure = hair_reach(silhouette(hat, 1.3), hat)
    high = hat.below_hem == 0.0
    assert high.sum() > 30
    assert np.abs(reach[high] - 1.3).max() < 0.04
    assert sure[high].min() > 0.6


def test_wide_hair_is_behind_the_hat_then() -> None:
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.35)
    out = pressed(image, worn, 1.35)
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
    out = pressed(image, worn, 1.4)
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
    worn_image = pressed(image, worn, 1.2)
    for side in (-1.5, 1.5):
        edge = np.interp(side, ANGLES, hat.edge)
        np.testing.assert_allclose(at(worn_image, hat, side, edge + 0.06), WALL, atol=12.0)


def test_nothing_moves_without_hair_that_is_known_to_stand_out() -> None:
    worn = item()
    hat = outline(worn)
    under = layer_under(hat)
    scene = Scene(CAMERA, (worn,))
    image = picture(hat, 1.35)
    beside_another = silhouette(hat, 1.35, person=1)
    unsure = silhouette(hat, 1.35, sure=120)
    everywhere = silhouette(hat, 9.0)
    for seen in ([], [silhouette(hat, 0.8)], [beside_another], [unsure], [everywhere]):
        assert HatPress(continuous=False).apply(frame(image), scene, under, seen) is under


def bars(hat: HatOutline, tilt: float) -> npt.NDArray[np.bool_]:
    """Where there are bars, as of blinds and doors."""
    y, x = np.indices((480, 640)) + 0.5 - hat.middle[::-1, None, None]
    along = np.cos(tilt) * x + np.sin(tilt) * y
    return np.asarray(np.sin(2.0 * np.pi * along / (0.3 * hat.size)) > 0.5)


@pytest.mark.parametrize("tilt", [0.0, 1.2, 1.5])
def test_lines_behind_go_on_where_hair_was(tilt: float) -> None:
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.3)
    y, x = np.indices(image.shape[:2]) + 0.5 - hat.middle[::-1, None, None]
    angle, away = hat.seen_from_middle(np.stack([x, y], axis=-1) + hat.middle)
    beyond = away > 1.3
    image[beyond & bars(hat, tilt)] = (120, 115, 110)
    out = pressed(image, worn, 1.3)
    edge = np.interp(angle, ANGLES, hat.edge)
    gap = (away > edge + 0.02) & (away < 1.28) & (np.abs(angle) < 1.5) & (np.abs(angle) > ASIDE)
    true = np.where(bars(hat, tilt), 120, WALL[0])
    off = np.abs(out[..., 0].astype(int) - true)[gap]
    assert np.abs(image[..., 0].astype(int) - true)[gap].mean() > 70
    # Edges of bars may be off by half a pixel of the coarse search.
    assert np.median(off) < 8
    assert (off > 30).mean() < 0.2


def test_a_slope_of_light_goes_on_too() -> None:
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.35)
    y, x = np.indices(image.shape[:2]) + 0.5 - hat.middle[::-1, None, None]
    slope = np.clip(60.0 * x / (4.0 * hat.size), -60.0, 60.0)
    beyond = np.hypot(x, y) > 1.35 * hat.size
    image[beyond] = np.clip(image[beyond] + slope[beyond, None], 0, 255).astype(np.uint8)
    out = pressed(image, worn, 1.35)
    for angle in np.radians([-80.0, -50.0, 50.0, 80.0]):
        column, row = hat.at(np.array(angle), np.array(1.15)).astype(int)
        assert np.abs(at(out, hat, angle, 1.15) - WALL - slope[row, column]).max() < 10


def test_what_stands_in_is_background_only() -> None:
    worn = item()
    hat = outline(worn)
    seen = silhouette(hat, 1.35)
    move = HatMove.of(hat, *hair_reach(seen, hat))
    found = find_fill(picture(hat, 1.35), move, seen, Fill.nothing(), anew=True)
    assert (found.covers[move.excess > 0.0] > 0.99).all()
    for shift, weights in zip(found.shifts, found.weights, strict=True):
        k = np.flatnonzero(weights > 0.0)
        for distance in np.linspace(hat.edge[k], move.ends[k], 5):
            source = hat.at(ANGLES[k], distance) + shift
            assert (np.hypot(*(source - hat.middle).T) > 1.33 * hat.size).mean() > 0.9
    # Where everything else is people too there is nothing to take.
    crowd = SilhouetteTrack(0, (0, 0, 640, 480), np.full((256, 256), 255, np.uint8))
    nothing = find_fill(picture(hat, 1.35), move, crowd, Fill.nothing(), anew=True)
    assert not nothing.covers.any()


def test_what_was_known_of_a_larger_head_does_no_harm() -> None:
    hat = outline(item())
    seen = silhouette(hat, 1.35)
    move = HatMove.of(hat, *hair_reach(seen, hat))
    count = len(ANGLES)
    known = Fill(np.array([[90_000, -70_000]]), np.ones((1, count)), np.zeros((count, 3)))
    found = find_fill(picture(hat, 1.35), move, seen, known, anew=False)
    assert (found.covers[move.excess > 0.0] > 0.99).all()
    assert np.abs(found.shifts).max() < 640


def test_a_single_lock_has_a_stand_in_too() -> None:
    hat = outline(item())
    reach = np.full(len(ANGLES), 0.9)
    reach[len(ANGLES) // 3 : len(ANGLES) // 3 + 2] = 1.4
    move = HatMove.of(hat, reach, np.ones(len(ANGLES)))
    seen = silhouette(hat, 0.9)
    found = find_fill(picture(hat, 0.9), move, seen, Fill.nothing(), anew=True)
    assert 0 < np.count_nonzero(move.excess) <= 4
    assert found.covers[move.excess > 0.0].max() > 0.9


def test_what_stands_in_stays_the_same_while_nothing_changes() -> None:
    worn = item()
    hat = outline(worn)
    press = HatPress()
    scene = Scene(CAMERA, (worn,))
    image = picture(hat, 1.3)
    shown = []
    for index in range(40):
        looks = [silhouette(hat, 1.3)] if index % 10 == 0 else []
        layer = press.apply(frame(image, index), scene, layer_under(hat), looks)
        shown.append(composite(image, layer))
    # A second look is among the shifts of the first, exactly known now: here and there another.
    for index in range(28, 40):
        assert np.abs(shown[index].astype(int) - shown[-1]).max() <= 1
    again = press.again(frame(image, 39), scene, layer_under(hat))
    np.testing.assert_array_equal(composite(image, again), shown[-1])


def test_one_background_gives_way_to_another_bit_by_bit() -> None:
    count = len(ANGLES)
    shifts = [np.array([[9, 0]]), np.array([[0, 7]])]
    first, second = (Fill(s, np.ones((1, count)), np.zeros((count, 3))) for s in shifts)
    between = first.eased(second, 0.25)
    assert between.shifts.tolist() == [[9, 0], [0, 7]]
    np.testing.assert_allclose(between.weights[:, 0], [0.75, 0.25])
    np.testing.assert_allclose(between.covers, 1.0)
    for _ in range(20):
        between = between.eased(second, 0.25)
    assert between.shifts.tolist() == [[0, 7]]
    image = np.zeros((40, 60, 3), np.uint8)
    image[10:20] = 200
    where = np.array([[5 + 6j]], np.complex64), np.array([[30.0]], np.float32)
    assert first.seen(image, *where).tolist() == [[[0, 0, 0]]]
    assert second.seen(image, *where).tolist() == [[[200, 200, 200]]]
    assert first.eased(second, 0.25).seen(image, *where).tolist() == [[[50, 50, 50]]]


def test_a_hand_beside_a_hat_is_left_alone() -> None:
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.35)
    side = hat.at(np.radians(np.linspace(30.0, 110.0, 15)), np.full(15, 1.2))
    rays = np.column_stack([(side - (CAMERA.cx, CAMERA.cy)) / CAMERA.fx, np.ones(15)])
    triangles = np.arange(15, dtype=np.uint32).reshape(-1, 3)
    hand = Occluder("hand", (0.4 * rays).astype(np.float32), triangles, over_skin=True)
    out = pressed(image, worn, 1.35, (hand,))
    with_hand, without = (np.radians(70.0 * sign) for sign in (1.0, -1.0))
    assert np.array_equal(at(out, hat, with_hand, 1.15), at(image, hat, with_hand, 1.15))
    assert np.abs(at(out, hat, without, 1.15) - WALL).max() < 12


def test_what_is_hidden_stays_so() -> None:
    worn = item()
    hat = outline(worn)
    red = np.full((480, 640, 3), (200, 0, 0), np.uint8)
    under = Layer((0, 0), red, np.zeros_like(red))
    seen = [silhouette(hat, 1.35)]
    image = picture(hat, 1.35)
    layer = HatPress(continuous=False).apply(frame(image), Scene(CAMERA, (worn,)), under, seen)
    assert (layer.add == red).all()
    assert not layer.transmit.any()


def test_hair_comes_back_where_nothing_may_stand_in_any_more() -> None:
    worn = item()
    hat = outline(worn)
    image = picture(hat, 1.35)
    press, scene = HatPress(), Scene(CAMERA, (worn,))
    shown = []
    for index in range(60):
        seen = silhouette(hat, 1.35)
        if index >= 10:
            # Everything beyond the hair is somebody else.
            mask = np.where(seen.mask > 0, seen.mask, 60).astype(np.uint8)
            seen = SilhouetteTrack(0, seen.box, mask)
        out = composite(image, press.apply(frame(image, index), scene, layer_under(hat), [seen]))
        shown.append(at(out, hat, np.radians(-75.0), 1.15)[0])
    assert shown[9] > WALL[0] - 12
    assert shown[-1] < HAIR[0] + 12


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
        seen = [silhouette(hat, 1.35)]
        out = composite(image, press.apply(frame(image, index), scene, layer_under(hat), seen))
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
    box = move.box(640, 480)
    if box is None:
        return
    x, y = np.meshgrid(np.arange(box[0], box[2], 2.0), np.arange(box[1], box[3], 2.0))
    (fields, _), changes = move.at(np.stack([x, y], axis=-1))
    columns, rows = x + fields[..., 0], y + fields[..., 1]
    (xy, xx), (yy, yx) = np.gradient(columns), np.gradient(rows)
    # Beyond the seam there is background, which does not come from there.
    hair = changes & (fields[..., 2] < 1.0)
    assert (xx * yy - xy * yx)[hair].min(initial=1.0) > 0.0
