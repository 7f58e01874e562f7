"""What a dropped or opened file is, by its name and place alone."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from ar_preview.products.bare import BARE_SUFFIXES
from ar_preview.products.manifest import MANIFEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Dropped", "sort_paths"]


class Dropped(Enum):
    """Kinds of what can be dropped."""

    MODEL = "model"
    PRODUCT = "product"
    PICTURE = "picture"
    """A photo, a video or a folder of photos; whoever opens it finds out."""


def sort_paths(paths: Iterable[Path]) -> Iterator[tuple[Path, Dropped]]:
    """Give each path with what it is; of several pictures only the last.

    A manifest means its folder.
    """
    picture: Path | None = None
    for path in paths:
        if path.name == MANIFEST_NAME:
            yield path.parent, Dropped.PRODUCT
        elif (path / MANIFEST_NAME).is_file():
            yield path, Dropped.PRODUCT
        elif path.suffix.lower() in BARE_SUFFIXES:
            yield path, Dropped.MODEL
        else:
            picture = path
    if picture is not None:
        yield picture, Dropped.PICTURE
