"""Where the files that the program reads live, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

__all__ = ["asset_path"]

_PACKAGE = Path(__file__).resolve().parent


def asset_path(*parts: str) -> Path:
    """Return the path of a bundled asset.

    The wheel carries ``assets/`` inside the package; a checkout keeps it beside it.

    Parameters
    ----------
    *parts : str
        Path below ``assets``, for example ``"models", "face_landmarker.task"``.
    """
    bundled = _PACKAGE / "assets"
    root = bundled if bundled.is_dir() else _PACKAGE.parent / "assets"
    return root.joinpath(*parts)
