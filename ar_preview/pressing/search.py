"""The search for background that may stand in for hair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.pressing.fill import Fill
from ar_preview.pressing.outline import ANGLES
from ar_preview.pressing.silhouette import person_at

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.pressing.move import HatMove
    from ar_preview.tracks import SilhouetteTrack

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float32]
    Shifts = npt.NDArray[np.intp]

__all__ = ["find_fill"]

_COARSE_PX = 24.0
"""The picture is looked at so coarsely: px of it for the size of the hat, some 85 mm."""

_ROOM = 2.3
"""How far from the middle background is taken from, relative to the hat's size."""

_BAND = 0.3
"""Over this length beyond the hair a stand-in must look like what is there; so, too."""

_SECTOR = 3
"""Directions that have one stand-in."""

_LEAST_PX = 8
"""Of background beside a sector, coarse; on fewer nothing is told."""

_TRIED, _APART = 6, 2
"""Shifts that are tried for each sector, and how far they are apart, coarse px."""

_AROUND = {
    (round(_COARSE_PX * far * np.cos(angle)), round(_COARSE_PX * far * np.sin(angle)))
    for far in (0.35, 0.7)
    for angle in np.radians(np.arange(0.0, 360.0, 22.5))
}
"""Shifts that are tried for all sectors at every look: heads move, and a search through the picture
does not see past slopes of light on walls."""

_PERSON = 0.1
"""How surely a pixel may be a person to be background."""

_BACKGROUND, _OCCUPIED, _LOOSE_PX = 0.98, 120.0, 5
"""Share of a stand-in that must be background, what each share less costs in levels of unlikeness,
and width of what counts as hair round the smallest tip of it, coarse px."""

_LIGHTER, _DETAIL, _FAR, _SWITCH, _KNOWN = 0.3, 0.5, 4.0, 6.0, 6.0
"""What costs as much as a level of unlikeness in the band: levels by which it is lighter, which is
made up for; levels of contrast from pixel to pixel in what is filled in, which may show lines that
lead nowhere; the hat's size of distance, and going over to another shift; and what a shift is
worth that was used there before."""

_UNLIKE = (25.0, 40.0)
"""Cost from which less is filled in, and from which nothing is, levels."""

_WITHIN = 0.6
"""How far the exact shift may be from the coarse one, coarse px."""

_MOST_LIGHTER = 16.0
"""By which a stand-in is made lighter or darker, levels."""


@dataclass(frozen=True, eq=False)
class _Sight:
    """The picture round a hat, coarse.

    Parameters
    ----------
    picture : ndarray, shape (h, w, 3), float32
    detail : ndarray, shape (h, w), float32
        Contrast of each pixel with its neighbours, levels.
    background : ndarray, shape (h, w), bool
    scale : float
        Coarse px for one of the frame.
    corner : ndarray, shape (2,)
        Where it begins, px of the frame.
    """

    picture: Floats
    detail: Floats
    background: Bools
    scale: float
    corner: Array

    @classmethod
    def of(cls, image: RgbImage, move: HatMove, silhouette: SilhouetteTrack) -> _Sight | None:
        """Look at the picture round a hat, as far as the silhouette goes."""
        hat = move.hat
        left, top, right, bottom = silhouette.box
        x0, y0 = np.maximum(np.floor(hat.middle - _ROOM * hat.size), (left, top)).astype(int)
        x1, y1 = np.minimum(np.ceil(hat.middle + _ROOM * hat.size), (right, bottom)).astype(int)
        scale = min(1.0, _COARSE_PX / hat.size)
        width, height = round((x1 - x0) * scale), round((y1 - y0) * scale)
        if min(width, height) < _LEAST_PX:
            return None
        size = (width, height)
        small = cv2.resize(image[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
        neighbours = np.ones((3, 3), np.uint8)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        detail = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, neighbours).astype(np.float32)
        corner = np.array([x0, y0], np.float64)
        x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
        points = np.stack(np.meshgrid(x, y), axis=-1) / scale + corner
        person = (person_at(silhouette, points) > _PERSON).astype(np.uint8)
        background = cv2.dilate(person, np.ones((_LOOSE_PX, _LOOSE_PX), np.uint8)) == 0
        return cls(small.astype(np.float32), detail, background, scale, corner)

    def coarse(self, shifts: Shifts) -> Shifts:
        """Return shifts in coarse px."""
        return np.asarray(np.rint(shifts * self.scale), np.intp).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class _Sector:
    """Directions side by side, the background beyond the hair there, and what hair leaves.

    Parameters
    ----------
    directions : ndarray of int
        Places in `ANGLES`.
    band, gap : ndarray, shape (h, w), bool
    """

    directions: npt.NDArray[np.intp]
    band: Bools
    gap: Bools

    def costs(self, sight: _Sight, shifts: Shifts) -> tuple[Array, Array, Array]:
        """Return what shifts cost here and how unlike it is there, levels, and how much lighter.

        Returns
        -------
        cost, unlike : ndarray, shape (L,)
            Both infinite where nothing can be told.
        lighter : ndarray, shape (L, 3)
        """
        rows, columns = np.nonzero(self.band)
        if len(rows) < _LEAST_PX or not self.gap.any():
            nothing = np.full(len(shifts), np.inf)
            return nothing, nothing, np.zeros((len(shifts), 3))
        there, inside = _shifted(sight, rows, columns, shifts)
        likeness = sight.picture[rows, columns] - sight.picture[there]
        lighter = likeness.mean(axis=1)
        likeness -= lighter[:, None]
        unlike = np.sqrt((likeness**2).mean(axis=(1, 2)))
        gap_rows, gap_columns = np.nonzero(self.gap)
        hidden, within = _shifted(sight, gap_rows, gap_columns, shifts)
        background = np.concatenate(
            [inside & sight.background[there], within & sight.background[hidden]], axis=1
        ).mean(axis=1)
        unlike += _LIGHTER * np.sqrt((lighter**2).mean(axis=1))
        unlike += _OCCUPIED * np.maximum(_BACKGROUND - background, 0.0)
        cost = unlike + _FAR * np.hypot(*shifts.T) / _COARSE_PX
        return cost + _DETAIL * np.sqrt((sight.detail[hidden] ** 2).mean(axis=1)), unlike, lighter


def find_fill(
    image: RgbImage, move: HatMove, silhouette: SilhouetteTrack, known: Fill, *, anew: bool
) -> Fill:
    """Return what may stand in for the hair that is pressed round a hat.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    move : HatMove
        How hair gives way if all of it is filled.
    silhouette : SilhouetteTrack
        Of the head that wears the hat, in this frame.
    known : Fill
        What stood in for it so far, and does so again where that is about as good.
    anew : bool
        Whether the whole picture round the hat is searched, which takes three times as long.
    """
    sight = _Sight.of(image, move, silhouette)
    if sight is None:
        return Fill.nothing()
    sectors = _sectors(sight, move)
    if not sectors:
        return Fill.nothing()
    tried = _AROUND | {(int(x), int(y)) for x, y in sight.coarse(known.shifts)}
    if anew:
        tried |= _candidates(sight, sectors)
    shifts = np.array(sorted(tried), np.intp)
    costs, unlike, lighter = zip(*(sector.costs(sight, shifts) for sector in sectors), strict=True)
    same = (shifts[:, None] == sight.coarse(known.shifts)).all(axis=2)
    shares = [known.weights[:, sector.directions].mean(axis=1) for sector in sectors]
    rated = np.array(costs) - _KNOWN * np.array(shares) @ same.T
    chosen = _chain(rated, shifts, sectors, sight, move)
    weights = np.zeros((len(shifts), len(ANGLES)))
    lighter_by_direction = np.zeros((len(ANGLES), 3))
    for k, (sector, best) in enumerate(zip(sectors, chosen, strict=True)):
        weights[best, sector.directions] = 1.0 - smooth_step(*_UNLIKE, unlike[k][best])
        lighter_by_direction[sector.directions] = lighter[k][best]
    used = np.flatnonzero(weights.any(axis=1))
    fine = [
        _fine(
            image,
            shifts[k],
            [s for s, c in zip(sectors, chosen, strict=True) if c == k],
            sight,
            known,
        )
        for k in used
    ]
    most = np.clip(lighter_by_direction, -_MOST_LIGHTER, _MOST_LIGHTER)
    return Fill(np.array(fine, np.intp).reshape(-1, 2), weights[used], most)


def _shifted(
    sight: _Sight, rows: Shifts, columns: Shifts, shifts: Shifts
) -> tuple[tuple[Shifts, Shifts], Bools]:
    """Return the pixels that stand in for others, each (L, N), and whether they are in sight."""
    height, width = sight.background.shape
    y, x = rows + shifts[:, 1:], columns + shifts[:, :1]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return (np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)), inside


def _sectors(sight: _Sight, move: HatMove) -> list[_Sector]:
    """Return the directions in which hair is pressed, a few at a time."""
    pressed = np.flatnonzero(move.excess > 0.0)
    if len(pressed) == 0:
        return []
    height, width = sight.background.shape
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    points = np.stack(np.meshgrid(x, y), axis=-1) / sight.scale + sight.corner
    angle, distance = move.hat.seen_from_middle(points)
    place = (angle - ANGLES[0]) / (ANGLES[1] - ANGLES[0])
    end = np.interp(angle, ANGLES, move.ends)
    band = (distance > end) & (distance < end + _BAND) & sight.background
    gap = (distance > np.interp(angle, ANGLES, move.target)) & (distance <= end)
    sectors = []
    for run in np.split(pressed, np.flatnonzero(np.diff(pressed) > 1) + 1):
        for part in np.array_split(run, max(1, round(len(run) / _SECTOR))):
            near = (place > part[0] - 1.5) & (place < part[-1] + 1.5)
            mine = (place > part[0] - 0.6) & (place < part[-1] + 0.6)
            sectors.append(_Sector(part, band & near, gap & mine))
    return sectors


def _candidates(sight: _Sight, sectors: list[_Sector]) -> set[tuple[int, int]]:
    """Return coarse shifts that may be good for some sector."""
    found: set[tuple[int, int]] = set()
    for sector in sectors:
        need = sector.band | sector.gap
        if sector.band.sum() < _LEAST_PX:
            continue
        rows, columns = np.nonzero(need)
        top, left = int(rows.min()), int(columns.min())
        part = np.s_[top : rows.max() + 1, left : columns.max() + 1]
        unlike = _unlike(sight, part, sector.band[part], need[part])
        for _ in range(_TRIED):
            y, x = np.unravel_index(np.argmin(unlike), unlike.shape)
            if not np.isfinite(unlike[y, x]):
                break
            found.add((int(x) - left, int(y) - top))
            near = np.s_[max(y - _APART, 0) : y + _APART + 1, max(x - _APART, 0) : x + _APART + 1]
            unlike[near] = np.inf
    return found


def _unlike(sight: _Sight, part: tuple[slice, slice], band: Bools, need: Bools) -> Floats:
    """Return how unlike the band each place of the picture is; infinite where there is a person."""
    known = band.astype(np.float32)
    here = sight.picture[part] * known[..., None]
    unlike = _sums((sight.picture**2).sum(axis=2), known) - 2.0 * _sums(sight.picture, here)
    unlike = np.sqrt(np.maximum(unlike + (here**2).sum(), 0.0) / (3.0 * known.sum()))
    rows, columns = np.indices(unlike.shape)
    far = np.hypot(rows - part[0].start, columns - part[1].start) / _COARSE_PX
    background = _sums(sight.background.astype(np.float32), need.astype(np.float32))
    cost = unlike + np.float32(_FAR) * far.astype(np.float32)
    return np.where(background > _BACKGROUND * need.sum(), cost, np.float32(np.inf))


def _sums(values: Floats, weights: Floats) -> Floats:
    return np.asarray(cv2.matchTemplate(values, weights, cv2.TM_CCORR), np.float32)


def _chain(
    costs: Array, shifts: Shifts, sectors: list[_Sector], sight: _Sight, move: HatMove
) -> list[int]:
    """Return the best shift of each sector, with seams between neighbours that hardly show."""
    costs = np.where(np.isfinite(costs), costs, 1e3)
    total, ways = costs[0], []
    for sector, before, cost in zip(sectors[1:], sectors, costs[1:], strict=False):
        first = int(sector.directions[0])
        joined = first == before.directions[-1] + 1
        step = _seam(first, shifts, sight, move) if joined else np.zeros((len(shifts),) * 2)
        both = total[:, None] + step
        ways.append(both.argmin(axis=0))
        total = both.min(axis=0) + cost
    chosen = [int(np.argmin(total))]
    for way in reversed(ways):
        chosen.append(int(way[chosen[-1]]))
    return chosen[::-1]


def _seam(direction: int, shifts: Shifts, sight: _Sight, move: HatMove) -> Array:
    """Return how unlike each other shifts are along the line before a direction, levels."""
    distance = np.linspace(move.target[direction], move.ends[direction], 8)
    angle = np.full(8, 0.5 * (ANGLES[direction - 1] + ANGLES[direction]))
    points = np.floor((move.hat.at(angle, distance) - sight.corner) * sight.scale).astype(np.intp)
    there, _ = _shifted(sight, points[:, 1], points[:, 0], shifts)
    seen = sight.picture[there].reshape(len(shifts), -1)
    square = (seen**2).sum(axis=1)
    apart = np.maximum(square[:, None] + square - 2.0 * seen @ seen.T, 0.0) / seen.shape[1]
    return np.asarray(np.sqrt(apart) + _SWITCH * (1.0 - np.eye(len(shifts))))


def _fine(
    image: RgbImage, shift: Shifts, sectors: list[_Sector], sight: _Sight, known: Fill
) -> Shifts:
    """Return a coarse shift in px of the frame, as exactly as the picture tells it."""
    same = np.flatnonzero((sight.coarse(known.shifts) == shift).all(axis=1))
    if len(same):
        return np.asarray(known.shifts[same[0]])
    band = np.any([sector.band for sector in sectors], axis=0)
    cells = np.argwhere(band)[:, ::-1]
    # Anywhere in its cell, so that edges of all directions are met.
    spread = np.random.default_rng(0).uniform(size=cells.shape)
    points = ((cells + spread) / sight.scale + sight.corner).astype(np.intp)
    around = int(np.ceil(_WITHIN / sight.scale))
    steps = np.arange(-around, around + 1)
    near = np.rint(shift / sight.scale).astype(np.intp)
    tried = near + np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    height, width = image.shape[:2]
    there = np.clip(points + tried[:, None], 0, (width - 1, height - 1))
    here = np.clip(points, 0, (width - 1, height - 1))
    pixels = image.reshape(-1, 3)
    seen = pixels.take(there[..., 1] * width + there[..., 0], axis=0).astype(np.float32)
    unlike = seen - pixels.take(here[:, 1] * width + here[:, 0], axis=0)
    unlike -= unlike.mean(axis=1, keepdims=True)
    return np.asarray(tried[np.argmin((unlike**2).sum(axis=(1, 2)))])
