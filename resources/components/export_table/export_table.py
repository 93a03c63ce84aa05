"""Write a table as a file for other programs."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import step
import tables
from step import ComponentError

_SUFFIXES = {
    "csv": ".csv",
    "tsv": ".tsv",
    "parquet": ".parquet",
    "json": ".json",
    "json_lines": ".jsonl",
}
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def main(data: Path, format: str, name: str, files: Path) -> None:
    table = tables.read(data)
    files.mkdir(parents=True, exist_ok=True)
    file = files / _named(name, _SUFFIXES[format])
    if format == "parquet":
        pq.write_table(table, file)
    elif format in ("csv", "tsv"):
        _write_csv(table, file, "," if format == "csv" else "\t")
    else:
        _write_json(table, file, lines=format == "json_lines")
    size = file.stat().st_size
    print(f"{file.name}: {step.count(table.num_rows, 'row')}, {size:,} bytes")
    step.metrics({"rows": table.num_rows, "columns": table.num_columns})


def _named(name: str, suffix: str) -> str:
    plain = name.strip()
    if not plain or plain.startswith(".") or _FORBIDDEN.search(plain):
        raise ComponentError(
            f"'{name}' can't be the name of a file",
            "Set 'Name' to a name without folders, e.g. penguins",
        )
    return plain if plain.lower().endswith(suffix) else plain + suffix


def _write_csv(table: pa.Table, file: Path, delimiter: str) -> None:
    frame = table.to_pandas(date_as_object=True, integer_object_nulls=True)
    frame.to_csv(file, sep=delimiter, index=False, lineterminator="\n")


def _write_json(table: pa.Table, file: Path, lines: bool) -> None:
    frame = table.to_pandas(integer_object_nulls=True)
    with file.open("w", encoding="utf-8") as out:
        frame.to_json(
            out,
            orient="records",
            lines=lines,
            date_format="iso",
            force_ascii=False,
            double_precision=15,
        )


if __name__ == "__main__":
    step.run(main)
