"""A glTF file as nodes, primitives, materials and variants."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import ProductError
from ar_preview.products.gltf.container import Container, open_container
from ar_preview.products.gltf.extensions import check_required, treatments
from ar_preview.products.gltf.hierarchy import PlacedNode, placed_nodes
from ar_preview.products.gltf.limits import DEFAULT_LIMITS, Limits
from ar_preview.products.gltf.materials import MaterialReader
from ar_preview.products.gltf.meshes import MeshReader
from ar_preview.products.gltf.names import UniqueNames
from ar_preview.products.gltf.notes import Notes
from ar_preview.products.product import Material, Node, Primitive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ar_preview.products.gltf.fields import Fields

__all__ = ["Model", "load_gltf"]

Mapped = tuple[tuple[str, int], ...]
"""Variant name and material index, as one primitive maps them."""


@dataclass(frozen=True, eq=False)
class Model:
    """What one model file holds, in the file's own space.

    Parameters
    ----------
    path : Path
    nodes : tuple of Node
        Parents before children, names unique.
    materials : mapping of str to Material
        Every material of the file by its unique name, also those no primitive uses.
    variants : mapping of str to mapping of str to Material
        From KHR_materials_variants.
    notes : tuple of str
        What could not be honoured.
    texture_sizes : mapping of str to (int, int)
        Encoded sizes in px, by image.
    extensions : mapping of str to str
        Extensions that the file uses and what is done with each.
    """

    path: Path
    nodes: tuple[Node, ...]
    materials: Mapping[str, Material]
    variants: Mapping[str, Mapping[str, Material]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    texture_sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)


class _Builder:
    """Puts one model together; lives as long as the reading."""

    def __init__(self, container: Container, shared: Mapping[str, Material]) -> None:
        self._container = container
        self._shared = shared
        self.notes = Notes()
        self._meshes = MeshReader(container, self.notes)
        self.material_reader = MaterialReader(container, self.notes)
        self._material_entries = container.root.children("materials", container.limits.materials)
        self._mesh_entries = container.root.children("meshes")
        self._taken = UniqueNames()
        self._names = [
            self._taken.take(entry.name or f"material_{i}")
            for i, entry in enumerate(self._material_entries)
        ]
        self.materials: dict[str, Material] = {}
        self._keys: dict[tuple[int | None, Mapped], str] = {}
        self._used: set[int | None] = set()
        self._drawn = 0
        self.variants: dict[str, dict[str, Material]] = {}
        self._read: dict[tuple[int, int, bool], Primitive | None] = {}
        self._variant_names = self._list_variants()

    def _list_variants(self) -> list[str]:
        extension = self._container.root.extension("KHR_materials_variants")
        if extension is None:
            return []
        names = UniqueNames()
        return [
            names.take(entry.name or f"variant_{i}")
            for i, entry in enumerate(extension.children("variants", 1000))
        ]

    def material(self, index: int | None) -> str:
        """Read a material once; return its name."""
        name = "default" if index is None else self._names[index]
        if name not in self.materials:
            if index is None:
                self.materials[name] = Material(name=name)
            else:
                entry = self._material_entries[index]
                material = self.material_reader.read(entry, name)
                self.materials[name] = self._shared.get(name, material)
        return name

    def read_all_materials(self) -> None:
        for index in range(len(self._material_entries)):
            self.material(index)

    def _mapped(self, entry: Fields) -> Mapped:
        extension = entry.extension("KHR_materials_variants")
        if extension is None:
            return ()
        pairs: dict[str, int] = {}
        for mapping in extension.children("mappings", 1000):
            material = mapping.index("material", len(self._material_entries))
            if material is None:
                mapping.fail("material", "the index of a material")
            for variant in mapping.indices("variants", len(self._variant_names)):
                pairs[self._variant_names[variant]] = material
        return tuple(pairs.items())

    def _material_key(self, entry: Fields) -> str:
        """Return the key of a primitive's material.

        Primitives that share a material but change to different ones in a variant (or do not
        change) get keys of their own, so that a variant is a plain mapping of keys.
        """
        index = entry.index("material", len(self._material_entries))
        mapped = self._mapped(entry)
        name = self.material(index)
        slot = (index, mapped)
        if slot not in self._keys:
            key = self._taken.take(name) if index in self._used else name
            self._used.add(index)
            self._keys[slot] = key
            self.materials[key] = self.materials[name]
            for variant, target in mapped:
                chosen = self.materials[self.material(target)]
                self.variants.setdefault(variant, {})[key] = chosen
        return self._keys[slot]

    def primitives(self, node: PlacedNode) -> tuple[Primitive, ...]:
        index = node.entry.index("mesh", len(self._mesh_entries))
        if "skin" in node.entry:
            self.notes.add(f"node {node.name!r}: its skin is ignored, the stored pose is drawn")
        if "camera" in node.entry:
            self.notes.add(f"node {node.name!r}: its camera is ignored")
        if index is None:
            return ()
        determinant = float(np.linalg.det(node.scene_from_node[:3, :3]))
        if determinant == 0.0:
            self.notes.add(f"node {node.name!r}: its scale is zero, it is not drawn")
            return ()
        found = []
        limit = self._container.limits.primitives
        for number, entry in enumerate(self._mesh_entries[index].children("primitives", limit)):
            self._drawn += 1
            if self._drawn > limit:
                raise ProductError(
                    f"{entry.where}: with it the model has more than the limit of {limit} parts "
                    "that are drawn; join them"
                )
            self._meshes.reserve(entry)
            slot = (index, number, determinant < 0.0)
            if slot not in self._read:
                primitive = self._meshes.read(entry, self._material_key(entry))
                # glTF 2.0, 3.7.4: a mirroring transform swaps front and back.
                if primitive is not None and determinant < 0.0:
                    primitive = replace(
                        primitive, triangles=np.ascontiguousarray(primitive.triangles[:, ::-1])
                    )
                self._read[slot] = primitive
            if (primitive := self._read[slot]) is not None:
                found.append(primitive)
        return tuple(found)


def load_gltf(
    path: Path,
    limits: Limits = DEFAULT_LIMITS,
    shared_materials: Mapping[str, Material] | None = None,
) -> Model:
    """Read a ``.glb`` or ``.gltf`` file.

    Nothing outside the file (for ``.gltf``: its folder) is ever opened, and sizes are checked
    before memory is taken.

    Parameters
    ----------
    path : Path
    limits : Limits
    shared_materials : mapping of str to Material
        Materials to use instead of the file's own where the names are equal (a LOD shares those
        of its full model).

    Raises
    ------
    ProductError
        If the file is missing, damaged, unsafe, too large, needs an unsupported extension, or
        has no triangles.
    """
    container = open_container(path, limits)
    check_required(container)
    builder = _Builder(container, shared_materials or {})
    placed = placed_nodes(container)
    nodes = tuple(
        Node(
            name=node.name,
            parent=node.parent,
            parent_from_node=node.parent_from_node,
            primitives=builder.primitives(node),
        )
        for node in placed
    )
    if not any(p for node in nodes for p in node.primitives):
        raise ProductError(
            f"{path}: has no triangles; export the meshes (not only points, lines or an empty "
            "scene)"
        )
    builder.read_all_materials()
    if container.root.children("animations"):
        builder.notes.add("animations are ignored, the rest pose is drawn")
    return Model(
        path=path,
        nodes=nodes,
        materials=builder.materials,
        variants=builder.variants,
        notes=builder.notes.texts,
        texture_sizes=builder.material_reader.images.sizes,
        extensions=treatments(container),
    )
