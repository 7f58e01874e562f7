"""How much a product file may ask for; beyond it the file is refused, not the machine exhausted."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits"]


@dataclass(frozen=True)
class Limits:
    """Upper bounds on what is read from one glTF file.

    Parameters
    ----------
    file_bytes : int
        The GLB, or a ``.gltf`` with everything that it refers to.
    json_values : int
        Values in the JSON part, counted by its separators.
    nodes, node_depth : int
        Size of the hierarchy.
    primitives, materials : int
        Primitives count as often as they are drawn.
    vertices, triangles : int
        Summed over all drawn instances; without normals every triangle has its own vertices.
    empty_elements : int
        Elements of accessors without data of their own, which a file states for free.
    texture_side : int
        Longest side of an encoded picture, px.
    texture_pixels : int
        Sum over all pictures that are decoded.
    kept_side : int
        Longer pictures are scaled down to this, px.
    """

    file_bytes: int = 256 * 2**20
    json_values: int = 2_000_000
    nodes: int = 10_000
    node_depth: int = 128
    primitives: int = 10_000
    materials: int = 1_000
    vertices: int = 6_000_000
    triangles: int = 2_000_000
    empty_elements: int = 200_000
    texture_side: int = 8192
    texture_pixels: int = 2**27
    kept_side: int = 2048


DEFAULT_LIMITS = Limits()
