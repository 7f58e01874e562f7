"""Typed, bounded reading of the JSON part of a glTF file; every surprise is a ProductError."""

from __future__ import annotations

import math
from typing import Any, NoReturn

from ar_preview.errors import ProductError

__all__ = ["Fields"]

_SHOWN = 40
_LONGEST_NAME = 200


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


class Fields:
    """One JSON object with the place it stands at.

    Parameters
    ----------
    data : object
        The parsed JSON value; must be an object.
    where : str
        File and path for messages, for example ``model.glb: nodes[3]``.

    Raises
    ------
    ProductError
        From every method, when the value is not what was asked for.
    """

    def __init__(self, data: object, where: str) -> None:
        self.where = where
        if not isinstance(data, dict):
            raise ProductError(f"{where}: expected an object, got {_shown(data)}; export it again")
        self.data: dict[str, Any] = data

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def fail(self, key: str, expected: str) -> NoReturn:
        """Raise the error for one value."""
        raise ProductError(
            f"{self.where}.{key}: expected {expected}, got {_shown(self.data.get(key))}; "
            "export the model again or check it with a glTF validator"
        )

    def integer(self, key: str, default: int | None = None, low: int = 0, high: int = 2**31) -> int:
        """Return a whole number in [low, high)."""
        value = self.data.get(key, default)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(key, "a whole number")
        if not low <= value < high:
            self.fail(key, f"a whole number from {low} to {high - 1}")
        return value

    def index(self, key: str, count: int) -> int | None:
        """Return an index into a list of `count` entries, or None where the key is absent."""
        if key not in self.data:
            return None
        if count == 0:
            self.fail(key, "nothing, as the list it refers to is empty")
        return self.integer(key, high=count)

    def number(
        self, key: str, default: float, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """Return a finite number, clamped to nothing: outside [low, high] is an error."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(key, "a number")
        try:
            number = float(value)
        except OverflowError:
            self.fail(key, "a finite number")
        if key in self.data and not math.isfinite(number):
            self.fail(key, "a finite number")
        if not low <= number <= high:
            self.fail(key, f"a number from {low:g} to {high:g}")
        return number

    def numbers(
        self,
        key: str,
        default: tuple[float, ...],
        low: float = -math.inf,
        high: float = math.inf,
    ) -> tuple[float, ...]:
        """Return as many finite numbers as the default has."""
        if key not in self.data:
            return default
        values = self.data[key]
        expected = f"{len(default)} finite numbers"
        if not isinstance(values, list) or len(values) != len(default):
            self.fail(key, expected)
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int | float):
                self.fail(key, expected)
            if (isinstance(value, int) and abs(value) > 2**53) or not math.isfinite(value):
                self.fail(key, expected)
            if not low <= value <= high:
                self.fail(key, f"{expected} from {low:g} to {high:g}")
        return tuple(float(v) for v in values)

    def indices(self, key: str, count: int) -> list[int]:
        """Return a list of indices below `count`; empty where the key is absent."""
        values = self.data.get(key, [])
        if not isinstance(values, list):
            self.fail(key, "a list of indices")
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
                raise ProductError(
                    f"{self.where}.{key}: expected indices below {count}, got {_shown(value)}; "
                    "export the model again"
                )
        return values

    def text(self, key: str, default: str = "") -> str:
        """Return a string; the default where it is absent."""
        value = self.data.get(key, default)
        if not isinstance(value, str):
            self.fail(key, "a text")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, "true or false")
        return value

    @property
    def name(self) -> str:
        """The object's name as it can be shown: short, on one line, nothing that is no text."""
        shown = self.text("name")[:_LONGEST_NAME]
        return "".join(c if c.isprintable() else "?" for c in shown)

    def texts(self, key: str) -> list[str]:
        """Return a list of strings; empty where the key is absent."""
        values = self.data.get(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            self.fail(key, "a list of texts")
        return values

    def child(self, key: str) -> Fields:
        """Return a nested object; an empty one where the key is absent."""
        return Fields(self.data.get(key, {}), f"{self.where}.{key}")

    def extension(self, name: str) -> Fields | None:
        """Return an extension's object, or None."""
        extensions = self.child("extensions")
        return extensions.child(name) if name in extensions else None

    def children(self, key: str, limit: int = 2**31) -> list[Fields]:
        """Return a list of nested objects; empty where the key is absent."""
        values = self.data.get(key, [])
        if not isinstance(values, list):
            self.fail(key, "a list")
        if len(values) > limit:
            raise ProductError(
                f"{self.where}.{key}: {len(values)} entries are more than the limit of {limit}; "
                "simplify the model"
            )
        return [Fields(v, f"{self.where}.{key}[{i}]") for i, v in enumerate(values)]
