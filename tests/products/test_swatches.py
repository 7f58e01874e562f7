from __future__ import annotations

from dataclasses import replace

from ar_preview.products import Material, load_product, variant_swatches
from tests.people import box_glasses


def test_swatches_tell_what_the_variants_change() -> None:
    base = box_glasses()
    key = base.nodes[0].primitives[0].material
    plain = {k: Material(base_color=(0.0, 0.0, 0.0, 1.0)) for k in base.materials}
    product = replace(
        base,
        materials=plain,
        variants={
            "red": {key: Material(base_color=(1.0, 0.0, 0.0, 1.0))},
            "same": {key: plain[key]},
            "grey": {key: Material(base_color=(0.2159, 0.2159, 0.2159, 1.0))},
        },
    )
    assert variant_swatches(product) == {
        "": (0, 0, 0),
        "red": (255, 0, 0),
        "grey": (128, 128, 128),
    }


def test_without_another_look_there_are_none() -> None:
    assert variant_swatches(box_glasses()) == {}


def test_sun_lenses_are_darker_than_clear_ones() -> None:
    found = variant_swatches(load_product("marlow-havana"))
    assert sum(found["sun"]) < sum(found[""])
