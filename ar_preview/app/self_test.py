"""A look at ourselves: the sample with glasses in the real window, kept as a picture."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, QTimer

from ar_preview.app.entries import Entry
from ar_preview.app.feeds import SAMPLE
from ar_preview.app.options import Options
from ar_preview.app.run import prepare_qt
from ar_preview.app.window import AppWindow
from ar_preview.errors import ArPreviewError, OutputError
from ar_preview.products import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["run_self_test"]

_PICTURES = 30
"""Until then size, light and shadow are there."""
_PATIENCE_MS = 120_000


def run_self_test(picture: Path) -> str:
    """Show the sample until it wears glasses, keep a picture of the window, and close.

    Nothing of the person's settings is read or changed.

    Parameters
    ----------
    picture : Path
        Where the PNG goes.

    Returns
    -------
    str
        What is worn.

    Raises
    ------
    ArPreviewError
        If no picture with glasses came in two minutes, or the picture cannot be written.
    """
    app = prepare_qt()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/app.ini", QSettings.Format.IniFormat)
        entries = Entry.of_catalogue(Catalogue.bundled())
        window = AppWindow(entries, settings, Options(feed=SAMPLE))
        worn: list[str] = []

        def look() -> None:
            result = window.mirror.result
            if worn or result is None or window.showing.shown_count < _PICTURES:
                return
            worn.extend(item.product.title for item in result.scene.items)
            if not worn:
                return
            saved = window.grab().save(str(picture), "PNG")
            window.showing.problem = None if saved else f"cannot write {picture}"
            window.leave()

        # Queued, as nothing may be painted while something is.
        window.mirror.painted.connect(look, Qt.ConnectionType.QueuedConnection)
        patience = QTimer(window, singleShot=True, interval=_PATIENCE_MS)
        patience.timeout.connect(window.leave)
        patience.start()
        window.show()
        try:
            app.exec()
        finally:
            window.leave()
        if not worn:
            raise ArPreviewError(window.showing.problem or "the sample was shown without glasses")
        if window.showing.problem is not None:
            raise OutputError(window.showing.problem)
    return ", ".join(worn)
