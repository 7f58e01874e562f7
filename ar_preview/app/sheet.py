"""The sheet of keys, above everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction, QMouseEvent

__all__ = ["KeySheet"]

_ROWS = 11


class KeySheet(QFrame):
    """Lists what every key does, in the middle of a veil over the window.

    Parameters
    ----------
    actions : sequence of QAction
        Those with keys are listed in order.
    extra : sequence of tuple (keys, text)
        What is no action, for example a key that is held.
    """

    clicked = Signal()

    def __init__(
        self, actions: Sequence[QAction], extra: Sequence[tuple[str, str]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("veil")
        panel = QFrame(self)
        panel.setObjectName("sheet")
        QGridLayout(self).addWidget(panel, 0, 0, Qt.AlignmentFlag.AlignCenter)
        grid = QGridLayout(panel)
        grid.setContentsMargins(32, 26, 32, 28)
        grid.setVerticalSpacing(9)
        grid.setHorizontalSpacing(14)
        heading = QLabel(self.tr("Keys"))
        heading.setProperty("heading", True)
        grid.addWidget(heading, 0, 0, 1, 2)
        native = QKeySequence.SequenceFormat.NativeText
        lines = [
            (" ".join(k.toString(native) for k in a.shortcuts()[:2]), a.text())
            for a in actions
            if a.shortcuts()
        ]
        for number, (keys, text) in enumerate([*lines, *extra]):
            row, column = number % _ROWS + 1, 3 * (number // _ROWS)
            key = QLabel(keys)
            key.setProperty("key", True)
            key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(key, row, column, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(QLabel(text), row, column + 1)
            grid.setColumnMinimumWidth(column + 2, 18)
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell of a click, which closes it."""
        self.clicked.emit()
