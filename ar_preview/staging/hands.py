"""What of a hand hides the pieces that are behind it, and hands in front of faces."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import Array, RigidTransform
from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.scene import Ellipsoid, Occluder
from ar_preview.staging.shapes import capsules, tube

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from ar_preview.landmarks import Finger
    from ar_preview.poses import FingerPose, HandPose, WristPose
    from ar_preview.products.product import Product
    from ar_preview.scene import Item, SkinShadow

__all__ = ["hand_body", "hand_occluders", "in_front_of_faces", "worn_radius"]

_FINGERS = tuple(FINGER_JOINTS)
_ENDS = np.array(list(FINGER_JOINTS.values()), dtype=np.intp)
_ROOTS = np.array([Lm.THUMB_CMC, *[Lm.WRIST] * 4])
_STARTS = np.column_stack([_ROOTS, _ENDS[:, :3]])
"""Joints at both ends of the four bones of each finger, the palm's first, (5, 4)."""

_PROFILE = np.array([(1.8, 1.0), (1.0, 0.92), (0.9, 0.82), (0.8, 0.62)])
"""Radii at both ends of the bones with their flesh, relative to that where a ring sits."""

_BEGIN = np.where(_STARTS == _ENDS, 1.0, [0.1, 0.0, 0.0, 0.0])
"""Where a bone begins to hide, of its length; 1 is not at all."""

_MARGIN = 0.35
"""Depth in ring radii by which other phalanges are set back: theirs is only estimated."""

_BEHIND_RING = 0.15
"""Where the second phalanx of a finger with a ring begins to hide, of its length."""

_WEBBED, _CLOSE = (2, 3), 2.8
"""Bones between which nothing is seen of what is behind two fingers whose joints are so close, in
ring radii."""

_INSIDE = 0.985
"""Limbs are drawn in a little below what is worn on them."""

_WRIST_REACH_M = (0.16, 0.04)
"""Length of the arm that hides, towards the elbow and towards the hand, metres."""

_NEAREST_SHARE = 0.1

_ROUND_PIECES_M, _NEAREST_M = 0.03, 0.02
"""What a piece may reach beyond its box at rest, with its shadow; where the picture begins."""

_CORNERS = np.array(list(np.ndindex(2, 2, 2)), dtype=bool)


def hand_occluders(
    hand: HandPose,
    fingers: Sequence[FingerPose],
    wrist: WristPose | None,
    items: Sequence[Item],
    others: Sequence[Item] = (),
) -> tuple[Occluder, ...]:
    """Return the surfaces of one hand in camera space that may hide something.

    Parameters
    ----------
    hand : HandPose
    fingers : sequence of FingerPose
        Those of this hand that wear a ring.
    wrist : WristPose or None
    items : sequence of Item
        What this hand wears: limbs stay inside it.
    others : sequence of Item
        What else is in the picture.
    """
    worn = {item.anchor.partition("/")[2]: item for item in items}
    ringed = {f.finger: f for f in fingers if f"ring:{f.finger}" in worn}
    starts = hand.joints_camera[_STARTS]
    along = hand.joints_camera[_ENDS] - starts
    begin = _BEGIN.copy()
    for finger in ringed:
        row = _FINGERS.index(finger)
        begin[row, 1:3] = 1.0, _BEHIND_RING
    thick = np.array([hand.finger_radii_m[finger] for finger in _FINGERS])
    ends = np.stack([starts + begin[..., None] * along, starts + along], axis=2)
    distance = np.linalg.norm(ends, axis=-1, keepdims=True)
    ends = ends * (1.0 + _MARGIN * thick[:, None, None, None] / distance)
    radii = thick[:, None, None] * _PROFILE
    shown = (begin < 1.0) & _over(ends, radii, [*items, *others])
    occluders = []
    if shown.any():
        occluders.append(_occluder("hand", *capsules(ends[shown], radii[shown])))
    between = _between(ends, thick)
    if between is not None:
        occluders.append(between)
    for finger, pose in ringed.items():
        occluders.append(_ring_finger(pose, worn[f"ring:{finger}"]))
    if wrist is not None:
        occluders.append(_forearm(wrist))
    return tuple(occluders)


def _over(ends: Array, radii: Array, items: Sequence[Item]) -> npt.NDArray[np.bool_]:
    """Say which bones, (5, 4), may be seen over a piece or its shadow, on the safe side.

    Parameters
    ----------
    ends : ndarray, shape (5, 4, 2, 3)
    radii : ndarray, shape (5, 4, 2)
    items : sequence of Item
    """
    low, high = _slopes(ends, radii[..., None])
    low, high = low.min(axis=2), high.max(axis=2)
    over = np.zeros(low.shape[:2], bool)
    for item in items:
        box = np.array(_bounds(item.product))
        corners = np.where(_CORNERS, box[1], box[0]) * item.scale
        first, last = _slopes(item.camera_from_product @ corners, _ROUND_PIECES_M)
        over |= ((low <= last.max(axis=0)) & (high >= first.min(axis=0))).all(axis=-1)
    return over


def _slopes(points: Array, reach: Array | float) -> tuple[Array, Array]:
    """Return x / z and y / z of the lower and upper ends of cubes around points, (..., 2)."""
    depth = np.maximum(points[..., 2:], _NEAREST_M)
    near = np.maximum(depth - reach, _NEAREST_M)
    low, high = points[..., :2] - reach, points[..., :2] + reach
    return np.minimum(low / near, low / (depth + reach)), np.maximum(
        high / near, high / (depth + reach)
    )


@lru_cache(maxsize=64)
def _bounds(product: Product) -> tuple[tuple[float, ...], tuple[float, ...]]:
    points = product.vertices_product()
    if len(points) == 0:
        return (0.0,) * 3, (0.0,) * 3
    return tuple(points.min(axis=0).tolist()), tuple(points.max(axis=0).tolist())


def _between(ends: Array, thick: Array) -> Occluder | None:
    """Return the gaps between the bones of fingers side by side, from middle to middle.

    Parameters
    ----------
    ends : ndarray, shape (5, 4, 2, 3)
    thick : ndarray, shape (5,)
        Ring radii.
    """
    bones = list(_WEBBED)
    first, second = ends[1:4, bones], ends[2:5, bones]
    apart = np.linalg.norm(first - second, axis=-1)
    close = (apart < _CLOSE * thick[1:4, None, None]).all(axis=-1)
    if not close.any():
        return None
    corners = np.concatenate([first[close], second[close]], axis=1).reshape(-1, 3)
    starts = 4 * np.arange(int(close.sum()))[:, None, None]
    quads = (np.array([[0, 1, 2], [1, 3, 2]]) + starts).reshape(-1, 3)
    return _occluder("between_fingers", corners, quads)


def worn_radius(pose: FingerPose, item: Item) -> float:
    """Return the radius of a finger inside its ring, metres."""
    own = item.product.dimensions_mm.get("inner_diameter")
    return min(pose.radius_m, 0.5e-3 * own * item.scale) if own else pose.radius_m


def _ring_finger(pose: FingerPose, item: Item) -> Occluder:
    """Return the phalanx that a ring sits on, from the knuckle to the next joint."""
    radius = worn_radius(pose, item)
    half = _INSIDE * np.array([radius, radius])
    vertices, triangles = tube(
        np.array([0.0, 1.3 * radius + 0.006, 0.0]),
        np.array([0.0, -1.3 * radius - 0.006, 0.0]),
        half,
        half,
        closed=True,
    )
    place = pose.camera_from_finger
    return _occluder("ring_finger", place @ vertices, triangles, convex=True)


def _forearm(pose: WristPose) -> Occluder:
    half = _INSIDE * np.array(pose.radii_m)
    below, above = _WRIST_REACH_M
    vertices, triangles = tube(
        np.array([0.0, above, 0.0]), np.array([0.0, -below, 0.0]), half, half, closed=True
    )
    return _occluder("forearm", pose.camera_from_wrist @ vertices, triangles, convex=True)


def hand_body(hand: HandPose, item: Item, wrist: WristPose | None) -> Ellipsoid:
    """Return roughly the limb that a piece is worn on.

    Parameters
    ----------
    hand : HandPose
    item : Item
    wrist : WristPose or None
    """
    slot = item.anchor.partition("/")[2]
    if slot.startswith("ring:"):
        radius = _finger_radius(hand.finger_radii_m, slot)
        return Ellipsoid(item.camera_from_product, (radius, 3.0 * radius, radius))
    if wrist is None:
        return Ellipsoid(item.camera_from_product, (0.028, 0.1, 0.02))
    a, b = wrist.radii_m
    return Ellipsoid(wrist.camera_from_wrist, (a, 4.0 * a, b))


def _finger_radius(radii: Mapping[Finger, float], slot: str) -> float:
    return next(r for finger, r in radii.items() if slot == f"ring:{finger}")


def in_front_of_faces(
    faces_m: Sequence[float],
    items: Sequence[Item],
    occluders: Sequence[Occluder],
    shadows: Sequence[SkinShadow],
    hand: HandPose,
) -> tuple[list[Item], list[Occluder], list[SkinShadow]]:
    """Bring a hand and what it wears before every face, without a change in the picture.

    How far away hands and faces are is only known within a tenth; a hand that is seen over a
    face is in front of it. Everything is moved along the lines of sight and shrunk with it.

    Parameters
    ----------
    faces_m : sequence of float
        Depth of the nearest point of each face with what it wears, metres.
    items : sequence of Item
        What the hand wears.
    occluders : sequence of Occluder
        Of the hand.
    shadows : sequence of SkinShadow
        On the hand.
    hand : HandPose
    """
    reach = _PROFILE.max() * (1.0 + _MARGIN) * max(hand.finger_radii_m.values())
    farthest = float(hand.joints_camera[:, 2].max()) + reach
    share = min([1.0, *(max(face / farthest, _NEAREST_SHARE) for face in faces_m)])
    if share == 1.0:
        return list(items), list(occluders), list(shadows)
    shrink = np.float32(share)
    return (
        [_nearer(item, share) for item in items],
        [replace(o, vertices_camera=shrink * o.vertices_camera) for o in occluders],
        [
            replace(
                s,
                vertices_camera=shrink * s.vertices_camera,
                extent_camera=share * s.extent_camera,
            )
            for s in shadows
        ],
    )


def _nearer(item: Item, share: float) -> Item:
    place = item.camera_from_product
    body = item.body
    if body is not None:
        axes = body.camera_from_axes
        body = Ellipsoid(
            RigidTransform(axes.rotation, share * axes.translation),
            (share * body.radii[0], share * body.radii[1], share * body.radii[2]),
        )
    return replace(
        item,
        camera_from_product=RigidTransform(place.rotation, share * place.translation),
        scale=share * item.scale,
        body=body,
    )


def _occluder(
    name: str, vertices: Array, triangles: npt.NDArray[np.integer], convex: bool = False
) -> Occluder:
    return Occluder(
        name,
        np.ascontiguousarray(vertices, dtype=np.float32),
        np.ascontiguousarray(triangles, dtype=np.uint32),
        over_skin=True,
        convex=convex,
    )
