"""Three, two, one: time to take one's place before the picture is taken."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

__all__ = ["Countdown"]

_FROM = 3
_SIDE = 124


class Countdown(QWidget):
    """A large number over the picture that counts the seconds down.

    Parameters
    ----------
    parent : QWidget
    """

    ended = Signal()
    """It came to its end."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(_SIDE, _SIDE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Countdown"))
        self.left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._step)
        self.hide()

    def set_interval(self, milliseconds: int) -> None:
        """Set how long a number stands; a second by default."""
        self._timer.setInterval(milliseconds)

    def start(self) -> None:
        """Count, or stop counting."""
        if self._timer.isActive():
            self.cancel()
            return
        self._show(_FROM)
        self._timer.start()

    def cancel(self) -> None:
        """Stop without an end."""
        self._timer.stop()
        self.hide()

    def _step(self) -> None:
        if self.left > 1:
            self._show(self.left - 1)
        else:
            self.cancel()
            self.ended.emit()

    def _show(self, number: int) -> None:
        self.left = number
        self.setAccessibleDescription(str(number))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the number in a disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(_SIDE / 2, _SIDE / 2)
        painter.setPen(QPen(QColor(255, 255, 255, 220), 3.0))
        painter.setBrush(QColor(14, 15, 17, 120))
        painter.drawEllipse(middle, _SIDE / 2 - 4, _SIDE / 2 - 4)
        font = painter.font()
        font.setPixelSize(66)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self.left))
        painter.end()
