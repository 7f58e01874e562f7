"""`ar-preview app` and `ar-preview demo`: the window, or files where there is no screen."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ar_preview.cli.console import notes, say, say_note
from ar_preview.cli.run import RunSummary, run
from ar_preview.cli.sinks import OnePicture, VideoSink
from ar_preview.cli.wear import CATEGORY_HELP, PRODUCT_HELP, load_worn
from ar_preview.errors import OutputError, ProductError, SourceError
from ar_preview.person import check_pupil_distance
from ar_preview.preflight import has_display, missing_libraries
from ar_preview.scene import LightMode
from ar_preview.sources import FakeCamera, open_source

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    import numpy.typing as npt

    from ar_preview.products import Product
    from ar_preview.sources import CaptureFactory

__all__ = ["demo", "photograph", "window"]

DEMO_SAMPLE = "sample:face"
_DEMO_PRODUCT = "marlow-havana"
DEMO_FOLDER = Path("out")
_PICTURE_AT = 0.22
"""The picture is taken at this share of the clip, where the head is turned."""


def window(
    camera: Annotated[
        int | None,
        typer.Option("--camera", min=0, help="Number of the camera; the first by default."),
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
        typer.Option("-p", "--product", help=PRODUCT_HELP),
    ] = None,
    category: Annotated[str | None, typer.Option(help=CATEGORY_HELP)] = None,
    pd: Annotated[
        float | None,
        typer.Option(metavar="MM", help="Pupil distance of the person, far: true size."),
    ] = None,
    light: Annotated[
        LightMode, typer.Option(help="Lit by the room, by a neutral studio, or in own colours.")
    ] = "auto",
    faces: Annotated[int, typer.Option(min=1, max=32, help="Most people to dress.")] = 1,
    folder: Annotated[
        Path | None,
        typer.Option(help="Folder for pictures and videos; asked for once by default."),
    ] = None,
    kiosk: Annotated[
        bool,
        typer.Option("--kiosk", help="Stand alone in a shop; Ctrl+Alt+Shift+Q leaves."),
    ] = False,
    frames: Annotated[int | None, typer.Option(min=1, help="Close after so many pictures.")] = None,
    self_test: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png",
            help="Show the sample with glasses, keep a picture of the window there, and close.",
        ),
    ] = None,
) -> None:
    """Open the app: the camera as a mirror, and everything there is to wear."""
    # Who chose a Qt platform (offscreen, vnc ...) does not need a display of the usual kind.
    problem = _window_problem(any_platform=bool(os.environ.get("QT_QPA_PLATFORM")))
    if problem is not None:
        raise SourceError(f"{problem}; `ar-preview render` writes files instead")
    if self_test is not None:
        say(f"{self_test}: the sample with {_app().run_self_test(self_test)}")
        return
    told = [name for name in (camera, source, simulate) if name is not None]
    if len(told) > 1:
        raise SourceError("--camera, --source and --simulate exclude each other: choose one")
    check_pupil_distance(pd)
    shown = _app().run_app(
        source if camera is None else f"camera:{camera}",
        capture_factory=None if simulate is None else _fake_camera(simulate),
        products=product or (),
        category=category,
        folder=folder,
        frame_limit=frames,
        pupil_distance_mm=pd,
        light=light,
        faces=faces,
        kiosk=kiosk,
        photograph=photograph,
        say=say_note,
    )
    if frames is not None:
        say(f"{shown} {'picture' if shown == 1 else 'pictures'} shown")


def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Write files even where there is a screen.")
    ] = False,
    product: Annotated[
        list[str] | None,
        typer.Option("-p", "--product", help="Product to wear; tortoise glasses by default."),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where files are written.")
    ] = DEMO_FOLDER,
) -> None:
    """Show what it does: the app, or without a screen a sample video and picture."""
    problem = None if headless else _window_problem()
    if headless or problem is not None:
        if problem is not None:
            notes.print(f"{problem}: writing files instead of showing a window", markup=False)
        _demo_files(_products(product), folder)
        return
    _app().run_app(
        products=product or (),
        folder=None if folder == DEMO_FOLDER else folder,
        photograph=photograph,
        say=say_note,
    )


def photograph(product: Product) -> npt.NDArray[np.uint8]:
    """Return the picture of a product for the shelf."""
    from ar_preview.workshop.thumbnails import CATALOGUE_SIZE, render_thumbnail

    return render_thumbnail(product, CATALOGUE_SIZE)


def _app() -> ModuleType:
    """Import the app last: PySide6 reads the source of every module that comes after it."""
    import ar_preview.preview  # noqa: F401
    from ar_preview.tracking import load_ahead

    load_ahead()
    from ar_preview import app

    return app


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


def _products(specs: list[str] | None) -> list[Product]:
    from ar_preview.products import Catalogue

    if specs:
        return load_worn(specs[:1])
    try:
        return [Catalogue.bundled().load(_DEMO_PRODUCT)]
    except ProductError as error:
        raise ProductError(f"the bundled catalogue is not whole ({error}): reinstall") from error


def _fake_camera(path: Path) -> CaptureFactory:
    if not path.exists():
        raise SourceError(f"no such file or folder: {path}")
    return FakeCamera.from_path(path).open


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
