"""Sliders with a name and a value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from ar_preview.app.layouts import row

__all__ = ["ValueSlider"]


class ValueSlider(QWidget):
    """A name, a slider and what it stands at; a double click brings it back.

    Parameters
    ----------
    title : str
    unit : str
        For example ``mm``.
    low, high, usual, step : float
        Range, where it stands at first, and the least change.
    """

    moved = Signal()
    """The person moved it."""

    def __init__(
        self, title: str, unit: str, low: float, high: float, usual: float = 0.0, step: float = 0.5
    ) -> None:
        super().__init__()
        self._unit, self._usual, self._step = unit, usual, step
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(low / step), round(high / step))
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(title)
        self.slider.installEventFilter(self)
        self.figure = QLabel()
        self.figure.setFixedWidth(58)
        self.figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        name = QLabel(title)
        name.setFixedWidth(78)
        name.setBuddy(self.slider)
        layout = row(self, 8)
        for widget in (name, self.slider, self.figure):
            layout.addWidget(widget)
        self._following = False
        self.slider.valueChanged.connect(self._changed)
        self.set_value(usual)

    @property
    def value(self) -> float:
        """Where it stands."""
        return self.slider.value() * self._step

    def set_value(self, value: float) -> None:
        """Move it without telling."""
        self._following = True
        self.slider.setValue(round(value / self._step))
        self._following = False
        self._changed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Go back by a double click."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.slider.setValue(round(self._usual / self._step))
            return True
        return False

    def _changed(self) -> None:
        shown = f"{self.value:+.1f}" if self._usual == 0.0 and self.value else f"{self.value:g}"
        gap = "" if self._unit == "°" else " "
        self.figure.setText(f"{shown}{gap}{self._unit}")
        if not self._following:
            self.moved.emit()
