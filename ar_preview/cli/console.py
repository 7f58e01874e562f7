"""What the command line says, and where: results to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["notes", "plain_table", "results", "say", "say_note"]

_PIPE_WIDTH = 240
"""Columns of a table that goes into a pipe or a file, where nothing limits a line."""

results = Console(
    emoji=False, highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPE_WIDTH
)
notes = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)


def plain_table(rows: Sequence[tuple[str, ...]], header: tuple[str, ...] = ()) -> Table:
    """Return a table without lines whose cells are printed as they are, brackets and all."""
    table = Table(box=None, pad_edge=False, show_header=bool(header))
    for title in header or rows[0]:
        table.add_column(title if header else "", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def say(text: str) -> None:
    """Print one plain line to stdout."""
    results.print(text, markup=False)


def say_note(text: str) -> None:
    """Print one plain line to stderr."""
    notes.print(text, markup=False)
