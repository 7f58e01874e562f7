"""GPU copies of meshes, textures and materials, freed when their originals are gone."""

from __future__ import annotations

import weakref
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import moderngl
import numpy as np

from ar_preview.rendering.mipmaps import mipmapper
from ar_preview.rendering.programs import MATERIAL_BINDING, SAMPLER_UNITS, TEXTURE_BINDING
from ar_preview.rendering.sheen import sheen_table
from ar_preview.rendering.thin_film import film_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.products.product import Material, Texture
    from ar_preview.rendering.layout import Batch

__all__ = ["GpuBatch", "GpuMaterial", "Resources"]

_K = TypeVar("_K")
_V = TypeVar("_V")

_TEXTURE_SLOTS = (
    ("base_color", "HAS_BASE_TEXTURE", "t_base", ""),
    ("metallic_roughness", "HAS_METALLIC_ROUGHNESS_TEXTURE", "t_metallic_roughness", ""),
    ("normal", "HAS_NORMAL_TEXTURE", "t_normal", ""),
    ("occlusion", "HAS_OCCLUSION_TEXTURE", "t_occlusion", ""),
    ("emissive", "HAS_EMISSIVE_TEXTURE", "t_emissive", ""),
    ("transmission", "HAS_TRANSMISSION_TEXTURE", "t_transmission", "SEE_THROUGH"),
    ("thickness", "HAS_THICKNESS_TEXTURE", "t_thickness", "SEE_THROUGH"),
    ("specular", "HAS_SPECULAR_TEXTURE", "t_specular", ""),
    ("specular_color", "HAS_SPECULAR_COLOR_TEXTURE", "t_specular_color", ""),
    ("clearcoat", "HAS_CLEARCOAT_TEXTURE", "t_clearcoat", "HAS_CLEARCOAT"),
    (
        "clearcoat_roughness",
        "HAS_CLEARCOAT_ROUGHNESS_TEXTURE",
        "t_clearcoat_roughness",
        "HAS_CLEARCOAT",
    ),
    ("clearcoat_normal", "HAS_CLEARCOAT_NORMAL_TEXTURE", "t_clearcoat_normal", "HAS_CLEARCOAT"),
    ("iridescence", "HAS_FILM_TEXTURE", "t_iridescence", "HAS_FILM"),
    ("iridescence_thickness", "HAS_FILM_THICKNESS_TEXTURE", "t_iridescence_thickness", "HAS_FILM"),
    ("sheen_color", "HAS_SHEEN_COLOR_TEXTURE", "t_sheen_color", "HAS_SHEEN"),
    ("sheen_roughness", "HAS_SHEEN_ROUGHNESS_TEXTURE", "t_sheen_roughness", "HAS_SHEEN"),
)
"""Attribute of Material without _texture, shader feature, sampler, the feature it belongs to; in
the order of m_uv_rows."""


_NUMBERS_BYTES = 256
"""Of a material's own numbers; what follows is bound too, which drivers ask to be aligned so."""

_ROWS_BYTES = 2 * 16 * len(_TEXTURE_SLOTS)


class _WeakCache(Generic[_K, _V]):
    """Values by object identity.

    A key may die on any thread, but GL objects must be freed on the renderer's: the death is
    noted and `collect` frees.
    """

    def __init__(self, make: Callable[[_K], _V], free: Callable[[_V], None]) -> None:
        self._make, self._free = make, free
        self._entries: dict[int, tuple[weakref.ref[Any], _V]] = {}
        self._dead: deque[tuple[int, weakref.ref[Any]]] = deque()

    def get(self, key: _K) -> _V:
        identity = id(key)
        entry = self._entries.get(identity)
        if entry is not None and entry[0]() is key:
            return entry[1]
        self.collect()
        dead = self._dead
        reference = weakref.ref(key, lambda ref: dead.append((identity, ref)))
        value = self._make(key)
        self._entries[identity] = (reference, value)
        return value

    def collect(self) -> None:
        while self._dead:
            identity, reference = self._dead.popleft()
            entry = self._entries.get(identity)
            if entry is not None and entry[0] is reference:
                del self._entries[identity]
                self._free(entry[1])

    def clear(self) -> None:
        for _, value in self._entries.values():
            self._free(value)
        self._entries.clear()
        self._dead.clear()

    def __len__(self) -> int:
        return len(self._entries)


@dataclass(eq=False)
class GpuBatch:
    """Buffers of one batch, with a vertex array for each program that drew it."""

    vertices: Any
    indices: Any
    layout: tuple[str, ...]
    triangles: npt.NDArray[np.uint32]
    """Those in `indices`."""

    arrays: dict[Any, Any] = field(default_factory=dict)

    def choose(self, triangles: npt.NDArray[np.uint32]) -> None:
        """Take these triangles, (V, 3), from now on."""
        if triangles is not self.triangles:
            self.indices.write(np.ascontiguousarray(triangles))
            self.triangles = triangles

    def vertex_array(self, context: Any, program: Any) -> Any:
        """Return the vertex array for a program."""
        array = self.arrays.get(program)
        if array is None:
            content = [(self.vertices, *self.layout)]
            array = context.vertex_array(
                program, content, self.indices, index_element_size=4, skip_errors=True
            )
            self.arrays[program] = array
        return array

    def release(self) -> None:
        """Free the buffers."""
        for array in self.arrays.values():
            array.release()
        self.vertices.release()
        self.indices.release()


@dataclass(eq=False)
class GpuMaterial:
    """Uniform block, pictures and tables by unit, and shader features of one material."""

    block: Any
    textures: tuple[tuple[Texture, int], ...]
    features: frozenset[str]
    tables: tuple[tuple[Any, int], ...] = ()
    programs: dict[Any, Any] = field(default_factory=dict)
    """By pass and what else makes a difference."""

    def release(self) -> None:
        """Free what belongs to this material alone."""
        self.block.release()
        for table, _ in self.tables:
            table.release()


class Resources:
    """Everything that was uploaded once and is used again.

    Parameters
    ----------
    context : moderngl.Context
    fast : bool
        Prefer what is cheap for a rasteriser on the CPU.
    """

    def __init__(self, context: Any, *, fast: bool) -> None:
        self._context = context
        self._minify = moderngl.LINEAR_MIPMAP_NEAREST if fast else moderngl.LINEAR_MIPMAP_LINEAR
        self._mipmap = mipmapper(context, on_cpu=fast)
        self._batches = _WeakCache(self._upload_batch, GpuBatch.release)
        self._textures = _WeakCache(self._upload_texture, lambda texture: texture.release())
        self._materials = _WeakCache(self._upload_material, GpuMaterial.release)

    def batch(self, batch: Batch) -> GpuBatch:
        """Return the buffers of a batch."""
        return self._batches.get(batch)

    def material(self, material: Material) -> GpuMaterial:
        """Return the block and features of a material."""
        return self._materials.get(material)

    def bind(self, material: GpuMaterial) -> None:
        """Make a material current."""
        material.block.bind_to_uniform_block(MATERIAL_BINDING, 0, _NUMBERS_BYTES)
        if "MOVES_UV" in material.features:
            material.block.bind_to_uniform_block(TEXTURE_BINDING, _NUMBERS_BYTES, _ROWS_BYTES)
        for texture, unit in material.textures:
            self._textures.get(texture).use(unit)
        for table, unit in material.tables:
            table.use(unit)

    def collect(self) -> None:
        """Free what belongs to objects that no longer exist."""
        for cache in (self._batches, self._textures, self._materials):
            cache.collect()

    def release(self) -> None:
        """Free everything."""
        for cache in (self._batches, self._textures, self._materials):
            cache.clear()

    @property
    def counts(self) -> tuple[int, int, int]:
        """Batches, textures and materials that are held."""
        return len(self._batches), len(self._textures), len(self._materials)

    def _upload_batch(self, batch: Batch) -> GpuBatch:
        primitive = batch.primitive
        columns = [primitive.positions, primitive.normals, primitive.uv, batch.slots[:, None]]
        layout = ["3f 3f 2f 1f", "in_position", "in_normal", "in_uv", "in_node"]
        for values, name in (
            (primitive.colors, "in_color"),
            (primitive.second_uv, "in_second_uv"),
        ):
            if values is not None:
                columns.append(values)
                layout[0] += f" {values.shape[1]}f"
                layout.append(name)
        vertices = np.ascontiguousarray(np.hstack(columns), dtype=np.float32)
        indices = np.ascontiguousarray(primitive.triangles, dtype=np.uint32)
        return GpuBatch(
            self._context.buffer(vertices),
            self._context.buffer(indices, dynamic=True),
            tuple(layout),
            primitive.triangles,
        )

    def _upload_texture(self, texture: Texture) -> Any:
        image = texture.image
        # OpenGL's mirrored wrapping is not offered by moderngl: the picture is doubled instead.
        if texture.wrap_u == "mirror":
            image = np.concatenate([image, image[:, ::-1]], axis=1)
        if texture.wrap_v == "mirror":
            image = np.concatenate([image, image[::-1]], axis=0)
        height, width = image.shape[:2]
        image = np.ascontiguousarray(image)
        gpu = self._context.texture((width, height), 4, image, alignment=1)
        self._mipmap(gpu, image)
        gpu.filter = (self._minify, moderngl.LINEAR)
        gpu.repeat_x = texture.wrap_u != "clamp"
        gpu.repeat_y = texture.wrap_v != "clamp"
        return gpu

    def _upload_material(self, material: Material) -> GpuMaterial:
        features = _features(material)
        textures = []
        for name, feature, sampler, owner in _TEXTURE_SLOTS:
            texture = getattr(material, f"{name}_texture")
            if texture is not None and (not owner or owner in features):
                textures.append((texture, SAMPLER_UNITS[sampler]))
                features.add(feature)
                if texture.second_uv:
                    features |= {"HAS_SECOND_UV", "MOVES_UV"}
                if not np.array_equal(_uv_transform(texture), np.eye(3)):
                    features.add("MOVES_UV")
        tables = []
        if "HAS_FILM" in features:
            tables.append((self._upload_table(film_table(material)), SAMPLER_UNITS["t_film"]))
        if "HAS_SHEEN" in features:
            tables.append((self._upload_table(sheen_table(material)), SAMPLER_UNITS["t_sheen"]))
        block = self._context.buffer(_material_block(material))
        return GpuMaterial(block, tuple(textures), frozenset(features), tuple(tables))

    def _upload_table(self, values: Array) -> Any:
        height, width, channels = values.shape
        data = np.ascontiguousarray(values, np.float16)
        table = self._context.texture((width, height), channels, data, dtype="f2", alignment=1)
        table.filter = (moderngl.LINEAR, moderngl.LINEAR)
        table.repeat_x = table.repeat_y = False
        return table


def _features(material: Material) -> set[str]:
    """Name what the shader has to do for a material; it is compiled for nothing else."""
    features = set()
    if material.is_see_through:
        features.add("SEE_THROUGH")
        if _optical_depth(material).any():
            features.add("HAS_ABSORPTION")
    elif material.alpha_mode == "MASK":
        features.add("ALPHA_MASK")
    if material.unlit:
        return features | {"UNLIT"}
    if material.normal_texture is None and not material.double_sided:
        # Harmonics of order 2 are smooth enough for the vertices of a modelled piece.
        features.add("LIT_BY_VERTEX")
    if material.metallic > 0.0:
        features.add("HAS_METAL")
    if material.metallic >= 1.0:
        features.add("ALL_METAL")
    if material.clearcoat > 0.0:
        features.add("HAS_CLEARCOAT")
    if material.iridescence > 0.0:
        features.add("HAS_FILM")
    if any(material.sheen_color):
        features.add("HAS_SHEEN")
    if material.specular_color != (1.0, 1.0, 1.0) or material.specular_color_texture is not None:
        features.add("HAS_SPECULAR_COLOR")
    if material.is_see_through and _is_clear_glass(material):
        features.add("CLEAR_GLASS")
    return features


def _material_block(m: Material) -> npt.NDArray[np.float32]:
    """Return the values of MaterialBlock and, beyond them, TextureBlock, std140."""
    rows = [
        m.base_color,
        (*m.emissive, m.alpha_cutoff),
        (m.metallic, m.roughness, m.occlusion_strength, m.normal_scale),
        (*m.specular_color, m.specular),
        (m.clearcoat, m.clearcoat_roughness, m.ior, m.transmission),
        (*_optical_depth(m), float(m.alpha_mode == "BLEND")),
        (*m.sheen_color, m.sheen_roughness),
        (m.iridescence, m.clearcoat_normal_scale, 0.0, 0.0),
    ]
    rows += [(0.0,) * 4] * (_NUMBERS_BYTES // 16 - len(rows))
    for name, *_ in _TEXTURE_SLOTS:
        texture = getattr(m, f"{name}_texture")
        uv = np.eye(3) if texture is None else _uv_transform(texture)
        second = texture is not None and texture.second_uv
        rows += [(*uv[0], float(second)), (*uv[1], 0.0)]
    return np.array(rows, dtype=np.float32)


def _is_clear_glass(m: Material) -> bool:
    """Whether nothing is scattered back: the usual lens, for which a short shader does."""
    textured = m.transmission_texture is not None or m.metallic_roughness_texture is not None
    return m.transmission >= 1.0 and m.metallic == 0.0 and not textured and not any(m.sheen_color)


def _optical_depth(m: Material) -> Array:
    """Absorption over the thickness by Beer and Lambert, (3,) (KHR_materials_volume)."""
    if m.thickness <= 0.0 or not np.isfinite(m.attenuation_distance):
        return np.zeros(3)
    color = np.clip(m.attenuation_color, 1e-6, 1.0)
    return np.asarray(-np.log(color) * m.thickness / m.attenuation_distance)


def _uv_transform(texture: Texture) -> Array:
    doubled = [0.5 if w == "mirror" else 1.0 for w in (texture.wrap_u, texture.wrap_v)]
    return np.asarray(np.diag([*doubled, 1.0]) @ texture.uv_from_uv)
