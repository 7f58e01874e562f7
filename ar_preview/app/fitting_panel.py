"""The panel in which a model of one's own is fitted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from ar_preview.app.entries import category_of, category_titles
from ar_preview.app.layouts import column, named, row
from ar_preview.app.sliders import ValueSlider
from ar_preview.products import Nudge
from ar_preview.products.adjust import Adjustment

if TYPE_CHECKING:
    from typing import Literal

    from PySide6.QtGui import QKeyEvent

    from ar_preview.app.fitting_room import Fitting, FittingRoom

__all__ = ["FITTING_WIDTH", "FittingPanel"]

FITTING_WIDTH = 336
_SHIFT_MM, _TURN_DEG, _SIZE_PERCENT = 20.0, 30.0, (50.0, 200.0)


class FittingPanel(QFrame):
    """What a model was taken for and why, and sliders that change it while it is worn.

    Parameters
    ----------
    room : FittingRoom
    """

    closed = Signal()

    def __init__(self, room: FittingRoom, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(self.tr("Fit a model"))
        self.setFixedWidth(FITTING_WIDTH)
        self._room = room
        self._turn = np.eye(3)
        self.title = QLineEdit()
        self.title.setAccessibleName(self.tr("Title"))
        self.title.setPlaceholderText(self.tr("Title"))
        self.title.setMaxLength(100)
        self.category = QComboBox()
        self.category.setAccessibleName(self.tr("What it is"))
        for name, text in category_titles().items():
            self.category.addItem(text, name)
        self.certainty, self.evidence = QLabel(), QLabel()
        self.sizes = QGridLayout()
        self.shifts = [
            ValueSlider(text, self.tr("mm"), -_SHIFT_MM, _SHIFT_MM)
            for text in (self.tr("Sideways"), self.tr("Height"), self.tr("Depth"))
        ]
        self.turns = [
            ValueSlider(text, "°", -_TURN_DEG, _TURN_DEG)
            for text in (self.tr("Tip"), self.tr("Turn"), self.tr("Roll"))
        ]
        self.scale = ValueSlider(self.tr("Size"), "%", *_SIZE_PERCENT, usual=100.0)
        self.quarters: list[QPushButton] = []
        self.reset = QPushButton(self.tr("Reset"))
        self.save = named(QPushButton(self.tr("Save to the shelf")), "primary")
        self.close_button = named(QPushButton("✕"), "close")
        self.close_button.setAccessibleName(self.tr("Close"))
        self._lay_out()
        self._connect()
        self.hide()

    def show_fitting(self) -> None:
        """Show what the room has opened."""
        fitting = self._room.fitting
        if fitting is None:
            return
        if not self.title.text() or not self.isVisible():
            self.title.setText(fitting.base.title)
        self._tell_guess(fitting)
        self._follow(fitting.adjustment)
        self._tell_sizes()
        self.show()
        self.raise_()

    def _tell_guess(self, fitting: Fitting) -> None:
        guess = fitting.guess
        kind = category_of(fitting.base.slot)
        self.category.blockSignals(True)
        self.category.setCurrentIndex(self.category.findData(kind))
        self.category.blockSignals(False)
        sure = f"{guess.confidence:.0%}"
        words = self.tr("%1 sure by its shape") if guess.is_trusted else self.tr("Only %1 sure: %2")
        why = ", ".join(guess.doubts) or self.tr("please choose")
        self.certainty.setText(words.replace("%1", sure).replace("%2", why))
        self.certainty.setProperty("warning", not guess.is_trusted)
        self.certainty.style().polish(self.certainty)
        # The dimensions are shown above already, and what else it looks like tells who doubts.
        known = ("size:", "looks like:") if guess.is_trusted else ("size:",)
        lines = [line for line in guess.evidence if not line.startswith(known)]
        self.evidence.setText("\n".join(_upper(line) for line in lines))

    def _follow(self, adjustment: Adjustment) -> None:
        self._turn = adjustment.turn
        nudge = adjustment.nudge
        for slider, value in zip(self.shifts, nudge.shift_mm, strict=True):
            slider.set_value(value)
        for slider, value in zip(self.turns, nudge.turn_deg, strict=True):
            slider.set_value(value)
        self.scale.set_value(100.0 * adjustment.size)

    def _tell_sizes(self) -> None:
        """Show the real dimensions as they would be saved, mm."""
        while (item := self.sizes.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        fitting = self._room.fitting
        if fitting is None:
            return
        product = fitting.product
        extent = 1e3 * np.ptp(product.vertices_product(), axis=0)
        names = (self.tr("Width"), self.tr("Height"), self.tr("Depth"))
        told = list(zip(names, extent, strict=True))
        known = {
            "lens_width": self.tr("Lens"),
            "bridge": self.tr("Bridge"),
            "temple_length": self.tr("Temple"),
            "head_circumference": self.tr("Head"),
            "inner_diameter": self.tr("Inner"),
            "case_diameter": self.tr("Case"),
            "length": self.tr("Length"),
        }
        told += [(known[k], v) for k, v in product.dimensions_mm.items() if k in known]
        for number, (name, value) in enumerate(told):
            place = divmod(number, 3)
            label = QLabel(name)
            label.setProperty("quiet", True)
            figure = QLabel(f"{value:.0f} mm")
            self.sizes.addWidget(label, 3 * place[0], place[1])
            self.sizes.addWidget(figure, 3 * place[0] + 1, place[1])
            self.sizes.setRowMinimumHeight(3 * place[0] + 2, 5)

    def _changed(self) -> None:
        shift = tuple(slider.value for slider in self.shifts)
        turn = tuple(slider.value for slider in self.turns)
        nudge = Nudge.model_validate({"shift_mm": shift, "turn_deg": turn})
        self._room.adjust(Adjustment(self._turn, 0.01 * self.scale.value, nudge))
        self._tell_sizes()

    def _quarter(self, axis: Literal["x", "y", "z"]) -> None:
        self._turn = Adjustment(self._turn).turned(axis).turn
        self._changed()

    def _reset(self) -> None:
        self._follow(Adjustment())
        self._changed()

    def _choose(self, index: int) -> None:
        fitting = self._room.fitting
        if fitting is not None:
            self._room.open(fitting.path, self.category.itemData(index))

    def _save(self) -> None:
        title = self.title.text().strip()
        if title:
            self._room.save(title)
        else:
            self.title.setFocus()

    def _connect(self) -> None:
        self._room.opened.connect(self.show_fitting)
        self._room.saved.connect(self.leave)
        self.category.activated.connect(self._choose)
        for slider in (*self.shifts, *self.turns, self.scale):
            slider.moved.connect(self._changed)
        self.reset.clicked.connect(self._reset)
        self.save.clicked.connect(self._save)
        self.title.returnPressed.connect(self._save)
        self.close_button.clicked.connect(self.leave)

    def leave(self) -> None:
        """Close; what is worn stays."""
        self.title.clear()
        self._room.close()
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Close by Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        inner = named(QWidget(), "panel_inner")
        body = column(inner, 7, (18, 0, 14, 0))
        body.addWidget(self.category)
        body.addWidget(self.certainty)
        self.certainty.setWordWrap(True)
        self.sizes.setHorizontalSpacing(12)
        self.sizes.setVerticalSpacing(0)
        body.addLayout(self.sizes)
        body.addSpacing(4)
        for slider in (*self.shifts, *self.turns, self.scale):
            body.addWidget(slider)
        quarters = row(None, 6)
        label = QLabel(self.tr("Lies wrong"))
        label.setFixedWidth(78)
        quarters.addWidget(label)
        axes: tuple[tuple[Literal["x", "y", "z"], str], ...] = (
            ("x", self.tr("Tip 90°")),
            ("y", self.tr("Turn 90°")),
            ("z", self.tr("Roll 90°")),
        )
        for axis, text in axes:
            button = named(QPushButton(text), "small")
            button.clicked.connect(partial(self._quarter, axis))
            self.quarters.append(button)
            quarters.addWidget(button)
        body.addLayout(quarters)
        self.evidence.setWordWrap(True)
        self.evidence.setProperty("quiet", True)
        self.evidence.setProperty("fine", True)
        body.addSpacing(2)
        body.addWidget(self.evidence)
        body.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = row(None, 8, (18, 12, 12, 8))
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        foot = row(None, 8, (18, 8, 14, 14))
        foot.addWidget(self.reset)
        foot.addWidget(self.save, 1)
        layout = column(self)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
