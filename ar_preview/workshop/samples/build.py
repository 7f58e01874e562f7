"""Builds every sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.assets import asset_path
from ar_preview.workshop.samples.face_clip import build_face_clip
from ar_preview.workshop.samples.hand_clip import build_hand_clip

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["build_samples"]


def build_samples(out_dir: Path, pictures_dir: Path | None = None) -> None:
    """Build the sample clips and their truth.

    Parameters
    ----------
    out_dir : Path
        Is made where it is missing; files of the samples' names are replaced.
    pictures_dir : Path, optional
        Where ``astronaut.png`` and ``hand.jpg`` lie; the bundled samples by default.

    Raises
    ------
    SourceError
        If a picture is missing.
    TrackingError
        If a picture shows no face.
    OutputError
        If a clip cannot be written.
    """
    pictures = pictures_dir or asset_path("samples")
    out_dir.mkdir(parents=True, exist_ok=True)
    build_hand_clip(pictures / "hand.jpg", out_dir)
    build_face_clip(pictures / "astronaut.png", out_dir)
