"""The sample builder: short clips made from two free pictures, with their exact truth.

``python -m ar_preview.workshop.samples [FOLDER]`` builds them again.
"""

from __future__ import annotations

from ar_preview.workshop.samples.build import build_samples

__all__ = ["build_samples"]
