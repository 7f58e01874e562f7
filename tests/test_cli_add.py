"""`products add`, and what is said of bare models that are worn."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from ar_preview.cli.main import app
from ar_preview.cli.wear import load_worn
from ar_preview.errors import ArPreviewError, OutputError, ProductError
from ar_preview.products import check_product, load_product, shelf_folder
from tests.products.glb_builder import GlbBuilder, box, glasses_builder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return glasses_builder().write(tmp_path / "My pair.glb")


def add(*arguments: object) -> str:
    """Run the command; an error of ours comes out as itself."""
    done = CliRunner().invoke(app, ["products", "add", *map(str, arguments)])
    if isinstance(done.exception, ArPreviewError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def everything(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_a_model_becomes_a_product_that_is_worn_and_on_the_shelf(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    output = add(model)
    assert "looks like glasses" in output and "My pair, worn as glasses" in output
    folder = shelf_folder() / "my-pair"
    assert everything(folder) == ["model.glb", "product.toml", "thumbnail.png"]
    assert [f for f in check_product(folder) if f.level == "error"] == []
    product = load_product(folder)
    assert (product.title, product.slot) == ("My pair", "glasses")
    own = pytest.importorskip("ar_preview.app.own")
    entry, *others = own.own_entries(shelf_folder())
    assert (entry.title, entry.category, others) == ("My pair", "glasses", [])
    with pytest.raises(OutputError, match="exists already: choose another --title"):
        add(model)


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("taken", "exists already"),
        ("link", "exists already"),
        ("new/..", "exists already"),
        ("My pair.glb", "exists already"),
        ("My pair.glb/below", "cannot write"),
        ("x" * 300, "cannot write"),
    ],
)
def test_nothing_is_overwritten_or_written_elsewhere(
    model: Path, tmp_path: Path, place: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ar_preview.cli.add.photograph", lambda _: None)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    before = everything(tmp_path)
    with pytest.raises(OutputError, match=says):
        add(model, "--to", tmp_path / place)
    assert everything(tmp_path) == before


def test_what_cannot_be_added_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ar_preview.cli.add.photograph", lambda _: None)
    crate = tmp_path / "crate.glb"
    builder = GlbBuilder()
    builder.node(builder.primitive(*box([0, 0, 0], np.array([0.2, 0.12, 0.2]))))
    builder.write(crate)
    before = everything(tmp_path)
    for arguments, says in (
        ([tmp_path], "expected a model file, got a folder"),
        ([tmp_path / "none.glb"], "no such file"),
        ([crate], "say it with --category"),
        ([f"{crate}:glases"], "did you mean 'glasses'"),
        ([tmp_path / ("x" * 300 + ".glb")], "cannot be read"),
    ):
        with pytest.raises(ProductError, match=says):
            add(*arguments, "--to", tmp_path / "new")
    assert everything(tmp_path) == before


def test_a_title_is_text_whatever_the_file_is_called(model: Path, tmp_path: Path) -> None:
    odd = model.rename(tmp_path / os.fsdecode(b"\xff\n\x1b[1mpair.glb"))
    assert load_product(odd).title == "[1mpair"


def test_several_bare_models_say_each_what_they_are(
    model: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = model.with_name("other.glb")
    other.write_bytes(model.read_bytes())
    worn = load_worn(["marlow-havana", str(model), f"{other}:ring:index"], "hat")
    assert [product.slot for product in worn] == ["glasses", "hat", "ring:index"]
    first, second = capfd.readouterr().err.splitlines()
    assert first.startswith(f"{model}: taken for hat as told")
    assert "taken for ring as told" in second and "unit: " in second and " mm" in second
    with pytest.raises(ProductError, match="its manifest says glasses, not 'hat'"):
        load_worn(["marlow-havana"], "hat")
    # A colon in a name of a file is part of it.
    colon = model.rename(tmp_path / "pair.glb:hat")
    with pytest.raises(ProductError, match="expected"):
        load_worn([str(colon)])
