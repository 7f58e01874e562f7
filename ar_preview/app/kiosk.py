"""A mirror that stands alone in a shop: invites, serves, forgets."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

from ar_preview.app.feeds import SAMPLE, Feed
from ar_preview.app.lookout import Lookout

if TYPE_CHECKING:
    from ar_preview.app.player import Player
    from ar_preview.app.window import AppWindow

__all__ = ["LEAVE_CHORD", "Attendance", "Kiosk", "KioskTimes", "begin_anew", "stand_alone"]

LEAVE_CHORD = "Ctrl+Alt+Shift+Q"
_TICK_MS = 250
_STALE_S = 2.0
"""An older picture tells nothing of now: the camera may be away."""

_TOUCHES = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.TouchBegin,
    QEvent.Type.KeyPress,
    QEvent.Type.Wheel,
}


@dataclass(frozen=True)
class KioskTimes:
    """When what happens, seconds without anybody.

    Parameters
    ----------
    forget_s : float
        What was put on is taken off.
    attract_s : float
        The sample begins to play.
    change_s : float
        From one product to the next while it plays.
    """

    forget_s: float = 3.0
    attract_s: float = 30.0
    change_s: float = 5.0


_BARRED = ("full_screen", "open", "folder", "source", "more", "adjust", "quit")
_SAVING = ("snapshot", "countdown", "share", "four", "record")
"""Only where the command line names a folder: a kiosk asks nobody for one."""


class Attendance:
    """How long nobody has been there.

    Parameters
    ----------
    now_s : float
        When it begins.
    """

    def __init__(self, now_s: float) -> None:
        self._seen_s = now_s
        self._forgotten = True

    def note(self, somebody: bool, now_s: float) -> None:
        """Take note of whether somebody is there."""
        if somebody:
            self._seen_s = now_s
            self._forgotten = False

    def alone_s(self, now_s: float) -> float:
        """Return for how long nobody has been there."""
        return now_s - self._seen_s

    def is_to_forget(self, now_s: float, after_s: float) -> bool:
        """Return True once after somebody has been gone for longer than that."""
        if self._forgotten or self.alone_s(now_s) <= after_s:
            return False
        self._forgotten = True
        return True


class Kiosk(QObject):
    """Watches who is there and says what is to be done.

    Parameters
    ----------
    player : Player
    camera : Feed
        What is shown to a person.
    times : KioskTimes
    """

    left = Signal()
    """Whoever was there has gone: begin anew."""
    attracting = Signal(bool)
    """The sample plays for whoever may come by, or no longer does."""
    show_next = Signal()
    """Another product is due in the sample."""

    def __init__(self, player: Player, camera: Feed, times: KioskTimes | None = None) -> None:
        super().__init__()
        self._player, self._camera = player, camera
        self._times = times or KioskTimes()
        self.attendance = Attendance(time.monotonic())
        self._lookout: Lookout | None = None
        self._changed_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def is_attracting(self) -> bool:
        """Whether the sample plays."""
        return self._lookout is not None

    def start(self) -> None:
        """Begin to watch."""
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        """End watching, and the thread of the lookout."""
        self._timer.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._end_lookout()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Take a touch for somebody; the one that ends the sample does nothing else."""
        if event.type() not in _TOUCHES:
            return False
        self.attendance.note(True, time.monotonic())
        if self.is_attracting and not _is_leaving(event):
            self._serve()
            return True
        return False

    def _tick(self) -> None:
        now = time.monotonic()
        if self.is_attracting:
            if now - self._changed_s > self._times.change_s:
                self._changed_s = now
                self.show_next.emit()
            return
        self.attendance.note(self._sees_somebody(now), now)
        if self.attendance.is_to_forget(now, self._times.forget_s):
            self.left.emit()
        if self.attendance.alone_s(now) > self._times.attract_s:
            self._attract(now)

    def _sees_somebody(self, now_s: float) -> bool:
        shown, feed = self._player.last, self._player.feed
        if shown is None or feed is None or feed.kind == "sample":
            return False
        is_fresh = now_s - 1e-9 * shown.due_ns < _STALE_S or feed.kind == "file"
        return is_fresh and bool(shown.result.poses.heads or shown.result.poses.hands)

    def _attract(self, now_s: float) -> None:
        self._changed_s = now_s
        self._player.show_feed(SAMPLE)
        self._lookout = Lookout(self._camera)
        # Queued: the slot runs on this thread and may wait for the other one.
        self._lookout.found.connect(self._serve, Qt.ConnectionType.QueuedConnection)
        self._lookout.start()
        self.attracting.emit(True)

    def _serve(self) -> None:
        if self._lookout is None:
            return
        self._end_lookout()
        self.attendance = Attendance(time.monotonic())
        self.attracting.emit(False)
        self.left.emit()
        self._player.show_feed(self._camera)

    def _end_lookout(self) -> None:
        if self._lookout is not None:
            self._lookout.stop()
            self._lookout = None


def _is_leaving(event: QEvent) -> bool:
    """Whether a key belongs to the chord that leaves: it must get through."""
    modifiers = getattr(event, "modifiers", lambda: Qt.KeyboardModifier.NoModifier)()
    return event.type() == QEvent.Type.KeyPress and bool(
        modifiers & Qt.KeyboardModifier.ControlModifier
    )


def begin_anew(window: AppWindow) -> None:
    """Let a window be as at first, for the next person: worn, shelf, comparison and sheets."""
    for name in ("compare", "measures", "keys", "record"):
        window.actions_by_name[name].setChecked(False)
    window.shelf.search.clear()
    window.shelf.show_all()
    window.looks.forget()
    window.favourites.forget()
    window.dressing.begin_anew()


def stand_alone(window: AppWindow, times: KioskTimes | None = None) -> Kiosk:
    """Make a window a kiosk: full screen, without the ways out and into this computer.

    Parameters
    ----------
    window : AppWindow
    times : KioskTimes, optional
    """
    barred = (*_BARRED, *(() if window.options.folder is not None else _SAVING))
    controls = window.stage.controls
    for name in barred:
        window.actions_by_name[name].setEnabled(False)
    for button, names in (
        (controls.source, ("source",)),
        (controls.more, ("more",)),
        (controls.full, ("full_screen",)),
        (controls.shutter, ("snapshot",)),
        (controls.record, ("record",)),
    ):
        button.setVisible(not set(names) & set(barred))
    controls.adjustSize()
    window.setAcceptDrops(False)
    window.status.show_privacy_only()
    window.may_close = False
    chord = QShortcut(QKeySequence(LEAVE_CHORD), window)
    chord.setContext(Qt.ShortcutContext.ApplicationShortcut)
    chord.activated.connect(window.leave)
    kiosk = Kiosk(window.player, window.options.feed or Feed.camera(), times)
    kiosk.left.connect(lambda: begin_anew(window))
    kiosk.show_next.connect(lambda: window.shelf.browse(1))
    kiosk.attracting.connect(window.stage.invitation.setVisible)
    kiosk.start()
    # After whoever made the window has shown it, which would undo the state.
    QTimer.singleShot(0, lambda: _fill_screen(window))
    return kiosk


def _fill_screen(window: AppWindow) -> None:
    # The machine of a kiosk may have no window manager, who does this elsewhere.
    window.setGeometry(window.screen().geometry())
    window.showFullScreen()
