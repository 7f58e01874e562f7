"""Signals without end."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal

from ar_preview.app.immortal import keep_bools_alive


class Sender(QObject):
    sent = Signal(bool)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True is immortal there by itself")
def test_signals_may_be_sent_for_ever() -> None:
    keep_bools_alive()
    sender, seen = Sender(), 0
    before = sys.getrefcount(True)
    for _ in range(1000):
        seen += sender.sent.emit(True)
    assert seen == 1000
    # However many references a thousand signals take, there are enough for all of a lifetime.
    lost = max(before - sys.getrefcount(True), 1)
    assert sys.getrefcount(True) / lost * 1000 > 30 * 3600 * 24 * 365
    keep_bools_alive()
    assert sys.getrefcount(True) < 2 * before
