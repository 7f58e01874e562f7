"""The cards of the shelf in their row: picture, name, price, heart, and whether it is worn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPixmapCache,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ar_preview.app.entries import ENTRY, LIKED, WORN, Entry
from ar_preview.app.icons import pixmap

if TYPE_CHECKING:
    from ar_preview.app.theme import Theme

__all__ = ["CardRow", "Cards"]

_CARD = QSize(132, 142)
_PICTURE = QSize(124, 93)
_RADIUS = 10.0
_Index = QModelIndex | QPersistentModelIndex


class Cards(QStyledItemDelegate):
    """Draws a product: its picture, name and price, and whether it is worn."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        """Return the size of a card; all are alike."""
        return _CARD

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one card."""
        entry: Entry = index.data(ENTRY)
        worn: bool = index.data(WORN)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = QRectF(area.left() + 4, area.top() + 4, _PICTURE.width(), _PICTURE.height())
        shape = QPainterPath()
        shape.addRoundedRect(picture, _RADIUS, _RADIUS)
        painter.setClipPath(shape)
        painter.fillPath(shape, QColor(self.theme.raised))
        found = _thumbnail(entry, self.parent())
        if found is not None:
            painter.drawPixmap(picture.toRect(), found)
        else:
            centre = picture.center()
            glyph = pixmap("product", self.theme.muted, 36)
            painter.drawPixmap(QPointF(centre.x() - 18, centre.y() - 18), glyph)
        painter.setClipping(False)
        self._text(painter, entry, QRectF(picture.left() + 1, picture.bottom() + 5, 122, 17), worn)
        if worn or focused or hovered:
            colour = self.theme.accent if worn or focused else self.theme.muted
            painter.setPen(QPen(QColor(colour), 2.0 if worn else 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(picture.adjusted(-1, -1, 1, 1), _RADIUS + 1, _RADIUS + 1)
        if worn:
            self._tick(painter, picture)
        if index.data(LIKED) or hovered:
            self._heart(painter, QRectF(heart_rect(area)), bool(index.data(LIKED)))
        painter.restore()

    def _text(self, painter: QPainter, entry: Entry, line: QRectF, worn: bool) -> None:
        font = painter.font()
        font.setPixelSize(13)
        font.setBold(worn)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.text))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        title = painter.fontMetrics().elidedText(
            entry.title, Qt.TextElideMode.ElideRight, round(line.width())
        )
        painter.drawText(line, left, title)
        font.setPixelSize(12)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(line.translated(0, 18), left, entry.price)

    def _tick(self, painter: QPainter, picture: QRectF) -> None:
        centre = QPointF(picture.right() - 13, picture.top() + 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.accent))
        painter.drawEllipse(centre, 8.5, 8.5)
        painter.setPen(QPen(QColor(self.theme.on_accent), 1.8))
        painter.drawPolyline(
            [centre + QPointF(-3.6, 0.2), centre + QPointF(-1.0, 2.8), centre + QPointF(3.8, -2.6)]
        )

    def _heart(self, painter: QPainter, place: QRectF, liked: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(14, 15, 17, 140))
        painter.drawEllipse(place)
        size = place.width() - 11.0
        name = "liked" if liked else "like"
        side = round(size)
        corner = QPointF(place.center().x() - side / 2, place.center().y() - side / 2 + 0.5)
        painter.drawPixmap(corner, pixmap(name, "#ffffff", side))


def heart_rect(card: QRect) -> QRect:
    """Return where the heart of a card is."""
    side = 25
    return QRect(card.left() + 8, card.top() + 8, side, side)


def _thumbnail(entry: Entry, view: object) -> QPixmap | None:
    """Return the picture of a product at the size of a card; None without one."""
    if entry.thumbnail is None:
        return None
    ratio = view.devicePixelRatioF() if isinstance(view, QWidget) else 1.0
    key = f"{entry.thumbnail}@{ratio}"
    found = QPixmap()
    if not QPixmapCache.find(key, found):
        found = QPixmap(str(entry.thumbnail)).scaled(
            _PICTURE * ratio,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        found.setDevicePixelRatio(ratio)
        QPixmapCache.insert(key, found)
    return None if found.isNull() else found


class CardRow(QListView):
    """One row of cards that scrolls sideways; letters are left to the window."""

    chosen = Signal(object)
    """A product was clicked: an `Entry`."""
    hearted = Signal(object)
    """The heart of a product was clicked: an `Entry`."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSpacing(3)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_CARD.height() + 16)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.clicked.connect(self._choose)
        self._pressed_heart = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Choose with Return or Enter; everything else is the window's."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose(self.currentIndex())
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Take a click on a heart, which does not put the product on."""
        entry = self._hearted(event.position().toPoint())
        self._pressed_heart = entry is not None
        if entry is not None:
            self.hearted.emit(entry)
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """End a click."""
        if not self._pressed_heart:
            super().mouseReleaseEvent(event)
        self._pressed_heart = False

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Scroll sideways with any wheel."""
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.y() or turned.x()))
        event.accept()

    def _hearted(self, point: QPoint) -> Entry | None:
        index = self.indexAt(point)
        if not index.isValid() or not heart_rect(self.visualRect(index)).contains(point):
            return None
        entry: Entry = index.data(ENTRY)
        return entry

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(ENTRY))
