"""What floats on the picture: buttons, the position in a file, messages, the red dot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from ar_preview.app.icons import icon
from ar_preview.app.layouts import row
from ar_preview.app.theme import ON_PICTURE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ControlBar", "RecordBadge", "Toast", "Transport", "tool_button"]

_BUTTON, _ICON = 40, 24
_TOAST_MS = 5000


def tool_button(action: QAction, icon_name: str, parent: QWidget) -> QToolButton:
    """Return a round button that does what an action does, with an icon of its own."""
    button = QToolButton(parent)
    button.setIcon(icon(icon_name, ON_PICTURE.text, _ICON))
    button.setIconSize(QSize(_ICON, _ICON))
    button.setFixedSize(_BUTTON, _BUTTON)
    button.setToolTip(action.toolTip())
    button.setAccessibleName(action.text())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCheckable(action.isCheckable())
    button.setChecked(action.isChecked())
    button.clicked.connect(action.trigger)
    action.toggled.connect(button.setChecked)
    return button


class ControlBar(QFrame):
    """The row of round buttons below the middle of the picture.

    Parameters
    ----------
    actions : dict of str to QAction
        ``compare``, ``measures``, ``snapshot``, ``record``, ``full_screen``.
    sources, more : QMenu
    """

    def __init__(
        self, actions: dict[str, QAction], sources: QMenu, more: QMenu, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pill")
        layout = row(self, 6, (12, 7, 12, 7))
        # Rounder than it is high it would not be round at all.
        self.setFixedHeight(58)
        self.source = self._menu_button("source", self.tr("Source"), sources)
        self.compare = tool_button(actions["compare"], "compare", self)
        self.measures = tool_button(actions["measures"], "measures", self)
        self.shutter = tool_button(actions["snapshot"], "shutter", self)
        self.shutter.setObjectName("shutter")
        self.shutter.setIcon(icon("shutter", "#17191c", 28))
        self.shutter.setIconSize(QSize(28, 28))
        self.shutter.setFixedSize(44, 44)
        self.record = tool_button(actions["record"], "record", self)
        self.full = tool_button(actions["full_screen"], "full", self)
        # Last: the tab key goes in the order in which they are made.
        self.more = self._menu_button("more", self.tr("More"), more)
        for button in (
            self.source,
            self.compare,
            self.measures,
            self.shutter,
            self.record,
            self.full,
            self.more,
        ):
            layout.addWidget(button)
        self.adjustSize()

    def show_recording(self, on: bool) -> None:
        """Show the record button as the one that stops."""
        self.record.setIcon(icon("stop" if on else "record", ON_PICTURE.text, _ICON))

    def _menu_button(self, name: str, text: str, menu: QMenu) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, ON_PICTURE.text, _ICON))
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFixedSize(_BUTTON, _BUTTON)
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


class Transport(QFrame):
    """Play, position and loop of a video.

    Parameters
    ----------
    play, loop : QAction
    """

    sought = Signal(int)
    """The handle was moved: the frame."""

    def __init__(self, play: QAction, loop: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        layout = row(self, 8, (10, 0, 10, 0))
        self.play = tool_button(play, "pause", self)
        self.loop = tool_button(loop, "loop", self)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Position"))
        self.slider.setMinimumWidth(230)
        self.slider.valueChanged.connect(self._moved)
        self.time = QLabel()
        self._rate = 30.0
        self._following = False
        for widget in (self.play, self.slider, self.time, self.loop):
            layout.addWidget(widget)
        for button in (self.play, self.loop):
            button.setFixedSize(36, 36)
            button.setIconSize(QSize(18, 18))

    def show_length(self, frames: int, rate: float) -> None:
        """Set the length of the file."""
        self._rate = rate
        self._following = True
        self.slider.setRange(0, max(0, frames - 1))
        self.slider.setPageStep(max(1, round(5 * rate)))
        self._following = False
        self.show_position(0)

    def show_position(self, frame: int) -> None:
        """Follow the file, unless the handle is held."""
        if self.slider.isSliderDown():
            return
        self._following = True
        self.slider.setValue(frame)
        self._following = False
        last = self.slider.maximum()
        self.time.setText(f"{_clock(frame / self._rate)} / {_clock((last + 1) / self._rate)}")

    def show_playing(self, playing: bool) -> None:
        """Show the button that does the other thing."""
        self.play.setIcon(icon("pause" if playing else "play", ON_PICTURE.text, 18))

    def _moved(self, frame: int) -> None:
        if not self._following:
            self.sought.emit(frame)


class RecordBadge(QFrame):
    """A red dot and the length of the recording."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("badge")
        layout = row(self, 0, (30, 7, 14, 7))
        self.time = QLabel("0:00")
        layout.addWidget(self.time)
        self.setAccessibleName(self.tr("Recording"))
        self.hide()

    def show_time(self, seconds: float) -> None:
        """Show how long the recording is."""
        self.time.setText(_clock(seconds))
        self.adjustSize()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the dot."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ff453a"))
        painter.drawEllipse(QPointF(18, self.height() / 2), 5.5, 5.5)
        painter.end()


class Toast(QFrame):
    """One line that goes by itself, with something to do about it."""

    changed = Signal()
    """It came, went, or has another size."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        layout = row(self, 14, (18, 10, 18, 10))
        self.label = QLabel()
        self.button = QPushButton()
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        layout.addWidget(self.label)
        layout.addWidget(self.button)
        self._act: Callable[[], None] | None = None
        self.button.clicked.connect(self._do)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TOAST_MS)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    def tell(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a line for some seconds, with a button where there is something to do."""
        self.label.setText(text)
        self.label.setAccessibleName(text)
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self._act = act
        self.adjustSize()
        self.show()
        self.raise_()
        self._timer.start()
        self.changed.emit()

    def dismiss(self) -> None:
        """Go."""
        self.hide()
        self.changed.emit()

    def _do(self) -> None:
        if self._act is not None:
            self._act()
        self.dismiss()


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
