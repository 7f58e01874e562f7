"""Placed pieces, bodies and light become a scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.scene import Item, Light, Scene
from ar_preview.staging.light import LightEstimator
from ar_preview.staging.occluders import head_occluders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame
    from ar_preview.geometry import Camera
    from ar_preview.landmarks import FaceModel
    from ar_preview.person import Person
    from ar_preview.poses import Poses
    from ar_preview.tracks import Tracks

__all__ = ["Stage"]


class Stage:
    """Builds the scene of each frame; remembers the light.

    Parameters
    ----------
    model : FaceModel
    """

    def __init__(self, model: FaceModel) -> None:
        self._model = model
        self._light = LightEstimator()

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
        light: Light = self._light.update(frame, tracks.faces[0] if tracks.faces else None)
        heads = {person.id: person.head for person in persons}
        occluders = [
            occluder
            for pose in poses.heads
            if (head := heads.get(pose.person_id)) is not None
            for occluder in head_occluders(pose, head, self._model.triangles)
        ]
        return Scene(camera, tuple(items), tuple(occluders), light)
