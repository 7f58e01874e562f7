"""The picture in the window: letterboxed, mirrored like a mirror, never scaled twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage

__all__ = ["Canvas"]

_BACKGROUND = QColor(18, 18, 20)
_TEXT = QColor(230, 230, 230)
_SHADE = QColor(0, 0, 0, 140)
_PADDING = 12


class Canvas(QWidget):
    """Shows the newest picture and one line of text.

    Parameters
    ----------
    mirrored : bool
        Show the picture as a mirror would; a matter of display only.
    """

    def __init__(self, mirrored: bool) -> None:
        super().__init__()
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._mirrored = mirrored
        self._pixels: RgbImage | None = None
        self._image = QImage()
        self._caption = ""

    def show_picture(self, image: RgbImage) -> None:
        """Show an (H, W, 3) uint8 RGB picture."""
        shown = np.ascontiguousarray(image[:, ::-1] if self._mirrored else image)
        height, width = shown.shape[:2]
        self._pixels = shown  # QImage borrows the memory.
        self._image = QImage(
            shown.data, width, height, shown.strides[0], QImage.Format.Format_RGB888
        )
        self.update()

    def show_caption(self, text: str) -> None:
        """Show one line of text below the picture."""
        self._caption = text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw background, picture and caption."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _BACKGROUND)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._picture_rect(), self._image)
        if self._caption:
            metrics = painter.fontMetrics()
            height = metrics.height() + 2 * _PADDING
            strip = QRect(0, self.height() - height, self.width(), height)
            painter.fillRect(strip, _SHADE)
            painter.setPen(_TEXT)
            text = metrics.elidedText(
                self._caption, Qt.TextElideMode.ElideRight, self.width() - 2 * _PADDING
            )
            painter.drawText(strip, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _picture_rect(self) -> QRect:
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
