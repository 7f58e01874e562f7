"""Shaders of materials that have everything at once."""

from __future__ import annotations

import pytest

from ar_preview.rendering.context import create_context
from ar_preview.rendering.layout import MOST_NODES
from ar_preview.rendering.programs import Programs

EVERYTHING = frozenset(
    {
        *("HAS_BODY", "HAS_FADE", "HAS_COLOR", "HAS_SECOND_UV", "MOVES_UV"),
        *("HAS_BASE_TEXTURE", "HAS_NORMAL_TEXTURE", "HAS_OCCLUSION_TEXTURE"),
        *("HAS_METAL", "HAS_CLEARCOAT", "HAS_CLEARCOAT_NORMAL_TEXTURE", "HAS_SPECULAR_COLOR"),
        *("HAS_FILM", "HAS_FILM_THICKNESS_TEXTURE", "HAS_SHEEN", "HAS_SHEEN_COLOR_TEXTURE"),
    }
)


@pytest.mark.parametrize("on_cpu", [True, False])
@pytest.mark.parametrize(
    "features",
    [
        {"PASS_OPAQUE", "ALPHA_MASK"},
        {"PASS_LIGHT", "TINTS", "SEE_THROUGH", "HAS_ABSORPTION"},
        {"PASS_TRANSMIT", "TINTS", "SEE_THROUGH", "HAS_ABSORPTION"},
    ],
)
def test_vertices_can_tell_all_that_a_material_has(on_cpu: bool, features: set[str]) -> None:
    context = create_context()
    with context:
        programs = Programs(context, {"MOST_NODES": str(MOST_NODES)}, on_cpu=on_cpu)
        # Drivers refuse more than some 32 vectors from stage to stage.
        assert programs.get("surface", EVERYTHING | features)
        programs.release()
    context.release()
