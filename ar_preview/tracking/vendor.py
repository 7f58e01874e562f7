"""MediaPipe, loaded without what only its drawing functions and its microphone need."""

from __future__ import annotations

import contextlib
import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from ar_preview.quiet import quiet_stderr

__all__ = ["load_ahead", "mediapipe"]

_LATER = ("matplotlib", "matplotlib.pyplot", "sounddevice")
"""Two thirds of the time that importing MediaPipe takes."""


class _Later(ModuleType):
    """Stands for a module until something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        _forget(self)
        return getattr(import_module(self.__name__), name)


@cache
def mediapipe() -> Any:
    """Return the library with its landmarkers.

    What it loads and never uses here is loaded when somebody uses it: its drawing functions work
    as ever, and other code that imports these packages gets them.

    Raises
    ------
    ImportError, OSError
        As importing it does.
    """
    stand_ins = {name: _Later(name) for name in _LATER if name not in sys.modules}
    for name, module in stand_ins.items():
        parent, _, child = name.rpartition(".")
        if parent in stand_ins:
            setattr(stand_ins[parent], child, module)
    sys.modules.update(stand_ins)
    try:
        library = import_module("mediapipe")
        import_module("mediapipe.tasks.python.vision")
    finally:
        for module in stand_ins.values():
            _forget(module)
    return library


def load_ahead() -> None:
    """Load the library now; what goes wrong is told when it is asked for."""
    with contextlib.suppress(ImportError, OSError), quiet_stderr():
        mediapipe()


def _forget(stand_in: ModuleType) -> None:
    if sys.modules.get(stand_in.__name__) is stand_in:
        del sys.modules[stand_in.__name__]
