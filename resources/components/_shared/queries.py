"""Tables asked with DuckDB, and its errors in a person's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa
import step
import tables
from step import ComponentError

ROW = "\u2060row"  # a name that no column has
_LINE = re.compile(r"LINE (\d+): ")
_SUBJECT = re.compile(r'(?:column "|name |function )"?(\w+)|at or near "([^"]+)"')
_SUGGESTION = re.compile(r"^(?:Candidate bindings: |Did you mean:? )(.*?)\??$", re.M)
_WITHIN = re.compile(r"\s*in an? \w+ relation.*$|\s*\n.*$", re.S)


def connect(
    sources: Mapping[str, pa.Table], threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A database that knows these tables and nothing else.

    One thread adds up in the same order each time, down to the last bit.
    """
    config: dict[str, str | bool | int | float | list[str]] = (
        {"threads": threads} if threads else {}
    )
    connection = duckdb.connect(":memory:", config=config)
    for name, source in sources.items():
        connection.register(name, source)
    # A result must follow from the inputs alone, or reusing it would be wrong.
    connection.execute("SET enable_external_access = false")
    return connection


def ask(query: str, **sources: pa.Table) -> pa.Table:
    """The rows of a query that a step has written itself."""
    connection = connect(sources, threads=1)
    return as_stored(connection.sql(query).to_arrow_table())


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Iterable[str], table: str = "") -> str:
    prefix = f"{table}." if table else ""
    return ", ".join(prefix + quoted(name) for name in names)


# -- expressions of a person ---------------------------------------------------


def places(table: pa.Table, condition: str, parameter: str) -> list[int]:
    """Places of the rows that a condition is true for; missing isn't true."""
    connection = connect({"t": numbered(table)}, threads=1)
    try:
        wanted = duckdb.SQLExpression(condition)
        found = connection.table("t").filter(wanted).to_arrow_table()
    except duckdb.Error as error:
        raise _wrong_expression(error, table, parameter) from error
    return sorted(found.column(ROW).to_pylist())


def computed(table: pa.Table, expression: str, parameter: str) -> pa.ChunkedArray:
    """The values of an expression, one for each row."""
    connection = connect({"t": numbered(table)}, threads=1)
    try:
        wanted = duckdb.SQLExpression(expression).alias("computed")
        row = duckdb.ColumnExpression(ROW)
        found = connection.table("t").select(wanted, row).to_arrow_table()
    except duckdb.Error as error:
        raise _wrong_expression(error, table, parameter) from error
    return as_stored(found.sort_by(ROW)).column("computed")


def numbered(table: pa.Table) -> pa.Table:
    """A table with the places of its rows: what puts results back into their order."""
    return table.append_column(ROW, pa.array(range(table.num_rows), pa.int64()))


def _wrong_expression(
    error: duckdb.Error, table: pa.Table, parameter: str
) -> ComponentError:
    columns = step.listing(table.column_names)
    correct = f"Correct '{step.title(parameter)}'"
    if "must appear in the GROUP BY clause" in str(error):
        correct = "Add OVER () to an aggregate, as in avg(x) OVER ()"
    said = hint(str(error), correct)
    return ComponentError(
        f"'{step.title(parameter)}' can't be worked out: {_first_words(error)}",
        f"{said}. Columns are: {columns}.".replace("?.", "?"),
    )


def _first_words(error: duckdb.Error) -> str:
    return _WITHIN.sub("", tables.first_line(error))


# -- errors -------------------------------------------------------------------


def explained(
    error: duckdb.Error, query: str, sources: Mapping[str, pa.Table]
) -> ComponentError:
    """What is wrong with a person's query, where, and what may help."""
    text = str(error).strip()
    line = _line(text, query)
    where = f"Line {line} of the query: " if line else ""
    columns = "; ".join(
        f"{name} has {step.listing(source.column_names)}"
        for name, source in sources.items()
    )
    said = hint(text, "Correct 'Query'")
    return ComponentError(
        f"{where}{tables.first_line(error)}",
        f"{said}. Connected: {columns}.".replace("?.", "?"),
        line=line,
    )


def hint(text: str, otherwise: str) -> str:
    """What DuckDB's message suggests to do."""
    if "file system operations are disabled" in text:
        return "Read files with an Import data step and connect it to this step"
    if suggestion := _SUGGESTION.search(text):
        return f"Did you mean {suggestion[1]}?"
    return otherwise


def _line(text: str, query: str) -> int | None:
    """The line of the query an error is about: said by DuckDB, else found."""
    if said := _LINE.search(text):
        return int(said[1])
    subject = _SUBJECT.search(text)
    word = re.escape(subject[1] or subject[2]) if subject else ""
    place = re.search(word, query, re.IGNORECASE) if word else None
    return query.count("\n", 0, place.start()) + 1 if place else None


# -- results ------------------------------------------------------------------


def as_stored(table: pa.Table) -> pa.Table:
    """Sums of whole numbers are 128 bits wide in DuckDB: 64 are what others read."""
    names = table.column_names
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ComponentError(
            f"The query gives more than one column called {step.listing(twice)}",
            f"Give one another name: SELECT {twice[0]} AS other_name",
        )
    fields = [field.with_type(_narrow(field.type)) for field in table.schema]
    return table.cast(pa.schema(fields))


def _narrow(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_decimal(kind):
        whole = kind.precision == 38 and kind.scale == 0
        return pa.int64() if whole else kind
    return kind
