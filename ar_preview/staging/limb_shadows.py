"""Shadows of rings on fingers, of watches and bracelets on arms."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.staging.hands import worn_radius
from ar_preview.staging.shadows import BodyShadow
from ar_preview.staging.texels import LimbTexels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from ar_preview.poses import FingerPose, WristPose
    from ar_preview.scene import Item, Light, SkinShadow

__all__ = ["LimbShadows"]

_FINGER_M, _WRIST_M = (0.018, 0.009), (0.042, 0.026)
"""Length to both sides of what is worn on which shadows fall, and usual radius, metres."""

_MOST = 12
"""Limbs whose shadow is remembered while they are away."""


class LimbShadows:
    """The shadows on all hands.

    Parameters
    ----------
    worker : Executor, optional
        As `BodyShadow` takes it.
    """

    def __init__(self, worker: Executor | None = None) -> None:
        self._worker = worker
        self._shadows: dict[str, BodyShadow] = {}

    def update(
        self,
        fingers: Sequence[FingerPose],
        wrist: WristPose | None,
        items: Sequence[Item],
        light: Light,
    ) -> list[SkinShadow]:
        """Return the shadows on one hand in a frame.

        Parameters
        ----------
        fingers : sequence of FingerPose
            Of this hand.
        wrist : WristPose or None
        items : sequence of Item
            What this hand wears.
        light : Light
        """
        found = []
        for finger in fingers:
            item = next((i for i in items if i.anchor.endswith(f"/ring:{finger.finger}")), None)
            if item is not None:
                texels = _texels(*_FINGER_M)
                shape = np.full(2, worn_radius(finger, item))
                seat = finger.camera_from_finger
                vertices = seat @ texels.vertices(shape)
                shadow = self._of(item.anchor, texels).update(seat, shape, vertices, (item,), light)
                found.append(shadow)
        on_wrist = [i for i in items if "/ring:" not in i.anchor]
        if wrist is not None and on_wrist:
            texels = _texels(*_WRIST_M)
            shape, seat = np.array(wrist.radii_m), wrist.camera_from_wrist
            key = on_wrist[0].anchor.partition("/")[0]
            shadow = self._of(key, texels).update(
                seat, shape, seat @ texels.vertices(shape), on_wrist, light
            )
            found.append(shadow)
        return [shadow for shadow in found if shadow is not None]

    def _of(self, key: str, texels: LimbTexels) -> BodyShadow:
        if key not in self._shadows:
            if len(self._shadows) >= _MOST:
                self._shadows.pop(next(iter(self._shadows)))
            self._shadows[key] = BodyShadow(texels, self._worker)
        return self._shadows[key]


@cache
def _texels(half_m: float, radius_m: float) -> LimbTexels:
    return LimbTexels(half_m, radius_m)
