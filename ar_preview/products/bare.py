"""A model file without a manifest becomes a Product by its geometry alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import ProductError
from ar_preview.products.assemble import CATEGORIES, slot_of
from ar_preview.products.eyewear import analyse_eyewear
from ar_preview.products.gltf import Model, load_gltf
from ar_preview.products.headwear import HEADWEAR, UNITS
from ar_preview.products.plain_mesh import PLAIN_SUFFIXES, load_plain_mesh
from ar_preview.products.product import Product
from ar_preview.products.relations import MODEL_SUFFIXES
from ar_preview.products.surface import Surface

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import Array

__all__ = ["BARE_SUFFIXES", "FitGuess", "load_bare", "load_bare_model", "unlike"]

BARE_SUFFIXES = (*MODEL_SUFFIXES, *PLAIN_SUFFIXES)

_GENERIC: dict[str, tuple[tuple[float, float], tuple[float, float, float]]] = {
    # Plausible longest side in mm; the origin as a fraction of the bounding box.
    "ring": ((14.0, 50.0), (0.5, 0.5, 0.5)),
    "watch": ((30.0, 280.0), (0.5, 0.5, 0.5)),
    "bracelet": ((45.0, 130.0), (0.5, 0.5, 0.5)),
}
_GOOD_SYMMETRY = 0.85
_TRUSTED = 0.5


@dataclass(frozen=True)
class FitGuess:
    """What was decided about a bare model and why.

    Parameters
    ----------
    category : str
    confidence : float
        0 to 1; below 0.5 it does not look like the category.
    evidence : tuple of str
        One line for each decision, lengths in mm.
    doubts : tuple of str
        What lowers the confidence.
    """

    category: str
    confidence: float
    evidence: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    @property
    def is_trusted(self) -> bool:
        """Whether the shape and size are those of the category."""
        return self.confidence >= _TRUSTED


def load_bare(path: Path, *, category: str | None = None) -> tuple[Product, FitGuess]:
    """Load a model file that has no manifest.

    Parameters
    ----------
    path : Path
        ``.glb`` or ``.gltf``; also plain ``.obj``, ``.stl`` and ``.ply`` meshes.
    category : str, optional
        What it is. Without it the model must have the shape of glasses.

    Returns
    -------
    product : Product
        With the unit's scale, the turn and the origin in ``anchor_from_model``.
    guess : FitGuess

    Raises
    ------
    ProductError
        If the file is broken, its type or category unknown, or if it does not look like glasses
        and no category says what it is.
    """
    product, guess, _ = load_bare_model(path, category=category)
    if category is None and not guess.is_trusted:
        raise ProductError(f"{path}: {unlike(guess)}")
    return product, guess


def unlike(guess: FitGuess) -> str:
    """Return a sentence on a model that was taken for glasses untold but does not look like it."""
    return (
        f"does not look like {guess.category} ({guess.confidence:.0%} sure: "
        f"{', '.join(guess.doubts)}); say what it is with --category and one of "
        f"{', '.join(CATEGORIES)}"
    )


def load_bare_model(path: Path, *, category: str | None = None) -> tuple[Product, FitGuess, Model]:
    """Load with the file's own model, also what does not look like glasses."""
    chosen = "glasses" if category is None else category
    slot = slot_of(chosen)
    if path.exists() and path.suffix.lower() not in BARE_SUFFIXES and path.is_file():
        raise ProductError(
            f"{path}: expected {' or '.join(BARE_SUFFIXES)}, got {path.suffix or 'no suffix'!r}; "
            "export the model as GLB"
        )
    plain = path.suffix.lower() in PLAIN_SUFFIXES
    model = load_plain_mesh(path) if plain else load_gltf(path)
    surface = Surface.of_nodes(model.nodes)
    extent = float(np.ptp(surface.bounds, axis=0).max())
    if not 1e-9 < extent < 1e12:
        raise ProductError(
            f"{path}: its longest side is {extent:g} units, no product has that size; correct the "
            "scale and export it again"
        )
    fits_mm = None
    if chosen == "glasses":
        matrix, dimensions, guess = _glasses(surface)
    elif chosen in HEADWEAR:
        found = HEADWEAR[chosen](surface)
        matrix, fits_mm = found.product_from_model, found.fits_mm
        dimensions = dict(found.dimensions_mm)
        guess = FitGuess(chosen, found.confidence, found.evidence, found.doubts)
    else:
        # A finger may be named with a ring, as in ring:index.
        matrix, dimensions, guess = _generic(surface, chosen.split(":")[0])
    product = Product(
        id=_identifier(path),
        title=path.stem if path.stem != "scene" else path.parent.name,
        slot=slot,
        nodes=model.nodes,
        materials=model.materials,
        anchor_from_model=matrix,
        dimensions_mm=dimensions,
        variants=model.variants,
        fits_mm=fits_mm,
    )
    return product, guess, model


def _identifier(path: Path) -> str:
    # Sketchfab calls every file scene.gltf; its folder tells what it is.
    name = path.parent.name if path.stem in {"scene", "model"} else path.stem
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "product"


def _glasses(surface: Surface) -> tuple[Array, dict[str, float], FitGuess]:
    found = analyse_eyewear(surface)
    size = found.dimensions_mm
    shift = found.product_from_model[:3, 3] * 1e3
    scale_line = f"unit: {found.unit}, one unit of the file is {found.scale * 1e3:g} mm"
    if found.unit == "unknown":
        scale_line += f"; scaled to a total width of {size['width']:.0f} mm"
    evidence = [
        scale_line,
        f"size: front {size['frame_width']:.1f} mm wide and {size['height']:.1f} high, overall "
        f"{size['width']:.1f} x {size['depth']:.1f} mm",
        f"axes: {found.turn or 'as glTF has them, y up and z out of the face'}",
        f"symmetry: {found.symmetry:.0%} of the surface has its mirror image",
        f"temples: {found.temples:.0%} sure that two run back"
        + (f", about {size['temple_length']:.0f} mm long" if "temple_length" in size else ""),
        f"bridge: {found.bridge}; moved by {shift[0]:+.1f} {shift[1]:+.1f} {shift[2]:+.1f} mm",
    ]
    symmetric = min(1.0, found.symmetry / _GOOD_SYMMETRY)
    confidence = symmetric**2 * (0.35 + 0.65 * found.temples)
    if found.unit == "unknown":
        confidence *= 0.6
    doubts = []
    if symmetric < 1.0:
        doubts.append("its left and right differ")
    if found.temples < 0.5:
        doubts.append("no two temples run back")
    if found.unit == "unknown":
        doubts.append("in no unit it is as wide as a face")
    return (
        found.product_from_model,
        {k: v for k, v in size.items() if k in {"frame_width", "temple_length"}},
        FitGuess("glasses", float(confidence), tuple(evidence), tuple(doubts)),
    )


def _generic(surface: Surface, category: str) -> tuple[Array, dict[str, float], FitGuess]:
    (low_mm, high_mm), fractions = _GENERIC[category]
    bounds = surface.bounds
    longest = float(np.ptp(bounds, axis=0).max())
    fits = [(n, f) for n, f in UNITS if low_mm <= longest * f * 1e3 <= high_mm]
    usual = float(np.sqrt(low_mm * high_mm))
    unit, scale = fits[0] if fits else ("unknown", usual * 1e-3 / longest)
    origin = bounds[0] + np.array(fractions) * (bounds[1] - bounds[0])
    matrix = np.diag([scale, scale, scale, 1.0])
    matrix[:3, 3] = -scale * origin
    size = np.ptp(bounds, axis=0) * scale * 1e3
    evidence = (
        f"unit: {unit}, one unit of the file is {scale * 1e3:g} mm",
        f"size: {size[0]:.1f} x {size[1]:.1f} x {size[2]:.1f} mm",
        "axes: as glTF has them, y up and z out",
    )
    if fits:
        return matrix, {}, FitGuess(category, _TRUSTED, evidence)
    doubts = (f"in no unit it is {low_mm:.0f} to {high_mm:.0f} mm long",)
    return matrix, {}, FitGuess(category, 0.5 * _TRUSTED, evidence, doubts)
