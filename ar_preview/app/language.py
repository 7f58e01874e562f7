"""The language of the window: what Qt's own tools have translated, if there is such a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

from ar_preview.assets import asset_path

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QCoreApplication

__all__ = ["translate_app"]

_NAME = "ar_preview"


def translate_app(
    app: QCoreApplication, locale: QLocale | None = None, folder: Path | None = None
) -> bool:
    """Let an application speak a language; return False where there is no translation.

    Parameters
    ----------
    app : QCoreApplication
    locale : QLocale, optional
        The system's by default.
    folder : Path, optional
        Where ``ar_preview_<language>.qm`` files are; ``assets/translations`` by default. They are
        made from ``ar_preview.ts``, which holds every string, with Qt Linguist and lrelease.
    """
    locale = locale or QLocale()
    own, toolkit = QTranslator(app), QTranslator(app)
    place = folder or asset_path("translations")
    if not own.load(locale, _NAME, "_", str(place)):
        return False
    app.installTranslator(own)
    # Qt's dialogues and menus, as far as it speaks the language.
    known = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if toolkit.load(locale, "qtbase", "_", known):
        app.installTranslator(toolkit)
    return True
