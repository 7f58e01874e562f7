"""Makes the README's picture: ``python -m ar_preview.workshop.first_look docs/first_look.jpg``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.preview import Preview
from ar_preview.products import load_product
from ar_preview.recording import write_image
from ar_preview.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import RgbImage

__all__ = ["first_look", "main"]

PRODUCT = "marlow-havana"
TILES: tuple[tuple[int, str | None, bool], ...] = (
    (0, None, False),
    (0, None, True),
    (36, None, True),
    (104, "sun", True),
)
"""Frame of the sample, variant, and whether the glasses are worn at all."""

_LEFT, _TOP, _SIZE = 200, 90, 560
_GAP = 8


def first_look() -> RgbImage:
    """Return a row of frames of the bundled sample, before and after."""
    last = max(index for index, _, _ in TILES)
    pictures: dict[tuple[int, str | None, bool], RgbImage] = {}
    product = load_product(PRODUCT)
    for variant in {variant for _, variant, _ in TILES}:
        with (
            open_source("sample:face", end=last + 1) as source,
            Preview([product], variant=variant) as preview,
        ):
            for frame in source:
                result = preview.step(frame)
                for worn, image in ((True, result.image), (False, frame.image)):
                    key = (frame.index, variant, worn)
                    if key in TILES:
                        pictures[key] = image[_TOP : _TOP + _SIZE, _LEFT : _LEFT + _SIZE]
    gap = np.full((_SIZE, _GAP, 3), 255, np.uint8)
    row = [part for tile in TILES for part in (pictures[tile], gap)][:-1]
    return np.ascontiguousarray(np.hstack(row))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the picture; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the picture of the README again.")
    parser.add_argument("path", type=Path)
    options = parser.parse_args(arguments)
    write_image(options.path, first_look(), overwrite=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
