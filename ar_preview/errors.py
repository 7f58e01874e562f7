"""The errors a caller can expect; each message says what was expected, what came, what to do."""

from __future__ import annotations

__all__ = [
    "ArPreviewError",
    "MeasurementError",
    "OutputError",
    "ProductError",
    "RenderError",
    "SourceError",
    "TrackingError",
]


class ArPreviewError(Exception):
    """Base of every error that ar_preview raises on purpose."""


class SourceError(ArPreviewError):
    """A camera, video, picture or folder cannot be opened or read."""


class TrackingError(ArPreviewError):
    """The tracker or its weights cannot be used."""


class MeasurementError(ArPreviewError):
    """A size or a camera cannot be measured from what the pictures show."""


class ProductError(ArPreviewError):
    """A product folder, manifest or mesh is missing, broken or unsafe."""


class RenderError(ArPreviewError):
    """No usable OpenGL driver, or the renderer was given something it cannot draw."""


class OutputError(ArPreviewError):
    """A result cannot be written where the user asked for it."""
