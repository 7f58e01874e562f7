"""Between the shelf and what is worn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ar_preview.app.entries import Entry
from ar_preview.app.wearing import Wearing
from ar_preview.errors import ArPreviewError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ar_preview.app.shelf import Shelf

__all__ = ["Dressing"]


class Dressing(QObject):
    """Wears what is chosen on the shelf, and shows on the shelf what is worn.

    Parameters
    ----------
    shelf : Shelf
    """

    noted = Signal(str)
    """One line that the person should read."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self._shelf = shelf
        self.wearing = Wearing()
        self._first: tuple[Entry, ...] = ()
        self.wearing.changed.connect(self._show)
        self.wearing.failed.connect(self.noted)
        shelf.chosen.connect(self.wearing.toggle)
        shelf.browsed.connect(self.wearing.put_on)
        shelf.varied.connect(self.vary)

    def start(self, entries: Iterable[Entry]) -> None:
        """Wear these first; without any, the first product."""
        self._first = tuple(entries)
        for entry in self._first:
            if entry not in self._shelf.model.entries:
                self._shelf.model.add(entry)
        self.begin_anew()

    def begin_anew(self) -> None:
        """Wear what was worn first, and nothing else."""
        first = self._first or tuple(self._shelf.shown[:1])
        self.wearing.wear_all({entry.slot: (entry, "") for entry in first})

    def add(self, entry: Entry) -> None:
        """Put a product on the shelf and on the person."""
        self._shelf.model.add(entry)
        self.wearing.put_on(entry)

    def add_folder(self, path: Path) -> None:
        """Take in a product folder."""
        try:
            self.add(Entry.from_folder(path))
        except ArPreviewError as error:
            self.noted.emit(str(error))

    def vary(self, variant: str) -> None:
        """Wear a variant of what was put on last."""
        worn = self.wearing.latest
        if worn is not None:
            self.wearing.put_on(worn.entry, variant)

    def next_variant(self) -> None:
        """Wear the next variant of what was put on last."""
        worn = self.wearing.latest
        if worn is not None and worn.swatches:
            names = list(worn.swatches)
            at = names.index(worn.variant) if worn.variant in names else 0
            self.vary(names[(at + 1) % len(names)])

    def _show(self) -> None:
        self._shelf.model.set_worn(self.wearing.entries)
        latest = self.wearing.latest
        if latest is None:
            self._shelf.show_caption("", "")
            self._shelf.show_variants({}, {}, "")
            return
        entry, variant = latest.entry, latest.variant
        self._shelf.point_at(entry)
        titles = {name: name.capitalize() for name in latest.swatches}
        titles |= {v.name: v.title for v in entry.variants if v.title} | {"": entry.title}
        self._shelf.show_caption(titles.get(variant, variant), entry.price)
        self._shelf.show_variants(latest.swatches, titles, variant)
