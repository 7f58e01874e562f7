"""What a merchant should know about a product before it goes on sale."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ar_preview.errors import ProductError
from ar_preview.products.assemble import assemble_folder
from ar_preview.products.bare import load_bare_model, unlike
from ar_preview.products.bodies import find_bodies
from ar_preview.products.catalogue import THUMBNAIL_NAME, Catalogue, locate, split_category
from ar_preview.products.manifest import MANIFEST_NAME, ManifestError
from ar_preview.products.shape import FRONT_DEPTH_MM
from ar_preview.products.surface import Surface

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.products.assemble import Assembled
    from ar_preview.products.bare import FitGuess
    from ar_preview.products.gltf import Model
    from ar_preview.products.manifest import Manifest
    from ar_preview.products.product import Product

__all__ = ["Finding", "check_product"]

Level = Literal["error", "warning", "info"]

_MOST_TRIANGLES = 20_000
_MOST_LOD_TRIANGLES = 5_000
_MOST_TEXTURE_SIDE = 2048
_FRAME_WIDTH_TOLERANCE_MM = 2.0
_BRIDGE_TOLERANCE_MM = 8.0
_LONGEST_SIDE_MM = 900.0
_SHORTEST_SIDE_MM = 3.0
_MOST_NAMED = 8
_TEMPLES = ("temple_left", "temple_right")
_FEED_FIELDS = ("description", "brand", "price", "availability", "link", "image_link")
_GENERIC_NAME = re.compile(r"^(material|mesh|object|node|default|untitled)?[ ._-]*\d*$", re.I)


@dataclass(frozen=True)
class Finding:
    """One remark of a check.

    Parameters
    ----------
    level : {"error", "warning", "info"}
        An error keeps the product from being worn rightly.
    text : str
    """

    level: Level
    text: str


def check_product(
    spec: str | Path, *, category: str | None = None, catalogue: Catalogue | None = None
) -> list[Finding]:
    """Check a product; what keeps it from loading gives one finding for each problem.

    Parameters
    ----------
    spec : str or Path
        A catalogue id, a product folder, or a bare model file.
    category : str, optional
        What a bare model is; without it the shape must tell. The manifest
        of a product folder must agree with it.
    catalogue : Catalogue, optional
        Where ids are looked up.

    Returns
    -------
    list of Finding
        Errors first, then warnings, then plain facts.
    """
    try:
        spec, category = split_category(spec, category)
        path = locate(spec, catalogue)
        if path.is_dir():
            found = _check_folder(path, category)
        else:
            product, guess, model = load_bare_model(path, category=category)
            if category is None and not guess.is_trusted:
                # Everything else would be told of a pair of glasses that it is not.
                return [Finding("error", unlike(guess)), *_facts(guess)]
            found = _check_guess(guess)
            found += [*_check_model(product, model), *_check_bodies(product), _no_lod(product)]
    except ManifestError as error:
        return [Finding("error", f"{MANIFEST_NAME}: {problem}") for problem in error.problems]
    except ProductError as error:
        return [Finding("error", str(error))]
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda f: order[f.level])


def _facts(guess: FitGuess) -> list[Finding]:
    return [Finding("info", line) for line in guess.evidence]


def _check_guess(guess: FitGuess) -> list[Finding]:
    sure = f", {guess.confidence:.0%} sure"
    how = "given as" if guess.is_told else "taken for"
    found = [Finding("info", f"no manifest: {how} {guess.category}{sure}"), *_facts(guess)]
    if guess.doubts:
        verdict = "not sure to be" if guess.is_trusted else "does not look like"
        doubts = ", ".join(guess.doubts)
        found.append(Finding("warning", f"{verdict} {guess.category}: {doubts}"))
    return found


def _check_folder(folder: Path, category: str | None) -> list[Finding]:
    assembled = assemble_folder(folder, category=category)
    product, manifest = assembled.product, assembled.manifest
    found = _check_model(product, assembled.model)
    found += [*_check_lod(assembled), *_check_bodies(product)]
    found += _check_size(product)
    commerce = manifest.commerce
    if commerce.id != folder.name:
        found.append(
            Finding(
                "warning",
                f"commerce.id is {commerce.id!r} but the folder is {folder.name!r}; in a "
                "catalogue both should be the same",
            )
        )
    missing = [f for f in _FEED_FIELDS if not getattr(commerce, f)]
    if missing:
        found.append(
            Finding("info", f"the product feeds also ask for commerce.{', '.join(missing)}")
        )
    if not (folder / THUMBNAIL_NAME).is_file():
        found.append(Finding("warning", f"there is no {THUMBNAIL_NAME} for lists"))
    return found + _check_variants(product, manifest)


def _check_model(product: Product, model: Model) -> list[Finding]:
    vertices = sum(len(p.positions) for n in product.nodes for p in n.primitives)
    count = product.triangle_count
    found = [
        Finding(
            "warning" if count > _MOST_TRIANGLES else "info",
            f"{count} triangles, {vertices} vertices"
            + (f"; more than {_MOST_TRIANGLES} slow it down" if count > _MOST_TRIANGLES else ""),
        )
    ]
    surface = Surface.of_product(product)
    areas = surface.areas
    if not areas.any():
        found.append(Finding("error", "all triangles have zero area; export the meshes again"))
    elif flat := int((areas <= 1e-14 * float(areas.max())).sum()):
        found.append(Finding("info", f"{flat} triangles have no area"))
    size = np.ptp(surface.bounds, axis=0) * 1e3
    longest = float(size.max())
    text = f"size {size[0]:.1f} x {size[1]:.1f} x {size[2]:.1f} mm (x, y, z)"
    if not _SHORTEST_SIDE_MM <= longest <= _LONGEST_SIDE_MM:
        found.append(
            Finding("error", f"{text}: not the size of anything worn; glTF lengths are metres")
        )
    else:
        found.append(Finding("info", text))
    for name, (width, height) in model.texture_sizes.items():
        large = max(width, height) > _MOST_TEXTURE_SIDE
        found.append(
            Finding(
                "warning" if large else "info",
                f"texture {name}: {width}x{height} px"
                + (f", scaled down to {_MOST_TEXTURE_SIDE} px" if large else ""),
            )
        )
    for name, treatment in model.extensions.items():
        level: Level = "warning" if "ignored" in treatment else "info"
        found.append(Finding(level, f"extension {name}: {treatment}"))
    found += [Finding("warning", note) for note in model.notes]
    drawn = [n for n in product.nodes if n.primitives]
    nameless = [n.name for n in drawn if _GENERIC_NAME.match(n.name)]
    if len(drawn) > 1 and nameless:
        found.append(
            Finding("info", f"parts without a telling name: {', '.join(nameless[:_MOST_NAMED])}")
        )
    used = {p.material for n in product.nodes for p in n.primitives}
    if unnamed := sorted(n for n in used if _GENERIC_NAME.match(n)):
        found.append(
            Finding(
                "warning",
                f"materials without a telling name: {', '.join(unnamed[:_MOST_NAMED])}",
            )
        )
    if product.slot == "glasses" and not any(product.materials[m].is_see_through for m in used):
        found.append(
            Finding("warning", "no material lets light through; the lenses will be opaque")
        )
    return found


def _check_bodies(product: Product) -> list[Finding]:
    """Tell of heads and hands in the model, left out or not."""
    found = []
    if product.left_out:
        found.append(Finding("info", f"not worn: {', '.join(product.left_out)}"))
    for body in find_bodies(product.nodes):
        # Much else is as round as a head; no part of a pair of glasses is.
        if body.is_named or product.slot == "glasses":
            found.append(
                Finding("warning", f"{body}, is worn too; if it is one, try_on.leave_out names it")
            )
    return found


def _no_lod(product: Product) -> Finding:
    level: Level = "warning" if product.triangle_count > _MOST_LOD_TRIANGLES else "info"
    return Finding(
        level, f"no LOD; a model of at most {_MOST_LOD_TRIANGLES} triangles helps slow PCs"
    )


def _check_lod(assembled: Assembled) -> list[Finding]:
    product = assembled.product
    if product.lod is None:
        return [_no_lod(product)]
    count = product.lod.triangle_count
    found = [
        Finding(
            "warning" if count > _MOST_LOD_TRIANGLES else "info",
            f"LOD: {count} triangles of {product.triangle_count}",
        )
    ]
    full = {n.name for n in product.nodes if n.primitives}
    light = {n.name for n in product.lod.nodes if n.primitives}
    if full != light:
        names = ", ".join(sorted(full ^ light)[:6])
        found.append(
            Finding("warning", f"the LOD has other nodes than the model ({names}); name them alike")
        )
    bounds = [Surface.of_product(p).bounds for p in (product, product.lod)]
    if (off := float(np.abs(bounds[0] - bounds[1]).max()) * 1e3) > 1.0:
        found.append(Finding("warning", f"the LOD's outline is {off:.1f} mm off the model's"))
    return found


def _check_size(product: Product) -> list[Finding]:
    if product.slot != "glasses":
        return []
    points = Surface.of_product(product).samples(40_000) * 1e3
    front_z = float(points[:, 2].max())
    front = points[points[:, 2] > front_z - FRONT_DEPTH_MM]
    if any(node.name in _TEMPLES for node in product.nodes):
        # A wrapped front reaches far back: what is no temple is front.
        rest = tuple(replace(n, primitives=()) if n.name in _TEMPLES else n for n in product.nodes)
        front = Surface.of_product(replace(product, nodes=rest)).samples(40_000) * 1e3
    found = []
    measured = float(np.ptp(front[:, 0]))
    stated = product.dimensions_mm["frame_width"]
    text = f"frame_width: the manifest says {stated:.1f} mm, the front of the mesh has "
    wrong = abs(measured - stated) > _FRAME_WIDTH_TOLERANCE_MM
    found.append(
        Finding(
            "error" if wrong else "info",
            f"{text}{measured:.1f} mm" + ("; correct the manifest or the scale" if wrong else ""),
        )
    )
    middle = front[np.abs(front[:, 0]) < 3.0]
    distance = float(np.linalg.norm(middle[:, 1:], axis=1).min()) if len(middle) else float("inf")
    if distance > _BRIDGE_TOLERANCE_MM:
        found.append(
            Finding(
                "warning",
                "the origin is not at the bridge (nothing of the front within "
                f"{_BRIDGE_TOLERANCE_MM:.0f} mm of it); set anchor_from_model",
            )
        )
    if points[:, 2].min() > -2.0 * abs(front_z) - 10.0:
        found.append(
            Finding("warning", "no temples run back along -z; turn it with anchor_from_model")
        )
    return found


def _check_variants(product: Product, manifest: Manifest) -> list[Finding]:
    used = {p.material for n in product.nodes for p in n.primitives}
    found = []
    for name, materials in product.variants.items():
        idle = sorted(set(materials) - used)
        if idle:
            found.append(
                Finding("warning", f"variant {name!r} changes unused materials: {', '.join(idle)}")
            )
    for name in manifest.try_on.materials:
        if name not in used and not any(
            product.materials[name] is m for v in product.variants.values() for m in v.values()
        ):
            found.append(Finding("warning", f"try_on.materials changes the unused {name!r}"))
    if product.variants:
        found.append(Finding("info", f"variants: {', '.join(product.variants)}"))
    return found
