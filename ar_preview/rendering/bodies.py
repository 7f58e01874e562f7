"""Bodies: they hide what is behind them, and pieces cast shadows on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import moderngl
import numpy as np

from ar_preview.rendering.body_surface import BodySurface
from ar_preview.rendering.programs import SAMPLER_UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.rendering.programs import Programs
    from ar_preview.rendering.targets import ShadeTarget
    from ar_preview.scene import Occluder, SkinShadow

__all__ = ["BodyPass"]

_SHADOWED = frozenset({"HAS_SHADOW"})
_MOST_TEXTURES = 4
"""Of shadows, which are kept: a face, its hat inside and outside, and its necklace take turns in
every frame."""


class BodyPass:
    """Draws the depth of occluders, and the shadows on them.

    Parameters
    ----------
    context : moderngl.Context
    programs : Programs
    """

    def __init__(self, context: Any, programs: Programs) -> None:
        self._context = context
        self._programs = programs
        self._plain = _Stream(context, "3f", ("in_position",))
        self._shaded = _Stream(context, "3f 2f", ("in_position", "in_uv"))
        self._textures: list[tuple[npt.NDArray[np.uint8], Any]] = []

    def draw_shadows(
        self, target: ShadeTarget, shadows: Sequence[SkinShadow], over: Sequence[Occluder]
    ) -> None:
        """Draw what shadows leave of the light, but where other bodies lie over the skin.

        They have depth of their own: what hides pieces is drawn in on purpose, the skin that
        darkens is not.
        """
        framebuffer = target.framebuffer
        if over:
            framebuffer.color_mask = (False,) * 4
            framebuffer.use()
            self.draw_depth(BodySurface.of(over))
            framebuffer.color_mask = (True,) * 4
        framebuffer.use()
        self._context.disable(moderngl.CULL_FACE)
        program = self._programs.get("occluder", _SHADOWED)
        for shadow in shadows:
            self._bind(shadow)
            program["u_strength"].value = shadow.strength
            vertices = np.hstack([shadow.vertices_camera, shadow.uv]).astype(np.float32)
            if shadow.joins:
                self._context.enable(moderngl.BLEND)
                self._context.blend_equation = moderngl.MIN
            self._shaded.draw(program, vertices, shadow.triangles)
            if shadow.joins:
                self._context.blend_equation = moderngl.FUNC_ADD
                self._context.disable(moderngl.BLEND)
        target.finish()

    def draw_depth(self, surface: BodySurface) -> None:
        """Draw the depth of bodies into the current framebuffer."""
        self._context.disable(moderngl.CULL_FACE)
        if len(surface.triangles):
            program = self._programs.get("occluder")
            self._plain.draw(program, surface.vertices_camera, surface.triangles)

    def _bind(self, shadow: SkinShadow) -> None:
        """Bring a texture up to date; the same array is taken for the same shadow."""
        found = [i for i, (roots, _) in enumerate(self._textures) if roots is shadow.roots]
        texture = self._textures.pop(found[0])[1] if found else self._written(shadow.roots)
        self._textures.append((shadow.roots, texture))
        texture.use(SAMPLER_UNITS["t_shadow"])

    def _written(self, roots: npt.NDArray[np.uint8]) -> Any:
        """Return a texture of a shadow: a new one, or what was drawn longest ago in its place."""
        side, pixels = roots.shape[0], cv2.cvtColor(roots, cv2.COLOR_RGB2RGBA)
        if len(self._textures) == _MOST_TEXTURES:
            texture = self._textures.pop(0)[1]
            if texture.width == side:
                texture.write(pixels)
                return texture
            texture.release()
        texture = self._context.texture((side, side), 4, pixels)
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def release(self) -> None:
        """Free the buffers and the textures."""
        self._plain.release()
        self._shaded.release()
        for _, texture in self._textures:
            texture.release()
        self._textures.clear()


@dataclass(eq=False)
class _Stream:
    """Vertices and indices that are written anew each frame."""

    context: Any
    layout: str
    attributes: tuple[str, ...]
    vertices: Any = None
    indices: Any = None
    array: Any = None

    def draw(
        self, program: Any, vertices: npt.NDArray[np.float32], indices: npt.NDArray[np.uint32]
    ) -> None:
        """Write and draw; always with the same program."""
        buffers = (self.vertices, self.indices)
        if buffers[0] is None or any(
            b.size < a.nbytes for b, a in zip(buffers, (vertices, indices), strict=True)
        ):
            self.release()
            self.vertices = self.context.buffer(reserve=2 * vertices.nbytes, dynamic=True)
            self.indices = self.context.buffer(reserve=2 * indices.nbytes, dynamic=True)
            self.array = self.context.vertex_array(
                program,
                [(self.vertices, self.layout, *self.attributes)],
                self.indices,
                index_element_size=4,
            )
        self.vertices.write(np.ascontiguousarray(vertices))
        self.indices.write(np.ascontiguousarray(indices))
        self.array.render(vertices=indices.size)

    def release(self) -> None:
        """Free the buffers."""
        for thing in (self.array, self.vertices, self.indices):
            if thing is not None:
                thing.release()
        self.array = self.vertices = self.indices = None
