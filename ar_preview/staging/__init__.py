"""Staging: placed pieces, occluders and light become a scene."""

from __future__ import annotations

from ar_preview.staging.contact import SkinTexels
from ar_preview.staging.occluders import head_ellipsoid, head_occluders
from ar_preview.staging.shadows import FaceShadow
from ar_preview.staging.stage import Stage

__all__ = ["FaceShadow", "SkinTexels", "Stage", "head_ellipsoid", "head_occluders"]
