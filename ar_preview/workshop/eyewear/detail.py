"""How finely a model is sampled: the full one and its lighter level of detail."""

from __future__ import annotations

from dataclasses import dataclass

from ar_preview.workshop.meshkit import Sampling

__all__ = ["FULL", "LOD1", "Detail"]


@dataclass(frozen=True)
class Detail:
    """Sampling of every part; lengths in mm.

    Parameters
    ----------
    front : Sampling
        Outlines of the front.
    fillet_rows, back_rows : int
        Segments of the front's fillets.
    temple_stations, temple_corner : int
        Rings along a temple; segments on each corner of its section.
    pad_stations, pad_around : int
        Rows and columns of a nose pad.
    lens : float
        Spacing inside a lens.
    lens_rim : Sampling
    hardware : Sampling
        Outlines of small metal parts.
    hardware_around, hardware_rows : int
        Columns and rows of domes and turned parts.
    has_knuckles : bool
        Whether hinges show knuckles, screws and rivet heads, or one plain barrel.
    """

    front: Sampling
    fillet_rows: int
    back_rows: int
    temple_stations: int
    temple_corner: int
    pad_stations: int
    pad_around: int
    lens: float
    lens_rim: Sampling
    hardware: Sampling
    hardware_around: int
    hardware_rows: int
    has_knuckles: bool


FULL = Detail(
    front=Sampling(0.9, 2.9, 0.014),
    fillet_rows=4,
    back_rows=2,
    temple_stations=52,
    temple_corner=3,
    pad_stations=12,
    pad_around=12,
    lens=6.5,
    lens_rim=Sampling(1.4, 4.0, 0.032),
    hardware=Sampling(0.65, 2.3, 0.055),
    hardware_around=16,
    hardware_rows=3,
    has_knuckles=True,
)

LOD1 = Detail(
    front=Sampling(1.2, 5.0, 0.04),
    fillet_rows=2,
    back_rows=1,
    temple_stations=27,
    temple_corner=2,
    pad_stations=7,
    pad_around=8,
    lens=9.0,
    lens_rim=Sampling(2.8, 7.0, 0.09),
    hardware=Sampling(0.9, 3.0, 0.15),
    hardware_around=12,
    hardware_rows=1,
    has_knuckles=False,
)
