"""What is worn: one product per slot, loaded on a thread of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ar_preview.errors import ArPreviewError, ProductError
from ar_preview.products import load_product, variant_swatches
from ar_preview.products.assemble import with_variant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ar_preview.app.entries import Entry
    from ar_preview.products import Product, Swatch

__all__ = ["Wearing", "Worn"]


@dataclass(frozen=True, eq=False)
class Worn:
    """A product that is loaded and worn.

    Parameters
    ----------
    entry : Entry
    product : Product
        In the chosen variant.
    variant : str
        Empty for the model as it comes.
    swatches : mapping of str to Swatch
        Colours by variant; empty where there are none.
    """

    entry: Entry
    product: Product
    variant: str
    swatches: Mapping[str, Swatch]


@dataclass(frozen=True, eq=False)
class _Loaded:
    base: Product
    swatches: Mapping[str, Swatch]


class Wearing(QObject):
    """Puts products on and takes them off; what is being loaded replaces the old when ready."""

    changed = Signal()
    failed = Signal(str)
    _ready = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(1, "ar-preview-loading")
        self._wanted: dict[str, tuple[Entry, str]] = {}
        self._worn: dict[str, Worn] = {}
        self._loaded: dict[Path, _Loaded] = {}
        self._dressed: dict[tuple[Path, str], Product] = {}
        self._last_slot = ""
        self._ready.connect(self._take)

    @property
    def products(self) -> tuple[Product, ...]:
        """What is worn now."""
        return tuple(worn.product for worn in self._worn.values())

    @property
    def entries(self) -> dict[str, Entry]:
        """What is worn or being loaded, by slot."""
        return {slot: entry for slot, (entry, _) in self._wanted.items()}

    @property
    def latest(self) -> Worn | None:
        """What was put on last, as far as it is still worn."""
        return self._worn.get(self._last_slot) or next(iter(self._worn.values()), None)

    def toggle(self, entry: Entry) -> None:
        """Put a product on, or take it off if it is worn."""
        if self.entries.get(entry.slot) is entry:
            self.take_off(entry.slot)
        else:
            self.put_on(entry)

    def put_on(self, entry: Entry, variant: str = "") -> None:
        """Wear a product in the place of what its slot has now."""
        self._wanted[entry.slot] = (entry, variant)
        self._last_slot = entry.slot
        if entry.path in self._loaded:
            self._settle(entry)
        else:
            self._pool.submit(self._load, entry)
            self.changed.emit()

    def take_off(self, slot: str) -> None:
        """Take off what a slot has."""
        self._wanted.pop(slot, None)
        self._worn.pop(slot, None)
        self.changed.emit()

    def clear(self) -> None:
        """Take everything off."""
        self._wanted.clear()
        self._worn.clear()
        self.changed.emit()

    def try_on(self, entry: Entry, product: Product) -> None:
        """Wear this very product, for example a model that is being fitted."""
        self._wanted[entry.slot] = (entry, "")
        self._worn[entry.slot] = Worn(entry, product, "", {})
        self.forget(entry.path)
        self._loaded[entry.path] = _Loaded(product, {})
        self._last_slot = entry.slot
        self.changed.emit()

    @property
    def choices(self) -> dict[str, tuple[Entry, str]]:
        """Product and variant by slot, to be worn again by `wear_all`."""
        return dict(self._wanted)

    def wear_all(self, choices: Mapping[str, tuple[Entry, str]]) -> None:
        """Wear exactly these."""
        for slot in [slot for slot in self._wanted if slot not in choices]:
            self._wanted.pop(slot)
            self._worn.pop(slot, None)
        for entry, variant in choices.values():
            self.put_on(entry, variant)
        self.changed.emit()

    def forget(self, path: Path) -> None:
        """Read a product anew the next time, as its files have changed."""
        self._loaded.pop(path, None)
        for key in [key for key in self._dressed if key[0] == path]:
            del self._dressed[key]

    def submit(self, work: Callable[[], None]) -> None:
        """Do something on the thread that loads."""
        self._pool.submit(work)

    def close(self) -> None:
        """End the loading."""
        self._pool.shutdown(cancel_futures=True)

    def _load(self, entry: Entry) -> None:
        try:
            base = entry.product or load_product(entry.path)
            self._ready.emit(entry, _Loaded(base, variant_swatches(base)))
        except ArPreviewError as error:
            self._ready.emit(entry, str(error))
        except Exception as error:  # The thread's last door: the person sees a sentence.
            self._ready.emit(entry, f"{entry.title}: unexpected {type(error).__name__}: {error}")

    def _take(self, entry: Entry | None, found: _Loaded | str | None) -> None:
        if isinstance(found, str):
            if entry is not None and self.entries.get(entry.slot) is entry:
                self._forget(entry.slot)
            self.failed.emit(found)
        elif entry is not None and found is not None:
            self._loaded[entry.path] = found
            if self.entries.get(entry.slot) is entry:
                self._settle(entry)

    def _forget(self, slot: str) -> None:
        """Go on with what the slot has, as the new piece cannot be worn."""
        worn = self._worn.get(slot)
        if worn is None:
            self._wanted.pop(slot, None)
        else:
            self._wanted[slot] = (worn.entry, worn.variant)
        self.changed.emit()

    def _settle(self, entry: Entry) -> None:
        loaded, variant = self._loaded[entry.path], self._wanted[entry.slot][1]
        key = (entry.path, variant)
        try:
            if key not in self._dressed:
                # Kept, so that a variant that comes again is known to the renderer.
                base = loaded.base
                self._dressed[key] = with_variant(base, variant) if variant else base
        except ProductError as error:
            self._forget(entry.slot)
            self.failed.emit(str(error))
            return
        self._worn[entry.slot] = Worn(entry, self._dressed[key], variant, loaded.swatches)
        self.changed.emit()
