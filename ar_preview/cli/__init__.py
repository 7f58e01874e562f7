"""The command line."""

from __future__ import annotations

import os

# The pipeline's matrices are small: threads of OpenBLAS, in NumPy and in OpenCV, would only spin
# beside it. The variable is read when NumPy is loaded, so this comes before everything else.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ar_preview.cli.main import main

__all__ = ["main"]
