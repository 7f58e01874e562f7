"""TOML text from nested mappings (the standard library only reads it)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["toml_text"]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(document: Mapping[str, object]) -> str:
    """Write a document as TOML 1.0.

    Parameters
    ----------
    document : mapping
        Strings, booleans, numbers, lists of them, mappings (tables) and lists of mappings
        (arrays of tables). Mappings inside of arrays of tables are written inline.

    Raises
    ------
    TypeError
        If a value has another type.
    """
    return "\n".join(_table(document, ())).lstrip("\n") + "\n"


def _table(table: Mapping[str, object], path: tuple[str, ...]) -> list[str]:
    lines, below = [], []
    for key, value in table.items():
        inner = (*path, key)
        if isinstance(value, dict):
            body = _table(value, inner)
            bare = [v for v in value.values() if not _is_table(v)]
            header = [f"[{_path(inner)}]"] if bare or not value else []
            below += ["", *header, *body] if header else body
        elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            for item in value:
                below += ["", f"[[{_path(inner)}]]"]
                below += [f"{_key(k)} = {_value(v)}" for k, v in item.items()]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return lines + below


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
    )


def _path(keys: tuple[str, ...]) -> str:
    return ".".join(_key(k) for k in keys)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _string(text: str) -> str:
    # JSON's escapes are TOML's, but TOML also wants the delete character escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items())
        return "{ " + inner + " }" if inner else "{}"
    raise TypeError(f"expected a TOML value, got {type(value).__name__}: {value!r}")
