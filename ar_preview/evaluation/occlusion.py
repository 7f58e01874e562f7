"""Occlusion: whether that is hidden which the true head would hide, and nothing else.

In each frame the visible outline of the product (every material made opaque) is drawn twice:
before the occluders that the pipeline staged, and before the true head alone, the product in
both at the same pixels. The pixels of either outline are shared out to three figures whose sum
is 1: drawn in both (intersection over union), drawn though the head hides it, and hidden though
the head does not. What vanishes on the last millimetres before the ears counts as hidden; the
tips beyond belong behind the ears, where stiff models do not bend to, and are not judged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.evaluation.placing import place_each_frame, place_on_head
from ar_preview.products.product import Material
from ar_preview.rendering import Renderer
from ar_preview.scene import Fade, Item, Light, Occluder, Scene

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy.typing as npt

    from ar_preview.evaluation.drawn import DrawnPath
    from ar_preview.evaluation.head_mesh import HeadMesh
    from ar_preview.evaluation.truth import Truth

__all__ = [
    "OcclusionScore",
    "as_opaque",
    "choose_frames",
    "measure_occlusion",
    "outline",
    "true_head_occluder",
]

_LEAST_YAW_DEGREES = 15.0
_MOST_FRAMES = 24
_COVERED = 128
"""A pixel that lets less than half of the picture through belongs to the product."""

_SKIP = 10
_HARD_EDGE = 1e-5


@dataclass(frozen=True)
class OcclusionScore:
    """Shares of the pixels that either outline covers, 0 to 1; their sum is 1.

    Parameters
    ----------
    iou : float
        Drawn, and visible before the true head.
    false_visible : float
        Drawn, though the true head hides it.
    false_hidden : float
        Not drawn, though the true head does not hide it.
    frames : int
        Frames that were judged.
    """

    iou: float
    false_visible: float
    false_hidden: float
    frames: int


def choose_frames(truth: Truth) -> tuple[int, ...]:
    """Return frames in which the head is turned by more than 15 degrees, evenly spread."""
    turned = np.flatnonzero(np.abs(truth.yaw_degrees) > _LEAST_YAW_DEGREES)
    turned = turned[turned >= _SKIP]
    if len(turned) > _MOST_FRAMES:
        turned = turned[np.linspace(0, len(turned) - 1, _MOST_FRAMES).round().astype(int)]
    return tuple(int(index) for index in turned)


def measure_occlusion(
    truth: Truth,
    path: DrawnPath,
    scenes: Mapping[int, Scene],
    head: HeadMesh,
    nodes: Collection[str] = (),
) -> OcclusionScore | None:
    """Compare what was drawn with what the true head leaves visible.

    Parameters
    ----------
    truth : Truth
    path : DrawnPath
        Of the run that made the scenes.
    scenes : mapping of int to Scene
        By frame, with one worn item each.
    head : HeadMesh
    nodes : collection of str
        Parts of the product to judge, as if there were no others; all of it if empty.

    Returns
    -------
    OcclusionScore or None
        None if no such frame is there or the clip does not tell where on the head the product
        is (see `place_on_head`).

    Raises
    ------
    RenderError
        If there is no usable OpenGL driver.
    """
    placed = place_on_head(truth, path)
    if placed is None:
        return None
    poses = dict(zip(path.index.tolist(), place_each_frame(truth, path, placed), strict=True))
    counts = np.zeros(3)
    judged = 0
    with Renderer() as renderer:
        for index, scene in scenes.items():
            if index not in poses or not scene.items:
                continue
            item = as_opaque(scene.items[0])
            if nodes:
                item = replace(item, product=item.product.part(*nodes))
            drawn = outline(renderer, replace(scene, items=(item,)))
            item = replace(
                item,
                camera_from_product=poses[index],
                scale=placed.scale * item.scale,
                fade=_cut_off(item.fade),
            )
            occluder = true_head_occluder(head, truth.camera_from_head[index])
            seen = outline(renderer, Scene(truth.camera, (item,), (occluder,), Light()))
            counts += [(drawn & seen).sum(), (drawn & ~seen).sum(), (~drawn & seen).sum()]
            judged += 1
    if counts.sum() == 0:
        return None
    iou, false_visible, false_hidden = (float(share) for share in counts / counts.sum())
    return OcclusionScore(iou, false_visible, false_hidden, judged)


def _cut_off(fade: Fade | None) -> Fade | None:
    """Return a fade that leaves everything up to its end."""
    return None if fade is None else Fade(fade.end_z + _HARD_EDGE, fade.end_z, fade.lean)


def as_opaque(item: Item) -> Item:
    """Return the item with every surface solid."""
    solid = Material(name="solid", base_color=(0.5, 0.5, 0.5, 1.0), double_sided=True)
    return replace(item, materials=dict.fromkeys(item.product.materials, solid), opacity=1.0)


def true_head_occluder(head: HeadMesh, camera_from_head: npt.NDArray[np.float64]) -> Occluder:
    """Return the head's mesh as what hides pieces."""
    vertices = head.vertices_head @ camera_from_head[:3, :3].T + camera_from_head[:3, 3]
    return Occluder("true head", vertices.astype(np.float32), head.triangles.astype(np.uint32))


def outline(renderer: Renderer, scene: Scene) -> npt.NDArray[np.bool_]:
    """Return where the product is visible, full picture size."""
    size = scene.camera.height, scene.camera.width
    layer = renderer.render(replace(scene, shadows=()), np.zeros((*size, 3), np.uint8))
    mask = np.zeros(size, dtype=bool)
    x, y = layer.offset
    height, width = layer.transmit.shape[:2]
    mask[y : y + height, x : x + width] = layer.transmit.max(axis=2) < _COVERED
    return mask
