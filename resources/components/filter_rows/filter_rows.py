"""Keep the rows that a condition is true for."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import queries
import step
import tables


def main(data: Path, condition: str, table: Path, rest: Path) -> None:
    source = tables.read(data)
    taken = queries.places(source, condition, "condition")
    left = sorted(set(range(source.num_rows)) - set(taken))
    tables.write(source.take(pa.array(taken, pa.int64())), table)
    tables.write(source.take(pa.array(left, pa.int64())), rest)
    if not taken:
        print("The condition is true for no row")
    step.metrics({"rows": len(taken), "other_rows": len(left)})


if __name__ == "__main__":
    step.run(main)
