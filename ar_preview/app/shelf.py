"""The shelf below the mirror: categories, search, and the products in a row."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from ar_preview.app.cards import CardRow, Cards
from ar_preview.app.entries import (
    ENTRY,
    LIKED_ONLY,
    Entry,
    ShelfFilter,
    ShelfModel,
    category_titles,
)
from ar_preview.app.layouts import column, named, row
from ar_preview.app.swatches import SwatchRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ar_preview.app.favourites import Favourites
    from ar_preview.app.theme import Theme
    from ar_preview.products import Swatch

__all__ = ["Shelf"]

_HEIGHT = 202


class Shelf(QWidget):
    """Shows what there is and tells what was chosen.

    Parameters
    ----------
    entries : iterable of Entry
    theme : Theme
    favourites : Favourites
    """

    chosen = Signal(object)
    """A product was clicked: an `Entry`."""
    browsed = Signal(object)
    """A product was come to with the arrow keys: an `Entry`."""
    varied = Signal(str)
    """A variant of the product in the caption was chosen, by name."""

    def __init__(self, entries: Iterable[Entry], theme: Theme, favourites: Favourites) -> None:
        super().__init__()
        self.setObjectName("shelf")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self.model = ShelfModel(entries, favourites)
        self._filter = ShelfFilter(self.model)
        self.row = CardRow()
        self.row.setModel(self._filter)
        self.row.setAccessibleName(self.tr("Products"))
        self._cards = Cards(theme, self.row)
        self.row.setItemDelegate(self._cards)
        self.row.chosen.connect(self.chosen)
        self.row.hearted.connect(favourites.toggle)
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

    def show_variants(
        self, colours: Mapping[str, Swatch], titles: Mapping[str, str], chosen: str
    ) -> None:
        """Show the colours of what is looked at, as `SwatchRow` takes them."""
        self.swatches.show_variants(colours, titles, chosen)
        self._order_stops()

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

    def show_all(self) -> None:
        """Show every category."""
        self._show_category("")

    def _show_category(self, category: str, _checked: bool = True) -> None:
        self._filter.set_category(category)
        for chip in self.chips:
            chip.setChecked(chip.property("category") == category)

    def _order_stops(self) -> None:
        """Let the tab key go from left to right, then down; what is new would come last."""
        stops = [*self.chips, *self.swatches.buttons, self.search, self.row]
        for stop, following in pairwise(stops):
            QWidget.setTabOrder(stop, following)

    def _make_chips(self) -> None:
        # No group: Qt would leave all but one out of the order of the tab key.
        for chip in self.chips:
            chip.deleteLater()
        self.chips.clear()
        names: dict[str, str] = {"": self.tr("All")}
        names |= {str(name): title for name, title in category_titles().items()}
        names[LIKED_ONLY] = "♥"
        for category in ("", *self.model.categories, LIKED_ONLY):
            chip = named(QPushButton(names[category]), "chip")
            if category == LIKED_ONLY:
                chip.setAccessibleName(self.tr("Favourites"))
                chip.setToolTip(self.tr("Favourites"))
            chip.setCheckable(True)
            chip.setChecked(not category)
            chip.setProperty("category", category)
            chip.clicked.connect(partial(self._show_category, category))
            self.chips.append(chip)
            self._chip_box.addWidget(chip)
        self._order_stops()
        self._filter.set_category("")
