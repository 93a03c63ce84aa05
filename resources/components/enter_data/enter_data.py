"""A small table written by hand."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import step
import tables
from pyarrow import csv as arrow_csv
from step import ComponentError

_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


def main(rows: str, delimiter: str, types: bool, table: Path) -> None:
    sign = _delimiter(rows, delimiter)
    header, *body = _lines(rows, sign)
    made = _typed(header, body) if types else _as_text(header, body)
    tables.write(made, table)
    step.metrics({"rows": made.num_rows, "columns": made.num_columns})


def _delimiter(rows: str, wanted: str) -> str:
    if wanted != "auto":
        return _DELIMITERS[wanted]
    first = next((line for line in rows.splitlines() if line.strip()), "")
    return max(_DELIMITERS.values(), key=first.count)


def _lines(rows: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(rows), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    found: list[list[str]] = []
    try:
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            _check(fields, found, reader.line_num)
            found.append([field.strip() for field in fields])
    except csv.Error as error:
        raise ComponentError(
            f"Line {reader.line_num} of 'Rows' can't be read: {error}",
            "Close the quotes, or write a quote within quotes twice",
            line=reader.line_num,
        ) from error
    if not found:
        raise ComponentError(
            "'Rows' is empty", "Write the names of the columns, then a line for a row"
        )
    return found


def _check(fields: list[str], before: list[list[str]], line: int) -> None:
    if before and len(fields) != len(before[0]):
        wanted = len(before[0])
        raise ComponentError(
            f"Line {line} of 'Rows' has {step.count(len(fields), 'field')} "
            f"where {wanted} are expected",
            "Give it a field for each column; put quotes around a field with commas",
            line=line,
        )
    if before:
        return
    names = [field.strip() for field in fields]
    if "" in names or len(set(names)) < len(names):
        wrong = next(n for n in names if not n or names.count(n) > 1)
        what = f"'{wrong}' is there twice" if wrong else "one is empty"
        raise ComponentError(
            f"The names of the columns are not usable: {what}",
            "Give each column a name of its own in the first line of 'Rows'",
            line=line,
        )


def _typed(header: list[str], body: list[list[str]]) -> pa.Table:
    text = io.StringIO()
    csv.writer(text).writerows([header, *body])
    options = arrow_csv.ConvertOptions(strings_can_be_null=True)
    read = arrow_csv.read_csv(
        io.BytesIO(text.getvalue().encode()), convert_options=options
    )
    empty = [field.with_type(pa.float64()) for field in read.schema]
    return read.cast(
        pa.schema(
            [
                numeric if pa.types.is_null(field.type) else field
                for field, numeric in zip(read.schema, empty, strict=True)
            ]
        )
    )


def _as_text(header: list[str], body: list[list[str]]) -> pa.Table:
    columns = [[row[place] or None for row in body] for place in range(len(header))]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=header)


if __name__ == "__main__":
    step.run(main)
