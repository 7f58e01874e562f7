"""The types that travel between the rooms: frames, layers, products, persons, errors."""

from __future__ import annotations

import dataclasses
import importlib
import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ar_preview
from ar_preview import errors, geometry, landmarks
from ar_preview.errors import ArPreviewError
from ar_preview.frames import Frame
from ar_preview.geometry import Array, Camera, ImageSize, RigidTransform
from ar_preview.landmarks import (
    FACE_CONTOUR,
    LEFT_EYE_RING,
    LIPS,
    MESH_SIZE,
    RIGHT_EYE_RING,
    STIFF_LANDMARKS,
    FaceLandmark,
    HandLandmark,
)
from ar_preview.layer import Layer
from ar_preview.person import Interval
from ar_preview.products.product import Material, Node, Primitive, Product
from ar_preview.scene import Item, Scene
from ar_preview.tracking.weights import load_face_model

# Frames


def test_a_frame_knows_its_size_and_time() -> None:
    frame = Frame(np.zeros((48, 64, 3), np.uint8), index=3, timestamp_ns=1_500_000_000)
    assert frame.size == ImageSize(64, 48)
    assert frame.time_s == 1.5


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((0, 64, 3), np.uint8),
        [[[0, 0, 0]]],
        None,
    ],
)
def test_what_is_no_rgb_picture_is_refused(image: object) -> None:
    with pytest.raises(ValueError, match="expected a non-empty"):
        Frame(image)  # type: ignore[arg-type]


@pytest.mark.parametrize("view", [np.s_[:, ::-1], np.s_[:, :, ::-1], np.s_[2:, 2:]])
def test_strided_views_are_refused(view: tuple[slice, ...]) -> None:
    # The tracker would read them as garbage without an error.
    image = np.zeros((48, 64, 3), np.uint8)[view]
    with pytest.raises(ValueError, match="C-contiguous"):
        Frame(image)
    Frame(np.ascontiguousarray(image))


# Layers


def test_an_empty_layer_has_no_pixels() -> None:
    assert Layer.empty().is_empty
    pixels = np.zeros((2, 3, 3), np.uint8)
    assert not Layer((0, 0), pixels, pixels).is_empty


@pytest.mark.parametrize(
    ("offset", "add", "transmit", "message"),
    [
        ((0, 0), np.zeros((2, 3, 4), np.uint8), np.zeros((2, 3, 4), np.uint8), "uint8"),
        ((0, 0), np.zeros((2, 3, 3), np.float32), np.zeros((2, 3, 3), np.uint8), "uint8"),
        ((0, 0), np.zeros((2, 3, 3), np.uint8), np.zeros((2, 2, 3), np.uint8), "differ"),
        ((-1, 0), np.zeros((2, 3, 3), np.uint8), np.zeros((2, 3, 3), np.uint8), "inside"),
    ],
)
def test_impossible_layers_are_refused(
    offset: tuple[int, int], add: Array, transmit: Array, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Layer(offset, add, transmit)  # type: ignore[arg-type]


# Products


def triangle(material: str = "frame", shift: float = 0.0) -> Primitive:
    positions = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32) + np.float32(shift)
    return Primitive(
        positions,
        np.tile(np.array([0, 0, 1], np.float32), (3, 1)),
        np.zeros((3, 2), np.float32),
        np.array([[0, 1, 2]], np.uint32),
        material,
    )


def moved(x: float, y: float, z: float) -> Array:
    return RigidTransform(np.eye(3), np.array([x, y, z])).matrix


def turned(*vector: float) -> Array:
    return RigidTransform.from_rotation_vector(vector).matrix


def glasses(anchor_from_model: Array | None = None) -> Product:
    """Front with one temple hinged 7 cm to the side; the tip hangs on the temple."""
    nodes = (
        Node("front", None, np.eye(4), (triangle(),)),
        Node("temple", "front", moved(0.07, 0.0, 0.0), (triangle(), triangle(shift=0.5))),
        Node("tip", "temple", moved(0.0, 0.0, -0.14), (triangle(),)),
    )
    return Product(
        "test",
        "Test",
        "glasses",
        nodes,
        {"frame": Material("frame")},
        np.eye(4) if anchor_from_model is None else anchor_from_model,
    )


def test_nodes_are_placed_through_their_parents() -> None:
    anchor = moved(0.0, 0.01, 0.0) @ np.diag([0.001, 0.001, 0.001, 1.0])
    placed = glasses(anchor).product_from_node()
    assert set(placed) == {"front", "temple", "tip"}
    np.testing.assert_allclose(placed["front"], anchor)
    # A file in millimetres: 0.07 of its units is 0.07 mm.
    np.testing.assert_allclose(placed["temple"][:3, 3], [0.07e-3, 0.01, 0.0])
    np.testing.assert_allclose(placed["tip"][:3, 3], [0.07e-3, 0.01, -0.14e-3])


def test_a_node_turns_about_its_own_origin_and_takes_its_children_along() -> None:
    placed = glasses().product_from_node({"temple": turned(0.0, np.pi / 2, 0.0)})
    np.testing.assert_allclose(placed["temple"][:3, 3], [0.07, 0.0, 0.0], atol=1e-12)
    # -z of the folded temple points along -x: it lies behind the front.
    np.testing.assert_allclose(placed["tip"][:3, 3], [0.07 - 0.14, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(placed["front"], np.eye(4))


@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
def test_articulation_composes_from_the_root(first: float, second: float) -> None:
    product = glasses()
    moves = {"front": turned(first, 0.0, 0.0), "temple": turned(0.0, second, 0.0)}
    placed = product.product_from_node(moves)
    expected = moves["front"] @ moved(0.07, 0.0, 0.0) @ moves["temple"] @ moved(0.0, 0.0, -0.14)
    np.testing.assert_allclose(placed["tip"], expected, atol=1e-12)


def test_vertices_follow_the_nodes() -> None:
    product = glasses()
    vertices = product.vertices_product()
    assert vertices.shape == (12, 3)
    assert product.triangle_count == 4
    np.testing.assert_allclose(vertices[3], [0.07, 0.0, 0.0])
    np.testing.assert_allclose(vertices[9], [0.07, 0.0, -0.14])
    folded = product.vertices_product({"temple": turned(0.0, np.pi / 2, 0.0)})
    np.testing.assert_allclose(folded[:3], vertices[:3])
    np.testing.assert_allclose(folded[9], [-0.07, 0.0, 0.0], atol=1e-9)


def test_a_product_without_meshes_has_no_vertices() -> None:
    empty = Product("none", "None", "hat", (Node("root", None, np.eye(4)),), {})
    assert empty.vertices_product().shape == (0, 3)
    assert empty.triangle_count == 0


@pytest.mark.parametrize(
    ("material", "see_through"),
    [
        (Material(), False),
        (Material(alpha_mode="MASK"), False),
        (Material(alpha_mode="BLEND"), True),
        (Material(transmission=0.9), True),
    ],
)
def test_see_through_materials(material: Material, see_through: bool) -> None:
    assert material.is_see_through == see_through


def test_material_defaults_are_those_of_gltf() -> None:
    material = Material()
    assert material.base_color == (1.0, 1.0, 1.0, 1.0)
    assert (material.metallic, material.roughness) == (1.0, 1.0)
    assert (material.alpha_mode, material.alpha_cutoff) == ("OPAQUE", 0.5)
    assert (material.ior, material.transmission, material.thickness) == (1.5, 0.0, 0.0)
    assert material.attenuation_distance == float("inf")


# Scenes and persons


def test_a_scene_is_plain_data() -> None:
    camera = Camera.from_fov(ImageSize(64, 48))
    item = Item(glasses(), "face:0/glasses", RigidTransform.identity())
    scene = Scene(camera, (item,))
    assert scene.items[0].scale == 1.0
    assert scene.occluders == ()
    assert scene.light.environment == "studio"
    with pytest.raises(dataclasses.FrozenInstanceError):
        scene.camera = camera  # type: ignore[misc]


@pytest.mark.parametrize("values", [(1.0, 1.1, 1.2), (1.0, 0.8, 0.9), (float("nan"), 0.0, 1.0)])
def test_an_interval_holds_its_value(values: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="low <= value <= high"):
        Interval(*values)
    assert Interval(63.0, 60.3, 65.7).high == 65.7


def test_the_surer_of_two_measurements_counts_more() -> None:
    sure, unsure = (
        Interval(v, v / np.exp(w), v * np.exp(w)) for v, w in ((60.0, 0.1), (66.0, 0.2))
    )
    both = sure.weighed(unsure)
    assert both == unsure.weighed(sure)
    # A fifth of the way, with errors that add up as the inverse of their squares.
    assert both.value == pytest.approx(60.0 * 1.1**0.2)
    assert np.log(both.high / both.low) == pytest.approx(2.0 * 0.1 * np.sqrt(0.8))
    assert sure.weighed(sure).value == pytest.approx(60.0)


# Landmarks


def test_landmark_sets_are_sound() -> None:
    for ring in (FACE_CONTOUR, LEFT_EYE_RING, RIGHT_EYE_RING, LIPS, STIFF_LANDMARKS):
        assert len(set(ring)) == len(ring)
        assert 0 <= min(ring) <= max(ring) < MESH_SIZE
    assert not set(LEFT_EYE_RING) & set(RIGHT_EYE_RING)
    assert not set(STIFF_LANDMARKS) & set(LIPS)
    assert len(HandLandmark) == 21
    assert max(FaceLandmark) == 477


def test_left_and_right_are_the_subjects() -> None:
    model = load_face_model()
    x = model.vertices_head[:, 0]
    for name in FaceLandmark.__members__:
        landmark = FaceLandmark[name]
        if landmark >= MESH_SIZE:
            continue
        if name.startswith("LEFT_") or name.endswith("_LEFT"):
            assert x[landmark] > 0.005, name
        elif name.startswith("RIGHT_") or name.endswith("_RIGHT"):
            assert x[landmark] < -0.005, name
        else:
            assert abs(x[landmark]) < 1e-3, name
    assert (x[list(LEFT_EYE_RING)] > 0).all()
    assert (x[list(RIGHT_EYE_RING)] < 0).all()


def test_the_canonical_face_is_a_face() -> None:
    model = load_face_model()
    v = model.vertices_head
    assert v.shape == (MESH_SIZE, 3)
    assert model.triangles.shape == (898, 3)
    width = np.ptp(v[:, 0])
    assert 0.12 < width < 0.18, "metres"
    assert v[FaceLandmark.FOREHEAD_TOP, 1] > v[FaceLandmark.CHIN, 1]
    assert v[FaceLandmark.NOSE_TIP, 2] == v[:, 2].max()
    # Counter-clockwise from outside: the signed volume against a point inside is positive.
    inside = np.array([0.0, 0.0, v[:, 2].min()])
    a, b, c = (v[model.triangles[:, k]] - inside for k in range(3))
    assert (np.einsum("ij,ij->i", a, np.cross(b, c)) > 0).mean() > 0.95


# Errors and names


def test_every_error_is_ours() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), ArPreviewError)


@pytest.mark.parametrize(
    "module", ["geometry", "frames", "errors", "layer", "tracks", "poses", "person", "scene"]
)
def test_what_a_module_offers_exists_and_is_described(module: str) -> None:
    loaded = importlib.import_module(f"ar_preview.{module}")
    for name in loaded.__all__:
        thing = getattr(loaded, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert thing.__doc__, name
    assert geometry.__doc__
    assert landmarks.__doc__


def test_the_public_api_is_what_it_says() -> None:
    assert len(set(ar_preview.__all__)) == len(ar_preview.__all__) > 10
    for name in ar_preview.__all__:
        assert getattr(ar_preview, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        ar_preview.Nothing  # noqa: B018
