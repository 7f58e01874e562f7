"""Rows and columns without repeating how they are spaced."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

__all__ = ["column", "named", "row"]

W = TypeVar("W", bound=QWidget)
Margins = tuple[int, int, int, int]


def row(
    parent: QWidget | None = None, spacing: int = 0, margins: Margins = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Return a layout from left to right; margins are left, top, right, bottom."""
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout


def column(
    parent: QWidget | None = None, spacing: int = 0, margins: Margins = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Return a layout from top to bottom; margins are left, top, right, bottom."""
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout


def named(widget: W, name: str) -> W:
    """Return the widget with the name that the style sheet knows it by."""
    widget.setObjectName(name)
    return widget
