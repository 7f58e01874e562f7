"""Pictures of a head whose worn product was path-traced: the truth for light.

A folder holds ``truth.json`` with ``product`` (file name of the model, in the folder or in
``../models``), optionally ``head`` (path of the head's mesh, relative to the folder; else
``head.ply`` in the folder or in ``../truth``) and ``setups``, each with ``id``, ``camera`` (px,
pixel centres at +0.5), ``camera_from_head`` and ``camera_from_product`` (4x4, OpenCV axes,
metres), ``environment`` (name), ``frame`` (the picture as the camera took it), ``crop_xyxy`` and,
of that crop and without sensor noise, ``bare`` (nothing worn) and ``truth`` (a picture a material).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.errors import SourceError
from ar_preview.evaluation.head_mesh import HeadMesh
from ar_preview.evaluation.truth import truth_camera
from ar_preview.geometry import RigidTransform
from ar_preview.products import load_product
from ar_preview.products.product import Material, Node, Product

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Camera

__all__ = ["MATERIALS", "LightSetup", "LightTruth", "load_light_truth"]


def _glass(r: float, g: float, b: float) -> Material:
    return Material(
        base_color=(r, g, b, 1.0), metallic=0.0, roughness=0.0, transmission=1.0, ior=1.5
    )


def _plastic(value: float, roughness: float, specular: float = 1.0) -> Material:
    color = (value, value, value, 1.0)
    return Material(base_color=color, metallic=0.0, roughness=roughness, specular=specular)


def _metal(roughness: float, r: float, g: float, b: float) -> Material:
    return Material(base_color=(r, g, b, 1.0), metallic=1.0, roughness=roughness)


_PAD = _glass(0.95, 0.95, 0.95)
MATERIALS: Mapping[str, Mapping[str, Material]] = {
    "gray": {
        "frame": _plastic(0.5, 1.0, 0.0),
        "ear": _plastic(0.5, 1.0, 0.0),
        "pad": _PAD,
        "lens": _glass(0.35, 0.33, 0.28),
    },
    "khronos": {
        "frame": _metal(0.1, 0.916, 0.916, 0.916),
        "ear": _plastic(0.03, 0.25),
        "pad": _PAD,
        "lens": _metal(0.0, 0.07, 0.12, 0.32),
    },
    "black": {
        "frame": _plastic(0.03, 0.2),
        "ear": _plastic(0.03, 0.2),
        "pad": _PAD,
        "lens": _glass(0.93, 0.95, 0.94),
    },
}
"""What the path tracer used, by the name of the picture and the part of the product."""


@dataclass(frozen=True, eq=False)
class LightSetup:
    """One head under one light.

    Parameters
    ----------
    id, environment : str
    camera : Camera
    camera_from_head, camera_from_product : RigidTransform
    frame : ndarray, shape (H, W, 3), uint8
        With sensor noise: what the light is told by.
    crop : tuple of slice
        Rows and columns of the pictures below.
    bare : ndarray, shape (h, w, 3), uint8
    truth : mapping of str to ndarray, shape (h, w, 3), uint8
        By the name of the materials.
    """

    id: str
    environment: str
    camera: Camera
    camera_from_head: RigidTransform
    camera_from_product: RigidTransform
    frame: RgbImage
    crop: tuple[slice, slice]
    bare: RgbImage
    truth: Mapping[str, RgbImage]


@dataclass(frozen=True, eq=False)
class LightTruth:
    """All set-ups of a folder.

    Parameters
    ----------
    name : str
    product : Product
    head : HeadMesh
        What hides parts of the product.
    setups : tuple of LightSetup
    """

    name: str
    product: Product
    head: HeadMesh
    setups: tuple[LightSetup, ...]

    def materials(self, name: str) -> dict[str, Material]:
        """Return the material of every part for one of the pictures."""
        return {key: MATERIALS[name][_part(key)] for key in self.product.materials}


def _part(material: str) -> str:
    """Which of the parts above a material of the product belongs to."""
    return next((part for part in ("lens", "ear", "pad") if part in material.lower()), "frame")


def load_light_truth(folder: Path) -> LightTruth:
    """Read a folder of path-traced set-ups.

    Raises
    ------
    SourceError
        If there is no such truth, or a file of it is missing or broken.
    ProductError
        If the product cannot be read.
    """
    folder = folder.expanduser()
    path = folder / "truth.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", error)
        raise SourceError(
            f"expected a folder with truth.json; {path} cannot be read: {reason}"
        ) from error
    try:
        model = _found(folder, document["product"].split()[0], "models")
        head = _found(folder, document.get("head", "head.ply"), "truth")
        setups = tuple(_setup(folder, entry) for entry in document["setups"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise SourceError(
            f"{path} is no truth of light (product, setups with frame, bare, truth and poses): "
            f"{type(error).__name__}: {error}"
        ) from error
    product = _without_inner_lenses(load_product(str(model), category="glasses"))
    return LightTruth(folder.resolve().name, product, HeadMesh.read(head), setups)


def _found(folder: Path, name: str, beside: str) -> Path:
    for path in (folder / name, folder.parent / beside / name):
        if path.is_file():
            return path
    raise SourceError(f"expected {name} in {folder} or in {folder.parent / beside}")


def _without_inner_lenses(product: Product) -> Product:
    """Leave one surface a lens, as the path-traced slabs have."""
    nodes = tuple(
        Node(n.name, n.parent, n.parent_from_node, ()) if "Interior" in n.name else n
        for n in product.nodes
    )
    return Product(product.id, product.title, product.slot, nodes, product.materials)


def _setup(folder: Path, entry: dict[str, Any]) -> LightSetup:
    camera = truth_camera(entry["camera"])
    x0, y0, x1, y1 = (int(v) for v in entry["crop_xyxy"])
    frame = _picture(folder / entry["frame"], (camera.height, camera.width))
    size = (y1 - y0, x1 - x0)
    return LightSetup(
        str(entry["id"]),
        str(entry["environment"]),
        camera,
        RigidTransform.from_matrix(entry["camera_from_head"]),
        RigidTransform.from_matrix(entry["camera_from_product"]),
        frame,
        (slice(y0, y1), slice(x0, x1)),
        _picture(folder / entry["bare"], size),
        {
            name: _picture(folder / file, size)
            for name, file in entry["truth"].items()
            if name in MATERIALS
        },
    )


def _picture(path: Path, size: tuple[int, int]) -> RgbImage:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise SourceError(f"the picture {path} cannot be read")
    if image.shape[:2] != size:
        raise SourceError(f"{path}: expected {size[1]}x{size[0]} px, got {image.shape[1::-1]}")
    return np.ascontiguousarray(image[..., ::-1])
