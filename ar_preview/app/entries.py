"""What the shelf shows of a product, and the model behind the list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from ar_preview.products import HAND_SLOTS, Catalogue, Summary, read_manifest
from ar_preview.products.catalogue import THUMBNAIL_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ar_preview.app.favourites import Favourites
    from ar_preview.products import Product, Slot
    from ar_preview.products.manifest import Category, Variant

__all__ = [
    "ENTRY",
    "LIKED",
    "LIKED_ONLY",
    "WORN",
    "Entry",
    "ShelfFilter",
    "ShelfModel",
    "category_titles",
    "price_text",
]

ENTRY = Qt.ItemDataRole.UserRole + 1
WORN = Qt.ItemDataRole.UserRole + 2
LIKED = Qt.ItemDataRole.UserRole + 3

LIKED_ONLY = "liked"
"""Stands for a category: the favourites."""

_Index = QModelIndex | QPersistentModelIndex
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def price_text(price: str | None) -> str:
    """Return a price such as ``149.00 EUR`` as this country writes it."""
    if not price:
        return ""
    amount, _, currency = price.partition(" ")
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    places = 0 if float(amount).is_integer() else 2
    return QLocale().toCurrencyString(float(amount), symbol, places)


@dataclass(frozen=True, eq=False)
class Entry:
    """A product on the shelf.

    Parameters
    ----------
    path : Path
        Product folder or model file.
    title, price : str
    category : str
    slot : Slot
    thumbnail : Path or None
    variants : tuple of Variant
    words : str
        What a search looks at.
    link : str
        Where it is sold; empty if not told.
    product : Product or None
        Where it is loaded already.
    """

    path: Path
    title: str
    price: str
    category: Category
    slot: Slot
    thumbnail: Path | None = None
    variants: tuple[Variant, ...] = ()
    words: str = ""
    link: str = ""
    product: Product | None = field(default=None, repr=False)

    @property
    def is_for_hands(self) -> bool:
        """Whether it is worn on a finger or a wrist."""
        return self.slot in HAND_SLOTS

    @classmethod
    def from_summary(cls, path: Path, summary: Summary) -> Entry:
        """Return the entry of a product folder."""
        shop, try_on = summary.manifest.commerce, summary.manifest.try_on
        told = (shop.title, shop.brand, shop.description, shop.color, shop.material)
        return cls(
            path,
            shop.title,
            price_text(shop.price),
            try_on.category,
            summary.slot,
            summary.thumbnail,
            tuple(try_on.variants),
            " ".join((*(t for t in told if t), try_on.category)).lower(),
            shop.link or "",
        )

    @classmethod
    def from_folder(cls, path: Path) -> Entry:
        """Read a product folder.

        Raises
        ------
        ProductError
            If it is none.
        """
        picture = path / THUMBNAIL_NAME
        manifest = read_manifest(path)
        summary = Summary(path.name, manifest, picture if picture.is_file() else None)
        return cls.from_summary(path, summary)

    @classmethod
    def from_product(cls, path: Path, product: Product) -> Entry:
        """Return the entry of a bare model that is loaded."""
        category = category_of(product.slot)
        return cls(
            path,
            product.title,
            "",
            category,
            product.slot,
            words=f"{product.title} {category}".lower(),
            product=product,
        )

    @classmethod
    def of_catalogue(cls, catalogue: Catalogue) -> list[Entry]:
        """Return the entries of a catalogue, by category."""
        found = [cls.from_summary(catalogue.path(s.id), s) for s in catalogue]
        order = list(_ORDER)
        return sorted(found, key=lambda e: (order.index(e.category), e.title))


_ORDER: tuple[Category, ...] = (
    "glasses",
    "hat",
    "over_ear",
    "earrings",
    "necklace",
    "ring",
    "watch",
    "bracelet",
)


def category_titles() -> dict[Category, str]:
    """Return what the parts of the shelf are called, in its order."""
    translate = QCoreApplication.translate
    titles: dict[Category, str] = {
        "glasses": translate("shelf", "Glasses"),
        "hat": translate("shelf", "Hats"),
        "over_ear": translate("shelf", "Headphones"),
        "earrings": translate("shelf", "Earrings"),
        "necklace": translate("shelf", "Necklaces"),
        "ring": translate("shelf", "Rings"),
        "watch": translate("shelf", "Watches"),
        "bracelet": translate("shelf", "Bracelets"),
    }
    return titles


def category_of(slot: Slot) -> Category:
    """Return the category of what is worn in a slot."""
    name = slot.partition(":")[0]
    return next(category for category in _ORDER if category == name)


class ShelfModel(QAbstractListModel):
    """The products in the order of the shelf, with what is worn and what is liked."""

    def __init__(self, entries: Iterable[Entry], favourites: Favourites) -> None:
        super().__init__()
        self._entries = list(entries)
        self._worn: Mapping[str, Entry] = {}
        self._favourites = favourites
        favourites.changed.connect(self._all_changed)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All products."""
        return tuple(self._entries)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that there is something of, in the order of the shelf."""
        there = {entry.category for entry in self._entries}
        return tuple(c for c in _ORDER if c in there)

    def add(self, entry: Entry) -> None:
        """Put a product in front, or in the place of the one from the same path."""
        self.beginResetModel()
        self._entries = [entry, *(e for e in self._entries if e.path != entry.path)]
        self.endResetModel()

    def set_worn(self, worn: Mapping[str, Entry]) -> None:
        """Mark what is worn, by slot."""
        self._worn = dict(worn)
        self._all_changed()

    def replace(self, entry: Entry, path: Path) -> None:
        """Put a product in front, in the place of the one from that path."""
        self._entries = [e for e in self._entries if e.path != path]
        self.add(entry)

    def _all_changed(self) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 (Qt's name)
        """Return how many products there are."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the list shows of a product."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        worn = self._worn.get(entry.slot) is entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = self.tr("worn") if worn else ""
            liked = self.tr("favourite") if entry in self._favourites else ""
            return ", ".join(t for t in (entry.title, entry.price, state, liked) if t)
        if role == LIKED:
            return entry in self._favourites
        if role == ENTRY:
            return entry
        return worn if role == WORN else None


class ShelfFilter(QSortFilterProxyModel):
    """Keeps the products of a category that hold all words of a search."""

    def __init__(self, model: ShelfModel) -> None:
        super().__init__()
        self._category = ""
        self._words: list[str] = []
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)

    def set_category(self, category: str) -> None:
        """Show one category; the empty name shows all."""
        self._category = category
        self.invalidate()

    def set_search(self, text: str) -> None:
        """Show what holds all these words."""
        self._words = text.lower().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:  # noqa: N802 (Qt's name)
        """Return whether a product is shown."""
        model = self.sourceModel()
        entry: Entry = model.data(model.index(row, 0), ENTRY)
        if self._category == LIKED_ONLY:
            if not model.data(model.index(row, 0), LIKED):
                return False
        elif self._category and entry.category != self._category:
            return False
        return all(word in entry.words for word in self._words)
