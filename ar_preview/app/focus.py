"""Which keys belong to the control that has the focus rather than to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

__all__ = ["ENTER", "claims"]

ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ARROWS = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)
_PLAIN = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.KeypadModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def claims(widget: QWidget | None, event: QKeyEvent) -> bool:
    """Return whether a control needs a key that is also short for something else.

    Space presses a button, arrows choose among buttons of a group and move a slider, letters look
    up in a list of choices.

    Parameters
    ----------
    widget : QWidget or None
        What has the focus.
    event : QKeyEvent
    """
    key, plain = event.key(), event.modifiers() in _PLAIN
    if isinstance(widget, QAbstractButton):
        return plain and (
            key == Qt.Key.Key_Space or (widget.group() is not None and key in _ARROWS)
        )
    if isinstance(widget, QAbstractSlider):
        return key in _ARROWS and event.modifiers() in _PLAIN[:2]
    if isinstance(widget, QComboBox):
        return plain and (key in _ARROWS or bool(event.text().strip()) or key == Qt.Key.Key_Space)
    return False
