"""Trackers: frames in, tracks in pixels out. The only room that knows MediaPipe."""

from __future__ import annotations

from ar_preview.tracking.baseline import FaceMatrixTracker, bare_landmarker
from ar_preview.tracking.body import BodyTracker
from ar_preview.tracking.face import FaceTracker
from ar_preview.tracking.face_search import PictureFaces
from ar_preview.tracking.hand import HandTracker
from ar_preview.tracking.people import PeopleTracker
from ar_preview.tracking.replay import ReplayTracker, TrackLog
from ar_preview.tracking.tracker import Tracker
from ar_preview.tracking.vendor import load_ahead
from ar_preview.tracking.weights import (
    BODY_WEIGHTS,
    FACE_WEIGHTS,
    HAND_WEIGHTS,
    SEGMENTER_WEIGHTS,
    load_face_model,
    load_weights,
)

__all__ = [
    "BODY_WEIGHTS",
    "FACE_WEIGHTS",
    "HAND_WEIGHTS",
    "SEGMENTER_WEIGHTS",
    "BodyTracker",
    "FaceMatrixTracker",
    "FaceTracker",
    "HandTracker",
    "PeopleTracker",
    "PictureFaces",
    "ReplayTracker",
    "TrackLog",
    "Tracker",
    "bare_landmarker",
    "load_ahead",
    "load_face_model",
    "load_weights",
]
