"""Fitting a model of the person's own: what it was taken for, changing that, saving it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ar_preview.app.entries import Entry, category_of
from ar_preview.app.own import free_folder, own_folder
from ar_preview.errors import ArPreviewError, RenderError
from ar_preview.products import load_product, read_manifest, write_product_folder
from ar_preview.products.adjust import Adjustment
from ar_preview.products.bare import load_bare_model
from ar_preview.products.lighten import lightened
from ar_preview.products.measured import measured_dimensions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from PySide6.QtCore import QSettings

    from ar_preview.app.wearing import Wearing
    from ar_preview.products import FitGuess, Product

    Photograph = Callable[[Product], npt.NDArray[np.uint8]]

__all__ = ["Fitting", "FittingRoom"]

_LIGHT_TRIANGLES = 6000
"""A heavier model brings a lighter one, made once, so that no slider waits for it."""


@dataclass(frozen=True, eq=False)
class Fitting:
    """A model that is being fitted.

    Parameters
    ----------
    path : Path
        The model file, or the folder of an own product.
    base : Product
        As it was taken, with all dimensions that could be measured.
    guess : FitGuess
    adjustment : Adjustment
        What the person changed.
    """

    path: Path
    base: Product
    guess: FitGuess
    adjustment: Adjustment = field(default_factory=Adjustment)

    @property
    def product(self) -> Product:
        """As it is to be worn."""
        return self.adjustment.applied(self.base)

    @property
    def model(self) -> Path:
        """The model file."""
        return self.path / "model.glb" if self.path.is_dir() else self.path


class FittingRoom(QObject):
    """Takes in models and own products, lets them be changed while worn, and saves them.

    Parameters
    ----------
    wearing : Wearing
    settings : QSettings
    photograph : callable, optional
        Makes the picture for the shelf.
    """

    opened = Signal()
    """Another model is being fitted, or the same one as something else: `fitting`."""
    noted = Signal(str)
    worn = Signal(object, object)
    """What is being fitted is another entry: the new one, and the path of the one it replaces."""
    saved = Signal(object)
    """The folder of a product that was saved."""
    _ready = Signal(object, object)

    def __init__(
        self, wearing: Wearing, settings: QSettings, photograph: Photograph | None = None
    ) -> None:
        super().__init__()
        self._wearing, self._settings, self._photograph = wearing, settings, photograph
        self.fitting: Fitting | None = None
        self.entry: Entry | None = None
        self._ready.connect(self._take)

    def open(self, path: Path, category: str | None = None) -> None:
        """Take in a model file, or an own product again; `opened` says when it is there."""
        self._wearing.submit(partial(self._guarded, partial(self._look_at, path, category)))

    def is_own(self, entry: Entry) -> bool:
        """Whether a product may be changed: it is a bare model, or was saved from here."""
        return entry.path.parent == own_folder(self._settings) or entry.path.is_file()

    def adjust(self, adjustment: Adjustment) -> None:
        """Wear it changed."""
        if self.fitting is not None and self.entry is not None:
            self.fitting = replace(self.fitting, adjustment=adjustment)
            self._wearing.try_on(self.entry, self.fitting.product)

    def save(self, title: str) -> None:
        """Write it as a product folder; `saved` says when it is there."""
        fitting = self.fitting
        if fitting is not None:
            self._wearing.submit(partial(self._guarded, partial(self._write, fitting, title)))

    def close(self) -> None:
        """Stop fitting; what is worn stays."""
        self.fitting = self.entry = None

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ArPreviewError as error:
            self._ready.emit(None, str(error))
        except Exception as error:  # The thread's last door: the person sees a sentence.
            self._ready.emit(None, f"unexpected {type(error).__name__}: {error}")

    def _look_at(self, path: Path, category: str | None) -> None:
        adjustment = Adjustment()
        if path.is_dir() and category is None:
            manifest = read_manifest(path)
            base = load_product(path)
            adjustment = Adjustment(nudge=manifest.try_on.nudge)
            guess = load_bare_model(path / "model.glb", category=base.slot)[1]
        else:
            model = path / "model.glb" if path.is_dir() else path
            base, guess, _ = load_bare_model(model, category=category)
            if path.is_dir():
                base = replace(base, title=read_manifest(path).commerce.title)
        if base.lod is None and base.triangle_count > _LIGHT_TRIANGLES:
            base = replace(base, lod=lightened(base, _LIGHT_TRIANGLES))
        base = replace(base, dimensions_mm={**measured_dimensions(base), **base.dimensions_mm})
        self._ready.emit(Fitting(path, base, guess, adjustment), None)

    def _write(self, fitting: Fitting, title: str) -> None:
        product = replace(fitting.product, title=title)
        again = fitting.path.is_dir()
        place = own_folder(self._settings)
        folder = fitting.path if again else free_folder(place, title)
        picture = None
        if self._photograph is not None:
            # A card without a picture is better than a product that is lost.
            with contextlib.suppress(RenderError):
                picture = self._photograph(product)
        write_product_folder(
            folder,
            fitting.model,
            product,
            {"title": title},
            nudge=fitting.adjustment.nudge,
            thumbnail=picture,
            overwrite=again,
        )
        self._ready.emit(Entry.from_folder(folder), fitting.path)

    def _take(self, found: Fitting | Entry | None, told: str | Path | None) -> None:
        """Go on, on the window's own thread, with what the other one made."""
        if found is None:
            self.noted.emit(str(told))
        elif isinstance(found, Fitting):
            self._show(found, self.entry)
        else:
            self.close()
            self._wearing.forget(found.path)
            self.worn.emit(found, told)
            self.saved.emit(found.path)

    def _show(self, fitting: Fitting, before: Entry | None) -> None:
        if before is not None and before.path == fitting.path:
            self._wearing.take_off(before.slot)
        self.fitting = fitting
        self.entry = _entry(fitting)
        self.worn.emit(self.entry, fitting.path)
        self._wearing.try_on(self.entry, fitting.product)
        self.opened.emit()


def _entry(fitting: Fitting) -> Entry:
    base = fitting.base
    if fitting.path.is_dir():
        known = Entry.from_folder(fitting.path)
        return replace(known, slot=base.slot, category=category_of(base.slot), variants=())
    return Entry.from_product(fitting.path, base)
