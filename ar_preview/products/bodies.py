"""Heads and hands that a model brings along to show how it is worn."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ar_preview.products.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Collection

    from ar_preview.products.product import Node

__all__ = ["Body", "find_bodies", "without_nodes"]

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_HEAD = frozenset(
    "head face skull mannequin manikin bust human person avatar man woman body skin".split()
    + ["occluder"]
)
_HAND = frozenset("hand hands finger fingers wrist forearm palm".split())
_ROUND, _THICK = 0.4, 0.12
"""Shortest by longest side: heads are 150 x 240 mm, hands 30 x 190."""

_BESIDE_PIECE = {"head": 0.6, "hand": 1.0}
"""Least length of a body by that of the piece: a watch's hands are shorter, its face is flat."""


@dataclass(frozen=True)
class Body:
    """A node that is no part of the piece.

    Parameters
    ----------
    node : str
    kind : {"head", "hand"}
    is_named : bool
        Whether its name or material says so; otherwise only its shape does.
    """

    node: str
    kind: Literal["head", "hand"]
    is_named: bool

    def __str__(self) -> str:
        """Say which node, and how it was told."""
        return (
            f"node {self.node!r}, a {self.kind} by its {'name and ' if self.is_named else ''}shape"
        )


def find_bodies(nodes: tuple[Node, ...]) -> tuple[Body, ...]:
    """Return the nodes that look like a head or a hand beside all others.

    Round ones without a telling name count as heads too, although the bowl of a hat is as round.
    """
    found = []
    for node in nodes:
        if not node.primitives or not any(n.primitives for n in nodes if n is not node):
            continue
        sides = np.sort(np.ptp(_surface(nodes, {node.name}).bounds, axis=0))
        others = {n.name for n in nodes} - {node.name}
        beside = float(np.ptp(_surface(nodes, others).bounds, axis=0).max())
        told = {w.lower() for t in _texts(node) for w in _WORD.findall(t)}
        is_round = sides[0] >= _ROUND * sides[2] and sides[2] >= _BESIDE_PIECE["head"] * beside
        is_long = sides[0] >= _THICK * sides[2] and sides[2] >= _BESIDE_PIECE["hand"] * beside
        if is_round and (told & _HEAD or not told & _HAND):
            found.append(Body(node.name, "head", bool(told & _HEAD)))
        elif is_long and told & _HAND:
            found.append(Body(node.name, "hand", True))
    return tuple(found)


def without_nodes(nodes: tuple[Node, ...], names: Collection[str]) -> tuple[Node, ...]:
    """Return the nodes, those of the names without anything to draw."""
    return tuple(replace(n, primitives=()) if n.name in names else n for n in nodes)


def _surface(nodes: tuple[Node, ...], names: Collection[str]) -> Surface:
    return Surface.of_nodes(without_nodes(nodes, {n.name for n in nodes} - set(names)))


def _texts(node: Node) -> tuple[str, ...]:
    return (node.name, *(part.material for part in node.primitives))
