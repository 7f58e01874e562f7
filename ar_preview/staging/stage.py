"""Placed pieces, bodies and light become a scene."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from ar_preview.posture import camera_from_trunk
from ar_preview.products.surface import Surface
from ar_preview.scene import Ellipsoid, Item, LightMode, Occluder, Scene, SkinShadow
from ar_preview.staging.beside import head_in_picture
from ar_preview.staging.chain_back import chain_back
from ar_preview.staging.chain_shadow import ChainLine, chain_shadow
from ar_preview.staging.clearance import HatClearance, SideClearance, neck_share
from ar_preview.staging.hair_over_chain import HairOverChain
from ar_preview.staging.hair_over_ears import HairOverEars
from ar_preview.staging.hand_skin import LitHand
from ar_preview.staging.hands import hand_body, hand_occluders, in_front_of_faces
from ar_preview.staging.hem_shadow import hem_shadow, inner_shadow
from ar_preview.staging.light import light_estimator
from ar_preview.staging.limb_shadows import LimbShadows
from ar_preview.staging.occluders import (
    HeadOccluders,
    hat_filling,
    lobe_occluder,
)
from ar_preview.staging.raised_arms import RaisedArms
from ar_preview.staging.shadows import BodyShadow
from ar_preview.staging.texels import FaceTexels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import FaceModel
    from ar_preview.person import HeadShape, Person
    from ar_preview.poses import HandPose, HeadPose, Poses
    from ar_preview.products.product import Product
    from ar_preview.scene import Light
    from ar_preview.staging.clearance import Room
    from ar_preview.tracks import Tracks

__all__ = ["Stage"]

_MOST_SHADOWS = 8
"""Faces whose shadow is remembered while they are away."""

_BEFORE_FACE_M = 0.03
"""Room for what a face wears before its nose."""

_SEAT_MOVED = 5e-4
"""Metres and radians by which glasses that creep to a better seat need another room."""


_ROOM_SAMPLES = 30_000
_NEED_ROOM: Mapping[str, Callable[[Array, HeadShape], Room]] = {
    "glasses": SideClearance,
    "hat": HatClearance,
    "over_ear": partial(HatClearance, tight=False),
}


class Stage:
    """Builds the scene of each frame; remembers the light.

    Parameters
    ----------
    model : FaceModel
    light : {"auto", "studio", "off"}
        Where the light comes from.
    continuous : bool
        False where every frame is a picture of its own.
    live : bool
        True where frames do not wait: shadows are worked out on a thread of its own, which
        `close` ends. Otherwise the same frames always give the same scenes.
    """

    def __init__(
        self,
        model: FaceModel,
        light: LightMode = "auto",
        continuous: bool = True,
        live: bool = False,
    ) -> None:
        self._model = model
        self._occluders = HeadOccluders(model.triangles)
        self._casts = light != "off"
        self._worker = ThreadPoolExecutor(1, "ar-preview-shadow") if live else None
        self._texels: FaceTexels | None = None
        self._shadows: dict[int, BodyShadow] = {}
        self._limb_shadows = LimbShadows(self._worker)
        self._light = light_estimator(light, model, continuous)
        self._hair = HairOverEars(continuous)
        self._chain_hair = HairOverChain(continuous)
        self._arms = RaisedArms(continuous)
        self._chain_lines: WeakKeyDictionary[Product, ChainLine] = WeakKeyDictionary()
        self._neck_shares: dict[str, tuple[HeadShape, Product, float]] = {}
        self._rooms: dict[str, tuple[HeadShape, Product, Array, Room]] = {}

    def look_at_light(self, every: int) -> None:
        """Set how many frames pass from one look at the light to the next."""
        self._light.every = every

    def build(
        self,
        frame: Frame,
        tracks: Tracks,
        camera: Camera,
        poses: Poses,
        persons: Sequence[Person],
        items: Sequence[Item],
    ) -> Scene:
        """Return the scene of a frame.

        Parameters
        ----------
        frame : Frame
        tracks : Tracks
        camera : Camera
        poses : Poses
        persons : sequence of Person
        items : sequence of Item
            What is worn, already placed.
        """
        face = tracks.faces[0] if tracks.faces else None
        pose = next((p for p in poses.heads if face is not None and p.person_id == face.id), None)
        # A face that nobody looked for is still there: hands need not tell the light.
        by_hand = bool(poses.hands) and tracks.faces_sought
        lit = LitHand(poses.hands[0], camera) if by_hand else None
        light = self._light.update(frame, face, pose, lit)
        items = self._hair.apply(frame.image, camera, poses, persons, items)
        self._measure_chains(items)
        items = self._chain_hair.apply(
            frame.image, camera, poses, persons, items, self._chain_lines
        )
        heads = {person.id: person.head for person in persons}
        bodies: dict[str, Ellipsoid] = {}
        occluders: list[Occluder] = []
        shadows: list[SkinShadow] = []
        for pose in poses.heads:
            head = heads.get(pose.person_id)
            if head is not None:
                rooms = self._rooms_for(items, pose, head)
                bodies[f"face:{pose.person_id}"] = head_in_picture(
                    frame.image, camera, pose.camera_from_head, head
                )
                neck_share = self._neck_share(items, pose, head)
                occluders += self._occluders.of(pose, head, rooms, neck_share)
                occluders += _lobes(items, pose)
                occluders += _fillings(items, pose)
                for item in items:
                    if item.anchor == f"face:{pose.person_id}/necklace":
                        line = self._chain_lines[item.product]
                        occluders.append(chain_back(item, line, pose, head))
                        occluders += self._arms.of(frame, camera, pose)
                skin_head = self._occluders.skin(head, rooms)
                shadows += self._shadow(pose, skin_head, items, light)
                shadows += self._chain_shadows(items, pose)
                shadows += self._hem_shadows(items, pose)
        worn = [
            replace(item, body=bodies.get(item.anchor.split("/")[0]))
            for item in items
            if item.anchor.startswith("face:")
        ]
        for hand in poses.hands:
            dressed, hiding, dark = self._hand(hand, poses, items, light)
            worn += dressed
            occluders += hiding
            shadows += dark
        return Scene(camera, tuple(worn), tuple(occluders), light, tuple(shadows))

    def close(self) -> None:
        """End the thread, if there is one; calling it again is harmless."""
        if self._worker is not None:
            self._worker.shutdown(cancel_futures=True)

    def _shadow(
        self, pose: HeadPose, face_head: Array, items: Sequence[Item], light: Light
    ) -> list[SkinShadow]:
        """Return the shadow of what a head wears on its face, if there is one yet."""
        # What swings or hangs at ears and neck shades no face.
        shading = {f"face:{pose.person_id}/{slot}" for slot in ("glasses", "hat")}
        worn = [i for i in items if i.anchor in shading]
        if not worn or not self._casts:
            return []
        if self._texels is None:
            self._texels = FaceTexels(self._model)
        if pose.person_id not in self._shadows:
            if len(self._shadows) >= _MOST_SHADOWS:
                self._shadows.pop(next(iter(self._shadows)))
            self._shadows[pose.person_id] = BodyShadow(self._texels, self._worker)
        skin = self._texels.vertices(pose.camera_from_head, pose.vertices_camera)
        shadow = self._shadows[pose.person_id].update(
            pose.camera_from_head, face_head, skin, worn, light
        )
        if shadow is None:
            return []
        shown = max(item.opacity for item in worn)
        return [replace(shadow, strength=shown * shadow.strength) if shown < 1.0 else shadow]

    def _measure_chains(self, items: Sequence[Item]) -> None:
        """Find the lines of necklaces that are not known yet."""
        for item in items:
            if item.anchor.endswith("/necklace") and item.product not in self._chain_lines:
                self._chain_lines[item.product] = ChainLine.of(item.product)

    def _chain_shadows(self, items: Sequence[Item], pose: HeadPose) -> list[SkinShadow]:
        """Return what a necklace darkens right beside it."""
        worn = [i for i in items if i.anchor == f"face:{pose.person_id}/necklace" and self._casts]
        return [chain_shadow(i, self._chain_lines[i.product], pose) for i in worn]

    def _hem_shadows(self, items: Sequence[Item], pose: HeadPose) -> list[SkinShadow]:
        """Return what a hat darkens in it and right below it beside the face."""
        worn = [i for i in items if i.anchor == f"face:{pose.person_id}/hat" and self._casts]
        found = [shadow for i in worn for shadow in (inner_shadow(i, pose), hem_shadow(i, pose))]
        return [shadow for shadow in found if shadow is not None]

    def _hand(
        self, hand: HandPose, poses: Poses, items: Sequence[Item], light: Light
    ) -> tuple[list[Item], list[Occluder], list[SkinShadow]]:
        """Return what one hand wears, what of it hides, and the shadows on it."""
        mine = [i for i in items if i.anchor.startswith(f"hand:{hand.hand_id}/")]
        fingers = [f for f in poses.fingers if f.hand_id == hand.hand_id]
        wrist = next((w for w in poses.wrists if w.hand_id == hand.hand_id), None)
        dressed = [replace(item, body=hand_body(hand, item, wrist)) for item in mine]
        others = [i for i in items if not i.anchor.startswith(f"hand:{hand.hand_id}/")]
        hiding = hand_occluders(hand, fingers, wrist, mine, others)
        dark = self._limb_shadows.update(fingers, wrist, mine, light) if self._casts else []
        faces = [float(p.vertices_camera[:, 2].min()) - _BEFORE_FACE_M for p in poses.heads]
        return in_front_of_faces(faces, dressed, hiding, dark, hand)

    def _rooms_for(self, items: Sequence[Item], pose: HeadPose, head: HeadShape) -> list[Room]:
        """Return the room that this head's pieces need; worked out anew when they move on it."""
        rooms = []
        for item in items:
            wearer, _, slot = item.anchor.partition("/")
            if wearer != f"face:{pose.person_id}" or slot not in _NEED_ROOM:
                continue
            known = self._rooms.get(item.anchor)
            moves = {name: move.matrix for name, move in item.nodes.items()}
            head_from_product = pose.camera_from_head.inverse() @ item.camera_from_product
            seat = np.array([head_from_product.matrix, *moves.values()])
            if (
                known is None
                or known[0] is not head
                or known[1] is not item.product
                or np.abs(seat - known[2]).max() > _SEAT_MOVED
            ):
                points = item.scale * _points(item.product, slot, moves)
                room = _NEED_ROOM[slot](head_from_product @ points, head)
                known = (head, item.product, seat, room)
                self._rooms[item.anchor] = known
            rooms.append(known[3])
        # What fills a hat is not drawn in again beside temples, which lie below its hem.
        return sorted(rooms, key=lambda room: not isinstance(room, SideClearance))

    def _neck_share(self, items: Sequence[Item], pose: HeadPose, head: HeadShape) -> float:
        """Return the share of the neck's width that a necklace leaves."""
        anchor = f"face:{pose.person_id}/necklace"
        item = next((i for i in items if i.anchor == anchor), None)
        if item is None:
            return 1.0
        known = self._neck_shares.get(anchor)
        if known is None or known[0] is not head or known[1] is not item.product:
            trunk = camera_from_trunk(pose, head)
            points = item.scale * item.product.vertices_product()
            points = trunk.inverse() @ (item.camera_from_product @ points)
            known = (head, item.product, neck_share(points, head.neck))
            self._neck_shares[anchor] = known
        return known[2]


def _lobes(items: Sequence[Item], pose: HeadPose) -> list[Occluder]:
    """Return the lobes of a head that wears earrings."""
    anchor = f"face:{pose.person_id}/earrings:"
    return [lobe_occluder(item) for item in items if item.anchor.startswith(anchor)]


def _fillings(items: Sequence[Item], pose: HeadPose) -> list[Occluder]:
    """Return what fills the hat of a head that wears one."""
    anchor = f"face:{pose.person_id}/hat"
    return [hat_filling(item) for item in items if item.anchor == anchor]


def _points(product: Product, slot: str, moves: Mapping[str, Array]) -> Array:
    """Return what stands for a product's surface, product space."""
    if slot == "glasses":
        return product.vertices_product(moves)
    return Surface.of_product(product, moves).samples(_ROOM_SAMPLES)
