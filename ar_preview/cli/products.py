"""`ar-preview products`: list, show, check, add, generate, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ar_preview.cli.add import add
from ar_preview.cli.console import notes, plain_table, results, say
from ar_preview.errors import ProductError

if TYPE_CHECKING:
    from ar_preview.products import Product

__all__ = ["products_app"]

products_app = typer.Typer(help="The catalogue and its tools.", no_args_is_help=True)
products_app.command()(add)

_STYLES = {"error": "red", "warning": "yellow", "info": "dim"}


@products_app.command("list")
def list_products(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the bundled catalogue."""
    from ar_preview.products import Catalogue

    summaries = list(Catalogue.bundled())
    if as_json:
        listed = [
            {
                "id": s.id,
                "title": s.title,
                "category": s.manifest.try_on.category,
                "price": s.manifest.commerce.price,
                "variants": list(s.variants),
            }
            for s in summaries
        ]
        say(json.dumps(listed, indent=2))
        return
    header = ("id", "title", "category", "price", "variants")
    rows = [
        (
            s.id,
            s.title,
            s.manifest.try_on.category,
            s.manifest.commerce.price or "",
            " ".join(s.variants),
        )
        for s in summaries
    ]
    results.print(plain_table(rows, header))


@products_app.command("show")
def show_product(
    product: Annotated[str, typer.Argument(help="Catalogue id, product folder or .glb.")],
    category: Annotated[
        str | None, typer.Option(help="What a bare model is, for example glasses.")
    ] = None,
) -> None:
    """Show what is known of a product."""
    from ar_preview.products import load_product

    loaded = load_product(product, category=category)
    light = "none" if loaded.lod is None else f"{loaded.lod.triangle_count:,}"
    rows = [
        ("id", loaded.id),
        ("title", loaded.title),
        ("worn as", loaded.slot),
        *((name.replace("_", " "), f"{mm:g} mm") for name, mm in loaded.dimensions_mm.items()),
        *_limb_rows(loaded),
        ("variants", ", ".join(loaded.variants) or "none"),
        ("triangles", f"{loaded.triangle_count:,}; light model {light}"),
        ("parts", ", ".join(node.name for node in loaded.nodes if node.primitives)),
        ("materials", ", ".join(m.name or k for k, m in loaded.materials.items())),
    ]
    results.print(plain_table(rows))


def _limb_rows(product: Product) -> list[tuple[str, str]]:
    """Return what is told of pieces that come in sizes, and of rings, watches and bracelets."""
    from ar_preview.products.ring_sizes import ring_sizes

    rows = []
    is_ring = product.slot.startswith("ring:")
    if is_ring and "inner_diameter" in product.dimensions_mm:
        rows.append(("ring size", ring_sizes(product.dimensions_mm["inner_diameter"])))
    if product.fits_mm is not None:
        low, high = product.fits_mm
        whom = {"hat": "heads of ", "necklace": "lengths of "}.get(product.slot, "wrists of ")
        sizes = f"{ring_sizes(low)} to {ring_sizes(high)}"
        rows.append(("made for", sizes if is_ring else f"{whom}{low:g} to {high:g} mm"))
    if product.clock is not None:
        how = "digits" if product.clock.digits else "hands"
        rows.append(("shows", f"the time, by its {how}"))
    if product.strap is not None:
        rows.append(("bends", f"{sum(len(r.nodes) for r in product.strap.runs)} parts of a strap"))
    return rows


@products_app.command("check")
def check(
    product: Annotated[str, typer.Argument(help="Catalogue id, product folder or .glb.")],
    category: Annotated[
        str | None, typer.Option(help="What a bare model is, for example glasses.")
    ] = None,
) -> None:
    """Check a product as a 3D-commerce reviewer would; exit 2 if it cannot be worn."""
    from ar_preview.products import check_product

    findings = check_product(product, category=category)
    for finding in findings:
        style = _STYLES.get(finding.level, "")
        results.print(f"{finding.level:8}{finding.text}", style=style, markup=False)
    errors = sum(finding.level == "error" for finding in findings)
    if errors:
        raise ProductError(f"{product} has {errors} error{'s' if errors > 1 else ''}")
    notes.print(f"{product} can be worn", markup=False)


@products_app.command("generate")
def generate(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Catalogue ids; all that we make by default.")
    ] = None,
    folder: Annotated[
        Path, typer.Option("--output", "-o", help="Each product gets a folder in it.")
    ] = Path("out/products"),
    thumbnails: Annotated[bool, typer.Option(help="Photograph them, which takes a driver.")] = True,
) -> None:
    """Make the bundled products again from their generators."""
    try:
        from ar_preview.workshop.products import write_products
    except ModuleNotFoundError as error:
        raise ProductError(
            f"the generators need the package {error.name}; install the extra: "
            'pip install "ar-preview[workshop]"'
        ) from error
    for product_id, written in write_products(ids or [], folder, thumbnails=thumbnails):
        say(f"{product_id}: {written}")


@products_app.command("schema")
def schema() -> None:
    """Print the JSON schema of product.toml."""
    from ar_preview.products import manifest_schema

    say(json.dumps(manifest_schema(), indent=2))
