"""AR product preview: 3D products worn by the person in the picture.

Ten lines from a notebook::

    import ar_preview as ar

    glasses = ar.load_product("marlow-havana")
    with ar.open_source("sample:face") as source, ar.Preview([glasses]) as preview:
        for frame in source:
            result = preview.step(frame)

`PreviewResult` keeps every intermediate: tracks, poses, persons, scene, layer, timings.
Nothing leaves the machine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ar_preview.errors import (
        ArPreviewError,
        MeasurementError,
        OutputError,
        ProductError,
        RenderError,
        SourceError,
        TrackingError,
    )
    from ar_preview.frames import Frame, ImageSize
    from ar_preview.geometry import Camera, RigidTransform
    from ar_preview.landmarks import FaceLandmark, HandLandmark
    from ar_preview.layer import Layer
    from ar_preview.preview import Preview, PreviewResult
    from ar_preview.products import Catalogue, Product, load_product
    from ar_preview.recording import VideoRecorder, write_image
    from ar_preview.sources import open_source
    from ar_preview.tracking import ReplayTracker, TrackLog

# Loaded on first use, so that `ar-preview --help` does not wait for the tracker.
_HOMES = {
    "ArPreviewError": "errors",
    "Camera": "geometry",
    "Catalogue": "products",
    "FaceLandmark": "landmarks",
    "Frame": "frames",
    "HandLandmark": "landmarks",
    "ImageSize": "frames",
    "Layer": "layer",
    "MeasurementError": "errors",
    "OutputError": "errors",
    "Preview": "preview",
    "PreviewResult": "preview",
    "Product": "products",
    "ProductError": "errors",
    "RenderError": "errors",
    "ReplayTracker": "tracking",
    "RigidTransform": "geometry",
    "SourceError": "errors",
    "TrackLog": "tracking",
    "TrackingError": "errors",
    "VideoRecorder": "recording",
    "load_product": "products",
    "open_source": "sources",
    "write_image": "recording",
}

__all__ = [
    "ArPreviewError",
    "Camera",
    "Catalogue",
    "FaceLandmark",
    "Frame",
    "HandLandmark",
    "ImageSize",
    "Layer",
    "MeasurementError",
    "OutputError",
    "Preview",
    "PreviewResult",
    "Product",
    "ProductError",
    "RenderError",
    "ReplayTracker",
    "RigidTransform",
    "SourceError",
    "TrackLog",
    "TrackingError",
    "VideoRecorder",
    "load_product",
    "open_source",
    "write_image",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ar_preview' has no attribute {name!r}")
    value = getattr(import_module(f"ar_preview.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
