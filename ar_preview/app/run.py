"""Start Qt, show the mirror, wait for its end."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ar_preview.app.window import MirrorWindow
from ar_preview.errors import ArPreviewError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ar_preview.products.product import Product
    from ar_preview.scene import LightMode
    from ar_preview.sources import Source

__all__ = ["run_mirror"]

_SIGNAL_POLL_MS = 200


def run_mirror(
    open_source: Callable[[], Source],
    products: Sequence[Product],
    snapshots: Path,
    *,
    mirrored: bool = True,
    hint: str = "",
    frame_limit: int | None = None,
    pupil_distance_mm: float | None = None,
    light: LightMode = "auto",
) -> int:
    """Show the window until it is closed; return how many pictures were shown.

    Parameters are those of `MirrorWindow`.

    Raises
    ------
    ArPreviewError
        If the run ended by a problem while it was limited to some frames.
    """
    # OpenCV's wheel points Qt at plugins and fonts of its own, which break PySide6.
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        os.environ.pop(name, None)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    window = MirrorWindow(
        open_source,
        products,
        snapshots,
        mirrored=mirrored,
        hint=hint,
        frame_limit=frame_limit,
        pupil_distance_mm=pupil_distance_mm,
        light=light,
    )
    window.show()
    # Python sees Ctrl-C only when its own code runs now and then.
    previous = signal.signal(signal.SIGINT, lambda *_: window.close())
    poll = QTimer(window, interval=_SIGNAL_POLL_MS)
    poll.timeout.connect(lambda: None)
    poll.start()
    try:
        app.exec()
    finally:
        signal.signal(signal.SIGINT, previous)
    if frame_limit is not None and window.problem is not None:
        raise ArPreviewError(window.problem)
    return window.shown
