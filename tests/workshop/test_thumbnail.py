"""Catalogue pictures: the whole product, in the middle, as large as fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL")

from PIL import Image

from ar_preview.errors import ProductError
from ar_preview.geometry import ImageSize
from ar_preview.products.catalogue import load_product
from ar_preview.workshop.thumbnail import render_thumbnail, write_thumbnail

COMMITTED = Path(__file__).parents[2] / "assets" / "products" / "marlow-havana"


@pytest.mark.parametrize("size", [ImageSize(200, 150), ImageSize(120, 200)])
def test_the_product_fills_the_middle_of_the_picture(size: ImageSize) -> None:
    picture = render_thumbnail(load_product(COMMITTED), size)
    assert picture.shape == (size.height, size.width, 3)
    backdrop = picture[:, :1].astype(int)
    rows, columns = np.nonzero(np.abs(picture.astype(int) - backdrop).max(axis=2) > 24)
    middle = 0.5 * np.array([columns.min() + columns.max() + 1, rows.min() + rows.max() + 1])
    np.testing.assert_allclose(middle / size, 0.5, atol=0.02)
    filled = max(np.ptp(columns) / size.width, np.ptp(rows) / size.height)
    assert 0.8 < filled < 0.9


def test_the_committed_thumbnail_shows_the_committed_model() -> None:
    kept = Image.open(COMMITTED / "thumbnail.png").convert("RGB")
    fresh = render_thumbnail(load_product(COMMITTED), ImageSize(*kept.size))
    assert np.abs(fresh.astype(float) - np.asarray(kept)).mean() < 2.0


def test_a_folder_without_a_product_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProductError):
        write_thumbnail(tmp_path)
    assert not any(tmp_path.iterdir())
