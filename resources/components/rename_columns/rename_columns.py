"""Give columns other names."""

from __future__ import annotations

import re
from pathlib import Path

import step
import tables
from step import ComponentError


def main(data: Path, style: str, table: Path, names: str | None = None) -> None:
    source = tables.read(data)
    wanted = _wanted(source.column_names, names)
    renamed = [wanted.get(name) or _styled(name, style) for name in source.column_names]
    _check(source.column_names, renamed)
    tables.write(source.rename_columns(renamed), table)
    pairs = zip(source.column_names, renamed, strict=True)
    changed = [f"{old} -> {new}" for old, new in pairs if old != new]
    print(f"Renamed: {step.listing(changed) if changed else 'nothing'}")
    step.metrics({"rows": source.num_rows, "renamed_columns": len(changed)})


def _wanted(columns: list[str], names: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in tables.names_in(names):
        old, equals, new = (part.strip() for part in pair.partition("="))
        if not equals or not new:
            raise ComponentError(
                f"'{pair}' gives no new name",
                "Write old=new, separated by commas, in 'Names'",
            )
        found[tables.require(columns, old, "names")] = new
    return found


def _styled(name: str, style: str) -> str:
    if style == "lower":
        return name.lower()
    if style == "upper":
        return name.upper()
    if style == "snake":
        words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
        return re.sub(r"\W+", "_", words).strip("_").lower() or name
    return name


def _check(old: list[str], new: list[str]) -> None:
    twice = [name for name in dict.fromkeys(new) if new.count(name) > 1]
    if twice:
        both = [a for a, b in zip(old, new, strict=True) if b == twice[0]]
        raise ComponentError(
            f"{step.listing(both)} would all be called '{twice[0]}'",
            "Give each column a name of its own in 'Names'",
        )


if __name__ == "__main__":
    step.run(main)
