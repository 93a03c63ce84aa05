"""The first rows of a table as JSON, printed by a process of its own.

    python read_table.py PATH ROWS
    {"columns": [["name", "type"], ...], "rows": [[...], ...], "total": 344}

Stands alone: the file may be hostile or huge, and what it does here harms no window.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_COLUMNS, LONGEST_CELL, COUNTED_BYTES = 500, 300, 1 << 28
ENDINGS = (".parquet", ".csv", ".tsv", ".jsonl", ".ndjson")


def find_table(path: Path) -> Path:
    """The file with the rows. Raises ValueError if there is none."""
    if path.is_file():
        return path
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS)
    if not files:
        raise ValueError("It holds no table (Parquet, CSV or JSON lines)")
    return min(files, key=lambda file: ENDINGS.index(file.suffix.lower()))


def read(path: Path, rows: int) -> dict[str, Any]:
    """Columns, the first rows and how many there are (None: not counted)."""
    file = find_table(path)
    match file.suffix.lower():
        case ".parquet":
            return _parquet(file, rows)
        case ".jsonl" | ".ndjson":
            return _json_lines(file, rows)
        case ".csv" | ".tsv" | ".txt":
            return _delimited(file, rows)
    raise ValueError(f"{file.suffix or 'This kind of file'} isn't a table")


def _parquet(file: Path, rows: int) -> dict[str, Any]:
    import pyarrow.parquet as parquet

    opened = parquet.ParquetFile(file)
    names = opened.schema_arrow.names[:MOST_COLUMNS]
    types = [str(kind) for kind in opened.schema_arrow.types[:MOST_COLUMNS]]
    batch = next(opened.iter_batches(max(1, rows), columns=names), None)
    values = [column.to_pylist() for column in batch.columns] if batch else []
    return {
        "columns": list(zip(names, types, strict=True)),
        "rows": [_cells(row) for row in zip(*values, strict=True)],
        "total": opened.metadata.num_rows,
    }


def _delimited(file: Path, rows: int) -> dict[str, Any]:
    with file.open(newline="", encoding="utf-8-sig", errors="replace") as stream:
        start = stream.read(65_536)
        stream.seek(0)
        lines = csv.reader(stream, delimiter=_delimiter(file, start))
        names = next(lines, [])[:MOST_COLUMNS]
        found = [_cells(line) for line in itertools.islice(lines, rows)]
    columns = [(name, _type_of(found, place)) for place, name in enumerate(names)]
    return {"columns": columns, "rows": found, "total": _count(file, found, rows)}


def _json_lines(file: Path, rows: int) -> dict[str, Any]:
    with file.open(encoding="utf-8", errors="replace") as stream:
        found = [json.loads(line) for line in itertools.islice(_full(stream), rows)]
    if not all(isinstance(each, dict) for each in found):
        raise ValueError("Its lines aren't JSON objects")
    names = list(dict.fromkeys(key for each in found for key in each))[:MOST_COLUMNS]
    cells = [_cells([each.get(name) for name in names]) for each in found]
    columns = [(name, _type_of(cells, place)) for place, name in enumerate(names)]
    total = len(found) if len(found) < rows else None
    return {"columns": columns, "rows": cells, "total": total}


def _full(lines: Any) -> Iterator[str]:
    return (line for line in lines if line.strip())


def _delimiter(file: Path, start: str) -> str:
    if file.suffix.lower() == ".tsv":
        return "\t"
    try:
        return csv.Sniffer().sniff(start, ",;\t|").delimiter
    except csv.Error:
        return ","


def _count(file: Path, found: list[Any], rows: int) -> int | None:
    """Exact where everything has been read, else by lines; None for a huge file."""
    if len(found) < rows:
        return len(found)
    if file.stat().st_size > COUNTED_BYTES:
        return None
    with file.open("rb") as stream:
        return sum(1 for line in stream if line.strip()) - 1


def _type_of(rows: list[list[Any]], place: int) -> str:
    values = [row[place] for row in rows if place < len(row)]
    given = [value for value in values if value not in (None, "")]
    for name, read_value in (("integer", int), ("number", float)):
        try:
            for value in given:
                read_value(value)
        except (TypeError, ValueError):
            continue
        return name if given else "string"
    return "string"


def _cells(row: Any) -> list[Any]:
    return [_cell(value) for value in list(row)[:MOST_COLUMNS]]


def _cell(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
    text = str(value)
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"


def main() -> int:
    """Print the JSON, or one line on stderr and exit with 1."""
    try:
        found = read(Path(sys.argv[1]), int(sys.argv[2]))
    except Exception as error:
        print(
            f"{error}".splitlines()[0] if str(error) else repr(error), file=sys.stderr
        )
        return 1
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
