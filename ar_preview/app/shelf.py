"""The shelf below the mirror: categories, search, and the products in a row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
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
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPixmapCache,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ar_preview.app.entries import ENTRY, WORN, Entry, ShelfFilter, ShelfModel, category_titles
from ar_preview.app.icons import pixmap
from ar_preview.app.layouts import column, named, row
from ar_preview.app.swatches import SwatchRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ar_preview.app.theme import Theme

__all__ = ["Shelf"]

_CARD = QSize(132, 142)
_PICTURE = QSize(124, 93)
_RADIUS = 10.0
_HEIGHT = 202
_Index = QModelIndex | QPersistentModelIndex


class _Cards(QStyledItemDelegate):
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


class _Row(QListView):
    """One row of cards that scrolls sideways; letters are left to the window."""

    chosen = Signal(object)

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

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Choose with Return or Enter; everything else is the window's."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose(self.currentIndex())
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Scroll sideways with any wheel."""
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.y() or turned.x()))
        event.accept()

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(ENTRY))


class Shelf(QWidget):
    """Shows what there is and tells what was chosen.

    Parameters
    ----------
    entries : iterable of Entry
    theme : Theme
    """

    chosen = Signal(object)
    """A product was clicked: an `Entry`."""
    browsed = Signal(object)
    """A product was come to with the arrow keys: an `Entry`."""
    varied = Signal(str)
    """A variant of the product in the caption was chosen, by name."""

    def __init__(self, entries: Iterable[Entry], theme: Theme) -> None:
        super().__init__()
        self.setObjectName("shelf")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self.model = ShelfModel(entries)
        self._filter = ShelfFilter(self.model)
        self.row = _Row()
        self.row.setModel(self._filter)
        self.row.setAccessibleName(self.tr("Products"))
        self._cards = _Cards(theme, self.row)
        self.row.setItemDelegate(self._cards)
        self.row.chosen.connect(self.chosen)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search products"))
        self.search.setFixedSize(190, 32)
        self.search.textChanged.connect(self._filter.set_search)
        self.search.installEventFilter(self)
        self.caption, self.price = named(QLabel(), "caption"), named(QLabel(), "price")
        self.swatches = SwatchRow(theme)
        self.swatches.chosen.connect(self.varied)
        self.chips: list[QPushButton] = []
        """The buttons of the categories."""
        self._chip_box = row(spacing=2)
        self._lay_out()
        self._make_chips()
        self.model.modelReset.connect(self._make_chips)

    @property
    def shown(self) -> list[Entry]:
        """The products that the category and the search leave."""
        rows = range(self._filter.rowCount())
        return [self._filter.index(row, 0).data(ENTRY) for row in rows]

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._cards.theme = self.swatches.theme = theme
        self.row.viewport().update()
        self.swatches.update()

    def show_caption(self, title: str, price: str) -> None:
        """Name what is looked at."""
        self.caption.setText(title)
        self.price.setText(price)

    def browse(self, step: int) -> None:
        """Go to the next product, or with -1 the one before, round and round."""
        shown = self.shown
        if shown:
            current = self.row.currentIndex().row()
            start = current if current >= 0 else min(-step, 0)
            self.browsed.emit(shown[(start + step) % len(shown)])

    def point_at(self, entry: Entry | None) -> None:
        """Bring a product into view."""
        shown = self.shown
        if entry in shown:
            index = self._filter.index(shown.index(entry), 0)
            self.row.setCurrentIndex(index)
            self.row.scrollTo(index)

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Leave the search by Escape, to the products by Return."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                self.row.setFocus()
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.row.setFocus()
                if len(self.shown) == 1:
                    self.browsed.emit(self.shown[0])
                return True
        return False

    def _lay_out(self) -> None:
        head = row(None, 10, (14, 8, 14, 0))
        head.addLayout(self._chip_box)
        head.addStretch(1)
        for widget in (self.caption, self.price, self.swatches):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.search)
        layout = column(self)
        layout.addLayout(head)
        body = row(None, 0, (10, 0, 10, 0))
        body.addWidget(self.row)
        layout.addLayout(body)

    def _show_category(self, category: str, _checked: bool = True) -> None:
        self._filter.set_category(category)
        for chip in self.chips:
            chip.setChecked(chip.property("category") == category)

    def _make_chips(self) -> None:
        # No group: Qt would leave all but one out of the order of the tab key.
        for chip in self.chips:
            chip.deleteLater()
        self.chips.clear()
        names: dict[str, str] = {"": self.tr("All")}
        names |= {str(name): title for name, title in category_titles().items()}
        for category in ("", *self.model.categories):
            chip = named(QPushButton(names[category]), "chip")
            chip.setCheckable(True)
            chip.setChecked(not category)
            chip.setProperty("category", category)
            chip.clicked.connect(partial(self._show_category, category))
            self.chips.append(chip)
            self._chip_box.addWidget(chip)
        self._filter.set_category("")
