"""The stick error: whether every point of a product stays on one point of the head.

Method. A product point k is drawn at the pixels x_ik, frame by frame. If it is stuck to the
head, one head-fixed point Y_k explains all of them: x_ik = pi(T_i Y_k), with the true motion
T_i and the true camera pi. Y_k is found by linear triangulation (DLT: each frame gives the two
rows x_n P_3 - P_1 and y_n P_3 - P_2 of A Y = 0, with P = T_i[:3] in normalised coordinates;
Hartley and Zisserman, Multiple View Geometry, section 12.2) and refined by Gauss-Newton on the
pixel residual. What remains, e_ik = x_ik - pi(T_i Y_k), is the stick error.

It sees neither an error of the focal length or size as such nor where on the head the product
is (`seat` measures that); it sees everything that slides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.evaluation.drawn import DrawnPath
    from ar_preview.evaluation.truth import Truth
    from ar_preview.geometry import Array, Camera

__all__ = ["StickScore", "face_width_px", "measure_stick", "stick_errors", "triangulate"]

FRONT_POINTS = 7
"""The first of the product points lie on the front: bridge, lens corners, hinges."""

_NEWTON_STEPS = 10
_FEWEST_FRAMES = 10
_FACE_WIDTH_M = 0.14
_LAGS = np.arange(-1.0, 3.01, 0.25)


@dataclass(frozen=True, eq=False)
class StickScore:
    """How well a product stuck; px of the clip. None where the clip cannot tell.

    Parameters
    ----------
    found : float
        Share of the judged frames in which it was worn, 0 to 1.
    errors_px : ndarray, shape (F,)
        Error of each frame, rms over the points; NaN where not worn or not judged.
    rms_px, front_rms_px, p95_px : float or None
        Stick error of all points, of those on the front, and its 95th percentile.
    percent_of_face : float or None
        `rms_px` in percent of the face's width.
    jitter_px : float or None
        Frame-to-frame change of the error, rms.
    jump_px : float or None
        Largest change of the error from one frame to the next, rms over the points.
    drift_px : float or None
        On still clips: rms distance from the mean place.
    lag_frames : float or None
        Delay that best explains the paths, in steps of a quarter frame.
    lag_free_rms_px : float or None
        The stick error at that delay.
    return_frames : int or None
        After a blackout: frames until it was worn again, 0 for the very first.
    """

    found: float
    errors_px: Array
    rms_px: float | None = None
    front_rms_px: float | None = None
    p95_px: float | None = None
    percent_of_face: float | None = None
    jitter_px: float | None = None
    jump_px: float | None = None
    drift_px: float | None = None
    lag_frames: float | None = None
    lag_free_rms_px: float | None = None
    return_frames: int | None = None


def triangulate(camera: Camera, camera_from_head: Array, points_image: Array) -> Array:
    """Return the head-fixed points that best explain pixel paths.

    Parameters
    ----------
    camera : Camera
        Without distortion.
    camera_from_head : ndarray, shape (F, 4, 4)
    points_image : ndarray, shape (F, K, 2)

    Returns
    -------
    ndarray, shape (K, 3)
        Head space, metres.
    """
    focal = np.array([camera.fx, camera.fy])
    normalised = (points_image - [camera.cx, camera.cy]) / focal
    rows = camera_from_head[:, None, :2]
    third = camera_from_head[:, None, 2]
    equations = normalised[..., None] * third[:, :, None] - rows
    system = np.moveaxis(equations, 1, 0).reshape(points_image.shape[1], -1, 4)
    homogeneous = np.linalg.eigh(np.swapaxes(system, 1, 2) @ system)[1][:, :, 0]
    points = np.asarray(homogeneous[:, :3] / homogeneous[:, 3:])
    for _ in range(_NEWTON_STEPS):
        residual, jacobian = _residuals(camera, camera_from_head, points, points_image)
        normal = np.einsum("fkai,fkaj->kij", jacobian, jacobian)
        gradient = np.einsum("fkai,fka->ki", jacobian, residual)
        step = np.linalg.pinv(normal, hermitian=True) @ gradient[..., None]
        points = points + step[..., 0]
    return points


def _residuals(
    camera: Camera, camera_from_head: Array, points_head: Array, points_image: Array
) -> tuple[Array, Array]:
    """Return pixel residuals (F, K, 2) and the projection's Jacobian (F, K, 2, 3)."""
    rotation = camera_from_head[:, :3, :3]
    seen = np.einsum("fij,kj->fki", rotation, points_head) + camera_from_head[:, None, :3, 3]
    flat = seen[..., :2] / seen[..., 2:]
    focal = np.array([camera.fx, camera.fy])
    residual = points_image - (flat * focal + [camera.cx, camera.cy])
    # d(x/z) = (dx - x/z dz) / z, and the rows of dx, dz are those of the rotation.
    change = rotation[:, None, :2] - flat[..., None] * rotation[:, None, 2:]
    return residual, focal[:, None] * change / seen[..., 2, None, None]


def stick_errors(camera: Camera, camera_from_head: Array, points_image: Array) -> Array:
    """Return the stick error of every point in every frame as vectors, (F, K, 2), px."""
    points = triangulate(camera, camera_from_head, points_image)
    return _residuals(camera, camera_from_head, points, points_image)[0]


def face_width_px(truth: Truth, index: npt.NDArray[np.integer]) -> float:
    """Width of a 14 cm face in the picture, at the median distance, px."""
    if truth.is_still:
        ends = np.array([[0.07, 0.0, 0.02], [-0.07, 0.0, 0.02]])
        pose = truth.camera_from_head[0]
        left, right = truth.camera.project(ends @ pose[:3, :3].T + pose[:3, 3])
        return float(np.linalg.norm(left - right))
    return truth.camera.fx * _FACE_WIDTH_M / float(np.median(truth.camera_from_head[index, 2, 3]))


def measure_stick(truth: Truth, path: DrawnPath, unjudged: range | None = None) -> StickScore:
    """Judge the path of a worn product.

    Parameters
    ----------
    truth : Truth
    path : DrawnPath
        Of the same frames.
    unjudged : range, optional
        Frames in which nothing can be seen (a blackout): left out of every figure.
    """
    count = len(truth)
    judged = np.ones(count, dtype=bool)
    if unjudged is not None:
        judged[unjudged.start : unjudged.stop] = False
    use = judged[path.index]
    index, drawn = path.index[use], path.points_image[use]
    found = len(index) / max(int(judged.sum()), 1)
    back = _return_frames(path.index, unjudged)
    errors_px = np.full(count, np.nan)
    if len(index) < _FEWEST_FRAMES:
        return StickScore(found, errors_px, return_frames=back)

    if truth.is_still:
        errors = drawn - drawn.mean(axis=0)
    else:
        errors = stick_errors(truth.camera, truth.camera_from_head[index], drawn)
    errors_px[index] = _rms(errors, axis=1)
    follows = np.diff(index) == 1
    steps = np.diff(errors, axis=0)[follows]
    jitter = float(_rms(steps)) if len(steps) else None
    jump = float(_rms(steps, axis=1).max()) if len(steps) else None
    if truth.is_still:
        return StickScore(
            found,
            errors_px,
            jitter_px=jitter,
            jump_px=jump,
            drift_px=float(_rms(errors)),
            return_frames=back,
        )
    rms = float(_rms(errors))
    lags = [float(_rms(_lagged(truth, index, drawn, lag))) for lag in _LAGS]
    best = int(np.argmin(lags))
    return StickScore(
        found=found,
        errors_px=errors_px,
        rms_px=rms,
        front_rms_px=float(_rms(errors[:, :FRONT_POINTS])),
        p95_px=float(np.percentile(np.linalg.norm(errors, axis=-1), 95)),
        percent_of_face=100.0 * rms / face_width_px(truth, index),
        jitter_px=jitter,
        jump_px=jump,
        lag_frames=float(_LAGS[best]),
        lag_free_rms_px=lags[best],
        return_frames=back,
    )


def _rms(errors: Array, axis: int | None = None) -> Array:
    """Root of the mean squared length of vectors."""
    squared = (errors**2).sum(axis=-1)
    return np.asarray(np.sqrt(squared.mean(axis=axis)))


def _lagged(truth: Truth, index: npt.NDArray[np.integer], drawn: Array, lag: float) -> Array:
    """Stick errors against the motion of `lag` frames ago, matrices mixed between frames."""
    poses = truth.camera_from_head
    moment = index - lag
    known = (moment >= 0) & (moment <= len(poses) - 1)
    low = np.floor(moment[known]).astype(int)
    share = (moment[known] - low)[:, None, None]
    mixed = poses[low] * (1.0 - share) + poses[np.minimum(low + 1, len(poses) - 1)] * share
    return stick_errors(truth.camera, mixed, drawn[known])


def _return_frames(index: npt.NDArray[np.integer], unjudged: range | None) -> int | None:
    if unjudged is None:
        return None
    later = index[index >= unjudged.stop]
    return int(later[0]) - unjudged.stop if len(later) else None
