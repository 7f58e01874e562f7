"""Every glTF feature against a golden picture.

After a change that is meant to be seen::

    python -m pytest tests/rendering/test_features.py --regenerate-goldens

and look at tests/goldens/gltf_*.png at full size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from ar_preview.compositing import composite
from ar_preview.geometry import Camera
from ar_preview.products.gltf import load_gltf
from ar_preview.products.product import Product
from ar_preview.rendering import Renderer
from ar_preview.scene import Scene
from tests.rendering.feature_models import SHEETS, Feature
from tests.rendering.stage_kit import placed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TILE = 96
COLUMNS = 4
CAMERA = Camera(TILE, TILE, 480.0, 480.0, TILE / 2, TILE / 2)
TURN = (0.35, -0.45, 0.0)

MAX_COLOR_DISTANCE = 35215.0
MOST_DB = -22.0
"""Khronos' render fidelity rule, glTF-Render-Fidelity-Generator: src/common.ts."""

_YIQ = np.array(
    [
        [0.29889531, 0.58662247, 0.11448223],
        [0.59597799, -0.27417610, -0.32180189],
        [0.21147017, -0.52261711, 0.31114694],
    ]
)
_YIQ_WEIGHTS = np.array([0.5053, 0.299, 0.1957])


def distance_db(picture: Any, golden: Any) -> float:
    """RMS colour distance as Khronos' generator measures it (Kotsarenko and Ramos 2010)."""
    yiq = (picture.astype(float) - golden.astype(float)) @ _YIQ.T
    squared = (yiq**2) @ _YIQ_WEIGHTS
    ratio = np.sqrt((squared**2).mean()) / MAX_COLOR_DISTANCE
    return float(10.0 * np.log10(max(ratio, 1e-12)))


def backdrop() -> Any:
    """What stands behind every tile: grey checks, so that what lets light through shows."""
    at = np.arange(TILE) // 12
    odd = (at[:, None] + at[None, :]) % 2
    return np.repeat(np.where(odd[..., None] == 0, 105, 150), 3, axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def studio() -> Iterator[Renderer]:
    with Renderer() as renderer:
        yield renderer


def draw(renderer: Renderer, feature: Feature, folder: Path) -> Any:
    model = load_gltf(feature.build().write(folder / "m.glb"))
    chosen = model.variants[feature.variant] if feature.variant else {}
    product = Product("test", "Test", "glasses", model.nodes, {**model.materials, **chosen})
    scene = Scene(CAMERA, (placed(product, turn=TURN),))
    image = backdrop()
    return composite(image, renderer.render(scene, image))


def tile_of(sheet: Any, index: int) -> Any:
    row, column = divmod(index, COLUMNS)
    return sheet[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]


@pytest.mark.parametrize("name", SHEETS)
def test_features_look_as_they_did(
    name: str, studio: Renderer, root: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = root / "tests" / "goldens" / f"gltf_{name}.png"
    features = SHEETS[name]
    tiles = [draw(studio, feature, tmp_path) for feature in features]
    if request.config.getoption("--regenerate-goldens"):
        tiles += [backdrop()] * (-len(tiles) % COLUMNS)
        rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
        assert cv2.imwrite(str(path), np.vstack(rows)[..., ::-1])
    golden = cv2.imread(str(path))[..., ::-1]
    found = {
        feature.name: round(distance_db(tiles[i], tile_of(golden, i)), 1)
        for i, feature in enumerate(features)
    }
    assert {k: v for k, v in found.items() if v > MOST_DB} == {}


def test_the_rule_sees_a_missing_feature(root: Path) -> None:
    """Tiles that differ by the feature alone are told apart, or the goldens would guard nothing."""
    golden = {
        feature.name: tile_of(cv2.imread(str(root / "tests" / "goldens" / f"gltf_{name}.png")), i)
        for name, features in SHEETS.items()
        for i, feature in enumerate(features)
    }
    for one, other in (
        ("ior 1.33", "ior 2.42"),
        ("single-sided", "double-sided"),
        ("variant: none", "variant: gold"),
        ("specular 0", "specular color"),
        ("sheen", "rough sheen"),
    ):
        assert distance_db(golden[one], golden[other]) > MOST_DB
