"""The mirror with everything that floats on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

from ar_preview.app.controls import ControlBar, RecordBadge, Toast, Transport
from ar_preview.app.countdown import Countdown
from ar_preview.app.layouts import named
from ar_preview.app.looks import LookBadge
from ar_preview.app.measures import MeasuresPanel
from ar_preview.app.mirror import Mirror

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
    from PySide6.QtWidgets import QMenu

    from ar_preview.app.theme import Theme

__all__ = ["Stage"]

_EDGE = 26
_GAP = 10
_INSET = 12
"""From the picture's lower edge to the controls."""
_REST_MS = 3500
_BADGE_ROOM = 34


class Stage(QWidget):
    """Lays the floating parts over the mirror.

    Parameters
    ----------
    actions : dict of str to QAction
    sources, more : QMenu
    theme : Theme
    """

    double_clicked = Signal()

    def __init__(
        self, actions: dict[str, QAction], sources: QMenu, more: QMenu, theme: Theme
    ) -> None:
        super().__init__()
        self.setObjectName("stage")
        self.mirror = Mirror(theme)
        self.mirror.setParent(self)
        self.mirror.installEventFilter(self)
        self.mirror.reshaped.connect(self.arrange)
        self.controls = ControlBar(actions, sources, more, self)
        self.transport = Transport(actions["play"], actions["loop"], self)
        self.transport.hide()
        self.measures = MeasuresPanel(self)
        self.badge = RecordBadge(self)
        self.toast = Toast(self)
        self.toast.changed.connect(self.arrange)
        self.countdown = Countdown(self)
        self.looks = LookBadge(self)
        self.invitation = named(QLabel(self.tr("Step in front of the mirror"), self), "invitation")
        self.invitation.hide()
        self._beside: QWidget | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._hide_controls)
        self.rests = False
        """Whether the controls go while the mouse rests, as in full screen."""
        self._has_transport = False

    def set_beside(self, panel: QWidget) -> None:
        """Give a panel the right side while it is open; the mirror makes room."""
        self._beside = panel

    def arrange(self) -> None:
        """Put every part in its place."""
        room = self.rect()
        if self._beside is not None and self._beside.isVisibleTo(self):
            aside = self._beside.width() + _GAP
            self._beside.setGeometry(
                room.right() - aside, 14, self._beside.width(), room.height() - 28
            )
            room.setRight(room.right() - aside - 1)
        self.mirror.setGeometry(room)
        width, bottom = room.width(), self.height() - _EDGE
        if not (picture := self.mirror.picture_rect()).isEmpty():
            bottom = min(bottom, picture.bottom() + 1 - _INSET)
        if self.transport.isVisibleTo(self):
            across = self.mirror.picture_rect().width() or width
            self.transport.resize(max(300, min(560, across - 2 * _EDGE)), 40)
            bottom -= self.transport.height()
            self.transport.move((width - self.transport.width()) // 2, bottom)
            bottom -= _GAP
        bottom -= self.controls.height()
        self.controls.move((width - self.controls.width()) // 2, bottom)
        self.badge.move((width - self.badge.width()) // 2, picture.top() + 2 * _GAP)
        beside = picture.left() >= self.measures.width() + 2 * _EDGE
        self.measures.move(
            _EDGE if beside else picture.left() + 14, picture.top() + (0 if beside else 50)
        )
        self.toast.move((width - self.toast.width()) // 2, bottom - _GAP - self.toast.height())
        # Above the face, which the person wants to see just now.
        self.countdown.move(
            (width - self.countdown.width()) // 2, picture.top() + 2 * _GAP + _BADGE_ROOM
        )
        # Below the word that says which side is which.
        below = _BADGE_ROOM if self.mirror.is_comparing else 0
        self.looks.move(picture.left() + 14, picture.top() + 14 + below)
        self.invitation.adjustSize()
        self.invitation.move((width - self.invitation.width()) // 2, picture.top() + 3 * _GAP)

    def offer_transport(self, on: bool) -> None:
        """Let what is shown be paused and sought in, or not."""
        self._has_transport = on
        self.transport.setVisible(on)
        self.arrange()

    def set_rests(self, rests: bool) -> None:
        """Let the controls go while the mouse rests, or stay."""
        self.rests = rests
        self.wake()

    def wake(self) -> None:
        """Show the controls, for a while where they rest."""
        self.controls.show()
        self.transport.setVisible(self._has_transport)
        self.unsetCursor()
        if self.rests:
            self._rest.start()
        else:
            self._rest.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Follow the window."""
        self.arrange()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell of a double click, which means full screen."""
        self.double_clicked.emit()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """See the mouse move over the mirror."""
        if event.type() == QEvent.Type.MouseMove:
            self.wake()
        return False

    def _hide_controls(self) -> None:
        if self.rests and not (self.controls.underMouse() or self.transport.underMouse()):
            self.controls.hide()
            self.transport.hide()
