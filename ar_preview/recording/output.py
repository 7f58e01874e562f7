"""Files that appear whole or not at all, and only where the user asked for them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from ar_preview.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["PendingFile", "check_output", "numbered_path", "path_in_folder"]


def check_output(
    path: str | Path, overwrite: bool = False, suffixes: Collection[str] | None = None
) -> Path:
    """Refuse an output path that cannot be written, before any work is done.

    Parameters
    ----------
    path : str or Path
    overwrite : bool
        Allow an existing file.
    suffixes : collection of str, optional
        The file name endings that make sense, in lower case with the dot.

    Returns
    -------
    Path

    Raises
    ------
    OutputError
        If the file exists, is a folder, ends in an unknown suffix, or its folder cannot be
        written.
    """
    path = Path(path).expanduser()
    if suffixes is not None and path.suffix.lower() not in suffixes:
        known = ", ".join(sorted(suffixes))
        raise OutputError(f"expected a file name ending in {known}, got {path}")
    try:
        if path.is_dir():
            raise OutputError(f"expected a file name, but {path} is a folder")
        if path.exists() and not overwrite:
            raise OutputError(
                f"{path} exists already: choose another name or allow overwriting (--overwrite)"
            )
        folder = path.absolute().parent
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from None
    if not folder.is_dir():
        raise OutputError(f"cannot write {path}: {folder} is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"cannot write {path}: no permission in {folder}")
    return path


def path_in_folder(folder: str | Path, name: str) -> Path:
    """Return the path of a file that lies in a folder and nowhere else.

    Raises
    ------
    OutputError
        If the name is empty, absolute, leads out of the folder or through a link out of it.
    """
    root = Path(folder).resolve()
    path = (root / name).resolve()
    if path == root or not path.is_relative_to(root):
        raise OutputError(f"expected a name inside {folder}, got {name!r}")
    return path


def numbered_path(folder: Path, stem: str, suffix: str, taken: Collection[Path] = ()) -> Path:
    """Return the first of ``stem-001.suffix``, ``stem-002.suffix`` ... that is free.

    Parameters
    ----------
    folder : Path
    stem, suffix : str
        The suffix with its dot.
    taken : collection of Path
        Files that do not exist yet but will.
    """
    number = 1
    while (path := folder / f"{stem}-{number:03d}{suffix}").exists() or path in taken:
        number += 1
    return path


class PendingFile:
    """A hidden file beside the wanted one that takes its name only when it is whole.

    Missing folders are made, and removed again if the file is given up.

    Parameters
    ----------
    path : Path
    overwrite : bool

    Raises
    ------
    OutputError
        As `check_output`, and if the folder turns out not to be writable.
    """

    def __init__(self, path: str | Path, overwrite: bool = False) -> None:
        self.path = check_output(path, overwrite)
        self._overwrite = overwrite
        self._made: list[Path] = []
        token = secrets.token_hex(4)
        self.temporary = self.path.with_name(f".{self.path.name}.{token}.part")
        try:
            self._make_folders()
            # Mode 0o666 less the umask, as for any file that a program makes.
            os.close(os.open(self.temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except OSError as error:
            self.discard()
            raise OutputError(f"cannot write {self.path}: {error.strerror}") from None

    def commit(self) -> None:
        """Give the file its name.

        Raises
        ------
        OutputError
            If a file of that name has appeared meanwhile and must not be overwritten.
        """
        try:
            if self.path.exists() and not self._overwrite:
                raise OutputError(f"{self.path} has appeared meanwhile: choose another name")
            os.replace(self.temporary, self.path)
        except OSError as error:
            self.discard()
            raise OutputError(f"cannot write {self.path}: {error.strerror}") from None
        except OutputError:
            self.discard()
            raise

    def discard(self) -> None:
        """Remove the hidden file and the folders made for it; safe to call twice."""
        self.temporary.unlink(missing_ok=True)
        for folder in reversed(self._made):
            try:
                folder.rmdir()
            except OSError:
                break
        self._made = []

    def _make_folders(self) -> None:
        missing: list[Path] = []
        folder = self.path.parent
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            self._made.append(folder)
