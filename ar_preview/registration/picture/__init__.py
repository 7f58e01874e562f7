"""Pose from the picture itself: skin matched in the face's own texture space."""

from __future__ import annotations

from ar_preview.registration.picture.batch import Sighting
from ar_preview.registration.picture.skin import SkinSamples
from ar_preview.registration.picture.solve import PoseSolution, pinhole, pose_jacobian
from ar_preview.registration.picture.tracker import PictureTracker

__all__ = ["PictureTracker", "PoseSolution", "Sighting", "SkinSamples", "pinhole", "pose_jacobian"]
