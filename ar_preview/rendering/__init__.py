"""Drawing a Scene offscreen: the only room that imports moderngl."""

from __future__ import annotations

from ar_preview.rendering.parts import Part
from ar_preview.rendering.renderer import Renderer

__all__ = ["Part", "Renderer"]
