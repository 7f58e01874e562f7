"""Hair that stands out beside a hat is pressed under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.pressing.move import STRETCH, HatMove, drawn_in
from ar_preview.pressing.outline import ANGLES, HatOutline
from ar_preview.pressing.silhouette import hair_reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array
    from ar_preview.layer import Layer
    from ar_preview.products.product import Product
    from ar_preview.scene import Scene

__all__ = ["HatPress"]

_EVERY = 10
"""Frames from one look at the hair to the next."""

_SHARE = 0.4
"""Of a new look that is taken."""

_EASE = 0.15
"""Of what is known that is shown one frame later."""

_SURE_FROM, _SURE_FULL = 0.3, 0.6
_HAND_ROOM = 1.1


@dataclass(eq=False)
class _Hair:
    """What is known of the hair under one hat, and what is shown of it.

    Parameters
    ----------
    product : Product
        The hat.
    reach, sure : ndarray, shape (A,)
        As `hair_reach` gives them, over several looks.
    shown_reach, shown_trust : ndarray, shape (A,), optional
        What the picture follows; None before the first frame.
    """

    product: Product
    reach: Array
    sure: Array
    shown_reach: Array | None = None
    shown_trust: Array | None = None

    def learn(self, reach: Array, sure: Array) -> None:
        """Take in another look; what is seen clearly counts more than what is not."""
        clear = 2.0 * sure / np.maximum(sure + self.sure, 1e-6)
        self.reach = self.reach + _SHARE * np.minimum(clear, 1.5) * (reach - self.reach)
        self.sure = self.sure + _SHARE * (sure - self.sure)

    def step(self, free: Array) -> tuple[Array, Array]:
        """Go on by a frame and return how far hair reaches and how much of it is pressed."""
        trust = free * smooth_step(_SURE_FROM, _SURE_FULL, self.sure)
        if self.shown_reach is None or self.shown_trust is None:
            self.shown_reach, self.shown_trust = self.reach, trust
        self.shown_reach = self.shown_reach + _EASE * (self.reach - self.shown_reach)
        self.shown_trust = self.shown_trust + _EASE * (trust - self.shown_trust)
        return self.shown_reach, self.shown_trust


class HatPress:
    """Presses hair that stands out beside a hat under it, as hats do.

    The picture is drawn inwards round the hat until the background begins where the hat ends;
    below its hem the hair comes out again. Where hair cannot be told from the background, where a
    hand is and where another person begins, nothing moves.

    Parameters
    ----------
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._hair: dict[str, _Hair] = {}
        self._until_next = 0

    def apply(self, frame: Frame, scene: Scene, layer: Layer) -> Layer:
        """Return the layer with the picture behind it moved where hair stands out.

        Parameters
        ----------
        frame : Frame
        scene : Scene
            What was drawn.
        layer : Layer
            For this frame; it is not changed.
        """
        hats = {i.anchor: i for i in scene.items if i.anchor.endswith("/hat") and i.opacity > 0.0}
        known = self._hair if self._continuous else {}
        self._hair = {a: h for a, h in known.items() if a in hats and h.product is hats[a].product}
        if not hats or layer.is_empty:
            return layer
        self._until_next -= 1
        looks = self._until_next <= 0
        if looks:
            self._until_next = _EVERY
        placed = {anchor: HatOutline.of(item, scene.camera) for anchor, item in hats.items()}
        outlines = {anchor: outline for anchor, outline in placed.items() if outline is not None}
        hands = _hand_points(scene)
        moves = []
        for anchor, outline in outlines.items():
            others = [other for key, other in outlines.items() if key != anchor]
            hair = self._hair.get(anchor)
            if hair is None:
                seen = hair_reach(frame.image, outline, others)
                hair = self._hair[anchor] = _Hair(hats[anchor].product, *seen)
            elif looks:
                hair.learn(*hair_reach(frame.image, outline, others))
            reach, trust = hair.step(_free(outline, hair.reach, others, hands))
            moves.append(HatMove.of(outline, reach, hats[anchor].opacity * trust))
        return drawn_in(frame.image, layer, [move for move in moves if move.excess.any()])


def _hand_points(scene: Scene) -> Array | None:
    """Return points of what is held before faces, px; None where nothing is."""
    found = [o.vertices_camera for o in scene.occluders if o.over_skin and len(o.vertices_camera)]
    if not found:
        return None
    points = np.concatenate(found).astype(np.float64)
    points = points[points[:, 2] > 0.0]
    return scene.camera.project(points) if len(points) else None


def _free(
    hat: HatOutline, reach: Array, others: Sequence[HatOutline], hands: Array | None
) -> Array:
    """Return 1 for the directions in which nobody else is near enough to be moved too, or 0."""
    ends = hat.edge + STRETCH * np.maximum(reach - hat.edge, 0.0)
    free = np.ones(len(ANGLES))
    for other in others:
        angle, distance = other.seen_from_middle(hat.at(ANGLES, ends))
        free[distance < np.interp(angle, ANGLES, other.edge)] = 0.0
    if hands is not None:
        angle, distance = hat.seen_from_middle(hands)
        near = distance < _HAND_ROOM * np.interp(angle, ANGLES, ends)
        step = ANGLES[1] - ANGLES[0]
        bins = np.round((angle[near] - ANGLES[0]) / step).astype(int)
        for beside in (-1, 0, 1):
            free[np.clip(bins + beside, 0, len(free) - 1)] = 0.0
    return free
