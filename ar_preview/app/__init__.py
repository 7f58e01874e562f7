"""The desktop app; the only room that knows Qt."""

from __future__ import annotations

from ar_preview.app.run import run_app
from ar_preview.app.self_test import run_self_test

__all__ = ["run_app", "run_self_test"]
