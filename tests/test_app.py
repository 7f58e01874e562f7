from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("PySide6", reason="needs the extra: app")

import cv2
from PySide6.QtCore import Qt

from ar_preview.app.mailbox import Mailbox
from ar_preview.app.window import MirrorWindow
from ar_preview.products import load_product
from ar_preview.sources import FakeCamera, Step, open_source
from tests.people import PORTRAIT, box_glasses, portrait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def camera(*script: Step) -> FakeCamera:
    image = portrait().image
    pictures = [np.ascontiguousarray(np.roll(image, 3 * i, axis=1)) for i in range(10)]
    return FakeCamera(pictures, script)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MirrorWindow]:
    fake = camera()
    products = [load_product("marlow-havana"), box_glasses()]
    shown = MirrorWindow(
        lambda: open_source("camera:0", capture_factory=fake.open), products, tmp_path / "shots"
    )
    qtbot.addWidget(shown)
    shown.show()
    yield shown
    shown.close()
    assert fake.open_devices == 0


def test_a_camera_is_shown_with_glasses_worn(window: MirrorWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.shown >= 3, timeout=20_000)
    assert window._last is not None
    assert window._last.scene.items[0].product.id == "marlow-havana"


def test_the_picture_is_a_mirror_and_the_snapshot_is_not(
    window: MirrorWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: window.shown >= 1, timeout=20_000)
    window._worker.stop()
    qtbot.wait(50)
    assert window._last is not None
    image = window._last.image
    np.testing.assert_array_equal(window._canvas._pixels, image[:, ::-1])
    qtbot.keyClick(window, Qt.Key.Key_S)
    (path,) = (tmp_path / "shots").iterdir()
    saved = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(saved, image)
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert len(list((tmp_path / "shots").iterdir())) == 2


def test_keys_change_the_product(window: MirrorWindow, qtbot: QtBot) -> None:
    def worn() -> str:
        last = window._last
        return last.scene.items[0].product.id if last and last.scene.items else ""

    qtbot.waitUntil(lambda: worn() == "marlow-havana", timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: worn() == "box-glasses", timeout=5_000)
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: worn() == "marlow-havana", timeout=5_000)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: worn() == "box-glasses", timeout=5_000)


def test_quit_ends_the_thread(window: MirrorWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.shown >= 1, timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_Q)
    assert window._worker.isFinished()
    assert not window.isVisible()


def test_an_unplugged_camera_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    fake = camera(Step("play", 5), Step("unplug", 2), Step("play", 5))
    window = MirrorWindow(
        lambda: open_source("camera:0", capture_factory=fake.open), [box_glasses()], tmp_path
    )
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: fake.openings >= 2 and window.shown >= 7, timeout=30_000)
    window.close()
    assert fake.open_devices == 0
    assert window.problem is None


def test_a_photo_stays_and_follows_the_keys(qtbot: QtBot, tmp_path: Path) -> None:
    window = MirrorWindow(
        lambda: open_source(PORTRAIT),
        [box_glasses(), load_product("marlow-havana")],
        tmp_path,
        mirrored=False,
    )
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.shown == 1, timeout=20_000)
    qtbot.wait(200)
    assert window.shown == 1
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.shown == 2, timeout=5_000)
    assert window._last is not None
    assert window._last.scene.items[0].product.id == "marlow-havana"
    window.close()


def test_a_source_that_fails_is_said_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    window = MirrorWindow(lambda: open_source(tmp_path / "no.mp4"), [], tmp_path)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.problem is not None, timeout=10_000)
    assert window.problem is not None
    assert "no such file" in window.problem
    window.close()


def test_the_picture_keeps_its_shape_at_any_window_size(window: MirrorWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.shown >= 1, timeout=20_000)
    for width, height in ((900, 400), (400, 900), (512, 512)):
        window.resize(width, height)
        rect = window._canvas._picture_rect()
        assert rect.width() / rect.height() == pytest.approx(1.0, abs=0.01)
        assert window._canvas.rect().contains(rect)


def test_the_mailbox_keeps_only_the_newest() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.take() is None
    assert box.put(1)
    assert not box.put(2)
    assert box.take() == 2
    assert box.take() is None


def test_no_thread_outlives_its_window(qtbot: QtBot, tmp_path: Path) -> None:
    before = threading.active_count()
    for _ in range(3):
        fake = camera()
        window = MirrorWindow(
            lambda fake=fake: open_source("camera:0", capture_factory=fake.open), [], tmp_path
        )
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda window=window: window.shown >= 1, timeout=20_000)
        window.close()
        assert fake.open_devices == 0
    assert threading.active_count() <= before + 1
