"""The desktop app; the only room that knows Qt."""

from __future__ import annotations

from ar_preview.app.run import run_app

__all__ = ["run_app"]
