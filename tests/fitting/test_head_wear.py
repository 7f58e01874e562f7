"""Hats, headphones, earrings and necklaces: where they sit, against the geometry of the head."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.fitting import Wardrobe, seat_hat, seat_necklace, seat_over_ear
from ar_preview.fitting.cranium import LEVEL_PITCH, Cranium
from ar_preview.fitting.earrings import hanging_of, is_ear_seen, seat_earring
from ar_preview.fitting.hat import head_circumference
from ar_preview.fitting.pendulum import GRAVITY, Pendulum
from ar_preview.geometry import ellipse_perimeter
from ar_preview.landmarks import FaceLandmark
from ar_preview.person import HeadShape, Interval, Person
from ar_preview.poses import HeadPose, Poses
from ar_preview.posture import guessed_trunk
from ar_preview.products.catalogue import load_product
from ar_preview.products.opening import hat_opening
from ar_preview.registration.anatomy import complete_head
from ar_preview.tracking import load_face_model
from tests.headwear import bowl, chain, drop, peak, worn
from tests.people import box_glasses, pose

if TYPE_CHECKING:
    from ar_preview.geometry import RigidTransform
    from ar_preview.scene import Item

MODEL = load_face_model()
DOWN = np.array([0.0, 1.0, 0.0])


def head_of(size: float = 1.0, wide: float = 1.0) -> HeadShape:
    face = size * MODEL.vertices_head * [wide, 1.0, 1.0]
    return complete_head(face, size * MODEL.vertices_head)


def shown(
    wardrobe: Wardrobe, camera_from_head: RigidTransform, head: HeadShape, time_s: float = 0.0
) -> dict[str, Item]:
    """What a person wears in a frame, by the part of the anchor behind the person."""
    seen = HeadPose(0, camera_from_head, camera_from_head @ head.face_head)
    person = Person(0, Interval(1.0, 0.9, 1.1), head)
    items = wardrobe.dress(Poses((seen,)), [person], time_s)
    return {item.anchor.partition("/")[2]: item for item in items}


@settings(max_examples=20)
@given(across=st.floats(0.07, 0.09), ratio=st.floats(1.0, 1.35), brim=st.booleans())
def test_the_opening_of_a_hat_is_measured(across: float, ratio: float, brim: bool) -> None:
    along = ratio * across
    parts = [bowl(across, along), *([peak(along)] if brim else [])]
    opening = hat_opening(worn("hat", *parts))
    assert opening.girth == pytest.approx(ellipse_perimeter(across, along), rel=0.03)
    assert opening.front[2] == pytest.approx(along, rel=0.04)
    assert abs(opening.side[0]) < 0.002
    assert opening.side[1] == pytest.approx(0.0, abs=0.005)


@settings(max_examples=20)
@given(size=st.floats(0.85, 1.15), wide=st.floats(0.95, 1.05))
def test_a_hat_that_fits_sits_on_the_forehead_above_brows_and_ears(
    size: float, wide: float
) -> None:
    head = head_of(size, wide)
    product = worn(
        "hat",
        bowl(),
        dimensions_mm={"head_circumference": 1e3 * ellipse_perimeter(0.078, 0.098)},
        fits_mm=(1.0, 1000.0),
    )
    seat = seat_hat(product, head)
    assert seat.scale == pytest.approx(head_circumference(head) / ellipse_perimeter(0.078, 0.098))
    front = seat.head_from_product @ (seat.scale * np.array([0.0, 0.0, 0.098]))
    brows = head.face_head[[FaceLandmark.RIGHT_BROW_TOP, FaceLandmark.LEFT_BROW_TOP], 1].mean()
    assert 0.010 < front[1] - brows < 0.040
    forehead = head.face_head[
        (np.abs(head.face_head[:, 1] - front[1]) < 0.01) & (np.abs(head.face_head[:, 0]) < 0.03)
    ]
    if len(forehead):
        assert front[2] == pytest.approx(forehead[:, 2].max(), abs=0.006)
    side = seat.head_from_product @ (seat.scale * np.array([0.078, 0.0, 0.0]))
    assert side[1] > head.ears["left"].root_head[1] + 0.005
    assert seat.head_from_product.translation[0] == pytest.approx(0.0, abs=1e-9)


def test_a_hat_of_one_size_keeps_it_and_a_narrow_one_rides_up() -> None:
    head = head_of()
    seats = [seat_hat(worn("hat", bowl(k * 0.09, k * 0.11)), head) for k in (0.8, 0.9, 1.0)]
    assert all(seat.scale == 1.0 for seat in seats)
    heights = [seat.head_from_product.translation[1] for seat in seats]
    assert heights[0] > heights[2]


def test_a_cap_sits_level_and_its_peak_points_a_little_down_on_every_face() -> None:
    cap = load_product("ridge-cap")
    points = cap.vertices_product()
    middle = points[np.abs(points[:, 0]) < 0.004]
    tip, root = middle[middle[:, 2].argmax()], hat_opening(cap).front
    for wide, tall in ((1.0, 1.0), (1.15, 0.85), (0.9, 1.05)):
        face = MODEL.vertices_head * [wide, tall, 1.0]
        head = complete_head(face, MODEL.vertices_head)
        seat = seat_hat(cap, head)
        forward = seat.head_from_product.rotation @ (tip - root)
        down = np.arctan2(-forward[1], forward[2]) + LEVEL_PITCH
        assert np.radians(5.0) < down < np.radians(25.0)
        hem = seat.head_from_product @ (seat.scale * root)
        brows = face[[FaceLandmark.RIGHT_BROW_TOP, FaceLandmark.LEFT_BROW_TOP], 1].mean()
        assert 0.015 < hem[1] - brows < 0.040
        # The hat goes round the head: no part of the face beside it is wider.
        side = seat.scale * np.ptp(points[:, 0])
        assert side > np.ptp(face[[FaceLandmark.RIGHT_TRAGUS, FaceLandmark.LEFT_TRAGUS], 0])


def test_the_tilt_of_the_manifest_raises_the_front() -> None:
    head, product = head_of(), worn("hat", bowl())
    flat, raised = (seat_hat(replace(product, tilt=t), head) for t in (0.0, 0.2))
    turn = flat.head_from_product.rotation.T @ raised.head_from_product.rotation
    np.testing.assert_allclose(turn @ [0.0, 0.0, 1.0], [0.0, np.sin(0.2), np.cos(0.2)], atol=1e-9)


def test_headphones_come_to_the_ears_and_over_the_top() -> None:
    head = head_of()
    arc = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 40)
    line = np.stack([0.08 * np.sin(arc), 0.11 * np.cos(arc), 0.0 * arc], axis=-1)
    band = np.stack([line + [0, 0, z] for z in (-0.01, 0.01)], axis=1)
    index = np.arange(80).reshape(40, 2)
    a, b, c, d = index[:-1, 0], index[1:, 0], index[1:, 1], index[:-1, 1]
    faces = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)])
    cups = []
    for sign in (1.0, -1.0):
        corners = np.array([[sign * 0.07, y, z] for y in (-0.03, 0.03) for z in (-0.03, 0.03)])
        cups.append((corners, np.array([[0, 1, 2], [1, 3, 2]])))
    product = worn(
        "over_ear",
        (band.reshape(-1, 3), faces),
        *cups,
        names=("band", "cup_left", "cup_right"),
    )
    seat = seat_over_ear(product, head)
    top = Cranium.of(head).top_at(seat.head_from_product.translation[2])
    assert 0.9 <= seat.scale <= 1.12
    crest = seat.scale * np.array([0.0, 0.11, 0.0])
    assert (seat.head_from_product @ crest)[1] == pytest.approx(top, abs=0.003)
    for name, side, sign in (("cup_left", "left", 1.0), ("cup_right", "right", -1.0)):
        moved = seat.nodes[name] @ np.array([sign * 0.07, 0.0, 0.0])
        pushed = seat.head_from_product @ (seat.scale * moved)
        ear = head.ears[side].root_head
        assert sign * (pushed[0] - ear[0]) == pytest.approx(0.004, abs=0.001)
        np.testing.assert_allclose(pushed[1:] - ear[1:], [-0.018, -0.013], atol=0.002)


@settings(max_examples=25)
@given(yaw=st.floats(-15, 15), pitch=st.floats(-20, 20))
def test_earrings_are_held_at_the_lobes_and_hang_down(yaw: float, pitch: float) -> None:
    head = head_of()
    wardrobe = Wardrobe(MODEL, [worn("earrings", drop())], continuous=False)
    at = pose(yaw, pitch)
    items = shown(wardrobe, at, head)
    for side in ("left", "right"):
        item = items[f"earrings:{side}"]
        lobe = at @ head.ears[side].lobe_head
        np.testing.assert_allclose(item.camera_from_product.translation, lobe, atol=1e-9)
        # A cheek that is in the way of gravity leans an earring by as much as the head does.
        assert -item.camera_from_product.rotation[:, 1] @ DOWN > np.cos(np.radians(10.0))


def test_the_right_earring_is_the_mirror_image_of_the_left() -> None:
    head = head_of()
    wardrobe = Wardrobe(MODEL, [worn("earrings", drop())], continuous=False)
    at = pose()
    items = shown(wardrobe, at, head)
    left, right = (
        at.inverse() @ (i.camera_from_product @ i.product.vertices_product())
        for i in (items["earrings:left"], items["earrings:right"])
    )
    np.testing.assert_allclose(right, left * [-1.0, 1.0, 1.0], atol=1e-6)
    volumes = []
    for product in (items["earrings:left"].product, items["earrings:right"].product):
        (primitive,) = product.nodes[0].primitives
        a, b, c = (primitive.positions[primitive.triangles[:, k]] for k in range(3))
        volumes.append(float(np.einsum("ij,ij->", a, np.cross(b, c))))
    assert volumes[0] == pytest.approx(volumes[1]), "the mirrored one is not inside out"


def test_a_part_that_hangs_swings_alone_and_a_stud_not_at_all() -> None:
    head, tilted = head_of(), pose(0.0, 15.0)
    hook = drop(0.004)
    product = worn("earrings", hook, drop(), names=("hook", "drop"), hangs=("drop",))
    wardrobe = Wardrobe(MODEL, [product], continuous=False)
    item = shown(wardrobe, tilted, head)["earrings:left"]
    attached = tilted @ seat_earring(head, "left").head_from_product
    np.testing.assert_allclose(item.camera_from_product.matrix, attached.matrix, atol=1e-9)
    down = item.camera_from_product.rotation @ item.nodes["drop"].rotation @ [0.0, -1.0, 0.0]
    np.testing.assert_allclose(down, DOWN, atol=1e-3)
    points, faces = drop(0.006)
    stud = worn("earrings", (points + [0.0, 0.003, 0.0], faces))
    assert hanging_of(stud).length_m == 0.0


def test_an_ear_goes_out_of_sight_once_and_a_trembling_head_does_not_flicker() -> None:
    head = head_of()
    assert is_ear_seen(pose(0.0), head, "left", True)
    assert is_ear_seen(pose(0.0), head, "right", True)
    for side, away in (("left", 1.0), ("right", -1.0)):
        seen = [True]
        for yaw in np.linspace(0.0, 50.0, 101):
            seen.append(is_ear_seen(pose(-away * yaw), head, side, seen[-1]))
        hidden = [True]
        for yaw in np.linspace(0.0, 50.0, 101):
            hidden.append(is_ear_seen(pose(away * yaw), head, side, hidden[-1]))
        assert sorted((seen[-1], hidden[-1])) == [False, True]
        path = seen if not seen[-1] else hidden
        turn = path.index(False)
        assert not any(path[turn:])
        sign = -away if not seen[-1] else away
        edge = float(np.linspace(0.0, 50.0, 101)[turn - 1])
        flicker, was = [], True
        for k in range(40):
            was = is_ear_seen(pose(sign * (edge + (2.0 if k % 2 else -2.0))), head, side, was)
            flicker.append(was)
        assert len(set(flicker[2:])) == 1


@pytest.mark.parametrize("pace_s", [1 / 30, 0.5])
def test_who_comes_back_fades_in_and_nobody_else(pace_s: float) -> None:
    head = head_of()
    wardrobe = Wardrobe(MODEL, [worn("hat", drop())])
    opacity = []
    for k in range(40):
        if 10 <= k < 20:
            wardrobe.dress(Poses(), [], k * pace_s)
            continue
        opacity.append(shown(wardrobe, pose(), head, k * pace_s)["hat"].opacity)
    assert opacity[:10] == [1.0] * 10, "whoever is new is dressed at once"
    assert opacity[10] == 0.0, "half hidden, the pose is off"
    rising = np.diff(opacity[10:])
    assert (rising >= 0.0).all() and opacity[-1] == 1.0
    assert opacity[10 + round(0.1 / pace_s + 0.5)] > 0.4


def test_a_far_earring_fades_out_and_in() -> None:
    head = head_of()
    wardrobe = Wardrobe(MODEL, [worn("earrings", drop())])
    opacity = []
    for k in range(30):
        items = shown(wardrobe, pose(0.0 if k < 3 else 45.0), head, k / 30.0)
        sides = [items.get(f"earrings:{side}") for side in ("left", "right")]
        opacity.append(sorted(0.0 if i is None else i.opacity for i in sides))
    assert opacity[2] == [1.0, 1.0]
    assert opacity[-1] == [0.0, 1.0]
    far = [o[0] for o in opacity]
    assert any(0.0 < o < 1.0 for o in far)
    assert np.diff(far).min() > -0.3


def _numerically(length: float, damping: float, speed: float, time: float) -> float:
    """The angle of a real pendulum (not a linear one) that starts at the bottom, by small steps."""
    rate = np.sqrt(GRAVITY / length)
    angle, step = 0.0, 1e-5
    for _ in range(round(time / step)):
        speed += step * (-(rate**2) * np.sin(angle) - 2.0 * damping * rate * speed)
        angle += step * speed
    return angle


def test_a_pendulum_swings_as_the_equation_says() -> None:
    length, jump = 0.03, 0.05
    pendulum = Pendulum(length, DOWN)
    pendulum.update(np.zeros(3), 0.0)
    pendulum.update(np.zeros(3), 0.1)
    # The pivot moves at an even pace for a frame: two kicks.
    pendulum.update(np.zeros(3), 0.2)
    kicked = pendulum.update(np.array([jump * 0.01, 0.0, 0.0]), 0.21)
    assert kicked[0] < 0.0, "the bob stays behind"
    on = pendulum.update(np.array([jump * 0.07, 0.0, 0.0]), 0.27)
    expected = _numerically(length, 0.12, -jump / length, 0.07)
    assert np.arctan2(on[0], on[1]) == pytest.approx(expected, rel=0.02)


@settings(max_examples=30)
@given(length=st.floats(0.005, 0.1), cut=st.floats(0.05, 0.95), speed=st.floats(-0.3, 0.3))
def test_the_frame_rate_does_not_change_a_swing(length: float, cut: float, speed: float) -> None:
    whole, cut_up = Pendulum(length, DOWN), Pendulum(length, DOWN)
    for pendulum in (whole, cut_up):
        pendulum.update(np.zeros(3), 0.0)
        pendulum.update(np.zeros(3), 0.05)
        pendulum.update(np.array([0.05 * speed, 0.0, 0.0]), 0.1)
    ahead = np.array([0.05 * speed, 0.0, 0.0])
    pace = np.array([speed, 0.0, 0.0])
    cut_up.update(ahead + cut * 0.1 * pace, 0.1 + cut * 0.1)
    np.testing.assert_allclose(
        cut_up.update(ahead + 0.1 * pace, 0.2), whole.update(ahead + 0.1 * pace, 0.2), atol=1e-9
    )


@settings(max_examples=30)
@given(st.lists(st.tuples(*[st.floats(-1, 1)] * 3), min_size=2, max_size=40), st.floats(0.004, 0.2))
def test_a_pendulum_never_blows_up(path: list[tuple[float, float, float]], length: float) -> None:
    pendulum = Pendulum(length, DOWN)
    for k, pivot in enumerate(path):
        towards = pendulum.update(np.array(pivot), k / 30.0)
        assert np.linalg.norm(towards) == pytest.approx(1.0)
        assert towards @ DOWN > np.cos(np.radians(30.5))
    for k in range(90):
        towards = pendulum.update(np.array(path[-1]), (len(path) + k) / 30.0)
    assert np.arccos(np.clip(towards @ DOWN, -1, 1)) < 0.3


def test_a_necklace_lies_on_the_nape_and_stays_with_the_shoulders() -> None:
    head, product = head_of(), worn("necklace", chain())
    seat = seat_necklace(product, head)
    back = seat.head_from_product @ np.array([0.0, 0.0, -0.06])
    share = back[1] / (head.neck.top_head - head.neck.base_head)[1]
    axis_z = share * (head.neck.top_head - head.neck.base_head)[2]
    assert axis_z - back[2] == pytest.approx(head.neck.radii_at(share)[1], abs=0.002)
    upright, nodding = (guessed_trunk(pose(0.0, p), head) for p in (0.0, 30.0))
    turn = np.linalg.norm((upright.inverse() @ nodding).rotation_vector)
    assert np.degrees(turn) == pytest.approx(6.0, abs=0.5)
    np.testing.assert_allclose(upright.translation, pose() @ head.neck.base_head, atol=1e-9)
    # A nod moves the shoulders by far less than the chin.
    chin = head.face_head[FaceLandmark.CHIN]
    moved = np.linalg.norm(nodding.translation - upright.translation)
    assert moved < 0.6 * np.linalg.norm(pose(0.0, 30.0) @ chin - pose() @ chin) + 0.05


def test_a_necklace_comes_in_the_length_that_goes_round_the_neck() -> None:
    head = head_of()
    sold = worn("necklace", chain(0.055, 0.06), dimensions_mm={"length": 420.0})
    assert seat_necklace(sold, head).scale == 1.0
    seat = seat_necklace(replace(sold, fits_mm=(420.0, 600.0)), head)
    side = seat.head_from_product @ (seat.scale * np.array([0.055, -0.05, 0.0]))
    share = 0.05 / (head.neck.top_head - head.neck.base_head)[1]
    assert side[0] == pytest.approx(head.neck.radii_at(share)[0], abs=0.003)
    assert seat_necklace(replace(sold, fits_mm=(420.0, 430.0)), head).scale == pytest.approx(
        430 / 420
    )


def test_everything_is_worn_at_once() -> None:
    head = head_of()
    products = [
        box_glasses(),
        worn("hat", bowl(), peak()),
        worn("earrings", drop()),
        worn("necklace", chain()),
    ]
    wardrobe = Wardrobe(MODEL, products)
    items = shown(wardrobe, pose(), head)
    assert list(items) == ["glasses", "hat", "earrings:left", "earrings:right", "necklace"]
    person = Person(0, Interval(1.0, 0.9, 1.1), head)
    (noted,) = wardrobe.note_worn([person], list(items.values()))
    assert noted.worn == tuple(p.id for p in products)
