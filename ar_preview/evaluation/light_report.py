"""The light evaluation as a table, and as pictures side by side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.errors import OutputError
from ar_preview.evaluation.light import LIGHTS

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.evaluation.light import LightEvaluation
    from ar_preview.frames import RgbImage

__all__ = ["light_figures_of", "write_light_report"]


def light_figures_of(evaluation: LightEvaluation) -> tuple[list[str], list[list[str]]]:
    """Return a table of the medians, one line a material and light.

    Returns
    -------
    header : list of str
    lines : list of list of str
    """
    header = ["materials", "light", "PSNR, dB", "CIEDE2000", "skin near it, dB"]
    lines = [
        [
            materials,
            light,
            f"{evaluation.median(materials, light, 'psnr_db'):.1f}",
            f"{evaluation.median(materials, light, 'ciede2000'):.1f}",
            f"{evaluation.median(materials, light, 'skin_db'):.1f}",
        ]
        for materials in evaluation.materials
        for light in LIGHTS
    ]
    return header, lines


def write_light_report(evaluation: LightEvaluation, folder: Path) -> tuple[Path, ...]:
    """Write a summary, the figures and, for each material, a picture.

    A picture has one row a set-up: nothing worn, each light in the order of `LIGHTS`, the truth.

    Returns
    -------
    tuple of Path
        What was written, the summary first.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    header, lines = light_figures_of(evaluation)
    columns = "nothing worn, " + ", ".join(LIGHTS) + ", path-traced"
    text = [f"# Light: {evaluation.truth.name}", ""]
    text += ["| " + " | ".join(cells) + " |" for cells in (header, *lines)]
    text.insert(3, "|---|---" + "|---:" * (len(header) - 2) + "|")
    summary, data = folder / "summary.md", folder / "light.json"
    pictures = {folder / f"{m}.png": _sheet(evaluation, m) for m in evaluation.materials}
    for path in pictures:
        text += ["", f"## {path.stem}: {columns}", "", f"![{path.stem}]({path.name})"]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, picture in pictures.items():
            _, encoded = cv2.imencode(".png", np.ascontiguousarray(picture[..., ::-1]))
            path.write_bytes(encoded.tobytes())
        data.write_text(json.dumps(evaluation.as_dict(), indent=2) + "\n", encoding="utf-8")
        summary.write_text("\n".join(text) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot write the report {folder}: {error.strerror}") from error
    return (summary, data, *pictures)


def _sheet(evaluation: LightEvaluation, materials: str) -> RgbImage:
    rows = []
    for setup in evaluation.truth.setups:
        if materials in setup.truth:
            worn = [evaluation.pictures[setup.id, materials, light] for light in LIGHTS]
            rows.append(np.hstack([setup.bare, *worn, setup.truth[materials]]))
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, 4), (0, width - row.shape[1]), (0, 0))) for row in rows]
    return np.vstack(padded)
