"""Our own icons: strokes on a grid of 24 units, drawn sharp at any size."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

__all__ = ["app_icon", "icon", "pixmap"]

_STROKES = {
    "source": '<rect x="3" y="6.5" width="12" height="11" rx="2.5"/>'
    '<path d="M15 10.5l6-3v9l-6-3"/>',
    "compare": '<path d="M12 3v18" /><path d="M8.5 8.5L5 12l3.5 3.5M15.5 8.5L19 12l-3.5 3.5"/>',
    "shutter": '<circle cx="12" cy="12" r="5.2" fill="{c}"/>',
    "record": '<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="4.2" fill="#ff5a4f" '
    'stroke="none"/>',
    "stop": '<circle cx="12" cy="12" r="8.5"/><rect x="8.6" y="8.6" width="6.8" height="6.8" '
    'rx="1.4" fill="#ff5a4f" stroke="none"/>',
    "measures": '<rect x="2.5" y="8" width="19" height="8" rx="1.8"/>'
    '<path d="M7 8v3.2M12 8v4.4M17 8v3.2"/>',
    "full": '<path d="M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9M15 4h3.5A1.5 1.5 0 0 1 20 5.5V9'
    'M20 15v3.5a1.5 1.5 0 0 1-1.5 1.5H15M9 20H5.5A1.5 1.5 0 0 1 4 18.5V15"/>',
    "more": '<circle cx="6" cy="12" r="1.3" fill="{c}"/>'
    '<circle cx="12" cy="12" r="1.3" fill="{c}"/><circle cx="18" cy="12" r="1.3" fill="{c}"/>',
    "play": '<path d="M8 5.5v13l10.5-6.5z" fill="{c}"/>',
    "pause": '<path d="M8.5 6v12M15.5 6v12" stroke-width="2.6"/>',
    "loop": '<path d="M17 3.5l3 3-3 3"/><path d="M20 6.5H8a4 4 0 0 0-4 4v1M7 20.5l-3-3 3-3"/>'
    '<path d="M4 17.5h12a4 4 0 0 0 4-4v-1"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5 5"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/>'
    '<path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "away": '<rect x="3" y="6.5" width="12" height="11" rx="2.5"/><path d="M15 10.5l6-3v9l-6-3"/>'
    '<path d="M4 3l16 18"/>',
    "photo": '<rect x="3" y="5" width="18" height="14" rx="2.5"/><circle cx="9" cy="10" r="1.6"/>'
    '<path d="M4 17.5l5-4 3.5 2.5 4-4 4 3.5"/>',
    "like": '<path d="M12 20s-7.5-4.6-7.5-10A4.3 4.3 0 0 1 12 7.3 4.3 4.3 0 0 1 19.5 10c0 5.4-7.5 '
    '10-7.5 10z" stroke-width="2"/>',
    "liked": '<path d="M12 20s-7.5-4.6-7.5-10A4.3 4.3 0 0 1 12 7.3 4.3 4.3 0 0 1 19.5 10c0 5.4-7.5 '
    '10-7.5 10z" fill="#ff5a6a" stroke="#ff5a6a"/>',
    "product": '<path d="M12 3l8 4.5v9L12 21l-8-4.5v-9z"/><path d="M4 7.5l8 4.5 8-4.5M12 12v9"/>',
}
_SHEET = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{c}" '
    'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">{body}</svg>'
)
_APP = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" '
    'rx="15" fill="#16181b"/><g fill="none" stroke="#e9c27f" stroke-width="4.4" '
    'stroke-linecap="round"><circle cx="20.5" cy="34" r="10"/><circle cx="43.5" cy="34" r="10"/>'
    '<path d="M29.6 30.4c1.6-1.5 3.2-1.5 4.8 0M10.8 29.5L7.5 27M53.2 29.5l3.3-2.5"/></g></svg>'
)


def pixmap(name: str, colour: str, side: int) -> QPixmap:
    """Return an icon as a picture of so many logical px a side."""
    body = _STROKES[name].replace("{c}", colour)
    return _drawn(_SHEET.replace("{c}", colour).replace("{body}", body), side)


def icon(name: str, colour: str, side: int = 24) -> QIcon:
    """Return an icon in a colour."""
    return QIcon(pixmap(name, colour, side))


def app_icon() -> QIcon:
    """Return the program's own icon."""
    made = QIcon()
    for side in (16, 32, 64, 128, 256):
        made.addPixmap(_drawn(_APP, side))
    return made


def _drawn(svg: str, side: int) -> QPixmap:
    ratio = getattr(QGuiApplication.instance(), "devicePixelRatio", lambda: 1.0)()
    made = QPixmap(QSize(side, side) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return made
