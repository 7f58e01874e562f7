"""What defines a pair of glasses: the boxing system, the front, the temples, the materials."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.products.product import Material

__all__ = [
    "Bridge",
    "EndPiece",
    "FrontEdges",
    "GlassesMaterials",
    "GlassesStyle",
    "NosePad",
    "Profile",
    "RimWidths",
    "Temple",
    "Wire",
]

Profile = tuple[tuple[float, float], ...]
"""Values along the temple: (distance from the front end, value), both mm."""


@dataclass(frozen=True)
class RimWidths:
    """Visible rim on each side of the lens, mm, from the edge of the lens outwards."""

    top: float = 4.6
    temporal: float = 4.9
    bottom: float = 3.6
    nasal: float = 3.5


@dataclass(frozen=True)
class FrontEdges:
    """Fillets of the front, mm: reach in the plane and in depth."""

    outer_inset: float = 1.55
    outer_depth: float = 1.15
    hole_inset: float = 0.6
    hole_depth: float = 0.55
    back_inset: float = 0.8
    back_depth: float = 0.8


@dataclass(frozen=True)
class Bridge:
    """The bridge, mm, heights above the middle line of the lenses.

    Parameters
    ----------
    top, bottom : float
        Upper and lower edge at the middle.
    keyhole_radius : float
        Radius of the keyhole under it; 0 for a plain saddle.
    forward : float
        How far the bridge stands before the lens surfaces.
    """

    top: float = 12.2
    bottom: float = 5.4
    keyhole_radius: float = 5.0
    forward: float = 0.9


@dataclass(frozen=True)
class EndPiece:
    """Where the front turns into the temples, mm.

    Parameters
    ----------
    height : float
        Of the outer wall.
    extension : float
        Beyond the temporal rim.
    centre : float
        Height of its middle above the middle line of the lenses.
    thickening : float
        Added at the back, for the hinge to hold.
    """

    height: float = 10.0
    extension: float = 3.2
    centre: float = 14.6
    thickening: float = 1.7


@dataclass(frozen=True)
class NosePad:
    """The pad carved out of each nasal rim, mm and degrees.

    Parameters
    ----------
    centre : float
        Height of its middle above the middle line of the lenses.
    length, depth, thickness : float
        Along the rim, out of its back, across.
    splay_degrees : float
        Opening of the pads towards the back, from the sagittal plane.
    """

    centre: float = -4.6
    length: float = 20.0
    depth: float = 9.0
    thickness: float = 3.3
    splay_degrees: float = 28.0


@dataclass(frozen=True)
class Temple:
    """A temple, mm and degrees.

    Parameters
    ----------
    length : float
        From the hinge's screw along the middle line to the tip (ISO 8624).
    bend_at : float
        Distance of the ear bend from the tip.
    bend_degrees, bend_length : float
        Turn at the ear and the length over which it happens.
    height, thickness : Profile
    yaw_degrees : Profile
        Direction seen from above, positive outwards, (distance, degrees).
    tip_rounding : float
        Length over which the tip is rounded off.
    """

    length: float = 145.0
    bend_at: float = 42.0
    bend_degrees: float = 38.0
    bend_length: float = 34.0
    height: Profile = (
        (0.0, 10.0),
        (12.0, 9.4),
        (35.0, 7.7),
        (70.0, 6.3),
        (98.0, 6.2),
        (120.0, 7.2),
        (136.0, 8.3),
        (150.0, 8.2),
    )
    thickness: Profile = (
        (0.0, 4.3),
        (25.0, 4.0),
        (60.0, 3.6),
        (100.0, 3.5),
        (150.0, 3.1),
    )
    yaw_degrees: Profile = (
        (0.0, 0.4),
        (20.0, 1.6),
        (70.0, 0.6),
        (98.0, -2.5),
        (125.0, -7.5),
        (150.0, -9.0),
    )
    tip_rounding: float = 6.5


@dataclass(frozen=True)
class Wire:
    """A front of metal wire, mm.

    Parameters
    ----------
    width, depth : float
        Of the rim's wire, in the plane of the lens and across it.
    bridge_width : float
        Of the bridge's wire.
    bridge_rise : float
        How far the bridge arches over where it leaves the rims.
    brow_bar : float
        Height of a second, straight bridge above the middle line of the lenses; 0 for none.
    tip_length : float
        Of the acetate sleeves on the temples.
    brow : Profile
        Lower edge of an acetate brow, as (x from the lens centre, height) in shares of half the
        lens's width and height; nothing for rims of bare wire.
    """

    width: float = 1.5
    depth: float = 2.2
    bridge_width: float = 1.9
    bridge_rise: float = 2.8
    brow_bar: float = 0.0
    tip_length: float = 55.0
    brow: Profile = ()


@dataclass(frozen=True)
class GlassesMaterials:
    """Materials of the parts, by name, and of the variants.

    Parameters
    ----------
    frame, hardware, hinge, lens : Material
        Acetate, rivets (and wire), hinges, and the lens as delivered.
    variants : mapping of str to mapping of str to Material
        By variant name, and by the name of the material whose place they take; the variant as
        delivered replaces nothing.
    pad : Material, optional
        Of nose pads on arms.
    """

    frame: Material
    hardware: Material
    hinge: Material
    lens: Material
    variants: Mapping[str, Mapping[str, Material]] = field(default_factory=dict)
    pad: Material | None = None

    def all(self) -> dict[str, Material]:
        """Return every material by its name."""
        own = [self.frame, self.hardware, self.hinge, self.lens]
        own += [] if self.pad is None else [self.pad]
        own += [m for replaced in self.variants.values() for m in replaced.values()]
        return {m.name: m for m in own}

    def variant_names(self) -> dict[str, dict[str, str]]:
        """Return which material takes which place, by variant."""
        return {v: {k: m.name for k, m in r.items()} for v, r in self.variants.items()}


@dataclass(frozen=True)
class GlassesStyle:
    """A pair of glasses; lengths in mm, angles in degrees.

    Parameters
    ----------
    name : str
    outline : tuple of (float, float)
        Control polygon of the wearer's left lens (x temporal, y up), fitted to the box.
    lens_width, lens_height, bridge_width : float
        A, B and DBL of the boxing system (ISO 8624).
    materials : GlassesMaterials
    rim, edges, bridge, end_piece, nose_pad, temple
        The parts.
    wire : Wire, optional
        Rims of metal instead of acetate; of `bridge` counts what stands forward, and its top is
        where the wire leaves the rims.
    thickness : float
        Of the front.
    lens_thickness : float
    base_curve : float
        Dioptres; the radius of the lens surface is 530 / base.
    face_form_degrees : float
        How much each lens turns towards its side.
    pantoscopic_degrees : float
        Tilt of the front against the temples, lower edge towards the cheeks.

    Raises
    ------
    ValueError
        If a size is not positive or far outside of what is worn.
    """

    name: str
    outline: Profile
    materials: GlassesMaterials
    lens_width: float = 50.0
    lens_height: float = 40.5
    bridge_width: float = 21.0
    rim: RimWidths = RimWidths()
    edges: FrontEdges = FrontEdges()
    bridge: Bridge = Bridge()
    end_piece: EndPiece = EndPiece()
    nose_pad: NosePad = NosePad()
    temple: Temple = Temple()
    wire: Wire | None = None
    thickness: float = 4.8
    lens_thickness: float = 1.9
    base_curve: float = 4.5
    face_form_degrees: float = 4.5
    pantoscopic_degrees: float = 8.5

    def __post_init__(self) -> None:
        limits = {
            "lens_width": (30.0, 75.0),
            "lens_height": (20.0, 65.0),
            "bridge_width": (8.0, 32.0),
            "thickness": (3.0, 8.0),
            "base_curve": (0.5, 9.0),
            "face_form_degrees": (-5.0, 25.0),
            "pantoscopic_degrees": (-5.0, 20.0),
        }
        for key, (low, high) in limits.items():
            value = getattr(self, key)
            if not low <= value <= high:
                raise ValueError(f"expected {key} between {low} and {high}, got {value}")
        if not 90.0 <= self.temple.length <= 180.0:
            raise ValueError(f"expected a temple length of 90 to 180 mm, got {self.temple.length}")

    @property
    def lens_centre(self) -> float:
        """Distance of a lens's boxing centre from the middle plane, mm."""
        return 0.5 * (self.lens_width + self.bridge_width)

    @property
    def half_width(self) -> float:
        """Half the width of the front at the end pieces, mm."""
        return (
            self.lens_centre + 0.5 * self.lens_width + self.rim.temporal + self.end_piece.extension
        )

    @property
    def dimensions_mm(self) -> dict[str, float]:
        """Real dimensions by manifest name."""
        return {
            "lens_width": self.lens_width,
            "lens_height": self.lens_height,
            "bridge": self.bridge_width,
            "temple_length": self.temple.length,
            "frame_width": round(2.0 * self.half_width, 1),
        }
