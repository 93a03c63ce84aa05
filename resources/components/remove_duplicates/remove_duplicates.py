"""Leave out rows that repeat others."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import queries
import step
import tables


def main(
    data: Path, keep: str, table: Path, repeated: Path, columns: str | None = None
) -> None:
    source = tables.read(data)
    every = source.column_names
    chosen = tables.choose(every, columns, default=every)
    kept = _kept(source, chosen, keep)
    unique = source.take(pa.array(kept))
    left = sorted(set(range(source.num_rows)) - set(kept))
    tables.write(unique, table)
    tables.write(source.take(pa.array(left, pa.int64())), repeated)
    step.metrics({"rows": unique.num_rows, "duplicates_dropped": len(left)})


def _kept(source: pa.Table, columns: list[str], keep: str) -> list[int]:
    """Places of the rows to keep; missing values are equal to each other."""
    choice = "max" if keep == "last" else "min"
    only = "HAVING count(*) = 1" if keep == "none" else ""
    query = (
        f"SELECT {choice}({queries.quoted(queries.ROW)}) AS place FROM t "
        f"GROUP BY {queries.listed(columns)} {only} ORDER BY place"
    )
    places = queries.ask(query, t=queries.numbered(source)).column("place")
    return [int(place) for place in places.to_pylist()]


if __name__ == "__main__":
    step.run(main)
