"""The first thing a person sees: the question for the camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from ar_preview.app.icons import app_icon, pixmap
from ar_preview.app.layouts import column, named, row

if TYPE_CHECKING:
    from ar_preview.app.theme import Theme

__all__ = ["Welcome"]

_WIDTH = 460


class Welcome(QFrame):
    """Asks for the camera in calm words, with the sample as the other way."""

    wants_camera = Signal()
    wants_sample = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName(self.tr("Welcome"))
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(72, 72))
        title = QLabel(self.tr("See it on you"))
        title.setProperty("title", True)
        text = QLabel(
            self.tr(
                "Your camera becomes a mirror: glasses, hats and jewellery appear on you at their "
                "real size, in the light of your room."
            )
        )
        text.setWordWrap(True)
        self.camera = named(QPushButton(self.tr("Use the camera")), "primary")
        self.sample = QPushButton(self.tr("Look at the sample first"))
        for button in (self.camera, self.sample):
            button.setMinimumHeight(42)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.camera.clicked.connect(self.wants_camera)
        self.sample.clicked.connect(self.wants_sample)
        privacy = QLabel(
            self.tr("Nothing leaves this computer, and nothing is kept unless you save it.")
        )
        privacy.setProperty("quiet", True)
        privacy.setWordWrap(True)
        privacy.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lock = lock = QLabel()
        layout = column(self, 12, (40, 36, 40, 32))
        for label in (picture, title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        layout.addSpacing(8)
        layout.addWidget(self.camera)
        layout.addWidget(self.sample)
        layout.addSpacing(4)
        line = row(None, 8)
        lock.setContentsMargins(0, 1, 0, 0)
        line.addWidget(lock, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(privacy, 1)
        layout.addLayout(line)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._lock.setPixmap(pixmap("lock", theme.muted, 15))

    def ask(self) -> None:
        """Appear, ready for the Return key."""
        self.adjustSize()
        self.show()
        self.raise_()
        self.camera.setFocus()
