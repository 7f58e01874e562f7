"""The share card: the picture, what is worn, its price, and where to find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from ar_preview.app.theme import DARK

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.preview import PreviewResult

__all__ = ["SQUARE", "STORY", "draw_picture", "image_pixels", "share_card", "worn_centre"]

STORY, SQUARE = (1080, 1920), (1080, 1080)
"""Sizes that social networks show in full, px."""

_MARGIN, _CORNER = 48, 28.0
_FOOT = 190
_QR = 150
_QUIET_MODULES = 2
"""White round the code; ISO/IEC 18004 asks for four, readers do with two on a white card."""


def share_card(
    picture: RgbImage,
    title: str,
    price: str,
    link: str = "",
    size: tuple[int, int] = STORY,
    centre: tuple[float, float] | None = None,
) -> RgbImage:
    """Return a card to pass on.

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3), uint8
        RGB; a part of it fills the card above the foot.
    title, price : str
    link : str
        Shown as a QR code; none where it is empty.
    size : tuple of int
        Width and height of the card, px.
    centre : tuple of float, optional
        What that part is round, px; the middle by default.

    Returns
    -------
    ndarray, shape (height, width, 3), uint8
    """
    width, height = size
    card = QImage(width, height, QImage.Format.Format_RGB888)
    card.fill(QColor(DARK.surface))
    painter = QPainter(card)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    frame = QRect(_MARGIN, _MARGIN, width - 2 * _MARGIN, height - _FOOT - 2 * _MARGIN)
    draw_picture(painter, picture, frame, centre)
    foot = QRect(_MARGIN, height - _FOOT - _MARGIN // 2, width - 2 * _MARGIN, _FOOT)
    room = foot
    if link:
        _draw_code(painter, link, QPointF(foot.right() - _QR, foot.center().y() - _QR / 2))
        room = foot.adjusted(0, 0, -_QR - 30, 0)
    _draw_text(painter, title, price, room)
    painter.end()
    return image_pixels(card)


def image_pixels(image: QImage) -> RgbImage:
    """Return the pixels of a picture in RGB888, shape (H, W, 3)."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def worn_centre(result: PreviewResult, slot: str = "") -> tuple[float, float] | None:
    """Return the middle of the first worn piece, or of the one in a slot, px; None without."""
    items = [i for i in result.scene.items if slot in {"", i.product.slot}]
    if not items:
        return None
    point = items[0].camera_from_product.translation
    x, y = result.scene.camera.project(point[None])[0]
    return float(x), float(y)


def draw_picture(
    painter: QPainter, picture: RgbImage, frame: QRect, centre: tuple[float, float] | None
) -> None:
    """Fill a frame with rounded corners with a part of a picture round a point of it, px."""
    picture = np.ascontiguousarray(picture)
    height, width = picture.shape[:2]
    image = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    scale = max(frame.width() / width, frame.height() / height)
    shown_width, shown_height = frame.width() / scale, frame.height() / scale
    x, y = centre or (width / 2, height / 2)
    left = min(max(x - shown_width / 2, 0.0), width - shown_width)
    top = min(max(y - shown_height / 2, 0.0), height - shown_height)
    part = QRectF(left, top, shown_width, shown_height)
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(frame), _CORNER, _CORNER)
    painter.save()
    painter.setClipPath(shape)
    painter.drawImage(QRectF(frame), image, part)
    painter.restore()


def _draw_text(painter: QPainter, title: str, price: str, room: QRect) -> None:
    font = painter.font()
    font.setPixelSize(50)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(DARK.text))
    line = room.adjusted(0, 0, 0, -room.height() // 2)
    shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, shown)
    font.setPixelSize(38)
    font.setBold(False)
    painter.setFont(font)
    painter.setPen(QColor(DARK.accent))
    below = room.adjusted(0, room.height() // 2 + 8, 0, 0)
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, price)


def _draw_code(painter: QPainter, link: str, corner: QPointF) -> None:
    import segno  # Loads HTTP and XML; hardly anybody makes a card in the first second.

    modules = segno.make(link, error="m", micro=False).matrix
    # Whole pixels: blurred edges cost readers their reach.
    side = max(1, _QR // (len(modules) + 2 * _QUIET_MODULES))
    whole = side * (len(modules) + 2 * _QUIET_MODULES)
    left, top = round(corner.x()) + _QR - whole, round(corner.y()) + (_QR - whole) // 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(left, top, whole, whole, QColor("#ffffff"))
    inset = side * _QUIET_MODULES
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                x, y = left + inset + side * column, top + inset + side * row
                painter.fillRect(x, y, side, side, QColor("#000000"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
