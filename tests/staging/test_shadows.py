"""Shadows on skin: how much light is kept off, against form factors that are known exactly."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from ar_preview.fitting import Wardrobe
from ar_preview.geometry import RigidTransform
from ar_preview.landmarks import FACE_CONTOUR, FaceModel
from ar_preview.products import load_product
from ar_preview.registration import Registration
from ar_preview.scene import Item, Light, LightMode, Scene
from ar_preview.staging import BodyShadow, FaceTexels, Stage
from ar_preview.staging.contact import cover_skin
from ar_preview.staging.texels import LimbTexels
from ar_preview.tracking import load_face_model
from tests.people import CAMERA, blank, face_track, pose, tracks
from tests.rendering.stage_kit import matte, product, quad

MODEL = load_face_model()
EVEN = np.eye(9)[0]


def flat_face() -> FaceModel:
    """A square of 156 mm in the plane z = 0 whose texels are 1 mm."""
    u, v = np.meshgrid(np.linspace(0.01, 0.99, 26), np.linspace(0.01, 0.99, 18))
    uv = np.stack([u.ravel(), v.ravel()], axis=-1)
    vertices = np.column_stack([0.16 * (uv[:, 0] - 0.5), 0.16 * (0.5 - uv[:, 1]), np.zeros(468)])
    a = (np.arange(17)[:, None] * 26 + np.arange(25)).ravel()
    triangles = np.concatenate(
        [np.stack([a, a + 26, a + 27], 1), np.stack([a, a + 27, a + 1], 1)]
    ).astype(np.int32)
    # The outline of a face is that of the square.
    right, left = 26 * np.arange(1, 17, 2), 26 * np.arange(1, 17, 2) + 25
    around = [*range(12, 26, 2), *left, *range(467, 442, -3), *right[::-1], *range(0, 12, 2)]
    number = np.arange(468)
    spread = np.array(around)[np.linspace(0, len(around) - 1, 36).astype(int)]
    for landmark, node in zip(FACE_CONTOUR, spread, strict=True):
        at = int(np.flatnonzero(number == landmark)[0])
        number[[at, node]] = number[[node, at]]
    order = np.argsort(number)
    return FaceModel(vertices[order], uv[order], number[triangles], np.ones(468))


@pytest.mark.parametrize(("side", "height"), [(0.04, 0.01), (0.03, 0.015)])
def test_a_plate_blocks_its_form_factor(side: float, height: float) -> None:
    model = flat_face()
    plate = product(quad(side, side, z=height), m=matte(0.0))
    item = Item(plate, "face:0/glasses", RigidTransform())
    cover = cover_skin(FaceTexels(model), model.vertices_head, [(item, np.eye(4))])
    assert cover is not None
    # Four quarters of a parallel rectangle seen from below its corner.
    a = 0.5 * side / height
    r = np.sqrt(1.0 + a * a)
    exact = 4.0 / np.pi * (a / r) * np.arctan(a / r)
    row, column = np.divmod(cover.place, 160)
    below = (abs(row - 79.5) < 3) & (abs(column - 79.5) < 3)
    share = (cover.solid[below] @ EVEN) / (cover.open[below] @ EVEN)
    assert share.mean() == pytest.approx(exact, abs=0.03)
    # Light from one side is blocked on the other.
    across = EVEN + 0.8 * np.eye(9)[3]
    kept = cover.kept(across)[:, 1]
    left, right = (kept[(s * (column - 79.5) > 8) & (abs(row - 79.5) < 8)] for s in (1, -1))
    assert left.min() > 0.0
    assert left.mean() > right.mean() + 0.05


def test_a_wire_blocks_what_its_width_blocks() -> None:
    model = flat_face()
    width, height = 1.5e-3, 3e-3
    wire = product(quad(width, 0.06, z=height), m=matte(0.0))
    item = Item(wire, "face:0/glasses", RigidTransform())
    cover = cover_skin(FaceTexels(model), model.vertices_head, [(item, np.eye(4))])
    assert cover is not None
    row, column = np.divmod(cover.place, 160)
    below = (abs(row - 79.5) < 20) & (abs(column - 79.5) < 1)
    share = (cover.solid[below] @ EVEN) / (cover.open[below] @ EVEN)
    # A strip that is long on both sides: the sine of its half angle.
    exact = 0.5 * width / np.hypot(0.5 * width, height)
    assert share.mean() == pytest.approx(exact, rel=0.2)


def scene(light: LightMode = "auto", yaw_deg: float = 0.0, stage: Stage | None = None) -> Scene:
    seen, frame = tracks(face_track(pose(yaw_deg))), blank()
    poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
    items = Wardrobe(MODEL, [load_product("marlow-havana")]).dress(poses, persons)
    stage = stage or Stage(MODEL, light)
    return stage.build(frame, seen, CAMERA, poses, persons, items)


def test_glasses_darken_the_skin_beside_the_nose_and_leave_the_rest() -> None:
    (shadow,) = scene().shadows
    kept = (shadow.roots / 255.0) ** 2
    at = np.rint(MODEL.uv * kept.shape[0] - 0.5).astype(int)
    beside_nose, chin, forehead = [193, 417], [152, 199], [10, 151]
    assert kept[at[beside_nose, 1], at[beside_nose, 0]].max() < 0.75
    assert kept[at[chin + forehead, 1], at[chin + forehead, 0]].min() == 1.0
    border = np.concatenate([kept[0], kept[-1], kept[:, 0], kept[:, -1]])
    assert border.min() == 1.0


def test_a_hat_darkens_the_forehead_above_the_tracked_face_up_to_its_hem() -> None:
    seen, frame = tracks(face_track(pose())), blank()
    poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
    items = Wardrobe(MODEL, [load_product("ridge-cap")]).dress(poses, persons)
    shadow, *beside = Stage(MODEL).build(frame, seen, CAMERA, poses, persons, items).shadows
    assert len(beside) == 2
    assert all(s.joins for s in beside)
    assert not shadow.joins
    kept = (shadow.roots[:, 80, 1] / 255.0) ** 2
    edge = round(160 * float(MODEL.uv[10, 1]))
    assert kept[edge - 6 : edge + 4].max() < 0.8, "no light gap at the edge of the mesh"
    assert kept[0] == 1.0
    faces = shadow.vertices_camera[shadow.triangles]
    across = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    above = (shadow.triangles >= 468).any(axis=1)
    assert (across[above] * faces[above].mean(axis=1)).sum(axis=1).max() < 0.0, "wound outside"


def test_the_same_frames_cast_the_same_shadow_and_no_light_casts_none() -> None:
    first, second = ([shadow.roots for shadow in scene(yaw_deg=15.0).shadows] for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert len(first) == 1
    assert not scene("off").shadows


def test_a_live_stage_does_not_wait_for_its_shadow() -> None:
    stage = Stage(MODEL, "studio", live=True)
    try:
        strengths = []
        for _ in range(400):
            strengths.append(sum(s.strength for s in scene(stage=stage).shadows))
            if strengths[-1] > 0.0:
                break
            time.sleep(0.02)
    finally:
        stage.close()
    assert strengths[0] == 0.0
    assert 0.0 < strengths[-1] < 1.0


def test_a_moved_pair_takes_its_shadow_along() -> None:
    seen, frame = tracks(face_track(pose())), blank()
    poses, persons = Registration(MODEL).update(frame, seen, CAMERA)
    items = Wardrobe(MODEL, [load_product("marlow-havana")]).dress(poses, persons)
    stage = Stage(MODEL)
    roots = []
    for down in (0.0, 0.006):
        lower = RigidTransform(translation=np.array([0.0, down, 0.0]))
        worn = [replace(i, camera_from_product=lower @ i.camera_from_product) for i in items]
        shadows = stage.build(frame, seen, CAMERA, poses, persons, worn).shadows
        roots += [s.roots.astype(float) for s in shadows]
    weight = [(255.0 - r).sum(axis=(1, 2)) for r in roots]
    middle = [np.average(np.arange(len(w)), weights=w) for w in weight]
    assert 3.0 < middle[1] - middle[0] < 9.0


def test_a_ring_darkens_the_finger_on_both_sides_and_all_around() -> None:
    texels = LimbTexels(0.018, 0.009)
    ring = load_product("halden-band")
    radius = 0.5e-3 * ring.dimensions_mm["inner_diameter"]
    item = Item(ring, "hand:0/ring:ring", RigidTransform())
    shadow = BodyShadow(texels).update(
        RigidTransform(), np.full(2, radius), texels.vertices(np.full(2, radius)), [item], Light()
    )
    assert shadow is not None
    kept = (shadow.roots[:, :, 1] / 255.0) ** 2
    assert (kept[[0, -1]] == 1.0).all()
    np.testing.assert_allclose(kept, kept[::-1], atol=0.06)
    height = 1e3 * texels.points_and_normals(np.full(2, radius))[0][:, 1].reshape(kept.shape)
    edge = 0.5 * ring.dimensions_mm["band_width"]
    beside, beyond = (
        kept[(abs(height) > edge + low) & (abs(height) < edge + low + 0.5)] for low in (0.5, 5.0)
    )
    # A wall of 1.75 mm hides three tenths of the sky from skin .75 mm away, and what is dark below
    # the ring spreads in the skin.
    assert 0.45 < beside.mean() < 0.75
    assert beyond.min() > 0.97
    # Nothing is to be seen where the map is closed.
    across = np.abs(np.diff(kept, axis=1, append=kept[:, :1]))
    assert across[:, -1].max() <= across[:, :-1].max() + 1e-9


def test_a_size_that_creeps_keeps_the_shadow_and_one_that_jumps_gets_another() -> None:
    texels = LimbTexels(0.018, 0.009)
    ring = load_product("halden-band")
    item, shadow = Item(ring, "hand:0/ring:ring", RigidTransform()), BodyShadow(texels)
    found = []
    for radius in (9.00e-3, 9.05e-3, 9.10e-3, 10.6e-3):
        scale = 2.0e3 * radius / ring.dimensions_mm["inner_diameter"]
        shape, worn = np.full(2, radius), [replace(item, scale=scale)]
        found.append(shadow.update(RigidTransform(), shape, texels.vertices(shape), worn, Light()))
    first, second, third, last = (s.roots for s in found if s is not None)
    assert np.array_equal(first, second)
    assert np.array_equal(first, third)
    assert not np.array_equal(first, last)
