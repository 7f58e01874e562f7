"""True size from a bank card held against the forehead or the chin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.errors import MeasurementError
from ar_preview.geometry import RigidTransform, opencv_from_image, so3_exp
from ar_preview.landmarks import LEFT_EYE_RING, RIGHT_EYE_RING
from ar_preview.measuring.quads import find_quads
from ar_preview.person import Interval

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera
    from ar_preview.poses import HeadPose

__all__ = [
    "CARD_SIZE_M",
    "CardSighting",
    "card_pose",
    "card_width",
    "find_card",
    "size_interval",
]

CARD_SIZE_M = (0.08560, 0.05398)
"""Width and height of an ID-1 card, ISO/IEC 7810."""

_SKIN_TO_CARD_M = 0.0015
"""From the skin to the face of a card: its thickness and a little air."""

_CONTACT_SD_M = 0.010
"""How far the card may be from where the average face has its skin: foreheads and chins differ,
a flat card touches in few places, and landmarks lean that it hides (10 mm in the mean square on
two heads of known shape, 3-10 mm at the forehead, 12-14 mm at the chin)."""

_SIZE_RANGE = (0.72, 1.38)
"""Sizes of heads, relative to what was estimated without a card."""

_MAX_REPROJECTION = 0.010
"""Largest rms error of the corners, as a share of the card's width in the picture."""

_MAX_TILT_DEGREES = 50.0
_SAME = 0.12
_CLEARLY_BETTER = 0.6
_NEIGHBOURS = 12
_MOST_COVERED = 0.5
_Z95 = 1.96


@dataclass(frozen=True, eq=False)
class CardSighting:
    """A card found in one frame.

    Parameters
    ----------
    camera_from_card : RigidTransform
        Origin at the card's centre, x along its width, y along its height, z into the picture.
    corners_image : ndarray, shape (4, 2)
        px; where the sides would meet if the corners were not round.
    error_px : float
        Rms distance of the corners from those of a card in this pose.
    size_factor : Interval
        True size of the head over the size that `HeadPose` was in.
    """

    camera_from_card: RigidTransform
    corners_image: Array
    error_px: float
    size_factor: Interval


def find_card(image: RgbImage, camera: Camera, head: HeadPose) -> CardSighting:
    """Find a card at a head and tell from it how large the head is.

    Straight-edged quadrilaterals near the face are refined below a pixel and compared with a
    card: the pose of a plane of 85.60 mm x 53.98 mm (IPPE, Collins and Bartoli, IJCV 2014)
    must explain the corners, face the camera and lie where the head is. The card's depth over
    the depth of the skin behind it is the size.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    camera : Camera
    head : HeadPose
        Of the same frame; its size need only be roughly right.

    Raises
    ------
    MeasurementError
        If there is no card, more than one thing that could be one, or if it covers an eye: the
        landmarks of a face without eyes are guesses, and its size with them.
    """
    surface = head.vertices_camera
    points = camera.project(surface)
    usable = np.isfinite(points).all(axis=1)
    depth = float(np.median(surface[usable, 2]))
    expected = camera.fx * CARD_SIZE_M[0] / depth
    quads = find_quads(image, points[usable], (0.6 * expected, 1.6 * expected))
    found = [
        sighting
        for quad in quads
        if (sighting := _as_card(quad, camera, surface[usable], points[usable])) is not None
    ]
    if not found:
        raise MeasurementError(
            "no bank card found at the forehead or chin: hold it flat against the skin, the whole "
            "outline visible, before hair or background of another colour, and look at the camera"
        )
    found.sort(key=lambda s: s.error_px / card_width(s.corners_image))
    best = found[0]
    for other in found[1:]:
        apart = np.linalg.norm(other.corners_image.mean(axis=0) - best.corners_image.mean(axis=0))
        width = card_width(best.corners_image)
        differs = abs(other.size_factor.value / best.size_factor.value - 1.0) > 0.01
        if (apart > _SAME * width or differs) and not (
            best.error_px < _CLEARLY_BETTER * other.error_px
        ):
            raise MeasurementError(
                "more than one thing at the face could be the bank card, of different size: hold "
                "the card before something plain, without a printed frame near its edge"
            )
    if any(_covered(best.corners_image, points[list(r)]) for r in (RIGHT_EYE_RING, LEFT_EYE_RING)):
        raise MeasurementError(
            "the bank card covers an eye: hold it higher at the forehead, or at the chin"
        )
    return best


def _covered(corners_image: Array, points_image: Array) -> bool:
    """Whether more than half of some points lie inside a quadrilateral."""
    return float(np.mean(_inside(corners_image, points_image))) > _MOST_COVERED


def _inside(corners_image: Array, points_image: Array) -> npt.NDArray[np.bool_]:
    outline = corners_image.astype(np.float32)
    return np.array(
        [cv2.pointPolygonTest(outline, (float(x), float(y)), False) > 0 for x, y in points_image],
        dtype=bool,
    )


def _as_card(quad: Array, camera: Camera, surface: Array, points: Array) -> CardSighting | None:
    """Return the quadrilateral as a card at a head, if it can be one."""
    laid = card_pose(quad, camera)
    if laid is None:
        return None
    error, pose, ordered = laid
    skin = _depth_behind(ordered.mean(axis=0), surface, points)
    factor = (float(pose.translation[2]) + _SKIN_TO_CARD_M) / skin
    factor = max(factor, _least_size(pose, ordered, surface, points))
    if not _SIZE_RANGE[0] < factor < _SIZE_RANGE[1]:
        return None
    off = _CONTACT_SD_M / float(pose.translation[2])
    return CardSighting(pose, ordered, error, size_interval(factor, off, error, ordered))


def size_interval(factor: float, log_sd: float, error_px: float, corners: Array) -> Interval:
    """Return a size with the interval that its own doubt and the card's outline leave."""
    # Half a pixel at every corner is the worst that a refined outline is off.
    outline = max(error_px, 0.15) / card_width(corners)
    spread = float(np.exp(_Z95 * np.hypot(log_sd, outline)))
    return Interval(factor, factor / spread, factor * spread)


def card_pose(quad: Array, camera: Camera) -> tuple[float, RigidTransform, Array] | None:
    """Return how a quadrilateral is a card that faces the camera, if it can be one.

    Returns
    -------
    error_px : float
        Rms distance of the corners.
    camera_from_card : RigidTransform
    corners_image : ndarray, shape (4, 2)
        In the order of the card's.
    """
    half = 0.5 * np.array(CARD_SIZE_M)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    model = np.column_stack([corners, np.zeros(4)])
    pixels = opencv_from_image(quad)
    distortion = np.array(camera.distortion) if camera.distortion else None
    best: tuple[float, RigidTransform, Array] | None = None
    for turn in (0, 1):
        turned = np.ascontiguousarray(np.roll(pixels, turn, axis=0))
        count, rotations, translations, errors = cv2.solvePnPGeneric(
            model, turned, camera.opencv_matrix, distortion, flags=cv2.SOLVEPNP_IPPE
        )
        for i in range(count):
            error = float(np.ravel(errors[i])[0])
            pose = RigidTransform(
                so3_exp(np.ravel(rotations[i])), np.asarray(translations[i], float).ravel()
            )
            if np.isfinite(error) and (best is None or error < best[0]):
                best = (error, pose, np.roll(quad, turn, axis=0))
    if best is None:
        return None
    error, pose, ordered = best
    sight = pose.translation / np.linalg.norm(pose.translation)
    tilt = np.degrees(np.arccos(min(1.0, abs(float(pose.rotation[:, 2] @ sight)))))
    if error > _MAX_REPROJECTION * card_width(ordered) or tilt > _MAX_TILT_DEGREES:
        return None
    return best


def card_width(quad: Array) -> float:
    """Length of the longer sides, px."""
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return float(max(sides[0] + sides[2], sides[1] + sides[3])) / 2.0


def _least_size(
    camera_from_card: RigidTransform, corners_image: Array, surface: Array, points: Array
) -> float:
    """Return how large a head is at least: nothing that a card covers stands out through it."""
    covered = surface[_inside(corners_image, points)]
    if len(covered) == 0:
        return 0.0
    normal = camera_from_card.rotation[:, 2]
    sizes = float(camera_from_card.translation @ normal) / (covered @ normal)
    return float((sizes + _SKIN_TO_CARD_M / covered[:, 2]).max())


def _depth_behind(point: Array, surface: Array, points: Array) -> float:
    """Depth of the face at a point of the picture, from the plane through what is nearest."""
    near = np.argsort(np.linalg.norm(points - point, axis=1))[:_NEIGHBOURS]
    level = np.column_stack([points[near] - point, np.ones(_NEIGHBOURS)])
    # Slopes are held small: beyond the rim of the face the plane must not run away.
    hold = np.diag([1.0, 1.0, 0.0]) * 4.0 * float(np.mean(level[:, :2] ** 2))
    plane = np.linalg.solve(level.T @ level + hold, level.T @ surface[near, 2])
    return float(plane[2])
