"""Metrics as SQLite keeps them: numbers, and words for those that aren't finite.

SQLite turns NaN into NULL, and writes infinity into JSON as a number that nobody
reads. A word is no number for a comparison either: filters use `COMPARABLE`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy.types import UserDefinedType

from studio.domain.metrics import as_json, from_word

COMPARABLE = """CASE typeof(m.value) WHEN 'text' THEN
    CASE m.value WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 END
    ELSE m.value END"""
"""`m.value` as a number; NULL for NaN, which no comparison matches."""


class Measure(UserDefinedType[float]):
    """A float of which no value is lost."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "FLOAT"

    def bind_processor(self, dialect: Any) -> Callable[[Any], Any]:
        return _stored

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any]:
        return _read


def _stored(value: float | None) -> float | str | None:
    return None if value is None else as_json(value)


def _read(value: Any) -> Any:
    return from_word(value) if isinstance(value, str) else value


def from_json_object(text: str) -> dict[str, float]:
    """What `json_group_object(key, value)` made of stored measures."""
    found = orjson.loads(text)
    return {key: _read(value) for key, value in found.items()}
