"""Checks of a manifest that concern several values or the files beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ar_preview.errors import ProductError
from ar_preview.products.confine import confined_file

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ANCHORS", "MODEL_SUFFIXES", "REQUIRED_DIMENSIONS", "related_problems"]

MODEL_SUFFIXES = (".glb", ".gltf")

ANCHORS: dict[str, tuple[str, ...]] = {
    "glasses": ("nose_bridge",),
    "hat": ("crown", "forehead"),
    "over_ear": ("ears",),
    "earrings": ("earlobe",),
    "necklace": ("neck",),
    "ring": ("finger_base",),
    "watch": ("wrist",),
    "bracelet": ("wrist",),
}
"""The anchors that make sense for each category."""

REQUIRED_DIMENSIONS: dict[str, tuple[str, ...]] = {
    "glasses": ("lens_width", "bridge", "temple_length", "frame_width"),
    "ring": ("inner_diameter",),
    "watch": ("case_diameter",),
}

_GENERAL = ("height", "width", "depth", "thickness")
_ALLOWED: dict[str, tuple[str, ...]] = {
    "glasses": (
        "lens_width",
        "lens_height",
        "bridge",
        "temple_length",
        "frame_width",
        *_GENERAL,
    ),
    "hat": ("head_circumference", *_GENERAL),
    "over_ear": ("length", *_GENERAL),
    "earrings": ("length", *_GENERAL),
    "necklace": ("length", *_GENERAL),
    "ring": ("inner_diameter", "band_width", *_GENERAL),
    "watch": ("case_diameter", "lug_to_lug", "band_width", "length", *_GENERAL),
    "bracelet": ("inner_diameter", "band_width", "length", *_GENERAL),
}
_WIDTH_SLACK_MM = 6.0


def _table(data: Any, key: str) -> dict[str, Any]:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def related_problems(data: dict[str, Any], folder: Path) -> list[str]:
    """Return a line for each problem; values of the wrong type are left to the models.

    Parameters
    ----------
    data : dict
        The parsed TOML, not validated yet.
    folder : Path
        The product's folder.
    """
    try_on = _table(data, "try_on")
    problems = _dimension_problems(try_on) + _variant_problems(try_on)
    category, anchor = try_on.get("category"), try_on.get("anchor")
    if category in ANCHORS and isinstance(anchor, str) and anchor not in ANCHORS[category]:
        problems.append(
            f"try_on.anchor: expected {' or '.join(ANCHORS[category])} for {category}, "
            f"got {anchor!r}"
        )
    if "finger" in try_on and category in ANCHORS and category != "ring":
        problems.append(f"try_on.finger: only rings have it, got it for {category!r}")
    problems += _limb_problems(try_on)
    for key in ("model", "lod"):
        name = try_on.get(key, "model.glb" if key == "model" and try_on else None)
        if not isinstance(name, str) or not name:
            continue
        if not name.lower().endswith(MODEL_SUFFIXES):
            problems.append(f"try_on.{key}: expected a .glb or .gltf file, got {name[:80]!r}")
            continue
        try:
            confined_file(folder, name, f"try_on.{key}")
        except ProductError as error:
            problems.append(str(error))
    return problems


_LIMB_TABLES = {
    "fits_mm": ("ring", "watch", "bracelet", "hat", "necklace"),
    "strap": ("watch", "bracelet"),
    "clock": ("watch",),
}


_FITTED_BY = {"ring": "inner_diameter", "hat": "head_circumference", "necklace": "length"}
"""The dimension of the model itself that must lie in the range it is made in."""


def _limb_problems(try_on: dict[str, Any]) -> list[str]:
    category = try_on.get("category")
    problems = [
        f"try_on.{key}: only a {' or '.join(known)} has it, got it for {category!r}"
        for key, known in _LIMB_TABLES.items()
        if key in try_on and category in ANCHORS and category not in known
    ]
    fits = try_on.get("fits_mm")
    if not (isinstance(fits, list) and len(fits) == 2 and all(_is_number(v) for v in fits)):
        return problems
    if not fits[0] < fits[1]:
        problems.append(f"try_on.fits_mm: expected smallest < largest, got {fits}")
    own_name = _FITTED_BY.get(str(category), "")
    own = _table(try_on, "dimensions_mm").get(own_name)
    if _is_number(own) and not fits[0] <= own <= fits[1]:
        problems.append(
            f"try_on.fits_mm: expected to hold the model's {own_name} of {own:g}, got {fits}"
        )
    return problems


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _dimension_problems(try_on: dict[str, Any]) -> list[str]:
    category = try_on.get("category")
    if category not in ANCHORS:
        return []
    given = _table(try_on, "dimensions_mm")
    where = "try_on.dimensions_mm"
    problems = [
        f"{where}.{name}: expected a number in mm (required for {category}), got nothing"
        for name in REQUIRED_DIMENSIONS.get(category, ())
        if name not in given
    ]
    every = {name for names in _ALLOWED.values() for name in names}
    problems += [
        f"{where}.{name}: not a dimension of {category} (those are {', '.join(_ALLOWED[category])})"
        for name in given
        if name in every and name not in _ALLOWED[category]
    ]
    numbers = {k: float(v) for k, v in given.items() if _is_number(v)}
    lens, bridge, frame = (numbers.get(k) for k in ("lens_width", "bridge", "frame_width"))
    if lens is not None and bridge is not None and frame is not None:
        # A shield has one lens and no bridge.
        across = 2.0 * lens + bridge if bridge > 0.0 else lens
        if across > frame + _WIDTH_SLACK_MM + (20.0 if bridge == 0.0 else 0.0):
            problems.append(
                f"{where}: two lenses and the bridge are {across:g} mm wide, more than the "
                f"frame_width of {frame:g}"
            )
    return problems


def _variant_problems(try_on: dict[str, Any]) -> list[str]:
    variants = try_on.get("variants")
    if not isinstance(variants, list):
        return []
    problems = []
    seen: set[str] = set()
    for i, variant in enumerate(variants):
        name = variant.get("name") if isinstance(variant, dict) else None
        if isinstance(name, str):
            if name in seen:
                problems.append(f"try_on.variants[{i}].name: {name!r} is used twice")
            seen.add(name)
    return problems
