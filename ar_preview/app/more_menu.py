"""The menu of what is rarely changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from ar_preview.person import PUPIL_DISTANCE_LIMITS_MM

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from ar_preview.app.player import Player
    from ar_preview.scene import LightMode

__all__ = ["MoreMenu"]

_USUAL_MM = 63.0
"""Mean pupil distance of adults (Dodgson, Proc. SPIE 5291, 2004)."""


class MoreMenu(QMenu):
    """Mirror, light, pupil distance, further pictures, own models, folder, keys, quit.

    Parameters
    ----------
    actions : dict of str to QAction
    player : Player
    parent : QWidget
    """

    def __init__(self, actions: dict[str, QAction], player: Player, parent: QWidget) -> None:
        super().__init__(parent)
        self._player = player
        self.addAction(actions["mirror"])
        self.lights = self.addMenu(self.tr("Light"))
        group = QActionGroup(self)
        modes: tuple[tuple[LightMode, str], ...] = (
            ("auto", self.tr("As in the room")),
            ("studio", self.tr("Studio")),
            ("off", self.tr("Own colours")),
        )
        for mode, text in modes:
            choice = self.lights.addAction(text)
            choice.setCheckable(True)
            choice.setChecked(mode == player.worker.light)
            choice.triggered.connect(partial(self._set_light, mode))
            group.addAction(choice)
        self.pupils = self.addAction(self.tr("Pupil distance ..."))
        self.pupils.triggered.connect(self.ask_pupil_distance)
        self.addSeparator()
        for name in ("countdown", "share", "four", "look", "favourite"):
            self.addAction(actions[name])
        self.addSeparator()
        for name in ("adjust", "open", "folder"):
            self.addAction(actions[name])
        self.addSeparator()
        for name in ("keys", "quit"):
            self.addAction(actions[name])

    def ask_pupil_distance(self) -> None:
        """Ask for a known pupil distance, which gives glasses their exact size."""
        low, high = PUPIL_DISTANCE_LIMITS_MM
        value, told = QInputDialog.getDouble(
            self.parentWidget(),
            self.tr("Pupil distance"),
            self.tr("Far, in mm, as on the prescription:"),
            self._player.worker.pupil_distance_mm or _USUAL_MM,
            low,
            high,
            1,
        )
        if told:
            self._player.set_pupil_distance(value)

    def _set_light(self, mode: LightMode, _checked: bool = True) -> None:
        self._player.set_light(mode)
