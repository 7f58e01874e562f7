"""What of a scene there is to draw, and where: all that needs no driver."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.rendering.body_surface import BodySurface
from ar_preview.rendering.clusters import clusters
from ar_preview.rendering.hiding import may_be_seen
from ar_preview.rendering.plan import Planner
from ar_preview.rendering.region import NEAR_M, Region, region_of_interest
from ar_preview.rendering.tiles import Coverage, Tiles

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.quality import Quality
    from ar_preview.rendering.plan import Plan
    from ar_preview.scene import Scene

__all__ = ["Part", "PartPlanner", "Pieces"]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Where there are pieces.

    Parameters
    ----------
    window : Region
        Of what is drawn, px.
    coverage : Coverage
        Of the window.
    bodies : BodySurface
        What may hide them.
    """

    window: Region
    coverage: Coverage
    bodies: BodySurface


@dataclass(frozen=True, eq=False)
class Part:
    """Pieces of a scene that lie together.

    Parameters
    ----------
    scene : Scene
        Their own.
    plan : Plan
    region : Region
        Of the frame, around them and what they cast.
    size : tuple of int
        (width, height) of what is drawn of the region, px.
    pieces : Pieces or None
        Where in it there are pieces; None where only shadows are in view.
    """

    scene: Scene
    plan: Plan
    region: Region
    size: tuple[int, int]
    pieces: Pieces | None


class PartPlanner:
    """Finds the parts of scenes; any thread may ask.

    Parameters
    ----------
    software : bool
        Whether pixels are computed on the CPU: pieces that lie apart are then drawn apart, and
        triangles that cannot be seen are left out.
    """

    def __init__(self, software: bool) -> None:
        self._software = software
        self._planner = Planner()
        self._lock = threading.Lock()

    def parts(self, scene: Scene, quality: Quality) -> tuple[Part, ...]:
        """Return the parts that are in view; arguments as of `Renderer.render`."""
        scenes = clusters(scene) if self._software else [scene]
        bodies = BodySurface.of(scene.occluders)  # Every one has all of them.
        found = [self._part(one, bodies, quality) for one in scenes]
        return tuple(part for part in found if part is not None)

    def _part(self, scene: Scene, bodies: BodySurface, quality: Quality) -> Part | None:
        with self._lock:
            plan = self._planner.plan(scene, quality.coarseness)
        if self._software:
            plan = plan.only(may_be_seen(plan, scene.occluders))
        pieces = region_of_interest(scene.camera, _seen_points(plan))
        region = _with_shadows(scene, plan, pieces)
        if region is None:
            return None
        size = _drawn_size(region, quality.scale)
        if pieces is None:
            return Part(scene, plan, region, size, None)
        window = pieces.within(region, size)
        tiles = Tiles(scene.camera, region, size, window)
        farthest = tiles.farthest(plan.points_camera, plan.corners, plan.tints)
        coverage = Coverage(tiles, *farthest)
        hiding = bodies.only_before(coverage)
        return Part(scene, plan, region, size, Pieces(window, coverage, hiding))


def _seen_points(plan: Plan) -> npt.NDArray[np.float32]:
    """Return what bounds the pieces, (3, N), metres."""
    corners, before = plan.corners, plan.points_camera[2] > NEAR_M
    if not before.all():
        corners = corners[:, before[corners].any(axis=0)]
    used = np.zeros(len(before), bool)
    used[corners] = True
    return plan.points_camera.compress(used, axis=1)


def _with_shadows(scene: Scene, plan: Plan, pieces: Region | None) -> Region | None:
    """Return the rectangle of pieces and what they cast; None where nothing is in view."""
    if not (plan.draws and scene.shadows):
        return pieces
    extents = np.hstack([shadow.extent_camera.T for shadow in scene.shadows])
    shadows = region_of_interest(scene.camera, extents)
    found = [r for r in (pieces, shadows) if r is not None]
    return found[0].joined(found[-1]) if found else None


def _drawn_size(region: Region, scale: float) -> tuple[int, int]:
    """Width and height in px of what is drawn for a region."""
    return max(1, round(scale * region.width)), max(1, round(scale * region.height))
