"""Keeps True alive where the binding to Qt gives away references that it does not have.

PySide6 6.12 takes a reference from True with every ``Signal.emit``. CPython made True and False
immortal in 3.12 (PEP 683); in 3.11 some thousand emits later, within minutes of pictures,
the process dies of ``bool_dealloc``.
"""

from __future__ import annotations

import ctypes
import sys

__all__ = ["keep_bools_alive"]

_MANY = 1 << 40
"""References for some thousand years of signals."""


def keep_bools_alive() -> None:
    """Give True and False more references than can be lost; again is harmless."""
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return
    for value in (True, False):
        if sys.getrefcount(value) < _MANY // 2:
            # The count is the first field of every object (Include/object.h).
            ctypes.c_ssize_t.from_address(id(value)).value += _MANY
