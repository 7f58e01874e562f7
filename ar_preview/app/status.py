"""The line at the bottom: where the picture comes from, how fast, and that it stays here."""

from __future__ import annotations

import time
from collections import deque
from statistics import median
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ar_preview.app.icons import pixmap
from ar_preview.app.layouts import row
from ar_preview.ladder import SOFTWARE_RUNGS

if TYPE_CHECKING:
    from ar_preview.app.theme import Theme
    from ar_preview.app.worker import Shown

__all__ = ["StatusLine"]

_SOFTWARE = ("llvmpipe", "softpipe", "swiftshader")


class StatusLine(QWidget):
    """Shows source, pace, delay, quality, driver and privacy."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(28)
        self.source, self.pace, self.quality = QLabel(), QLabel(), QLabel()
        self.driver, self.privacy = QLabel(), QLabel(self.tr("Nothing leaves this computer"))
        self.lock = QLabel()
        self.set_theme(theme)
        layout = row(self, 8, (16, 0, 16, 2))
        layout.addWidget(self.lock)
        layout.addWidget(self.privacy)
        layout.addStretch(1)
        for label in (self.source, self.pace, self.quality, self.driver):
            label.setContentsMargins(14, 0, 0, 0)
            layout.addWidget(label)
        self._times_s: deque[float] = deque(maxlen=31)
        self._delays_ms: deque[float] = deque(maxlen=31)
        self._live = False
        self._private_only = False

    @property
    def frame_rate(self) -> float:
        """Pictures painted a second, over the last second or so."""
        if len(self._times_s) < 2:
            return 0.0
        return (len(self._times_s) - 1) / max(1e-6, self._times_s[-1] - self._times_s[0])

    @property
    def latency_ms(self) -> float:
        """Median time from a camera's picture to the screen."""
        return median(self._delays_ms) if self._delays_ms else 0.0

    def show_privacy_only(self) -> None:
        """Say nothing of machines, which a passer-by does not care for."""
        self._private_only = True
        for label in (self.source, self.pace, self.quality, self.driver):
            label.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.lock.setPixmap(pixmap("lock", theme.muted, 14))

    def start(self, source: str, live: bool) -> None:
        """Begin with another source."""
        self._live = live
        self._times_s.clear()
        self._delays_ms.clear()
        self.source.setText(source)

    def note_painted(self, shown: Shown) -> None:
        """Take note of a picture that is on the screen now."""
        self._times_s.append(time.monotonic())
        self._delays_ms.append(1e-6 * (time.monotonic_ns() - shown.due_ns))

    def refresh(self, shown: Shown | None) -> None:
        """Write the line anew."""
        if shown is None:
            return
        still = not self._times_s or time.monotonic() - self._times_s[-1] > 1.0
        pace = "" if still else self.tr("%1 fps").replace("%1", f"{self.frame_rate:.0f}")
        if pace and self._live:
            pace += self.tr(", %1 ms behind").replace("%1", f"{self.latency_ms:.0f}")
        self.pace.setText(pace)
        self.pace.setVisible(bool(pace) and not self._private_only)
        self.quality.setText(self._quality_words(shown))
        software = any(name in shown.driver.lower() for name in _SOFTWARE)
        self.driver.setText(self.tr("drawn without a graphics card") if software else shown.driver)
        self.driver.setToolTip(shown.driver)

    def _quality_words(self, shown: Shown) -> str:
        words = (
            self.tr("full quality"),
            self.tr("full quality"),
            self.tr("softer picture"),
            self.tr("half resolution"),
            self.tr("half resolution"),
        )
        rungs = list(SOFTWARE_RUNGS)
        return words[rungs.index(shown.quality)] if shown.quality in rungs else words[0]
