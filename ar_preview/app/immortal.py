"""Keeps True and None alive where the binding to Qt gives away references that it does not have.

PySide6 6.12 takes a reference from True with every ``Signal.emit``, and one from None with every
method of Qt that returns nothing, called or overridden. CPython made them immortal in 3.12
(PEP 683); in 3.11, within minutes of pictures, the process dies of ``bool_dealloc`` or
``none_dealloc``.
"""

from __future__ import annotations

import ctypes
import sys

__all__ = ["keep_constants_alive"]

_MANY = 1 << 40
"""References for years of pictures."""


def keep_constants_alive() -> None:
    """Give True, False and None more references than can be lost; again is harmless."""
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return
    for value in (True, False, None):
        if sys.getrefcount(value) < _MANY // 2:
            # The count is the first field of every object (Include/object.h).
            ctypes.c_ssize_t.from_address(id(value)).value += _MANY
