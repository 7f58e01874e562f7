"""What the command line says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.app.entries import Entry
    from ar_preview.app.feeds import Feed
    from ar_preview.app.fitting_room import Photograph
    from ar_preview.scene import LightMode

__all__ = ["Options"]


@dataclass(frozen=True)
class Options:
    """How the window begins.

    Parameters
    ----------
    feed : Feed or None
        What is shown first; None is the first camera, or the sample where there is none.
    wear : tuple of Entry
        What is worn first; without any, the first product.
    folder : Path or None
        Where pictures and videos go this time; otherwise the person is asked once.
    frame_limit : int or None
        Close by itself after so many shown pictures.
    pupil_distance_mm : float or None
        Known pupil distance of the person, for true size.
    light : {"auto", "studio", "off"}
        As `Preview` takes it.
    faces : int
        Most people to dress.
    kiosk : bool
        Stand alone: full screen, invite, forget, and no way out but a chord of keys.
    photograph : callable, optional
        Makes the picture of an own product for the shelf: RGB or RGBA of a `Product`.
    """

    feed: Feed | None = None
    wear: tuple[Entry, ...] = ()
    folder: Path | None = None
    frame_limit: int | None = None
    pupil_distance_mm: float | None = None
    light: LightMode = "auto"
    faces: int = 1
    kiosk: bool = False
    photograph: Photograph | None = None
