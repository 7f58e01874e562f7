"""Remarks made while a file is read, each once and in order."""

from __future__ import annotations

__all__ = ["Notes"]

_LIMIT = 200


class Notes:
    """Collects remarks; repeated ones are dropped, and so is what exceeds a sensible number."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def add(self, text: str) -> None:
        """Keep a remark."""
        if len(self._texts) < _LIMIT:
            self._texts.setdefault(text)

    @property
    def texts(self) -> tuple[str, ...]:
        """All remarks."""
        return tuple(self._texts)
