"""Two looks, A and B, between which one key goes to and fro."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ar_preview.app.layouts import named, row

if TYPE_CHECKING:
    from ar_preview.app.entries import Entry
    from ar_preview.app.wearing import Wearing

__all__ = ["LookBadge", "Looks"]


class Looks(QObject):
    """Keeps what was worn in the look that is not shown.

    Parameters
    ----------
    wearing : Wearing
    """

    changed = Signal()

    def __init__(self, wearing: Wearing) -> None:
        super().__init__()
        self._wearing = wearing
        self._other: dict[str, tuple[Entry, str]] | None = None
        self.is_second = False
        """Whether B is worn."""

    @property
    def is_used(self) -> bool:
        """Whether there are two looks."""
        return self._other is not None

    def toggle(self) -> None:
        """Wear the other look; the first time it is a copy, to be changed."""
        other, self._other = self._other, self._wearing.choices
        self.is_second = not self.is_second
        if other is not None:
            self._wearing.wear_all(other)
        self.changed.emit()

    def show(self, second: bool) -> None:
        """Wear A, or with True B."""
        if second != self.is_second:
            self.toggle()
        else:
            self.changed.emit()

    def forget(self) -> None:
        """Have one look again: what is worn now."""
        self._other, self.is_second = None, False
        self.changed.emit()


class LookBadge(QFrame):
    """Says which look is worn, and takes a click on the other.

    Parameters
    ----------
    parent : QWidget
    """

    chosen = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("looks")
        layout = row(self, 2, (4, 4, 4, 4))
        self.buttons = [named(QPushButton(name), "look") for name in ("A", "B")]
        for second, button in enumerate(self.buttons):
            button.setCheckable(True)
            button.setAccessibleName(self.tr("Look %1").replace("%1", button.text()))
            button.setFixedSize(34, 28)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _=False, second=second: self.chosen.emit(bool(second)))
            layout.addWidget(button)
        self.adjustSize()
        self.hide()

    def show_looks(self, looks: Looks) -> None:
        """Show which look is worn, if there are two."""
        self.buttons[0].setChecked(not looks.is_second)
        self.buttons[1].setChecked(looks.is_second)
        self.setVisible(looks.is_used)
