"""What the pipeline hands on from step to step, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ar_preview.frames import Frame, RgbImage
    from ar_preview.layer import Layer
    from ar_preview.person import Measurements, Person
    from ar_preview.poses import Poses
    from ar_preview.rendering import Part
    from ar_preview.scene import Scene
    from ar_preview.tracks import Tracks

__all__ = ["PreviewResult", "Staged", "Stopwatch", "Tracked"]


@dataclass(frozen=True, eq=False)
class PreviewResult:
    """Everything that was found and made for one frame.

    Parameters
    ----------
    frame : Frame
        What went in.
    image : ndarray, shape (H, W, 3), uint8
        The picture with the products worn; RGB.
    layer : Layer
        The products alone, as light added and let through.
    tracks : Tracks
        Landmarks in px.
    poses : Poses
        Metres, camera space.
    persons : tuple of Person
        What is known of the persons, in the order of ``poses.heads``.
    scene : Scene
        What was drawn: camera, items, occluders, light.
    timings_ms : mapping of str to float
        Time by stage, wall time unless the preview has another clock: ``track``, ``register``,
        ``fit``, ``stage``, ``plan``, ``render``, ``composite``.
    measurements : tuple of Measurements or None
        Of the persons, in their order, mm; None while a head or its pupils are not known.
    """

    frame: Frame
    image: RgbImage
    layer: Layer
    tracks: Tracks
    poses: Poses
    persons: tuple[Person, ...]
    scene: Scene
    timings_ms: Mapping[str, float]
    measurements: tuple[Measurements | None, ...] = ()

    @property
    def total_ms(self) -> float:
        """Sum of all stages."""
        return sum(self.timings_ms.values())


@dataclass
class Stopwatch:
    """Splits a frame's time into stages.

    Parameters
    ----------
    clock : callable
        Seconds.
    laps_ms : dict of str to float
        By stage, ms; is continued.
    """

    clock: Callable[[], float]
    laps_ms: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._last = self.clock()

    def lap(self, name: str) -> None:
        """End a stage, or a part of it."""
        now = self.clock()
        self.laps_ms[name] = self.laps_ms.get(name, 0.0) + 1e3 * (now - self._last)
        self._last = now


@dataclass(frozen=True, eq=False)
class Tracked:
    """A frame and what was seen in it."""

    frame: Frame
    tracks: Tracks
    laps_ms: dict[str, float]


@dataclass(frozen=True, eq=False)
class Staged:
    """A frame and what is to be drawn into it."""

    frame: Frame
    tracks: Tracks
    poses: Poses
    persons: tuple[Person, ...]
    scene: Scene
    parts: tuple[Part, ...]
    measurements: tuple[Measurements | None, ...]
    laps_ms: dict[str, float]
