"""A model file without a manifest becomes a Product by its geometry alone."""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import ProductError
from ar_preview.products.assemble import CATEGORIES, slot_of
from ar_preview.products.bodies import find_bodies, without_nodes
from ar_preview.products.gltf import Model, load_gltf
from ar_preview.products.plain_mesh import PLAIN_SUFFIXES, load_plain_mesh
from ar_preview.products.product import Product
from ar_preview.products.relations import MODEL_SUFFIXES
from ar_preview.products.shape import ANALYSES, Found, Frames, recognise
from ar_preview.products.surface import Surface

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.products.bodies import Body
    from ar_preview.products.product import Node

__all__ = ["BARE_SUFFIXES", "FitGuess", "load_bare", "load_bare_model", "unlike"]

BARE_SUFFIXES = (*MODEL_SUFFIXES, *PLAIN_SUFFIXES)

_TRUSTED = 0.5
_LONGEST_TITLE = 200
_SHORTEST_M, _LONGEST_M = 1e-4, 20.0
_MAIN_EVIDENCE = ("unit:", "size:", "axes:", "left out:")


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
    is_told : bool
        Whether it was said what it is; otherwise the shape told it.
    """

    category: str
    confidence: float
    evidence: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    is_told: bool = False

    def __str__(self) -> str:
        """Say in one line what it is taken for, its unit, size and axes, and how sure that is."""
        category = self.category.replace("_", " ")
        sure = f"{self.confidence:.0%} sure"
        how = f"taken for {category} as told, {sure} by its shape"
        if not self.is_told:
            how = f"looks like {category}, {sure}"
        told = [line for line in self.evidence if line.startswith(_MAIN_EVIDENCE)]
        doubts = [f"but {doubt}" for doubt in self.doubts]
        return "; ".join((how, *told, *doubts))

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
        What it is. Without it the shape must tell.

    Returns
    -------
    product : Product
        With the unit's scale, the turn and the origin in ``anchor_from_model``.
    guess : FitGuess

    Raises
    ------
    ProductError
        If the file is broken, its type or category unknown, or if its shape does not tell it
        and no category says what it is.
    """
    product, guess, _ = load_bare_model(path, category=category)
    if category is None and not guess.is_trusted:
        raise ProductError(f"{path}: {unlike(guess)}")
    return product, guess


def unlike(guess: FitGuess) -> str:
    """Return a sentence on a model whose shape does not tell surely what it is."""
    return (
        f"its shape does not tell what it is ({', '.join((*guess.evidence[-1:], *guess.doubts))}); "
        f"say it with --category and one of {', '.join(CATEGORIES)}"
    )


def load_bare_model(path: Path, *, category: str | None = None) -> tuple[Product, FitGuess, Model]:
    """Load with the file's own model, also where it is not sure what it is."""
    told = None if category is None else slot_of(category)
    if path.suffix.lower() not in BARE_SUFFIXES and os.path.isfile(path):
        raise ProductError(
            f"{path}: expected {' or '.join(BARE_SUFFIXES)}, got {path.suffix or 'no suffix'!r}; "
            "export the model as GLB"
        )
    plain = path.suffix.lower() in PLAIN_SUFFIXES
    model = load_plain_mesh(path) if plain else load_gltf(path)
    nodes, bodies = model.nodes, _worn_by(model.nodes, category)
    if bodies:
        nodes = without_nodes(nodes, {body.node for body in bodies})
    surface = Surface.of_nodes(nodes)
    extent = float(np.ptp(surface.bounds, axis=0).max())
    if not _has_size(surface):
        raise ProductError(
            f"{path}: its longest side is {extent:g} units, no product has that size; correct the "
            "scale and export it again"
        )
    found, guess = _analysed(surface, category)
    longest = extent * float(np.cbrt(np.linalg.det(found.product_from_model[:3, :3])))
    if not _SHORTEST_M < longest < _LONGEST_M:
        raise ProductError(
            f"{path}: taken for {guess.category} it would be {longest:.3g} m long; say with "
            "--category what it is, or correct the scale and export it again"
        )
    if bodies:
        told_out = f"left out: {' and '.join(map(str, bodies))}"
        guess = replace(guess, evidence=(*guess.evidence, told_out))
    product = Product(
        id=_identifier(path),
        title=_title(path),
        slot=told or slot_of(guess.category),
        nodes=nodes,
        materials=model.materials,
        anchor_from_model=found.product_from_model,
        dimensions_mm=found.dimensions_mm,
        variants=model.variants,
        fits_mm=found.fits_mm,
        left_out=tuple(body.node for body in bodies),
    )
    return product, guess, model


def _worn_by(nodes: tuple[Node, ...], category: str | None) -> tuple[Body, ...]:
    """Return the heads and hands of which it is safe that they are no part of the piece.

    Their names say so, and without them the shape is that of a piece.
    """
    bodies = tuple(body for body in find_bodies(nodes) if body.is_named)
    rest = Surface.of_nodes(without_nodes(nodes, {body.node for body in bodies}))
    if not bodies or not len(rest.corners) or not _has_size(rest):
        return ()
    return bodies if _analysed(rest, category)[1].is_trusted else ()


def _has_size(surface: Surface) -> bool:
    return 1e-9 < float(np.ptp(surface.bounds, axis=0).max()) < 1e12


def _title(path: Path) -> str:
    name = path.stem if path.stem != "scene" else path.parent.name
    # Names of files need not be text.
    return "".join(c for c in name if c.isprintable())[:_LONGEST_TITLE].strip() or "product"


def _identifier(path: Path) -> str:
    # Sketchfab calls every file scene.gltf; its folder tells what it is.
    name = path.parent.name if path.stem in {"scene", "model"} else path.stem
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "product"


def _analysed(surface: Surface, category: str | None) -> tuple[Found, FitGuess]:
    """Look at a piece as what it is told to be, or as everything, and keep the likeliest."""
    frames = Frames(surface)
    if category is not None:
        # A finger may be named with a ring, as in ring:index.
        name = category.split(":")[0]
        found = ANALYSES[name](frames)
        return found, FitGuess(name, found.confidence, found.evidence, found.doubts, True)
    rated = recognise(frames)
    (first, found, likely), (second, _, other), *_ = rated
    # Two that are equally likely leave half of either.
    confidence = likely * min(1.0, 0.5 + 2.0 * (likely - other))
    doubts = found.doubts
    if confidence < likely:
        doubts = (*doubts, f"it may as well be {second} ({other:.0%})")
    told = ", ".join(f"{name} {share:.0%}" for name, _, share in rated[:3])
    return found, FitGuess(first, confidence, (*found.evidence, f"looks like: {told}"), doubts)
