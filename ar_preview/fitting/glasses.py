"""Glasses on a head as an optician would put them: on the nose, over the ears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.fitting.relief import Relief
from ar_preview.fitting.seat import Seat
from ar_preview.fitting.section import cut_across
from ar_preview.fitting.temples import opened_temples
from ar_preview.geometry import Array, RigidTransform, so3_exp
from ar_preview.landmarks import FaceLandmark
from ar_preview.scene import Fade

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.person import HeadShape
    from ar_preview.products.product import Node, Product

__all__ = ["seat_glasses"]

_PUPIL_ABOVE_LENS_CENTRE = 0.0025
"""Opticians centre lenses so that the pupil stands 2-4 mm above the middle of the lens box."""

_GAZE_PITCH = np.radians(6.0)
"""Level gaze points so far above the z axis of the canonical face: people in seven clips look
6 +- 4 degrees up at their cameras, and a head with the axes of its gaze is 7.6 degrees off."""

_NOSE_HALF_WIDTH = 0.018
_FRONT_DEPTH = 0.030
_SKIN_GIVES = 0.0002
"""Glasses press this far into the skin as it is known. Pads give it .5 mm, but noses are known a
little too deep: crests shine, and what shines seems to lie further back."""

_FADE_BEFORE_EAR, _GONE_BEFORE_EAR = 0.020, 0.003
"""Temples go under hair or behind the ear, whose place is only estimated: they fade out over the
last millimetres before it instead of ending at a hard edge."""

_MAX_PITCH = np.radians(15.0)

_EYE_TO_FRONT = 0.012
"""From the middle of the eyes to the front of the glasses, metres: the vertex distance."""

_SIDE_SHARE = 0.6
_ROUNDS = 4


def seat_glasses(product: Product, head: HeadShape, triangles: npt.NDArray[np.integer]) -> Seat:
    """Find the resting place of glasses on a personal head.

    The lenses' height follows the level gaze of the eyes, the temples are tilted onto the roots
    of the ears and opened until they pass the sides of the head, and the front slides back until
    bridge or pads touch the nose.

    Parameters
    ----------
    product : Product
        Origin at the bridge, x to the wearer's left, y up, z out, metres.
    head : HeadShape
    triangles : ndarray, shape (M, 3)
        Topology of `HeadShape.face_head`.
    """
    vertices = product.vertices_product()
    front = vertices[vertices[:, 2] > vertices[:, 2].max() - _FRONT_DEPTH]
    nose = front[np.abs(front[:, 0]) < _NOSE_HALF_WIDTH]
    eyes = head.eyes_head
    lens_height = _lens_centre_height(product, front)
    temple = _temple_over_ear(product, head, eyes)
    relief = Relief(
        head.face_head,
        triangles,
        (-0.03, float(head.face_head[FaceLandmark.NOSE_BASE, 1])),
        (0.03, float(head.face_head[FaceLandmark.FOREHEAD_TOP, 1])),
    )
    ears = 0.5 * (head.ears["left"].root_head + head.ears["right"].root_head)

    pitch = 0.0
    nasion = head.face_head[FaceLandmark.NASION]
    bridge = np.array([nasion[0], 0.0, nasion[2]])
    for _ in range(_ROUNDS):
        tilt = so3_exp([pitch, 0.0, 0.0])
        lens_centre = tilt @ [0.0, lens_height, 0.0]
        ahead = np.tan(_GAZE_PITCH) * (bridge[2] + lens_centre[2] - eyes[2])
        bridge[1] = eyes[1] + ahead - _PUPIL_ABOVE_LENS_CENTRE - lens_centre[1]
        touching = nose @ tilt.T + [bridge[0], bridge[1], 0.0]
        depth = relief.height(touching) - touching[:, 2]
        bridge[2] = _contact(depth, head)
        if temple is not None:
            pitch = _pitch_to_ear(temple, bridge, ears)
    head_from_product = RigidTransform(so3_exp([pitch, 0.0, 0.0]), bridge)
    ear_z = float((head_from_product.inverse() @ ears)[2])
    return Seat(
        head_from_product,
        opened_temples(product, head, triangles, head_from_product),
        Fade(ear_z + _FADE_BEFORE_EAR, ear_z + _GONE_BEFORE_EAR),
    )


def _contact(depth: Array, head: HeadShape) -> float:
    """Z of the bridge at which the deepest point just presses into the nose."""
    touching = depth[np.isfinite(depth)]
    if touching.size == 0:
        return float(head.face_head[FaceLandmark.NASION, 2])
    return float(touching.max()) - _SKIN_GIVES


def _lens_centre_height(product: Product, front: Array) -> float:
    """Height of the lens boxes' middle over the bridge; of the whole front where none is told."""
    placed = product.product_from_node()
    lenses = [
        p.positions @ placed[n.name][1, :3] + placed[n.name][1, 3]
        for n in product.nodes
        for p in n.primitives
        if product.materials[p.material].is_see_through
    ]
    heights = np.concatenate(lenses) if lenses else front[:, 1]
    return float(0.5 * (heights.min() + heights.max()))


def _temple_over_ear(product: Product, head: HeadShape, eyes: Array) -> Array | None:
    """Underside of the temples where they pass the ears, product space; None without temples."""
    reach = float(eyes[2] + _EYE_TO_FRONT - head.ears["left"].root_head[2])
    cuts = [
        cut_across(
            p.positions @ product_from_node[:3, :3].T + product_from_node[:3, 3],
            p.triangles,
            -reach,
        )
        for node, product_from_node in _nodes(product)
        for p in node.primitives
    ]
    there = np.concatenate(cuts) if cuts else np.zeros((0, 2))
    if len(there) == 0:
        return None
    sides = there[np.abs(there[:, 0]) >= _SIDE_SHARE * np.abs(there[:, 0]).max()]
    return np.array([0.0, sides[:, 1].min(), -reach])


def _nodes(product: Product) -> list[tuple[Node, Array]]:
    placed = product.product_from_node()
    return [(node, placed[node.name]) for node in product.nodes]


def _pitch_to_ear(temple: Array, bridge: Array, ears: Array) -> float:
    """Tilt about the bridge that lays the temples onto the roots of the ears, radians."""
    goal = ears - bridge
    angle = np.arctan2(goal[1], -goal[2]) - np.arctan2(temple[1], -temple[2])
    return float(np.clip(angle, -_MAX_PITCH, _MAX_PITCH))
