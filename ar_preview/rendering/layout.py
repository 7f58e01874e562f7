"""A model as it is drawn: parts of one material at once, however many nodes move them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ar_preview.geometry import Array
    from ar_preview.products.product import Primitive, Product

__all__ = ["MOST_NODES", "Batch", "Layout"]

MOST_NODES = 64
"""Nodes of a batch: what a shader is told of them must fit into a block of 16 kB."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Batch:
    """Parts that are drawn with one call.

    Parameters
    ----------
    primitive : Primitive
        All of them; each vertex in its node's space.
    slots : ndarray, shape (N,), float32
        By vertex, place of its node in `nodes`.
    nodes : tuple of str
    spans : tuple of (int, int)
        First vertex of each node and the one after the last.
    mirrored : bool
        Whether the nodes turn triangles inside out.
    """

    primitive: Primitive
    slots: Floats
    nodes: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    mirrored: bool


@dataclass(frozen=True, eq=False)
class Layout:
    """What of a model stays the same from frame to frame.

    Parameters
    ----------
    batches : tuple of Batch
    positions : ndarray, shape (3, N), float32
        Of the vertices of all, node space, metres.
    corners : ndarray, shape (3, M), int
        Triangles of all.
    """

    batches: tuple[Batch, ...]
    positions: Floats
    corners: npt.NDArray[np.intp]

    @classmethod
    def of(cls, model: Product, apart: Collection[str]) -> Layout:
        """Lay out a model.

        Parameters
        ----------
        model : Product
        apart : collection of str
            Keys of materials whose parts are drawn one by one: those that show what is behind.
        """
        placed = model.product_from_node()
        groups: dict[tuple[object, ...], list[tuple[str, Primitive]]] = {}
        for node in model.nodes:
            mirrored = bool(np.linalg.det(placed[node.name][:3, :3]) < 0.0)
            for part in node.primitives:
                if len(part.triangles) == 0:
                    continue
                kind = (part.material, part.colors is None, part.second_uv is None, mirrored)
                alone = (len(groups),) if part.material in apart else ()
                groups.setdefault((*kind, *alone), []).append((node.name, part))
        batches = [
            _batch(parts[first : first + MOST_NODES], bool(key[3]))
            for key, parts in groups.items()
            for first in range(0, len(parts), MOST_NODES)
        ]
        starts = np.cumsum([0, *[len(b.slots) for b in batches]])
        corners = [np.zeros((3, 0), np.intp)] + [
            b.primitive.triangles.T.astype(np.intp) + start
            for b, start in zip(batches, starts[:-1], strict=True)
        ]
        positions = [np.zeros((0, 3), np.float32)] + [b.primitive.positions for b in batches]
        return cls(
            tuple(batches),
            np.ascontiguousarray(np.concatenate(positions).T, np.float32),
            np.ascontiguousarray(np.hstack(corners)),
        )

    def moved(self, placed: Sequence[Floats]) -> Floats:
        """Return the vertices where their nodes are, (3, N).

        Parameters
        ----------
        placed : sequence of ndarray, shape (K, 4, 4)
            By batch, where its nodes are.
        """
        out = np.empty_like(self.positions)
        start = 0
        for batch, matrices in zip(self.batches, placed, strict=True):
            for (first, end), matrix in zip(batch.spans, matrices, strict=True):
                own = slice(first + start, end + start)
                np.matmul(matrix[:3, :3], self.positions[:, own], out=out[:, own])
                out[:, own] += matrix[:3, 3:]
            start += len(batch.slots)
        return out


def _batch(parts: Sequence[tuple[str, Primitive]], mirrored: bool) -> Batch:
    names = tuple(name for name, _ in parts)
    counts = [len(part.positions) for _, part in parts]
    ends = np.cumsum([0, *counts])
    spans = tuple(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))
    first = parts[0][1]
    merged = first
    if len(parts) > 1:
        shifted = [
            p.triangles + np.uint32(start) for (_, p), (start, _) in zip(parts, spans, strict=True)
        ]
        merged = replace(
            first,
            positions=_joined([p.positions for _, p in parts]),
            normals=_joined([p.normals for _, p in parts]),
            uv=_joined([p.uv for _, p in parts]),
            triangles=np.concatenate(shifted).astype(np.uint32),
            colors=None if first.colors is None else _joined([p.colors for _, p in parts]),
            second_uv=None if first.second_uv is None else _joined([p.second_uv for _, p in parts]),
        )
    slots = np.repeat(np.arange(len(parts), dtype=np.float32), counts)
    return Batch(merged, slots, names, spans, mirrored)


def _joined(columns: Sequence[Array | Floats | None]) -> Floats:
    return np.concatenate([c for c in columns if c is not None]).astype(np.float32)
