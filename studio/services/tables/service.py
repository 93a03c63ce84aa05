"""Tables: their shape, any of their rows, sorted and filtered, and their profiles."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.picture import Picture
from studio.domain.schema import kind_of_arrow
from studio.domain.table import (
    ColumnProfile,
    Condition,
    TableColumn,
    TableOrder,
    TablePage,
    TableProfile,
    TableShape,
    profile_facts,
    profile_of,
)
from studio.domain.table_difference import TableDifference, pair_columns
from studio.domain.tag_filter import MetricIs, NameHas, TagIs, Term, parse_filter
from studio.services.tables.files import TableSource, table_source
from studio.services.tables.matching import Keys, key_columns, read_match
from studio.services.tables.reader import TableReader
from studio.storage.profiles import ProfileStore

_KINDS = {"text": "text", "time": "a time", "unknown": "no number"}
_CONNECTIVES = frozenset({"and", "or", "not", "&", "&&", "|", "||"})
_WORD = re.compile(r'(?<=\s)[^\s"]+(?=\s|$)')
OnPart = Callable[[float | None], object]
OnColumn = Callable[[int, ColumnProfile], object]


class TableService:
    """Every file is read by one other process, which lives as long as it is asked."""

    def __init__(self, profiles: ProfileStore) -> None:
        self._profiles = profiles
        self._reader = TableReader()

    def prepare(self) -> None:
        """Start the reader, so that the first table comes quickly."""
        self._reader.ask("", {"op": "hello"})

    def close(self) -> None:
        self._reader.close()

    def pictures(self, files: Sequence[Path], size: int) -> tuple[Picture, ...]:
        """Image files, no side longer than `size`; a broken one has an error."""
        request = {"op": "pictures", "files": [str(f) for f in files], "size": size}
        name = files[0].name if len(files) == 1 else f"{len(files)} images"
        return tuple(_picture(one) for one in self._reader.ask(name, request))

    def open(self, path: Path, digest: str = "") -> Table:
        """The table at a path; of content with a digest the profile is kept.

        NotFoundError if no file there can be a table.
        """
        found = self.find(path, digest)
        if found is None:
            raise NotFoundError(
                f"{path.name} holds no table",
                "A table is made of Parquet, CSV, TSV or JSON lines files",
            )
        return found

    def find(self, path: Path, digest: str = "") -> Table | None:
        """The same, or None."""
        source = table_source(path)
        if source is None:
            return None
        return Table(self._reader, self._profiles, source, digest)


class Table:
    """One table. All that is asked here may take a while: call it in a thread."""

    def __init__(
        self,
        reader: TableReader,
        profiles: ProfileStore,
        source: TableSource,
        digest: str,
    ) -> None:
        self._reader, self._profiles = reader, profiles
        self.source, self.digest = source, digest

    @property
    def name(self) -> str:
        return self.source.path.name

    def shape(self) -> TableShape:
        """Columns, and rows where a file tells them without being read."""
        return _shape(self._ask("shape"))

    def head(self, rows: int, columns: int) -> tuple[TableShape, TablePage]:
        """The shape with the first cells of the first columns."""
        answer = self._ask("head", count=rows, columns=columns)
        cells = tuple(answer["page"]["columns"])
        return _shape(answer["shape"]), TablePage(
            cells, range(len(cells[0])) if cells else range(0)
        )

    def settle(
        self, on_part: OnPart | None = None, cancelled: threading.Event | None = None
    ) -> TableShape:
        """Read all of a text file: then its rows are known, and quick to reach."""

        def tell(item: Any) -> None:
            if on_part is not None:
                on_part(item.get("progress"))

        return _shape(
            self._ask("settle", seconds=None, on_item=tell, cancelled=cancelled)
        )

    def page(
        self,
        start: int,
        count: int,
        columns: Sequence[int],
        order: TableOrder | None = None,
        longest: int = 300,
    ) -> TablePage:
        """Cells of some rows and columns; texts are cut to `longest` characters."""
        wanted = {"start": start, "count": count, "columns": list(columns)}
        answer = self._ask("page", **wanted, longest=longest, order=_asked(order))
        cells = tuple(answer["columns"])
        rows = answer.get("rows") or range(
            start, start + len(cells[0] if cells else ())
        )
        return TablePage(cells, rows)

    def count(self, order: TableOrder, cancelled: threading.Event | None = None) -> int:
        """How many rows an order has; after this its pages come quickly."""
        answer = self._ask(
            "order", order=_asked(order), seconds=None, cancelled=cancelled
        )
        return int(answer["rows"])

    def kept_profile(self) -> TableProfile | None:
        """The profile, if it was computed before."""
        kept = self._profiles.get(self.digest) if self.digest else None
        if kept is None:
            return None
        columns = tuple(
            profile_of(TableColumn(*one["column"]), one["facts"])
            for one in kept["columns"]
        )
        return TableProfile(kept["rows"], columns)

    def profile(
        self,
        on_column: OnColumn | None = None,
        cancelled: threading.Event | None = None,
        on_shape: Callable[[TableShape], object] | None = None,
        first: Sequence[int] = (),
    ) -> TableProfile:
        """Every column's profile; each is told as soon as it is there.

        Columns in `first` are profiled before the others.
        """
        if (kept := self.kept_profile()) is not None:
            return kept
        shape = self.settle(cancelled=cancelled)
        if on_shape is not None:
            on_shape(shape)
        found: dict[int, ColumnProfile] = {}

        def take(item: Any) -> None:
            if "column" in item:
                number = item["column"]
                found[number] = profile_of(shape.columns[number], item["facts"])
                if on_column is not None:
                    on_column(number, found[number])

        self._ask(
            "profile",
            first=list(first),
            seconds=None,
            on_item=take,
            cancelled=cancelled,
        )
        made = TableProfile(shape.rows or 0, tuple(found[n] for n in sorted(found)))
        if self.digest:
            self._profiles.put(self.digest, profile_document(made))
        return made

    def difference(
        self,
        other: Table,
        on_part: OnPart | None = None,
        cancelled: threading.Event | None = None,
        key: Sequence[str] | None = None,
    ) -> TableDifference:
        """How another table differs from this one.

        Rows with the same `key`, columns of both, belong together; without any, those
        with the same number. None looks for a column that is an identifier in both.
        """

        def tell(item: Any) -> None:
            if on_part is not None:
                on_part(item.get("progress"))

        shapes = self.settle(cancelled=cancelled), other.settle(cancelled=cancelled)
        both = [
            pair for pair in pair_columns(*shapes) if min(pair.left, pair.right) >= 0
        ]
        answer = self._ask(
            "differ",
            other=other.source.asked,
            pairs=[[pair.left, pair.right] for pair in both],
            keys=None if key is None else key_columns(both, key),
            seconds=None,
            on_item=tell,
            cancelled=cancelled,
        )
        names = [pair.name for pair in both]
        changed = dict(zip(names, answer["changed"], strict=True))
        left, right = answer["rows"]
        pairs = pair_columns(*shapes, changed)
        places, match = tuple(answer["places"]), read_match(both, answer)
        return TableDifference((left, right), pairs, places, match)

    def page_beside(
        self, other: Table, keys: Keys, right: bool, rows: range, columns: Sequence[int]
    ) -> TablePage:
        """Cells of this or the other table, rows as matched by pairs of columns."""
        beside = {"other": other.source.asked, "keys": keys, "side": int(right)}
        wanted = {"start": rows.start, "count": len(rows), "columns": list(columns)}
        answer = self._ask("page", beside=beside, **wanted)
        return TablePage(tuple(answer["columns"]), answer["rows"])

    def pictures(
        self, column: int, start: int, count: int, size: int
    ) -> tuple[Picture, ...]:
        """The images in some rows of a column of bytes."""
        where = {"column": column, "start": start, "count": count, "size": size}
        return tuple(_picture(one) for one in self._ask("pictures", **where))

    def order(
        self, shape: TableShape, filter: str = "", sort: Sequence[tuple[int, bool]] = ()
    ) -> TableOrder:
        """An order from a filter's text; InvalidError says what isn't understood."""
        terms = parse_filter(filter).terms
        if any(not isinstance(term, NameHas) for term in terms):
            _refuse_connectives(filter)
        where = tuple(_condition(shape, term) for term in terms)
        return TableOrder(tuple(sort), where)

    def _ask(self, op: str, **more: Any) -> Any:
        ways = {
            key: more.pop(key)
            for key in ("seconds", "on_item", "cancelled")
            if key in more
        }
        request = {"op": op, "table": self.source.asked, **more}
        return self._reader.ask(self.name, request, **ways)


def profile_document(profile: TableProfile) -> dict[str, Any]:
    """In JSON's types, as it is kept and printed."""
    columns = [
        {
            "column": [one.column.name, one.column.type, one.column.nullable],
            "facts": profile_facts(one),
        }
        for one in profile.columns
    ]
    return {"rows": profile.rows, "columns": columns}


def _shape(answer: Any) -> TableShape:
    columns = tuple(TableColumn(*column) for column in answer["columns"])
    return TableShape(columns, answer["rows"])


def _picture(answer: Any) -> Picture:
    """Pixels are taken only if there are as many as are claimed."""
    if "error" in answer:
        return Picture(error=str(answer["error"]))
    (width, height), (across, down) = answer["size"], answer["shown"]
    rgba = base64.b64decode(answer["rgba"])
    if across < 1 or down < 1 or len(rgba) != across * down * 4:
        return Picture(error="its pixels are not what they claim to be")
    return Picture(width, height, across, down, rgba)


def _asked(order: TableOrder | None) -> dict[str, Any] | None:
    if not order:
        return None
    where = [[c.column, c.operator, list(c.values)] for c in order.where]
    return {"sort": [list(one) for one in order.sort], "where": where}


def _condition(shape: TableShape, term: Term) -> Condition:
    match term:
        case NameHas(text):
            return Condition(-1, "has", (text,))
        case MetricIs(key, operator, value):
            number = _column(shape, key)
            _check_is_number(shape.columns[number], operator, value)
            return Condition(number, operator, (value,))
        case TagIs(key, values, negated):
            return Condition(_column(shape, key), "!=" if negated else "=", values)


def _check_is_number(column: TableColumn, operator: str, value: float) -> None:
    """More and less are asked of numbers; InvalidError says what else to ask."""
    kind = _KINDS.get(kind_of_arrow(column.type))
    if kind is None:
        return
    name = f'"{column.name}"' if re.search(r"\s", column.name) else column.name
    raise InvalidError(
        f"'{column.name}' is {kind}, so {operator}{value:g} can't be asked of it",
        f"Compare it with a text, for example {name}=abc, or make it a number with "
        "'Convert types' first",
    )


def _refuse_connectives(text: str) -> None:
    """Words that join conditions in other languages: here all of them must hold."""
    for match in _WORD.finditer(text):
        word = match.group().casefold()
        if word in _CONNECTIVES or set(word) <= set("()"):
            shown = text[match.start() :][:40]
            raise InvalidError(
                f"The filter isn't understood from '{shown}' on",
                "Write conditions side by side, all of them hold, for example "
                "bought=yes amount>100; several values: bought=yes|maybe",
            )


def _column(shape: TableShape, key: str) -> int:
    """By its name, else by its name in any case with spaces as underscores."""
    if key in shape.names:
        return shape.names.index(key)
    loose = [_loose(name) for name in shape.names]
    if _loose(key) in loose:
        return loose.index(_loose(key))
    shown = ", ".join(shape.names[:8]) + (", …" if len(shape.names) > 8 else "")
    raise InvalidError(f"There is no column '{key}'", f"The columns are: {shown}")


def _loose(name: str) -> str:
    return re.sub(r"\s+", "_", name.strip()).casefold()
