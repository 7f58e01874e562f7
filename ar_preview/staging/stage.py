"""Placed pieces, bodies and light become a scene."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.scene import Ellipsoid, Item, LightMode, Occluder, Scene, SkinShadow
from ar_preview.staging.clearance import SideClearance
from ar_preview.staging.contact import SkinTexels
from ar_preview.staging.light import light_estimator
from ar_preview.staging.occluders import face_surface, head_ellipsoid, head_occluders
from ar_preview.staging.shadows import FaceShadow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import FaceModel
    from ar_preview.person import HeadShape, Person
    from ar_preview.poses import HeadPose, Poses
    from ar_preview.products.product import Product
    from ar_preview.scene import Light
    from ar_preview.tracks import Tracks

__all__ = ["Stage"]

_MOST_SHADOWS = 8
"""Faces whose shadow is remembered while they are away."""

_SEAT_MOVED = 5e-4
"""Metres and radians by which glasses that creep to a better seat need another room."""


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
        self._casts = light != "off"
        self._worker = ThreadPoolExecutor(1, "ar-preview-shadow") if live else None
        self._texels: SkinTexels | None = None
        self._shadows: dict[int, FaceShadow] = {}
        self._light = light_estimator(light, model, continuous)
        self._clearances: dict[str, tuple[HeadShape, Product, Array, SideClearance]] = {}

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
        light = self._light.update(frame, face, pose)
        heads = {person.id: person.head for person in persons}
        bodies: dict[str, Ellipsoid] = {}
        occluders: list[Occluder] = []
        shadows: list[SkinShadow] = []
        for pose in poses.heads:
            head = heads.get(pose.person_id)
            if head is not None:
                clearance = self._room_for(items, pose, head)
                bodies[f"face:{pose.person_id}"] = head_ellipsoid(pose.camera_from_head, head)
                occluders += head_occluders(pose, head, self._model.triangles, clearance)
                shadows += self._shadow(pose, face_surface(head.face_head, clearance), items, light)
        worn = tuple(replace(i, body=bodies.get(i.anchor.split("/")[0])) for i in items)
        return Scene(camera, worn, tuple(occluders), light, tuple(shadows))

    def close(self) -> None:
        """End the thread, if there is one; calling it again is harmless."""
        if self._worker is not None:
            self._worker.shutdown(cancel_futures=True)

    def _shadow(
        self, pose: HeadPose, face_head: Array, items: Sequence[Item], light: Light
    ) -> list[SkinShadow]:
        """Return the shadow of what a head wears on its face, if there is one yet."""
        worn = [i for i in items if i.anchor.startswith(f"face:{pose.person_id}/")]
        if not worn or not self._casts:
            return []
        if self._texels is None:
            self._texels = SkinTexels(self._model)
        if pose.person_id not in self._shadows:
            if len(self._shadows) >= _MOST_SHADOWS:
                self._shadows.pop(next(iter(self._shadows)))
            self._shadows[pose.person_id] = FaceShadow(self._texels, self._worker)
        shadow = self._shadows[pose.person_id].update(pose, face_head, worn, light)
        return [shadow] if shadow is not None else []

    def _room_for(
        self, items: Sequence[Item], pose: HeadPose, head: HeadShape
    ) -> SideClearance | None:
        """Return the room that this head's glasses need; worked out anew when they move on it."""
        anchor = f"face:{pose.person_id}/glasses"
        item = next((i for i in items if i.anchor == anchor), None)
        if item is None:
            return None
        known = self._clearances.get(anchor)
        moves = {name: move.matrix for name, move in item.nodes.items()}
        head_from_product = pose.camera_from_head.inverse() @ item.camera_from_product
        seat = np.array([head_from_product.matrix, *moves.values()])
        if (
            known is None
            or known[0] is not head
            or known[1] is not item.product
            or np.abs(seat - known[2]).max() > _SEAT_MOVED
        ):
            vertices = head_from_product @ (item.scale * item.product.vertices_product(moves))
            known = (head, item.product, seat, SideClearance(vertices, head))
            self._clearances[anchor] = known
        return known[3]
