"""The figures of an evaluation as text, one line a figure, one column a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ar_preview.evaluation.evaluate import ClipEvaluation

if TYPE_CHECKING:
    from ar_preview.evaluation.evaluate import Evaluation, Row

__all__ = ["figures_of"]

# What it is called, the part of a row, the field, the format, the factor.
_FIGURES: tuple[tuple[str, str, str, str, float], ...] = (
    ("worn, % of frames", "stick", "found", ".1f", 100.0),
    ("worn again after, frames", "stick", "return_frames", "d", 1),
    ("stick error, px rms", "stick", "rms_px", ".2f", 1.0),
    ("  of the front", "stick", "front_rms_px", ".2f", 1.0),
    ("  95th percentile", "stick", "p95_px", ".2f", 1.0),
    ("  % of the face", "stick", "percent_of_face", ".2f", 1.0),
    ("jitter, px frame to frame", "stick", "jitter_px", ".3f", 1.0),
    ("largest jump, px", "stick", "jump_px", ".2f", 1.0),
    ("drift, px rms", "stick", "drift_px", ".3f", 1.0),
    ("lag, frames", "stick", "lag_frames", ".2f", 1.0),
    ("seat: gap to the nose, mm", "seat", "nose_gap_mm", ".1f", 1.0),
    ("  sunk into the face, mm", "seat", "penetration_mm", ".1f", 1.0),
    ("  lenses above the pupils, mm", "seat", "lens_height_mm", "+.1f", 1.0),
    ("  shifted to the left, mm", "seat", "lens_shift_mm", "+.1f", 1.0),
    ("  left lens higher, mm", "seat", "lens_tilt_mm", "+.1f", 1.0),
    ("  drawn larger than real, %", "seat", "size_percent", "+.1f", 1.0),
    ("  frame width as drawn, mm", "seat", "frame_width_mm", ".0f", 1.0),
    ("  true face width, mm", "seat", "face_width_mm", ".0f", 1.0),
    ("occlusion: IoU, %", "occlusion", "iou", ".1f", 100.0),
    ("  wrongly visible, %", "occlusion", "false_visible", ".1f", 100.0),
    ("  wrongly hidden, %", "occlusion", "false_hidden", ".1f", 100.0),
    ("  of the temples alone: IoU, %", "temples", "iou", ".1f", 100.0),
    ("    wrongly visible, %", "temples", "false_visible", ".1f", 100.0),
    ("    wrongly hidden, %", "temples", "false_hidden", ".1f", 100.0),
    ("time, ms a frame", "timing", "mean_ms", ".1f", 1.0),
    ("  95th percentile", "timing", "p95_ms", ".1f", 1.0),
)
_UNKNOWN = "-"


def figures_of(evaluation: Evaluation | ClipEvaluation) -> tuple[list[str], list[list[str]]]:
    """Return a table of what was measured.

    Returns
    -------
    header : list of str
        A corner and the names of the runs.
    lines : list of list of str
        The name of a figure and its value in each run, ``-`` where a run cannot tell; figures
        that no run has are left out.
    """
    if isinstance(evaluation, ClipEvaluation):
        return ["", "clip"], _of_clip(evaluation)
    header = ["", *(row.name for row in evaluation.rows)]
    lines = []
    for name, part, field, form, factor in _FIGURES:
        values = [_value(row, part, field, form, factor) for row in evaluation.rows]
        if any(value != _UNKNOWN for value in values):
            lines.append([name, *values])
    lines += [
        [f"  {stage}", *(_lap(row, stage) for row in evaluation.rows)]
        for stage in _stages(evaluation)
    ]
    return header, lines


def _value(row: Row, part: str, field: str, form: str, factor: float) -> str:
    value = getattr(getattr(row, part), field, None)
    return _UNKNOWN if value is None else _text(value, form, factor)


def _text(value: Any, form: str, factor: float = 1.0) -> str:
    return format(value * factor, form)


def _stages(evaluation: Evaluation) -> list[str]:
    timings = [row.timing for row in evaluation.rows if row.timing is not None]
    return list(timings[0].stages_ms) if timings else []


def _lap(row: Row, stage: str) -> str:
    if row.timing is None or stage not in row.timing.stages_ms:
        return _UNKNOWN
    return _text(row.timing.stages_ms[stage], ".1f")


def _of_clip(evaluation: ClipEvaluation) -> list[list[str]]:
    score, timing = evaluation.consistency, evaluation.timing

    def text(value: float | None, form: str) -> str:
        return _UNKNOWN if value is None else _text(value, form)

    return [
        ["worn, % of frames", _text(score.found_forward, ".1f", 100.0)],
        ["  played backwards", _text(score.found_backward, ".1f", 100.0)],
        ["forwards against backwards, % of face", text(score.median_percent, ".2f")],
        ["  95th percentile", text(score.p95_percent, ".2f")],
        ["jitter, px from the neighbours' middle", text(score.jitter_px, ".3f")],
        ["time, ms a frame", _text(timing.mean_ms, ".1f")],
        ["  95th percentile", _text(timing.p95_ms, ".1f")],
        *([f"  {stage}", _text(ms, ".1f")] for stage, ms in timing.stages_ms.items()),
    ]
