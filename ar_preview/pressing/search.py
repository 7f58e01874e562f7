"""The search for background that may stand in for hair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.pressing.fill import Fill
from ar_preview.pressing.outline import ANGLES
from ar_preview.pressing.samples import middles
from ar_preview.pressing.sight import COARSE_PX, LEAST_PX, Sight, StandIns

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

_BAND = 0.3
"""Over this length beyond the hair a stand-in must look like what is there; so, too."""

_SECTOR = 3
"""Directions that have one stand-in."""

_TRIED, _APART = 6, 2
"""Shifts that are tried for each sector, and how far they are apart, coarse px."""

_AROUND = {
    (round(COARSE_PX * far * np.cos(angle)), round(COARSE_PX * far * np.sin(angle)))
    for far in (0.35, 0.7)
    for angle in np.radians(np.arange(0.0, 360.0, 22.5))
}
"""Shifts that are tried for all sectors at every look: heads move, and a search through the picture
does not see past slopes of light on walls."""

_BACKGROUND, _OCCUPIED = 0.98, 120.0
"""Share of a stand-in that must be background, and what each share less costs in levels of
unlikeness."""

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
class _Sector:
    """Directions side by side, the background beyond the hair there, and what hair leaves.

    Parameters
    ----------
    directions : ndarray of int
        Places in `ANGLES`.
    band, gap : ndarray, shape (2, N), int
        Rows and columns of the coarse pixels.
    """

    directions: npt.NDArray[np.intp]
    band: Shifts
    gap: Shifts

    def costs(self, stand_ins: StandIns, far: Array) -> tuple[Array, Array, Array]:
        """Return what shifts cost here and how unlike it is there, levels, and how much lighter.

        Parameters
        ----------
        stand_ins : StandIns
        far : ndarray, shape (L,)
            What their lengths cost.

        Returns
        -------
        cost, unlike : ndarray, shape (L,)
            Both infinite where nothing can be told.
        lighter : ndarray, shape (L, 3)
        """
        if self.band.shape[1] < LEAST_PX or self.gap.shape[1] == 0:
            nothing = np.full(len(far), np.inf)
            return nothing, nothing, np.zeros((len(far), 3))
        places = stand_ins.places(np.hstack([self.band, self.gap]))
        there = places + stand_ins.steps[:, None]
        count = self.band.shape[1]
        seen = stand_ins.at(there)
        likeness = stand_ins.at(places[:count]) - seen[:, :count]
        lighter = _mean(likeness)[:, :3]
        unlike = np.sqrt(_spread(likeness)[:, :3].mean(axis=1))
        unlike += _LIGHTER * np.sqrt((lighter**2).mean(axis=1))
        unlike += _OCCUPIED * np.maximum(_BACKGROUND - _mean(seen)[:, 3], 0.0)
        detail = stand_ins.detail.reshape(-1).take(there[:, count:]).mean(axis=1)
        cost = unlike + far + _DETAIL * np.sqrt(detail)
        return cost, np.asarray(unlike, np.float64), np.asarray(lighter, np.float64)


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
    sight = Sight.of(image, move, silhouette)
    if sight is None:
        return Fill.nothing()
    sectors = _sectors(sight, move)
    if not sectors:
        return Fill.nothing()
    tried = _AROUND | {(int(x), int(y)) for x, y in sight.coarse(known.shifts)}
    if anew:
        tried |= _candidates(sight, sectors)
    # What is known was found for another sight, maybe larger.
    farthest = max(sight.background.shape)
    shifts = np.array(sorted(s for s in tried if max(map(abs, s)) <= farthest), np.intp)
    stand_ins = StandIns.of(sight, shifts)
    far = _FAR * np.hypot(*shifts.T) / COARSE_PX
    costs, unlike, lighter = zip(*(sector.costs(stand_ins, far) for sector in sectors), strict=True)
    same = (shifts[:, None] == sight.coarse(known.shifts)).all(axis=2)
    shares = [known.weights[:, sector.directions].mean(axis=1) for sector in sectors]
    rated = np.array(costs) - _KNOWN * np.array(shares) @ same.T
    chosen = _chain(rated, _seams(sectors, stand_ins, sight, move))
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


def _sectors(sight: Sight, move: HatMove) -> list[_Sector]:
    """Return the directions in which hair is pressed, a few at a time."""
    pressed = np.flatnonzero(move.excess > 0.0)
    if len(pressed) == 0:
        return []
    points = middles(sight.corner, sight.background.shape, 1.0 / sight.scale)
    angle, distance = move.hat.seen_from_middle(points)
    place = (angle - ANGLES[0]) / (ANGLES[1] - ANGLES[0])
    target, end = (np.interp(angle, ANGLES, values) for values in (move.target, move.ends))
    band, gap = (
        (np.stack(pixels), place[pixels])
        for pixels in (
            np.nonzero((distance > end) & (distance < end + _BAND) & sight.background),
            np.nonzero((distance > target) & (distance <= end)),
        )
    )
    sectors = []
    for run in np.split(pressed, np.flatnonzero(np.diff(pressed) > 1) + 1):
        for part in np.array_split(run, max(1, round(len(run) / _SECTOR))):
            sectors.append(_Sector(part, _within(*band, part, 1.5), _within(*gap, part, 0.6)))
    return sectors


def _within(pixels: Shifts, place: Array, part: Shifts, room: float) -> Shifts:
    """Return those of some pixels that are in directions side by side, or hardly beside them."""
    return pixels[:, (place > part[0] - room) & (place < part[-1] + room)]


def _candidates(sight: Sight, sectors: list[_Sector]) -> set[tuple[int, int]]:
    """Return coarse shifts that may be good for some sector."""
    found: set[tuple[int, int]] = set()
    square = (sight.picture**2).sum(axis=2)
    for sector in sectors:
        if sector.band.shape[1] < LEAST_PX:
            continue
        both = np.hstack([sector.band, sector.gap])
        corner = both.min(axis=1)
        need = np.zeros(both.max(axis=1) + 1 - corner, np.float32)
        band = need.copy()
        need[tuple(both - corner[:, None])] = band[tuple(sector.band - corner[:, None])] = 1.0
        top, left = corner.tolist()
        unlike = _unlike(sight, square, (top, left), band, need)
        for _ in range(_TRIED):
            y, x = np.unravel_index(np.argmin(unlike), unlike.shape)
            if not np.isfinite(unlike[y, x]):
                break
            found.add((int(x) - left, int(y) - top))
            near = np.s_[max(y - _APART, 0) : y + _APART + 1, max(x - _APART, 0) : x + _APART + 1]
            unlike[near] = np.inf
    return found


def _unlike(
    sight: Sight, square: Floats, corner: tuple[int, int], band: Floats, need: Floats
) -> Floats:
    """Return how unlike the band each place of the picture is; infinite where there is a person."""
    (top, left), (height, width) = corner, band.shape
    here = sight.picture[top : top + height, left : left + width] * band[..., None]
    unlike = _sums(square, band) - 2.0 * _sums(sight.picture, here)
    unlike = np.sqrt(np.maximum(unlike + (here**2).sum(), 0.0) / (3.0 * band.sum()))
    rows, columns = np.indices(unlike.shape)
    far = np.hypot(rows - top, columns - left) / COARSE_PX
    background = _sums(sight.background.astype(np.float32), need)
    cost = unlike + np.float32(_FAR) * far.astype(np.float32)
    return np.where(background > _BACKGROUND * need.sum(), cost, np.float32(np.inf))


def _sums(values: Floats, weights: Floats) -> Floats:
    return np.asarray(cv2.matchTemplate(values, weights, cv2.TM_CCORR), np.float32)


def _chain(costs: Array, seams: Array) -> list[int]:
    """Return the best shift of each sector, with seams between neighbours that hardly show."""
    costs = np.where(np.isfinite(costs), costs, 1e3)
    total, ways = costs[0], []
    for seam, cost in zip(seams, costs[1:], strict=True):
        both = total[:, None] + seam
        ways.append(both.argmin(axis=0))
        total = both.min(axis=0) + cost
    chosen = [int(np.argmin(total))]
    for way in reversed(ways):
        chosen.append(int(way[chosen[-1]]))
    return chosen[::-1]


def _seams(sectors: list[_Sector], stand_ins: StandIns, sight: Sight, move: HatMove) -> Array:
    """Return how unlike each other shifts are along the lines between sectors, levels.

    Returns
    -------
    ndarray, shape (S - 1, L, L)
        0 between sectors that are not side by side.
    """
    last = np.array([sector.directions[-1] for sector in sectors[:-1]], np.intp)
    first = np.array([sector.directions[0] for sector in sectors[1:]], np.intp)
    distance = np.linspace(move.target[first], move.ends[first], 8, axis=-1)
    angle = 0.5 * (ANGLES[first - 1] + ANGLES[first])[:, None]
    points = np.floor((move.hat.at(angle, distance) - sight.corner) * sight.scale).astype(np.intp)
    most = np.array(sight.background.shape)[:, None, None] - 1
    places = stand_ins.places(np.clip(np.stack([points[..., 1], points[..., 0]]), 0, most))
    there = places[:, None] + stand_ins.steps[:, None]
    seen = stand_ins.at(there)[..., :3].reshape(*there.shape[:2], 3 * there.shape[2])
    square = (seen**2).sum(axis=2)
    apart = square[:, :, None] + square[:, None] - 2.0 * seen @ seen.swapaxes(1, 2)
    seams = np.sqrt(np.maximum(apart, 0.0) / seen.shape[2])
    seams += np.float32(_SWITCH) * (1.0 - np.eye(seen.shape[1], dtype=np.float32))
    return np.where((first == last + 1)[:, None, None], seams, 0.0)


def _fine(
    image: RgbImage, shift: Shifts, sectors: list[_Sector], sight: Sight, known: Fill
) -> Shifts:
    """Return a coarse shift in px of the frame, as exactly as the picture tells it."""
    same = np.flatnonzero((sight.coarse(known.shifts) == shift).all(axis=1))
    if len(same):
        return np.asarray(known.shifts[same[0]])
    cells = np.unique(np.hstack([sector.band for sector in sectors]), axis=1)[::-1].T
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
    seen -= pixels.take(here[:, 1] * width + here[:, 0], axis=0)
    return np.asarray(tried[np.argmin(_spread(seen).sum(axis=1))])


def _mean(values: Floats) -> Floats:
    """Return the mean over the second of three axes: NumPy's own takes ten times as long."""
    count = values.shape[1]
    return np.asarray(np.full(count, 1.0 / count, np.float32) @ values)


def _spread(values: Floats) -> Floats:
    """Return mean squares of how far values are from their mean, over the second of three axes."""
    return np.asarray(np.maximum(_mean(values**2) - _mean(values) ** 2, 0.0))
