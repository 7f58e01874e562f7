"""The command line."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

# The pipeline's matrices are small: threads of OpenBLAS, in NumPy and in OpenCV, would only spin
# beside it. The variable is read when NumPy is loaded, so this comes before everything else.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Mesa's software renderer fills pixels on the thread that asks: handing them to another and back,
# four times a frame, takes longer, and the other core has the tracker. GPUs do not read it.
os.environ.setdefault("LP_NUM_THREADS", "0")
# OpenCV halves steps of half a millisecond between two threads: a third more CPU time in
# registration for a tenth less waiting.
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
# Pydantic would read the metadata of every installed package, looking for plugins of its own.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# glibc would give each of a dozen threads a heap of its own, 25 MB in all; others cannot be asked.
if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
    libc.mallopt(-8, 1)  # M_ARENA_MAX of malloc.h.
# Modules are no garbage: looking for some among them takes a tenth of the start.
gc.set_threshold(200_000)
# Whoever comes back from drawing or from a network waits so long at most for Python's global lock,
# instead of a third of a frame.
sys.setswitchinterval(0.5e-3)

from ar_preview.cli.main import main  # noqa: E402

__all__ = ["main"]
