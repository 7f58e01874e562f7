"""Reads glTF 2.0 (GLB and ``.gltf``) into plain arrays, safely."""

from __future__ import annotations

from ar_preview.products.gltf.limits import DEFAULT_LIMITS, Limits
from ar_preview.products.gltf.model import Model, load_gltf

__all__ = ["DEFAULT_LIMITS", "Limits", "Model", "load_gltf"]
