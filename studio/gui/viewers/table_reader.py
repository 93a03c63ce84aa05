"""The program that reads the head of a table; run by `preview` in a process of its own.

    python -m studio.gui.viewers.table_reader PATH ROWS

Prints one JSON object: columns (name, type), rows, total (None if not known). Only the
standard library is imported before the work begins.
"""

from __future__ import annotations

import json
import math
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from studio.gui.viewers import sniff

LONGEST_CELL, MOST_COLUMNS = 300, 1_000
MEMORY_BYTES = 8 << 30


def main(arguments: list[str]) -> int:
    """0 and JSON, or 1 and {"error": ...}."""
    _limit_memory()
    path, rows = Path(arguments[0]), int(arguments[1])
    try:
        answer = read_head(path, rows)
    except Exception as error:  # a broken file may fail anywhere in its parser
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer))
    return 1 if "error" in answer else 0


def read_head(path: Path, rows: int) -> dict[str, Any]:
    """The first rows of a Parquet or CSV file, or of a folder of them."""
    files = table_files(path)
    if not files:
        raise ValueError(f"{path.name} holds no Parquet or CSV file")
    if files[0].suffix.lower() == ".parquet" or sniff.is_parquet(files[0]):
        return _read_parquet(files, rows)
    return _read_csv(files[0], rows)


def table_files(path: Path) -> list[Path]:
    """The data files of a table, Parquet first."""
    if path.is_file():
        return [path]
    for endings in ((".parquet",), (".csv", ".tsv", ".txt")):
        found = sorted(f for f in path.rglob("*") if f.suffix.lower() in endings)
        if found:
            return found
    return []


def _read_parquet(files: list[Path], rows: int) -> dict[str, Any]:
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(files[0]) as first:
        schema = first.schema_arrow
        batches = first.iter_batches(batch_size=max(1, rows))
        found = [row for b in islice(batches, 1) for row in b.to_pylist()]
    total = sum(parquet.read_metadata(file).num_rows for file in files)
    return _answer(schema, found[:rows], total)


def _read_csv(file: Path, rows: int) -> dict[str, Any]:
    from pyarrow import csv

    parse = csv.ParseOptions(delimiter=sniff.delimiter(file) or ",")
    with csv.open_csv(file, parse_options=parse) as reader:
        batch = reader.read_next_batch()
        return _answer(batch.schema, batch.slice(0, rows).to_pylist(), None)


def _answer(
    schema: Any, rows: list[dict[str, Any]], total: int | None
) -> dict[str, Any]:
    names = schema.names[:MOST_COLUMNS]
    return {
        "columns": [[name, str(schema.field(name).type)] for name in names],
        "rows": [[_cell(row.get(name)) for name in names] for row in rows],
        "total": total,
    }


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)[:LONGEST_CELL]


def _limit_memory() -> None:
    """A hostile file may claim any size: this ends the process, not the session."""
    try:
        import resource
    except ImportError:  # no limits on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
