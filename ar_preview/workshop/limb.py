"""Parts on a curve around the wrist: nodes at arc lengths, in the frames of `StrapPath`.

Heads are drawn as a watchmaker sees a dial, x to 3 o'clock, y to 12, z out, and turned into the
wrist's axes by `WRIST_FROM_DIAL`: 3 o'clock to the fingers, 12 to -x.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.straps import Run, Strap, radii_of_girth
from ar_preview.workshop.meshkit import Mesh, parametric, rotation_z
from ar_preview.workshop.meshkit.parametric import disc_cap
from ar_preview.workshop.meshkit.sweep import SweepPath
from ar_preview.workshop.model import node_from_meshes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ar_preview.geometry import Array, RigidTransform
    from ar_preview.products.product import Node
    from ar_preview.products.straps import Side

__all__ = [
    "ROUND_THE_BAR_MM",
    "WRIST_FROM_DIAL",
    "Part",
    "coarser",
    "cuts",
    "part_nodes",
    "segments",
    "strap_of",
    "strap_table",
]

WRIST_FROM_DIAL = rotation_z(0.5 * np.pi)
_M_PER_MM = 1e-3
ROUND_THE_BAR_MM = 1.75
"""A strap begins behind the bar that it is slung around."""

_OVERLAP_MM = 0.4
"""Segments reach under their neighbours, so that no gap opens where a strap is bent more."""


def coarser(count: int, quality: float, least: int = 6) -> int:
    """Scale a number of columns, keeping it even."""
    return max(least, 2 * round(0.5 * count * quality))


@dataclass(frozen=True, eq=False)
class Part:
    """A node of a run.

    Parameters
    ----------
    name : str
    side : {"twelve", "six", "round"}
    arc : float
        Arc length of its origin from the bar or the top, mm.
    meshes : sequence of Mesh
        In its own axes: y along the limb, z away from it, x = y cross z; mm.
    """

    name: str
    side: Side
    arc: float
    meshes: Sequence[Mesh] = ()


def strap_of(
    parts: Sequence[Part],
    girth: float,
    standoff: float,
    *,
    head: str | None = None,
    bar: tuple[float, float] | None = None,
    lift: float = 0.0,
) -> Strap:
    """Describe parts as a strap; lengths in mm."""
    runs = []
    for side in dict.fromkeys(p.side for p in parts):
        own = sorted((p for p in parts if p.side == side), key=lambda p: p.arc)
        runs.append(Run(side, tuple(p.name for p in own), tuple(_metres(p.arc) for p in own)))
    a, b = (_metres(r / _M_PER_MM) for r in radii_of_girth(_M_PER_MM * girth))
    return Strap(
        rest_radii_m=(a, b),
        standoff_m=_metres(standoff),
        runs=tuple(runs),
        head=head,
        bar_m=None if bar is None else (_metres(bar[0]), _metres(bar[1])),
        lift_m=_metres(lift),
    )


def _metres(mm: float) -> float:
    """Metres to a micrometre, which is what the manifest says."""
    return _M_PER_MM * round(mm, 3)


def cuts(side: Side, length: float, pitch: float) -> list[Part]:
    """Return the empty parts that a strap of a length is cut into; mm."""
    number = max(1, round(length / pitch))
    step = length / number
    return [Part(f"strap_{side}_{k:02d}", side, (k + 0.5) * step) for k in range(number)]


def part_nodes(parts: Sequence[Part], strap: Strap, parent: str) -> tuple[Node, ...]:
    """Place parts where the strap says that they rest."""
    frames = strap.frames(strap.rest_radii_m)
    return tuple(
        replace(node_from_meshes(p.name, parent, p.meshes), parent_from_node=frames[p.name].matrix)
        for p in parts
    )


def strap_table(strap: Strap) -> dict[str, object]:
    """Return the manifest's table of a strap, mm to a micrometre."""
    table: dict[str, object] = {
        "rest_radii_mm": [_mm(r) for r in strap.rest_radii_m],
        "standoff_mm": _mm(strap.standoff_m),
    }
    if strap.head is not None and strap.bar_m is not None:
        table |= {"head": strap.head, "bar_mm": [_mm(v) for v in strap.bar_m]}
    if strap.lift_m:
        table["lift_mm"] = _mm(strap.lift_m)
    table["runs"] = [
        {"side": r.side, "nodes": list(r.nodes), "arc_mm": [_mm(s) for s in r.arc_m]}
        for r in strap.runs
    ]
    return table


def _mm(metres: float) -> float:
    return round(metres / _M_PER_MM, 3)


def segments(
    strap: Strap,
    side: Side,
    length: float,
    section: Callable[[Array, Array], tuple[Array, Array]],
    material: str,
    *,
    columns: int,
    rows: int,
    texture_mm: float,
) -> list[Part]:
    """Fill the parts of a run, cut by `cuts`, with a smooth strap.

    At rest they join without a seam, because their normals are those of the whole.

    Parameters
    ----------
    strap : Strap
        Which lists the parts of the run.
    side : {"twelve", "six"}
    length : float
        mm.
    section : callable
        ``section(s, v)`` gives (y, height over the curve) in mm for v in [0, 1): a closed outline.
    material : str
    columns, rows : int
        Points of the outline, and stations less one of a part.
    texture_mm : float
        The texture repeats along the strap after this length; it is laid once across.
    """
    curve = strap.curve(side, strap.rest_radii_m)
    arc = np.linspace(-2.0, length + 2.0, int(4 * length))
    points = np.array([f.translation / _M_PER_MM for f in curve.frames(_M_PER_MM * arc)])
    # The sweep's height axis points away from the limb when its side axis is +y on the side of
    # 12 o'clock, and -y on the other.
    away = 1.0 if side == "twelve" else -1.0
    line = SweepPath(points, np.array([0.0, away, 0.0]))
    start = float(np.interp(0.0, arc, line.arc))

    def surface(s: Array, v: Array) -> Array:
        point, _, out, across = line.frame(s + start)
        y, height = section(s, v)
        return np.asarray(point + height[..., None] * out + (away * y)[..., None] * across)

    def texture(points: Array, s: Array, v: Array) -> Array:
        y, _ = section(s, v)
        half = np.abs(section(s[:, :1], np.linspace(0.0, 1.0, 41)[None])[0]).max(axis=1)
        return np.stack([0.5 + 0.5 * y / half[:, None], s / texture_mm], axis=-1)

    names = [n for run in strap.runs if run.side == side for n in run.nodes]
    names = [n for n in names if n.startswith("strap_")]
    frames = strap.frames(strap.rest_radii_m)
    step = length / len(names)
    v = (np.arange(columns) + 0.5) / columns
    parts = []
    for k, name in enumerate(names):
        begin = k * step - (_OVERLAP_MM if k else ROUND_THE_BAR_MM)
        end = (k + 1) * step + (_OVERLAP_MM if k < len(names) - 1 else 0.0)
        stations = np.linspace(begin, end, rows + 1)
        if k == 0:
            # The end is round: stations as on a quarter circle.
            quarter = np.linspace(0.0, 0.5 * np.pi, rows + 2)
            stations = np.concatenate(
                [begin * np.cos(quarter[:-1]), np.linspace(0.0, end, rows + 1)]
            )
        body = parametric(surface, stations, v, material, closed=True, uv=texture)
        if _inside_out(body):
            body = replace(body, normals=-body.normals, triangles=body.triangles[:, ::-1])
        meshes = [body]
        for at, is_end, sign in ((begin, k == 0, -1.0), (end, k == len(names) - 1, 1.0)):
            if is_end:
                _, tangent, _, _ = line.frame(np.array([at + start]))
                ring = surface(np.full(columns, at), v)
                meshes.append(disc_cap(ring, sign * tangent[0], np.zeros((columns, 2)), material))
        local = [_local(m, frames[name]) for m in meshes]
        parts.append(Part(name, side, (k + 0.5) * step, local))
    return parts


def _local(mesh: Mesh, frame: RigidTransform) -> Mesh:
    """Express a mesh in the axes of a part; mm."""
    return mesh.moved(-frame.translation / _M_PER_MM).rotated(frame.rotation.T)


def _inside_out(mesh: Mesh) -> bool:
    outwards = mesh.positions - mesh.positions.mean(axis=0)
    return float((outwards * mesh.normals).sum()) < 0.0
