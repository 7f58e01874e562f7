"""Hair over the ends of a necklace: they go under it, gradually, where it is sure."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.posture import camera_from_trunk
from ar_preview.staging.hair_beside import (
    SIDES,
    HairBeside,
    above,
    cheek_front,
    leaning_fade,
    light_at,
    redness,
)
from ar_preview.staging.skin import LUMINANCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera
    from ar_preview.person import HeadShape, Person
    from ar_preview.poses import HeadPose, Poses
    from ar_preview.products.product import Product
    from ar_preview.scene import Item
    from ar_preview.staging.chain_shadow import ChainLine
    from ar_preview.tracks import Handedness

__all__ = ["HairOverChain"]

_STATIONS = 24
"""Places on a chain from its middle to an end where it is looked at."""

_BRIGHT = 5
"""Of all places the one by brightness that must look like skin."""

_NECK = np.linspace(0.2, 0.55, 5)
_INSIDE = 0.005
"""Beside the neck between a chain's end and the lobe, so far inside: bare necks show skin there."""

_CHEST = np.stack(
    [*np.meshgrid([0.02, 0.06, 0.10, 0.14], [-0.10, -0.13, -0.16, -0.19]), np.full((4, 4), 0.07)],
    -1,
).reshape(-1, 3)
"""Places on the chest, trunk axes with x to the side, metres."""

_DARK, _DULL, _LESS_RED = (0.16, 0.24), (0.30, 0.42), (0.15, 0.30)
"""Light, relative to skin, below which it is hair whatever its colour, as necks in the shadow of a
jaw are hardly darker, and below which it is where it is also less red (logarithm of red over
green)."""

_LIT, _LIT_NECK = (0.08, 0.12), (0.45, 0.60)
"""Linear light of a cheek, and light of the chain's brightest part relative to it, from which on
skin under the chain can be told from hair."""

_AS_SKIN = (0.35, 0.55)
"""Difference in redness up to which what lies there may be skin."""

_CLOTH_LEVEL, _CLOTH_RED = 1.1, 0.45
"""Cloth that differs from hair by less, in logarithms of light and of red over green, may be it."""

_CHEST_SHARE = (0.25, 0.40)
"""Share of the chest that looks like the hair from which on that may be cloth."""

_PATCH = 0.004
"""Width over which the picture is averaged, metres."""

_EDGE = 0.010
"""Length over which a chain goes under hair, metres."""

_REAR = 0.15
"""So far behind the sides of a chain nothing of it is left."""


class HairOverChain:
    """Lets the ends of a necklace go under hair where the picture shows for sure that they are.

    An end is covered where the picture is dark, or darker and less red than skin, along the chain
    and on up beside the neck to the ear, where skin lies under the rest of the chain, and where
    little of the chest looks like that, as dark cloth would. What is not sure changes nothing.

    Parameters
    ----------
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._chains: dict[str, HairBeside] = {}

    def apply(
        self,
        image: RgbImage,
        camera: Camera,
        poses: Poses,
        persons: Sequence[Person],
        items: Sequence[Item],
        lines: Mapping[Product, ChainLine],
    ) -> list[Item]:
        """Return what is worn, with the ends of necklaces under hair out of sight.

        Parameters
        ----------
        image : ndarray, shape (H, W, 3), uint8
        camera : Camera
        poses : Poses
        persons : sequence of Person
        items : sequence of Item
            What is worn.
        lines : mapping of Product to ChainLine
            Of every necklace among them.
        """
        heads = {person.id: person.head for person in persons}
        wearers = {f"face:{pose.person_id}/necklace": pose for pose in poses.heads}
        known = self._chains if self._continuous else {}
        self._chains, covered = {}, []
        for item in items:
            pose = wearers.get(item.anchor)
            head = None if pose is None else heads.get(pose.person_id)
            if pose is None or head is None:
                covered.append(item)
                continue
            chain = self._chains[item.anchor] = known.get(item.anchor) or HairBeside()
            line = lines[item.product].points
            chain.step(partial(_look, image, camera, pose, head, item, line))
            covered.append(_under(item, chain, line))
        return covered


def _half(line: Array, sign: float) -> Array:
    """Return places from the middle of a chain to one end."""
    middle = len(line) // 2
    half = line[middle:] if (line[-1, 0] > line[0, 0]) == (sign > 0.0) else line[middle::-1]
    return np.asarray(half[np.linspace(0, len(half) - 1, _STATIONS).astype(int)])


def _look(
    image: RgbImage, camera: Camera, pose: HeadPose, head: HeadShape, item: Item, line: Array
) -> dict[Handedness, Array]:
    """Return for each side how surely hair covers the end and from which share of the way on.

    Empty where the chain is not in the picture.
    """
    halves = [item.camera_from_product @ (item.scale * _half(line, sign)) for _, sign in SIDES]
    nearest = min(float(half[:, 2].min()) for half in halves)
    if nearest <= 0.0:
        return {}
    coarse = max(1, int(_PATCH * camera.fx / nearest))
    chain = light_at(image, camera.project(np.vstack(halves)), coarse)
    if chain is None:
        return {}
    # What of the chain lies on skin, if anything does.
    bare = chain[int(np.argsort(chain @ LUMINANCE)[-_BRIGHT])]
    found = {}
    for (name, sign), half, light in zip(SIDES, halves, np.split(chain, 2), strict=True):
        lobe = head.ears[name].lobe_head - [sign * _INSIDE, 0.0, 0.0]
        seen = _look_aside(image, camera, pose, head, half[-1], lobe, sign, light, bare, coarse)
        if seen is not None:
            found[name] = seen
    return found


def _look_aside(
    image: RgbImage,
    camera: Camera,
    pose: HeadPose,
    head: HeadShape,
    end: Array,
    lobe: Array,
    sign: float,
    chain: Array,
    bare: Array,
    coarse: int,
) -> Array | None:
    beside = end + _NECK[:, None] * (pose.camera_from_head @ lobe - end)
    front = pose.camera_from_head @ cheek_front(head, sign)
    chest = camera_from_trunk(pose, head) @ (_CHEST * [sign, 1.0, 1.0])
    if len(front) < 3 or np.vstack([beside, front, chest])[:, 2].min() <= 0.0:
        return None
    light = light_at(image, camera.project(np.vstack([beside, front])), coarse)
    if light is None:
        return None
    skin = np.median(light[len(beside) :], axis=0)
    bright = max(float(skin @ LUMINANCE), 1e-4)
    hair = np.minimum.accumulate(_as_hair(chain, skin, bright)[::-1])[::-1]
    begins = int(np.argmax(hair > 0.5)) if hair[-1] > 0.5 else _STATIONS - 1
    sure = above(_LIT, bright) * above(_LIT_NECK, bare @ LUMINANCE / bright)
    sure *= 1.0 - above(_AS_SKIN, abs(float(redness(bare) - redness(skin))))
    sure *= float(hair[-1] * np.median(_as_hair(light[: len(beside)], skin, bright)))
    if sure > 0.0:
        covering = np.median(chain[min(begins, _STATIONS - 2) :], axis=0)
        sure *= 1.0 - above(_CHEST_SHARE, _alike(image, camera.project(chest), coarse, covering))
    return np.array([sure, begins / (_STATIONS - 1)])


def _as_hair(light: Array, skin: Array, bright: float) -> Array:
    level = light @ LUMINANCE / bright
    less_red = smooth_step(*_LESS_RED, redness(skin) - redness(light))
    dull = less_red * (1.0 - smooth_step(*_DULL, level))
    return np.asarray(np.maximum(1.0 - smooth_step(*_DARK, level), dull))


def _alike(image: RgbImage, places: Array, coarse: int, covering: Array) -> float:
    """Return which share of places looks like what covers a chain; all, where few are seen."""
    size = np.array([image.shape[1], image.shape[0]])
    inside = ((places >= 0.0) & (places < size - 1)).all(axis=1)
    light = light_at(image, places[inside], coarse) if 2 * inside.sum() >= len(places) else None
    if light is None:
        return 1.0
    levels = [np.log(v @ LUMINANCE + 0.004) for v in (light, covering)]
    alike = np.abs(levels[0] - levels[1]) < _CLOTH_LEVEL
    alike &= np.abs(redness(light) - redness(covering)) < _CLOTH_RED
    return float(alike.mean())


def _under(item: Item, chain: HairBeside, line: Array) -> Item:
    """Return a necklace with its ends under hair out of sight."""
    if not chain.covers:
        return item
    ends, across = [], []
    for name, sign in SIDES:
        cover, share = chain.shown(name)
        half = _half(line, sign)
        edge = [float(np.interp(share * (_STATIONS - 1), np.arange(_STATIONS), v)) for v in half.T]
        rear = float(half[-1, 2]) - _REAR
        ends.append(rear + cover * (edge[2] - rear))
        across.append(float(half[-1, 0]) + cover * (edge[0] - float(half[-1, 0])))
    return replace(item, fade=leaning_fade(ends, across, _EDGE))
