"""The seat: whether glasses are on the nose, before the eyes, and as wide as they really are.

The stick error is blind to glasses that float in the air together with the head. Here the
drawn product, aligned in scale (`placing`), is held against the true head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.evaluation.placing import PlacedProduct, place_on_head
from ar_preview.evaluation.stick import triangulate
from ar_preview.landmarks import FaceLandmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.evaluation.drawn import DrawnPath
    from ar_preview.evaluation.head_mesh import HeadMesh
    from ar_preview.evaluation.truth import Truth
    from ar_preview.geometry import Array
    from ar_preview.products.product import Product
    from ar_preview.tracks import Tracks

__all__ = ["SeatScore", "find_pupils", "measure_seat"]

_NOSE_HALF_WIDTH_M = 0.018
_FRONT_DEPTH_M = 0.030
_NOSE_GRID_M, _GRID_M = 0.0005, 0.0015
_TEMPLE_ABOVE_PUPIL_M, _TEMPLE_BEHIND_PUPIL_M = 0.010, 0.040
"""Where a temple leaves its hinge and passes the face: the width of a face for glasses."""

_WIDEST_FACE = 2.7
"""Over the pupillary distance; faces have 2.0 to 2.4, what is wider is hair."""

_MM = 1e3
_FEWEST_TRACKS = 20


@dataclass(frozen=True)
class SeatScore:
    """How the drawn glasses sit on the true head; mm on that head.

    Parameters
    ----------
    nose_gap_mm : float
        Air between nose and bridge or pad, on the side where there is more; 0 if both touch.
    penetration_mm : float
        How deep the front is sunk into the face.
    lens_height_mm : float or None
        Middle of the lenses above (+) or below (-) the pupils.
    lens_shift_mm : float or None
        Middle of the front to the wearer's left (+) of the middle of the eyes.
    lens_tilt_mm : float or None
        How much higher the left lens stands over its pupil than the right one.
    size_percent : float
        How much larger (+) or smaller (-) than real the product is drawn on this head.
    size_error_percent : float
        Standard error of that figure.
    frame_width_mm : float or None
        Width of the frame as drawn; None for a product that does not state it.
    face_width_mm : float or None
        True width of the face where the temples pass it; None where hair covers it.
    """

    nose_gap_mm: float
    penetration_mm: float
    lens_height_mm: float | None
    lens_shift_mm: float | None
    lens_tilt_mm: float | None
    size_percent: float
    size_error_percent: float
    frame_width_mm: float | None
    face_width_mm: float | None


def find_pupils(truth: Truth, tracks: Sequence[Tracks | None]) -> Array | None:
    """Find the pupils of the true head: those of the truth, else triangulated irises.

    Parameters
    ----------
    truth : Truth
    tracks : sequence of Tracks or None
        What a tracker saw in each frame.

    Returns
    -------
    ndarray, shape (2, 3), or None
        Left and right, head space, metres. The landmarks' noise averages out over the clip.
    """
    if truth.pupils_head is not None:
        return truth.pupils_head
    irises = [FaceLandmark.LEFT_IRIS_CENTRE, FaceLandmark.RIGHT_IRIS_CENTRE]
    seen = [
        (index, found.faces[0].points_image[irises])
        for index, found in enumerate(tracks)
        if found is not None and found.faces
    ]
    if truth.is_still or len(seen) < _FEWEST_TRACKS:
        return None
    poses = truth.camera_from_head[[index for index, _ in seen]]
    return triangulate(truth.camera, poses, np.array([points for _, points in seen]))


def measure_seat(
    truth: Truth,
    path: DrawnPath,
    product: Product,
    head: HeadMesh,
    pupils_head: Array | None = None,
) -> SeatScore | None:
    """Hold the drawn glasses against the true head, from the tenth frame on.

    Parameters
    ----------
    truth : Truth
    path : DrawnPath
    product : Product
        Glasses.
    head : HeadMesh
    pupils_head : ndarray, shape (2, 3), optional
        Left and right.

    Returns
    -------
    SeatScore or None
        None where the clip cannot tell (see `place_on_head`).
    """
    placed = place_on_head(truth, path)
    if placed is None:
        return None
    return _score(truth, placed, product, head, pupils_head)


def _score(
    truth: Truth,
    placed: PlacedProduct,
    product: Product,
    head: HeadMesh,
    pupils_head: Array | None,
) -> SeatScore:
    vertices = product.vertices_product()
    front = vertices[vertices[:, 2] > vertices[:, 2].max() - _FRONT_DEPTH_M]
    middle = np.abs(front[:, 0]) < _NOSE_HALF_WIDTH_M
    front = np.concatenate(
        [_thinned(front[middle], _NOSE_GRID_M), _thinned(front[~middle], _GRID_M)]
    )
    distance = head.signed_distance(placed @ front)
    nose = np.abs(front[:, 0]) < _NOSE_HALF_WIDTH_M
    sides = [distance[nose & (sign * front[:, 0] >= 0.0)] for sign in (1.0, -1.0)]
    gap = max(float(side.min()) if len(side) else 0.0 for side in sides)

    height = shift = tilt = face_width = None
    lenses = _lens_centres(product)
    if pupils_head is not None:
        if lenses is not None:
            offset = placed @ lenses - pupils_head
            height, shift = float(offset[:, 1].mean()), float(offset[:, 0].mean())
            tilt = float(offset[0, 1] - offset[1, 1])
        middle = pupils_head.mean(axis=0)
        face_width = head.width_at(
            float(middle[1]) + _TEMPLE_ABOVE_PUPIL_M, float(middle[2]) - _TEMPLE_BEHIND_PUPIL_M
        )
        if face_width is not None and face_width > _WIDEST_FACE * np.ptp(pupils_head[:, 0]):
            face_width = None
    stated = product.dimensions_mm.get("frame_width")
    return SeatScore(
        nose_gap_mm=_MM * max(gap, 0.0),
        penetration_mm=_MM * max(-float(distance.min()), 0.0),
        lens_height_mm=_millimetres(height),
        lens_shift_mm=_millimetres(shift),
        lens_tilt_mm=_millimetres(tilt),
        size_percent=100.0 * (placed.scale - 1.0),
        size_error_percent=100.0 * placed.scale_error,
        frame_width_mm=None if stated is None else placed.scale * stated,
        face_width_mm=truth.face_width_mm or _millimetres(face_width),
    )


def _millimetres(metres: float | None) -> float | None:
    return None if metres is None else _MM * metres


def _thinned(points: Array, grid_m: float) -> Array:
    """Keep one point of each cell of a grid."""
    _, first = np.unique(np.round(points / grid_m), axis=0, return_index=True)
    return points[first]


def _lens_centres(product: Product) -> Array | None:
    """Middles of the left and right lens box, product space; None without see-through lenses."""
    placed = product.product_from_node()
    parts = [
        p.positions @ placed[n.name][:3, :3].T + placed[n.name][:3, 3]
        for n in product.nodes
        for p in n.primitives
        if product.materials[p.material].is_see_through
    ]
    if not parts:
        return None
    points = np.concatenate(parts)
    sides = [points[points[:, 0] > 0.0], points[points[:, 0] < 0.0]]
    if min(map(len, sides)) == 0:
        return None
    return np.stack([0.5 * (side.min(axis=0) + side.max(axis=0)) for side in sides])
