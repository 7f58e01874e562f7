"""Where a piece sits on the part of the body that carries it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.scene import Fade

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import RigidTransform

__all__ = ["Seat"]

_NEWS_ALONG_FACE, _NEWS_DEPTH = 0.002, 0.003
_NEWS_ANGLE, _NEWS_SCALE = np.radians(3.0), 0.02
"""Landmarks lean by so much with pose and expression: a seat that differs by less is the same."""


@dataclass(frozen=True, eq=False)
class Seat:
    """Where a piece sits on one person.

    Parameters
    ----------
    head_from_product : RigidTransform
        True metres; of a necklace from the trunk instead of the head.
    nodes : mapping of str to RigidTransform
        How parts are bent to the body, for example temples about their hinges.
    fade : Fade or None
        Where the piece vanishes towards its rear.
    scale : float
        Of a piece that is made in, or adjusts to, several sizes.
    """

    head_from_product: RigidTransform
    nodes: Mapping[str, RigidTransform] = field(default_factory=dict)
    fade: Fade | None = None
    scale: float = 1.0

    def differs_from(self, other: Seat) -> bool:
        """Whether the same piece would visibly sit somewhere else."""
        away = np.abs(self.head_from_product.translation - other.head_from_product.translation)
        turns = [self.head_from_product.inverse() @ other.head_from_product]
        turns += [self.nodes[name].inverse() @ other.nodes[name] for name in self.nodes]
        return bool(
            np.hypot(away[0], away[1]) > _NEWS_ALONG_FACE
            or away[2] > _NEWS_DEPTH
            or abs(self.scale / other.scale - 1.0) > _NEWS_SCALE
            or max(np.linalg.norm(t.rotation_vector) for t in turns) > _NEWS_ANGLE
        )

    def towards(self, other: Seat, share: float) -> Seat:
        """Return the seat of the same piece a share of the way to another."""
        nodes = {
            name: move.interpolated(other.nodes[name], share) for name, move in self.nodes.items()
        }
        fade = other.fade
        if self.fade is not None and fade is not None:
            fade = Fade(
                self.fade.start_z + share * (fade.start_z - self.fade.start_z),
                self.fade.end_z + share * (fade.end_z - self.fade.end_z),
            )
        return Seat(
            self.head_from_product.interpolated(other.head_from_product, share),
            nodes,
            fade,
            self.scale + share * (other.scale - self.scale),
        )
