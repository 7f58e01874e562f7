"""Keeps the paths that a product names inside the product's folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from ar_preview.errors import ProductError

__all__ = ["confined_file"]


def confined_file(folder: Path, name: str, where: str) -> Path:
    """Return the path of a file inside a folder, links resolved.

    Parameters
    ----------
    folder : Path
    name : str
        Relative path as written in a manifest or a ``.gltf``.
    where : str
        Who names it, for the message.

    Raises
    ------
    ProductError
        If the path is empty, absolute, climbs out of the folder (also by a link), or does not
        exist there.
    """
    parts = PurePosixPath(name).parts
    windows = PureWindowsPath(name)
    bad = not name.strip() or "\0" in name or windows.drive or windows.root or "\\" in name
    if bad or PurePosixPath(name).is_absolute() or ".." in parts:
        raise ProductError(
            f"{where}: {name[:80]!r} must be a relative path inside {folder}, with forward slashes "
            "and without '..'"
        )
    try:
        root = folder.resolve()
        path = (root / name).resolve()
        inside = path.is_relative_to(root)
        there = inside and path.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise ProductError(
            f"{where}: {name[:80]!r} cannot be read ({type(error).__name__})"
        ) from error
    if not inside:
        raise ProductError(
            f"{where}: {name[:80]!r} leads out of {folder} through a link; copy the file into it"
        )
    if not there:
        raise ProductError(f"{where}: expected the file {name[:80]!r} beside it, got none; add it")
    return path
