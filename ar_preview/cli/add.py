"""`ar-preview products add`: a product folder from a bare model."""

from __future__ import annotations

import os.path
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ar_preview.cli.console import say, say_note
from ar_preview.cli.show import photograph
from ar_preview.errors import OutputError, ProductError, RenderError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ar_preview.products import Product

__all__ = ["add"]


def add(
    model: Annotated[
        str, typer.Argument(metavar="FILE", help="A model (.glb, .gltf, .obj, .stl or .ply).")
    ],
    category: Annotated[
        str | None, typer.Option(help="What it is, for example glasses; told by its shape if not.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="DIR", help="The folder to make; one on the app's shelf by default."
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Its title; the name of the file by default.")
    ] = None,
) -> None:
    """Make a product folder from a bare model: manifest, one GLB in metres, thumbnail."""
    from ar_preview.products import load_bare, product_id, shelf_folder, write_product_folder
    from ar_preview.products.catalogue import split_category

    path, category = split_category(model, category)
    path = Path(path)
    if os.path.isdir(path):
        raise ProductError(f"{path}: expected a model file, got a folder; give the model in it")
    product, guess = load_bare(path, category=category)
    product = replace(product, title=title or product.title)
    folder = to.expanduser() if to is not None else shelf_folder() / product_id(product.title)
    if os.path.lexists(folder):
        other = "--title" if to is None else "--to"
        raise OutputError(f"{folder} exists already: choose another {other}")
    write_product_folder(folder, path, product, {}, thumbnail=_thumbnail(product))
    say_note(f"{path}: {guess}")
    say(f"{folder}: {product.title}, worn as {product.slot}; wear it with -p {folder}")


def _thumbnail(product: Product) -> npt.NDArray[np.uint8] | None:
    try:
        return photograph(product)
    except RenderError as error:
        # A product without a picture is better than none.
        say_note(f"no thumbnail: {error}")
        return None
