"""Query tables with SQL."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import step
import tables
from step import ComponentError

_LINE = re.compile(r"LINE (\d+): ")
_SUBJECT = re.compile(r'(?:column "|name |function )"?(\w+)|at or near "([^"]+)"')
_SUGGESTION = re.compile(r"^(?:Candidate bindings: |Did you mean:? )(.*?)\??$", re.M)
_ROWS = duckdb.ExpectedResultType.QUERY_RESULT


def main(
    t1: Path, query: str, table: Path, t2: Path | None = None, t3: Path | None = None
) -> None:
    given = {"t1": t1, "t2": t2, "t3": t3}
    sources = {name: tables.read(path) for name, path in given.items() if path}
    result = _as_stored(_query(query, sources))
    tables.write(result, table)
    step.metrics({"rows": result.num_rows, "columns": result.num_columns})


def _query(query: str, sources: dict[str, pa.Table]) -> pa.Table:
    connection = duckdb.connect(":memory:")
    for name, source in sources.items():
        connection.register(name, source)
    # A result must follow from the inputs alone, or reusing it would be wrong.
    connection.execute("SET enable_external_access = false")
    try:
        *before, last = connection.extract_statements(query) or [None]
        if last is None or last.expected_result_type != [_ROWS]:
            raise ComponentError(
                "The query gives no rows", "End it with a SELECT statement"
            )
        for statement in before:
            connection.execute(statement)
        return connection.sql(last.query).to_arrow_table()
    except duckdb.Error as error:
        raise _explained(error, query, sources) from error


def _explained(
    error: duckdb.Error, query: str, sources: dict[str, pa.Table]
) -> ComponentError:
    text = str(error).strip()
    line = _line(text, query)
    where = f"Line {line} of the query: " if line else ""
    if "file system operations are disabled" in text:
        hint = "Read files with an Import data step and connect it to this step"
    elif suggestion := _SUGGESTION.search(text):
        hint = f"Did you mean {suggestion[1]}?"
    else:
        hint = "Correct 'Query'"
    columns = "; ".join(
        f"{name} has {step.listing(source.column_names)}"
        for name, source in sources.items()
    )
    return ComponentError(
        f"{where}{tables.first_line(error)}",
        f"{hint}. Connected: {columns}.".replace("?.", "?"),
        line=line,
    )


def _line(text: str, query: str) -> int | None:
    """The line of the query an error is about: said by DuckDB, else found."""
    if said := _LINE.search(text):
        return int(said[1])
    subject = _SUBJECT.search(text)
    word = re.escape(subject[1] or subject[2]) if subject else ""
    place = re.search(word, query, re.IGNORECASE) if word else None
    return query.count("\n", 0, place.start()) + 1 if place else None


def _as_stored(table: pa.Table) -> pa.Table:
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
    if pa.types.is_decimal(kind) and kind.precision == 38 and kind.scale == 0:
        return pa.int64()
    return kind


if __name__ == "__main__":
    step.run(main)
