"""The preflight says what is missing, in one line that installs it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ar_preview import preflight

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "ar_preview" / "preflight.py"


def run_script(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), *arguments], capture_output=True, text=True
    )


def test_says_one_calm_line_where_everything_is_there() -> None:
    if preflight.find_problems():
        pytest.skip("this machine itself lacks something: " + preflight.find_problems()[0])
    environment = {k: v for k, v in os.environ.items() if "DISPLAY" not in k}
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_needs_only_the_standard_library() -> None:
    # -I -S: no site-packages, no folder of the project on the path.
    assert "Traceback" not in run_script().stderr
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert names <= set(sys.stdlib_module_names)


def test_an_old_python_can_still_parse_it() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    assert "from __future__ import annotations\n" not in SCRIPT.read_text(encoding="utf-8")


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 9, "final", 0))
    assert preflight.main([]) == 2
    assert "3.11 or newer" in capsys.readouterr().err


def test_a_machine_without_wheels_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert "wheels" in preflight.find_problems()[0]


@pytest.mark.skipif(sys.platform != "linux", reason="the libraries of Linux")
def test_missing_libraries_give_one_install_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preflight, "_loads", lambda name: "GLES" not in name)
    monkeypatch.setattr("shutil.which", lambda name: name if name == "apt-get" else None)
    assert preflight.missing_libraries() == ["libGLESv2.so.2"]
    assert preflight.main([]) == 2
    shown = capsys.readouterr().err
    lines = [line for line in shown.splitlines() if "apt-get install -y" in line]
    assert len(lines) == 1
    assert "libgles2" in lines[0]


@pytest.mark.skipif(sys.platform != "linux", reason="the libraries of Linux")
def test_a_missing_driver_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "_EGL_PROBE", "raise SystemExit(1)")
    monkeypatch.setattr("shutil.which", lambda name: name if name == "apt-get" else None)
    assert "libgl1-mesa-dri" in preflight.find_problems()[0]


@pytest.mark.skipif(sys.platform != "linux", reason="the libraries of Linux")
@pytest.mark.parametrize("manager", ["apt-get", "dnf"])
def test_every_library_has_a_package(monkeypatch: pytest.MonkeyPatch, manager: str) -> None:
    monkeypatch.setattr(preflight, "_loads", lambda name: False)
    monkeypatch.setattr("shutil.which", lambda name: name if name == manager else None)
    missing = preflight.missing_libraries(window=True)
    assert len(missing) == 17
    command = preflight.install_command([*missing, "an OpenGL driver", "venv"])
    assert f"{manager} install -y" in command
    words = command.split()
    assert len(words) == len(set(words))


@pytest.mark.skipif(sys.platform != "linux", reason="the libraries of Linux")
def test_an_unknown_package_manager_gets_the_file_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "libGL.so.1" in preflight.install_command(["libGL.so.1"])


def test_the_ci_script_installs_what_the_preflight_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr(preflight, "_loads", lambda name: False)
    monkeypatch.setattr("shutil.which", lambda name: name if name == "apt-get" else None)
    missing = [*preflight.missing_libraries(window=True), "an OpenGL driver"]
    wanted = set(preflight.install_command(missing).split("install -y ")[1].split())
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    listed = set(re.findall(r"[a-z0-9.+-]+", script))
    assert wanted <= listed
