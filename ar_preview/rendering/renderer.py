"""The renderer: a Scene and the frame behind it become a Layer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np

from ar_preview.assets import asset_path
from ar_preview.errors import RenderError
from ar_preview.layer import Layer
from ar_preview.quality import GPU
from ar_preview.rendering.clusters import united
from ar_preview.rendering.context import create_context, is_software
from ar_preview.rendering.darkening import around, darkened
from ar_preview.rendering.drawing import Painter
from ar_preview.rendering.layout import MOST_NODES
from ar_preview.rendering.lighting import Lighting
from ar_preview.rendering.parts import PartPlanner
from ar_preview.rendering.programs import Programs
from ar_preview.rendering.region import FAR_M, NEAR_M, largest_radius
from ar_preview.rendering.resources import Resources
from ar_preview.rendering.targets import ShadeTarget, Targets
from ar_preview.rendering.tiles import TILE_PX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Camera
    from ar_preview.quality import Quality
    from ar_preview.rendering.parts import Part
    from ar_preview.rendering.region import Region
    from ar_preview.scene import Scene

    Pixels = npt.NDArray[np.uint8]

__all__ = ["Renderer"]

_SAMPLES = 4


class Renderer:
    """Draws scenes offscreen, on a GPU or on Mesa's llvmpipe alike.

    Create, use and close it on one thread (any thread). It is a context manager.

    Parameters
    ----------
    environments : Path, optional
        Folder of environments; the bundled ``assets/environments`` if none is given.

    Raises
    ------
    RenderError
        If there is no usable OpenGL driver; the message names the packages.
    """

    def __init__(self, environments: Path | None = None) -> None:
        self._thread = threading.get_ident()
        self._context = create_context()
        self._closed = False
        info = self._context.info
        self._driver = str(info.get("GL_RENDERER", "unknown"))
        self._planner = PartPlanner(self.is_software)
        with self._context:
            samples = max(min(_SAMPLES, self._context.max_samples), 1)
            folder = environments or asset_path("environments")
            self._lighting = Lighting(self._context, folder)
            constants = {"SAMPLES": samples, "TILE_PX": TILE_PX, "MOST_NODES": MOST_NODES}
            self._programs = Programs(
                self._context,
                {name: str(value) for name, value in constants.items()},
                on_cpu=self.is_software,
            )
            self._resources = Resources(self._context, fast=self.is_software)
            self._samples = samples
            self._buffers: list[tuple[Targets, ShadeTarget]] = []
            self._painter = Painter(self._context, self._programs, self._resources)
            self._frame_block = self._context.buffer(reserve=14 * 16, dynamic=True)

    def __enter__(self) -> Self:
        """Return the renderer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the renderer."""
        self.close()

    @property
    def driver(self) -> str:
        """Name of the OpenGL renderer, for people."""
        return self._driver

    @property
    def is_software(self) -> bool:
        """Whether pixels are computed on the CPU."""
        return is_software(self._driver)

    @property
    def held(self) -> tuple[int, int, int]:
        """Primitives, textures and materials that are on the GPU now."""
        return self._resources.counts

    def render(self, scene: Scene, image: RgbImage, quality: Quality = GPU) -> Layer:
        """Draw a scene as it would look in front of a picture.

        Parameters
        ----------
        scene : Scene
        image : ndarray, shape (H, W, 3), uint8
            The frame that the layer will be composed with: what shines through lenses is
            filtered in linear light. Its size is that of ``scene.camera``.
        quality : Quality
            How coarse models may be, and at which share of the frame's resolution the layer
            is drawn before it is enlarged.

        Returns
        -------
        Layer
            Empty where nothing is in view.

        Raises
        ------
        RenderError
            If the picture does not fit the camera, an environment is missing, or the renderer
            is closed or used on another thread.
        """
        self._check([scene.camera], image)
        return self.draw(self.plan(scene, quality), image)

    def plan(self, scene: Scene, quality: Quality = GPU) -> tuple[Part, ...]:
        """Work out what there is to draw of a scene, on any thread, also while another is drawn.

        Parameters
        ----------
        scene, quality
            As of `render`.

        Returns
        -------
        tuple of Part
            For `draw`.

        Raises
        ------
        RenderError
            If a model names a material that it does not have.
        """
        return self._planner.parts(scene, quality)

    def draw(self, parts: Sequence[Part], image: RgbImage) -> Layer:
        """Draw what was worked out by `plan`; arguments, result and errors as of `render`."""
        self._check([part.scene.camera for part in parts], image)
        return united([self._layer(part, image, place) for place, part in enumerate(parts)])

    def _layer(self, part: Part, image: RgbImage, place: int) -> Layer:
        """Draw a part into the buffers of a place in the order of all."""
        region = part.region
        with self._context:
            self._resources.collect()
            self._write_frame_block(part)
            pixels = _resized(image[region.slices], part.size, cv2.INTER_AREA)
            halves = self._drawn(part, pixels, self._buffers_of(place))
        full = (region.width, region.height)
        add, transmit = (_resized(half, full, cv2.INTER_LINEAR) for half in halves)
        return Layer((region.x, region.y), add, transmit)

    def _buffers_of(self, place: int) -> tuple[Targets, ShadeTarget]:
        """Return buffers, whose size then hardly changes from frame to frame."""
        while len(self._buffers) <= place:
            self._buffers.append(
                (Targets(self._context, self._samples), ShadeTarget(self._context))
            )
        return self._buffers[place]

    def _drawn(
        self, part: Part, pixels: Pixels, buffers: tuple[Targets, ShadeTarget]
    ) -> tuple[Pixels, Pixels]:
        """Return both halves of the layer as they are drawn; pieces are only in a window."""
        scene, size, pieces = part.scene, part.size, part.pieces
        targets, shade = buffers[0], buffers[1] if scene.shadows else None
        if shade is not None:
            shade.resize(size)
            self._painter.paint_shadows(shade, scene)
        add, transmit = np.zeros_like(pixels), np.full_like(pixels, 255)
        window = None
        if pieces is not None:
            window = pieces.window
            targets.resize(size, window)
            targets.upload_frame(pixels[window.slices])
            self._painter.paint(targets, part, pieces, shade)
            found = targets.read(window.width, window.height)
            add[window.slices], transmit[window.slices] = found
        if shade is not None:
            roots = shade.read()
            for around_pieces in around(window, size):
                transmit[around_pieces] = darkened(roots[around_pieces], pixels[around_pieces])
        return add, transmit

    def close(self) -> None:
        """Free everything; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        with self._context:
            parts: tuple[Any, ...] = (
                self._painter,
                *(part for pair in self._buffers for part in pair),
                self._resources,
                self._programs,
                self._lighting,
                self._frame_block,
            )
            for part in parts:
                part.release()
        self._context.release()

    def _check(self, cameras: Sequence[Camera], image: RgbImage) -> None:
        if self._closed:
            raise RenderError("the renderer is closed; create another one")
        if threading.get_ident() != self._thread:
            raise RenderError("a renderer works only on the thread that created it")
        for camera in cameras:
            expected = (camera.height, camera.width, 3)
            if image.shape != expected or image.dtype != np.uint8:
                raise RenderError(
                    f"expected a {expected} uint8 picture, the size of the scene's camera, "
                    f"got {image.shape} {image.dtype}"
                )

    def _write_frame_block(self, part: Part) -> None:
        light = self._lighting.bind(part.scene.light)
        block = np.zeros((14, 4), np.float32)
        block[:4] = _camera_rows(part.scene.camera, part.region, part.size)
        block[3, 3] = light.layers - 1
        block[4] = *light.reflection, light.texels
        block[5:, :3] = light.polynomial
        self._frame_block.write(block)
        self._frame_block.bind_to_uniform_block(0)


def _resized(pixels: Pixels, size: tuple[int, int], interpolation: int) -> Pixels:
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    return np.asarray(cv2.resize(pixels, size, interpolation=interpolation), np.uint8)


def _camera_rows(camera: Camera, region: Region, size: tuple[int, int]) -> list[tuple[float, ...]]:
    k1, k2, p1, p2, k3 = camera.distortion or (0.0,) * 5
    distorted = any(camera.distortion)
    radius = min(largest_radius(camera), 1e6)
    across, down = size[0] / region.width, size[1] / region.height
    return [
        (
            *(across * camera.fx, down * camera.fy),
            *(across * (camera.cx - region.x), down * (camera.cy - region.y)),
        ),
        (*size, NEAR_M, FAR_M),
        (k1, k2, p1, p2),
        (k3, radius, float(distorted), 0.0),
    ]
