"""The command line."""

from __future__ import annotations

from ar_preview.cli.main import main

__all__ = ["main"]
