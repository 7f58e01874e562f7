"""What the command line says, and where: results to stdout, everything else to stderr."""

from __future__ import annotations

from rich.console import Console

__all__ = ["notes", "results", "say"]

results = Console(highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print one plain line to stdout."""
    results.print(text, markup=False)
