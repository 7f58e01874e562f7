"""Start Qt, show the window, wait for its end."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from ar_preview.app.entries import Entry
from ar_preview.app.feeds import Feed
from ar_preview.app.immortal import keep_constants_alive
from ar_preview.app.language import translate_app
from ar_preview.app.options import Options
from ar_preview.app.own import own_entries, own_folder
from ar_preview.app.window import AppWindow
from ar_preview.errors import ArPreviewError
from ar_preview.products import Catalogue
from ar_preview.products.catalogue import load_told, locate, split_category

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ar_preview.app.fitting_room import Photograph
    from ar_preview.scene import LightMode
    from ar_preview.sources import CaptureFactory

__all__ = ["prepare_qt", "run_app", "spare_sweeps"]

_SIGNAL_POLL_MS = 200


def prepare_qt() -> QApplication:
    """Return the process's Qt application, set up as ours."""
    # OpenCV's wheel points Qt at plugins and fonts of its own, which break PySide6.
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        os.environ.pop(name, None)
    keep_constants_alive()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("ar_preview")
    app.setOrganizationName("ar_preview")
    app.setStyle("Fusion")
    translate_app(app)
    return app


def spare_sweeps(window: AppWindow) -> None:
    """Leave out of sweeps for garbage all that there is once a first picture is shown.

    What is loaded until then stays until the end. To look through all of it holds up the window
    for a tenth of a second, whichever thread does it.
    """

    def freeze() -> None:
        window.mirror.painted.disconnect(freeze)
        gc.freeze()

    window.mirror.painted.connect(freeze)


def run_app(
    source: str | None = None,
    *,
    capture_factory: CaptureFactory | None = None,
    products: Sequence[str] = (),
    category: str | None = None,
    folder: Path | None = None,
    frame_limit: int | None = None,
    pupil_distance_mm: float | None = None,
    light: LightMode = "auto",
    faces: int = 1,
    kiosk: bool = False,
    photograph: Photograph | None = None,
    say: Callable[[str], None] | None = None,
) -> int:
    """Show the window until it is closed; return how many pictures were shown.

    Parameters
    ----------
    source : str, optional
        As `open_source` takes it; the first camera by default, or the sample without one.
    capture_factory : callable, optional
        Stands in for the device of a camera.
    products : sequence of str
        What is worn first, as `load_product` takes it.
    category : str, optional
        What bare models among them are that do not say it themselves.
    folder : Path, optional
        Where pictures and videos go this time; otherwise the person is asked once.
    frame_limit : int, optional
        Close by itself after so many pictures.
    pupil_distance_mm : float, optional
        Known pupil distance of the person, for true size.
    light : {"auto", "studio", "off"}
        As `Preview` takes it.
    faces : int
        Most people to dress.
    kiosk : bool
        Stand alone in a shop.
    photograph : callable, optional
        Makes the picture of an own product for the shelf: RGB or RGBA of a `Product`.
    say : callable, optional
        Takes a line on what each bare model was taken for.

    Raises
    ------
    ArPreviewError
        If a product cannot be used, or the run ended by a problem while it was limited to some
        frames.
    """
    catalogue = Catalogue.bundled()
    entries = Entry.of_catalogue(catalogue)
    worn = tuple(_entry(spec, category, catalogue, entries, say) for spec in products)
    feed = Feed.of(source) if source is not None else None
    if feed is not None and capture_factory is not None:
        feed = Feed.camera(0, capture_factory=capture_factory)
    app = prepare_qt()
    settings = QSettings()
    entries = [*own_entries(own_folder(settings)), *entries]
    options = Options(
        feed, worn, folder, frame_limit, pupil_distance_mm, light, faces, kiosk, photograph
    )
    window = AppWindow(entries, settings, options)
    spare_sweeps(window)
    window.show()
    # Python sees signals only when its own code runs now and then; what a handler raises in the
    # event loop ends nothing.
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(s, lambda *_: window.leave()) for s in signals]
    poll = QTimer(window, interval=_SIGNAL_POLL_MS)
    poll.timeout.connect(lambda: None)
    poll.start()
    try:
        app.exec()
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
        # However the event loop ended: no thread may outlive it.
        window.leave()
    if frame_limit is not None and window.showing.problem is not None:
        raise ArPreviewError(window.showing.problem)
    return window.showing.shown_count


def _entry(
    spec: str,
    category: str | None,
    catalogue: Catalogue,
    entries: Sequence[Entry],
    say: Callable[[str], None] | None,
) -> Entry:
    """Return the shelf's entry of a product, or a new one."""
    path = locate(split_category(spec)[0], catalogue)
    known = next((e for e in entries if e.path == path), None)
    if known is not None:
        return known
    if path.is_dir():
        return Entry.from_folder(path)
    product, guess = load_told(spec, category=category, catalogue=catalogue)
    if say is not None:
        say(f"{spec}: {guess}")
    return Entry.from_product(path, product)
