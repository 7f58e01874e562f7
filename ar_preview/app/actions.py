"""Everything that a key or a button does, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

__all__ = ["hold_keys", "make_actions"]


def _table() -> tuple[tuple[str, str, tuple[str, ...], bool], ...]:
    """Return name, text, keys, and whether it is a switch."""
    translate = QCoreApplication.translate
    return (
        ("previous", translate("actions", "Previous product"), ("Left",), False),
        ("next", translate("actions", "Next product"), ("Right",), False),
        ("variant", translate("actions", "Next colour"), ("V",), False),
        ("take_off", translate("actions", "Take everything off"), ("Backspace", "Delete"), False),
        ("look", translate("actions", "Other look, A or B"), ("X",), False),
        ("favourite", translate("actions", "Add to or take from favourites"), ("H",), False),
        ("search", translate("actions", "Search products"), ("Ctrl+F", "/"), False),
        ("adjust", translate("actions", "Fit a model of your own"), ("G",), False),
        ("snapshot", translate("actions", "Take a picture"), ("S",), False),
        ("countdown", translate("actions", "Take a picture in 3 seconds"), ("T",), False),
        ("share", translate("actions", "Make a card to share"), ("P",), False),
        ("four", translate("actions", "Compare four on one sheet"), ("4",), False),
        ("record", translate("actions", "Record a video"), ("R",), True),
        ("compare", translate("actions", "Compare before and after"), ("C",), True),
        ("split_left", translate("actions", "Move the line left"), ("[",), False),
        ("split_right", translate("actions", "Move the line right"), ("]",), False),
        ("measures", translate("actions", "Measures and fit"), ("F",), True),
        ("mirror", translate("actions", "Mirror the picture"), ("M",), True),
        ("play", translate("actions", "Play or pause"), ("Space", "K"), False),
        ("back", translate("actions", "5 seconds back"), ("Shift+Left",), False),
        ("forward", translate("actions", "5 seconds on"), ("Shift+Right",), False),
        ("loop", translate("actions", "Play again and again"), ("L",), True),
        ("source", translate("actions", "Choose what is shown"), ("O",), False),
        ("open", translate("actions", "Open a file"), ("Ctrl+O",), False),
        ("folder", translate("actions", "Choose the folder for pictures"), ("Ctrl+D",), False),
        ("more", translate("actions", "More"), ("F10",), False),
        ("full_screen", translate("actions", "Full screen"), ("F11",), True),
        ("keys", translate("actions", "Show the keys"), ("?", "F1"), True),
        ("quit", translate("actions", "Quit"), ("Ctrl+Q",), False),
    )


def hold_keys() -> tuple[tuple[str, str], ...]:
    """Return keys that are no actions, with what they do."""
    translate = QCoreApplication.translate
    return (
        ("B", translate("actions", "Show without products while held")),
        ("Esc", translate("actions", "Close, leave full screen")),
    )


def make_actions(window: QWidget, deeds: Mapping[str, Callable[..., object]]) -> dict[str, QAction]:
    """Return the actions of a window by name, bound to their keys.

    Parameters
    ----------
    window : QWidget
    deeds : mapping of str to callable
        What each does; switches are given their new state.
    """
    made = {}
    for name, text, keys, switch in _table():
        action = QAction(text, window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setCheckable(switch)
        hint = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({hint})")
        deed = deeds[name]
        if switch:
            action.toggled.connect(deed)
        else:
            action.triggered.connect(lambda _=False, deed=deed: deed())
        window.addAction(action)
        made[name] = action
    return made
