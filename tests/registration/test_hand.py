"""Hands: what of a synthetic hand of known joints and widths comes back."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.geometry import Array, so3_log
from ar_preview.landmarks import FINGER_JOINTS, Finger
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.registration.hand import HandRegistration, finger_rotation, palm_rotation
from ar_preview.registration.hand.finger import find_finger_edges
from ar_preview.registration.hand.lift import ADULT_REACH_M, adult_size, lift_hand
from ar_preview.registration.hand.limbs import surface_lead
from ar_preview.registration.hand.steady import Calm, HandSteadier
from ar_preview.registration.hand.wrist import look_at_wrist
from tests import hand_model as model

FINGERS: tuple[Finger, ...] = get_args(Finger)
FRAME_NS = 33_333_333
angles = st.floats(-0.9, 0.9)
turns = st.tuples(angles, angles, angles).map(np.array)
sides = st.sampled_from(["left", "right"])


def posed(handedness: str = "left", turn: Array | None = None, flexed_deg: float = 0.0) -> Array:
    return model.camera_from_palm(turn) @ model.joints(handedness, flexed_deg)  # type: ignore[arg-type]


@given(turn=turns, flexed=st.floats(0.0, 60.0))
def test_lift_is_exact_in_the_picture_and_close_in_depth(turn: Array, flexed: float) -> None:
    truth = posed(turn=turn, flexed_deg=flexed)
    track = model.track(truth)
    joints = lift_hand(track.points_image, track.depth_image, track.points_world, model.CAMERA)
    assert joints is not None
    assert np.abs(model.CAMERA.project(joints) - track.points_image).max() < 1e-6
    assert np.abs(joints - truth).max() < 0.012


def test_landmarks_that_no_hand_explains_are_no_hand() -> None:
    track = model.track(posed())
    for points in (np.zeros((21, 2)), np.full((21, 2), np.nan)):
        assert lift_hand(points, track.depth_image, track.points_world, model.CAMERA) is None


def test_size_is_that_of_an_average_adult() -> None:
    small = adult_size(0.7 * model.joints())
    chain = np.diff(small[[Lm.WRIST, *FINGER_JOINTS["middle"]]], axis=0)
    assert np.linalg.norm(chain, axis=1).sum() == pytest.approx(ADULT_REACH_M)


@given(turn=turns, side=sides, flexed=st.floats(0.0, 70.0))
def test_frames_are_rotations_that_turn_with_the_hand(
    turn: Array, side: str, flexed: float
) -> None:
    rest, moved = posed(side, flexed_deg=flexed), posed(side, turn, flexed)
    motion = model.camera_from_palm(turn).rotation @ model.camera_from_palm().rotation.T
    for finger in FINGERS:
        before, after = (finger_rotation(j, finger, side) for j in (rest, moved))  # type: ignore[arg-type]
        assert np.allclose(after @ after.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(after) == pytest.approx(1.0)
        assert np.allclose(motion @ before, after, atol=1e-6)
        base, middle = moved[list(FINGER_JOINTS[finger][:2])]
        assert after[:, 1] @ (middle - base) > 0.0


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_back_of_both_hands_is_z_and_x_follows(side: str) -> None:
    joints = model.joints(side)  # type: ignore[arg-type]
    palm = palm_rotation(joints, side)  # type: ignore[arg-type]
    assert np.degrees(np.linalg.norm(so3_log(palm))) < 12.0
    for finger in FINGERS[1:]:
        frame = finger_rotation(joints, finger, side)  # type: ignore[arg-type]
        assert frame[2, 2] > 0.97
    thumb = finger_rotation(joints, "thumb", side)  # type: ignore[arg-type]
    # A thumb's nail looks to its own side.
    assert thumb[0, 2] * (1.0 if side == "left" else -1.0) > 0.5
    # Bent fingers keep their back outside: it rises towards the fingertips.
    bent = finger_rotation(model.joints(side, 40.0), "middle", side)  # type: ignore[arg-type]
    assert bent[1, 2] > 0.2
    assert bent[2, 2] > 0.8


@pytest.mark.parametrize("width_mm", [14.5, 17.0, 19.5])
def test_width_and_middle_of_a_finger_are_measured_in_the_picture(width_mm: float) -> None:
    truth = posed(turn=np.array([0.0, 0.0, 0.3]))
    image = model.picture(truth, width_m=1e-3 * width_mm)
    points = model.CAMERA.project(truth)
    for finger in ("index", "middle", "ring"):
        base, middle = FINGER_JOINTS[finger][:2]  # type: ignore[index]
        true_px = 1e-3 * width_mm * model.CAMERA.fx / truth[base, 2]
        # Landmarks beside the middle of the finger.
        along = points[middle] - points[base]
        aside = np.array([-along[1], along[0]]) / np.linalg.norm(along)
        beside = points.copy()
        beside[[base, middle]] += 0.08 * true_px * aside
        edges = find_finger_edges(image, beside, finger, 0.95 * true_px)  # type: ignore[arg-type]
        assert edges is not None
        assert edges.width_px == pytest.approx(true_px, rel=0.02)
        assert edges.offset_px == pytest.approx(-0.08 * true_px, abs=0.02 * true_px)


def test_a_finger_that_the_picture_does_not_show_is_not_measured() -> None:
    truth = posed()
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 255, (720, 1280, 3)).astype(np.uint8)
    points = model.CAMERA.project(truth)
    assert find_finger_edges(noise, points, "ring", 40.0) is None
    image = model.picture(truth)
    assert find_finger_edges(image, points, "ring", 3.0) is None
    short = points.copy()
    short[Lm.RING_PIP] = short[Lm.RING_MCP] + 0.3 * (short[Lm.RING_PIP] - short[Lm.RING_MCP])
    assert find_finger_edges(image, short, "ring", 36.0) is None


def test_the_wrist_is_seen_up_to_the_sleeve() -> None:
    truth = posed()
    points = model.CAMERA.project(truth)
    to_px = model.CAMERA.fx / truth[0, 2]
    palm_px = float(np.linalg.norm(points[Lm.MIDDLE_MCP] - points[Lm.WRIST]))
    down = points[Lm.WRIST] - points[Lm.MIDDLE_MCP]
    down /= np.linalg.norm(down)
    bare = look_at_wrist(model.picture(truth), points, palm_px, 0.6 * palm_px)
    assert bare.width_px == pytest.approx(0.056 * to_px, rel=0.02)
    assert bare.towards_elbow @ down > np.cos(np.radians(2.0))
    assert bare.bare == pytest.approx(0.6)
    covered = model.picture(truth, sleeve_from_m=0.02)
    sleeve = look_at_wrist(covered, points, palm_px, 0.6 * palm_px)
    assert sleeve.bare * palm_px == pytest.approx(0.02 * to_px, abs=0.05 * palm_px)


@given(st.floats(-1.2, 1.2), st.floats(-3.0, 3.0), st.floats(0.02, 0.04))
def test_the_near_side_of_a_receding_arm_leads(slope: float, roll: float, radius: float) -> None:
    """Seen from far, the near side of a circle round an arm is aside by r tan(slope)."""
    towards_elbow = np.array([np.cos(slope), 0.0, np.sin(slope)])
    x = np.array([0.0, np.cos(roll), np.sin(roll)])
    x -= (x @ towards_elbow) * towards_elbow
    x /= np.linalg.norm(x)
    rotation = np.column_stack([x, -towards_elbow, np.cross(x, -towards_elbow)])
    far = np.array([0.0, 0.0, 10.0])
    lead = surface_lead(rotation, (radius, radius), far)
    assert lead == pytest.approx(radius * np.tan(slope), rel=1e-6, abs=1e-9)
    # Measured on the circle: how far its nearest point is aside, as the arm shows lengths.
    turns = np.linspace(0.0, 2.0 * np.pi, 3601)
    circle = radius * (np.outer(np.cos(turns), x) + np.outer(np.sin(turns), rotation[:, 2]))
    nearest = circle[np.argmin(circle[:, 2])]
    assert nearest[0] / np.cos(slope) == pytest.approx(lead, abs=1e-4 * radius + 1e-6)


def test_rings_and_watches_sit_on_the_limbs() -> None:
    truth = posed(turn=np.array([0.1, 0.2, 0.3]))
    image = model.picture(truth, width_m=0.018)
    result = HandRegistration(0).update(model.track(truth), model.CAMERA, 0, image)
    assert result is not None
    assert result.hand.back_seen
    ring = next(f for f in result.fingers if f.finger == "ring")
    assert ring.confidence == 1.0
    # Its size, and with it the distance, is a guess; the picture is the same.
    size = ring.camera_from_finger.translation[2] / truth[Lm.RING_MCP, 2]
    assert size == pytest.approx(1.0, rel=0.1)
    assert ring.radius_m == pytest.approx(0.009 * size, rel=0.04)
    base, middle = truth[[Lm.RING_MCP, Lm.RING_PIP]]
    local = ring.camera_from_finger.inverse() @ (size * np.stack([base, middle]))
    assert np.abs(local[:, [0, 2]]).max() < 0.004
    assert local[0, 1] < -0.015
    assert local[1, 1] > 0.012
    wrist = result.wrist
    assert wrist.radii_m[0] == pytest.approx(0.028 * size, rel=0.06)
    assert wrist.radii_m[0] > wrist.radii_m[1]
    (joint,) = wrist.camera_from_wrist.inverse() @ (size * truth[[Lm.WRIST]])
    assert 0.02 < joint[1] < 0.04
    assert wrist.bare_m > 0.0


def test_an_edge_on_hand_keeps_the_side_it_had() -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    hand = HandRegistration(0)
    seen = []
    for i, degrees in enumerate((0, 60, 85, 93, 85, 120, 95, 87, 60)):
        turned = posed(turn=np.array([0.0, np.radians(degrees), 0.0]))
        result = hand.update(model.track(turned), model.CAMERA, i * 600_000_000, image, (), False)
        assert result is not None
        seen.append(result.hand.back_seen)
    assert seen == [True, True, True, True, True, False, False, False, True]


def shaken(path: Array, noise_px: float) -> tuple[Array, Array]:
    """Calmed and true middle of the ring's phalanx, px, of a hand that moves by `path`."""
    rng = np.random.default_rng(4)
    points = model.CAMERA.project(posed())
    palm_px = float(np.linalg.norm(points[9] - points[0]))
    steadier = HandSteadier()
    calmed = []
    for i, shift in enumerate(path):
        values = points + shift + rng.normal(0.0, noise_px, points.shape)
        calmed.append(steadier.update(values, palm_px, i * FRAME_NS).values[[13, 14]].mean(axis=0))
    return np.array(calmed), path + points[[13, 14]].mean(axis=0)


def test_a_still_hand_keeps_still() -> None:
    calmed, _ = shaken(np.zeros((90, 2)), 0.6)
    steps = np.diff(calmed[30:], axis=0)
    assert np.sqrt((steps**2).sum(axis=1).mean()) < 0.06


def test_a_moving_hand_is_followed_without_lag() -> None:
    time = np.arange(120) / 30.0
    path = np.column_stack([180.0 * np.sin(2 * np.pi * 0.7 * time), 30.0 * np.sin(6.0 * time)])
    calmed, true = shaken(path, 0.6)
    lags = np.linspace(-1.0, 1.0, 81)
    frames = np.arange(len(path))
    errors = [
        np.linalg.norm(
            calmed - np.column_stack([np.interp(frames - d, frames, t) for t in true.T]), axis=1
        )[5:-5].mean()
        for d in lags
    ]
    assert abs(lags[int(np.argmin(errors))]) < 0.03
    assert np.linalg.norm(calmed - true, axis=1)[5:].mean() < 0.6


def test_a_turning_hand_is_followed_too() -> None:
    points = model.CAMERA.project(posed())
    arms = points - points.mean(axis=0)
    palm_px = float(np.linalg.norm(points[9] - points[0]))
    steadier, step = HandSteadier(), np.radians(90.0) / 30.0
    rng = np.random.default_rng(2)
    late = []
    for i in range(60):
        cos, sin = np.cos(step * i), np.sin(step * i)
        true = arms @ np.array([[cos, sin], [-sin, cos]])
        values = true + 400.0 + rng.normal(0.0, 0.6, true.shape)
        seen = steadier.update(values, palm_px, i * FRAME_NS).values
        seen = seen - seen.mean(axis=0)
        crossed = true[:, 0] * seen[:, 1] - true[:, 1] * seen[:, 0]
        late.append(-np.arctan2(crossed.sum(), (true * seen).sum()) / step / 30.0)
    assert abs(float(np.mean(late[20:]))) < 0.015


def test_a_number_is_calm_and_follows_and_outvotes_one_outlier() -> None:
    calm = Calm(0.05)
    rng = np.random.default_rng(0)
    noisy = [calm.update(1.0 + e, 1 / 30) for e in rng.normal(0.0, 0.02, 200)]
    assert np.std(noisy[30:]) < 0.01
    assert abs(calm.update(3.0, 1 / 30) - 1.0) < 0.03
    for _ in range(6):
        calm.update(3.0, 1 / 30)
    assert calm.value == pytest.approx(3.0, abs=0.05)


def test_a_still_hand_that_is_missed_is_held_for_a_moment_a_moving_one_is_not() -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    for step_m, held in ((0.0, True), (0.004, False)):
        hand = HandRegistration(0)
        for i in range(8):
            track = model.track(posed() + [i * step_m, 0.0, 0.0])
            last = hand.update(track, model.CAMERA, i * FRAME_NS, image, ("ring",), False)
        assert (hand.hold(8 * FRAME_NS) is last) is held
        assert hand.hold(20 * FRAME_NS) is None
    assert HandRegistration(1).hold(0) is None
