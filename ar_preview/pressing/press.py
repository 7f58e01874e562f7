"""Hair that stands out beside a hat is pressed under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.pressing.drawing import drawn_in
from ar_preview.pressing.fill import Fill
from ar_preview.pressing.move import LOOSE_HAIR, HatMove
from ar_preview.pressing.outline import ANGLES, HatOutline
from ar_preview.pressing.search import find_fill
from ar_preview.pressing.silhouette import hair_reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame, RgbImage
    from ar_preview.geometry import Array
    from ar_preview.layer import Layer
    from ar_preview.products.product import Product
    from ar_preview.scene import Item, Scene
    from ar_preview.tracks import SilhouetteTrack

__all__ = ["HatPress"]

_SHARE = 0.7
"""Of a new look that is taken."""

_EASE = 0.25
"""Of what is known that is shown one frame later."""

_SURE_FROM, _SURE_FULL = 0.55, 0.8
"""How sure an edge of hair must be to be pressed a little, and wholly: hair before hair is .5."""

_HAND_ROOM = 1.1

_SEARCH_EVERY, _COVERED = 3, 0.9
"""Looks from one search for other background to the next, and how much of what hair leaves the
known one must cover that none is needed."""


@dataclass(eq=False)
class _Hair:
    """What is known of the hair under one hat, and what is shown of it.

    Parameters
    ----------
    product : Product
        The hat.
    reach, sure : ndarray, shape (A,)
        As `hair_reach` gives them, over several looks.
    fill : Fill
        What may stand in for it.
    """

    product: Product
    reach: Array
    sure: Array
    fill: Fill = field(default_factory=Fill.nothing)
    _looks: int = _SEARCH_EVERY
    _shown: tuple[Array, Array, Fill] | None = None

    def learn(self, reach: Array, sure: Array) -> None:
        """Take in another look; what is seen clearly counts more than what is not."""
        clear = 2.0 * sure / np.maximum(sure + self.sure, 1e-6)
        self.reach = self.reach + np.minimum(_SHARE * clear, 1.0) * (reach - self.reach)
        self.sure = self.sure + _SHARE * (sure - self.sure)

    def look_behind(
        self, image: RgbImage, outline: HatOutline, silhouette: SilhouetteTrack
    ) -> None:
        """Find what may stand in for the hair, mostly among what does already."""
        move = HatMove.of(outline, self.reach, self._trust)
        lacks = (self.fill.covers[move.excess > 0.0] < _COVERED).any()
        self._looks += 1
        anew = bool(lacks) and self._looks > _SEARCH_EVERY
        if anew:
            self._looks = 0
        self.fill = find_fill(image, move, silhouette, self.fill, anew=anew)

    @property
    def _trust(self) -> Array:
        return smooth_step(_SURE_FROM, _SURE_FULL, self.sure)

    def step(self, free: Array) -> None:
        """Go on by a frame.

        Parameters
        ----------
        free : ndarray, shape (A,)
            0 for directions in which nothing may move, else 1.
        """
        trust = free * self._trust * self.fill.covers
        if self._shown is None:
            self._shown = self.reach, trust, self.fill
        reach, shown_trust, fill = self._shown
        self._shown = (
            reach + _EASE * (self.reach - reach),
            shown_trust + _EASE * (trust - shown_trust),
            fill.eased(self.fill, _EASE),
        )

    def shown(self, outline: HatOutline, opacity: float) -> tuple[HatMove, Fill] | None:
        """Return how the picture changes under a hat; None where it stays as it is."""
        if self._shown is None:
            return None
        reach, trust, fill = self._shown
        move = HatMove.of(outline, reach, opacity * trust)
        return (move, fill) if move.excess.any() and len(fill.shifts) else None


class HatPress:
    """Presses hair that stands out beside a hat under it, as hats do.

    Hair is drawn inwards round the hat, and background from beside it fills the place it leaves;
    below the hem the hair comes out again. Where silhouettes do not tell for sure where hair ends,
    where no background would do, where a hand is and where another person begins, nothing moves.

    Parameters
    ----------
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._hair: dict[str, _Hair] = {}

    def apply(
        self,
        frame: Frame,
        scene: Scene,
        layer: Layer,
        silhouettes: Sequence[SilhouetteTrack] = (),
    ) -> Layer:
        """Return the layer with the picture behind it changed where hair stands out.

        Parameters
        ----------
        frame : Frame
        scene : Scene
            What was drawn.
        layer : Layer
            For this frame; it is not changed.
        silhouettes : sequence of SilhouetteTrack
            Those of this frame; hair stays as it is known where there is none.
        """
        hats = _hats(scene)
        known = self._hair if self._continuous else {}
        self._hair = {a: h for a, h in known.items() if a in hats and h.product is hats[a].product}
        if not hats or layer.is_empty:
            return layer
        outlines = _outlines(hats, scene)
        seen = {f"face:{silhouette.face_id}/hat": silhouette for silhouette in silhouettes}
        hands = _hand_points(scene)
        for anchor, outline in outlines.items():
            if anchor in seen:
                self._look(frame.image, hats[anchor], outline, seen[anchor])
            hair = self._hair.get(anchor)
            if hair is not None:
                others = [other for key, other in outlines.items() if key != anchor]
                hair.step(_free(outline, hair.reach, others, hands))
        return self._drawn(frame, hats, outlines, layer)

    def again(self, frame: Frame, scene: Scene, layer: Layer) -> Layer:
        """Return a layer changed as `apply` does, by what is known already.

        Parameters
        ----------
        frame, scene, layer
            As there, of the last frame that it had, or one shortly before.
        """
        hats = _hats(scene)
        return self._drawn(frame, hats, _outlines(hats, scene), layer)

    def _look(
        self, image: RgbImage, item: Item, outline: HatOutline, silhouette: SilhouetteTrack
    ) -> None:
        reach, sure = hair_reach(silhouette, outline)
        hair = self._hair.get(item.anchor)
        if hair is None:
            hair = self._hair[item.anchor] = _Hair(item.product, reach, sure)
        else:
            hair.learn(reach, sure)
        hair.look_behind(image, outline, silhouette)

    def _drawn(
        self,
        frame: Frame,
        hats: dict[str, Item],
        outlines: dict[str, HatOutline],
        layer: Layer,
    ) -> Layer:
        found = (
            self._hair[anchor].shown(outline, hats[anchor].opacity)
            for anchor, outline in outlines.items()
            if anchor in self._hair
        )
        return drawn_in(frame.image, layer, [move for move in found if move is not None])


def _hats(scene: Scene) -> dict[str, Item]:
    """Return the hats that are worn, by anchor."""
    return {i.anchor: i for i in scene.items if i.anchor.endswith("/hat") and i.opacity > 0.0}


def _outlines(hats: dict[str, Item], scene: Scene) -> dict[str, HatOutline]:
    """Return the outlines of those that are large enough and in front."""
    placed = {anchor: HatOutline.of(item, scene.camera) for anchor, item in hats.items()}
    return {anchor: outline for anchor, outline in placed.items() if outline is not None}


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
    ends = np.maximum(reach, hat.edge) + LOOSE_HAIR
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
