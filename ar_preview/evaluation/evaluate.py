"""A clip through the real pipeline, and every figure that says how good it was."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.evaluation.clips import count_frames, frames_backward, frames_forward
from ar_preview.evaluation.consistency import (
    ConsistencyScore,
    measure_consistency,
    reversed_path,
)
from ar_preview.evaluation.hardening import AS_IT_IS, Hardening
from ar_preview.evaluation.head_mesh import HeadMesh
from ar_preview.evaluation.occlusion import OcclusionScore, choose_frames, measure_occlusion
from ar_preview.evaluation.running import Run, run_baseline, run_pipeline, run_tracker
from ar_preview.evaluation.seat import SeatScore, find_pupils, measure_seat
from ar_preview.evaluation.stick import StickScore, measure_stick
from ar_preview.fitting.temples import TEMPLE_NODES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ar_preview.evaluation.drawn import DrawnPath
    from ar_preview.evaluation.running import Pictures
    from ar_preview.evaluation.truth import Truth
    from ar_preview.geometry import Array
    from ar_preview.products.product import Product

__all__ = [
    "BASELINE",
    "CAMERAS",
    "ClipEvaluation",
    "Evaluation",
    "Row",
    "Timing",
    "evaluate_clip",
    "evaluate_poses",
    "evaluate_truth",
]

BASELINE = "MediaPipe's matrix"
CAMERAS = ("true camera", "default camera", "--fov 90")
"""What a run may assume of the camera; the columns of a table."""

_WIDE_FOV_DEGREES = 90.0
_DECIMALS = 4


@dataclass(frozen=True)
class Timing:
    """Wall time a frame, ms; the first frame, which starts everything, is left out."""

    stages_ms: Mapping[str, float]
    mean_ms: float
    p95_ms: float


@dataclass(frozen=True, eq=False)
class Row:
    """The figures of one run.

    Parameters
    ----------
    name : str
        Which camera the run assumed, or what else made the poses.
    path : DrawnPath
    stick : StickScore
    seat : SeatScore or None
        None where the clip or the run cannot tell.
    occlusion, temples : OcclusionScore or None
        Of the whole product, and of its temples alone.
    timing : Timing or None
    """

    name: str
    path: DrawnPath
    stick: StickScore
    seat: SeatScore | None = None
    occlusion: OcclusionScore | None = None
    temples: OcclusionScore | None = None
    timing: Timing | None = None


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A clip with truth, judged.

    Parameters
    ----------
    truth : Truth
        Of the frames as they were judged (hardened, where asked for).
    product : Product
    hardening : Hardening
    rows : tuple of Row
        The pipeline with the true camera first, or the poses that were given.
    pictures : Pictures or None
        Of the first run.
    """

    truth: Truth
    product: Product
    hardening: Hardening
    rows: tuple[Row, ...]
    pictures: Pictures | None = None

    def row(self, name: str) -> Row:
        """Return the row of a name."""
        return next(row for row in self.rows if row.name == name)

    def as_dict(self) -> dict[str, Any]:
        """Return all figures as plain numbers, for JSON."""
        return {
            "format": "ar-preview-evaluation",
            "version": 1,
            "clip": self.truth.name,
            "frames": len(self.truth),
            "product": self.product.id,
            "hardening": self.hardening.name,
            "rows": [
                {"name": row.name} | {part: _plain(getattr(row, part)) for part in _PARTS}
                for row in self.rows
            ],
        }


_PARTS = ("stick", "seat", "occlusion", "temples", "timing")


@dataclass(frozen=True, eq=False)
class ClipEvaluation:
    """A clip without truth, judged by itself.

    Parameters
    ----------
    clip : str
    product : Product
    hardening : Hardening
    frames : int
    consistency : ConsistencyScore
    timing : Timing
    forward, backward : DrawnPath
    pictures : tuple of two Pictures, or None
        Of the forward run, by the frames of the clip; of the backward run, by its own.
    """

    clip: str
    product: Product
    hardening: Hardening
    frames: int
    consistency: ConsistencyScore
    timing: Timing
    forward: DrawnPath
    backward: DrawnPath
    pictures: tuple[Pictures, Pictures] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return all figures as plain numbers, for JSON."""
        return {
            "format": "ar-preview-evaluation",
            "version": 1,
            "clip": self.clip,
            "frames": self.frames,
            "product": self.product.id,
            "hardening": self.hardening.name,
            "consistency": _plain(self.consistency),
            "timing": _plain(self.timing),
        }


def evaluate_truth(
    truth: Truth,
    product: Product,
    *,
    cameras: Sequence[str] = CAMERAS,
    hardening: Hardening = AS_IT_IS,
    studied: bool = True,
    keep_pictures: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Evaluation:
    """Run the pipeline with the true, the default and a wide camera, and judge it.

    The last row is MediaPipe's own matrix, which every other row should beat.

    Parameters
    ----------
    truth : Truth
    product : Product
        Glasses.
    cameras : sequence of str
        Which of `CAMERAS` the runs assume.
    hardening : Hardening
    studied : bool
        Whether the clip is looked at before it is dressed, as `ar-preview render` does; False
        for what a live preview shows.
    keep_pictures : bool
        Whether the pictures of the first run are kept, for a report.
    progress : callable, optional
        Is told what begins.

    Raises
    ------
    ArPreviewError
        If the clip, the head's mesh, the tracker or the renderer cannot be used.
    """
    say = progress or _nothing
    count = len(truth)
    frames = partial(frames_forward, truth.clip, count, hardening=hardening)
    judged = truth.every(hardening.stride)
    unjudged = hardening.unjudged(len(judged))
    head = None if truth.head_path is None else HeadMesh.read(truth.head_path)
    pupils: Array | None = None
    rows: list[Row] = []
    pictures = None
    for name in cameras:
        say(name)
        first = not rows
        run = run_pipeline(
            frames(**_assumed(name, truth)),
            product,
            studied=frames(**_assumed(name, truth)) if studied else (),
            keep_scenes=choose_frames(judged) if first else (),
            keep_pictures=keep_pictures and first,
        )
        if first:
            pupils, pictures = find_pupils(judged, run.tracks), run.pictures
        seen = run.path.without(unjudged)
        occlusion = temples = None
        if first and head is not None:
            occlude = partial(measure_occlusion, judged, seen, run.scenes, head)
            occlusion, temples = occlude(), occlude(TEMPLE_NODES)
        rows.append(
            Row(
                name,
                run.path,
                measure_stick(judged, run.path, unjudged),
                None if head is None else measure_seat(judged, seen, product, head, pupils),
                occlusion,
                temples,
                _timing(run),
            )
        )
    say(BASELINE)
    path = run_baseline(frames())
    rows.append(Row(BASELINE, path, measure_stick(judged, path, unjudged)))
    return Evaluation(judged, product, hardening, tuple(rows), pictures)


def evaluate_poses(
    truth: Truth,
    path: DrawnPath,
    product: Product,
    *,
    hardening: Hardening = AS_IT_IS,
    name: str = "poses",
) -> Evaluation:
    """Judge poses that were made before, by this program or another.

    Parameters
    ----------
    truth : Truth
        Of the clip as it is.
    path : DrawnPath
        By the frames of the clip, hardened if it was.
    product : Product
        What was worn.
    hardening : Hardening
        What the poses were made from.
    name : str
        Of the row.

    Raises
    ------
    ArPreviewError
        If the clip or the head's mesh cannot be read.
    """
    judged = truth.every(hardening.stride)
    unjudged = hardening.unjudged(len(judged))
    seat = None
    if truth.head_path is not None:
        head = HeadMesh.read(truth.head_path)
        tracks = (
            ()
            if truth.pupils_head is not None
            else run_tracker(frames_forward(truth.clip, len(truth), hardening=hardening))
        )
        seen = path.without(unjudged)
        seat = measure_seat(judged, seen, product, head, find_pupils(judged, tracks))
    stick = measure_stick(judged, path, unjudged)
    return Evaluation(judged, product, hardening, (Row(name, path, stick, seat),))


def evaluate_clip(
    clip: str,
    product: Product,
    *,
    hardening: Hardening = AS_IT_IS,
    studied: bool = True,
    keep_pictures: bool = False,
    progress: Callable[[str], None] | None = None,
) -> ClipEvaluation:
    """Play a clip without truth forwards and backwards, and compare.

    Parameters
    ----------
    clip : str
        What `open_source` opens as a video.
    product, hardening, studied, keep_pictures, progress
        As in `evaluate_truth`.

    Raises
    ------
    ArPreviewError
        If the clip, the tracker or the renderer cannot be used.
    """
    say = progress or _nothing
    count = count_frames(clip)
    judged = hardening.count(count)
    run = partial(run_pipeline, product=product, keep_pictures=keep_pictures)
    say("forwards")
    frames = partial(frames_forward, clip, count, hardening=hardening)
    forward = run(frames(), studied=frames() if studied else ())
    say("backwards")
    frames = partial(frames_backward, clip, count, hardening=hardening)
    backward = run(frames(), studied=frames() if studied else ())
    back = reversed_path(backward.path, judged)
    pictures = None
    if forward.pictures is not None and backward.pictures is not None:
        pictures = forward.pictures, backward.pictures
    return ClipEvaluation(
        clip,
        product,
        hardening,
        judged,
        measure_consistency(forward.path, back, judged),
        _timing(forward),
        forward.path,
        back,
        pictures,
    )


def _assumed(name: str, truth: Truth) -> dict[str, Any]:
    """Return what `open_source` is told of the camera."""
    true, default, wide = CAMERAS
    assumed: dict[str, dict[str, Any]] = {
        true: {"camera": truth.camera},
        default: {},
        wide: {"fov_degrees": _WIDE_FOV_DEGREES},
    }
    return assumed[name]


def _nothing(_: str) -> None:
    """Tell nobody."""


def _timing(run: Run) -> Timing:
    laps = run.total_ms[1:]
    if len(laps) == 0:
        laps = run.total_ms
    return Timing(
        {
            stage: float(np.mean(ms[1:] if len(ms) > 1 else ms))
            for stage, ms in run.timings_ms.items()
        },
        float(np.mean(laps)),
        float(np.percentile(laps, 95)),
    )


def _plain(value: Any) -> Any:
    """Return a score as rounded numbers; arrays, one value a frame, are left out."""
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(item)
            for field in dataclasses.fields(value)
            if not isinstance(item := getattr(value, field.name), np.ndarray)
        }
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return round(value, _DECIMALS) if isinstance(value, float) else value
