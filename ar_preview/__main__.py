"""``python -m ar_preview`` is ``ar-preview``."""

from __future__ import annotations

from ar_preview.cli import main

main()
