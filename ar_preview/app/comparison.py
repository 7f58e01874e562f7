"""Four products on the same frame, side by side on one sheet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from ar_preview.app.share import draw_picture, image_pixels, worn_centre
from ar_preview.app.theme import DARK
from ar_preview.errors import ArPreviewError
from ar_preview.preview import Preview
from ar_preview.products import load_product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.app.entries import Entry
    from ar_preview.app.favourites import Favourites
    from ar_preview.frames import Frame, RgbImage
    from ar_preview.products import Product
    from ar_preview.scene import LightMode

__all__ = ["MOST_COMPARED", "Cell", "Comparison", "comparison_sheet", "four_of"]

MOST_COMPARED = 4
_CELL, _GAP, _FOOT = (936, 702), 24, 92
_LEAST = 2


@dataclass(frozen=True, eq=False)
class Cell:
    """One picture of a sheet.

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3), uint8
        RGB.
    title, price : str
    centre : tuple of float, optional
        What the cut is round, px.
    """

    picture: RgbImage
    title: str
    price: str
    centre: tuple[float, float] | None = None


def four_of(worn: Entry, shown: Sequence[Entry], favourites: Favourites) -> list[Entry]:
    """Return what a product is compared with, itself first: favourites, then what is beside it.

    Parameters
    ----------
    worn : Entry
    shown : sequence of Entry
        In the order of the shelf.
    favourites : Favourites
    """
    alike = [entry for entry in shown if entry.slot == worn.slot]
    if worn in alike:
        at = alike.index(worn)
        alike = alike[at + 1 :] + alike[:at]
    return [worn, *sorted(alike, key=lambda e: e not in favourites)][:MOST_COMPARED]


def comparison_sheet(cells: Sequence[Cell]) -> RgbImage:
    """Return up to four pictures on a sheet of two columns, with names and prices.

    Returns
    -------
    ndarray, shape (H, W, 3), uint8
    """
    rows = (len(cells) + 1) // 2
    width = 2 * _CELL[0] + 3 * _GAP
    height = rows * (_CELL[1] + _FOOT) + (rows + 1) * _GAP
    sheet = QImage(width, height, QImage.Format.Format_RGB888)
    sheet.fill(QColor(DARK.surface))
    painter = QPainter(sheet)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    for number, cell in enumerate(cells):
        left = _GAP + (number % 2) * (_CELL[0] + _GAP)
        top = _GAP + (number // 2) * (_CELL[1] + _FOOT + _GAP)
        draw_picture(painter, cell.picture, QRect(left, top, *_CELL), cell.centre)
        _draw_words(painter, cell, QRect(left + 6, top + _CELL[1], _CELL[0] - 12, _FOOT))
    painter.end()
    return image_pixels(sheet)


def _draw_words(painter: QPainter, cell: Cell, room: QRect) -> None:
    font = painter.font()
    font.setPixelSize(34)
    font.setBold(False)
    painter.setFont(font)
    painter.setPen(QColor(DARK.accent))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, cell.price)
    left = room.width() - painter.fontMetrics().horizontalAdvance(cell.price) - 30
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(DARK.text))
    title = painter.fontMetrics().elidedText(cell.title, Qt.TextElideMode.ElideRight, left)
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, title)


class Comparison(QObject):
    """Dresses one frame in several products, on a thread of its own."""

    ready = Signal(object)
    """The sheet: an RGB picture."""
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(1, "ar-preview-comparing")

    def start(
        self,
        frame: Frame,
        entries: Sequence[Entry],
        beside: Sequence[Product],
        pupil_distance_mm: float | None,
        light: LightMode,
    ) -> bool:
        """Begin a sheet; return False where there are not two to compare.

        Parameters
        ----------
        frame : Frame
        entries : sequence of Entry
            Of one slot.
        beside : sequence of Product
            What else is worn.
        pupil_distance_mm, light
            As `Preview` takes them.
        """
        if len(entries) < _LEAST:
            return False
        self._pool.submit(
            self._work, frame, tuple(entries), tuple(beside), pupil_distance_mm, light
        )
        return True

    def close(self) -> None:
        """End the thread; a sheet that was begun is waited for."""
        self._pool.shutdown(cancel_futures=True)

    def _work(
        self,
        frame: Frame,
        entries: tuple[Entry, ...],
        beside: tuple[Product, ...],
        pupil_distance_mm: float | None,
        light: LightMode,
    ) -> None:
        try:
            cells: list[Cell] = []
            with Preview(
                continuous=False, pupil_distance_mm=pupil_distance_mm, light=light
            ) as preview:
                for entry in entries:
                    preview.wear([*beside, entry.product or load_product(entry.path)])
                    result = preview.step(frame)
                    # All are cut alike, so that only the products differ.
                    centre = cells[0].centre if cells else worn_centre(result, entry.slot)
                    picture = np.ascontiguousarray(result.image)
                    cells.append(Cell(picture, entry.title, entry.price, centre))
            self.ready.emit(comparison_sheet(cells))
        except ArPreviewError as error:
            self.failed.emit(str(error))
        except Exception as error:  # The thread's last door: the person sees a sentence.
            self.failed.emit(f"unexpected {type(error).__name__}: {error}")
