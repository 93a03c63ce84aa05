"""Tables: folders with an MLTable file and Parquet beside it."""

from __future__ import annotations

import csv
import fnmatch
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import step
from step import ComponentError

if TYPE_CHECKING:
    import pandas as pd

MLTABLE = """\
type: mltable
paths:
  - file: ./data.parquet
transformations:
  - read_parquet
"""
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


# -- writing ------------------------------------------------------------------


def write(table: pa.Table, folder: Path) -> None:
    """Write a table as an MLTable folder: `data.parquet` and `MLTable`."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = table.replace_schema_metadata(None)
    pq.write_table(plain, folder / "data.parquet")
    (folder / "MLTable").write_text(MLTABLE, encoding="utf-8")
    rows = step.count(plain.num_rows, "row")
    print(f"{folder.name}: {rows}, {step.count(plain.num_columns, 'column')}")


def write_frame(frame: pd.DataFrame, folder: Path) -> None:
    """Write a pandas frame; its index is not kept."""
    write(from_frame(frame), folder)


def from_frame(frame: pd.DataFrame) -> pa.Table:
    """A pandas frame as an Arrow table; a column that mixes types is an error."""
    names = [str(name) for name in frame.columns]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ComponentError(
            f"More than one column is called {step.listing(sorted(twice))}",
            "Give each column a name of its own",
        )
    try:
        return pa.Table.from_pandas(frame.set_axis(names, axis=1), preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ComponentError(
            f"A column can't be stored: {first_line(error)}",
            "Make it one type, e.g. frame['x'] = frame['x'].astype(str)",
        ) from error


# -- reading ------------------------------------------------------------------


def read(path: Path) -> pa.Table:
    """The table in an MLTable folder, or in a folder or file of Parquet or CSV."""
    if not path.exists():
        raise ComponentError(
            f"There is no table at {path}", "Run the step that makes it again"
        )
    if (path / "MLTable").is_file():
        return _read_mltable(path)
    return concatenate([_read_file(file) for file in data_files(path)])


def frame(path: Path) -> pd.DataFrame:
    """The same table as a pandas frame; decimals become floats."""
    return as_frame(read(path))


def as_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a pandas frame; decimals become floats."""
    for index, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            table = table.set_column(
                index, field.name, table.column(index).cast(pa.float64())
            )
    # What pandas noted in a file would bring types that estimators don't take.
    return table.to_pandas(date_as_object=False, ignore_metadata=True)


def data_files(path: Path) -> list[Path]:
    """The Parquet or CSV files of a folder in the order of their names."""
    if path.is_file():
        return [path]
    for suffixes in ((".parquet", ".pq"), (".csv", ".tsv", ".txt", ".gz")):
        found = sorted(f for f in path.rglob("*") if f.suffix.lower() in suffixes)
        if visible := [f for f in found if not f.name.startswith((".", "_"))]:
            return visible
    raise ComponentError(
        f"The folder {path.name} holds no Parquet or CSV file",
        "Choose a file, or a folder with .parquet or .csv files",
    )


def concatenate(parts: list[pa.Table]) -> pa.Table:
    """The rows of several tables; columns that only some have are filled with null."""
    if len(parts) == 1:
        return parts[0]
    try:
        return pa.concat_tables(parts, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ComponentError(
            f"The files don't fit together: {first_line(error)}",
            "Give the column the same type in every file",
        ) from error


def is_parquet(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4) == b"PAR1"


def read_parquet(file: Path) -> pa.Table:
    """One Parquet file; a damaged one is named."""
    try:
        return pq.ParquetFile(file).read()
    except (pa.ArrowInvalid, OSError) as error:
        raise ComponentError(
            f"{file.name} can't be read as Parquet: {first_line(error)}",
            "Choose a Parquet file, or make this one again",
            file=str(file),
        ) from error


def first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _read_file(file: Path, **options: Any) -> pa.Table:
    if is_parquet(file):
        return read_parquet(file)
    from pyarrow import csv as arrow_csv

    try:
        return arrow_csv.read_csv(file, **options)
    except pa.ArrowInvalid as error:
        raise ComponentError(
            f"{file.name} can't be read: {first_line(error)}",
            "Read the file with an 'Import data' step first",
            file=str(file),
        ) from error


def _read_mltable(folder: Path) -> pa.Table:
    text = (folder / "MLTable").read_text(encoding="utf-8")
    if text == MLTABLE:
        return read_parquet(folder / "data.parquet")
    import yaml

    try:
        declared = yaml.safe_load(text)
        files = [f for entry in declared["paths"] for f in _files(folder, entry)]
        options = _options(declared.get("transformations") or [])
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ComponentError(
            f"The MLTable file of {folder.name} can't be read: {first_line(error)}",
            "It needs 'paths' and 'transformations'",
            file=str(folder / "MLTable"),
        ) from error
    if not files:
        raise ComponentError(
            f"The MLTable file of {folder.name} names no file that exists",
            "Correct its 'paths'",
            file=str(folder / "MLTable"),
        )
    return concatenate([_read_file(file, **options) for file in files])


def _files(folder: Path, entry: dict[str, str]) -> list[Path]:
    if "file" in entry:
        return [folder / entry["file"]]
    if "folder" in entry:
        return data_files(folder / entry["folder"])
    return sorted(folder.glob(entry["pattern"].removeprefix("./")))


def _options(transformations: list[Any]) -> dict[str, Any]:
    """Arrow's options for MLTable's read_delimited; none for read_parquet."""
    named = [each for each in transformations if isinstance(each, dict)]
    wanted = [each["read_delimited"] for each in named if "read_delimited" in each]
    if not wanted:
        return {}
    from pyarrow import csv as arrow_csv

    settings = wanted[0] or {}
    delimiter = str(settings.get("delimiter", ","))
    return {
        "parse_options": arrow_csv.ParseOptions(
            delimiter=_DELIMITERS.get(delimiter, delimiter),
            newlines_in_values=bool(settings.get("support_multi_line", False)),
        ),
        "read_options": arrow_csv.ReadOptions(
            encoding=str(settings.get("encoding", "utf8")),
            autogenerate_column_names=settings.get("header") == "no_header",
        ),
        "convert_options": arrow_csv.ConvertOptions(strings_can_be_null=True),
    }


# -- columns ------------------------------------------------------------------


def names_in(text: str | None) -> list[str]:
    """A comma-separated list of names; names with commas stand in quotes."""
    if not text or not text.strip():
        return []
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    return [name.strip() for row in rows for name in row if name.strip()]


def choose(
    columns: Sequence[str],
    text: str | None,
    parameter: str = "columns",
    default: Iterable[str] = (),
) -> list[str]:
    """The columns that a list like `bill_*, !bill_depth_mm, sex` stands for.

    An empty list, or one of exclusions only, starts from `default`.
    """
    wanted = names_in(text)
    taken = [name for name in wanted if not name.startswith("!")]
    left_out = {
        column
        for name in wanted
        if name.startswith("!")
        for column in _matching(columns, name[1:].strip(), parameter)
    }
    start = list(default)
    if taken:
        start = [c for name in taken for c in _matching(columns, name, parameter)]
    return [column for column in dict.fromkeys(start) if column not in left_out]


def _matching(columns: Sequence[str], pattern: str, parameter: str) -> list[str]:
    if pattern in columns:
        return [pattern]
    if found := [c for c in columns if fnmatch.fnmatchcase(c, pattern)]:
        return found
    if any(char in pattern for char in "*?["):
        raise ComponentError(
            f"No column matches '{pattern}'",
            f"Columns are: {step.listing(columns)}; correct '{step.title(parameter)}'.",
        )
    raise missing_column(columns, pattern, parameter)


def require(columns: Sequence[str], column: str, parameter: str) -> str:
    """The column if the table has it, else an error that lists what there is."""
    if column not in columns:
        raise missing_column(columns, column, parameter)
    return column


def missing_column(
    columns: Sequence[str], column: str, parameter: str
) -> ComponentError:
    return ComponentError(
        f"Column '{column}' is not in the table",
        f"{step.closest(column, columns)}Columns are: {step.listing(columns)}; "
        f"choose one of them in '{step.title(parameter)}'.",
    )
