"""What is drawn in which order: occluders, opaque surfaces, then what shows what is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import moderngl
import numpy as np

from ar_preview.rendering.bodies import BodyPass
from ar_preview.rendering.layout import MOST_NODES
from ar_preview.rendering.programs import DRAW_BINDING, NODE_BINDING
from ar_preview.rendering.resolving import ResolvePass

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.rendering.parts import Part, Pieces
    from ar_preview.rendering.plan import Draw, Plan
    from ar_preview.rendering.programs import Programs
    from ar_preview.rendering.resources import GpuMaterial, Resources
    from ar_preview.rendering.targets import ShadeTarget, Targets
    from ar_preview.scene import Light, Scene

__all__ = ["Painter"]

_SRC1_COLOR = 0x88F9
"""GL_SRC1_COLOR, which moderngl does not name: the second output of the shader."""

_ADD_AND_FILTER = (moderngl.ONE, _SRC1_COLOR)
_ADD_AND_DIM = (moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA)
_FILTER = (moderngl.ZERO, moderngl.SRC_COLOR)
_ROW_BYTES = 256
"""Of what the shaders are told of one draw; drivers ask for no wider alignment."""

_NODE_FLOATS = 24
_NODES_BYTES = 4 * _NODE_FLOATS * MOST_NODES

_ALL_COLOR, _NO_COLOR = (True,) * 4, (False,) * 4


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
        self._resolve = ResolvePass(context, programs)
        self._block = context.buffer(reserve=16 * _ROW_BYTES, dynamic=True)
        self._nodes = context.buffer(reserve=2 * _NODES_BYTES, dynamic=True)
        self._bound: GpuMaterial | None = None
        self._unlit = self._has_body = False
        self._bodies = BodyPass(context, programs)

    def paint_shadows(self, target: ShadeTarget, scene: Scene) -> None:
        """Draw what shadows leave of the light."""
        self._context.enable_only(moderngl.DEPTH_TEST)
        self._context.depth_func = "<="
        over = [o for o in scene.occluders if o.over_skin]
        self._bodies.draw_shadows(target, scene.shadows, over)

    def paint(
        self, targets: Targets, part: Part, pieces: Pieces, shade: ShadeTarget | None
    ) -> None:
        """Draw pieces and resolve them into ``targets.resolved``.

        Parameters
        ----------
        targets : Targets
        part : Part
        pieces : Pieces
            Of the part.
        shade : ShadeTarget or None
            What shadows leave, if there are any.
        """
        light = part.scene.light
        self._unlit, self._has_body = light.unlit, light.body_radiance is not None
        self._bound = None
        context = self._context
        context.enable_only(moderngl.DEPTH_TEST)
        context.depth_func = "<="
        # One framebuffer for all that writes depth or light: drivers on a CPU go through the
        # tiles once more after every change.
        targets.light.color_mask = _NO_COLOR
        targets.light.use()
        self._bodies.draw_depth(pieces.bodies)
        targets.light.color_mask = _ALL_COLOR
        targets.light.use()

        placed = self._placed(part.plan, light)
        # Near ones first: what they hide is not shaded.
        for one in placed:
            if not one.draw.blends:
                self._draw(one, "PASS_OPAQUE")
        blended = [one for one in reversed(placed) if one.draw.blends]
        if blended:
            self._draw_blended(targets, blended)

        corner = pieces.window.x, pieces.window.y
        self._resolve.resolve(targets, pieces.coverage, shade, corner)

    def release(self) -> None:
        """Free the buffers."""
        self._block.release()
        self._nodes.release()
        self._resolve.release()
        self._bodies.release()

    def _placed(self, plan: Plan, light: Light) -> list[_Placed]:
        """Write what is told of each draw, and return them from near to far."""
        self._block = self._written(self._block, _draw_rows(plan, light))
        rows, places = _node_rows(plan)
        self._nodes = self._written(self._nodes, rows)
        far = [_squared_distance(plan.points_camera[:, draw.points]) for draw in plan.draws]
        order = sorted(range(len(far)), key=far.__getitem__)
        return [_Placed(plan.draws[i], i * _ROW_BYTES, places[i]) for i in order]

    def _written(self, buffer: Any, rows: npt.NDArray[np.float32]) -> Any:
        """Write into a buffer, or into a larger one in its place."""
        if buffer.size < rows.nbytes:
            buffer.release()
            buffer = self._context.buffer(reserve=2 * rows.nbytes, dynamic=True)
        buffer.write(rows)
        return buffer

    def _draw_blended(self, targets: Targets, blended: Sequence[_Placed]) -> None:
        context = self._context
        fading = [one for one in blended if not one.draw.material.is_see_through]
        if fading:
            # A fading piece must not show its own inside: only its nearest surface blends.
            targets.light.color_mask = _NO_COLOR
            targets.light.use()
            for one in fading:
                self._draw(one, "PASS_TRANSMIT")
            targets.light.color_mask = _ALL_COLOR
        context.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        targets.light.depth_mask = False
        targets.light.use()
        for one in blended:
            context.blend_func = _ADD_AND_FILTER if one.draw.tints else _ADD_AND_DIM
            self._draw(one, "PASS_LIGHT", sides=True)
        targets.light.depth_mask = True
        targets.light.use()
        tinted = [one for one in blended if one.draw.tints]
        if tinted:
            # Dual-source blending allows one colour buffer, so the two halves are drawn in turn.
            targets.clear_transmit()
            targets.transmit.depth_mask = False
            targets.transmit.use()
            context.blend_func = _FILTER
            for one in tinted:
                self._draw(one, "PASS_TRANSMIT", sides=True)
            targets.transmit.depth_mask = True
            targets.transmit.use()

    def _draw(self, one: _Placed, name: str, *, sides: bool = False) -> None:
        context, draw = self._context, one.draw
        material = self._resources.material(draw.material)
        program = self._program(draw, material, name)
        self._block.bind_to_uniform_block(DRAW_BINDING, one.offset, _ROW_BYTES)
        self._nodes.bind_to_uniform_block(NODE_BINDING, one.place, _NODES_BYTES)
        if material is not self._bound:
            self._resources.bind(material)
            self._bound = material
        batch = self._resources.batch(draw.batch)
        triangles = draw.batch.primitive.triangles if draw.seen is None else draw.seen
        batch.choose(triangles)
        array, count = batch.vertex_array(context, program), triangles.size
        # The picture's y runs down, which turns counter-clockwise into clockwise; a node that
        # mirrors turns it back.
        context.front_face = "ccw" if draw.batch.mirrored else "cw"
        if not draw.material.double_sided:
            context.enable(moderngl.CULL_FACE)
            context.cull_face = "back"
            array.render(vertices=count)
        elif sides:
            context.enable(moderngl.CULL_FACE)
            for hidden in ("front", "back"):
                context.cull_face = hidden
                array.render(vertices=count)
        else:
            context.disable(moderngl.CULL_FACE)
            array.render(vertices=count)

    def _program(self, draw: Draw, material: GpuMaterial, name: str) -> Any:
        """Return the program for a draw in a pass."""
        body = draw.body is not None and self._has_body
        colors, fades = draw.batch.primitive.colors is not None, draw.fade_camera is not None
        key = (name, self._unlit, body, colors, fades, draw.tints)
        program = material.programs.get(key)
        if program is None:
            features = {name, *material.features}
            if self._unlit:
                features.add("UNLIT")
            elif body:
                features.add("HAS_BODY")
            if draw.tints:
                features.add("TINTS")
            if colors:
                features.add("HAS_COLOR")
            if fades:
                features.add("HAS_FADE")
            program = self._programs.get("surface", frozenset(features))
            material.programs[key] = program
        return program


@dataclass(frozen=True, eq=False)
class _Placed:
    """A draw with where its values and those of its nodes are in the buffers of all, bytes."""

    draw: Draw
    offset: int
    place: int


def _squared_distance(points: npt.NDArray[np.float32]) -> float:
    """Return that of the middle of points, (3, N)."""
    middle = points.sum(axis=1) / points.shape[1]
    return float(middle @ middle)


def _draw_rows(plan: Plan, light: Light) -> npt.NDArray[np.float32]:
    """Return the values of DrawBlock in draw.glsl for each draw, std140."""
    rows = np.zeros((len(plan.draws), _ROW_BYTES // 4), np.float32)
    shared = np.zeros(36, np.float32)
    if light.body_radiance is not None:
        shared[24:27] = light.exposure * np.array(light.white) * light.body_radiance
    last = None
    for row, draw in zip(rows, plan.draws, strict=True):
        if last is None or draw.fade_camera is not last.fade_camera or draw.body is not last.body:
            shared[:4] = 0.0 if draw.fade_camera is None else draw.fade_camera
            if draw.body is not None:
                shared[4:20] = draw.body.T.ravel()
                shared[20:23] = 1.0 / (draw.body[:3, :3] ** 2).sum(axis=1)
            shared[28:36] = 0.0
            if draw.beside is not None:
                shared[28:31], shared[32:35] = draw.beside
                shared[31] = shared[35] = 1.0
            last = draw
        row[:36] = shared
        row[23], row[27] = draw.opacity, draw.material.roughness
    return rows


def _node_rows(plan: Plan) -> tuple[npt.NDArray[np.float32], list[int]]:
    """Return the values of NodeBlock in nodes.glsl for all draws, and where each begins, bytes."""
    step = _ROW_BYTES // 4
    counts = [len(draw.camera_from_node) for draw in plan.draws]
    lengths = [-(-count * _NODE_FLOATS // step) * step for count in counts]
    starts = np.cumsum([0, *lengths]).tolist()
    # A whole block is bound, whatever of it is used.
    rows = np.zeros(starts[-1] + _NODE_FLOATS * MOST_NODES, np.float32)
    matrices = np.concatenate([np.zeros((0, 4, 4)), *(d.camera_from_node for d in plan.draws)])
    values = np.zeros((len(matrices), 6, 4))
    values[:, :3] = matrices[:, :3]
    values[:, 3:, :3] = np.linalg.inv(matrices[:, :3, :3]).transpose(0, 2, 1)
    first = 0
    for start, count in zip(starts[:-1], counts, strict=True):
        rows[start : start + count * _NODE_FLOATS] = values[first : first + count].ravel()
        first += count
    return rows, [4 * start for start in starts[:-1]]
