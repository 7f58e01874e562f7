"""Registration: where heads and limbs are, in metres, and what is learned of the person."""

from __future__ import annotations

from ar_preview.registration.gaps import Gaps
from ar_preview.registration.nose import NoseView, nose_view, refine_nose
from ar_preview.registration.registration import Registration

__all__ = ["Gaps", "NoseView", "Registration", "nose_view", "refine_nose"]
