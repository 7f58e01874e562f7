from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

from ar_preview.sources import CameraName, list_cameras

if TYPE_CHECKING:
    import pytest


def _package(monkeypatch: pytest.MonkeyPatch, enumerate_cameras: object) -> None:
    module = ModuleType("cv2_enumerate_cameras")
    module.enumerate_cameras = enumerate_cameras  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", module)


def test_each_camera_is_listed_once_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        SimpleNamespace(index=2, name="Desk"),
        SimpleNamespace(index=0, name="Built-in"),
        SimpleNamespace(index=2, name="Desk, raw"),
    ]
    _package(monkeypatch, lambda backend: found)
    assert list_cameras() == (CameraName(0, "Built-in"), CameraName(2, "Desk"))


def test_where_names_are_not_known_none_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(backend: int) -> None:
        raise RuntimeError("no such back end")

    _package(monkeypatch, refuse)
    assert list_cameras() == ()
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", None)
    assert list_cameras() == ()
