"""Put the rows of a table in an order."""

from __future__ import annotations

from pathlib import Path

import queries
import step
import tables
from step import ComponentError


def main(data: Path, columns: str, order: str, missing: str, table: Path) -> None:
    source = tables.read(data)
    chosen = tables.choose(source.column_names, columns)
    if not chosen:
        raise ComponentError(
            "There is nothing to sort by", "Name one or more columns in 'Columns'"
        )
    ordered = queries.ask(
        f"SELECT {queries.quoted(queries.ROW)} AS place FROM t "
        f"ORDER BY {_keys(chosen, order, missing)}, place",
        t=queries.numbered(source),
    )
    tables.write(source.take(ordered.column("place")), table)
    step.metrics({"rows": source.num_rows, "columns": source.num_columns})


def _keys(columns: list[str], order: str, missing: str) -> str:
    way = "DESC" if order == "descending" else "ASC"
    return ", ".join(
        f"{queries.quoted(name)} {way} NULLS {missing.upper()}" for name in columns
    )


if __name__ == "__main__":
    step.run(main)
