"""Straps and bracelets: parts on a curve around the limb, laid on a limb of any girth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ar_preview.geometry import RigidTransform, ellipse_of_perimeter

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["Run", "RunCurve", "Side", "Strap", "StrapPath", "radii_of_girth"]

Side = Literal["twelve", "six", "round"]
"""Which way a run goes from the head: from 12 o'clock (-x), from 6 o'clock (+x), or all round."""

_SAMPLES = 2048
_RAMP_M = 14e-3
"""Length on which one end of a strap climbs over the other."""


def radii_of_girth(girth: float, ratio: float = 1.35) -> tuple[float, float]:
    """Half-axes (x, z) of a wrist of this circumference; wide over thick as `ratio`."""
    thick, wide = ellipse_of_perimeter(girth, ratio)
    return wide, thick


class StrapPath:
    """A taut curve around an elliptic limb, by arc length.

    It lies in the plane y = 0 of the limb. With a bar, it starts there, runs straight until it
    touches the limb and then on it; without, it starts at the top, x = 0. Either way it goes
    down the side of +x first, and on around.

    Parameters
    ----------
    radii : tuple of float
        Half-axes of the limb along x and z, metres.
    standoff : float
        Height of the curve over the skin, metres.
    bar : tuple of float, optional
        x of the bar and its height over the top of the limb, metres.
    """

    def __init__(
        self, radii: tuple[float, float], standoff: float, bar: tuple[float, float] | None = None
    ) -> None:
        a, b = radii[0] + standoff, radii[1] + standoff
        start, line = 0.0, np.zeros((0, 2))
        if bar is not None:
            pole = np.array([bar[0], radii[1] + bar[1]])
            # In the circle that the ellipse is a stretched picture of, tangents are simple.
            x, z = pole / (a, b)
            start = float(np.arctan2(x, z) + np.arccos(min(1.0, 1.0 / np.hypot(x, z))))
            touch = np.array([a * np.sin(start), b * np.cos(start)])
            line = pole + np.linspace(0.0, 1.0, 64, endpoint=False)[:, None] * (touch - pole)
        turn = start + np.linspace(0.0, 2.0 * np.pi, _SAMPLES)
        arc = np.column_stack([a * np.sin(turn), b * np.cos(turn)])
        self._points = np.vstack([line, arc])
        steps = np.linalg.norm(np.diff(self._points, axis=0), axis=1)
        self._arc = np.concatenate([[0.0], np.cumsum(steps)])
        self._tangents = np.gradient(self._points, axis=0)
        bottom = len(line) + int(np.abs(turn - np.pi).argmin())
        self.half = float(self._arc[bottom])
        """Length from the start to the middle of the underside, metres."""

    def at(self, s: Array) -> tuple[Array, Array]:
        """Points and outward normals in the xz plane at arc lengths (N,), each (N, 2)."""
        s = np.clip(s, 0.0, self._arc[-1])
        k = np.clip(np.searchsorted(self._arc, s, side="right") - 1, 0, len(self._arc) - 2)
        share = ((s - self._arc[k]) / (self._arc[k + 1] - self._arc[k]))[:, None]
        point = self._points[k] + share * (self._points[k + 1] - self._points[k])
        # Tangents of the samples, interpolated, so that parts don't jerk.
        tangent = self._tangents[k] + share * (self._tangents[k + 1] - self._tangents[k])
        tangent = tangent / np.linalg.norm(tangent, axis=1, keepdims=True)
        return point, np.column_stack([-tangent[:, 1], tangent[:, 0]])

    def lifted(self, lift: float, begin: float) -> tuple[Array, Array, Array]:
        """Return the curve that climbs by `lift`, reaching it at arc length `begin`.

        Returns
        -------
        arc : ndarray, shape (N,)
            Its own arc length at samples, metres.
        points, normals : ndarray, shape (N, 2)
        """
        s = np.linspace(0.0, float(self._arc[-1]), _SAMPLES)
        point, out = self.at(s)
        climbed = np.clip((s - begin) / _RAMP_M + 1.0, 0.0, 1.0)
        point = point + (lift * climbed**2 * (3.0 - 2.0 * climbed))[:, None] * out
        steps = np.linalg.norm(np.diff(point, axis=0), axis=1)
        if lift > 0.0:  # Parts lean as the curve climbs.
            slope = np.gradient(point, axis=0)
            out = np.column_stack([-slope[:, 1], slope[:, 0]])
            out /= np.linalg.norm(out, axis=1, keepdims=True)
        return np.concatenate([[0.0], np.cumsum(steps)]), point, out


class RunCurve:
    """Where the parts of a run lie, by arc length from the bar or the top.

    Parameters
    ----------
    path : StrapPath
    mirrored : bool
        Whether it goes down the side of -x.
    lift : float
        How far it climbs over the other half, metres.
    begin : float
        Arc length at which it has climbed.
    stretch : float
        Factor on arc lengths.
    """

    def __init__(
        self,
        path: StrapPath,
        mirrored: bool = False,
        lift: float = 0.0,
        begin: float = 0.0,
        stretch: float = 1.0,
    ) -> None:
        self._arc, self._points, self._normals = path.lifted(lift, begin)
        self._flip = np.array([-1.0, 1.0]) if mirrored else np.ones(2)
        self._stretch = stretch

    def frames(self, arc: Array) -> list[RigidTransform]:
        """Return product_from_part at arc lengths (N,), metres; before the start it is straight.

        The part's y is the limb's, z points away from the limb, x = y cross z.
        """
        s = self._stretch * np.asarray(arc, dtype=np.float64)
        columns = [np.interp(s, self._arc, v) for v in (*self._points.T, *self._normals.T)]
        points, out = np.column_stack(columns[:2]), np.column_stack(columns[2:])
        out = out / np.linalg.norm(out, axis=1, keepdims=True)
        before = np.minimum(s, 0.0)[:, None]
        points = points + before * np.column_stack([out[:, 1], -out[:, 0]])
        frames = []
        for (x, z), (nx, nz) in zip(points * self._flip, out * self._flip, strict=True):
            # Columns x, y, z of the part: y cross z = (nz, 0, -nx).
            rotation = np.array([[nz, 0.0, nx], [0.0, 1.0, 0.0], [-nx, 0.0, nz]])
            frames.append(RigidTransform(rotation, np.array([x, 0.0, z])))
        return frames


@dataclass(frozen=True)
class Run:
    """Parts in a row.

    Parameters
    ----------
    side : {"twelve", "six", "round"}
    nodes : tuple of str
        Their own origins lie on the curve, their y along the limb, their z away from it.
    arc_m : tuple of float
        Arc length of each at rest, metres, from the bar or the top.
    """

    side: Side
    nodes: tuple[str, ...]
    arc_m: tuple[float, ...]


@dataclass(frozen=True)
class Strap:
    """How the parts of a product lie around a limb.

    Product space is the limb's: y along it towards the fingertips, z out of the back of the
    hand, the origin on its axis.

    Parameters
    ----------
    rest_radii_m : tuple of float
        Half-axes (x, z) of the limb that the model is shaped for, metres.
    standoff_m : float
        Height of the parts' origins over the skin.
    runs : tuple of Run
    head : str or None
        Node that stays on the top of the limb: a watch's case.
    bar_m : tuple of float, optional
        Where runs leave the head: x and height over the top of the limb.
    lift_m : float
        How far the run of 6 o'clock climbs where it lies over that of 12 o'clock.
    """

    rest_radii_m: tuple[float, float]
    standoff_m: float
    runs: tuple[Run, ...]
    head: str | None = None
    bar_m: tuple[float, float] | None = None
    lift_m: float = 0.0

    def curve(self, side: Side, radii_m: tuple[float, float]) -> RunCurve:
        """Return the curve that a run lies on, on a limb of these half-axes."""
        path = StrapPath(radii_m, self.standoff_m, self.bar_m)
        if side == "round":
            rest = StrapPath(self.rest_radii_m, self.standoff_m, self.bar_m)
            return RunCurve(path, stretch=path.half / rest.half)
        under = max((max(r.arc_m) for r in self.runs if r.side == "twelve"), default=0.0)
        lift = self.lift_m if side == "six" else 0.0
        return RunCurve(path, side == "twelve", lift, 2.0 * path.half - under)

    def frames(self, radii_m: tuple[float, float]) -> dict[str, RigidTransform]:
        """Return product_from_node of every part on a limb of these half-axes."""
        placed: dict[str, RigidTransform] = {}
        for run in self.runs:
            frames = self.curve(run.side, radii_m).frames(np.array(run.arc_m))
            placed.update(zip(run.nodes, frames, strict=True))
        return placed

    def bent(self, radii_m: tuple[float, float]) -> dict[str, RigidTransform]:
        """Return the motion of each part about its own origin that lays it on a limb.

        Parameters
        ----------
        radii_m : tuple of float
            Half-axes of the limb along x and z, metres.

        Returns
        -------
        dict of str to RigidTransform
            For `Item.nodes`; at the rest radii nothing moves.
        """
        rest, placed = self.frames(self.rest_radii_m), self.frames(radii_m)
        moves = {node: rest[node].inverse() @ frame for node, frame in placed.items()}
        if self.head is not None:
            rise = np.array([0.0, 0.0, radii_m[1] - self.rest_radii_m[1]])
            moves[self.head] = RigidTransform(np.eye(3), rise)
        return moves
