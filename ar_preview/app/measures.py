"""The panel with what was measured of face and hand, and how the glasses fit."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from ar_preview.app.fit_words import difference_words, verdict_words
from ar_preview.app.layouts import column
from ar_preview.app.theme import ON_PICTURE
from ar_preview.fitting import fit_verdict, measure_hand
from ar_preview.products.ring_sizes import ring_sizes

if TYPE_CHECKING:
    from ar_preview.person import HandMeasurements, Interval, Measurements, Person
    from ar_preview.preview import PreviewResult
    from ar_preview.products import Product

__all__ = ["MeasuresPanel"]

_WIDTH = 292
_GOOD, _BAD = "#8fd19e", "#ffb86b"
_LINE = (
    '<tr><td style="color:{0}; padding-right:8px">●</td><td style="padding-bottom:5px">{1}<br>'
    f'<span style="color:{ON_PICTURE.muted}; font-size:11px">{{2}}</span></td></tr>'
)


class _Measure(QWidget):
    """What something is called, its value, and between what it surely lies."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.title, self.value, self.range = _quiet(title), QLabel("-"), _quiet()
        self.value.setProperty("figure", True)
        layout = column(self, 3, (0, 0, 0, 9))
        for label in (self.title, self.value, self.range):
            layout.addWidget(label)

    def tell(self, measured: Interval, words: str, beside: str = "") -> None:
        """Show a value in mm; `words` hold %1 and %2 for the ends, `beside` goes before them."""
        low, high = f"{measured.low:.0f}", f"{measured.high:.0f}"
        self.value.setText(f"{measured.value:.0f} mm")
        between = words.replace("%1", low).replace("%2", high)
        self.range.setText(f"{beside}\n{between}" if beside else between)

    def clear(self) -> None:
        """Know nothing."""
        self.value.setText("-")
        self.range.clear()


class MeasuresPanel(QFrame):
    """Face width, pupil distance and fit, ring size and wrist, as sure as they are."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(self.tr("Measures"))
        self.setFixedWidth(_WIDTH)
        self.pupils = _Measure(self.tr("Pupil distance"))
        self.face = _Measure(self.tr("Face width"))
        self.finger = _Measure()
        self.wrist = _Measure(self.tr("Wrist, round"))
        self.fit, self.hint = QLabel(), _quiet()
        for label in (self.fit, self.hint):
            label.setWordWrap(True)
        self.fit.setTextFormat(Qt.TextFormat.RichText)
        layout = column(self, 0, (18, 15, 18, 16))
        for widget in (self.pupils, self.face, self.finger, self.wrist, self.fit, self.hint):
            layout.addWidget(widget)
        self._show_only()
        self.hide()

    def show_result(self, result: PreviewResult | None, glasses: Product | None) -> None:
        """Show what a frame tells; where nothing is known yet the person is asked to look."""
        known = result.measurements[0] if result is not None and result.measurements else None
        hand = None if result is None else _hand_of(result)
        if result is None or (known is None and hand is None):
            self._clear(result is not None and bool(result.scene.items))
            return
        self.fit.hide()
        shown: list[QWidget] = []
        if known is not None:
            shown += self._tell_face(known, result.persons[0], glasses)
            self.hint.setText(self.tr("From the irises, which differ from person to person."))
        if hand is not None:
            shown += self._tell_hand(hand)
            if known is None:
                self.hint.setText(self.tr("From the whole hand; hands differ in length and width."))
        self._show_only(*shown)

    def _tell_face(
        self, known: Measurements, person: Person, glasses: Product | None
    ) -> list[QWidget]:
        self.pupils.tell(known.pupil_distance_mm, self.tr("%1 to %2 mm"))
        self.face.tell(known.face_width_mm, self.tr("%1 to %2 mm"))
        if glasses is None or person.head is None:
            return [self.pupils, self.face]
        lines = []
        for note in fit_verdict(glasses, person.head, known):
            color = _GOOD if note.good else _BAD
            lines.append(_LINE.format(color, verdict_words(note), difference_words(note)))
        title = escape(glasses.title)
        self.fit.setText(f'<p style="margin:0 0 4px">{title}</p><table>{"".join(lines)}</table>')
        return [self.pupils, self.face, *([self.fit] if lines else [])]

    def _tell_hand(self, hand: HandMeasurements) -> list[QWidget]:
        shown: list[QWidget] = []
        names = {
            "thumb": self.tr("Thumb"),
            "index": self.tr("Index finger"),
            "middle": self.tr("Middle finger"),
            "ring": self.tr("Ring finger"),
            "little": self.tr("Little finger"),
        }
        for finger, across in hand.finger_diameters_mm.items():
            self.finger.title.setText(names[finger])
            sizes = ring_sizes(across.value).partition(", ")[2].replace(", ", "  ")
            self.finger.tell(across, self.tr("%1 to %2 mm across"), sizes)
            shown = [self.finger]
        if hand.wrist_girth_mm is not None:
            self.wrist.tell(hand.wrist_girth_mm, self.tr("%1 to %2 mm"))
            shown.append(self.wrist)
        return shown

    def _clear(self, on_hand: bool) -> None:
        for measure in (self.pupils, self.face):
            measure.clear()
        words = self.tr("Hold your hand still."), self.tr("Look straight at the camera.")
        self.hint.setText(words[not on_hand])
        self._show_only(self.pupils, self.face)

    def _show_only(self, *shown: QWidget) -> None:
        for widget in (self.pupils, self.face, self.finger, self.wrist, self.fit):
            widget.setVisible(widget in shown)
        layout = self.layout()
        if layout is not None:
            layout.activate()
            wraps = layout.hasHeightForWidth()
            tall = layout.heightForWidth(_WIDTH) if wraps else layout.sizeHint().height()
            self.setFixedHeight(max(0, tall))


def _hand_of(result: PreviewResult) -> HandMeasurements | None:
    """Return what was measured of the first hand that wears something."""
    poses = result.poses
    for hand in poses.hands:
        fingers = [f for f in poses.fingers if f.hand_id == hand.hand_id]
        wrist = next((w for w in poses.wrists if w.hand_id == hand.hand_id), None)
        known = measure_hand(fingers, wrist)
        if known.finger_diameters_mm or known.wrist_girth_mm is not None:
            return known
    return None


def _quiet(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("quiet", True)
    return label
