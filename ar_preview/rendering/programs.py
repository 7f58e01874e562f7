"""Shader programs, compiled on demand for the features that a material uses."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import moderngl

from ar_preview.errors import RenderError

__all__ = [
    "DRAW_BINDING",
    "FREE_UNIT",
    "MATERIAL_BINDING",
    "NODE_BINDING",
    "SAMPLER_UNITS",
    "TEXTURE_BINDING",
    "Programs",
]

_FOLDER = Path(__file__).resolve().parent

SAMPLER_UNITS = {
    "t_environment": 0,
    "t_base": 2,
    "t_metallic_roughness": 3,
    "t_normal": 4,
    "t_occlusion": 5,
    "t_emissive": 6,
    "t_transmission": 7,
    "t_light": 8,
    "t_transmit": 9,
    "t_frame": 10,
    "t_film": 11,
    "t_sheen": 12,
    "t_thickness": 13,
    "t_specular": 14,
    "t_specular_color": 15,
    "t_clearcoat": 16,
    "t_clearcoat_roughness": 17,
    "t_clearcoat_normal": 18,
    "t_iridescence": 19,
    "t_iridescence_thickness": 20,
    "t_sheen_color": 21,
    "t_sheen_roughness": 22,
    "t_shadow": 23,
    "t_shade": 24,
}
"""Texture unit of every sampler; fixed, so that bindings survive a change of program."""

FREE_UNIT = 1
"""No sampler's: a texture that is being filled is bound here."""

MATERIAL_BINDING, DRAW_BINDING, NODE_BINDING, TEXTURE_BINDING = 1, 2, 3, 4
"""Where what is told of a material, one draw, its nodes and the material's textures is bound."""

_BLOCKS = {
    "FrameBlock": 0,
    "MaterialBlock": MATERIAL_BINDING,
    "DrawBlock": DRAW_BINDING,
    "NodeBlock": NODE_BINDING,
    "TextureBlock": TEXTURE_BINDING,
}

_NUMBERS = ("frame", "draw", "material_numbers")
"""What is written into blocks once a frame, a draw or a material."""

_PARTS = {
    "occluder": (("frame", "project", "occluder_vert"), ("occluder_frag",)),
    "surface": (
        (*_NUMBERS, "told", "project", "nodes", "diffuse", "body", "surface_vert"),
        (*_NUMBERS, "told", "diffuse", "light", "body", "material", "surface_frag"),
    ),
    "resolve": (("resolve_vert",), ("resolve_frag",)),
}


@cache
def _source(name: str) -> str:
    return (_FOLDER / f"{name}.glsl").read_text(encoding="utf-8")


class Programs:
    """Every program of one context.

    Parameters
    ----------
    context : moderngl.Context
    constants : mapping of str to str
        Macros that all of them share.
    on_cpu : bool
        Whether a CPU runs them.
    """

    def __init__(self, context: Any, constants: dict[str, str], *, on_cpu: bool) -> None:
        self._context = context
        self._constants = {**constants, **({"ON_CPU": "1"} if on_cpu else {})}
        self._on_cpu = on_cpu
        self._programs: dict[tuple[str, frozenset[str]], Any] = {}

    def get(self, name: str, features: frozenset[str] = frozenset()) -> Any:
        """Return a program, compiling it the first time.

        Raises
        ------
        RenderError
            If the driver does not accept the shader.
        """
        key = (name, features)
        program = self._programs.get(key)
        if program is None:
            program = self._compile(name, features)
            self._programs[key] = program
        return program

    def _compile(self, name: str, features: frozenset[str]) -> Any:
        header = "#version 330 core\n"
        header += "".join(f"#define {k} {v}\n" for k, v in sorted(self._constants.items()))
        header += "".join(f"#define {feature}\n" for feature in sorted(features))
        of_vertices, of_fragments = _PARTS[name]
        if self._on_cpu:  # They are told them, see told.glsl.
            of_fragments = tuple(part for part in of_fragments if part not in _NUMBERS)
        vertex = f"{header}#define VERTEX\n" + "\n".join(map(_source, of_vertices))
        fragment = header + "\n".join(map(_source, of_fragments))
        try:
            program = self._context.program(vertex_shader=vertex, fragment_shader=fragment)
        except moderngl.Error as error:
            raise RenderError(f"the driver refused the {name} shader: {error}") from error
        for sampler, unit in SAMPLER_UNITS.items():
            if program.get(sampler, None) is not None:
                program[sampler].value = unit
        for block, binding in _BLOCKS.items():
            if program.get(block, None) is not None:
                program[block].binding = binding
        return program

    def release(self) -> None:
        """Free every program."""
        for program in self._programs.values():
            program.release()
        self._programs.clear()
