"""What a person is told to do where a piece that was just put on cannot be seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from ar_preview.app.entries import Entry
    from ar_preview.preview import PreviewResult

__all__ = ["Hints"]

_PATIENCE_S = 2.0
"""What goes under hair goes gradually, and a hand takes a moment."""

_FAINT = 0.15
"""Opacity below which nobody sees an earring."""


class Hints(QObject):
    """Tells why the newest piece is not seen, once each time one is put on."""

    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._entry: Entry | None = None
        self._since_s = 0.0

    def expect(self, entry: Entry | None) -> None:
        """Begin to watch for the piece that was put on."""
        self._entry, self._since_s = entry, time.monotonic()

    def look(self, result: PreviewResult | None, is_mirror: bool) -> None:
        """See whether it is in the picture by now; call it now and then.

        Parameters
        ----------
        result : PreviewResult or None
            The picture that is shown.
        is_mirror : bool
            Whether the person before the camera is seen, who can do something.
        """
        waited = time.monotonic() - self._since_s >= _PATIENCE_S
        if self._entry is None or result is None or not waited:
            return
        entry, self._entry = self._entry, None
        if entry.is_for_hands and is_mirror and not result.poses.hands:
            self.told.emit(self.tr("Hold your hand up to the camera"))
        elif entry.slot == "earrings" and _is_under_hair(result):
            self.told.emit(self.tr("Hair covers the ears, and the earrings with them"))


def _is_under_hair(result: PreviewResult) -> bool:
    worn = [item for item in result.scene.items if "/earrings:" in item.anchor]
    return bool(worn) and all(item.opacity < _FAINT for item in worn)
