"""Columns that look like numbers and aren't, and those that don't and are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import csv_layout
import pyarrow as pa
import pyarrow.compute as pc
import step

MISSING = ("", "-", "--", "–", "—", "?", "na", "n/a", "n.a.", "#n/a", "nan", "null")
_LEADING_ZERO = r"^\s*[+-]?0\d"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_WHOLE = r"^[+-]?\d{1,18}$"
_SAMPLE = 1000
_CHUNK = 1 << 22


def may_have_leading_zeros(file: Path, encoding: str, delimiter: str) -> bool:
    """Whether a field could begin with a zero and a digit: one look at the bytes."""
    if encoding.startswith("utf-16"):
        return True
    sign = re.escape(delimiter.encode(encoding))
    begins = re.compile(rb"(?:^|[\r\n]|" + sign + rb')[ "+-]*0[0-9]')
    held = b""
    with csv_layout.open_bytes(file) as stream:
        while chunk := stream.read(_CHUNK):
            if begins.search(held + chunk):
                return True
            held = chunk[-16:]
    return False


def with_leading_zeros(
    table: pa.Table, read_as_text: Callable[[Iterable[str]], pa.Table]
) -> set[str]:
    """Columns of numbers that are written with leading zeros: codes, not amounts."""
    numbers = {field.name for field in table.schema if _is_number(field.type)}
    if not numbers:
        return set()
    texts = read_as_text(numbers)
    return {
        name
        for place, name in enumerate(texts.column_names)
        if name in numbers and _any(texts.column(place), _LEADING_ZERO)
    }


def missing_among_numbers(
    table: pa.Table, decimal: str, zeros: str, texts: Collection[str]
) -> pa.Table:
    """With columns as numbers that are numbers but for words such as - and n/a; those
    in `texts` stay as they are."""
    for place, field in enumerate(table.schema):
        if not pa.types.is_string(field.type) or field.name in texts:
            continue
        column = table.column(place)
        head = _numbers(column.slice(0, _SAMPLE), decimal, zeros)
        made = head and _numbers(column, decimal, zeros)
        if made:
            numbers, words = made
            table = table.set_column(place, field.name, numbers)
            quoted = step.listing(f"'{word}'" for word in sorted(words))
            lost = numbers.null_count - column.null_count
            print(
                f"Column '{field.name}': {step.count(lost, 'value')} ({quoted}) "
                "counted as missing, as the rest is numbers"
            )
    return table


def _numbers(column: Any, decimal: str, zeros: str) -> tuple[Any, set[str]] | None:
    texts = pc.utf8_trim_whitespace(column)
    is_word = pc.is_in(pc.utf8_lower(texts), pa.array(MISSING))
    rest = pc.if_else(is_word, pa.scalar(None, pa.string()), texts).drop_null()
    plain = pc.replace_substring(rest, decimal, ".") if decimal != "." else rest
    if not len(plain) or not _all(plain, _NUMBER):
        return None
    if zeros == "text" and _any(plain, _LEADING_ZERO):
        return None
    whole = _all(plain, _WHOLE)
    every = pc.replace_substring(texts, decimal, ".") if decimal != "." else texts
    kept = pc.if_else(is_word, pa.scalar(None, pa.string()), every)
    words = {word for word in pc.unique(texts.filter(is_word)).to_pylist() if word}
    return kept.cast(pa.int64() if whole else pa.float64()), words


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _any(column: Any, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, pattern)).as_py())


def _all(column: Any, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(column, pattern)).as_py())
