"""`ar-preview doctor`: what works on this machine, and the remedy for what does not."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ar_preview.cli.console import results
from ar_preview.errors import ArPreviewError
from ar_preview.preflight import (
    find_problems,
    has_display,
    interpreter_problems,
    missing_libraries,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["doctor"]

_PACKAGES = (
    "ar-preview",
    "mediapipe",
    "opencv-contrib-python",
    "numpy",
    "moderngl",
    "av",
    "trimesh",
    "PySide6-Essentials",
)


@dataclass(frozen=True)
class _Finding:
    subject: str
    works: bool
    text: str
    essential: bool = True


def doctor() -> None:
    """Check camera, driver, weights, display and versions."""
    checks: tuple[Callable[[], _Finding], ...] = (
        _python,
        _libraries,
        _driver,
        _weights,
        _products,
        _display,
        _camera,
    )
    findings = [check() for check in checks]
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column()
    table.add_column(overflow="fold")
    for finding in findings:
        mark = "ok" if finding.works else ("PROBLEM" if finding.essential else "note")
        style = "green" if finding.works else ("red" if finding.essential else "yellow")
        table.add_row(Text(mark, style), Text(finding.subject), Text(finding.text))
    table.add_row("", "versions", Text(_versions()))
    results.print(table)
    broken = [f.subject for f in findings if f.essential and not f.works]
    if broken:
        raise ArPreviewError(f"this machine is not ready: {', '.join(broken)}; remedies above")


def _python() -> _Finding:
    problems = interpreter_problems()
    text = "; ".join(problems) or f"Python {platform.python_version()}, {platform.platform()}"
    return _Finding("interpreter", not problems, text)


def _libraries() -> _Finding:
    missing = missing_libraries()
    text = "; ".join(find_problems()) if missing else "all there"
    return _Finding("system libraries", not missing, text)


def _driver() -> _Finding:
    try:
        from ar_preview.rendering import Renderer

        with Renderer() as renderer:
            speed = "software" if renderer.is_software else "GPU"
            return _Finding("OpenGL driver", True, f"{renderer.driver} ({speed})")
    except ArPreviewError as error:
        return _Finding("OpenGL driver", False, str(error))


def _weights() -> _Finding:
    try:
        from ar_preview.tracking import (
            BODY_WEIGHTS,
            FACE_WEIGHTS,
            HAND_WEIGHTS,
            SEGMENTER_WEIGHTS,
            FaceTracker,
            load_weights,
        )

        for name in (FACE_WEIGHTS, HAND_WEIGHTS, BODY_WEIGHTS, SEGMENTER_WEIGHTS):
            load_weights(name)
        FaceTracker().close()
    except (ArPreviewError, ImportError) as error:
        return _Finding("tracker and weights", False, str(error))
    return _Finding("tracker and weights", True, "verified, the landmarker starts")


def _products() -> _Finding:
    try:
        from ar_preview.products import Catalogue

        ids = Catalogue.bundled().ids()
    except ArPreviewError as error:
        return _Finding("catalogue", False, str(error))
    return _Finding("catalogue", bool(ids), ", ".join(ids) or "empty: reinstall ar_preview")


def _display() -> _Finding:
    if _version("PySide6-Essentials") is None:
        return _Finding(
            "display", False, "no PySide6: pip install 'ar-preview[app]' for the window", False
        )
    if has_display():
        missing = missing_libraries(window=True)
        if missing:
            return _Finding("display", False, "; ".join(find_problems(window=True)), False)
        name = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "the desktop"
        return _Finding("display", True, f"a window can open on {name}")
    return _Finding("display", False, "none: `demo` and `render` write files instead", False)


def _camera() -> _Finding:
    from ar_preview.sources import open_source

    try:
        with open_source("camera:0") as source:
            width, height = source.info.size
            return _Finding("camera", True, f"camera:0 gives {width}x{height}")
    except ArPreviewError as error:
        return _Finding("camera", False, f"{error}; the sample is shown instead", False)


def _versions() -> str:
    return ", ".join(f"{name} {_version(name) or '-'}" for name in _PACKAGES)


def _version(package: str) -> str | None:
    # Loads a parser of mail, for which no other command has time.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
