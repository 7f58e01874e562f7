"""Names that are unique within a file."""

from __future__ import annotations

__all__ = ["UniqueNames"]


class UniqueNames:
    """Hands out names; one that is taken already gets a number."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def take(self, name: str) -> str:
        """Return the name, with a number where it is taken already, and take it."""
        candidate, number = name, self._next.get(name, 2)
        while candidate in self._next:
            # Where the last one stopped: a thousand equal names take a thousand steps.
            candidate, number = f"{name}_{number}", number + 1
        self._next[name] = number
        self._next.setdefault(candidate, 2)
        return candidate
