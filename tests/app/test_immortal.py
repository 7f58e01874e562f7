"""Signals without end."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from ar_preview.app.immortal import keep_constants_alive


class Sender(QObject):
    sent = Signal(bool)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True is immortal there by itself")
def test_signals_may_be_sent_for_ever() -> None:
    keep_constants_alive()
    sender, seen = Sender(), 0
    before = sys.getrefcount(True)
    for _ in range(1000):
        seen += sender.sent.emit(True)
    assert seen == 1000
    # However many references a thousand signals take, there are enough for all of a lifetime.
    lost = max(before - sys.getrefcount(True), 1)
    assert sys.getrefcount(True) / lost * 1000 > 30 * 3600 * 24 * 365
    keep_constants_alive()
    assert sys.getrefcount(True) < 2 * before


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there by itself")
def test_pictures_may_be_painted_for_ever(qapp: object) -> None:
    keep_constants_alive()
    image, before = QImage(8, 8, QImage.Format.Format_RGB32), sys.getrefcount(None)
    for _ in range(1000):
        image.fill(0)
    # Some hundred calls a picture.
    lost = max(before - sys.getrefcount(None), 1)
    assert sys.getrefcount(None) / lost * 1000 > 100 * 30 * 3600 * 24 * 365
