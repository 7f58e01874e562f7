"""Signals without end."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from ar_preview.app.immortal import keep_bools_alive
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    sent = Signal(bool)

keep_bools_alive()
keep_bools_alive()
sender, seen = Sender(), []
sender.sent.connect(seen.append)
for number in range(16_000):
    sender.sent.emit(number % 2 == 0)
assert seen == [True, False] * 8_000
"""


def test_signals_may_be_sent_for_ever() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
