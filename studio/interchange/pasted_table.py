"""Text copied from a sheet or a file, told apart from other text."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Literal, TypeAlias

Delimiter: TypeAlias = Literal["tab", "semicolon", "comma"]
_SIGNS: dict[Delimiter, str] = {"tab": "\t", "semicolon": ";", "comma": ","}


@dataclass(frozen=True)
class PastedTable:
    """The text of a table as it was, and what separates its fields."""

    rows: str
    delimiter: Delimiter
    columns: int
    count: int
    """Rows without the head."""


def table_in(text: str) -> PastedTable | None:
    """The table that a text is: two lines or more with as many fields each; None if
    it is something else."""
    if "\0" in text:
        return None
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    for delimiter, sign in _SIGNS.items():
        rows = _fields(plain, sign)
        widths = {len(row) for row in rows}
        if len(rows) > 1 and len(widths) == 1 and min(widths) > 1 and all(rows[0]):
            return PastedTable(f"{plain}\n", delimiter, min(widths), len(rows) - 1)
    return None


def _fields(text: str, sign: str) -> list[list[str]]:
    try:
        return list(csv.reader(text.splitlines(keepends=True), delimiter=sign))
    except csv.Error:
        return []
