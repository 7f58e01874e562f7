"""Hair over ears: temples and earrings go out of sight under it, gradually, where it is sure."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

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
    from collections.abc import Sequence

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.person import EarShape, HeadShape, Person
    from ar_preview.poses import Poses
    from ar_preview.scene import Item
    from ar_preview.tracks import Handedness

__all__ = ["HairOverEars"]

_IN_SIGHT = -0.25
"""Cosine of a side's outward normal to the line of sight from which on its ear may be seen."""

_BACK, _DOWN = np.meshgrid(np.linspace(-0.004, 0.012, 5), np.linspace(0.0, 1.0, 9))
_OUT = 0.7
"""An ear, from its root to its lobe: how far back in metres, and how far out for that."""

_CHEEK_X, _CHEEK_BELOW, _BEFORE_EAR = 0.035, 0.015, 0.015
"""The side of a cheek before the ear."""

_DARK, _DULL, _LESS_RED = (0.25, 0.35), (0.40, 0.50), (0.25, 0.35)
"""Light of the brightest fifth of an ear, relative to the skin, below which it is hair whatever its
colour, and below which it is where it is also less red, as logarithm of red over green."""

_BRIGHTEST, _DARKEST = 80.0, 10.0
_CHEEK_DARK = (0.35, 0.45)
"""Hair that falls over an ear darkens some of the cheek before it too; the room beside a bare ear
does not."""

_LIT = (0.08, 0.12)
"""Linear light of skin from which on its own shadows can be told from hair."""

_SKIN_AGAIN = 0.5
_ALONG, _BAND = np.linspace(0.0, 1.0, 24), np.array([-0.004, 0.0, 0.004])
_HINGE_ASIDE, _HINGE_BEHIND_EYES = 0.070, 0.005
"""Where temples begin, from the middle of the head and behind the eyes, metres."""

_EDGE = 0.008
"""Length over which temples go under hair, metres."""

_FOREMOST = -0.025
"""Product z in front of which glasses are no temples."""

_COARSE = 12.0
"""Pixels are averaged to so many over the length of an ear."""


class HairOverEars:
    """Lets temples and earrings go under hair where the picture shows for sure that ears are.

    An ear is covered where the picture is much darker, or darker and less red, than the front of
    the cheek on the same side, in the ear and before it. What is not sure changes nothing: most
    light hair is not told from skin.

    Parameters
    ----------
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._heads: dict[int, HairBeside] = {}

    def apply(
        self,
        image: RgbImage,
        camera: Camera,
        poses: Poses,
        persons: Sequence[Person],
        items: Sequence[Item],
    ) -> list[Item]:
        """Return what is worn, with the parts under hair out of sight.

        Parameters
        ----------
        image : ndarray, shape (H, W, 3), uint8
        camera : Camera
        poses : Poses
        persons : sequence of Person
        items : sequence of Item
            What is worn.
        """
        worn = {i.anchor.partition("/")[0] for i in items if _goes_under(i)}
        shapes = {person.id: person.head for person in persons}
        known = self._heads if self._continuous else {}
        self._heads, covered = {}, list(items)
        for pose in poses.heads:
            shape = shapes.get(pose.person_id)
            wearer = f"face:{pose.person_id}"
            if shape is None or wearer not in worn:
                continue
            head = self._heads[pose.person_id] = known.get(pose.person_id) or HairBeside()
            head.step(partial(_look, image, camera, pose.camera_from_head, shape))
            if head.covers:
                covered = [
                    _under(i, head, pose.camera_from_head, shape)
                    if i.anchor.startswith(f"{wearer}/") and _goes_under(i)
                    else i
                    for i in covered
                ]
        return covered


def _goes_under(item: Item) -> bool:
    slot = item.anchor.partition("/")[2]
    return slot.startswith("earrings:") or (slot == "glasses" and item.fade is not None)


def _look(
    image: RgbImage, camera: Camera, camera_from_head: RigidTransform, shape: HeadShape
) -> dict[Handedness, Array]:
    """Return how surely hair covers each ear that is seen, and how much of the way to the hinge."""
    found = {}
    for name, sign in SIDES:
        seen = _look_aside(image, camera, camera_from_head, shape, shape.ears[name], sign)
        if seen is not None:
            found[name] = seen
    return found


def _look_aside(
    image: RgbImage,
    camera: Camera,
    camera_from_head: RigidTransform,
    shape: HeadShape,
    ear: EarShape,
    sign: float,
) -> Array | None:
    root, lobe = ear.root_head, ear.lobe_head
    sight = camera_from_head @ root
    facing = -sign * float(camera_from_head.rotation[:, 0] @ sight / np.linalg.norm(sight))
    if facing < _IN_SIGHT:
        return None
    aside, back = sign * _OUT * _BACK.ravel(), -_BACK.ravel()
    flap = root + _DOWN.ravel()[:, None] * (lobe - root)
    flap += np.column_stack([aside, np.zeros_like(aside), back])
    front, cheek = cheek_front(shape, sign), _cheek(shape, root, lobe, sign)
    way = root + _ALONG[:, None] * (_hinge(shape, sign) - root)
    band = (way[:, None] + np.outer(_BAND, [0.0, 1.0, 0.0])).reshape(-1, 3)
    seen = camera_from_head @ np.vstack([flap, front, cheek, band])
    if len(front) < 3 or len(cheek) < 3 or seen[:, 2].min() <= 0.0:
        return None
    length = float(np.linalg.norm(np.diff(camera.project(seen[[0, 44]]), axis=0)))
    light = light_at(image, camera.project(seen), max(1, int(length / _COARSE)))
    if light is None:
        return None
    ends = np.cumsum([len(flap), len(front), len(cheek)])
    flap_light, front_light, cheek_light, band_light = np.split(light, ends)
    skin = np.median(front_light, axis=0)
    bright = float(skin @ LUMINANCE)
    level, cheek_level, band_level = (
        v @ LUMINANCE / max(bright, 1e-4) for v in (flap_light, cheek_light, band_light)
    )
    brightest = np.percentile(level, _BRIGHTEST)
    more_red = float(np.median(redness(flap_light)) - redness(skin))
    dull = above(_LESS_RED, -more_red) * (1.0 - above(_DULL, brightest))
    hair = max(1.0 - above(_DARK, brightest), dull)
    before = 1.0 - above(_CHEEK_DARK, np.percentile(cheek_level, _DARKEST))
    cover = above(_LIT, bright) * hair * before
    along = np.median(band_level.reshape(len(_ALONG), -1), axis=1)
    bare = np.flatnonzero(along > _SKIN_AGAIN)
    return np.array([cover, _ALONG[bare[0]] if len(bare) else 1.0])


def _hinge(shape: HeadShape, sign: float) -> Array:
    eyes = shape.eyes_head
    return np.array([sign * _HINGE_ASIDE, eyes[1], eyes[2] - _HINGE_BEHIND_EYES])


def _cheek(shape: HeadShape, root: Array, lobe: Array, sign: float) -> Array:
    """Return points of the side of a cheek before the ear, head space."""
    x, y, z = shape.face_head.T
    beside = (sign * x > _CHEEK_X) & (z > max(root[2], lobe[2]) + _BEFORE_EAR)
    beside &= (y > min(root[1], lobe[1]) - _CHEEK_BELOW) & (y < max(root[1], lobe[1]))
    return np.asarray(shape.face_head[beside])


def _under(
    item: Item, head: HairBeside, camera_from_head: RigidTransform, shape: HeadShape
) -> Item:
    """Return a piece with what of it is under hair out of sight."""
    if item.fade is None:
        cover, _ = head.shown(item.anchor.rpartition(":")[2])
        return replace(item, opacity=item.opacity * (1.0 - cover))
    product_from_head = item.camera_from_product.inverse() @ camera_from_head
    ends, across, most = [], [], 0.0
    for name, sign in SIDES:
        cover, share = head.shown(name)
        root = shape.ears[name].root_head
        edge = product_from_head @ (root + share * (_hinge(shape, sign) - root)) / item.scale
        end = max(item.fade.end_z, min(float(edge[2]), _FOREMOST))
        ends.append(item.fade.end_z + cover * (end - item.fade.end_z))
        across.append(float(edge[0]))
        most = max(most, cover)
    length = item.fade.start_z - item.fade.end_z
    length += most * (min(_EDGE, length) - length)
    return replace(item, fade=leaning_fade(ends, across, length))
