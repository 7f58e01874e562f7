"""Rings, watches and bracelets on limbs of known size."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.fitting import Wardrobe
from ar_preview.fitting.hand import Cuff, seat_on_finger, seat_on_wrist
from ar_preview.geometry import RigidTransform
from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.poses import FingerPose, HandPose, Poses, WristPose
from ar_preview.products import Product, load_product
from ar_preview.products.straps import radii_of_girth
from ar_preview.registration.hand import HandRegistration
from ar_preview.scene import Light
from ar_preview.staging.hands import hand_occluders, in_front_of_faces
from ar_preview.staging.limb_shadows import LimbShadows
from ar_preview.tracking import load_face_model
from tests import hand_model as model

if TYPE_CHECKING:
    from ar_preview.tracks import Handedness

PLACE = RigidTransform.from_rotation_vector(np.array([2.8, 0.3, 0.2]), np.array([0.0, 0.0, 0.5]))


def finger(radius_mm: float) -> FingerPose:
    return FingerPose(0, "left", "ring", PLACE, 1e-3 * radius_mm)


def wrist(girth_mm: float, side: Handedness = "left") -> WristPose:
    return WristPose(0, side, PLACE, radii_of_girth(1e-3 * girth_mm), 0.01)


@pytest.fixture(scope="module")
def ring() -> Product:
    return load_product("halden-band")


@pytest.fixture(scope="module")
def watch() -> Product:
    return load_product("orrery-40")


def test_a_ring_is_chosen_in_a_size_of_its_range(ring: Product) -> None:
    assert ring.fits_mm is not None
    own, (low, high) = ring.dimensions_mm["inner_diameter"], ring.fits_mm
    for radius_mm, expected in ((8.5, 1.03 * 17.0), (5.0, low), (12.0, high)):
        seat = seat_on_finger(ring, finger(radius_mm))
        assert seat.scale * own == pytest.approx(expected)
        assert np.array_equal(seat.camera_from_product.matrix, PLACE.matrix)


def test_a_strap_lies_round_the_wrist_and_a_watch_keeps_its_size(watch: Product) -> None:
    for girth_mm in (152.0, 170.0, 198.0):
        pose = wrist(girth_mm)
        seat = seat_on_wrist(watch, pose)
        assert seat.scale == 1.0
        vertices = watch.vertices_product({k: v.matrix for k, v in seat.nodes.items()})
        x, z = vertices[:, 0], vertices[:, 2]
        inside = np.hypot(x / (pose.radii_m[0] - 0.001), z / (pose.radii_m[1] - 0.001)) < 1.0
        # Away from the bars nothing is in the arm, and nothing stands off by a centimetre.
        below = z < -0.2 * pose.radii_m[1]
        assert not (inside & below).any()
        outside = np.hypot(x / (pose.radii_m[0] + 0.01), z / (pose.radii_m[1] + 0.01)) > 1.0
        assert not (outside & below).any()
    assert seat_on_wrist(watch, wrist(240.0)).scale > 1.0


def test_a_watch_reads_right_on_either_wrist_and_shows_the_time(watch: Product) -> None:
    left, right = (seat_on_wrist(watch, wrist(170.0, side)) for side in ("left", "right"))
    turned = left.camera_from_product.inverse() @ right.camera_from_product
    assert np.allclose(turned.matrix, np.diag([-1.0, -1.0, 1.0, 1.0]), atol=1e-9)
    assert watch.clock is not None
    assert "hand_minute" not in left.nodes
    now = datetime.time(3, 15, 0)
    shown = seat_on_wrist(watch, wrist(170.0), now=now).nodes["hand_minute"]
    assert np.allclose(shown.matrix, watch.clock.moves(now)["hand_minute"].matrix)


def test_a_bangle_hangs_below_the_arm() -> None:
    bangle = load_product("torsade-bangle")
    # Fingers to the right, the back of the hand to the camera: x is down in the picture.
    level = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    place = RigidTransform(level, PLACE.translation)
    pose = replace(wrist(145.0), camera_from_wrist=place)
    moved = seat_on_wrist(bangle, pose).camera_from_product.translation - place.translation
    play = 0.5e-3 * bangle.dimensions_mm["inner_diameter"] - pose.radii_m[0]
    assert np.allclose(moved, [0.0, play, 0.0], atol=1e-6)
    upright = replace(pose, camera_from_wrist=RigidTransform(np.eye(3), PLACE.translation))
    assert np.allclose(
        seat_on_wrist(bangle, upright).camera_from_product.translation, PLACE.translation
    )


def test_a_sleeve_moves_a_watch_up_and_hides_it_without_flicker() -> None:
    cuff = Cuff(0.02)
    for _ in range(10):
        shift, opacity = cuff.update(0.015)
    assert (shift, opacity) == (pytest.approx(0.005), 1.0)
    opacities = [cuff.update(-0.02)[1] for _ in range(8)]
    assert opacities[0] > 0.8
    assert opacities[-1] == 0.0
    assert all(a >= b for a, b in itertools.pairwise(opacities))
    # At the very limit it stays as it is.
    assert [cuff.update(0.006 + d)[1] for d in (0.003, -0.003, 0.003)] == [0.0, 0.0, 0.0]
    assert Cuff(0.02, continuous=False).update(-0.02)[1] == 0.0


def hand_in_front() -> tuple[HandPose, Poses]:
    truth = model.camera_from_palm() @ model.joints()
    image = model.picture(truth)
    result = HandRegistration(0).update(model.track(truth), model.CAMERA, 0, image)
    assert result is not None
    return result.hand, Poses((), (result.hand,), result.fingers, (result.wrist,))


def test_each_hand_wears_everything_for_hands(ring: Product, watch: Product) -> None:
    hand, poses = hand_in_front()
    wardrobe = Wardrobe(load_face_model(), [ring, watch], continuous=False)
    assert wardrobe.for_hands.fingers == ("ring",)
    assert wardrobe.for_hands.wrist
    assert wardrobe.for_heads == ()
    items = wardrobe.dress(poses, ())
    assert [i.anchor for i in items] == ["hand:0/ring:ring", "hand:0/watch"]
    assert all(abs(np.linalg.det(i.camera_from_product.rotation) - 1.0) < 1e-6 for i in items)
    del hand


def test_limbs_that_hide_cover_the_hand_and_stay_inside_the_ring(ring: Product) -> None:
    hand, poses = hand_in_front()
    items = Wardrobe(load_face_model(), [ring], continuous=False).dress(poses, ())
    fingers = [f for f in poses.fingers if f.finger == "ring"]
    large = replace(items[0], scale=30.0 * items[0].scale)  # Behind every phalanx.
    found = hand_occluders(hand, fingers, poses.wrists[0], items, [large])
    occluders = {o.name: o for o in found}
    assert occluders.keys() >= {"hand", "ring_finger", "forearm"}
    local = items[0].camera_from_product.inverse() @ occluders["ring_finger"].vertices_camera
    inner = 0.5e-3 * ring.dimensions_mm["inner_diameter"] * items[0].scale
    assert np.hypot(local[:, 0], local[:, 2]).max() < inner
    # Every other phalanx has surface around its middle.
    surface = occluders["hand"].vertices_camera
    for name, chain in FINGER_JOINTS.items():
        middle = hand.joints_camera[list(chain[1:3])].mean(axis=0)
        away = np.linalg.norm(surface - middle, axis=1).min()
        assert away < 1.6 * hand.finger_radii_m[name]


def test_bones_away_from_what_is_worn_are_left_out(ring: Product) -> None:
    hand, poses = hand_in_front()
    items = Wardrobe(load_face_model(), [ring], continuous=False).dress(poses, ())
    place = items[0].camera_from_product.translation
    (surface,) = (
        o.vertices_camera for o in hand_occluders(hand, (), None, items) if o.name == "hand"
    )
    apart = np.linalg.norm(hand.joints_camera - place, axis=1)
    near = hand.joints_camera[apart < 0.02]
    assert all(np.linalg.norm(surface - joint, axis=1).min() < 0.02 for joint in near)
    thumb = hand.joints_camera[FINGER_JOINTS["thumb"][-1]]
    assert np.linalg.norm(surface - thumb, axis=1).min() > 0.02


def test_nothing_behind_two_folded_fingers_shows_between_them() -> None:
    def gaps(apart: float) -> list[int]:
        hand, _ = hand_in_front()
        joints = hand.joints_camera.copy()
        for k, finger in enumerate(("index", "middle", "ring", "little")):
            joints[list(FINGER_JOINTS[finger]), 0] = apart * k
        found = hand_occluders(replace(hand, joints_camera=joints), (), None, ())
        return [len(o.triangles) for o in found if o.name == "between_fingers"]

    # The little finger is spread and shorter: between the others there are two bones each.
    assert gaps(0.016) == [8]
    assert gaps(0.05) == []


def test_a_hand_over_a_face_comes_before_it_without_a_change_in_the_picture(
    ring: Product,
) -> None:
    hand, poses = hand_in_front()
    items = Wardrobe(load_face_model(), [ring], continuous=False).dress(poses, ())
    occluders = hand_occluders(hand, poses.fingers, poses.wrists[0], items)
    shadows = LimbShadows().update(poses.fingers, None, items, Light())
    assert len(shadows) == 1
    assert in_front_of_faces((), items, occluders, shadows, hand)[0] == list(items)
    nearest = 0.9 * float(hand.joints_camera[:, 2].min())
    moved_items, moved, (dark,) = in_front_of_faces((nearest,), items, occluders, shadows, hand)
    hull = [o for o in moved if o.name != "forearm"]
    assert max(o.vertices_camera[:, 2].max() for o in hull) < nearest
    for before, after in zip((*occluders, shadows[0]), (*moved, dark), strict=True):
        a, b = (model.CAMERA.project(o.vertices_camera) for o in (before, after))
        assert np.abs(a - b).max() < 1e-2
    for before, after in zip(items, moved_items, strict=True):
        points = before.product.vertices_product()
        a, b = (
            model.CAMERA.project(i.camera_from_product @ (i.scale * points))
            for i in (before, after)
        )
        assert np.abs(a - b).max() < 1e-6
