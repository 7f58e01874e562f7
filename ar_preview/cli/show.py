"""`ar-preview live` and `ar-preview demo`: the mirror, or files where there is no screen."""

from __future__ import annotations

import importlib.util
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ar_preview.cli.console import notes, say
from ar_preview.cli.run import RunSummary, run
from ar_preview.cli.sinks import OnePicture, VideoSink
from ar_preview.errors import OutputError, ProductError, SourceError
from ar_preview.preflight import has_display, missing_libraries
from ar_preview.scene import LightMode
from ar_preview.sources import FakeCamera, open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.products import Product
    from ar_preview.sources import CaptureFactory, Source

__all__ = ["demo", "live"]

DEMO_SAMPLE = "sample:face"
DEMO_FOLDER = Path("out")
_PICTURE_AT = 0.22
"""The picture is taken at this share of the clip, where the head is turned."""


def live(
    camera: Annotated[
        int | None,
        typer.Option("--camera", min=0, help="Number of the camera; without one the sample plays."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Show a video, a photo or sample:face instead of a camera."),
    ] = None,
    simulate: Annotated[
        Path | None,
        typer.Option(help="Play a video, picture or folder as if it were the camera."),
    ] = None,
    product: Annotated[
        list[str] | None,
        typer.Option("-p", "--product", help="Product to show; repeatable; all by default."),
    ] = None,
    category: Annotated[
        str | None, typer.Option(help="What a bare model is, for example glasses.")
    ] = None,
    pd: Annotated[
        float | None,
        typer.Option(metavar="MM", help="Pupil distance of the person, far: true size."),
    ] = None,
    light: Annotated[
        LightMode, typer.Option(help="Lit by the room, by a neutral studio, or in own colours.")
    ] = "auto",
    snapshots: Annotated[Path, typer.Option(help="Folder for snapshots.")] = DEMO_FOLDER,
    frames: Annotated[int | None, typer.Option(min=1, help="Close after so many pictures.")] = None,
) -> None:
    """Show the camera as a mirror with products worn."""
    # Who chose a Qt platform (offscreen, vnc ...) does not need a display of the usual kind.
    problem = _window_problem(any_platform=bool(os.environ.get("QT_QPA_PLATFORM")))
    if problem is not None:
        raise SourceError(f"{problem}; `ar-preview render` writes files instead")
    if simulate is not None and source is not None:
        raise SourceError("--source and --simulate exclude each other: choose one")
    from ar_preview.preview import check_pupil_distance

    check_pupil_distance(pd)
    chosen = _products(product, category)
    if simulate is not None:
        opened = partial(open_source, "camera:0", capture_factory=_fake_camera(simulate))
        _mirror(opened, chosen, snapshots, frames, pd=pd, light=light)
    elif source is not None:
        opened = partial(open_source, source)
        _mirror(opened, chosen, snapshots, frames, mirrored=False, pd=pd, light=light)
    elif camera is not None:
        opened = partial(open_source, f"camera:{camera}")
        _mirror(opened, chosen, snapshots, frames, pd=pd, light=light)
    else:
        _mirror_or_sample(chosen, snapshots, frames, pd, light)


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
    chosen = _products(product)
    problem = None if headless else _window_problem()
    if headless or problem is not None:
        if problem is not None:
            notes.print(f"{problem}: writing files instead of showing a window", markup=False)
        _demo_files(chosen, folder)
    else:
        _mirror_or_sample(chosen, folder, None)


def _window_problem(any_platform: bool = False) -> str | None:
    """Return why no window can be shown here, if so."""
    if importlib.util.find_spec("PySide6") is None:
        return "no window without PySide6 (pip install 'ar-preview[app]')"
    if any_platform:
        return None
    if not has_display():
        return "no screen here"
    missing = missing_libraries(window=True)
    return f"no window without {', '.join(missing)} (see `ar-preview doctor`)" if missing else None


def _products(specs: list[str] | None, category: str | None = None) -> list[Product]:
    from ar_preview.products import Catalogue, load_product

    if specs:
        return [load_product(spec, category=category) for spec in specs]
    catalogue = Catalogue.bundled()
    # Worn one after the other; what hands wear comes last, as the samples show faces.
    pieces = sorted(catalogue, key=lambda p: p.is_for_hands)
    loaded = [catalogue.load(piece.id) for piece in pieces]
    if not loaded:
        raise ProductError("the bundled catalogue is empty: reinstall ar_preview")
    return loaded


def _fake_camera(path: Path) -> CaptureFactory:
    if not path.exists():
        raise SourceError(f"no such file or folder: {path}")
    return FakeCamera.from_path(path).open


def _mirror_or_sample(
    products: list[Product],
    snapshots: Path,
    frames: int | None,
    pd: float | None = None,
    light: LightMode = "auto",
) -> None:
    """Show the first camera, or the sample where there is none."""
    first = partial(open_source, "camera:0")
    try:
        first().close()
    except SourceError:
        hint = "no camera found: this is the bundled sample"
        sample = partial(open_source, DEMO_SAMPLE)
        _mirror(sample, products, snapshots, frames, mirrored=False, hint=hint, light=light)
    else:
        _mirror(first, products, snapshots, frames, pd=pd, light=light)


def _mirror(
    open_again: Callable[[], Source],
    products: list[Product],
    snapshots: Path,
    frames: int | None,
    *,
    mirrored: bool = True,
    hint: str = "",
    pd: float | None = None,
    light: LightMode = "auto",
) -> None:
    from ar_preview.app import run_mirror

    shown = run_mirror(
        open_again,
        products,
        snapshots,
        mirrored=mirrored,
        hint=hint,
        frame_limit=frames,
        pupil_distance_mm=pd,
        light=light,
    )
    if frames is not None:
        say(f"{shown} pictures shown")


def _demo_files(products: list[Product], folder: Path) -> None:
    from ar_preview.preview import Preview
    from ar_preview.recording import write_image

    video, picture = folder / "demo.mp4", folder / "demo.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {folder}: {error.strerror}") from error
    summary = RunSummary()
    with open_source(DEMO_SAMPLE) as source, Preview(products[:1]) as preview:
        keeper = OnePicture(int(_PICTURE_AT * (source.info.frame_count or 1)))
        with VideoSink(video, source.info, overwrite=True) as recording:
            run(source, preview, [recording, keeper], summary, "demo")
    if keeper.result is None:
        raise SourceError("the bundled sample gave no frames: reinstall ar_preview")
    write_image(picture, keeper.result.image, overwrite=True)
    say(f"{video}: {summary}")
    say(f"{picture}: {products[0].title}")
