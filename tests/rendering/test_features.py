"""Every glTF feature against a golden picture.

After a change that is meant to be seen::

    python -m pytest tests/rendering/test_features.py --regenerate-goldens

and look at tests/goldens/gltf_*.png at full size.
"""

from __future__ import annotations

from dataclasses import replace
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
SOFTWARE_DB = -30.0
"""Mesa's rasteriser repeats itself, and Khronos' rule overlooks a missing coat or film (-22 to
-29 dB)."""

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
    limit = SOFTWARE_DB if studio.is_software else MOST_DB
    assert {k: v for k, v in found.items() if v > limit} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHEETS)
def test_a_graphics_card_is_given_shaders_that_draw_the_same(
    name: str, studio: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [draw(studio, feature, tmp_path) for feature in SHEETS[name]]
    monkeypatch.setattr("ar_preview.rendering.renderer.is_software", lambda driver: False)
    with Renderer() as card:
        found = {
            feature.name: round(distance_db(draw(card, feature, tmp_path), tile), 1)
            for feature, tile in zip(SHEETS[name], expected, strict=True)
        }
    assert {k: v for k, v in found.items() if v > MOST_DB} == {}


def without_one(feature: Feature) -> Iterator[tuple[str, Feature]]:
    """The same file without an extension or a texture of a material, one at a time."""
    for number, material in enumerate(feature.build().json["materials"]):
        extensions = material.get("extensions", {})
        paths = [("extensions", name) for name in extensions]
        paths += [("extensions", n, k) for n, v in extensions.items() for k in v if "Texture" in k]
        paths += [(key,) for key in material if "Texture" in key]
        paths += [
            ("pbrMetallicRoughness", k) for k in material["pbrMetallicRoughness"] if "Tex" in k
        ]
        for path in paths:
            glb = feature.build()
            place = glb.json["materials"][number]
            for key in path[:-1]:
                place = place[key]
            del place[path[-1]]
            name = f"{feature.name} without {path[-1]}"
            yield name, replace(feature, build=lambda glb=glb: glb)  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.parametrize("name", SHEETS)
def test_the_goldens_see_what_is_missing(
    name: str, studio: Renderer, root: Path, tmp_path: Path
) -> None:
    golden = cv2.imread(str(root / "tests" / "goldens" / f"gltf_{name}.png"))[..., ::-1]
    found = {
        what: round(distance_db(draw(studio, poorer, tmp_path), tile_of(golden, i)), 1)
        for i, feature in enumerate(SHEETS[name])
        for what, poorer in without_one(feature)
    }
    assert len(found) >= 2
    assert {k: v for k, v in found.items() if v <= SOFTWARE_DB} == {}
