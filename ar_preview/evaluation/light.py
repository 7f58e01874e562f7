"""How well products are lit: the real pipeline's light against path-traced pictures.

The true pose is given, so that only light, materials and compositing are judged; the light is
estimated from the frame by the whole pipeline. Beside it stands what is quickly written without
any of that: the naive row.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.compositing import composite
from ar_preview.evaluation.colour import ciede2000, decode_srgb, lab_from_srgb, psnr
from ar_preview.evaluation.occlusion import as_opaque, outline, true_head_occluder
from ar_preview.evaluation.true_face import face_on_head
from ar_preview.frames import Frame
from ar_preview.preview import Preview
from ar_preview.rendering import Renderer
from ar_preview.scene import Item, Light, Scene, SkinShadow
from ar_preview.staging import BodyShadow, FaceTexels, head_in_picture
from ar_preview.tracking import load_face_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from ar_preview.evaluation.light_truth import LightSetup, LightTruth
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.scene import Ellipsoid, LightMode, Occluder

__all__ = ["LIGHTS", "LightEvaluation", "LightScore", "evaluate_light"]

LIGHTS = ("naive", "studio", "auto")
"""What is compared; all but the first are what `--light` chooses."""

_AROUND_PX, _SKIN_PX, _RIM_PX = 15, 20, 2
_BLUR_SIGMA = 1.0
"""The path tracer's own noise is no fault of ours."""

_GRAY_WORLD = 0.45
"""Linear mean of a picture in even white light of strength 1, for the naive row."""


@dataclass(frozen=True)
class LightScore:
    """One picture against its truth.

    Parameters
    ----------
    setup, materials, light : str
    psnr_db, ciede2000 : float
        Over the product and 15 px around it, after a blur of sigma 1 px.
    skin_db : float
        PSNR of the skin within 20 px of the product.
    """

    setup: str
    materials: str
    light: str
    psnr_db: float
    ciede2000: float
    skin_db: float


@dataclass(frozen=True, eq=False)
class LightEvaluation:
    """Every picture of a folder.

    Parameters
    ----------
    truth : LightTruth
    scores : tuple of LightScore
    pictures : mapping of (setup, materials, light) to ndarray, shape (h, w, 3), uint8
        Of the crops.
    """

    truth: LightTruth
    scores: tuple[LightScore, ...]
    pictures: Mapping[tuple[str, str, str], RgbImage]

    def median(self, materials: str, light: str, figure: str) -> float:
        """Return the median of a figure of `LightScore` over the set-ups."""
        values = [
            getattr(score, figure)
            for score in self.scores
            if (score.materials, score.light) == (materials, light)
        ]
        return float(np.median(values))

    @property
    def materials(self) -> tuple[str, ...]:
        """Names of the materials that were judged."""
        return tuple(dict.fromkeys(score.materials for score in self.scores))

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the pictures, for JSON."""
        figures = ("psnr_db", "ciede2000", "skin_db")
        return {
            "truth": self.truth.name,
            "setups": len(self.truth.setups),
            "median": {
                m: {k: {f: self.median(m, k, f) for f in figures} for k in LIGHTS}
                for m in self.materials
            },
            "scores": [asdict(score) for score in self.scores],
        }


def evaluate_light(
    truth: LightTruth, progress: Callable[[str], None] = lambda _: None
) -> LightEvaluation:
    """Dress every set-up and compare.

    Parameters
    ----------
    truth : LightTruth
    progress : callable
        Told which set-up is being worked on.

    Raises
    ------
    ArPreviewError
        As `Preview`.
    """
    scores: list[LightScore] = []
    pictures: dict[tuple[str, str, str], RgbImage] = {}
    with Renderer() as renderer:
        for setup in truth.setups:
            progress(f"set-up {setup.id}")
            judge = _Judge(truth, setup, renderer)
            for light in LIGHTS:
                for materials in setup.truth:
                    image = judge.dressed(materials, light)
                    scores.append(judge.score(image, materials, light))
                    pictures[setup.id, materials, light] = image
    return LightEvaluation(truth, tuple(scores), pictures)


class _Judge:
    """One set-up: its lights, where its product and skin are."""

    def __init__(self, truth: LightTruth, setup: LightSetup, renderer: Renderer) -> None:
        self._truth, self._setup, self._renderer = truth, setup, renderer
        self._texels = FaceTexels(load_face_model())
        self._head = true_head_occluder(truth.head, setup.camera_from_head.matrix)
        self._body: Ellipsoid | None = None
        self._skin_camera: Array = np.zeros((0, 3))
        self._lights = {name: self._light(name) for name in LIGHTS}
        self._backdrop = setup.frame.copy()
        self._backdrop[setup.crop] = setup.bare
        item = as_opaque(self._item(next(iter(setup.truth))))
        product = outline(renderer, Scene(setup.camera, (item,), (self._head,)))[setup.crop]
        self._region = _grown(product, _AROUND_PX)
        beside = _grown(product, _SKIN_PX) & ~_grown(product, _RIM_PX)
        self._skin = beside & _silhouette(setup, self._head)[setup.crop]

    def dressed(self, materials: str, light: str) -> RgbImage:
        """Return the crop with the product worn."""
        setup = self._setup
        item = self._item(materials)
        scene = Scene(
            setup.camera,
            (item,),
            (self._head,),
            self._lights[light],
            self._shadows(item, light),
        )
        if light == "naive":
            return _naive(self._renderer, scene, self._backdrop)[setup.crop]
        layer = self._renderer.render(scene, self._backdrop)
        return composite(self._backdrop, layer)[setup.crop]

    def score(self, image: RgbImage, materials: str, light: str) -> LightScore:
        """Compare a crop with the path-traced one."""
        ours, theirs = (_blurred(i) for i in (image, self._setup.truth[materials]))
        region, skin = self._region, self._skin
        apart = ciede2000(lab_from_srgb(ours[region]), lab_from_srgb(theirs[region]))
        return LightScore(
            self._setup.id,
            materials,
            light,
            psnr(ours[region], theirs[region]),
            float(apart.mean()),
            psnr(ours[skin], theirs[skin]),
        )

    def _shadows(self, item: Item, light: str) -> tuple[SkinShadow, ...]:
        """Return the shadow that the product casts on the tracked face."""
        if light == "naive" or len(self._skin_camera) == 0:
            return ()
        camera_from_head = self._setup.camera_from_head
        face_head = camera_from_head.inverse() @ self._skin_camera
        skin = self._texels.vertices(camera_from_head, self._skin_camera)
        shadow = BodyShadow(self._texels).update(
            camera_from_head, face_head, skin, (item,), self._lights[light]
        )
        return (shadow,) if shadow is not None else ()

    def _item(self, materials: str) -> Item:
        chosen = self._truth.materials(materials)
        pose = self._setup.camera_from_product
        return Item(self._truth.product, "face:0/glasses", pose, materials=chosen, body=self._body)

    def _light(self, name: str) -> Light:
        setup = self._setup
        if name == "naive":
            level = float(decode_srgb(setup.frame).mean()) / _GRAY_WORLD
            return _even(level)
        mode: LightMode = "auto" if name == "auto" else "studio"
        with Preview(continuous=False, camera=setup.camera, light=mode) as preview:
            result = preview.step(Frame(setup.frame))
        for person in result.persons:
            if person.head is not None:
                self._body = head_in_picture(
                    setup.frame, setup.camera, setup.camera_from_head, person.head
                )
                landmarks = result.tracks.faces[0].points_image[: len(person.head.face_head)]
                self._skin_camera = face_on_head(landmarks, setup.camera, self._head)
        return result.scene.light


def _even(level: float) -> Light:
    """Return the same light from everywhere."""
    harmonics = np.zeros((9, 3))
    harmonics[0] = level * np.sqrt(4.0 * np.pi)
    return Light(irradiance=harmonics, radiance=np.full((8, 8, 3), level, np.float32))


def _naive(renderer: Renderer, scene: Scene, image: RgbImage) -> RgbImage:
    """Composite as is quickly written: straight alpha between encoded values.

    What a piece adds is drawn over black; what is behind a lens keeps the share of the mean of
    its transmittance, without colour and without a shadow.
    """
    layer = renderer.render(scene, np.zeros_like(image))
    kept = decode_srgb(layer.transmit).mean(axis=-1, keepdims=True)
    out = image.copy()
    (x, y), (h, w) = layer.offset, layer.add.shape[:2]
    behind = image[y : y + h, x : x + w]
    out[y : y + h, x : x + w] = np.clip(np.rint(kept * behind + layer.add), 0, 255)
    return out


def _silhouette(setup: LightSetup, head: Occluder) -> npt.NDArray[np.bool_]:
    """Return which pixels of the frame show the head."""
    mask = np.zeros((setup.camera.height, setup.camera.width), np.uint8)
    corners = setup.camera.project(head.vertices_camera.astype(np.float64))
    for triangle in corners[head.triangles]:
        cv2.fillConvexPoly(mask, np.rint(16.0 * (triangle - 0.5)).astype(np.int32), 255, 8, 4)
    return mask > 0


def _grown(mask: npt.NDArray[np.bool_], by_px: int) -> npt.NDArray[np.bool_]:
    side = 2 * by_px + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)


def _blurred(image: RgbImage) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(image.astype(np.float32), (0, 0), _BLUR_SIGMA))
