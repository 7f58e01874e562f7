"""Frames in which nobody looked for faces or hands: what was there is still there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ar_preview.poses import Poses

if TYPE_CHECKING:
    from ar_preview.person import Person
    from ar_preview.tracks import Tracks

__all__ = ["Gaps"]


class Gaps:
    """Shows the last heads and hands once more where a frame was not searched for them."""

    def __init__(self) -> None:
        self._poses = Poses()
        self._persons: tuple[Person, ...] = ()

    def fill(
        self, poses: Poses, persons: tuple[Person, ...], tracks: Tracks
    ) -> tuple[Poses, tuple[Person, ...]]:
        """Return the poses and persons of a frame, with those that it was not searched for.

        Parameters
        ----------
        poses, persons
            As `Registration.update` returns them.
        tracks : Tracks
            Of this frame.
        """
        if not (tracks.hands_sought or poses.hands) and self._poses.hands:
            last = self._poses
            poses = replace(poses, hands=last.hands, fingers=last.fingers, wrists=last.wrists)
        if not tracks.faces_sought:
            there = {pose.person_id for pose in poses.heads}
            for pose, person in zip(self._poses.heads, self._persons, strict=True):
                if pose.person_id not in there:  # The picture alone could not follow it.
                    poses = replace(poses, heads=(*poses.heads, pose))
                    persons = (*persons, person)
        self._poses, self._persons = poses, persons
        return poses, persons
