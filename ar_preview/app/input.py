"""A window that tells of keys that are held, of Escape, and of what is dropped on it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QMainWindow

from ar_preview.app.focus import ENTER, claims

__all__ = ["InputWindow"]


class InputWindow(QMainWindow):
    """Turns events into signals; everything that has a shortcut is an action instead."""

    held = Signal(bool)
    """B is held, or let go."""
    escaped = Signal()
    dropped = Signal(object)
    """Files were dropped: `QMimeData`, only valid now."""
    reshaped = Signal()

    def event(self, event: QEvent) -> bool:
        """Leave keys to the control with the focus that needs them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if claims(self.focusWidget(), event):
                event.accept()
                return True
        done = super().event(event)
        if event.type() == QEvent.Type.Resize:
            self.reshaped.emit()
        return done

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell of B and Escape; Return presses the button that has the focus."""
        if event.key() == Qt.Key.Key_B and not event.isAutoRepeat():
            self.held.emit(True)
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() in ENTER and isinstance(button := self.focusWidget(), QAbstractButton):
            button.click()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell of B."""
        if event.key() == Qt.Key.Key_B and not event.isAutoRepeat():
            self.held.emit(False)
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Let go of a held key that is released in another window."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.held.emit(False)
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """Take files that are dragged in."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell of files that were dropped."""
        self.dropped.emit(event.mimeData())
        event.acceptProposedAction()
