"""Bare meshes without materials (.obj, .stl, .ply), as scans and CAD programs write them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ar_preview.errors import ProductError
from ar_preview.products.gltf import DEFAULT_LIMITS, Limits, Model
from ar_preview.products.gltf.container import read_file
from ar_preview.products.gltf.names import UniqueNames
from ar_preview.products.product import Material, Node, Primitive

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import Array

__all__ = ["PLAIN_SUFFIXES", "load_plain_mesh"]

PLAIN_SUFFIXES = (".obj", ".stl", ".ply")

_MAX_BYTES = 64 * 2**20
_CREASE_COSINE = float(np.cos(np.radians(35.0)))
_WELD = 1e-5
"""Corners this near, as a share of the size, are one corner."""

_MOST_FACES = 64
"""Faces around one vertex that are compared with each other; bounds the time of a fan."""

_PLAIN = Material(name="plain", base_color=(0.35, 0.35, 0.36, 1.0), metallic=0.0, roughness=0.35)


def load_plain_mesh(path: Path, limits: Limits = DEFAULT_LIMITS) -> Model:
    """Read the geometry of a plain mesh; edges sharper than 35 degrees stay sharp.

    Files that it refers to (an ``.mtl``, pictures) are not opened.

    Parameters
    ----------
    path : Path
    limits : Limits

    Raises
    ------
    ProductError
        If it is missing, too large, damaged or has no triangles.
    """
    # Half a second of importing that glTF files never need.
    import trimesh

    raw = read_file(path, min(_MAX_BYTES, limits.file_bytes))
    try:
        # Without a resolver trimesh has no way to follow references.
        scene: Any = trimesh.load_scene(
            io.BytesIO(raw), file_type=path.suffix.lower()[1:], process=False
        )
        parts = [
            (str(name), np.asarray(mesh.vertices, float), np.asarray(mesh.faces, np.int64))
            for name, mesh in scene.geometry.items()
            if isinstance(mesh, trimesh.Trimesh)
        ]
    except Exception as error:  # trimesh's parsers fail in any way on damaged files.
        raise ProductError(
            f"{path}: cannot be read as {path.suffix.lower()} ({type(error).__name__}: "
            f"{str(error)[:120]}); export the model as GLB"
        ) from error
    names = UniqueNames()
    nodes = []
    total = 0
    for name, vertices, faces in parts:
        total += len(faces)
        if total > limits.triangles:
            raise ProductError(
                f"{path}: has more than {limits.triangles} triangles; simplify the mesh"
            )
        if len(faces) and not 0 <= int(faces.min()) <= int(faces.max()) < len(vertices):
            raise ProductError(f"{path}: a face has a vertex that does not exist; export it again")
        corners = vertices[faces]
        if not np.isfinite(corners).all():
            raise ProductError(f"{path}: some vertices are NaN or infinite; repair the mesh")
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        solid = np.linalg.norm(cross, axis=1) > 0.0
        if solid.any():
            primitive = _primitive(corners[solid], cross[solid])
            nodes.append(Node(names.take(name or "mesh"), None, np.eye(4), (primitive,)))
    if not nodes:
        raise ProductError(f"{path}: has no triangles; export the mesh as triangles")
    return Model(
        path=path,
        nodes=tuple(nodes),
        materials={_PLAIN.name: _PLAIN},
        notes=("a plain mesh has no materials, it is drawn in grey; GLB carries them",),
    )


def _primitive(corners: Array, cross: Array) -> Primitive:
    flat = corners.reshape(-1, 3)
    return Primitive(
        positions=flat.astype(np.float32),
        normals=_creased_normals(flat, cross),
        uv=np.zeros((len(flat), 2), np.float32),
        triangles=np.arange(len(flat), dtype=np.uint32).reshape(-1, 3),
        material=_PLAIN.name,
    )


def _creased_normals(flat: Array, cross: Array) -> npt.NDArray[np.float32]:
    """Return a normal for each corner, shape (3 M, 3).

    It is the area-weighted mean of those faces around the welded vertex that bend from the
    corner's own face by less than the crease angle.
    """
    size = max(float(np.ptp(flat, axis=0).max()), 1e-30)
    cells = np.round((flat - flat.min(axis=0)) / (size * _WELD)).astype(np.int64)
    _, vertex = np.unique(cells, axis=0, return_inverse=True)
    order = np.argsort(vertex.reshape(-1), kind="stable")
    vertex = vertex.reshape(-1)[order]
    weighted = np.repeat(cross, 3, axis=0)[order]
    own = weighted / np.linalg.norm(weighted, axis=1, keepdims=True)
    sums = weighted.copy()
    # Corners of one vertex are neighbours now: pair each with the next, the one after, ...
    first = np.arange(len(vertex))
    for step in range(1, _MOST_FACES):
        first = first[first < len(vertex) - step]
        first = first[vertex[first] == vertex[first + step]]
        if len(first) == 0:
            break
        alike = first[(own[first] * own[first + step]).sum(axis=1) >= _CREASE_COSINE]
        sums[alike] += weighted[alike + step]
        sums[alike + step] += weighted[alike]
    normals = np.empty_like(sums)
    normals[order] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(normals, np.float32)
