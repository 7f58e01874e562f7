"""Writing a product folder from a model and what was decided about it."""

from __future__ import annotations

import os.path
import re
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import platformdirs

from ar_preview.errors import OutputError, ProductError
from ar_preview.products.assemble import assemble_folder
from ar_preview.products.catalogue import THUMBNAIL_NAME
from ar_preview.products.gltf.pack import glb_of_model, packed_glb
from ar_preview.products.manifest import MANIFEST_NAME
from ar_preview.products.measured import measured_dimensions
from ar_preview.products.plain_mesh import PLAIN_SUFFIXES, load_plain_mesh
from ar_preview.products.relations import ANCHORS
from ar_preview.products.toml_writer import toml_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.products.nudge import Nudge
    from ar_preview.products.product import Product

__all__ = ["product_id", "shelf_folder", "write_product_folder"]

_MODEL_NAME = "model.glb"
_SAME_SCALE = 1e-9
_LONGEST_ID = 60


def shelf_folder() -> Path:
    """Return the folder of the person's own products, which the app's shelf shows."""
    return Path(platformdirs.user_data_dir("ar-preview", False)) / "products"


def product_id(title: str) -> str:
    """Return an id that is a folder's name on every system, from a title."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:_LONGEST_ID].strip("-")
    return name or "product"


def write_product_folder(
    folder: Path,
    model: Path,
    product: Product,
    commerce: Mapping[str, object],
    *,
    nudge: Nudge | None = None,
    thumbnail: npt.NDArray[np.uint8] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write ``product.toml``, ``model.glb`` and a thumbnail; the folder appears whole or not.

    The model becomes one GLB in metres: a GLB that is in metres is copied byte for byte, files
    beside a ``.gltf`` are taken in, plain meshes are converted. Turn and origin go into the
    manifest. What an older manifest of the folder says beyond that (variants, a strap ...) stays.

    Parameters
    ----------
    folder : Path
        Its name should be the product's id.
    model : Path
        The file that `product` was loaded from, as `load_bare` takes it.
    product : Product
        Its slot, `anchor_from_model`, `dimensions_mm` and `fits_mm` are written; dimensions that
        the category needs and it lacks are measured on the mesh.
    commerce : mapping of str to object
        Fields of the manifest's ``[commerce]``; ``id`` and ``title`` come from the folder and the
        product where they are missing.
    nudge : Nudge, optional
        How far it is worn from where it would sit by itself.
    thumbnail : ndarray, shape (H, W, 3) or (H, W, 4), uint8, optional
        RGB or RGBA; an older one stays without it.
    overwrite : bool
        Replace a product folder that is there.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ProductError
        If the model cannot be packed, or what would be written is no valid product.
    OutputError
        If the folder exists and may not be overwritten, or cannot be written.
    """
    # A folder a/.. is not below a, and a link that leads nowhere is there.
    folder = Path(os.path.abspath(folder))
    if os.path.lexists(folder) and not (overwrite and (folder / MANIFEST_NAME).is_file()):
        raise OutputError(f"{folder} exists already: choose another name or allow overwriting")
    scale, rigid = _parted(product.anchor_from_model)
    packed = _packed(model, scale)
    manifest = _manifest(product, commerce, folder.name, rigid, nudge)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".saving-") as place:
            draft = Path(place) / folder.name
            if folder.exists():
                shutil.copytree(folder, draft)
                manifest = _kept(draft / MANIFEST_NAME, manifest)
            draft.mkdir(exist_ok=True)
            (draft / _MODEL_NAME).write_bytes(packed)
            (draft / MANIFEST_NAME).write_text(toml_text(manifest), encoding="utf-8")
            if thumbnail is not None:
                _write_picture(draft / THUMBNAIL_NAME, thumbnail)
            _check(draft)
            old = Path(place) / "old"
            if folder.exists():
                folder.rename(old)
            draft.rename(folder)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror or error}") from error
    return folder


def _parted(anchor: Array) -> tuple[float, Array]:
    """Return the uniform scale of a matrix, and the rigid matrix for a model in metres."""
    scale = float(np.cbrt(np.linalg.det(anchor[:3, :3])))
    if not scale > 0.0:
        raise ProductError(f"expected a model that is turned and scaled, got {anchor.tolist()}")
    if abs(scale - 1.0) < _SAME_SCALE:
        scale = 1.0
    rigid = anchor.copy()
    rigid[:3, :3] /= scale
    return scale, rigid


def _packed(model: Path, scale: float) -> bytes:
    if model.suffix.lower() in PLAIN_SUFFIXES:
        return glb_of_model(load_plain_mesh(model), scale)
    return packed_glb(model, scale)


def _manifest(
    product: Product,
    commerce: Mapping[str, object],
    name: str,
    rigid: Array,
    nudge: Nudge | None,
) -> dict[str, Any]:
    category, _, finger = product.slot.partition(":")
    try_on: dict[str, Any] = {"category": category, "anchor": ANCHORS[category][0]}
    if finger:
        try_on["finger"] = finger
    try_on["model"] = _MODEL_NAME
    if not np.allclose(rigid, np.eye(4), atol=1e-9):
        try_on["anchor_from_model"] = np.round(rigid, 9).tolist()
    if product.left_out:
        try_on["leave_out"] = list(product.left_out)
    if product.fits_mm is not None:
        try_on["fits_mm"] = [round(float(v), 1) for v in product.fits_mm]
    if nudge is not None and not nudge.is_none:
        try_on["nudge"] = {
            "shift_mm": list(nudge.shift_mm),
            "turn_deg": list(nudge.turn_deg),
        }
    measured = {**measured_dimensions(product), **product.dimensions_mm}
    if measured:
        try_on["dimensions_mm"] = {k: round(float(v), 1) for k, v in measured.items()}
    return {
        "schema_version": 1,
        "commerce": {"id": product_id(name), "title": product.title, **commerce},
        "try_on": try_on,
    }


def _kept(path: Path, new: dict[str, Any]) -> dict[str, Any]:
    """Return the new manifest with what only the old one says."""
    try:
        old = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise ProductError(f"{path}: is not valid TOML ({error}); correct that line") from error
    decided = {"anchor_from_model", "nudge", "finger", "lod", "leave_out"}
    if old.get("try_on", {}).get("category") != new["try_on"]["category"]:
        decided |= {"fits_mm", "strap", "clock", "hangs", "tilt_deg"}
    try_on = {k: v for k, v in old.get("try_on", {}).items() if k not in decided}
    return {
        **old,
        **new,
        "commerce": {**old.get("commerce", {}), **new["commerce"]},
        "try_on": {**try_on, **new["try_on"]},
    }


def _write_picture(path: Path, picture: npt.NDArray[np.uint8]) -> None:
    order = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    done, data = cv2.imencode(".png", cv2.cvtColor(picture, order))
    if not done:
        raise OutputError(f"the picture for {path} cannot be encoded as PNG")
    path.write_bytes(data.tobytes())


def _check(draft: Path) -> None:
    """Refuse what nobody could load, in words that fit the folder it is meant for."""
    try:
        assemble_folder(draft)
    except ProductError as error:
        problem = str(error).replace(f"{draft}/", "").replace(f"{draft}", draft.name)
        raise ProductError(f"cannot be saved as a product: {problem}") from error
