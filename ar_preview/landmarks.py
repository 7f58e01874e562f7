"""Names of the landmarks, and the canonical face they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = [
    "BODY_SIZE",
    "FACE_CONTOUR",
    "FINGER_JOINTS",
    "LEFT_EYE_RING",
    "LIPS",
    "MESH_SIZE",
    "RIGHT_EYE_RING",
    "STIFF_LANDMARKS",
    "BodyLandmark",
    "FaceLandmark",
    "FaceModel",
    "Finger",
    "HandLandmark",
]

Finger = Literal["thumb", "index", "middle", "ring", "little"]

MESH_SIZE = 468
"""Landmarks that are vertices of the canonical face; the iris landmarks follow them."""


class FaceLandmark(IntEnum):
    """Named points of MediaPipe's 478 face landmarks; left and right are the subject's."""

    FOREHEAD_TOP = 10
    GLABELLA = 9
    BROW_CENTRE = 8
    RIGHT_BROW_TOP = 105
    LEFT_BROW_TOP = 334
    NASION = 168
    NOSE_BRIDGE_UPPER = 6
    NOSE_BRIDGE_MIDDLE = 197
    NOSE_BRIDGE_LOWER = 195
    NOSE_TIP = 4
    NOSE_BASE = 2
    CHIN = 152
    RIGHT_EYE_OUTER = 33
    RIGHT_EYE_INNER = 133
    LEFT_EYE_INNER = 362
    LEFT_EYE_OUTER = 263
    RIGHT_TEMPLE = 127
    LEFT_TEMPLE = 356
    RIGHT_TRAGUS = 234
    LEFT_TRAGUS = 454
    RIGHT_EAR_LOBE = 132
    LEFT_EAR_LOBE = 361
    RIGHT_JAW_ANGLE = 58
    LEFT_JAW_ANGLE = 288
    RIGHT_CHEEKBONE = 116
    LEFT_CHEEKBONE = 345
    MOUTH_RIGHT = 61
    MOUTH_LEFT = 291
    RIGHT_IRIS_CENTRE = 468
    RIGHT_IRIS_LEFT = 469
    RIGHT_IRIS_TOP = 470
    RIGHT_IRIS_RIGHT = 471
    RIGHT_IRIS_BOTTOM = 472
    LEFT_IRIS_CENTRE = 473
    LEFT_IRIS_LEFT = 474
    LEFT_IRIS_TOP = 475
    LEFT_IRIS_RIGHT = 476
    LEFT_IRIS_BOTTOM = 477


class HandLandmark(IntEnum):
    """Named points of MediaPipe's 21 hand landmarks."""

    WRIST = 0
    THUMB_CMC = 1
    THUMB_MCP = 2
    THUMB_IP = 3
    THUMB_TIP = 4
    INDEX_MCP = 5
    INDEX_PIP = 6
    INDEX_DIP = 7
    INDEX_TIP = 8
    MIDDLE_MCP = 9
    MIDDLE_PIP = 10
    MIDDLE_DIP = 11
    MIDDLE_TIP = 12
    RING_MCP = 13
    RING_PIP = 14
    RING_DIP = 15
    RING_TIP = 16
    LITTLE_MCP = 17
    LITTLE_PIP = 18
    LITTLE_DIP = 19
    LITTLE_TIP = 20


class BodyLandmark(IntEnum):
    """Those of MediaPipe's 33 pose landmarks that are used; the person's own left and right."""

    NOSE = 0
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14


BODY_SIZE = 33
"""Landmarks of a body."""


FINGER_JOINTS: dict[Finger, tuple[HandLandmark, HandLandmark, HandLandmark, HandLandmark]] = {
    "thumb": (
        HandLandmark.THUMB_MCP,
        HandLandmark.THUMB_IP,
        HandLandmark.THUMB_TIP,
        HandLandmark.THUMB_TIP,
    ),
    "index": (
        HandLandmark.INDEX_MCP,
        HandLandmark.INDEX_PIP,
        HandLandmark.INDEX_DIP,
        HandLandmark.INDEX_TIP,
    ),
    "middle": (
        HandLandmark.MIDDLE_MCP,
        HandLandmark.MIDDLE_PIP,
        HandLandmark.MIDDLE_DIP,
        HandLandmark.MIDDLE_TIP,
    ),
    "ring": (
        HandLandmark.RING_MCP,
        HandLandmark.RING_PIP,
        HandLandmark.RING_DIP,
        HandLandmark.RING_TIP,
    ),
    "little": (
        HandLandmark.LITTLE_MCP,
        HandLandmark.LITTLE_PIP,
        HandLandmark.LITTLE_DIP,
        HandLandmark.LITTLE_TIP,
    ),
}
"""Joints of each finger from the one whose phalanx bears a ring; a thumb has one less."""

# The rings below follow the topology of the published canonical face mesh.
FACE_CONTOUR: tuple[int, ...] = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""Outline of the face, from the top of the forehead towards the subject's left and around."""

RIGHT_EYE_RING: tuple[int, ...] = (
    *(33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
)
LEFT_EYE_RING: tuple[int, ...] = (
    *(263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
LIPS: tuple[int, ...] = (
    *(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
    *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95),
)

STIFF_LANDMARKS: tuple[int, ...] = (
    # Nose bridge, nose side walls, eye corners, glabella and forehead, temples, cheekbones:
    # what moves least when a face talks, smiles, blinks or raises its brows.
    *(168, 6, 197, 195, 5, 4, 122, 351, 188, 412, 217, 437, 198, 420, 131, 360, 48, 278),
    *(33, 133, 362, 263, 130, 359, 243, 463, 244, 464),
    *(9, 151, 10, 108, 337, 67, 297, 109, 338, 103, 332),
    *(127, 356, 34, 264, 234, 454, 227, 447, 116, 345, 143, 372, 35, 265, 93, 323),
)
"""Landmarks over bone or stiff cartilage, chosen by anatomy."""


@dataclass(frozen=True, eq=False)
class FaceModel:
    """The average face whose vertices are the first 468 face landmarks.

    Parameters
    ----------
    vertices_head : ndarray, shape (468, 3)
        Head axes (x to the subject's left, y up, z out of the nose), metres.
    uv : ndarray, shape (468, 2)
        Texture coordinates of the canonical unwrapping, v down.
    triangles : ndarray, shape (898, 3), int32
        Counter-clockwise seen from outside.
    weights : ndarray, shape (468,)
        How much a landmark counts in a rigid fit (0 for those that carry no information).
    """

    vertices_head: Array
    uv: Array
    triangles: npt.NDArray[np.int32]
    weights: Array
