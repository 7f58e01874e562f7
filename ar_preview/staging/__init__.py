"""Staging: placed pieces, occluders and light become a scene."""

from __future__ import annotations

from ar_preview.staging.beside import head_in_picture
from ar_preview.staging.occluders import HeadOccluders
from ar_preview.staging.shadows import BodyShadow
from ar_preview.staging.stage import Stage
from ar_preview.staging.texels import FaceTexels

__all__ = ["BodyShadow", "FaceTexels", "HeadOccluders", "Stage", "head_in_picture"]
