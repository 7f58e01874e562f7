"""What the person likes, remembered from one time to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal

if TYPE_CHECKING:
    from ar_preview.app.entries import Entry

__all__ = ["Favourites"]

_KEY = "favourites"


class Favourites(QObject):
    """Products with a heart.

    Parameters
    ----------
    settings : QSettings
        Where they are kept.
    kept : bool
        False where each visitor has their own, as before a kiosk.
    """

    changed = Signal()

    def __init__(self, settings: QSettings, kept: bool = True) -> None:
        super().__init__()
        self._settings = settings if kept else None
        stored = settings.value(_KEY, []) if kept else []
        # An ini file gives a single value back as itself.
        names = stored if isinstance(stored, list) else [stored]
        self._names = {str(name) for name in names if name}

    def __contains__(self, entry: Entry) -> bool:
        """Whether a product has a heart."""
        return _name(entry) in self._names

    def toggle(self, entry: Entry) -> None:
        """Give a product a heart, or take it away."""
        self._names ^= {_name(entry)}
        if self._settings is not None:
            self._settings.setValue(_KEY, sorted(self._names))
        self.changed.emit()

    def forget(self) -> None:
        """Begin without any; what was kept is not touched."""
        self._names.clear()
        self.changed.emit()


def _name(entry: Entry) -> str:
    """Return what a product is remembered by: folders may move as a whole, ids stay."""
    return str(entry.path) if entry.path.suffix else entry.path.name
