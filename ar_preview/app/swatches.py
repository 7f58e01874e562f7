"""Round buttons for the variants of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from ar_preview.app.layouts import row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.app.theme import Theme
    from ar_preview.products import Swatch

__all__ = ["SwatchRow"]

_SIDE = 26


class _Swatch(QAbstractButton):
    """One colour; ringed while chosen."""

    def __init__(self, name: str, title: str, colour: Swatch, parent: SwatchRow) -> None:
        super().__init__(parent)
        self.name = name
        self._colour = QColor(*colour)
        self._row = parent
        self.setFixedSize(_SIDE, _SIDE)
        self.setCheckable(True)
        self.setToolTip(title)
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the colour, and a ring while chosen or focused."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._row.theme
        middle = QPointF(_SIDE / 2, _SIDE / 2)
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.setBrush(self._colour)
        painter.drawEllipse(middle, 8.0, 8.0)
        if self.isChecked() or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            width = 2.0 if self.isChecked() else 1.0
            painter.setPen(QPen(QColor(theme.accent), width))
            painter.drawEllipse(middle, 11.5, 11.5)
        painter.end()


class SwatchRow(QWidget):
    """The variants of one product, one chosen.

    Parameters
    ----------
    theme : Theme
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._layout = row(self, 2)
        self._group = QButtonGroup(self)
        self._names: tuple[str, ...] = ()

    @property
    def buttons(self) -> list[QAbstractButton]:
        """One for each variant, the model as it comes first."""
        return self._group.buttons()

    def show_variants(
        self, colours: Mapping[str, Swatch], titles: Mapping[str, str], chosen: str
    ) -> None:
        """Show colours by name of the variant; the empty name is the model as it comes."""
        if tuple(colours) != self._names or not self.buttons:
            for button in self.buttons:
                self._group.removeButton(button)
                button.deleteLater()
            self._names = tuple(colours)
            for name, colour in colours.items():
                swatch = _Swatch(name, titles.get(name, name), colour, self)
                swatch.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
                self._group.addButton(swatch)
                self._layout.addWidget(swatch)
        for button in self.buttons:
            button.setChecked(isinstance(button, _Swatch) and button.name == chosen)
        self.setVisible(bool(colours))
