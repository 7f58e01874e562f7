"""What of a head hides the pieces that are behind it."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import Array, RigidTransform, so3_exp
from ar_preview.person import EAR_FLARE
from ar_preview.posture import camera_from_trunk
from ar_preview.products.opening import hat_opening
from ar_preview.scene import Ellipsoid, Occluder
from ar_preview.staging.shapes import tube, unit_sphere

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.person import EarShape, HeadShape
    from ar_preview.poses import HeadPose
    from ar_preview.products.product import Product
    from ar_preview.scene import Item
    from ar_preview.staging.clearance import Room

__all__ = ["HeadOccluders", "hat_filling", "head_ellipsoid", "lobe_occluder"]

_SIDE_FROM, _SIDE_FULL, _SIDE_MARGIN = 0.040, 0.065, 0.002
"""The sides of the face are drawn in by up to 2 mm: a temple that lies on the skin must not
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

_FILLED = 1.03
"""Of the way to the inner edge of a hat, which is told by sectors: nothing may be seen between."""


class HeadOccluders:
    """Gives the surfaces of heads; remembers what only changes with their shape.

    Parameters
    ----------
    triangles : ndarray, shape (M, 3)
        Topology of the face.
    """

    def __init__(self, triangles: npt.NDArray[np.integer]) -> None:
        self._triangles = np.ascontiguousarray(triangles, np.uint32)
        self._known: weakref.WeakKeyDictionary[HeadShape, _Known] = weakref.WeakKeyDictionary()

    def of(
        self,
        pose: HeadPose,
        head: HeadShape,
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
        rooms : sequence of Room
            What worn pieces need of the space of the head.
        neck_share : float
            Share of its width to which the neck is drawn in.
        """
        to_camera = pose.camera_from_head
        to_head = to_camera.inverse()
        face = _face_surface(to_head @ pose.vertices_camera, rooms)
        known = self._known_of(head, rooms)
        if known.neck is None or known.neck.share != neck_share:
            known.neck = _Neck.of(head, neck_share)
        return (
            Occluder("face", (to_camera @ face).astype(np.float32), self._triangles),
            *(surface.occluder(to_camera, to_head.translation) for surface in known.rigid),
            known.neck.occluder(to_camera, camera_from_trunk(pose, head)),
        )

    def skin(self, head: HeadShape, rooms: Sequence[Room] = ()) -> Array:
        """Return a head's face at rest as it hides things; the same array for the same head."""
        return self._known_of(head, rooms).skin

    def _known_of(self, head: HeadShape, rooms: Sequence[Room]) -> _Known:
        known = self._known.get(head)
        if known is None or known.rooms != tuple(rooms):
            skin = _face_surface(head.face_head, rooms)
            known = _Known(tuple(rooms), _rigid_surfaces(head, rooms), skin)
            self._known[head] = known
        return known


@dataclass(eq=False)
class _Known:
    """What of a head stays the same from frame to frame."""

    rooms: tuple[Room, ...]
    rigid: tuple[_Rigid, ...]
    skin: Array
    neck: _Neck | None = None


@dataclass(frozen=True, eq=False)
class _Rigid:
    """A closed surface that follows the head, wound counter-clockwise outside.

    Parameters
    ----------
    name : str
    vertices_head : ndarray, shape (N, 3)
    triangles : ndarray, shape (M, 3), uint32
    planes : ndarray, shape (M, 4)
        Normal and offset of each triangle: above 0 outside.
    """

    name: str
    vertices_head: Array
    triangles: npt.NDArray[np.uint32]
    planes: Array

    @classmethod
    def of(cls, name: str, vertices_head: Array, triangles: npt.NDArray[np.uint32]) -> _Rigid:
        a, b, c = (vertices_head[triangles[:, k]] for k in range(3))
        normals = np.cross(b - a, c - a)
        offsets = -(normals * a).sum(axis=1, keepdims=True)
        return cls(name, vertices_head, triangles, np.hstack([normals, offsets]))

    def occluder(self, camera_from_head: RigidTransform, eye_head: Array) -> Occluder:
        """Return what of it faces a camera at a place in head space.

        Its far side hides nothing that the near one does not, and every triangle costs.
        """
        outside = self.planes[:, :3] @ eye_head + self.planes[:, 3] > 0.0
        return Occluder(
            self.name,
            (camera_from_head @ self.vertices_head).astype(np.float32),
            self.triangles[outside],
        )


@dataclass(frozen=True, eq=False)
class _Neck:
    """The neck between head and trunk, drawn in to a share of its width.

    Parameters
    ----------
    share : float
    top_head, base_trunk : ndarray, shape (N, 3)
        Its two rims, metres.
    triangles : ndarray, shape (M, 3), uint32
    """

    share: float
    top_head: Array
    base_trunk: Array
    triangles: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, head: HeadShape, share: float) -> _Neck:
        neck = head.neck
        wide, narrow = (share * np.array(neck.radii_at(s)) for s in (0.0, 1.0))
        vertices, triangles = tube(neck.top_head, neck.base_head, narrow, wide)
        top, base = np.split(vertices, 2)
        return cls(share, top, base - neck.base_head, triangles)

    def occluder(
        self, camera_from_head: RigidTransform, camera_from_trunk: RigidTransform
    ) -> Occluder:
        """Return what of it faces the camera, no nearer than its axis.

        Its outline hides the back of a chain. Its front, which is only guessed, would swallow the
        front of one where the head is bent.
        """
        rims = camera_from_head @ self.top_head, camera_from_trunk @ self.base_trunk
        vertices = np.concatenate(rims)
        # The camera sees a triangle a, b, c counter-clockwise where (a x b) . c is negative.
        outside = np.linalg.det(vertices[self.triangles]) < 0.0
        axis = np.repeat([rim[:, 2].mean() for rim in rims], [len(rim) for rim in rims])
        vertices *= np.maximum(axis / vertices[:, 2], 1.0)[:, None]
        return Occluder("neck", vertices.astype(np.float32), self.triangles[outside])


def _rigid_surfaces(head: HeadShape, rooms: Sequence[Room]) -> tuple[_Rigid, ...]:
    """Return skull and ears, head space."""
    _, sphere_triangles = unit_sphere()
    _, ear_triangles = unit_sphere(*_EAR_STEPS)
    size = float(head.skull_radii[2]) / _EAR_FOR_SKULL
    skull = _within(_skull(head), rooms, estimated=True)
    return (
        _Rigid.of("skull", skull, sphere_triangles),
        _Rigid.of("ear_left", _ear(head.ears["left"], 1.0, size), ear_triangles),
        _Rigid.of("ear_right", _ear(head.ears["right"], -1.0, size), ear_triangles),
    )


def lobe_occluder(item: Item) -> Occluder:
    """Return the lobe through which an earring is held, camera space.

    Parameters
    ----------
    item : Item
        The earring.
    """
    sphere, triangles = unit_sphere(*_EAR_STEPS)
    name = f"lobe_{item.anchor.rpartition(':')[2]}"
    lobe = _LOBE_CENTRE + sphere * _LOBE_RADII
    eye = item.camera_from_product.inverse().translation
    return _Rigid.of(name, lobe, triangles).occluder(item.camera_from_product, eye)


def hat_filling(item: Item) -> Occluder:
    """Return what of a head and its hair closes the opening of a hat from below, camera space.

    Hair is not known, but it fills a hat: past the face nobody looks into one and out at its far
    brim.

    Parameters
    ----------
    item : Item
        The hat.
    """
    eye = item.camera_from_product.inverse().translation
    return _filling(item.product, item.scale).occluder(item.camera_from_product, eye)


@lru_cache(maxsize=8)
def _filling(product: Product, scale: float) -> _Rigid:
    hem = hat_opening(product).edge_points
    middle = hem.mean(axis=0)
    vertices = scale * np.vstack([middle + _FILLED * (hem - middle), middle])
    edge = np.arange(len(hem), dtype=np.uint32)
    # The edge runs from the front over the left: seen from below counter-clockwise.
    triangles = np.stack([np.full_like(edge, len(hem)), np.roll(edge, -1), edge], axis=-1)
    return _Rigid.of("hat_filling", vertices, triangles)


def _face_surface(face_head: Array, rooms: Sequence[Room] = ()) -> Array:
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
