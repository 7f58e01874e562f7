"""Videos and their folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from ar_preview.app.capture import Capture
from ar_preview.app.entries import price_text
from ar_preview.app.share import SQUARE, STORY, share_card
from ar_preview.ladder import SOFTWARE_RUNGS
from ar_preview.preview import Preview
from ar_preview.sources import open_source
from tests.app.desk import SOON_MS, camera, open_window, settings
from tests.people import portrait

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def length(path: Path) -> tuple[int, float]:
    """Frames of a video, decoded, and how long it says it is, seconds."""
    with open_source(path) as source:
        return len(list(source)), source.info.duration_s or 0.0


def test_a_recording_is_told_of_and_ends_as_long_as_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, camera(), [])
    qtbot.keyClick(window, Qt.Key.Key_R)
    recorder = window.capture.recorder
    assert recorder is not None
    assert window.stage.badge.isVisible()
    qtbot.waitUntil(lambda: recorder.elapsed_s > 0.8, timeout=SOON_MS)
    with qtbot.waitSignal(window.capture.saved, timeout=SOON_MS) as saved:
        qtbot.mouseClick(window.stage.controls.record, Qt.MouseButton.LeftButton)
    assert not window.stage.badge.isVisible()
    assert not window.actions_by_name["record"].isChecked()
    (path,) = saved.args or ()
    frames, seconds = length(path)
    assert frames >= 2
    assert seconds == pytest.approx(recorder.elapsed_s, abs=0.1)
    assert window.stage.toast.button.text() == "Show in folder"
    # Closed in the middle of the next one: nothing is lost.
    qtbot.keyClick(window, Qt.Key.Key_R)
    second = window.capture.recorder
    assert second is not None and second.path != path
    qtbot.waitUntil(lambda: second.elapsed_s > 0.3, timeout=SOON_MS)
    window.close()
    assert length(second.path)[1] == pytest.approx(second.elapsed_s, abs=0.1)
    assert sorted(p.suffix for p in second.path.parent.iterdir()) == [".mp4", ".mp4"]


def test_a_picture_of_a_lowered_mirror_is_kept_in_full(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = np.full((9, 9, 3), 7, np.uint8)
    monkeypatch.setattr(Preview, "redraw", lambda _, result: replace(result, image=full))
    window = open_window(qtbot, tmp_path, camera(), [])
    assert window.player.last is not None
    window.player.last = replace(window.player.last, quality=SOFTWARE_RUNGS[-1])
    window.shutter.take_picture()
    window.close()  # At once: nothing is lost.
    (path,) = (tmp_path / "saved").iterdir()
    np.testing.assert_array_equal(cv2.imread(str(path)), full)


def test_the_folder_is_asked_for_once(qapp: object, tmp_path: Path) -> None:
    asked = []

    def ask(proposal: Path) -> Path:
        asked.append(proposal)
        return tmp_path / "chosen"

    kept = settings(tmp_path)
    kept.remove("folder")
    capture = Capture(kept, ask)
    image = portrait().image
    assert capture.save(image, "A / B") == tmp_path / "chosen" / "a-b-001.png"
    assert capture.save(image, "A / B") == tmp_path / "chosen" / "a-b-002.png"
    assert len(asked) == 1
    assert Capture(kept, ask).folder == tmp_path / "chosen"


def test_who_chooses_no_folder_saves_nothing(qapp: object, tmp_path: Path) -> None:
    kept = settings(tmp_path)
    kept.remove("folder")
    capture = Capture(kept, lambda _: None)
    image = portrait().image
    assert capture.save(image, "x") is None


def test_a_folder_that_cannot_be_is_said(qapp: object, qtbot: QtBot, tmp_path: Path) -> None:
    kept = settings(tmp_path)
    (tmp_path / "file").write_text("in the way")
    kept.setValue("folder", str(tmp_path / "file"))
    capture = Capture(kept, lambda _: None)
    with qtbot.waitSignal(capture.failed, timeout=1000):
        capture.start("x", portrait().size, None)
    assert capture.recorder is None


def test_prices_read_as_in_this_country(qapp: object) -> None:
    assert "149" in price_text("149.00 EUR") and "€" in price_text("149.00 EUR")
    assert "99" in price_text("12.99 USD")
    assert "CHF" in price_text("10.00 CHF")
    assert price_text(None) == ""


@pytest.mark.parametrize("size", [STORY, SQUARE])
def test_a_share_card_holds_the_picture_and_a_code_that_reads(
    qapp: object, size: tuple[int, int]
) -> None:
    link = "https://shop.example/marlow?colour=havana"
    image = np.full((720, 1280, 3), (200, 40, 40), np.uint8)
    card = share_card(image, "Marlow Havana", "149 EUR", link, size)
    assert card.shape == (size[1], size[0], 3)
    assert tuple(card[size[1] // 3, 540]) == (200, 40, 40)
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(cv2.cvtColor(card, cv2.COLOR_RGB2BGR))
    assert read == link
    plain = share_card(image, "Marlow Havana", "149 EUR", "", size)
    assert cv2.QRCodeDetector().detectAndDecode(plain)[0] == ""


def test_an_uneven_width_is_drawn_straight(qapp: object) -> None:
    card = share_card(np.zeros((9, 7, 3), np.uint8), "x", "", "", (1081, 1083))
    assert card.shape == (1083, 1081, 3)
    assert card[400:402, 300:700].max() == 0


def test_a_card_is_cut_round_what_is_worn(qapp: object) -> None:
    image = np.zeros((720, 1280, 3), np.uint8)
    image[:, 900:] = 250
    assert share_card(image, "x", "", centre=(1100.0, 300.0))[600, 540].min() == 250
    assert share_card(image, "x", "", centre=(100.0, 300.0))[600, 540].max() == 0
    # Never beyond the picture.
    assert share_card(image, "x", "", centre=(1e4, -1e4))[600, 1000].min() == 250
