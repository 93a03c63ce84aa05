"""Query tables with SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import queries
import step
import tables
from step import ComponentError

_ROWS = duckdb.ExpectedResultType.QUERY_RESULT


def main(
    t1: Path, query: str, table: Path, t2: Path | None = None, t3: Path | None = None
) -> None:
    given = {"t1": t1, "t2": t2, "t3": t3}
    sources = {name: tables.read(path) for name, path in given.items() if path}
    result = queries.as_stored(_query(query, sources))
    tables.write(result, table)
    step.metrics({"rows": result.num_rows, "columns": result.num_columns})


def _query(query: str, sources: dict[str, pa.Table]) -> pa.Table:
    connection = queries.connect(sources)
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
        raise queries.explained(error, query, sources) from error


if __name__ == "__main__":
    step.run(main)
