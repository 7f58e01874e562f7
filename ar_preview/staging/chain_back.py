"""What hides the back of a necklace: neck and shoulders, of which only the middle is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.posture import camera_from_trunk
from ar_preview.scene import Occluder

if TYPE_CHECKING:
    from ar_preview.person import HeadShape
    from ar_preview.poses import HeadPose
    from ar_preview.scene import Item
    from ar_preview.staging.chain_shadow import ChainLine

__all__ = ["chain_back"]

_BEHIND_M = 0.015
"""How far it lies behind the axis of the neck: the ridge of the shoulders does."""

_NEAREST_M = 0.01
"""Where the picture begins."""

_EVERY = 3
"""Of the points of the loop one in three is a corner: every triangle costs."""

_BEYOND_M = 0.002
"""How far it reaches beyond the chain, which lies on its edge."""


def chain_back(item: Item, line: ChainLine, pose: HeadPose, head: HeadShape) -> Occluder:
    """Return a surface through the axis of the neck that fills the loop of a necklace.

    A chain that lies on neck and shoulders is seen as far as they face the camera: to where it is
    as far away along the line of sight as the axis. What goes on from there, inwards in the
    picture, is behind them.

    Parameters
    ----------
    item : Item
        The necklace as it is worn.
    line : ChainLine
        Of its product.
    pose : HeadPose
    head : HeadShape
        Of the wearer.
    """
    loop = item.camera_from_product @ (item.scale * line.loop[::_EVERY])
    base = camera_from_trunk(pose, head).translation
    axis = pose.camera_from_head @ head.neck.top_head - base
    share = np.clip((loop - base) @ axis / (axis @ axis), 0.0, 1.0)
    towards = base / np.linalg.norm(base)
    away_m = (base + share[:, None] * axis) @ towards + _BEHIND_M
    edge = loop * (away_m / np.maximum(loop @ towards, _NEAREST_M))[:, None]
    middle = edge.mean(axis=0)
    away = edge - middle
    length = np.linalg.norm(away, axis=1, keepdims=True)
    edge += (2.0 * item.scale * line.radius + _BEYOND_M) / np.maximum(length, 1e-6) * away
    count = len(edge)
    rim = np.arange(count)
    triangles = np.column_stack([np.full(count, count), rim, np.roll(rim, -1)])
    vertices = np.vstack([edge, middle])
    return Occluder("chain_back", vertices.astype(np.float32), triangles.astype(np.uint32))
