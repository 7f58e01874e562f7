"""Build the samples into a folder, the bundled one by default."""

from __future__ import annotations

import argparse
from pathlib import Path

from ar_preview.assets import asset_path
from ar_preview.workshop.samples.build import build_samples

parser = argparse.ArgumentParser(prog="python -m ar_preview.workshop.samples", description=__doc__)
parser.add_argument("folder", nargs="?", type=Path, default=asset_path("samples"))
build_samples(parser.parse_args().folder)
