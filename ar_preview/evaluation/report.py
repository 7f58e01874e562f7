"""A folder that shows an evaluation: figures, curves, and the worst frames as pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.errors import OutputError
from ar_preview.evaluation.evaluate import ClipEvaluation
from ar_preview.evaluation.placing import place_each_frame, place_on_head
from ar_preview.evaluation.stick import stick_errors
from ar_preview.evaluation.table import figures_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.evaluation.evaluate import Evaluation, Row
    from ar_preview.evaluation.truth import Truth
    from ar_preview.geometry import Array

__all__ = ["euler_degrees", "write_report"]

_WORST = 3
_APART = 5
"""Frames between two that are shown: neighbours of the worst frame look the same."""

_DPI = 110
_MARGIN = 0.35
_EXPECTED, _DRAWN = "#20d060", "#ff3040"


def write_report(evaluation: Evaluation | ClipEvaluation, folder: Path) -> tuple[Path, ...]:
    """Write ``summary.md``, ``evaluation.json`` and pictures; files of those names are replaced.

    Parameters
    ----------
    evaluation : Evaluation or ClipEvaluation
        With pictures, if the worst frames are to be shown.
    folder : Path
        Is made where it is missing.

    Returns
    -------
    tuple of Path
        What was written, the summary first.

    Raises
    ------
    OutputError
        If matplotlib is missing or the folder cannot be written.
    """
    figure_class = _figure_class()
    if isinstance(evaluation, ClipEvaluation):
        plots = {
            "Forwards against backwards": _plot_difference(figure_class, evaluation),
            "Worst frames": _plot_worst_pairs(figure_class, evaluation),
        }
    else:
        plots = {
            "Error over time": _plot_errors(figure_class, evaluation),
            "Trajectory": _plot_trajectory(figure_class, evaluation),
            "Worst frames": _plot_worst_frames(figure_class, evaluation),
        }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for title, figure in plots.items():
            if figure is not None:
                path = folder / f"{title.lower().replace(' ', '_')}.png"
                figure.savefig(path, dpi=_DPI)
                written.append((title, path))
        data = folder / "evaluation.json"
        data.write_text(json.dumps(evaluation.as_dict(), indent=2) + "\n", encoding="utf-8")
        summary = folder / "summary.md"
        summary.write_text(_summary(evaluation, written), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot write the report {folder}: {error.strerror}") from error
    return (summary, data, *(path for _, path in written))


def euler_degrees(rotations: Array) -> Array:
    """Return yaw, pitch and roll of a head before the camera, (..., 3), degrees.

    Yaw turns the nose to the picture's right, pitch lifts it, roll tilts the head clockwise in
    the picture; all are 0 for a head that faces the camera.

    Parameters
    ----------
    rotations : ndarray, shape (..., 3, 3)
        ``camera_from_head``, OpenCV camera axes.
    """
    nose, side = rotations[..., :, 2], rotations[..., :, 0]
    yaw = np.arctan2(nose[..., 0], -nose[..., 2])
    pitch = np.arcsin(np.clip(-nose[..., 1], -1.0, 1.0))
    roll = np.arctan2(side[..., 1], np.hypot(side[..., 0], side[..., 2]))
    return np.asarray(np.degrees(np.stack([yaw, pitch, roll], axis=-1)))


def _figure_class() -> Any:
    try:
        # Half a second of importing that only reports need.
        from matplotlib.figure import Figure
    except ImportError as error:
        raise OutputError(
            "a report needs matplotlib: pip install 'ar-preview[notebooks]'"
        ) from error
    return Figure


def _summary(evaluation: Evaluation | ClipEvaluation, plots: list[tuple[str, Path]]) -> str:
    document = evaluation.as_dict()
    header, lines = figures_of(evaluation)
    rows = ["| " + " | ".join(cells) + " |" for cells in (header, *lines)]
    rows.insert(1, "|---" + "|---:" * (len(header) - 1) + "|")
    return "\n".join(
        [
            f"# {document['product']} on {Path(document['clip']).name}",
            "",
            f"{document['frames']} frames, {evaluation.hardening.title}.",
            "",
            *rows,
            "",
            *(f"## {title}\n\n![{title}]({path.name})\n" for title, path in plots),
        ]
    )


def _plot_errors(figure_class: Any, evaluation: Evaluation) -> Any:
    figure = figure_class(figsize=(9, 3.6), layout="constrained")
    axis = figure.subplots()
    for row in evaluation.rows:
        axis.plot(row.stick.errors_px, lw=1.2, label=row.name)
    hidden = evaluation.hardening.unjudged(len(evaluation.truth))
    if hidden is not None:
        axis.axvspan(hidden.start, hidden.stop - 1, color="0.85", label="black")
    axis.set(xlabel="frame", ylabel="stick error, px rms", xlim=(0, len(evaluation.truth) - 1))
    axis.set_ylim(bottom=0.0)
    axis.legend(fontsize=8)
    axis.grid(alpha=0.3)
    return figure


def _plot_trajectory(figure_class: Any, evaluation: Evaluation) -> Any:
    """Rotation and distance of the head, true and as drawn, and the bridge's error in x and y."""
    truth, row = evaluation.truth, evaluation.rows[0]
    if len(row.path.index) == 0:
        return None
    figure = figure_class(figsize=(9, 7), layout="constrained")
    turns, distance, across = figure.subplots(3, 1, sharex=True)
    colours = ("tab:blue", "tab:orange", "tab:green")
    true_angles = euler_degrees(truth.camera_from_head[:, :3, :3])
    for angle, name, colour in zip(true_angles.T, ("yaw", "pitch", "roll"), colours, strict=True):
        turns.plot(angle, c=colour, lw=1.0, label=name)
    distance.plot(truth.camera_from_head[:, 2, 3], c="k", lw=1.0, label="truth")
    placed = place_on_head(truth, row.path)
    if placed is not None:
        back = placed.head_from_product.inverse()
        drawn = [pose @ back for pose in place_each_frame(truth, row.path, placed)]
        angles = euler_degrees(np.array([pose.rotation for pose in drawn]))
        for angle, colour in zip(angles.T, colours, strict=True):
            turns.plot(row.path.index, angle, ".", c=colour, ms=3)
        depth = [pose.translation[2] for pose in drawn]
        distance.plot(row.path.index, depth, ".", c="tab:red", ms=3, label="as drawn")
    errors = _error_vectors(truth, row)
    for axis_name, error in zip("xy", errors[:, 0].T, strict=True):
        across.plot(row.path.index, error, lw=1.0, label=f"bridge, {axis_name}")
    turns.set(ylabel="degrees", title="truth (lines) and as drawn (dots)")
    distance.set(ylabel="distance of the head, m")
    across.set(ylabel="stick error, px", xlabel="frame", xlim=(0, len(truth) - 1))
    for axis in (turns, distance, across):
        axis.legend(fontsize=8)
        axis.grid(alpha=0.3)
    return figure


def _error_vectors(truth: Truth, row: Row) -> Array:
    """Stick errors of a run as vectors, (N, K, 2)."""
    drawn = row.path.points_image
    if truth.is_still:
        return np.asarray(drawn - drawn.mean(axis=0))
    return stick_errors(truth.camera, truth.camera_from_head[row.path.index], drawn)


def _worst(errors_px: Array) -> list[int]:
    """Return the frames with the largest errors, some frames apart."""
    chosen: list[int] = []
    for index in np.argsort(-np.nan_to_num(errors_px, nan=-1.0)):
        if np.isfinite(errors_px[index]) and all(abs(index - c) >= _APART for c in chosen):
            chosen.append(int(index))
        if len(chosen) == _WORST:
            break
    return chosen


def _plot_worst_frames(figure_class: Any, evaluation: Evaluation) -> Any:
    row, pictures = evaluation.rows[0], evaluation.pictures
    worst = _worst(row.stick.errors_px)
    if pictures is None or not worst:
        return None
    errors = _error_vectors(evaluation.truth, row)
    figure = figure_class(figsize=(4.6 * len(worst), 3.2), layout="constrained")
    for axis, index in zip(figure.subplots(1, len(worst), squeeze=False)[0], worst, strict=True):
        at = int(np.searchsorted(row.path.index, index))
        drawn = row.path.points_image[at]
        _show(axis, pictures[index], drawn)
        expected = drawn - errors[at]
        axis.scatter(*expected.T, s=26, facecolors="none", edgecolors=_EXPECTED, lw=1.0)
        axis.scatter(*drawn.T, s=5, c=_DRAWN)
        axis.set_title(f"frame {index}: {row.stick.errors_px[index]:.2f} px", fontsize=9)
    figure.suptitle("rings: where the points belong; dots: where they were drawn", fontsize=9)
    return figure


def _show(axis: Any, image: npt.NDArray[np.uint8], points: Array) -> None:
    """Show the surroundings of the product."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = _MARGIN * float((high - low).max())
    height, width = image.shape[:2]
    # Image coordinates have the corner of the first pixel at 0.
    axis.imshow(image, extent=(0, width, height, 0), interpolation="nearest")
    axis.set_xlim(max(low[0] - margin, 0), min(high[0] + margin, width))
    axis.set_ylim(min(high[1] + margin, height), max(low[1] - margin, 0))
    axis.axis("off")


def _plot_difference(figure_class: Any, evaluation: ClipEvaluation) -> Any:
    figure = figure_class(figsize=(9, 3.6), layout="constrained")
    axis = figure.subplots()
    score = evaluation.consistency
    width = score.face_width_px or np.nan
    axis.plot(100.0 * score.differences_px / width, lw=1.2)
    axis.set(
        xlabel="frame",
        ylabel="difference, % of the face's width",
        xlim=(0, max(evaluation.frames - 1, 1)),
    )
    axis.set_ylim(bottom=0.0)
    axis.grid(alpha=0.3)
    return figure


def _plot_worst_pairs(figure_class: Any, evaluation: ClipEvaluation) -> Any:
    differences = evaluation.consistency.differences_px
    worst = _worst(differences)
    if evaluation.pictures is None or not worst:
        return None
    figure = figure_class(figsize=(4.6 * len(worst), 6.0), layout="constrained")
    axes = figure.subplots(2, len(worst), squeeze=False)
    for column, index in enumerate(worst):
        for line, path in enumerate((evaluation.forward, evaluation.backward)):
            played = index if line == 0 else evaluation.frames - 1 - index
            points = path.points_image[int(np.searchsorted(path.index, index))]
            _show(axes[line, column], evaluation.pictures[line][played], points)
        axes[0, column].set_title(f"frame {index}: {differences[index]:.2f} px", fontsize=9)
    figure.suptitle("forwards above, backwards below", fontsize=9)
    return figure
