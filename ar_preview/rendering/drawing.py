"""What is drawn in which order: occluders, opaque surfaces, then what shows what is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import moderngl
import numpy as np

from ar_preview.rendering.bodies import BodyPass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.rendering.plan import Draw
    from ar_preview.rendering.programs import Programs
    from ar_preview.rendering.resources import Resources
    from ar_preview.rendering.targets import Targets
    from ar_preview.scene import Light, Occluder, SkinShadow

__all__ = ["Painter"]

_SRC1_COLOR = 0x88F9
"""GL_SRC1_COLOR, which moderngl does not name: the second output of the shader."""

_ADD_AND_FILTER = (moderngl.ONE, _SRC1_COLOR)
_FILTER = (moderngl.ZERO, moderngl.SRC_COLOR)
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
        self._resolve = context.vertex_array(programs.get("resolve"), [])
        self._unlit = False
        self._body_light: bytes | None = None
        self._bodies = BodyPass(context, programs)

    def paint(
        self,
        targets: Targets,
        draws: Sequence[Draw],
        occluders: Sequence[Occluder],
        shadows: Sequence[SkinShadow],
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
        if shadows:
            self._hide(targets, [o for o in occluders if o.over_skin])
            self._bodies.draw_shadows(targets, shadows)
        # One framebuffer for all that writes depth or light: drivers on a CPU go through the
        # tiles once more after every change.
        self._hide(targets, occluders)
        targets.light.use()

        placed = sorted(((self._distance(d), i, d) for i, d in enumerate(draws)))
        solid = [d for _, _, d in placed if not d.blends]
        blended = [d for _, _, d in reversed(placed) if d.blends]
        # Near ones first: what they hide is not shaded.
        for draw in solid:
            self._draw(draw, "PASS_OPAQUE")
        if blended:
            self._draw_blended(targets, blended)

        context.enable_only(moderngl.NOTHING)
        targets.resolved.use()
        targets.bind_for_resolve()
        self._resolve.render(moderngl.TRIANGLES, vertices=3)

    def _hide(self, targets: Targets, occluders: Sequence[Occluder]) -> None:
        """Draw the depth of bodies alone."""
        targets.light.color_mask = _NO_COLOR
        targets.light.use()
        self._bodies.draw_occluders(occluders)
        targets.light.color_mask = _ALL_COLOR

    def release(self) -> None:
        """Free the buffers."""
        self._resolve.release()
        self._bodies.release()

    def _draw_blended(self, targets: Targets, blended: Sequence[Draw]) -> None:
        context = self._context
        fading = [d for d in blended if not d.material.is_see_through]
        if fading:
            # A fading piece must not show its own inside: only its nearest surface blends.
            targets.light.color_mask = _NO_COLOR
            targets.light.use()
            for draw in fading:
                self._draw(draw, "PASS_TRANSMIT")
            targets.light.color_mask = _ALL_COLOR
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
            _set(program, "u_roughness", np.float32(draw.material.roughness).tobytes())
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


def _set(program: Any, name: str, value: bytes) -> None:
    # A pass that does not need a uniform has none: compilers drop it.
    uniform = program.get(name, None)
    if uniform is not None:
        uniform.write(value)
