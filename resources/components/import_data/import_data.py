"""Read CSV, Parquet or JSON files as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import column_types
import csv_layout
import pyarrow as pa
import step
import tables
from pyarrow import csv
from step import ComponentError

_JSON = {".json", ".jsonl", ".ndjson"}
_SPREADSHEETS = {".xlsx", ".xls", ".ods"}


def main(
    file: Path,
    format: str,
    delimiter: str,
    encoding: str,
    header: bool,
    decimal: str,
    null_values: str,
    leading_zeros: str,
    skip_rows: int,
    table: Path,
) -> None:
    settings: dict[str, Any] = {
        "delimiter": delimiter,
        "encoding": encoding,
        "header": header,
        "decimal": decimal,
        "null_values": null_values,
        "leading_zeros": leading_zeros,
        "as_text": set(),
        "skip_rows": skip_rows,
    }
    if not file.exists():
        raise ComponentError(
            f"There is no file {file}", "Choose a file that exists in 'File'"
        )
    if (file / "MLTable").is_file():
        result = tables.read(file)
    else:
        files = tables.data_files(file)
        parts = [_read(each, format, settings) for each in files]
        if settings["as_text"] and len(files) > 1:  # all files, as some need it
            parts = [_read(each, format, settings) for each in files]
        result = tables.concatenate(parts)
    result = _nothing_as_number(result)
    tables.write(result, table)
    step.metrics({"rows": result.num_rows, "columns": result.num_columns})


def _read(file: Path, format: str, settings: dict[str, Any]) -> pa.Table:
    if file.suffix.lower() in _SPREADSHEETS:
        raise ComponentError(
            f"{file.name} is a spreadsheet, not CSV or Parquet",
            "Save it as CSV in your spreadsheet program, then import that file",
            file=str(file),
        )
    if file.stat().st_size == 0:
        raise ComponentError(
            f"{file.name} is empty", "Choose a file that has rows", file=str(file)
        )
    if format == "parquet" or (format == "auto" and tables.is_parquet(file)):
        return tables.read_parquet(file)
    if format == "json" or (format == "auto" and file.suffix.lower() in _JSON):
        return _read_json(file)
    return _read_csv(file, settings)


def _read_json(file: Path) -> pa.Table:
    """A list of objects, one object a line, or one object of equally long lists."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        try:
            found = json.loads(text)
        except ValueError:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        if isinstance(found, dict) and all(isinstance(v, list) for v in found.values()):
            return pa.table(found)
        rows = found if isinstance(found, list) else [found]
        names = list(dict.fromkeys(name for row in rows for name in {**row}))
        return pa.table({name: [row.get(name) for row in rows] for name in names})
    except (ValueError, TypeError, AttributeError, pa.ArrowException) as error:
        raise ComponentError(
            f"{file.name} isn't a table in JSON: {tables.first_line(error)}",
            "Write a list of objects, or one object a line",
            file=str(file),
        ) from error


def _read_csv(file: Path, settings: dict[str, Any]) -> pa.Table:
    layout = _layout(file, settings)
    table = _parsed(file, layout, settings, settings["as_text"])
    if settings["leading_zeros"] == "text" and column_types.may_have_leading_zeros(
        file, layout["encoding"], layout["delimiter"]
    ):
        found = column_types.with_leading_zeros(
            table,
            lambda names: _parsed(file, layout, settings, names),
        )
        if found:
            settings["as_text"] |= found
            table = _parsed(file, layout, settings, settings["as_text"])
            print(
                f"Kept as text because of leading zeros: {step.listing(sorted(found))}"
            )
    table = column_types.missing_among_numbers(
        table, layout["decimal"], settings["leading_zeros"], settings["as_text"]
    )
    return table.rename_columns(_names(table.column_names, settings["header"]))


def _parsed(
    file: Path, layout: dict[str, Any], settings: dict[str, Any], texts: Iterable[str]
) -> pa.Table:
    """The file as Arrow reads it; the columns in `texts` stay as they are written."""
    try:
        with pa.input_stream(str(file)) as stream:
            return csv.read_csv(stream, *_options(layout, settings, texts))
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        reason = tables.first_line(error)
        raise csv_layout.explain(file, layout, reason) from error


def _layout(file: Path, settings: dict[str, Any]) -> dict[str, Any]:
    skip = settings["skip_rows"]
    encoding = csv_layout.find_encoding(file, settings["encoding"])
    delimiter = csv_layout.find_delimiter(file, settings["delimiter"], encoding, skip)
    decimal = csv_layout.find_decimal(
        file, settings["decimal"], delimiter, encoding, skip
    )
    print(
        f"{file.name}: {encoding}, fields separated by {csv_layout.named(delimiter)}, "
        f"decimal sign '{decimal}'"
    )
    return {
        "encoding": encoding,
        "delimiter": delimiter,
        "decimal": decimal,
        "skip": skip,
    }


def _options(
    layout: dict[str, Any], settings: dict[str, Any], texts: Iterable[str]
) -> tuple[csv.ReadOptions, csv.ParseOptions, csv.ConvertOptions]:
    nulls = ["", *tables.names_in(settings["null_values"])]
    return (
        csv.ReadOptions(
            encoding=layout["encoding"],
            skip_rows=layout["skip"],
            autogenerate_column_names=not settings["header"],
        ),
        csv.ParseOptions(delimiter=layout["delimiter"], newlines_in_values=True),
        csv.ConvertOptions(
            null_values=nulls,
            strings_can_be_null=True,
            column_types=dict.fromkeys(texts, pa.string()),
            decimal_point=layout["decimal"],
        ),
    )


def _names(found: list[str], header: bool) -> list[str]:
    """Names that are there and differ: `x`, `x_2`, and `column_3` for a blank."""
    names: list[str] = []
    for place, name in enumerate(found, start=1):
        wanted = name.strip() if header and name.strip() else f"column_{place}"
        unique, copy = wanted, 1
        while unique in names:
            copy += 1
            unique = f"{wanted}_{copy}"
        names.append(unique)
        if header and unique != name:
            print(f"Column {place} '{name}' is called '{unique}' from here on")
    return names


def _nothing_as_number(table: pa.Table) -> pa.Table:
    """Columns without any value get a type that other steps can work with."""
    types = [pa.float64() if pa.types.is_null(f.type) else f.type for f in table.schema]
    return table.cast(pa.schema(zip(table.column_names, types, strict=True)))


if __name__ == "__main__":
    step.run(main)
