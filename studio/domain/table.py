"""What is known of a table: its columns, its rows, and what its columns hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, final

ColumnKind: TypeAlias = Literal["number", "text", "truth", "time", "other"]
Bar: TypeAlias = tuple[Any, Any, int]
"""From, to, how many."""

_NUMBERS = ("int", "uint", "float", "double", "decimal", "half")


@dataclass(frozen=True)
class TableColumn:
    """`type` is Arrow's name of it, e.g. `int64` or `timestamp[us]`."""

    name: str
    type: str
    nullable: bool = True

    @property
    def is_number(self) -> bool:
        return self.type.startswith(_NUMBERS)


@dataclass(frozen=True)
class TableShape:
    """`rows` is None until the whole of a text file has been read."""

    columns: tuple[TableColumn, ...]
    rows: int | None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Condition:
    """`column` is a number, -1 for any that holds text; operators are those of
    comparison, and `has` for a text within."""

    column: int
    operator: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class TableOrder:
    """Which rows, and in which order; falsy if all as they are."""

    sort: tuple[tuple[int, bool], ...] = ()
    where: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sort or self.where)


@final
class NoRow:
    """A cell of a row that only the table beside has."""


NO_ROW: Final = NoRow()


@dataclass(frozen=True)
class TablePage:
    """Cells column by column; `rows` are the rows' numbers in the unsorted table.

    Of a row that this table lacks, the number is -1 and its cells are `NO_ROW`.
    """

    columns: tuple[Sequence[Any], ...]
    rows: Sequence[int]


@dataclass(frozen=True)
class ColumnProfile:
    """Exact figures of all rows. Of times, `mean` and the like are ISO 8601 texts and
    `std` is in seconds."""

    column: TableColumn
    kind: ColumnKind
    count: int
    missing: int
    distinct: int | None = None
    minimum: Any = None
    maximum: Any = None
    mean: Any = None
    std: float | None = None
    quartiles: tuple[Any, ...] = ()
    not_a_number: int = 0
    bars: tuple[Bar, ...] = ()
    top: tuple[tuple[str, int], ...] = ()

    @property
    def median(self) -> Any:
        return self.quartiles[1] if len(self.quartiles) > 1 else None


@dataclass(frozen=True)
class TableProfile:
    rows: int
    columns: tuple[ColumnProfile, ...] = field(default=())


def profile_of(column: TableColumn, facts: Mapping[str, Any]) -> ColumnProfile:
    """A profile from what the reader told, or from what was kept of it."""
    return ColumnProfile(
        column,
        facts["kind"],
        facts["count"],
        facts["missing"],
        facts.get("distinct"),
        facts.get("minimum"),
        facts.get("maximum"),
        facts.get("mean"),
        facts.get("std"),
        tuple(facts.get("quartiles", ())),
        facts.get("not_a_number", 0),
        tuple((low, high, count) for low, high, count in facts.get("bars", ())),
        tuple((value, count) for value, count in facts.get("top", ())),
    )


def profile_facts(profile: ColumnProfile) -> dict[str, Any]:
    """The opposite of `profile_of`, in JSON's own types."""
    facts = {
        "kind": profile.kind,
        "count": profile.count,
        "missing": profile.missing,
        "distinct": profile.distinct,
        "minimum": profile.minimum,
        "maximum": profile.maximum,
        "mean": profile.mean,
        "std": profile.std,
        "quartiles": list(profile.quartiles),
        "not_a_number": profile.not_a_number,
        "bars": [list(bar) for bar in profile.bars],
        "top": [list(pair) for pair in profile.top],
    }
    return {key: value for key, value in facts.items() if value not in (None, [])}


@dataclass(frozen=True)
class ColumnChange:
    """One column of two tables; `before` or `after` is None where it is missing."""

    name: str
    before: TableColumn | None
    after: TableColumn | None

    @property
    def change(self) -> str:
        """`added`, `removed`, `type changed` or "" for the same."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "type changed" if self.before.type != self.after.type else ""


def compare_columns(
    before: Sequence[TableColumn], after: Sequence[TableColumn]
) -> tuple[ColumnChange, ...]:
    """Columns matched by name, in the first table's order, then what is new."""
    old = {column.name: column for column in before}
    new = {column.name: column for column in after}
    names = list(dict.fromkeys([*old, *new]))
    return tuple(ColumnChange(name, old.get(name), new.get(name)) for name in names)
