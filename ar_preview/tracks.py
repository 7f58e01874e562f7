"""What was seen in a frame, in pixels: the output of every tracker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ar_preview.geometry import Array, ImageSize

__all__ = ["BodyTrack", "FaceTrack", "HandTrack", "Handedness", "SilhouetteTrack", "Tracks"]

Handedness = Literal["left", "right"]


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """One face in one frame.

    Parameters
    ----------
    id : int
        Stays the same while the face is followed.
    points_image : ndarray, shape (478, 2)
        Landmarks in px; index with `FaceLandmark`. May lie outside the image.
    depth_image : ndarray, shape (478,)
        The tracker's relative depth in px, smaller is nearer; of the quality of a guess.
    """

    id: int
    points_image: Array
    depth_image: Array


@dataclass(frozen=True, eq=False)
class HandTrack:
    """One hand in one frame.

    Parameters
    ----------
    id : int
        Stays the same while the hand is followed.
    handedness : {"left", "right"}
        The person's own left or right.
    handedness_score : float
        0 to 1.
    points_image : ndarray, shape (21, 2)
        Landmarks in px; index with `HandLandmark`.
    depth_image : ndarray, shape (21,)
        Relative depth in px, 0 at the wrist, smaller is nearer.
    points_world : ndarray, shape (21, 3)
        The tracker's own metric guess, camera axes, origin at the hand's centre, metres.
        Generic in size.
    """

    id: int
    handedness: Handedness
    handedness_score: float
    points_image: Array
    depth_image: Array
    points_world: Array


@dataclass(frozen=True, eq=False)
class BodyTrack:
    """One body, looked for below a known face.

    Parameters
    ----------
    id : int
        That of the face.
    points_image : ndarray, shape (33, 2)
        Landmarks in px; index with `BodyLandmark`. May lie outside the image, where they are
        guessed.
    points_world : ndarray, shape (33, 3)
        The tracker's own metric guess, axes of a camera that looks straight at the person, origin
        between the hips, metres. Generic in size.
    visibility : ndarray, shape (33,)
        0 to 1; how likely each is in the picture and not hidden.
    """

    id: int
    points_image: Array
    points_world: Array
    visibility: Array


@dataclass(frozen=True, eq=False)
class SilhouetteTrack:
    """Which pixels round one face are people, with their hair.

    Parameters
    ----------
    face_id : int
        Of the `FaceTrack` in whose middle it is.
    box : tuple of int
        The rectangle of the frame that the mask covers: x0, y0, x1, y1, px.
    mask : ndarray, shape (256, 256), uint8
        0 background to 255 person, of cells that divide the box evenly.
    """

    face_id: int
    box: tuple[int, int, int, int]
    mask: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Tracks:
    """Everything that was seen in one frame.

    Parameters
    ----------
    size : ImageSize
        Size of the frame the pixels belong to.
    faces : tuple of FaceTrack
    hands : tuple of HandTrack
    faces_sought, hands_sought : bool
        False where nobody looked for them, so that none seen means nothing: what was there in
        the frame before is still there.
    bodies : tuple of BodyTrack
        Of some of the faces in some of the frames.
    silhouettes : tuple of SilhouetteTrack
        Of the heads that were looked at in this frame, which is not every head in every frame.
    """

    size: ImageSize
    faces: tuple[FaceTrack, ...] = ()
    hands: tuple[HandTrack, ...] = ()
    faces_sought: bool = True
    hands_sought: bool = True
    bodies: tuple[BodyTrack, ...] = ()
    silhouettes: tuple[SilhouetteTrack, ...] = ()
