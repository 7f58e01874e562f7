from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6", reason="needs the extra: app")

from pytestqt.qtbot import QtBot

from ar_preview.app.immortal import keep_constants_alive
from tests.app.desk import camera, open_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ar_preview.app.window import AppWindow

keep_constants_alive()


@pytest.fixture(scope="module")
def live(
    qapp: object, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppWindow]:
    """One window on a camera for all tests of a module: starting one takes a second."""
    fake = camera()
    window = open_window(QtBot(request), tmp_path_factory.mktemp("desk"), fake)
    yield window
    window.close()
    assert window.player.worker.isFinished()
    assert fake.open_devices == 0
