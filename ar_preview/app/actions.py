"""Everything that a key or a button does, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

__all__ = ["HOLD_KEYS", "make_actions"]


def _t(text: str) -> str:
    return QCoreApplication.translate("actions", text)


def _table() -> tuple[tuple[str, str, tuple[str, ...], bool], ...]:
    """Return name, text, keys, and whether it is a switch."""
    return (
        ("previous", _t("Previous product"), ("Left",), False),
        ("next", _t("Next product"), ("Right",), False),
        ("variant", _t("Next colour"), ("V",), False),
        ("take_off", _t("Take everything off"), ("Backspace", "Delete"), False),
        ("search", _t("Search products"), ("Ctrl+F", "/"), False),
        ("snapshot", _t("Take a picture"), ("S",), False),
        ("share", _t("Make a card to share"), ("P",), False),
        ("record", _t("Record a video"), ("R",), True),
        ("compare", _t("Compare before and after"), ("C",), True),
        ("split_left", _t("Move the line left"), ("[",), False),
        ("split_right", _t("Move the line right"), ("]",), False),
        ("measures", _t("Measures and fit"), ("F",), True),
        ("mirror", _t("Mirror the picture"), ("M",), True),
        ("play", _t("Play or pause"), ("Space", "K"), False),
        ("back", _t("5 seconds back"), ("Shift+Left",), False),
        ("forward", _t("5 seconds on"), ("Shift+Right",), False),
        ("loop", _t("Play again and again"), ("L",), True),
        ("open", _t("Open a file"), ("Ctrl+O",), False),
        ("folder", _t("Choose the folder for pictures"), ("Ctrl+D",), False),
        ("full_screen", _t("Full screen"), ("F11",), True),
        ("keys", _t("Show the keys"), ("?", "F1"), True),
        ("quit", _t("Quit"), ("Ctrl+Q",), False),
    )


HOLD_KEYS = (("B", "Show without products while held"), ("Esc", "Close, leave full screen"))
"""Keys that are no actions."""


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
