from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ar_preview.fitting import Wardrobe
from ar_preview.geometry import RigidTransform, so3_exp
from ar_preview.landmarks import FACE_CONTOUR
from ar_preview.products import load_product
from ar_preview.products.opening import hat_opening
from ar_preview.registration import Registration
from ar_preview.scene import Item, Scene
from ar_preview.staging import Stage, head_in_picture
from ar_preview.staging.hem_shadow import hem_shadow, inner_shadow
from ar_preview.staging.occluders import hat_filling
from ar_preview.staging.shapes import tube, unit_sphere
from ar_preview.tracking import load_face_model
from tests.headwear import bowl, chain, peak, worn
from tests.people import CAMERA, blank, box_glasses, face_track, pose, tracks

MODEL = load_face_model()


def scene_at(yaw_deg: float) -> Scene:
    seen = tracks(face_track(pose(yaw_deg)))
    frame = blank()
    poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
    items = Wardrobe(MODEL, [box_glasses()]).dress(poses, persons)
    return Stage(MODEL).build(frame, seen, CAMERA, poses, persons, items)


def test_what_stands_beside_a_head_is_seen_in_the_picture() -> None:
    """A picture that is dark on one half: what is hidden behind the face is as on the near side."""
    for yaw_deg, expected in ((0.0, [0.5, 0.0]), (35.0, [0.0, 0.0]), (-35.0, [0.5, 0.5])):
        seen = tracks(face_track(pose(yaw_deg)))
        poses, persons = Registration(MODEL).update(blank(), seen, CAMERA)
        place, head = poses.heads[0].camera_from_head, persons[0].head
        assert head is not None
        image = np.zeros((CAMERA.height, CAMERA.width, 3), np.uint8)
        middle = int(CAMERA.project((place @ head.skull_centre_head)[None])[0, 0])
        image[:, middle:] = 188
        beside = head_in_picture(image, CAMERA, place, head).beside
        np.testing.assert_allclose(beside, np.repeat(np.array(expected)[:, None], 3, 1), atol=0.02)


def hits(scene: Scene, point: np.ndarray) -> bool:
    """Whether an occluder lies between the camera and a point (Moller and Trumbore, 1997)."""
    for occluder in scene.occluders:
        a, b, c = np.moveaxis(occluder.vertices_camera[occluder.triangles].astype(float), 1, 0)
        e1, e2 = b - a, c - a
        p = np.cross(point, e2)
        det = np.einsum("ij,ij->i", e1, p)
        solid = np.abs(det) > 1e-15
        a, e1, e2, p, det = (value[solid] for value in (a, e1, e2, p, det))
        q = np.cross(-a, e1)
        u = np.einsum("ij,ij->i", -a, p) / det
        v = (q @ point) / det
        t = np.einsum("ij,ij->i", e2, q) / det
        if ((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < 1)).any():
            return True
    return False


def temple_points(scene: Scene, side: str) -> np.ndarray:
    """Points along the outer face of a temple near the ear."""
    (item,) = scene.items
    placed = item.product.product_from_node({n: m.matrix for n, m in item.nodes.items()})
    x = 0.002 if side == "left" else -0.002
    local = np.array([[x, 0.002, -z] for z in np.linspace(0.070, 0.085, 12)])
    matrix = placed[f"temple_{side}"]
    return item.camera_from_product @ (local @ matrix[:3, :3].T + matrix[:3, 3])


@pytest.mark.parametrize("yaw", [25.0, 40.0])
def test_the_far_temple_is_hidden_and_the_near_one_is_not(yaw: float) -> None:
    for sign, near, far in ((1.0, "right", "left"), (-1.0, "left", "right")):
        scene = scene_at(sign * yaw)
        hidden_far = np.mean([hits(scene, p) for p in temple_points(scene, far)])
        hidden_near = np.mean([hits(scene, p) for p in temple_points(scene, near)])
        assert hidden_far > 0.9
        assert hidden_near < 0.1


def test_the_room_for_temples_follows_glasses_that_move_on_the_head() -> None:
    seen, frame = tracks(face_track(pose())), blank()
    poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
    items = Wardrobe(MODEL, [load_product("marlow-havana")]).dress(poses, persons)
    aside = RigidTransform(translation=np.array([0.008, 0.0, 0.0]))
    moved = [replace(i, camera_from_product=aside @ i.camera_from_product) for i in items]
    stage = Stage(MODEL)
    surfaces = []
    for pieces in (items, moved):
        for at in (stage, Stage(MODEL)):
            scene = at.build(frame, seen, CAMERA, poses, persons, pieces)
            surfaces.append(np.concatenate([o.vertices_camera for o in scene.occluders]))
    np.testing.assert_array_equal(surfaces[0], surfaces[1])
    np.testing.assert_array_equal(surfaces[2], surfaces[3])
    assert np.abs(surfaces[2] - surfaces[0]).max() > 0.002


@pytest.mark.parametrize("across", [0.070, 0.078, 0.086])
def test_a_head_stays_inside_its_hat_and_fills_it(across: float) -> None:
    product = worn("hat", bowl(across, 1.26 * across), peak(1.26 * across))
    seen, frame = tracks(face_track(pose())), blank()
    poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
    assert persons[0].head is not None
    items = Wardrobe(MODEL, [product]).dress(poses, persons)
    scene = Stage(MODEL).build(frame, seen, CAMERA, poses, persons, items)
    to_hat = items[0].camera_from_product.inverse()
    inside = []
    for occluder, highest in zip(scene.occluders[:2], (0.1, 0.05), strict=True):
        x, y, z = (to_hat @ occluder.vertices_camera.astype(float)).T
        rise = (y > 0.01) & (y < highest)
        # Over its opening the hat is where the ellipse narrows with the square root of cos.
        narrow = (1.0 - (y[rise] / 0.12) ** 2) ** 0.25
        inside.append(np.hypot(x[rise] / across, z[rise] / (1.26 * across)) / narrow)
    assert np.concatenate(inside).max() < 1.0
    bare = Stage(MODEL).build(frame, seen, CAMERA, poses, persons, ())
    centre = poses.heads[0].camera_from_head @ persons[0].head.skull_centre_head
    far = [np.linalg.norm(s.occluders[0].vertices_camera - centre, axis=1) for s in (scene, bare)]
    assert (far[0] < far[1] + 1e-6).all(), "the face is measured: it hides no more under a peak"
    assert np.median(inside[1]) > 0.86, "no lining is seen between head and hat"


def test_nobody_looks_into_a_hat_from_below_or_is_hidden_from_above() -> None:
    product = load_product("alder-fedora")
    hem = hat_opening(product).edge_points
    for pitch_deg, seen_from_below in ((-15.0, True), (15.0, False)):
        tilt = RigidTransform(so3_exp([np.radians(180.0 + pitch_deg), 0.0, 0.0]), [0.0, 0.0, 0.6])
        filling = hat_filling(Item(product, "face:0/hat", tilt))
        assert (len(filling.triangles) > 0) == seen_from_below
        far_inside = 0.9 * (hem - hem.mean(axis=0)) + hem.mean(axis=0) + [0.0, 0.01, 0.0]
        scene = Scene(CAMERA, occluders=(filling,))
        for point in tilt @ far_inside[hem[:, 2] < 0.0]:
            assert hits(scene, point) == seen_from_below


@pytest.mark.parametrize("yaw", [0.0, 20.0, 40.0])
def test_lobes_hide_posts_and_clasps_and_no_stone(yaw: float) -> None:
    seen, frame = tracks(face_track(pose(yaw))), blank()
    poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
    items = Wardrobe(MODEL, [load_product("vela-stud")]).dress(poses, persons)
    scene = Stage(MODEL).build(frame, seen, CAMERA, poses, persons, items)
    near = next(i for i in items if i.anchor.endswith("right"))
    points = near.product.vertices_product()[::97].astype(float)
    for part, hidden in ((points[:, 2] < -0.0012, 1.0), (points[:, 2] > 0.0005, 0.0)):
        seen_by_camera = near.camera_from_product @ points[part]
        assert np.mean([hits(scene, p) for p in seen_by_camera]) == hidden


def test_a_necklace_darkens_what_it_lies_on_and_no_face() -> None:
    for pitch in (0.0, 30.0):
        seen, frame = tracks(face_track(pose(0.0, pitch))), blank()
        poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
        items = Wardrobe(MODEL, [worn("necklace", chain(0.062, 0.06, 0.06))]).dress(poses, persons)
        scene = Stage(MODEL, "studio").build(frame, seen, CAMERA, poses, persons, items)
        (shadow,) = scene.shadows
        beads = items[0].camera_from_product @ items[0].product.vertices_product()
        front = beads[np.argmin(beads[:, 2])]
        away = np.linalg.norm(shadow.vertices_camera - front, axis=1).min()
        assert away < 0.008, "it is right beside the chain"
        assert shadow.vertices_camera[:, 2].max() < beads[:, 2].max() - 0.02, "not behind the neck"
        dark = shadow.uv[:, 1] > 0.0
        face = poses.heads[0].vertices_camera[list(FACE_CONTOUR)]
        outline = CAMERA.project(face).astype(np.float32)
        for point in CAMERA.project(shadow.vertices_camera[dark].astype(float)):
            assert cv2.pointPolygonTest(outline, tuple(map(float, point)), False) <= 0.0
        border = [shadow.roots[0], shadow.roots[-1], shadow.roots[:, 0], shadow.roots[:, -1]]
        assert np.concatenate(border).min() >= 254
    assert not dark.all(), "a bent head's chin lies over it"


def test_a_neck_stays_inside_a_narrow_chain() -> None:
    seen, frame = tracks(face_track(pose(20.0))), blank()
    poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
    items = Wardrobe(MODEL, [worn("necklace", chain(0.056, 0.056))]).dress(poses, persons)
    widths = []
    for pieces in ((), items):
        scene = Stage(MODEL).build(frame, seen, CAMERA, poses, persons, pieces)
        widths.append(np.ptp(scene.occluders[-1].vertices_camera[:, 0]))
    assert 0.7 < widths[1] / widths[0] < 0.95


def test_a_bent_neck_swallows_no_chain_and_hides_its_back() -> None:
    for yaw, pitch in ((0.0, 0.0), (0.0, 30.0), (0.0, -20.0), (-35.0, 20.0)):
        seen, frame = tracks(face_track(pose(yaw, pitch))), blank()
        poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
        necklace = worn("necklace", chain(0.068, 0.062, 0.06))
        items = Wardrobe(MODEL, [necklace]).dress(poses, persons)
        scene = Stage(MODEL).build(frame, seen, CAMERA, poses, persons, items)
        neck = replace(scene, occluders=(scene.occluders[-1],))
        beads = necklace.vertices_product()
        around = np.degrees(np.abs(np.arctan2(beads[:, 0], beads[:, 2])))
        seen_by_camera = items[0].camera_from_product @ (items[0].scale * beads)
        assert not any(hits(neck, p) for p in seen_by_camera[around < 60.0])
        assert all(hits(neck, p) for p in seen_by_camera[around > 150.0])


def test_a_head_is_hidden_by_five_closed_parts() -> None:
    scene = scene_at(0.0)
    assert [o.name for o in scene.occluders] == ["face", "skull", "ear_left", "ear_right", "neck"]
    for occluder in scene.occluders:
        assert np.isfinite(occluder.vertices_camera).all()
        assert occluder.triangles.max() < len(occluder.vertices_camera)


def test_shapes_are_wound_outwards() -> None:
    sphere, faces = unit_sphere()
    a, b, c = np.moveaxis(sphere[faces], 1, 0)
    normals = np.cross(b - a, c - a)
    solid = np.linalg.norm(normals, axis=1) > 1e-9
    assert (np.einsum("ij,ij->i", normals, a + b + c)[solid] > 0).all()
    vertices, faces = tube(np.array([0, 1.0, 0]), np.zeros(3), np.ones(2), np.ones(2))
    a, b, c = np.moveaxis(vertices[faces], 1, 0)
    outwards = (a + b + c) * [1, 0, 1]
    assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), outwards) > 0).all()


def test_it_is_dark_in_a_hat_that_is_seen_from_below() -> None:
    product = load_product("alder-fedora")
    shadows = []
    for pitch_deg in (20.0, -20.0):
        seen = tracks(face_track(pose(pitch_deg=pitch_deg)))
        poses, persons = Registration(MODEL).update(blank(), seen, CAMERA)
        (item,) = Wardrobe(MODEL, [product]).dress(poses, persons)
        camera = item.camera_from_product.inverse().translation
        shadow = inner_shadow(item, poses.heads[0])
        assert (shadow is not None) == (camera[1] < item.scale * hat_opening(product).centre[1])
        shadows += [] if shadow is None else [shadow]
    (shadow,) = shadows
    drawn = np.unique(shadow.triangles)
    u, v = shadow.uv[drawn].T
    row, column = (
        (w * len(shadow.roots)).astype(int).clip(0, len(shadow.roots) - 1) for w in (v, u)
    )
    left = (shadow.roots[row, column, 0] / 255.0) ** 2
    assert left[(v > 0.5) & (u > 0.4)].max() < 0.2, "beside the face"
    assert left[v < 0.35].min() > 0.99, "not on the face"
    assert left[u < 0.01].min() > 0.9, "hair comes out behind"


@pytest.mark.parametrize("yaw_deg", [0.0, 35.0])
def test_a_hat_darkens_what_lies_below_its_hem_beside_the_face(yaw_deg: float) -> None:
    seen = tracks(face_track(pose(yaw_deg)))
    poses, persons = Registration(MODEL).update(blank(), seen, CAMERA)
    product = worn("hat", bowl(), peak())
    items = Wardrobe(MODEL, [product]).dress(poses, persons)
    shadow = hem_shadow(items[0], poses.heads[0])
    assert shadow is not None
    full = shadow.uv.reshape(2, -1, 2)[0, :, 1] / 0.5
    middle = hat_opening(product).edge_points.mean(axis=0)
    from_hat = items[0].camera_from_product.inverse()
    for row, below in ((0, -0.006), (1, 0.022)):
        # It is drawn nearer to the camera than it lies.
        points = shadow.vertices_camera.reshape(2, -1, 3)[row].astype(float) / 0.95
        x, y, z = (from_hat @ points).T / items[0].scale
        assert np.ptp(y) < 1e-5
        assert middle[1] - y[0] == pytest.approx(below / items[0].scale, abs=1e-4)
    azimuth = np.degrees(np.arctan2(x - middle[0], z - middle[2]))
    assert (full[np.abs(azimuth) < 25.0] == 0.0).all(), "the face has its own shadow"
    assert (full[np.abs(azimuth) > 150.0] == 0.0).all(), "the far side is behind the head"
    assert (full > 0.05).sum() >= 2
    if yaw_deg > 0.0:
        near = azimuth[full > 0.9]
        assert len(near) >= 5
        outwards = items[0].camera_from_product.rotation @ [np.sign(near[0]), 0.0, 0.0]
        assert outwards[2] < 0.0, "it is the side that is turned to the camera"
        assert (np.sign(near) == np.sign(near[0])).all()
    border = np.concatenate([shadow.roots[:, [0, -1]].ravel(), shadow.roots[[0, -1]].ravel()])
    assert border.min() >= 254
    deepest = shadow.roots[len(shadow.roots) // 2, :, 0]
    assert 0.55 < (deepest.min() / 255.0) ** 2 < 0.75
