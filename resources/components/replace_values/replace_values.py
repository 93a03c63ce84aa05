"""Put other values in the place of some."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import step
import tables
from columns import is_number
from step import ComponentError


def main(data: Path, columns: str, replacements: str, match: str, table: Path) -> None:
    frame = tables.frame(data)
    chosen = tables.choose(list(frame.columns), columns)
    pairs = _pairs(replacements)
    replaced = {name: _replaced(frame[name], pairs, match) for name in chosen}
    result = frame.assign(**replaced)
    changed = sum(_changed(frame[name], result[name]) for name in chosen)
    if not changed:
        print("No value was replaced")
    tables.write_frame(result, table)
    step.metrics({"rows": len(result), "replaced_rows": changed})


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        old, equals, new = line.partition("=")
        if not line.strip():
            continue
        if not equals:
            raise ComponentError(
                f"'{line.strip()}' says no new value",
                "Write old=new, a line for each, in 'Replacements'",
            )
        found.append((old.strip(), new.strip()))
    if not found:
        raise ComponentError(
            "There is nothing to replace", "Write lines like old=new in 'Replacements'"
        )
    return found


def _replaced(
    column: pd.Series[Any], pairs: list[tuple[str, str]], match: str
) -> pd.Series[Any]:
    if is_number(column) and match == "whole":
        return _numbers(column, pairs)
    text = column.map(_text, na_action="ignore").astype("string")
    if match == "whole":
        known = dict(pairs)
        filled = text.fillna(known.get("", pd.NA))
        return filled.map(lambda v: known.get(v, v), na_action="ignore").replace(
            "", pd.NA
        )
    for old, new in pairs:
        pattern = old if match == "regex" else re.escape(old)
        text = _substituted(text, pattern, new, plain=match == "part")
    return text


def _substituted(
    text: pd.Series[Any], pattern: str, new: str, plain: bool
) -> pd.Series[Any]:
    try:
        known = re.compile(pattern)
        value = new.replace("\\", r"\\") if plain else new
        return text.map(lambda v: known.sub(value, v), na_action="ignore").astype(
            "string"
        )
    except (re.error, IndexError) as error:
        raise ComponentError(
            f"'{pattern}' is not a regular expression that can be used: {error}",
            "Correct it in 'Replacements', or set 'Match' to part",
        ) from error


def _numbers(column: pd.Series[Any], pairs: list[tuple[str, str]]) -> pd.Series[Any]:
    result = column.astype("float64")
    for old, new in pairs:
        places = column.isna() if old == "" else column == _number(old, column)
        result = result.mask(places, _number(new, column) if new else float("nan"))
    whole = result.notna().all() and column.dtype.kind in "iu"
    return result.astype(column.dtype) if whole and (result % 1 == 0).all() else result


def _number(text: str, column: pd.Series[Any]) -> float:
    try:
        return float(text)
    except ValueError:
        raise ComponentError(
            f"'{text}' is not a number, and column '{column.name}' holds numbers",
            "Write numbers in 'Replacements', or convert the column to text first",
        ) from None


def _text(value: Any) -> str:
    return str(value)


def _changed(before: pd.Series[Any], after: pd.Series[Any]) -> int:
    one = before.map(_text, na_action="ignore").astype("string").fillna("")
    two = after.map(_text, na_action="ignore").astype("string").fillna("")
    if is_number(before) and is_number(after):
        return int((before.fillna(0) != after.fillna(0)).sum())
    return int((one != two).sum())


if __name__ == "__main__":
    step.run(main)
