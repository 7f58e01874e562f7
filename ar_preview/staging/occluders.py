"""What of a head hides the pieces that are behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import Array, RigidTransform, so3_exp
from ar_preview.person import EAR_FLARE
from ar_preview.posture import camera_from_trunk
from ar_preview.scene import Ellipsoid, Occluder
from ar_preview.staging.shapes import tube, unit_sphere

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.person import EarShape, HeadShape
    from ar_preview.poses import HeadPose
    from ar_preview.scene import Item
    from ar_preview.staging.clearance import Room

__all__ = ["face_surface", "head_ellipsoid", "head_occluders", "lobe_occluder"]

_SIDE_FROM, _SIDE_FULL, _SIDE_MARGIN = 0.040, 0.065, 0.004
"""The sides of the face are drawn in by up to 4 mm: a temple that lies on the skin must not
flicker in and out of a surface whose depth is only estimated."""

_EAR_FOR_SKULL = 0.1
"""Half-length of the skull to which the ear's measures below belong, metres."""

_EAR_STEPS = (9, 16)
"""Rows and columns of an ear: its outline is within .6 mm of the smooth one, its place is not
known better, and every triangle costs."""

_EAR_RADII = np.array([0.006, 0.031, 0.018])
_EAR_CENTRE = np.array([0.007, -0.018, -0.013])

_LOBE_RADII = np.array([0.009, 0.011, 0.0055])
_LOBE_CENTRE = np.array([0.0, 0.005, -0.0058])
"""A lobe as earrings meet it, whose origin is on its skin and whose z points out of it, with the
narrow space behind it: posts and clasps are in there. It ends 6 mm below."""


def head_occluders(
    pose: HeadPose,
    head: HeadShape,
    triangles: npt.NDArray[np.integer],
    rooms: Sequence[Room] = (),
    neck_share: float = 1.0,
) -> tuple[Occluder, ...]:
    """Return the surfaces of one head in camera space.

    The face is the one seen in this frame, expression included; skull, ears and neck follow
    the rigid head.

    Parameters
    ----------
    pose : HeadPose
    head : HeadShape
        Of the same person.
    triangles : ndarray, shape (M, 3)
        Topology of the face.
    rooms : sequence of Room
        What worn pieces need of the space of the head.
    neck_share : float
        Share of its width to which the neck is drawn in.
    """
    to_camera = pose.camera_from_head
    face = to_camera.inverse() @ pose.vertices_camera
    _, sphere_triangles = unit_sphere()
    _, ear_triangles = unit_sphere(*_EAR_STEPS)
    skull = _skull(head)
    neck, neck_triangles = _neck(to_camera, head, neck_share)
    size = float(head.skull_radii[2]) / _EAR_FOR_SKULL
    surfaces = [
        ("face", face_surface(face, rooms), triangles),
        ("skull", _within(skull, rooms, estimated=True), sphere_triangles),
        ("ear_left", _ear(head.ears["left"], 1.0, size), ear_triangles),
        ("ear_right", _ear(head.ears["right"], -1.0, size), ear_triangles),
    ]
    return (
        *(_occluder(name, to_camera @ vertices, faces) for name, vertices, faces in surfaces),
        _occluder("neck", neck, neck_triangles),
    )


def lobe_occluder(item: Item) -> Occluder:
    """Return the lobe through which an earring is held, camera space.

    Parameters
    ----------
    item : Item
        The earring.
    """
    sphere, triangles = unit_sphere(*_EAR_STEPS)
    lobe = item.camera_from_product @ (_LOBE_CENTRE + sphere * _LOBE_RADII)
    return _occluder(f"lobe_{item.anchor.rpartition(':')[2]}", lobe, triangles)


def _neck(
    camera_from_head: RigidTransform, head: HeadShape, share: float
) -> tuple[Array, npt.NDArray[np.integer]]:
    """Return the neck between head and trunk, camera space."""
    neck = head.neck
    vertices, triangles = tube(
        neck.top_head,
        neck.base_head,
        share * np.array(neck.radii_at(1.0)),
        share * np.array(neck.radii_at(0.0)),
    )
    top, base = np.split(vertices, 2)
    to_trunk = camera_from_trunk(camera_from_head, head)
    return np.concatenate([camera_from_head @ top, to_trunk @ (base - neck.base_head)]), triangles


def _occluder(name: str, vertices: Array, triangles: npt.NDArray[np.integer]) -> Occluder:
    if name != "face":  # Nearly all of that looks at the camera.
        triangles = _facing(vertices, triangles)
    return Occluder(
        name,
        np.ascontiguousarray(vertices, dtype=np.float32),
        np.ascontiguousarray(triangles, dtype=np.uint32),
    )


def _facing(vertices: Array, triangles: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
    """Return the triangles that face the camera, of a body wound counter-clockwise outside.

    Its far side hides nothing that the near one does not, and every triangle costs.
    """
    x, y, z = np.ascontiguousarray(vertices.T, dtype=np.float32)
    i, j, k = triangles.T
    volume = x[i] * (y[j] * z[k] - z[j] * y[k]) + y[i] * (z[j] * x[k] - x[j] * z[k])
    volume += z[i] * (x[j] * y[k] - y[j] * x[k])
    return np.asarray(triangles[volume < 0.0])  # of the tetrahedron with the camera


def face_surface(face_head: Array, rooms: Sequence[Room] = ()) -> Array:
    """Return a face as it hides things: its sides drawn in, and out of the way of what is worn.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        Head space, metres.
    rooms : sequence of Room
        What worn pieces need of the space of the head.
    """
    return _within(_drawn_in(face_head), rooms)


def _within(vertices_head: Array, rooms: Sequence[Room], estimated: bool = False) -> Array:
    for room in rooms:
        vertices_head = room.apply(vertices_head, estimated)
    return vertices_head


def head_ellipsoid(camera_from_head: RigidTransform, head: HeadShape) -> Ellipsoid:
    """Return skull and face as one ellipsoid.

    Parameters
    ----------
    camera_from_head : RigidTransform
    head : HeadShape
    """
    middle = RigidTransform(np.eye(3), head.skull_centre_head)
    across, up, along = (float(r) for r in head.skull_radii)
    return Ellipsoid(camera_from_head @ middle, (across, up, along))


def _skull(head: HeadShape) -> Array:
    """Return an ellipsoid whose lower back stays broad, as the head does behind the ears.

    The tips of temples end there: an ellipsoid would leave them in plain view.
    """
    sphere, _ = unit_sphere()
    x, y, z = sphere.T
    waist = np.sqrt(np.maximum(1.0 - y**2, 1e-12))
    broad = np.where(y < 0, (1.0 - np.minimum(y**4, 1.0)) ** 0.25, waist)
    shape = np.stack([x / waist * broad, y, np.where(z > 0, z, z / waist * broad)], axis=-1)
    return np.asarray(head.skull_centre_head + shape * head.skull_radii)


def _drawn_in(face_head: Array) -> Array:
    x = face_head[:, 0]
    share = np.clip((np.abs(x) - _SIDE_FROM) / (_SIDE_FULL - _SIDE_FROM), 0.0, 1.0)
    moved = face_head.copy()
    moved[:, 0] = x - np.sign(x) * _SIDE_MARGIN * share
    return moved


def _ear(ear: EarShape, sign: float, size: float) -> Array:
    """Return a flat ellipsoid from the ear's root backwards, its rear edge standing off."""
    sphere, _ = unit_sphere(*_EAR_STEPS)
    flare = RigidTransform(
        so3_exp([0.0, -sign * EAR_FLARE, 0.0]),
        ear.root_head + size * np.array([sign, 1.0, 1.0]) * _EAR_CENTRE,
    )
    return flare @ np.asarray(size * sphere * _EAR_RADII)
