"""A product as plain arrays: nodes, meshes, materials, slot and anchor."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from ar_preview.geometry import RigidTransform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array
    from ar_preview.products.clocks import Clock
    from ar_preview.products.straps import Strap

__all__ = [
    "HAND_SLOTS",
    "AlphaMode",
    "Material",
    "Node",
    "Primitive",
    "Product",
    "Slot",
    "Texture",
]

Slot = Literal[
    "glasses",
    "hat",
    "over_ear",
    "earrings",
    "necklace",
    "ring:thumb",
    "ring:index",
    "ring:middle",
    "ring:ring",
    "ring:little",
    "watch",
    "bracelet",
]
"""Where on a person a piece is worn; one product per slot."""

HAND_SLOTS: frozenset[Slot] = frozenset(
    {"ring:thumb", "ring:index", "ring:middle", "ring:ring", "ring:little", "watch", "bracelet"}
)
"""Those on fingers and wrists."""

AlphaMode = Literal["OPAQUE", "MASK", "BLEND"]


@dataclass(frozen=True, eq=False)
class Texture:
    """A picture with its wrapping.

    Parameters
    ----------
    image : ndarray, shape (H, W, 4), uint8
        RGBA, straight alpha, row 0 at v = 0 (glTF's upper left).
    wrap_u, wrap_v : {"repeat", "clamp", "mirror"}
    uv_from_uv : ndarray, shape (3, 3)
        Homogeneous transform of the coordinates (KHR_texture_transform); identity if none.
    second_uv : bool
        Whether it lies on the primitive's second set of coordinates.
    """

    image: npt.NDArray[np.uint8]
    wrap_u: Literal["repeat", "clamp", "mirror"] = "repeat"
    wrap_v: Literal["repeat", "clamp", "mirror"] = "repeat"
    uv_from_uv: Array = field(default_factory=lambda: np.eye(3))
    second_uv: bool = False


@dataclass(frozen=True, eq=False)
class Material:
    """glTF 2.0 metallic-roughness with the extensions that a try-on needs.

    Names and defaults are those of the glTF specification; colours are linear RGB, lengths
    are metres. Textures that hold colour are sRGB-encoded, the others linear; which channel
    counts is as in the specification of each. An unlit material is its base colour alone.
    """

    name: str = ""
    base_color: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: Texture | None = None
    metallic: float = 1.0
    roughness: float = 1.0
    metallic_roughness_texture: Texture | None = None
    normal_texture: Texture | None = None
    normal_scale: float = 1.0
    occlusion_texture: Texture | None = None
    occlusion_strength: float = 1.0
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    emissive_texture: Texture | None = None
    alpha_mode: AlphaMode = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    ior: float = 1.5
    transmission: float = 0.0
    transmission_texture: Texture | None = None
    thickness: float = 0.0
    thickness_texture: Texture | None = None
    attenuation_color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    attenuation_distance: float = float("inf")
    specular: float = 1.0
    specular_texture: Texture | None = None
    specular_color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    specular_color_texture: Texture | None = None
    clearcoat: float = 0.0
    clearcoat_texture: Texture | None = None
    clearcoat_roughness: float = 0.0
    clearcoat_roughness_texture: Texture | None = None
    clearcoat_normal_texture: Texture | None = None
    clearcoat_normal_scale: float = 1.0
    iridescence: float = 0.0
    iridescence_texture: Texture | None = None
    iridescence_ior: float = 1.3
    iridescence_thickness_nm: tuple[float, float] = (100.0, 400.0)
    iridescence_thickness_texture: Texture | None = None
    sheen_color: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sheen_color_texture: Texture | None = None
    sheen_roughness: float = 0.0
    sheen_roughness_texture: Texture | None = None
    unlit: bool = False

    @property
    def is_see_through(self) -> bool:
        """Whether what lies behind shows through it."""
        return self.transmission > 0.0 or self.alpha_mode == "BLEND"


@dataclass(frozen=True, eq=False)
class Primitive:
    """Triangles of one material.

    Parameters
    ----------
    positions : ndarray, shape (N, 3), float32
        Node space, metres.
    normals : ndarray, shape (N, 3), float32
        Unit.
    uv : ndarray, shape (N, 2), float32
        First set of texture coordinates (TEXCOORD_0).
    triangles : ndarray, shape (M, 3), uint32
        Counter-clockwise seen from outside.
    material : str
        Key into `Product.materials`.
    colors : ndarray, shape (N, 4), float32, or None
        Linear vertex colours.
    second_uv : ndarray, shape (N, 2), float32, or None
        Second set (TEXCOORD_1), on which baked occlusion often is.
    """

    positions: npt.NDArray[np.float32]
    normals: npt.NDArray[np.float32]
    uv: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.uint32]
    material: str
    colors: npt.NDArray[np.float32] | None = None
    second_uv: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Node:
    """A part that can move on its own (a temple, a watch hand).

    Parameters
    ----------
    name : str
        Unique within the product.
    parent : str or None
    parent_from_node : ndarray, shape (4, 4)
        Rest transform, affine (glTF nodes may scale).
    primitives : tuple of Primitive
    """

    name: str
    parent: str | None
    parent_from_node: Array
    primitives: tuple[Primitive, ...] = ()


@dataclass(frozen=True, eq=False)
class Product:
    """A wearable piece, ready to be fitted and drawn.

    Product axes: glTF's (y up, z front, metres) after `anchor_from_model`; for glasses x is
    the wearer's left, z out of the face, and the origin the middle of the bridge. For rings,
    watches and bracelets they are the limb's own: y along the finger or wrist towards the
    fingertips, z out of the back of the hand (where stone and dial are), x = y cross z, the
    origin on the limb's axis in the middle of the band. 12 o'clock is at -x, so that a watch on
    the left wrist reads right; on the right wrist it is turned by half a turn about z. Hats
    stand upright over the middle of their opening. Earrings are those of the left ear: y up, z
    out of the lobe, the origin where it is pierced or clipped. Necklaces and what is worn over
    the ears have x to the wearer's left and z to the front.

    Parameters
    ----------
    id : str
    title : str
    slot : Slot
    nodes : tuple of Node
        Parents before children.
    materials : mapping of str to Material
        By the key that primitives use.
    anchor_from_model : ndarray, shape (4, 4)
        Product space from the space of the file: rigid for a real-size product; a uniform
        scale is allowed where the file is not in metres.
    dimensions_mm : mapping of str to float
        Real dimensions by manifest name (``lens_width``, ``bridge``, ``temple_length``,
        ``frame_width`` for glasses).
    variants : mapping of str to mapping of str to Material
        Per variant name, the materials it replaces.
    lod : Product or None
        A lighter model of the same piece (same nodes and materials).
    left_out : tuple of str
        Nodes of the model that are no part of the piece (the head of a dummy) and draw nothing.
    fits_mm : tuple of float, or None
        Range it is made in or can be worn at: inner diameters of a ring, wrist circumferences
        of a watch or bracelet, head circumferences of a hat, lengths of a
        necklace.
    strap : Strap or None
        Parts that lie around the wrist.
    clock : Clock or None
        Parts that show the time.
    tilt : float
        How far a hat's front is raised above its usual seat, radians.
    hangs : tuple of str
        Nodes of an earring that hang freely from their own origins, outermost first.
    nudge : RigidTransform
        Where it is worn from where it would sit by itself, product space (``seat_from_product``).
    """

    id: str
    title: str
    slot: Slot
    nodes: tuple[Node, ...]
    materials: Mapping[str, Material]
    anchor_from_model: Array = field(default_factory=lambda: np.eye(4))
    dimensions_mm: Mapping[str, float] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, Material]] = field(default_factory=dict)
    lod: Product | None = None
    fits_mm: tuple[float, float] | None = None
    left_out: tuple[str, ...] = ()
    strap: Strap | None = None
    clock: Clock | None = None
    tilt: float = 0.0
    hangs: tuple[str, ...] = ()
    nudge: RigidTransform = field(default_factory=RigidTransform)

    def product_from_node(
        self, articulation: Mapping[str, Array] | None = None
    ) -> dict[str, Array]:
        """Return the (4, 4) transform of every node into product space.

        Parameters
        ----------
        articulation : mapping of str to ndarray, shape (4, 4)
            Extra motion by node name, applied about the node's own origin.
        """
        moves = articulation or {}
        placed: dict[str, Array] = {}
        for node in self.nodes:
            parent = self.anchor_from_model if node.parent is None else placed[node.parent]
            local = node.parent_from_node
            if node.name in moves:
                local = local @ moves[node.name]
            placed[node.name] = parent @ local
        return placed

    def vertices_product(self, articulation: Mapping[str, Array] | None = None) -> Array:
        """Return all vertices in product space, shape (N, 3), metres."""
        placed = self.product_from_node(articulation)
        parts = [
            p.positions @ placed[n.name][:3, :3].T + placed[n.name][:3, 3]
            for n in self.nodes
            for p in n.primitives
        ]
        return np.concatenate(parts) if parts else np.zeros((0, 3))

    def part(self, *tops: str) -> Product:
        """Return the product with the meshes of some nodes and of what is below them only.

        Parameters
        ----------
        *tops : str
            Names of nodes.
        """
        below = set(tops)
        nodes = []
        for node in self.nodes:
            if node.parent in below:
                below.add(node.name)
            nodes.append(node if node.name in below else replace(node, primitives=()))
        return replace(
            self, nodes=tuple(nodes), lod=None if self.lod is None else self.lod.part(*tops)
        )

    @property
    def triangle_count(self) -> int:
        """Triangles of the full model."""
        return sum(len(p.triangles) for n in self.nodes for p in n.primitives)
