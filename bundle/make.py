"""Make the folder that runs without Python, and see it show the sample: ``make bundle``.

Needs PyInstaller and the installed extra ``app``. The folder is ``dist/ar_preview``; in it,
``ar-preview`` opens the app, or is the command line where there are arguments.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT / "bundle" / "ar_preview.spec"


def build(folder: Path) -> Path:
    """Return the program in a new folder below ``folder``."""
    places = ("--distpath", folder, "--workpath", folder / "work")
    command = (sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places)
    subprocess.run([*map(str, command), str(SPEC)], check=True, cwd=ROOT)
    shutil.rmtree(folder / "work")
    return folder / "ar_preview" / ("ar-preview.exe" if os.name == "nt" else "ar-preview")


def see(program: Path, picture: Path) -> str:
    """Let the program show the sample with glasses; return what it says.

    Nothing of this checkout or its environment is seen by it; without a screen, Xvfb is one.
    """
    command = [str(program), "app", "--self-test", str(picture)]
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        command = ["xvfb-run", "--auto-servernum", *command]
    own = ("PYTHON", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "QT_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    done = subprocess.run(
        command, cwd=program.parent, env=clean, capture_output=True, text=True, timeout=300
    )
    if done.returncode != 0:
        raise SystemExit(f"{program} failed: {done.stderr or done.stdout}")
    return done.stdout.strip()


def size_mb(folder: Path) -> float:
    """Return what the files of a folder take, 10^6 bytes."""
    return 1e-6 * sum(p.stat().st_size for p in folder.rglob("*") if not p.is_symlink())


def main() -> None:
    """Build, look, say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "dist")
    folder = parser.parse_args().folder.resolve()
    program = build(folder)
    said = see(program, folder / "self_test.png")
    sys.stdout.write(f"{said}\n{program.parent}: {size_mb(program.parent):.0f} MB\n")


if __name__ == "__main__":
    main()
