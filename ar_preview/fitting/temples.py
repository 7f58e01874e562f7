"""The temples of glasses: along the sides of the head to the ears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.fitting.section import cut_across
from ar_preview.geometry import RigidTransform

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.person import HeadShape
    from ar_preview.products.product import Node, Product
    from ar_preview.tracks import Handedness

__all__ = ["TEMPLE_NODES", "opened_temples"]

TEMPLE_NODES: Mapping[str, tuple[Handedness, float]] = {
    "temple_left": ("left", 1.0),
    "temple_right": ("right", -1.0),
}
"""Nodes that swing about their hinges, with the side and the sign of x outwards."""

_GAP = 0.0015
_OPENING_LIMITS = np.radians([-4.0, 18.0])
_STATIONS = 6
"""Places between hinge and ear at which a temple must pass the face: the head is wider there than
the line between them."""

_FROM_HINGE = 0.025
"""Nearer to the hinge an opening moves nothing, metres."""

_MOST_BESIDE_EAR = 0.004
"""Beyond it from the ear a temple would seem to float: where the face is in the way of a narrow
frame by more, the temple presses into it, and is drawn over it."""

_SIDE_SHARE = 0.5


def opened_temples(
    product: Product,
    head: HeadShape,
    triangles: npt.NDArray[np.integer],
    head_from_product: RigidTransform,
) -> dict[str, RigidTransform]:
    """Swing each temple about its hinge until it lies along the side of the head.

    Parameters
    ----------
    product : Product
    head : HeadShape
    triangles : ndarray, shape (M, 3)
        Topology of `HeadShape.face_head`.
    head_from_product : RigidTransform

    Returns
    -------
    dict of str to RigidTransform
        Motion of nodes about their own origins, which are the hinges.
    """
    placed = product.product_from_node()
    moves: dict[str, RigidTransform] = {}
    for node in product.nodes:
        if node.name not in TEMPLE_NODES:
            continue
        side, sign = TEMPLE_NODES[node.name]
        product_from_node = placed[node.name]
        head_from_node = head_from_product.matrix @ product_from_node
        opening = _opening(node, head_from_node, head, triangles, side, sign)
        if opening is None:
            continue
        # A positive turn about y swings what is behind the hinge towards -x.
        axis = product_from_node[:3, :3].T @ [0.0, 1.0, 0.0]
        moves[node.name] = RigidTransform.from_rotation_vector(
            -sign * opening * axis / np.linalg.norm(axis)
        )
    return moves


def _opening(
    node: Node,
    head_from_node: Array,
    head: HeadShape,
    triangles: npt.NDArray[np.integer],
    side: Handedness,
    sign: float,
) -> float | None:
    """Return the angle at which a temple passes the ear and the face before it, outwards.

    None for one that does not reach the ear.
    """
    hinge = head_from_node[:3, 3]
    root = head.ears[side].root_head
    meshes = [
        (p.positions @ head_from_node[:3, :3].T + hinge, p.triangles) for p in node.primitives
    ]

    def swung(z: float, outwards: float | None = None) -> float | None:
        """Angle at which the inside at `z` just passes the face there, or what is told."""
        cuts = [cut_across(points, faces, z) for points, faces in meshes]
        cut = np.concatenate(cuts) if cuts else np.zeros((0, 2))
        if len(cut) == 0:
            return None
        if outwards is None:
            outwards = _side_of_face(head.face_head, triangles, sign, z, cut[:, 1])
        # Outwards is positive on both sides.
        reach = hinge[2] - z
        now = (sign * cut[:, 0]).min() - sign * hinge[0]
        goal = outwards + _GAP - sign * hinge[0]
        return float(np.arctan2(goal, reach) - np.arctan2(now, reach))

    ear, first = float(root[2]), float(hinge[2]) - _FROM_HINGE
    over_ear = swung(ear, sign * float(root[0]))
    if over_ear is None or first < ear:
        return None if over_ear is None else float(np.clip(over_ear, *_OPENING_LIMITS))
    stations = np.linspace(first, ear, _STATIONS)[:-1].tolist()
    face = [opening for z in stations if (opening := swung(z)) is not None]
    most = over_ear + _MOST_BESIDE_EAR / (float(hinge[2]) - ear)
    return float(np.clip(min(max([over_ear, *face]), most), *_OPENING_LIMITS))


def _side_of_face(
    face_head: Array, triangles: npt.NDArray[np.integer], sign: float, z: float, heights: Array
) -> float:
    """Return how far out the side of a face is beside a temple; -inf where the face ends before."""
    cut = cut_across(face_head, triangles, z) * [sign, 1.0]
    side = cut[cut[:, 0] > _SIDE_SHARE * cut[:, 0].max(initial=0.0)]
    low, high = float(heights.min()), float(heights.max())
    if len(side) < 2 or high < side[:, 1].min() or low > side[:, 1].max():
        return -np.inf
    side = side[np.argsort(side[:, 1])]
    at = np.clip([low, 0.5 * (low + high), high], side[0, 1], side[-1, 1])
    return float(np.interp(at, side[:, 1], side[:, 0]).max())
