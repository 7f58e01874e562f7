"""Every string of the window can be translated with Qt's own tools."""

from __future__ import annotations

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from ar_preview.app.entries import category_titles
from ar_preview.app.fit_words import difference_words, verdict_words
from ar_preview.app.language import translate_app
from ar_preview.assets import asset_path
from ar_preview.fitting.verdict import VERDICTS, FitPart, Sureness, fit_note
from ar_preview.person import Interval

ROOT = Path(__file__).resolve().parents[2]
STRINGS = asset_path("translations", "ar_preview.ts")
TRANSLATIONS = sorted(STRINGS.parent.glob("ar_preview_*.ts"))


def tool(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def strings(path: Path) -> set[tuple[str, str]]:
    return {
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in ElementTree.parse(path).getroot().iter("context")
        for message in context.iter("message")
    }


def test_the_strings_are_those_of_the_code(tmp_path: Path) -> None:
    made = tmp_path / "now.ts"
    files = sorted((ROOT / "ar_preview" / "app").glob("*.py"))
    subprocess.run([tool("pyside6-lupdate"), *files, "-ts", made], check=True, capture_output=True)
    assert strings(STRINGS) == strings(made), "run `make strings`"


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_a_shipped_translation_is_whole(path: Path, tmp_path: Path) -> None:
    assert strings(path) == strings(STRINGS), "run `make strings`"
    for message in ElementTree.parse(path).getroot().iter("message"):
        source, said = message.findtext("source", ""), message.find("translation")
        assert said is not None
        assert said.text, source
        assert "type" not in said.attrib, source
        for place in ("%1", "%2", "(*)"):
            assert source.count(place) == said.text.count(place), source
    made = tmp_path / "made.qm"
    release = (tool("pyside6-lrelease"), path, "-qm", made)
    subprocess.run(release, check=True, capture_output=True)
    assert made.read_bytes() == path.with_suffix(".qm").read_bytes(), "run `make strings`"


def test_german_is_spoken_where_the_system_does(qapp: QCoreApplication) -> None:
    assert translate_app(qapp, QLocale("de_AT"))
    try:
        assert category_titles()["glasses"] == "Brillen"
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)


def test_verdicts_of_fit_are_those_of_the_library_in_every_language(qapp: QCoreApplication) -> None:
    notes = [
        fit_note(part, 100.0 + apart, Interval(100.0, 100.0 - spread, 100.0 + spread))
        for part in get_args(FitPart)
        for apart in np.arange(-14.0, 15.0, 0.7)
        for spread in (0.1, 3.0, 9.0)
    ]
    assert {note.verdict for note in notes} == set(VERDICTS)
    assert {note.sureness for note in notes} == set(get_args(Sureness))
    said = [f"{difference_words(note)}: {verdict_words(note)}".lower() for note in notes]
    assert [text.replace("\u00a0", " ") for text in said] == [
        note.text.lower().replace("give or take ", "±") for note in notes
    ]
    english = {words(note) for note in notes for words in (verdict_words, difference_words)}
    assert translate_app(qapp, QLocale("de"))
    try:
        german = {words(note) for note in notes for words in (verdict_words, difference_words)}
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)
    assert len(german) == len(english)
    assert not german & english


def test_a_translation_is_spoken(qapp: QCoreApplication, tmp_path: Path) -> None:
    tree = ElementTree.parse(STRINGS)
    tree.getroot().set("language", "de")
    for message in tree.getroot().iter("message"):
        translation = message.find("translation")
        assert translation is not None
        translation.text = "Brillen" if message.findtext("source") == "Glasses" else "?"
        translation.attrib.clear()
    tree.write(tmp_path / "ar_preview_de.ts", encoding="utf-8", xml_declaration=True)
    made = tmp_path / "ar_preview_de.qm"
    subprocess.run(
        [tool("pyside6-lrelease"), tmp_path / "ar_preview_de.ts", "-qm", made],
        check=True,
        capture_output=True,
    )
    assert not translate_app(qapp, QLocale("fr"), tmp_path)
    assert category_titles()["glasses"] == "Glasses"
    assert translate_app(qapp, QLocale("de"), tmp_path)
    try:
        assert category_titles()["glasses"] == "Brillen"
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)
    assert category_titles()["glasses"] == "Glasses"
