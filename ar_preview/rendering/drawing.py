"""What is drawn in which order: occluders, opaque surfaces, then what shows what is behind."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import moderngl
import numpy as np

from ar_preview.errors import RenderError
from ar_preview.rendering.region import NEAR_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera
    from ar_preview.products.product import Material, Primitive, Product
    from ar_preview.rendering.programs import Programs
    from ar_preview.rendering.resources import Resources
    from ar_preview.rendering.targets import Targets
    from ar_preview.scene import Item, Light, Occluder, Scene

__all__ = ["Draw", "Painter", "placed_points", "plan_draws"]

_SRC1_COLOR = 0x88F9
"""GL_SRC1_COLOR, which moderngl does not name: the second output of the shader."""

_ADD_AND_FILTER = (moderngl.ONE, _SRC1_COLOR)
_FILTER = (moderngl.ZERO, moderngl.SRC_COLOR)

_LOD_BELOW_PX = 700.0
"""A piece that is shorter than this in the picture is drawn from its lighter model."""

_DIAGONALS: weakref.WeakKeyDictionary[Product, float] = weakref.WeakKeyDictionary()
"""Size in metres of the light models that were drawn."""


@dataclass(eq=False)
class Placement:
    """Where a node is, in the forms that drawing needs.

    Parameters
    ----------
    camera_from_node : ndarray, shape (4, 4), float32
    """

    camera_from_node: npt.NDArray[np.float32]

    @cached_property
    def position_uniform(self) -> bytes:
        """The matrix, column by column."""
        return self.camera_from_node.T.tobytes()

    @cached_property
    def normal_uniform(self) -> bytes:
        """The inverse transpose of the linear part, column by column."""
        # Its own transpose is what column-major order asks for, so only the inverse is left.
        inverse = np.linalg.inv(self.camera_from_node[:3, :3].astype(np.float64))
        return inverse.astype(np.float32).tobytes()

    @cached_property
    def mirrors(self) -> bool:
        """Whether it turns left hands into right ones."""
        return bool(np.linalg.det(self.camera_from_node[:3, :3]) < 0.0)


@dataclass(frozen=True, eq=False)
class Draw:
    """One primitive, placed.

    Parameters
    ----------
    primitive : Primitive
    material : Material
    placement : Placement
    opacity : float
    fade_camera : ndarray, shape (4,), float32, or None
        Camera-space plane n, d: n . p + d falls from 1 to 0 where the piece vanishes.
    body : ndarray, shape (4, 4), float32, or None
        From camera space to that in which the body is the unit sphere.
    """

    primitive: Primitive
    material: Material
    placement: Placement
    opacity: float
    fade_camera: npt.NDArray[np.float32] | None = None
    body: npt.NDArray[np.float32] | None = None

    def points_camera(self) -> Array:
        """All vertices in camera space, (N, 3), metres."""
        m = self.placement.camera_from_node
        return np.asarray(self.primitive.positions @ m[:3, :3].T + m[:3, 3])

    @property
    def blends(self) -> bool:
        """Whether what is behind stays visible."""
        return self.material.is_see_through or self.opacity < 1.0


def plan_draws(scene: Scene) -> list[Draw]:
    """List the placed primitives of a scene's items; faded-out and empty ones are left out.

    Raises
    ------
    RenderError
        If a primitive names a material that neither the item nor its product has.
    """
    draws = []
    for item in scene.items:
        opacity = min(max(float(item.opacity), 0.0), 1.0)
        if opacity == 0.0:
            continue
        product = _level_of_detail(item, scene.camera)
        camera_from_product = item.camera_from_product.matrix
        camera_from_product[:3, :3] *= item.scale
        placed = product.product_from_node({k: v.matrix for k, v in item.nodes.items()})
        fade, body = _fade_plane(item), _unit_from_camera(item)
        for node in product.nodes:
            placement = Placement((camera_from_product @ placed[node.name]).astype(np.float32))
            draws += [
                Draw(p, _material(item, product, p.material), placement, opacity, fade, body)
                for p in node.primitives
                if len(p.triangles)
            ]
    return draws


def _fade_plane(item: Item) -> npt.NDArray[np.float32] | None:
    """Camera-space plane whose value is (z - end) / (start - end) for product-space z."""
    if item.fade is None:
        return None
    length = item.scale * (item.fade.start_z - item.fade.end_z)
    normal = item.camera_from_product.rotation[:, 2] / length
    offset = -normal @ item.camera_from_product.translation
    offset -= item.fade.end_z * item.scale / length
    return np.append(normal, offset).astype(np.float32)


def _unit_from_camera(item: Item) -> npt.NDArray[np.float32] | None:
    if item.body is None:
        return None
    shrink = np.diag([*(1.0 / np.array(item.body.radii)), 1.0])
    return (shrink @ item.body.camera_from_axes.inverse().matrix).astype(np.float32)


def _material(item: Item, product: Product, key: str) -> Material:
    material = item.materials.get(key) or product.materials.get(key)
    if material is None:
        raise RenderError(f"{product.id!r} has no material {key!r}; check the model")
    return material


def _level_of_detail(item: Item, camera: Camera) -> Product:
    product = item.product
    if product.lod is None:
        return product
    diagonal = _DIAGONALS.get(product.lod)
    if diagonal is None:
        diagonal = float(np.linalg.norm(np.ptp(product.lod.vertices_product(), axis=0)))
        _DIAGONALS[product.lod] = diagonal
    depth = max(float(item.camera_from_product.translation[2]), 1e-3)
    small = camera.fx * diagonal * item.scale / depth < _LOD_BELOW_PX
    return product.lod if small else product


def placed_points(draws: Sequence[Draw]) -> Array:
    """Return the vertices of everything that reaches in front of the camera, (N, 3), metres."""
    parts = [d.points_camera() for d in draws]
    parts = [p for p in parts if p[:, 2].max() > NEAR_M]
    return np.concatenate(parts) if parts else np.zeros((0, 3))


class Painter:
    """Issues the draw calls of one frame.

    Parameters
    ----------
    context : moderngl.Context
    programs : Programs
    resources : Resources
    """

    def __init__(self, context: Any, programs: Programs, resources: Resources) -> None:
        self._context = context
        self._programs = programs
        self._resources = resources
        self._resolve = context.vertex_array(programs.get("resolve"), [])
        self._unlit = False
        self._body_light: bytes | None = None
        self._occluder_vertices: Any = None
        self._occluder_indices: Any = None
        self._occluder_array: Any = None

    def paint(
        self,
        targets: Targets,
        draws: Sequence[Draw],
        occluders: Sequence[Occluder],
        light: Light,
    ) -> None:
        """Draw everything and resolve it into ``targets.resolved``."""
        self._unlit = light.unlit
        self._body_light = None
        if light.body_radiance is not None:
            seen = light.exposure * np.array(light.white) * light.body_radiance
            self._body_light = seen.astype(np.float32).tobytes()
        context = self._context
        context.enable_only(moderngl.DEPTH_TEST)
        context.depth_func = "<="
        targets.depth_only.use()
        self._draw_occluders(occluders)

        placed = sorted(((self._distance(d), i, d) for i, d in enumerate(draws)))
        solid = [d for _, _, d in placed if not d.blends]
        blended = [d for _, _, d in reversed(placed) if d.blends]
        # Near ones first: what they hide is not shaded.
        targets.opaque.use()
        for draw in solid:
            self._draw(draw, "PASS_OPAQUE")
        if blended:
            self._draw_blended(targets, blended)

        context.enable_only(moderngl.NOTHING)
        targets.resolved.use()
        targets.bind_for_resolve()
        self._resolve.render(moderngl.TRIANGLES, vertices=3)

    def release(self) -> None:
        """Free the buffers."""
        self._resolve.release()
        self._release_occluders()

    def _draw_blended(self, targets: Targets, blended: Sequence[Draw]) -> None:
        context = self._context
        fading = [d for d in blended if not d.material.is_see_through]
        if fading:
            # A fading piece must not show its own inside: only its nearest surface blends.
            targets.depth_only.use()
            for draw in fading:
                self._draw(draw, "PASS_TRANSMIT")
        # Dual-source blending allows one colour buffer, so the two halves are drawn in turn.
        context.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        for target, blending, name in (
            (targets.light, _ADD_AND_FILTER, "PASS_LIGHT"),
            (targets.transmit, _FILTER, "PASS_TRANSMIT"),
        ):
            target.depth_mask = False
            target.use()
            context.blend_func = blending
            for draw in blended:
                self._draw(draw, name, sides=True)
            target.depth_mask = True
            target.use()

    def _draw(self, draw: Draw, name: str, *, sides: bool = False) -> None:
        context, material = self._context, self._resources.material(draw.material)
        features = {name, *material.features}
        if self._unlit:
            features.add("UNLIT")
        elif draw.body is not None and self._body_light is not None:
            features.add("HAS_BODY")
        if draw.primitive.colors is not None:
            features.add("HAS_COLOR")
        if draw.fade_camera is not None:
            features.add("HAS_FADE")
        program = self._programs.get("surface", frozenset(features))
        placement = draw.placement
        _set(program, "u_camera_from_node", placement.position_uniform)
        _set(program, "u_normal_from_node", placement.normal_uniform)
        _set(program, "u_opacity", np.float32(draw.opacity).tobytes())
        if draw.fade_camera is not None:
            _set(program, "u_fade", draw.fade_camera.tobytes())
        if "HAS_BODY" in features and draw.body is not None and self._body_light is not None:
            _set(program, "u_unit_from_camera", draw.body.T.tobytes())
            radii2 = 1.0 / (draw.body[:3, :3] ** 2).sum(axis=1)
            _set(program, "u_body_radii2", radii2.tobytes())
            _set(program, "u_body_light", self._body_light)
        self._resources.bind(material)
        array = self._resources.primitive(draw.primitive).vertex_array(context, program)
        # The picture's y runs down, which turns counter-clockwise into clockwise; a node that
        # mirrors turns it back.
        context.front_face = "ccw" if placement.mirrors else "cw"
        if not draw.material.double_sided:
            context.enable(moderngl.CULL_FACE)
            context.cull_face = "back"
            array.render()
        elif sides:
            context.enable(moderngl.CULL_FACE)
            for hidden in ("front", "back"):
                context.cull_face = hidden
                array.render()
        else:
            context.disable(moderngl.CULL_FACE)
            array.render()

    def _distance(self, draw: Draw) -> float:
        center = self._resources.primitive(draw.primitive).center
        m = draw.placement.camera_from_node
        return float(np.linalg.norm(m[:3, :3] @ center + m[:3, 3]))

    def _draw_occluders(self, occluders: Sequence[Occluder]) -> None:
        parts = [o for o in occluders if len(o.triangles)]
        if not parts:
            return
        vertices = np.concatenate([np.asarray(o.vertices_camera, np.float32) for o in parts])
        starts = np.cumsum([0, *[len(o.vertices_camera) for o in parts[:-1]]])
        indices = np.concatenate(
            [part.triangles + np.uint32(start) for part, start in zip(parts, starts, strict=True)]
        )
        self._upload_occluders(vertices, indices)
        self._context.disable(moderngl.CULL_FACE)
        self._occluder_array.render(vertices=indices.size)

    def _upload_occluders(self, vertices: Any, indices: Any) -> None:
        buffers = (self._occluder_vertices, self._occluder_indices)
        if buffers[0] is None or any(
            b.size < a.nbytes for b, a in zip(buffers, (vertices, indices), strict=True)
        ):
            self._release_occluders()
            context = self._context
            self._occluder_vertices = context.buffer(reserve=2 * vertices.nbytes, dynamic=True)
            self._occluder_indices = context.buffer(reserve=2 * indices.nbytes, dynamic=True)
            self._occluder_array = context.vertex_array(
                self._programs.get("occluder"),
                [(self._occluder_vertices, "3f", "in_position")],
                self._occluder_indices,
                index_element_size=4,
            )
        self._occluder_vertices.write(np.ascontiguousarray(vertices))
        self._occluder_indices.write(np.ascontiguousarray(indices))

    def _release_occluders(self) -> None:
        for name in ("_occluder_array", "_occluder_vertices", "_occluder_indices"):
            thing = getattr(self, name)
            if thing is not None:
                thing.release()
            setattr(self, name, None)


def _set(program: Any, name: str, value: bytes) -> None:
    # A pass that does not need a uniform has none: compilers drop it.
    uniform = program.get(name, None)
    if uniform is not None:
        uniform.write(value)
