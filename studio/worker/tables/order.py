"""Sorted and filtered rows, as row numbers: only the columns asked about are read."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from .desk import Job

COMPARISONS = ("=", "!=", ">", ">=", "<", "<=")


def warm() -> None:
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    connection.register("source", pa.table({"row": [0]}))
    connection.sql("SELECT row FROM source ORDER BY row").to_arrow_table()


def ordered(table: Any, order: Dict[str, Any], job: Job) -> Any:
    """The numbers of the rows that hold, sorted.

    `order`: {"sort": [[column, descending]], "where": [[column, operator, values]]};
    the operator `has` finds text, in any text column where the column is -1.
    """
    import duckdb
    import numpy as np
    import pyarrow as pa

    where, values, used = _where(table.schema, order.get("where", []))
    sort = order.get("sort", [])
    used = sorted({*used, *(number for number, _ in sort)})
    columns = {f"c{number}": table.column(number) for number in used}
    job.check()
    source = pa.table({"row": pa.array(np.arange(table.rows)), **columns})
    by = [
        _value(table.schema.field(number).type, number)
        + (" DESC NULLS LAST" if down else " ASC NULLS LAST")
        for number, down in sort
    ]
    connection = duckdb.connect()
    connection.register("source", source)
    job.on_cancel = connection.interrupt
    sql = f"SELECT row FROM source{where} ORDER BY {', '.join([*by, 'row'])}"
    try:
        found = connection.sql(sql, params=values).to_arrow_table()
        return found.column("row").to_numpy()
    except Exception:
        job.check()
        raise
    finally:
        job.on_cancel = None


def _where(schema: Any, asked: List[Any]) -> Tuple[str, List[Any], List[int]]:
    """A WHERE clause, its values in order, and the columns that it reads."""
    parts: List[str] = []
    values: List[Any] = []
    used: List[int] = []
    for column, operator, given in asked:
        numbers = [column] if column >= 0 else _text_columns(schema)
        used += numbers
        sides = []
        for number in numbers:
            sql, own = _condition(schema.field(number).type, number, operator, given)
            sides.append(sql)
            values += own
        parts.append("(" + " OR ".join(sides or ["false"]) + ")")
    return (" WHERE " + " AND ".join(parts) if parts else ""), values, used


def _condition(
    kind: Any, number: int, operator: str, given: List[Any]
) -> Tuple[str, List[Any]]:
    name = f"c{number}"
    if operator == "has":
        return f"contains(lower(CAST({name} AS VARCHAR)), lower(?))", list(given)
    if operator not in COMPARISONS:
        raise ValueError(f"unknown comparison {operator}")
    if operator not in ("=", "!="):
        return f"{_value(kind, number)} {operator} ?", [given[0]]
    own = [value for value in given if value != "null"]
    sides = [f"{name} IS NULL"] if len(own) < len(given) else []
    sides += [_equals(kind, name)] * len(own)
    sql = "(" + " OR ".join(sides) + ")"
    return (f"NOT coalesce({sql}, false)" if operator == "!=" else sql), own


def _value(kind: Any, number: int) -> str:
    """The column, with what is no number as missing."""
    import pyarrow as pa

    name = f"c{number}"
    if pa.types.is_floating(kind):
        return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
    return name


def _equals(kind: Any, name: str) -> str:
    import pyarrow as pa

    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return f"{name} = TRY_CAST(? AS DOUBLE)"
    if pa.types.is_boolean(kind):
        return f"{name} = TRY_CAST(? AS BOOLEAN)"
    return f"CAST({name} AS VARCHAR) = ?"


def _text_columns(schema: Any) -> List[int]:
    import pyarrow as pa

    def is_text(kind: Any) -> bool:
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

    texts = [n for n, field in enumerate(schema) if is_text(field.type)]
    return texts or list(range(len(schema)))
