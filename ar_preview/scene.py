"""What is to be drawn, as data: items, occluders, light, and the camera that sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.products.product import Material, Product

__all__ = ["Ellipsoid", "Fade", "Item", "Light", "LightMode", "Occluder", "Scene", "SkinShadow"]

LightMode = Literal["auto", "studio", "off"]
"""Where light comes from: the room in the picture, a neutral studio, or nowhere: products are
then shown in their own colours."""


@dataclass(frozen=True)
class Fade:
    """A piece that vanishes towards its rear, as temples do under hair and behind ears.

    Parameters
    ----------
    start_z, end_z : float
        Product-space z at which it begins to vanish and behind which nothing is left, metres;
        the start lies in front of the end.
    lean : float
        How much farther in front both are for each metre to the wearer's left, where one side
        goes under hair and the other does not.

    Raises
    ------
    ValueError
        If the start is not in front of the end.
    """

    start_z: float
    end_z: float
    lean: float = 0.0

    def __post_init__(self) -> None:
        if not self.start_z > self.end_z:
            raise ValueError(f"expected start_z > end_z, got {self.start_z} and {self.end_z}")


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """A body's coarse shape.

    Parameters
    ----------
    camera_from_axes : RigidTransform
        From its own axes and middle.
    radii : tuple of float
        Half-axes, metres.
    beside : ndarray, shape (2, 3), or None
        Linear radiance of what stands beside it at +x and at -x, as hair and ears do: pieces
        mirror it where they would mirror the room behind.
    """

    camera_from_axes: RigidTransform
    radii: tuple[float, float, float]
    beside: Array | None = None


@dataclass(frozen=True, eq=False)
class Item:
    """One worn piece.

    Parameters
    ----------
    product : Product
    anchor : str
        Who wears it where, ``face:<id>/<slot>`` or ``hand:<id>/<slot>``; a pair is two items.
    camera_from_product : RigidTransform
        Rigid; size lives in `scale`, bending in `nodes`.
    scale : float
        1 for a product with real dimensions.
    nodes : mapping of str to RigidTransform
        Extra motion of nodes about their own origins (opened temples, watch hands).
    materials : mapping of str to Material
        Replaced materials of the chosen variant.
    opacity : float
        0 to 1, for fading a piece in and out.
    fade : Fade, optional
        Where the piece vanishes towards its rear.
    body : Ellipsoid, optional
        Roughly the part of the body it is worn on, which keeps light off it.
    """

    product: Product
    anchor: str
    camera_from_product: RigidTransform
    scale: float = 1.0
    nodes: Mapping[str, RigidTransform] = field(default_factory=dict)
    materials: Mapping[str, Material] = field(default_factory=dict)
    opacity: float = 1.0
    fade: Fade | None = None
    body: Ellipsoid | None = None


@dataclass(frozen=True, eq=False)
class Occluder:
    """A part of the body that hides what is behind it and is itself not drawn.

    Parameters
    ----------
    name : str
        For example ``face``, ``skull``, ``ear_left``.
    vertices_camera : ndarray, shape (N, 3), float32
        Metres.
    triangles : ndarray, shape (M, 3), uint32
    over_skin : bool
        Whether it also hides the shadow on the skin behind it, as a hand before a face does.
    convex : bool
        Whether it is closed, convex and wound counter-clockwise outside.
    """

    name: str
    vertices_camera: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.uint32]
    over_skin: bool = False
    convex: bool = False


@dataclass(frozen=True, eq=False)
class SkinShadow:
    """Light that worn pieces keep off a surface of the body, which itself hides nothing.

    Parameters
    ----------
    vertices_camera : ndarray, shape (N, 3), float32
        Metres.
    triangles : ndarray, shape (M, 3), uint32
    uv : ndarray, shape (N, 2), float32
        Of the vertices, v down.
    roots : ndarray, shape (S, S, 3), uint8
        Square root of the share of linear light that stays, 255 is all; row 0 is v = 0. The
        border is not darkened. The same array is taken for the same shadow.
    strength : float
        0 to 1, for fading it in.
    extent_camera : ndarray, shape (E, 3)
        Outermost points of what is darkened, metres.
    joins : bool
        Whether, where it lies before another shadow, the darker one of both stays.
    """

    vertices_camera: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.uint32]
    uv: npt.NDArray[np.float32]
    roots: npt.NDArray[np.uint8]
    strength: float
    extent_camera: Array
    joins: bool = False


@dataclass(frozen=True, eq=False)
class Light:
    """Distant light in camera axes.

    Parameters
    ----------
    environment : str
        Name of a bundled environment (``assets/environments``) that is reflected and, where
        `irradiance` is None, also lights.
    irradiance : ndarray, shape (9, 3), or None
        Spherical-harmonics radiance, order 2, linear RGB, camera axes; `geometry.sh_basis`.
    radiance : ndarray, shape (N, N, 3), float32, or None
        Linear radiance that is reflected instead of an environment, as an octahedral map
        (`geometry.octahedral_directions`); it comes with `irradiance`.
    radiance_before : ndarray, shape (N, N, 3), float32, or None
        What it gives way to, where it comes gradually.
    arrived : float
        Share of `radiance` in the picture, 0 to 1; the rest is `radiance_before`.
    body_radiance : ndarray, shape (3,), or None
        Linear radiance of the body that a piece is worn on: it hides the light from behind.
    exposure : float
        Factor on everything.
    white : tuple of float
        Colour of the light, linear RGB factors.
    unlit : bool
        Show every surface in its own colour, as if in even white light without reflections
        (KHR_materials_unlit).

    Raises
    ------
    ValueError
        If a map is not square or comes alone.
    """

    environment: str = "studio"
    irradiance: Array | None = None
    radiance: npt.NDArray[np.float32] | None = None
    radiance_before: npt.NDArray[np.float32] | None = None
    arrived: float = 1.0
    body_radiance: Array | None = None
    exposure: float = 1.0
    white: tuple[float, float, float] = (1.0, 1.0, 1.0)
    unlit: bool = False

    def __post_init__(self) -> None:
        if self.radiance is None:
            return
        shape = self.radiance.shape
        if len(shape) != 3 or shape[0] != shape[1] or shape[0] < 2 or shape[2] != 3:
            raise ValueError(f"expected an (N, N, 3) map of radiance, got {shape}")
        if self.irradiance is None:
            raise ValueError("expected irradiance beside the map of radiance")
        if self.radiance_before is not None and self.radiance_before.shape != shape:
            raise ValueError(
                f"expected maps of one size, got {self.radiance_before.shape}, {shape}"
            )


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything the renderer needs for one frame."""

    camera: Camera
    items: tuple[Item, ...] = ()
    occluders: tuple[Occluder, ...] = ()
    light: Light = field(default_factory=Light)
    shadows: tuple[SkinShadow, ...] = ()
