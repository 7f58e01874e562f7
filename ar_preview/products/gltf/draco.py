"""Meshes that are compressed with Draco, where the optional decoder is installed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ar_preview.errors import ProductError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DRACO", "DecodedMesh", "decode_draco", "has_draco"]

DRACO = "KHR_draco_mesh_compression"


@dataclass(frozen=True, eq=False)
class DecodedMesh:
    """What a compressed buffer holds.

    Parameters
    ----------
    attributes : mapping of int to ndarray, shape (N, W)
        Values per vertex by the attribute's unique id.
    indices : ndarray, shape (3 M, 1), uint32
        Corners of the triangles.
    """

    attributes: Mapping[int, npt.NDArray[Any]]
    indices: npt.NDArray[np.uint32]


def has_draco() -> bool:
    """Say whether the decoder is installed (extra ``draco``)."""
    return find_spec("DracoPy") is not None


def decode_draco(data: bytes, where: str) -> DecodedMesh:
    """Decode one compressed mesh.

    Parameters
    ----------
    data : bytes
    where : str
        What to call it in an error.

    Raises
    ------
    ProductError
        If it is damaged, or holds no triangles.
    """
    import DracoPy

    try:
        mesh = DracoPy.decode(data)
    except Exception as error:  # the decoder has errors of its own making
        raise ProductError(
            f"{where}: the Draco data is damaged ({error}); export the model again"
        ) from error
    faces = getattr(mesh, "faces", None)
    if faces is None or len(faces) == 0:
        raise ProductError(f"{where}: the Draco data has no triangles; export the model again")
    attributes = {}
    for attribute in mesh.attributes:
        values = np.asarray(attribute["data"])
        attributes[int(attribute["unique_id"])] = values.reshape(len(values), -1)
    return DecodedMesh(attributes, np.asarray(faces, np.uint32).reshape(-1, 1))
