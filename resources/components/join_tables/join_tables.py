"""Join two tables by the values of key columns."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import queries
import step
import tables
from queries import quoted
from step import ComponentError

_MOST = 200_000_000


def main(
    left: Path,
    right: Path,
    left_keys: str,
    how: str,
    suffix: str,
    table: Path,
    right_keys: str | None = None,
) -> None:
    one, two = tables.read(left), tables.read(right)
    ours = tables.choose(one.column_names, left_keys, "left_keys")
    theirs = tables.choose(
        two.column_names,
        right_keys or left_keys,
        "right_keys" if right_keys else "left_keys",
    )
    _check_keys(one, two, ours, theirs)
    _check_size(one, two, ours, theirs)
    joined = _joined(one, two, ours, theirs, how, suffix)
    matched = _matched(one, two, ours, theirs)
    print(f"{matched} of {step.count(one.num_rows, 'left row')} found a match")
    tables.write(joined, table)
    step.metrics(
        {
            "rows": joined.num_rows,
            "columns": joined.num_columns,
            "matched_rows": matched,
            "unmatched_rows": one.num_rows - matched,
        }
    )


def _check_keys(
    one: pa.Table, two: pa.Table, ours: list[str], theirs: list[str]
) -> None:
    if not ours or len(ours) != len(theirs):
        raise ComponentError(
            f"There are {step.count(len(ours), 'left key')} "
            f"and {step.count(len(theirs), 'right key')}",
            "Name as many columns in 'Right keys' as in 'Left keys', in the same order",
        )
    for mine, other in zip(ours, theirs, strict=True):
        kinds = _family(one, mine), _family(two, other)
        if kinds[0] != kinds[1] and "nothing" not in kinds:
            raise ComponentError(
                f"Left key '{mine}' holds {kinds[0]}, but right key '{other}' "
                f"holds {kinds[1]}",
                "Put a Convert types step before this one",
            )


def _family(table: pa.Table, name: str) -> str:
    kind = table.schema.field(name).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return "numbers"
    if pa.types.is_decimal(kind):
        return "numbers"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_temporal(kind):
        return "times"
    return "nothing" if pa.types.is_null(kind) else str(kind)


def _check_size(
    one: pa.Table, two: pa.Table, ours: list[str], theirs: list[str]
) -> None:
    """Keys repeated on both sides multiply: said before memory runs out."""
    query = f"""
        SELECT coalesce(sum(l.n * r.n), 0) AS rows, coalesce(max(r.n), 0) AS most
        FROM (SELECT {queries.listed(ours)}, count(*) AS n FROM one GROUP BY ALL) l
        JOIN (SELECT {queries.listed(theirs)}, count(*) AS n FROM two GROUP BY ALL) r
        ON {_condition(ours, theirs)}"""
    rows = queries.ask(query, one=one, two=two).column("rows")[0].as_py()
    if rows > _MOST:
        raise ComponentError(
            f"The join would make {rows:,} rows, for its keys repeat on both sides",
            "Name more columns in 'Left keys', or put Remove duplicates before it",
        )
    if rows > one.num_rows:
        print("Keys repeat in the right table: some left rows appear more than once")


def _matched(one: pa.Table, two: pa.Table, ours: list[str], theirs: list[str]) -> int:
    query = (
        f"SELECT count(*) AS n FROM one l SEMI JOIN two r ON {_condition(ours, theirs)}"
    )
    return int(queries.ask(query, one=one, two=two).column("n")[0].as_py())


def _condition(ours: list[str], theirs: list[str]) -> str:
    pairs = zip(ours, theirs, strict=True)
    return " AND ".join(f"l.{quoted(a)} = r.{quoted(b)}" for a, b in pairs)


def _joined(
    one: pa.Table,
    two: pa.Table,
    ours: list[str],
    theirs: list[str],
    how: str,
    suffix: str,
) -> pa.Table:
    condition = _condition(ours, theirs)
    numbered = {"one": queries.numbered(one), "two": queries.numbered(two)}
    if how in ("matching", "anti"):
        kind = "SEMI" if how == "matching" else "ANTI"
        query = (
            f"SELECT {queries.listed(one.column_names, 'l')} FROM one l "
            f"{kind} JOIN two r ON {condition} ORDER BY l.{quoted(queries.ROW)}"
        )
        return queries.ask(query, **numbered)
    kind = "FULL OUTER" if how == "outer" else how.upper()
    chosen = ", ".join(
        [*_of_left(one, ours, theirs, how), *_of_right(one, two, theirs, suffix)]
    )
    row = quoted(queries.ROW)
    query = (
        f"SELECT {chosen} FROM one l {kind} JOIN two r ON {condition} "
        f"ORDER BY l.{row} NULLS LAST, r.{row} NULLS LAST"
    )
    return queries.ask(query, **numbered)


def _of_left(one: pa.Table, ours: list[str], theirs: list[str], how: str) -> list[str]:
    partner = dict(zip(ours, theirs, strict=True))
    chosen = []
    for name in one.column_names:
        column = f"l.{quoted(name)}"
        if name in partner and how in ("right", "outer"):
            column = f"coalesce({column}, r.{quoted(partner[name])})"
        chosen.append(f"{column} AS {quoted(name)}")
    return chosen


def _of_right(
    one: pa.Table, two: pa.Table, theirs: list[str], suffix: str
) -> list[str]:
    taken = set(one.column_names)
    chosen = []
    for name in two.column_names:
        if name in theirs:
            continue
        new = name if name not in taken else name + suffix
        if new in taken:
            raise ComponentError(
                f"Both tables have a column '{name}'",
                "Set 'Suffix' to what is added to the right one, e.g. _right",
            )
        taken.add(new)
        chosen.append(f"r.{quoted(name)} AS {quoted(new)}")
    return chosen


if __name__ == "__main__":
    step.run(main)
