"""The whole pipeline: Frame -> Tracks -> Poses -> Scene -> Layer -> Image."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ar_preview.ahead import Ahead, both
from ar_preview.compositing import composite
from ar_preview.errors import TrackingError
from ar_preview.fitting import ASSUMED_CAMERA_LOG_SD, HeadMeasurer, Wardrobe
from ar_preview.geometry import Camera
from ar_preview.ladder import Ladder, Pace
from ar_preview.matching import CameraMatch
from ar_preview.person import check_pupil_distance
from ar_preview.pressing import HatPress
from ar_preview.quality import GPU, SOFTWARE, Quality
from ar_preview.registration import Gaps, Registration
from ar_preview.rendering import Renderer
from ar_preview.results import PreviewResult, Staged, Stopwatch, Tracked
from ar_preview.staging import Stage
from ar_preview.tracking import PeopleTracker, Tracker, load_face_model
from ar_preview.tracks import Tracks

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from types import TracebackType

    from ar_preview.frames import Frame
    from ar_preview.products.product import Product
    from ar_preview.scene import LightMode

__all__ = ["Preview", "PreviewResult"]

R = TypeVar("R")


class Preview:
    """Puts products on the people in a stream of frames.

    Use it on one thread, as a context manager.

    Parameters
    ----------
    products : sequence of Product
        What is worn, at most one per slot.
    continuous : bool
        True for a video or camera; False where every frame is a picture of its own.
    camera : Camera, optional
        The camera that took the frames, for frames that do not say; a default field of view
        is assumed where neither does.
    variant : str, optional
        Variant to show, for every product that has one of this name.
    num_faces, num_hands : int
        Most faces and hands to dress. What is worn decides which of them are looked for.
    tracker : Tracker, optional
        Another tracker, for example a `ReplayTracker`; closed with the preview.
    pupil_distance_mm : float, optional
        Known distance of the pupils for the far gaze, of whoever is seen: products are then
        drawn at their true size. Without it size comes from the irises, within some 7 %.
    live : bool
        True for a camera: no frame waits for what may come one later. Otherwise the same
        frames always give the same pictures. Where no graphics card draws, a live preview also
        lowers the quality as far as the camera's pace asks for.
    light : {"auto", "studio", "off"}
        Light products as the room in the picture does, as a neutral studio would, or not at
        all, so that they keep their own colours.
    watch_time : callable, optional
        Tells the time that watches show, a `datetime.time`; by default they stand still at what
        their models show.
    clock : callable
        Seconds that timings are taken with; ``time.process_time`` for the CPU time of all threads.

    Raises
    ------
    ProductError
        If the products cannot be worn together.
    TrackingError
        If the tracker cannot start.
    MeasurementError
        If the pupil distance is no human's.
    RenderError
        If there is no usable OpenGL driver.
    """

    def __init__(
        self,
        products: Sequence[Product] = (),
        *,
        continuous: bool = True,
        camera: Camera | None = None,
        variant: str | None = None,
        num_faces: int = 1,
        num_hands: int = 2,
        tracker: Tracker | None = None,
        pupil_distance_mm: float | None = None,
        live: bool = False,
        light: LightMode = "auto",
        watch_time: Callable[[], datetime.time] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._clock = clock
        self._watch_time = watch_time
        pupil_distance_m = check_pupil_distance(pupil_distance_mm)
        self._model = load_face_model()
        self._camera = camera
        self._continuous = continuous
        self._live = live
        self._run: Ahead[Frame, Tracked, Any] | None = None
        self._studied: dict[int, tuple[Tracks, dict[str, float]]] = {}
        self._own_tracker: PeopleTracker | None = None
        self.wear(products, variant)
        start = partial(self._start_tracker, tracker, num_faces, num_hands)
        build = partial(self._build, pupil_distance_m, light)
        self._tracker, self._renderer = both(start, build)
        self._quality = GPU
        self._pace: Pace | None = None
        if self._renderer.is_software and continuous:
            self._quality = SOFTWARE
            self._pace = Pace(Ladder()) if live else None
        self._tracked = 0
        self._gaps = Gaps()

    @property
    def driver(self) -> str:
        """Name of the OpenGL driver that draws."""
        return self._renderer.driver

    @property
    def quality(self) -> Quality:
        """What the next frame may cost."""
        return self._quality

    def wear(
        self, products: Sequence[Product], variant: str | None = None, *, person: int | None = None
    ) -> None:
        """Change what is worn from the next frame on that is not being dressed yet.

        That is the next one for `step`; a run is up to two frames ahead, of a camera one.

        Parameters
        ----------
        products, variant
            As above.
        person : int, optional
            Id of who alone wears it on the head; by default everybody wears the same again.

        Raises
        ------
        ProductError
            If the products cannot be worn together, or by one person alone.
        """
        if person is None:
            self._wardrobe = Wardrobe(self._model, products, variant, self._continuous)
        else:
            self._wardrobe.wear_alone(person, products, variant)
        if self._own_tracker is not None:
            self._own_tracker.look_for(**self._looks_for)

    @property
    def _wears_hand(self) -> bool:
        return bool(self._wardrobe.for_hands)

    @property
    def _looks_for(self) -> dict[str, bool]:
        """Say what is looked for.

        Faces also where nothing is worn at all, hands where they may hide what a face wears.
        """
        on_heads = self._wardrobe.for_heads
        return {
            "faces": bool(on_heads) or not self._wears_hand,
            "hands": self._wears_hand or bool(on_heads),
            "bodies": any(product.slot == "necklace" for product in on_heads),
            "silhouettes": any(product.slot == "hat" for product in on_heads),
        }

    def _build(self, pupil_distance_m: float | None, light: LightMode) -> Renderer:
        """Make all that follows the tracker."""
        model, continuous, live = self._model, self._continuous, self._live
        self._registration = Registration(model, continuous, pupil_distance_m, live)
        self._measurer = HeadMeasurer(model)
        self._stage = Stage(model, light, continuous, live)
        self._match = CameraMatch(continuous)
        self._press = HatPress(continuous)
        return Renderer()

    def _start_tracker(self, other: Tracker | None, num_faces: int, num_hands: int) -> Tracker:
        if other is not None:
            return other
        wanted = self._looks_for
        self._own_tracker = PeopleTracker(num_faces, num_hands, self._continuous, **wanted)
        return self._own_tracker

    def study(self, frames: Iterable[Frame]) -> None:
        """Look at the beginning of a recording before it is dressed.

        Size, shape and seat are then known from the first frame on and need not change while
        these frames are shown. They come again: the same frames, in the same order, are given
        to `step` or `run` next. Each is tracked and registered once, here; what is kept of one
        is some 25 kB.

        Parameters
        ----------
        frames : iterable of Frame
            The first ones of a video, or all.

        Raises
        ------
        SourceError
            As the frames do.
        TrackingError
            If the tracker fails for good, another run goes on, or frames are live or pictures
            of their own.
        """
        if self._run is not None:
            raise TrackingError("this preview is in the middle of a run: end that first")
        if self._live or not self._continuous:
            raise TrackingError("only a recording can be studied before it is shown")
        with self._ahead(self._track, self._look, frames) as looked:
            self._run = looked
            try:
                for frame, tracks, laps_ms in looked:
                    self._studied[frame.timestamp_ns] = tracks, laps_ms
            finally:
                self._run = None
                self._registration.settle()

    def step(self, frame: Frame) -> PreviewResult:
        """Process one frame.

        Frames of one source come in order; a jump in time or another size starts anew.

        Raises
        ------
        TrackingError, RenderError
            If a stage fails for good.
        """
        if self._run is not None:
            raise TrackingError("this preview is in the middle of a run: end that first")
        return self._draw(self._place(self._track(frame)))

    def run(self, frames: Iterable[Frame]) -> Generator[PreviewResult, None, None]:
        """Process frames in a pipeline of two stages: the pictures of `step`, sooner.

        While a frame is drawn here, the next one, of a recording the next two, are already read
        and tracked on a thread of its own, and registered, dressed and lit there or here, wherever
        there is time: two cores share the work evenly. Each result comes when it is ready, without
        waiting for the frame after it. The thread ends with the frames, with an error, when the
        iterator is closed, and with the preview.

        Parameters
        ----------
        frames : iterable of Frame
            For example a source; it is read on the other thread.

        Yields
        ------
        PreviewResult
            In the order of the frames.

        Raises
        ------
        SourceError
            As the frames do, after the results of all frames before.
        TrackingError, RenderError
            If a stage fails for good, or another run of this preview goes on.
        """
        if self._run is not None:
            raise TrackingError("this preview is in the middle of a run: end that first")
        with self._ahead(self._track, self._place, frames) as placed:
            self._run = placed
            try:
                for staged in placed:
                    yield self._draw(staged)
            finally:
                self._run = None

    def redraw(self, result: PreviewResult) -> PreviewResult:
        """Return a result drawn in full, for a picture that is kept: live ones may show less.

        Call it on the thread of `step` and `run`, between two results.

        Raises
        ------
        RenderError
            If drawing fails.
        """
        layer = self._renderer.render(result.scene, result.frame.image, SOFTWARE)
        layer = CameraMatch(continuous=False).apply(result.frame, result.scene, layer)
        layer = self._press.again(result.frame, result.scene, layer)
        return replace(result, image=composite(result.frame.image, layer), layer=layer)

    def _ahead(
        self,
        begin: Callable[[Frame], Tracked],
        finish: Callable[[Tracked], R],
        frames: Iterable[Frame],
    ) -> Ahead[Frame, Tracked, R]:
        """Work ahead of the results; a camera's are to be as new as can be."""
        return Ahead(begin, finish, frames, "ar-preview-tracking", 1 if self._live else 2)

    def _look(self, tracked: Tracked) -> tuple[Frame, Tracks, dict[str, float]]:
        watch = Stopwatch(self._clock, tracked.laps_ms)
        frame, tracks = tracked.frame, tracked.tracks
        camera = self._registration.camera_of(self._camera_of(frame), tracks)
        self._registration.study(frame, tracks, camera)
        watch.lap("register")
        return frame, tracks, watch.laps_ms

    def _track(self, frame: Frame) -> Tracked:
        studied = self._studied.pop(frame.timestamp_ns, None)
        if studied is not None:
            return Tracked(frame, *studied)
        watch = Stopwatch(self._clock)
        self._tracked += 1
        if self._tracked % self._quality.track_every == 0:
            tracks = self._tracker.track(frame)
        else:
            tracks = Tracks(frame.size, faces_sought=False, hands_sought=False)
        watch.lap("track")
        return Tracked(frame, tracks, watch.laps_ms)

    def _place(self, tracked: Tracked) -> Staged:
        """Find where everybody is and what they wear."""
        watch = Stopwatch(self._clock, tracked.laps_ms)
        # Another one may be put on meanwhile.
        frame, tracks, wardrobe = tracked.frame, tracked.tracks, self._wardrobe
        camera = self._registration.camera_of(self._camera_of(frame), tracks)
        hands = wardrobe.for_hands
        seen = self._registration.update(frame, tracks, camera, hands.fingers, hands.wrist)
        poses, persons = self._gaps.fill(*seen, tracks)
        watch.lap("register")
        now = None if self._watch_time is None else self._watch_time()
        items = wardrobe.dress(poses, persons, frame.time_s, now)
        persons = wardrobe.note_worn(persons, items)
        unsure = ASSUMED_CAMERA_LOG_SD if camera.assumed else 0.0
        measurements = tuple(self._measurer.measure(person, unsure) for person in persons)
        watch.lap("fit")
        scene = self._stage.build(frame, tracks, camera, poses, persons, items)
        watch.lap("stage")
        parts = self._renderer.plan(scene, self._quality)
        watch.lap("plan")
        return Staged(frame, tracks, poses, persons, scene, parts, measurements, watch.laps_ms)

    def _draw(self, staged: Staged) -> PreviewResult:
        """Put it into the picture."""
        watch = Stopwatch(self._clock, staged.laps_ms)
        frame, tracks, scene = staged.frame, staged.tracks, staged.scene
        layer = self._renderer.draw(staged.parts, frame.image)
        if self._quality.match:
            layer = self._match.apply(frame, scene, layer)
        layer = self._press.apply(frame, scene, layer, tracks.silhouettes)
        watch.lap("render")
        image = composite(frame.image, layer)
        watch.lap("composite")
        self._keep_pace(frame, watch.laps_ms)
        seen, laps_ms = (tracks, staged.poses, staged.persons), dict(watch.laps_ms)
        return PreviewResult(frame, image, layer, *seen, scene, laps_ms, staged.measurements)

    def _keep_pace(self, frame: Frame, laps_ms: Mapping[str, float]) -> None:
        """Choose the quality of the next frame by what this one took."""
        if self._pace is None:
            return
        track_s, draw_s = 1e-3 * laps_ms["track"], 1e-3 * (laps_ms["render"] + laps_ms["composite"])
        place_s = 1e-3 * sum(laps_ms.values()) - track_s - draw_s
        self._pace.note(frame, track_s, place_s, draw_s, overlapped=self._run is not None)
        self._quality = self._pace.quality
        self._stage.look_at_light(self._quality.light_every)

    def close(self) -> None:
        """End a run, release tracker, registration and renderer; twice is harmless."""
        if self._run is not None:
            self._run.close()
        self._tracker.close()
        self._registration.close()
        self._stage.close()
        self._renderer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _camera_of(self, frame: Frame) -> Camera:
        camera = frame.camera or self._camera or Camera.from_fov(frame.size)
        if (camera.width, camera.height) != frame.size:
            camera = camera.resized(frame.size)
        return camera
