"""A model of one's own: taken in, changed while it is worn, saved, and changed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from ar_preview.app.feeds import Feed
from ar_preview.app.options import Options
from ar_preview.app.own import own_entries, own_folder
from ar_preview.assets import asset_path
from ar_preview.errors import RenderError
from ar_preview.products import load_product, read_manifest
from tests.app.desk import SOON_MS, START_MS, box_entry, drop, open_window, settings
from tests.people import PORTRAIT
from tests.products.glb_builder import glasses_builder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ar_preview.app.window import AppWindow
    from ar_preview.products import Product
    from ar_preview.scene import Item


def photograph(product: Product) -> np.ndarray:
    if product.title == "Unlucky":
        raise RenderError("no driver today")
    return np.full((12, 16, 4), 200, np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def window(qapp: object, request: pytest.FixtureRequest, folder: Path) -> Iterator[AppWindow]:
    options = Options(photograph=photograph)
    made = open_window(QtBot(request), folder, Feed.file(PORTRAIT), [box_entry()], options)
    yield made
    made.close()


@pytest.fixture(scope="module")
def model(folder: Path) -> Path:
    """Glasses in millimetres whose z is up."""
    turn = np.eye(4)
    turn[:3, :3] = 1e3 * np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    return glasses_builder(matrix=turn).write(folder / "Mine.glb")


def item_of(window: AppWindow) -> Item:
    result = window.mirror.result
    # Asserted, so that who waits for it goes on waiting: the first pictures show nothing worn.
    assert result is not None and result.scene.items
    return result.scene.items[0]


def test_a_dropped_model_is_worn_and_explained(
    window: AppWindow, model: Path, qtbot: QtBot
) -> None:
    assert drop(window, model)
    panel = window.fitting
    qtbot.waitUntil(panel.isVisible, timeout=SOON_MS)
    assert panel.title.text() == "Mine"
    assert panel.category.currentText() == "Glasses"
    assert "sure by its shape" in panel.certainty.text()
    assert "millimetres" in panel.evidence.text()
    figures = [panel.sizes.itemAt(i).widget().text() for i in range(panel.sizes.count())]
    assert "140 mm" in figures
    qtbot.waitUntil(lambda: item_of(window).product.title == "Mine", timeout=SOON_MS)
    # The picture makes room for the panel.
    assert window.mirror.geometry().right() < panel.geometry().left()


def test_sliders_move_what_is_worn(window: AppWindow, qtbot: QtBot) -> None:
    panel, before = window.fitting, item_of(window)
    height = panel.shifts[1].slider
    height.setFocus()
    for _ in range(6):
        qtbot.keyClick(height, Qt.Key.Key_Right)
    panel.turns[2].slider.setValue(8)
    assert panel.shifts[1].figure.text() == "+3.0 mm"
    assert panel.turns[2].figure.text() == "+4.0°"

    def moved() -> bool:
        step = before.camera_from_product.inverse() @ item_of(window).camera_from_product
        turned = np.degrees(step.rotation_vector)
        return bool(
            np.allclose(step.translation, [0.0, 3e-3, 0.0], atol=2e-4)
            and np.allclose(turned, [0.0, 0.0, 4.0], atol=0.2)
        )

    qtbot.waitUntil(moved, timeout=SOON_MS)
    # The arrow keys were the slider's, not the shelf's.
    assert window.wearing.latest is not None
    assert window.wearing.latest.entry.title == "Mine"
    qtbot.mouseDClick(panel.turns[2].slider, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert panel.turns[2].value == 0.0


def test_size_and_quarter_turns_change_the_model(window: AppWindow, qtbot: QtBot) -> None:
    panel = window.fitting
    panel.scale.slider.setValue(220)
    figures = [panel.sizes.itemAt(i).widget().text() for i in range(panel.sizes.count())]
    assert "154 mm" in figures
    for _ in range(2):
        panel.quarters[1].click()
    fitting = window.room.fitting
    assert fitting is not None
    before, after = fitting.base.vertices_product(), fitting.product.vertices_product()
    # Turned about the middle and grown by a tenth: what was in front is behind.
    span = before[:, 2].min() + before[:, 2].max()
    np.testing.assert_allclose(after[:, 2], 1.1 * (span - before[:, 2]), atol=1e-6)
    panel.reset.click()
    np.testing.assert_allclose(
        window.room.fitting.product.vertices_product(), fitting.base.vertices_product()
    )
    assert panel.scale.value == 100.0


def test_it_may_be_something_else(window: AppWindow, qtbot: QtBot) -> None:
    panel = window.fitting
    row = panel.category.findText("Necklaces")
    panel.category.setCurrentIndex(row)
    panel.category.activated.emit(row)
    qtbot.waitUntil(lambda: "necklace" in window.wearing.entries, timeout=SOON_MS)
    assert "glasses" not in window.wearing.entries
    assert [e.title for e in window.shelf.model.entries].count("Mine") == 1
    back = panel.category.findText("Glasses")
    panel.category.activated.emit(back)
    qtbot.waitUntil(lambda: "glasses" in window.wearing.entries, timeout=SOON_MS)
    qtbot.waitUntil(lambda: panel.category.currentText() == "Glasses", timeout=SOON_MS)


def test_it_is_saved_and_fitted_again(window: AppWindow, folder: Path, qtbot: QtBot) -> None:
    panel = window.fitting
    panel.title.clear()
    panel.save.click()
    assert panel.isVisible(), "a product needs a title"
    panel.title.setText("My Pair")
    panel.shifts[2].slider.setValue(-4)
    qtbot.keyClick(panel.title, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not panel.isVisible(), timeout=START_MS)
    saved = folder / "own" / "products" / "my-pair"
    assert read_manifest(saved).try_on.nudge.shift_mm == (0.0, 0.0, -2.0)
    assert (saved / "thumbnail.png").is_file()
    titles = [e.title for e in window.shelf.model.entries]
    assert titles[0] == "My Pair" and "Mine" not in titles
    assert window.wearing.entries["glasses"].path == saved
    assert "My Pair" in window.stage.toast.label.text()
    qtbot.waitUntil(lambda: window.wearing.latest.entry.path == saved, timeout=SOON_MS)
    # By key it is opened again, as it was left, and saved in its place.
    qtbot.keyClick(window, Qt.Key.Key_G)
    qtbot.waitUntil(panel.isVisible, timeout=SOON_MS)
    assert panel.title.text() == "My Pair"
    assert panel.shifts[2].value == -2.0
    panel.shifts[2].slider.setValue(2)
    panel.save.click()
    qtbot.waitUntil(lambda: not panel.isVisible(), timeout=START_MS)
    np.testing.assert_allclose(load_product(saved).nudge.translation, [0.0, 0.0, 1e-3])
    assert [p.name for p in saved.parent.iterdir()] == ["my-pair"]
    # The next time it is on the shelf.
    shelf = own_entries(own_folder(settings(folder)))
    assert [e.title for e in shelf] == ["My Pair"]


def test_a_product_is_saved_where_no_picture_of_it_can_be_made(
    window: AppWindow, model: Path, folder: Path, qtbot: QtBot
) -> None:
    window.intake.open_paths([model])
    qtbot.waitUntil(window.fitting.isVisible, timeout=SOON_MS)
    window.fitting.title.setText("Unlucky")
    window.fitting.save.click()
    qtbot.waitUntil(lambda: not window.fitting.isVisible(), timeout=START_MS)
    assert not (folder / "own" / "products" / "unlucky" / "thumbnail.png").exists()


def test_what_cannot_be_saved_is_said(window: AppWindow, model: Path, qtbot: QtBot) -> None:
    window.intake.open_paths([model])
    qtbot.waitUntil(window.fitting.isVisible, timeout=START_MS)
    window.fitting.scale.slider.setValue(100)
    window.fitting.save.click()
    qtbot.waitUntil(lambda: "cannot be saved" in window.stage.toast.label.text(), timeout=START_MS)
    assert window.fitting.isVisible()
    qtbot.keyClick(window.fitting.reset, Qt.Key.Key_Escape)
    assert not window.fitting.isVisible()


def test_only_own_products_are_fitted(window: AppWindow, qtbot: QtBot) -> None:
    window.dressing.add_folder(asset_path("products", "marlow-havana"))
    qtbot.waitUntil(lambda: window.wearing.latest.entry.title == "Marlow Havana", timeout=SOON_MS)
    qtbot.keyClick(window, Qt.Key.Key_G)
    qtbot.wait(50)
    assert not window.fitting.isVisible()
    assert "GLB" in window.stage.toast.label.text()


def test_a_shape_that_does_not_tell_is_asked_about(window: AppWindow, qtbot: QtBot) -> None:
    window.intake.open_paths([asset_path("products", "halden-band", "model.glb")])
    qtbot.waitUntil(window.fitting.isVisible, timeout=START_MS)
    before = window.fitting.category.currentText()
    row = window.fitting.category.findText("Rings")
    window.fitting.category.activated.emit(row)
    qtbot.waitUntil(lambda: "ring:ring" in window.wearing.entries, timeout=SOON_MS)
    qtbot.waitUntil(lambda: window.fitting.category.currentText() == "Rings", timeout=SOON_MS)
    assert before != ""
    window.fitting.close_button.click()
    assert not window.fitting.isVisible()


def test_damaged_own_products_do_not_keep_the_others_away(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "product.toml").write_text("no = [")
    assert own_entries(tmp_path) == []
    assert own_entries(tmp_path / "none") == []
