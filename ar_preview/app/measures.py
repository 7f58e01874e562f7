"""The panel with what was measured of the face, and how the glasses fit."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from ar_preview.app.layouts import column
from ar_preview.app.theme import ON_PICTURE
from ar_preview.fitting import fit_verdict

if TYPE_CHECKING:
    from ar_preview.person import Interval
    from ar_preview.preview import PreviewResult
    from ar_preview.products import Product

__all__ = ["MeasuresPanel"]

_WIDTH = 268
_GOOD, _BAD = "#8fd19e", "#ffb86b"
_LINE = (
    '<tr><td style="color:{0}; padding-right:8px">●</td><td style="padding-bottom:5px">{1}<br>'
    f'<span style="color:{ON_PICTURE.muted}; font-size:11px">{{2}}</span></td></tr>'
)


class MeasuresPanel(QFrame):
    """Face width, pupil distance and fit, as sure as they are."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(_WIDTH)
        layout = column(self, 3, (18, 15, 18, 16))
        self.pupils, self.pupils_range = _figure(), _quiet()
        self.face, self.face_range = _figure(), _quiet()
        self.fit, self.hint = QLabel(), _quiet()
        for label in (self.fit, self.hint):
            label.setWordWrap(True)
        self.fit.setTextFormat(Qt.TextFormat.RichText)
        for title, value, interval in (
            (self.tr("Pupil distance"), self.pupils, self.pupils_range),
            (self.tr("Face width"), self.face, self.face_range),
        ):
            layout.addWidget(_quiet(title))
            layout.addWidget(value)
            layout.addWidget(interval)
            layout.addSpacing(9)
        layout.addWidget(self.fit)
        layout.addWidget(self.hint)
        self.hide()

    def show_result(self, result: PreviewResult | None, glasses: Product | None) -> None:
        """Show what a frame tells; a person of whom nothing is known yet is asked to look."""
        known = result.measurements[0] if result is not None and result.measurements else None
        if result is None or known is None:
            self._clear()
            return
        _show(self.pupils, self.pupils_range, known.pupil_distance_mm, self.tr("%1 to %2 mm"))
        _show(self.face, self.face_range, known.face_width_mm, self.tr("%1 to %2 mm"))
        head = result.persons[0].head
        lines = []
        if glasses is not None and head is not None:
            for note in fit_verdict(glasses, head, known):
                how, _, verdict = note.text.partition(": ")
                lines.append(_LINE.format(_GOOD if note.good else _BAD, _sentence(verdict), how))
        title = escape(glasses.title) if glasses is not None else ""
        self.fit.setText(f'<p style="margin:0 0 4px">{title}</p><table>{"".join(lines)}</table>')
        self.fit.setVisible(bool(lines))
        self.hint.setText(self.tr("From the irises, which differ from person to person."))
        self._fit_height()

    def _clear(self) -> None:
        for label in (self.pupils, self.face):
            label.setText("-")
        for label in (self.pupils_range, self.face_range, self.fit):
            label.clear()
        self.fit.hide()
        self.hint.setText(self.tr("Look straight at the camera."))
        self._fit_height()

    def _fit_height(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(layout.heightForWidth(_WIDTH))


def _show(value: QLabel, interval: QLabel, measured: Interval, words: str) -> None:
    value.setText(f"{measured.value:.0f} mm")
    low, high = f"{measured.low:.0f}", f"{measured.high:.0f}"
    interval.setText(words.replace("%1", low).replace("%2", high))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _figure() -> QLabel:
    label = QLabel("-")
    label.setProperty("figure", True)
    return label


def _quiet(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("quiet", True)
    return label
