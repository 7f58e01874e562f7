"""A renderer under light that can be computed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.rendering import Renderer
from ar_preview.rendering.environment import save_environment
from ar_preview.workshop.environments import build_environment
from tests.rendering.stage_kit import UNIFORM, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the environments ``uniform`` (0.5 from everywhere) and ``dark``."""
    folder = tmp_path_factory.mktemp("environments")
    for name, value in (("uniform", UNIFORM), ("dark", 0.0)):
        light = build_environment(
            lambda d, v=value: np.full(d.shape, v),  # type: ignore[misc]
            sizes=(8, 4),
            samples=8,
        )
        save_environment(light, folder / f"{name}.npz")
    return folder


@pytest.fixture(scope="module")
def stage(environments: Path) -> Iterator[Stage]:
    with Renderer(environments) as renderer:
        yield Stage(renderer)
