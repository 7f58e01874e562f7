"""A synthetic face whose pose is known, for tests of everything behind the tracker."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ar_preview.frames import Frame
from ar_preview.geometry import Array, Camera, ImageSize, RigidTransform
from ar_preview.landmarks import LEFT_EYE_RING, RIGHT_EYE_RING
from ar_preview.products.product import Material, Node, Primitive, Product
from ar_preview.sources import open_source
from ar_preview.tracking import load_face_model
from ar_preview.tracks import FaceTrack, Tracks

SIZE = ImageSize(1280, 720)
CAMERA = Camera.from_fov(SIZE, 70.0)
PORTRAIT = Path(__file__).resolve().parents[1] / "assets" / "samples" / "astronaut.png"
IRIS_M = 0.0117


def portrait() -> Frame:
    """The bundled portrait of a real person as a frame."""
    with open_source(PORTRAIT) as source:
        return next(source)


def pose(yaw_deg: float = 0.0, pitch_deg: float = 0.0, distance_m: float = 0.5) -> RigidTransform:
    """`camera_from_head` of a head that faces the camera, turned by yaw and pitch."""
    facing = RigidTransform(np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.02, distance_m]))
    turn = RigidTransform.from_rotation_vector(np.radians([pitch_deg, yaw_deg, 0.0]))
    return facing @ turn


def face_track(
    camera_from_head: RigidTransform,
    size: float = 1.0,
    camera: Camera = CAMERA,
    iris_m: float = IRIS_M,
) -> FaceTrack:
    """What a perfect tracker would see of the canonical face, enlarged by `size`."""
    model = load_face_model()
    mesh = size * model.vertices_head
    irises = []
    for ring in (RIGHT_EYE_RING, LEFT_EYE_RING):
        centre = mesh[list(ring)].mean(axis=0)
        offsets = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 0)])
        irises.append(centre + iris_m / 2 * offsets)
    points = camera_from_head @ np.concatenate([mesh, *irises])
    return FaceTrack(0, camera.project(points), points[:, 2] * camera.fx / 0.5)


def tracks(*faces: FaceTrack, size: ImageSize = SIZE) -> Tracks:
    """Tracks of a frame with these faces."""
    return Tracks(size, faces)


def blank(index: int = 0, size: ImageSize = SIZE) -> Frame:
    """A grey frame at 30 frames a second."""
    image = np.full((size.height, size.width, 3), 128, np.uint8)
    return Frame(image, index, round(index * 1e9 / 30))


def _box(low: Array, high: Array) -> tuple[Array, Array]:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    faces = np.array(
        [
            [0, 1, 3],
            [0, 3, 2],
            [4, 6, 7],
            [4, 7, 5],
            [0, 4, 5],
            [0, 5, 1],
            [2, 3, 7],
            [2, 7, 6],
            [0, 2, 6],
            [0, 6, 4],
            [1, 5, 7],
            [1, 7, 3],
        ]
    )
    return np.asarray(low) + corners * (np.asarray(high) - low), faces


def box_glasses(width_m: float = 0.140) -> Product:
    """Glasses made of boxes: bridge, two lenses, two temples with hinges; origin at the bridge."""
    half = width_m / 2

    def node(
        name: str,
        boxes: list[tuple[list[float], list[float]]],
        material: str,
        origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> Node:
        vertices, faces, offset = [], [], 0
        for low, high in boxes:
            v, f = _box(np.array(low), np.array(high))
            vertices.append(v)
            faces.append(f + offset)
            offset += len(v)
        positions = np.concatenate(vertices).astype(np.float32)
        normals = positions - positions.mean(axis=0)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        matrix = np.eye(4)
        matrix[:3, 3] = origin
        primitive = Primitive(
            positions,
            normals,
            np.zeros((len(positions), 2), np.float32),
            np.concatenate(faces).astype(np.uint32),
            material,
        )
        return Node(name, None, matrix, (primitive,))

    temple = [([-0.002, -0.004, -0.140], [0.002, 0.004, 0.0])]
    lens = ([0.012, -0.028, -0.001], [half - 0.004, 0.012, 0.001])
    mirrored = ([-lens[1][0], lens[0][1], lens[0][2]], [-lens[0][0], lens[1][1], lens[1][2]])
    return Product(
        "box-glasses",
        "Box glasses",
        "glasses",
        (
            node(
                "frame_front",
                [
                    ([-0.010, -0.003, 0.0], [0.010, 0.003, 0.004]),
                    ([-half, 0.010, -0.003], [half, 0.014, 0.003]),
                ],
                "frame",
            ),
            node("lens_left", [lens], "lens"),
            node("lens_right", [mirrored], "lens"),
            node("temple_left", temple, "frame", (half - 0.002, 0.008, -0.004)),
            node("temple_right", temple, "frame", (-half + 0.002, 0.008, -0.004)),
        ),
        {
            "frame": Material("frame", (0.6, 0.1, 0.1, 1.0), metallic=0.0, roughness=0.4),
            "lens": Material("lens", metallic=0.0, roughness=0.0, transmission=1.0),
        },
        dimensions_mm={
            "lens_width": 50.0,
            "bridge": 20.0,
            "temple_length": 140.0,
            "frame_width": 1000 * width_m,
        },
    )
