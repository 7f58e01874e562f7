"""Why a piece that was just put on is not seen."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from ar_preview.app import hints
from ar_preview.app.entries import Entry
from ar_preview.app.hints import Hints
from ar_preview.preview import Preview, PreviewResult
from ar_preview.products import Catalogue, load_product
from tests.people import portrait


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "_PATIENCE_S", 0.0)


def entry(name: str) -> Entry:
    entries = Entry.of_catalogue(Catalogue.bundled())
    return next(entry for entry in entries if entry.path.name == name)


@cache
def seen() -> PreviewResult:
    with Preview([load_product("vela-stud")], continuous=False) as preview:
        return preview.step(portrait())


def faded(opacity: float) -> PreviewResult:
    items = tuple(replace(item, opacity=opacity) for item in seen().scene.items)
    assert items
    return replace(seen(), scene=replace(seen().scene, items=items))


def told(name: str, result: PreviewResult | None, is_mirror: bool = True) -> list[str]:
    said: list[str] = []
    watching = Hints()
    watching.told.connect(said.append)
    watching.expect(entry(name))
    for _ in range(3):
        watching.look(result, is_mirror)
    return said


@pytest.mark.usefixtures("qapp")
def test_earrings_under_hair_are_explained_once() -> None:
    assert len(told("vela-stud", faded(0.05))) == 1
    assert told("vela-stud", faded(0.9)) == []
    assert told("marlow-havana", faded(0.05)) == []


@pytest.mark.usefixtures("qapp")
def test_who_can_is_asked_for_a_hand() -> None:
    assert len(told("halden-band", seen())) == 1
    assert told("halden-band", seen(), is_mirror=False) == []
    assert told("halden-band", None) == []
