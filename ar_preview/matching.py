"""The camera's own softness, motion blur and grain for what is drawn into its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from ar_preview.layer import Layer

if TYPE_CHECKING:
    from ar_preview.frames import Frame, RgbImage
    from ar_preview.geometry import Array
    from ar_preview.scene import Scene

Floats = npt.NDArray[np.float32]

__all__ = ["CameraMatch", "blur_sigma", "noise_levels"]

_EVERY = 10
"""Frames from one look at the picture's noise and sharpness to the next."""

_ENOUGH_PX = 32_000
"""So many pixels of a video's frame are looked at."""

_SHARE = 0.25
"""Of a new measurement that is taken; the first one counts in full."""

_OWN_SIGMA = 0.5
"""Blur of what is drawn: a pixel's box and its share of the resolved samples, px."""

_LEAST_SIGMA, _LARGEST_SIGMA = 0.35, 2.5
_PRE_SIGMA, _REBLUR = 0.8, 1.2
"""Blur against the noise before edges are looked at, and the one that is added to tell, px."""

_NOISE_SLOPE = 0.31
"""Standard deviation of the slope that noise of sigma 1 has after the first blur:
1 / sqrt(8 pi sigma^4)."""

_STRONGEST, _SHARPEST = 0.03, 0.25
"""Share of the pixels that are edges, and of those edges the part that is in focus and not soft
by nature."""

_BINS = 4
_LEAST_NOISE = 0.4
_QUIET, _QUIET_NORMAL = 0.3, 0.3853
"""Share of the pixels that are the quietest, and below what part of sigma so many of a normal
distribution lie: what has texture is not taken for noise."""

_LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
_LAPLACIAN_NORM = 6.0
"""Immerkaer (1996), "Fast noise variance estimation": blind to planes, and to lines."""

_BOX_SIGMA = 12.0**-0.5
"""Standard deviation of a box of length 1: what an open shutter makes of an edge."""

_LEAST_MOTION_PX, _LEAST_SMEAR_PX, _LONGEST_PX = 3.0, 1.5, 40.0
_STILL_S = 0.2
_TILE = 512
_STRIDE = (131, 197)
"""Step of the grain from frame to frame within its tile: no two near frames share it."""


def noise_levels(gray: npt.NDArray[np.uint8]) -> Array:
    """Return the standard deviation of a picture's noise by brightness.

    Parameters
    ----------
    gray : ndarray, shape (h, w), uint8

    Returns
    -------
    ndarray, shape (4,)
        In the quarters of the range of values, dark to light; those that hardly occur have the
        value of all pixels.
    """
    response = np.abs(cv2.filter2D(gray, cv2.CV_16S, _LAPLACIAN))[1:-1, 1:-1]
    level = cv2.blur(gray, (3, 3))[1:-1, 1:-1]
    # What is clipped has no noise left.
    usable = (level > 3) & (level < 252)
    if not usable.any():
        return np.zeros(_BINS)
    # Whole numbers: counting them takes a fifth of the time of sorting.
    values = 4 * 255 * 2 + 1
    key = response[usable] + np.int32(values) * (level[usable] // (256 // _BINS))
    counts = np.bincount(key, minlength=values * _BINS).reshape(_BINS, values)
    to_sigma = 1.0 / (_QUIET_NORMAL * _LAPLACIAN_NORM)
    overall = _quantile(counts.sum(axis=0), _QUIET) * to_sigma
    found = np.full(_BINS, overall)
    for i, sizes in enumerate(counts.sum(axis=1)):
        if sizes > max(400, len(key) // 8):
            found[i] = _quantile(counts[i], _QUIET) * to_sigma
    # A few edges of one brightness must not pass for its noise.
    return np.asarray(np.minimum(found, 1.3 * overall))


def _quantile(counts: npt.NDArray[np.intp], share: float) -> float:
    """Return a quantile of whole numbers from 0 on that occur so many times."""
    below = np.cumsum(counts)
    return float(np.searchsorted(below, share * (below[-1] - 1), side="right"))


def blur_sigma(gray: npt.NDArray[np.uint8], noise: float) -> float | None:
    """Return the blur of the sharper edges of a picture, a Gaussian's sigma in px.

    An edge of sigma s has its gradient lowered to s / sqrt(s^2 + r^2) by another blur r (Zhuo and
    Sim 2011, "Defocus map estimation from a single image").

    Parameters
    ----------
    gray : ndarray, shape (h, w), uint8
    noise : float
        Its standard deviation, as from `noise_levels`.

    Returns
    -------
    float or None
        None where there are no clear edges.
    """
    fine = _blurred(gray.astype(np.float32), _PRE_SIGMA)
    before, after = _gradient(fine), _gradient(_blurred(fine, _REBLUR))
    strong = float(np.quantile(before, 1.0 - _STRONGEST))
    floor = max(strong, 6.0 * _NOISE_SLOPE * noise, 4.0)
    # Only the ridge of an edge obeys the law.
    ridge = (before >= cv2.dilate(before, np.ones((3, 3), np.uint8))) & (before > floor)
    if int(ridge.sum()) < 12:
        return None
    ratio = before[ridge] / np.maximum(after[ridge], 1e-3)
    seen = _REBLUR / np.sqrt(np.maximum(ratio**2 - 1.0, 0.05))
    sigma2 = float(np.quantile(seen, _SHARPEST)) ** 2 - _PRE_SIGMA**2
    return float(np.sqrt(max(sigma2, 0.0)))


def _slopes(image: Floats) -> tuple[Floats, Floats]:
    return (
        0.5 * (image[1:-1, 2:] - image[1:-1, :-2]),
        0.5 * (image[2:, 1:-1] - image[:-2, 1:-1]),
    )


def _gradient(image: Floats) -> Floats:
    dx, dy = _slopes(image)
    return np.asarray(np.sqrt(dx * dx + dy * dy))


def _slope_tensor(gray: npt.NDArray[np.uint8]) -> Array:
    """Return the sum of the squared slopes by direction, (2, 2), trace 1."""
    dx, dy = _slopes(_blurred(gray.astype(np.float32), _PRE_SIGMA))
    xx, xy, yy = (float(np.vdot(a, b)) for a, b in ((dx, dx), (dx, dy), (dy, dy)))
    return np.array([[xx, xy], [xy, yy]]) / max(xx + yy, 1e-6)


def _leaning(tensor: Array, along: tuple[float, float]) -> float:
    """Return the part of the slopes along a direction over that across it."""
    share = float(np.array(along) @ tensor @ np.array(along))
    return max(share, 1e-3) / max(1.0 - share, 1e-3)


def _blurred(image: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)


@dataclass(eq=False)
class _Seen:
    """Where worn pieces were in the last frame."""

    timestamp_ns: int
    points: dict[str, Array]


class CameraMatch:
    """Makes what is drawn as soft and as grainy as the picture it is put into.

    Noise and sharpness of the picture are looked at every tenth frame; motion is that of what is
    worn. The same frames give the same pictures.

    Parameters
    ----------
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._until_next = 0
        self._noise: Array | None = None
        self._sigma: float | None = None
        self._tensor: Array | None = None
        self._seen = _Seen(0, {})
        grain = np.random.default_rng(0).standard_normal((_TILE, _TILE))
        # Twice in a row: a window of up to a tile is a slice wherever it begins.
        self._grain = np.tile(grain.astype(np.float32), (2, 2))

    def apply(self, frame: Frame, scene: Scene, layer: Layer) -> Layer:
        """Return the layer as this camera would have seen it.

        Parameters
        ----------
        frame : Frame
        scene : Scene
            What was drawn.
        layer : Layer
            For this frame.
        """
        motion = self._motion(frame, scene)
        if layer.is_empty:
            return layer
        (x, y), (h, w) = layer.offset, layer.add.shape[:2]
        behind = frame.image[y : y + h, x : x + w]
        if self._continuous:
            behind = _middle(behind)
        if motion is None or self._noise is None:
            self._look_at(behind)
        add, transmit = layer.add, layer.transmit
        extra = self._extra_sigma()
        if extra > 0.0:
            add, transmit = _softened(add, extra), _softened(transmit, extra)
        motion = self._seen_motion(behind, motion)
        if motion is not None:
            add, transmit = _smeared(add, motion), _smeared(transmit, motion)
        add = self._grained(frame, add, transmit)
        if add is layer.add:
            return layer
        return Layer(layer.offset, add, transmit)

    def _look_at(self, behind: RgbImage) -> None:
        self._until_next -= 1
        if self._continuous and self._until_next > 0:
            return
        self._until_next = _EVERY
        if min(behind.shape[:2]) < 16:
            return
        gray = _green(behind)
        share = _SHARE if self._continuous else 1.0
        noise = noise_levels(gray)
        sigma = blur_sigma(gray, float(np.median(noise)))
        self._noise = noise if self._noise is None else self._noise + share * (noise - self._noise)
        tensor = _slope_tensor(gray)
        old_tensor = tensor if self._tensor is None else self._tensor
        self._tensor = old_tensor + share * (tensor - old_tensor)
        if sigma is not None:
            old = sigma if self._sigma is None else self._sigma
            self._sigma = old + share * (sigma - old)

    def _extra_sigma(self) -> float:
        """Return the blur that what is drawn lacks, px; 0 for none."""
        if self._sigma is None or self._sigma <= _OWN_SIGMA:
            return 0.0
        extra = float(np.sqrt(self._sigma**2 - _OWN_SIGMA**2))
        return min(extra, _LARGEST_SIGMA) if extra > _LEAST_SIGMA else 0.0

    def _motion(self, frame: Frame, scene: Scene) -> tuple[float, float] | None:
        """Return how far what is worn moved since the last frame, px; None if not far."""
        points = {
            item.anchor: scene.camera.project(item.camera_from_product.translation[None])[0]
            for item in scene.items
            if item.camera_from_product.translation[2] > 0.0
        }
        before, self._seen = self._seen, _Seen(frame.timestamp_ns, points)
        dt = 1e-9 * (frame.timestamp_ns - before.timestamp_ns)
        both = points.keys() & before.points.keys()
        if not self._continuous or not both or not 0.0 < dt < _STILL_S:
            return None
        moved = np.mean([points[k] - before.points[k] for k in both], axis=0)
        if np.linalg.norm(moved) < _LEAST_MOTION_PX:
            return None
        return float(moved[0]), float(moved[1])

    def _seen_motion(
        self, behind: RgbImage, moved: tuple[float, float] | None
    ) -> tuple[float, float] | None:
        """Return what of a motion happened while the shutter was open, as the picture shows."""
        if moved is None or self._sigma is None or self._tensor is None:
            return None
        if min(behind.shape[:2]) < 16:
            return None
        length = float(np.hypot(*moved))
        along = moved[0] / length, moved[1] / length
        # An edge of blur s has slopes whose squares sum to 1 / s: what was open along the motion
        # lowers those along it, beside those across.
        lowered = _leaning(_slope_tensor(_green(behind)), along) / _leaning(self._tensor, along)
        sharp2 = self._sigma**2 + _PRE_SIGMA**2
        smeared = np.sqrt(sharp2 * max(lowered**-2 - 1.0, 0.0)) / _BOX_SIGMA
        smeared = float(min(smeared, length, _LONGEST_PX))
        return (along[0] * smeared, along[1] * smeared) if smeared > _LEAST_SMEAR_PX else None

    def _grained(
        self, frame: Frame, add: npt.NDArray[np.uint8], transmit: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.uint8]:
        """Add grain where the picture's own is hidden."""
        if self._noise is None or self._noise.max() < _LEAST_NOISE:
            return add
        centres = (np.arange(_BINS) + 0.5) * (256 / _BINS)
        by_value = np.interp(np.arange(256), centres, self._noise).astype(np.float32)
        h, w = add.shape[:2]
        row, column = (int(frame.index * stride) % _TILE for stride in _STRIDE)
        grain = _window(self._grain, row, column, h, w)
        change = cv2.multiply(grain, cv2.LUT(cv2.extractChannel(add, 1), by_value))
        hidden = cv2.bitwise_not(cv2.extractChannel(transmit, 1))
        # Up and down apart, in bytes: OpenCV takes twice as long to add floats to bytes.
        up, down = (
            cv2.cvtColor(
                cv2.multiply(change, hidden, scale=sign / 255.0, dtype=cv2.CV_8U),
                cv2.COLOR_GRAY2RGB,
            )
            for sign in (1.0, -1.0)
        )
        out = cv2.add(add, up)
        return np.asarray(cv2.subtract(out, down, dst=out), np.uint8)


def _green(image: RgbImage) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.extractChannel(image, 1), np.uint8)


def _middle(image: RgbImage) -> RgbImage:
    """Return as much of a picture as is enough to tell its noise and sharpness."""
    height, width = image.shape[:2]
    shrink = min(1.0, float(np.sqrt(_ENOUGH_PX / max(height * width, 1))))
    (top, h), (left, w) = (
        (int(0.5 * (1.0 - shrink) * side), int(np.ceil(shrink * side))) for side in (height, width)
    )
    return image[top : top + h, left : left + w]


def _window(tiles: Floats, row: int, column: int, height: int, width: int) -> Floats:
    """Return a piece of endlessly repeated tiles, two by two of which are given."""
    if row + height <= len(tiles) and column + width <= len(tiles):
        return tiles[row : row + height, column : column + width]
    rows = (row + np.arange(height)) % _TILE
    columns = (column + np.arange(width)) % _TILE
    return np.asarray(tiles[rows[:, None], columns])


def _softened(image: npt.NDArray[np.uint8], sigma: float) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def _smeared(image: npt.NDArray[np.uint8], motion: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """Return the mean over a straight way, px, centred: two copies of half the rest at a time."""
    moved = np.array(motion)
    while np.abs(moved).max() >= 1.0:
        # The mean of two boxes of half the length, half the length apart, is the whole box.
        step = 0.25 * moved
        ahead, behind = (_shifted(image, *(sign * step)) for sign in (1.0, -1.0))
        image = np.asarray(cv2.addWeighted(ahead, 0.5, behind, 0.5, 0.0), np.uint8)
        moved = 0.5 * moved
    return image


def _shifted(image: npt.NDArray[np.uint8], x: float, y: float) -> npt.NDArray[np.uint8]:
    matrix = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    size = (image.shape[1], image.shape[0])
    moved = cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)
