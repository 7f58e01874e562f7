"""`ar-preview live` and `ar-preview demo`: the mirror, or files where there is no screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ar_preview.cli.console import notes, say
from ar_preview.cli.run import run
from ar_preview.cli.sinks import OnePicture, VideoSink
from ar_preview.errors import ArPreviewError, OutputError, ProductError, SourceError
from ar_preview.preflight import has_display

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.products import Product
    from ar_preview.sources import Source

__all__ = ["demo", "live"]

DEMO_SAMPLE = "sample:face"
DEMO_FOLDER = Path("out")
_PICTURE_AT = 0.3
"""The picture is taken at this share of the clip, where the head is turned."""


def live(
    camera: Annotated[int, typer.Option("--camera", min=0, help="Number of the camera.")] = 0,
    source: Annotated[
        str | None,
        typer.Option(help="Show a video, a photo or sample:face instead of a camera."),
    ] = None,
    simulate: Annotated[
        Path | None,
        typer.Option(help="Play a video or folder as if it were the camera."),
    ] = None,
    product: Annotated[
        list[str] | None,
        typer.Option("-p", "--product", help="Product to show; repeatable; all by default."),
    ] = None,
    snapshots: Annotated[Path, typer.Option(help="Folder for snapshots.")] = DEMO_FOLDER,
    frames: Annotated[int | None, typer.Option(min=1, help="Close after so many pictures.")] = None,
) -> None:
    """Show the camera as a mirror with products worn."""
    # Who chose a Qt platform (offscreen, vnc ...) does not need a display of the usual kind.
    if not (has_display() or os.environ.get("QT_QPA_PLATFORM")):
        raise SourceError(
            "there is no screen to show a window on: use `ar-preview render` to write files"
        )
    products = _products(product)
    _mirror(
        lambda: _open_live(camera, source, simulate),
        products,
        snapshots,
        mirrored=source is None,
        frame_limit=frames,
    )


def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Write files even where there is a screen.")
    ] = False,
    product: Annotated[
        list[str] | None,
        typer.Option("-p", "--product", help="Product to show; repeatable; all by default."),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where files are written.")
    ] = DEMO_FOLDER,
) -> None:
    """Show what it does: the mirror, or without a screen a sample video and picture."""
    products = _products(product)
    if headless or not has_display():
        if not headless:
            notes.print("no screen here: writing files instead of showing a window")
        _demo_files(products, folder)
        return
    spec, hint = _camera_or_sample()
    _mirror(
        lambda: _open_live(0, spec, None),
        products,
        folder,
        mirrored=spec is None,
        hint=hint,
    )


def _products(specs: list[str] | None) -> list[Product]:
    from ar_preview.products import Catalogue, load_product

    if specs:
        return [load_product(spec) for spec in specs]
    catalogue = Catalogue.bundled()
    loaded = [catalogue.load(name) for name in catalogue.ids()]
    if not loaded:
        raise ProductError("the bundled catalogue is empty: reinstall ar_preview")
    return loaded


def _open_live(camera: int, source: str | None, simulate: Path | None) -> Source:
    from ar_preview.sources import FakeCamera, open_source

    if simulate is not None:
        fake = FakeCamera.from_path(simulate)
        return open_source(f"camera:{camera}", capture_factory=fake.open)
    return open_source(source if source is not None else f"camera:{camera}")


def _camera_or_sample() -> tuple[str | None, str]:
    """Return None and no hint for a working camera, else the sample and why."""
    from ar_preview.sources import open_source

    try:
        with open_source("camera:0"):
            return None, ""
    except SourceError:
        return DEMO_SAMPLE, "no camera found: this is the bundled sample"


def _mirror(
    open_again: Callable[[], Source],
    products: list[Product],
    snapshots: Path,
    *,
    mirrored: bool,
    hint: str = "",
    frame_limit: int | None = None,
) -> None:
    try:
        from ar_preview.app import run_mirror
    except ImportError as error:
        raise ArPreviewError(
            f"the window needs PySide6 ({error}): pip install 'ar-preview[app]', "
            f"or `ar-preview demo --headless`"
        ) from error
    shown = run_mirror(
        open_again,
        products,
        snapshots,
        mirrored=mirrored,
        hint=hint,
        frame_limit=frame_limit,
    )
    if frame_limit is not None:
        say(f"{shown} pictures shown")


def _demo_files(products: list[Product], folder: Path) -> None:
    from ar_preview.preview import Preview
    from ar_preview.recording import write_image
    from ar_preview.sources import open_source

    video, picture = folder / "demo.mp4", folder / "demo.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error
    with open_source(DEMO_SAMPLE) as source, Preview(products[:1]) as preview:
        count = source.info.frame_count or 1
        keeper = OnePicture(int(_PICTURE_AT * count))
        with VideoSink(video, source.info, overwrite=True) as recording:
            summary = run(source, preview, [recording, keeper], "demo", count)
    if keeper.result is None:
        raise SourceError("the bundled sample gave no frames: reinstall ar_preview")
    write_image(picture, keeper.result.image, overwrite=True)
    say(f"{video}: {summary}")
    say(f"{picture}: {products[0].title}")
