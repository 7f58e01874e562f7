"""The picture in the window: letterboxed, mirrored like a mirror, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ar_preview.app.icons import pixmap

if TYPE_CHECKING:
    from ar_preview.app.theme import Theme
    from ar_preview.frames import RgbImage
    from ar_preview.preview import PreviewResult

__all__ = ["Mirror", "display_image"]

_CORNER = 14.0
_MARGIN = 14
_GRIP, _REACH = 17.0, 22.0
_WHITE = QColor(255, 255, 255, 235)
_SHADE = QColor(14, 15, 17, 170)


def display_image(
    result: PreviewResult, size: tuple[int, int], *, mirrored: bool, split: float
) -> RgbImage:
    """Return the picture as it is shown, at the size of the screen's pixels.

    Parameters
    ----------
    result : PreviewResult
    size : tuple of int
        Width and height, px.
    mirrored : bool
    split : float
        Share of the width, from the left, that shows the frame as it came.
    """
    width = size[0]
    edge = min(max(round(split * width), 0), width)
    if edge == 0:
        return _fitted(result.image, size, mirrored)
    before = _fitted(result.frame.image, size, mirrored)
    if edge < width:
        before[:, edge:] = _fitted(result.image, size, mirrored)[:, edge:]
    return before


def _fitted(image: RgbImage, size: tuple[int, int], mirrored: bool) -> RgbImage:
    """Return a new picture of another size; of two orders, the one with fewer pixels to turn."""
    if image.shape[1::-1] == size:
        return np.asarray(cv2.flip(image, 1), np.uint8) if mirrored else image.copy()
    shrinks = size[0] < image.shape[1]
    if mirrored and not shrinks:
        image = np.asarray(cv2.flip(image, 1), np.uint8)
    how = cv2.INTER_AREA if size[0] < 0.5 * image.shape[1] else cv2.INTER_LINEAR
    made = cv2.resize(image, size, interpolation=how)
    return np.asarray(cv2.flip(made, 1) if mirrored and shrinks else made, np.uint8)


class Mirror(QWidget):
    """Shows the newest picture, or a calm message where there is none."""

    painted = Signal()
    """A picture that was not shown before is on the screen."""
    reshaped = Signal()
    """The picture, or what is drawn in its corners, has another place now."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setMinimumSize(320, 200)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Mirror"))
        self.theme = theme
        self.full = False
        """Whether the picture goes to the edges."""
        self._mirrored = True
        self._result: PreviewResult | None = None
        self._fresh = False
        self._split = 0.5
        self._comparing = False
        self._holding = False
        self._dragging = False
        self._pixels: RgbImage | None = None
        self._key: tuple[object, ...] = ()
        self._message = ("", "", "")
        self.sense = (self.tr("Without"), self.tr("With"))

    @property
    def result(self) -> PreviewResult | None:
        """What is shown."""
        return self._result

    @property
    def is_comparing(self) -> bool:
        """Whether the line of the comparison is shown."""
        return self._comparing

    @property
    def split(self) -> float:
        """Share of the width that shows the frame as it came: 0, 1, or where the line is."""
        if self._holding:
            return 1.0
        return self._split if self._comparing else 0.0

    @property
    def displayed(self) -> RgbImage | None:
        """The pixels on the screen."""
        return self._pixels

    def show_result(self, result: PreviewResult) -> None:
        """Show a finished picture."""
        before = self.picture_rect()
        self._result, self._fresh = result, True
        self._message = ("", "", "")
        if self.picture_rect() != before:
            self.reshaped.emit()
        self.update()

    def say(self, icon: str, title: str, text: str) -> None:
        """Show a message instead of, or above, the picture; an empty title takes it away."""
        if self._message != (icon, title, text):
            self._message = (icon, title, text)
            self.update()

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the picture as a mirror would; a matter of display only."""
        self._mirrored = mirrored
        self.update()

    def compare(self, on: bool) -> None:
        """Show a line with the frame as it came on its left."""
        self._comparing = on
        self.unsetCursor()
        self.reshaped.emit()
        self.update()

    def hold_before(self, held: bool) -> None:
        """Show the frame as it came while held."""
        self._holding = held
        self.update()

    def move_split(self, share: float) -> None:
        """Move the line of the comparison."""
        self._split = min(max(share, 0.02), 0.98)
        self.update()

    def picture_rect(self) -> QRect:
        """Return where the picture is, logical px."""
        if self._result is None:
            return QRect()
        margin = 0 if self.full else _MARGIN
        area = self.rect().adjusted(margin, margin, -margin, -margin)
        height, width = self._result.image.shape[:2]
        size = QSize(width, height).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRect(0, 0, size.width(), size.height())
        rect.moveCenter(area.center())
        return rect

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw background, picture, comparison and message."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self.theme.background))
        rect = self.picture_rect()
        if self._result is not None and not rect.isEmpty():
            self._draw_picture(painter, self._result, rect)
            if self._comparing and not self._holding:
                self._draw_line(painter, rect)
            elif self._holding:
                self._draw_label(painter, self.sense[0], rect.left() + 14, rect.top() + 14)
        if self._message[1]:
            self._draw_message(painter)
        painter.end()
        if self._fresh:
            self._fresh = False
            self.painted.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Take the line of the comparison."""
        self._dragging = self._comparing and self._is_near(event.position())
        if not self._dragging:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Move the line of the comparison."""
        if self._comparing:
            near = self._dragging or self._is_near(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        if self._dragging:
            rect = self.picture_rect()
            self.move_split((event.position().x() - rect.left()) / max(1, rect.width()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Let go of the line."""
        self._dragging = False

    def _is_near(self, point: QPointF) -> bool:
        rect = self.picture_rect()
        line = rect.left() + self._split * rect.width()
        return rect.contains(point.toPoint()) and abs(point.x() - line) <= _REACH

    def _draw_picture(self, painter: QPainter, result: PreviewResult, rect: QRect) -> None:
        ratio = self.devicePixelRatioF()
        size = (round(rect.width() * ratio), round(rect.height() * ratio))
        key = (result, size, self._mirrored, self.split)
        if self._key != key:
            self._key = key
            self._pixels = display_image(result, size, mirrored=self._mirrored, split=self.split)
        pixels = self._pixels
        assert pixels is not None
        image = QImage(
            pixels.data, size[0], size[1], pixels.strides[0], QImage.Format.Format_RGB888
        )
        image.setDevicePixelRatio(ratio)
        painter.drawImage(rect.topLeft(), image)
        if not self.full:
            corners, inner = QPainterPath(), QPainterPath()
            corners.addRect(QRectF(rect).adjusted(-1, -1, 1, 1))
            inner.addRoundedRect(QRectF(rect), _CORNER, _CORNER)
            painter.fillPath(corners.subtracted(inner), QColor(self.theme.background))

    def _draw_line(self, painter: QPainter, rect: QRect) -> None:
        x = rect.left() + self._split * rect.width()
        painter.setPen(QPen(_WHITE, 2.0))
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        middle = QPointF(x, rect.center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_WHITE)
        painter.drawEllipse(middle, _GRIP, _GRIP)
        grip = pixmap("compare", "#17191c", 22)
        painter.drawPixmap(QPointF(middle.x() - 11, middle.y() - 11), grip)
        before, after = self.sense
        self._draw_label(painter, before, rect.left() + 14, rect.top() + 14)
        width = painter.fontMetrics().horizontalAdvance(after) + 20
        self._draw_label(painter, after, rect.right() - 14 - width, rect.top() + 14)

    def _draw_label(self, painter: QPainter, text: str, x: float, y: float) -> None:
        metrics = painter.fontMetrics()
        box = QRectF(x, y, metrics.horizontalAdvance(text) + 20, metrics.height() + 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SHADE)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(_WHITE)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_message(self, painter: QPainter) -> None:
        name, title, text = self._message
        rect = self.picture_rect() if self._result is not None else self.rect()
        ink, quiet = QColor(self.theme.text), QColor(self.theme.muted)
        if self._result is not None:
            painter.fillRect(rect, QColor(14, 15, 17, 200))
            ink, quiet = QColor("#f6f7f8"), QColor("#b4bac3")
        middle = rect.center()
        if name:
            painter.drawPixmap(middle.x() - 28, middle.y() - 84, pixmap(name, quiet.name(), 56))
        font = painter.font()
        font.setPixelSize(20)
        painter.setFont(font)
        painter.setPen(ink)
        line = QRect(rect.left() + 30, middle.y() - 12, rect.width() - 60, 30)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, title)
        font.setPixelSize(14)
        painter.setFont(font)
        painter.setPen(quiet)
        below = QRect(rect.left() + 30, middle.y() + 24, rect.width() - 60, 80)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, text)
