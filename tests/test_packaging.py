"""`pip install .` gives a working command outside the checkout, assets included."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import cv2
import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow

HAS_HEADER = {"format": "ar-preview-poses", "version": 1}


def run(*command: str | Path, cwd: Path, ok: bool = True) -> subprocess.CompletedProcess[str]:
    # Nothing of the checkout may leak in by a variable.
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=keep, capture_output=True, text=True
    )
    if ok:
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    run(*pip, "--no-deps", "--no-build-isolation", "-w", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the scripts folder of a new environment that holds the wheel.

    The vendors' packages are those of this environment, by path: downloading them again would
    test the index, not the wheel. The path hides nothing of ours, since the new environment's
    own packages come first, and a path in a .pth file does not run that folder's .pth files.
    """
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=home)
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run(python, "-c", query, cwd=home).stdout.strip())
    (packages / "vendors.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts


def test_the_wheel_carries_code_and_assets(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "ar_preview").rglob("*"):
        if path.suffix in {".py", ".glsl", ".typed"}:
            assert path.relative_to(ROOT).as_posix() in names
    for folder in ("products", "models", "environments", "samples"):
        files = [p for p in (ROOT / "assets" / folder).rglob("*") if p.is_file()]
        assert files, f"assets/{folder} is empty"
        for path in files:
            assert f"ar_preview/{path.relative_to(ROOT).as_posix()}" in names
    strangers = {n for n in names if n.split("/")[0].split("-")[0] != "ar_preview"}
    assert not strangers
    assert not [n for n in names if "__pycache__" in n or "/tests/" in n]
    licences = {Path(n).name for n in names if ".dist-info/licenses/" in n}
    assert licences == {"LICENSE", "LICENSE-Apache-2.0.txt"}


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    hatchling = (sys.executable, "-m", "hatchling", "build", "--target", "sdist")
    run(*hatchling, "--directory", tmp_path, cwd=ROOT)
    (archive,) = tmp_path.glob("*.tar.gz")
    # Made a moment ago by us; tarfile's filters came only with Python 3.11.4.
    shutil.unpack_archive(archive, tmp_path / "source")
    (source,) = (tmp_path / "source").iterdir()
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    run(*pip, "--no-deps", "--no-build-isolation", "-w", tmp_path / "again", source, cwd=tmp_path)
    (again,) = (tmp_path / "again").glob("*.whl")
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_it_runs_from_its_own_folder(installed: Path, tmp_path: Path) -> None:
    code = (
        "import json, ar_preview, ar_preview.assets as a; from importlib.metadata import version;"
        "print(json.dumps([ar_preview.__file__, str(a.asset_path()), version('ar-preview')]))"
    )
    done = run(installed / "python", "-c", code, cwd=tmp_path)
    module, assets, version = json.loads(done.stdout)
    home = installed.parent
    assert Path(module).is_relative_to(home)
    assert Path(assets).is_relative_to(home)
    assert version in run(installed / "ar-preview", "--version", cwd=tmp_path).stdout


def test_the_command_lists_and_renders(installed: Path, tmp_path: Path) -> None:
    command = installed / "ar-preview"
    listed = run(command, "products", "list", cwd=tmp_path).stdout
    ids = [p.parent.name for p in sorted((ROOT / "assets" / "products").glob("*/product.toml"))]
    assert ids
    for product in ids:
        assert product in listed
    arguments = ("-p", ids[0], "-o", "worn.mp4", "--poses", "poses.jsonl", "--end", "8")
    run(command, "render", "sample:face", *arguments, cwd=tmp_path)
    video = cv2.VideoCapture(str(tmp_path / "worn.mp4"))
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == 8
    header, *frames = map(json.loads, (tmp_path / "poses.jsonl").read_text().splitlines())
    assert header == HAS_HEADER
    assert len(frames) == 8
    assert all(frame["items"][0]["product"] == ids[0] for frame in frames)


def test_a_problem_is_one_line_and_code_two(installed: Path, tmp_path: Path) -> None:
    arguments = ("-p", "no-such-product", "-o", "x.mp4")
    done = run(installed / "ar-preview", "render", "none.mp4", *arguments, cwd=tmp_path, ok=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "no-such-product" in done.stderr or "none.mp4" in done.stderr
    assert list(tmp_path.iterdir()) == []
