"""The columns of a table, and what a component says it does to them (pure).

A component's tag `columns.OUTPUT` tells the columns of an output from those of its
inputs: a source, then what is done to it, as in `data | keep columns | add n:number`.
`docs/components.md` has all the words.
"""

from __future__ import annotations

import csv
import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, cast

from studio.domain.errors import InvalidError

ColumnKind: TypeAlias = Literal["number", "text", "boolean", "time", "unknown"]
KINDS = ("number", "text", "boolean", "time", "unknown")
_VERBS = {
    "keep": (1, 1), "drop": (1, 2), "add": (1, 99), "rename": (1, 1),
    "open": (0, 0), "unknown": (0, 0),
}  # fmt: skip
_PARAMETER = re.compile(r"\$\{\{\s*inputs\.(\w+)\s*\}\}")
_CONDITION = re.compile(r"^(?P<verb>.*?)\s+(?P<way>if|unless)\s+(?P<test>.+)$")


@dataclass(frozen=True)
class Schema:
    """Columns in their order. An open one may have others, known after a run only."""

    columns: Mapping[str, ColumnKind] = field(default_factory=dict)
    open: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def keep(self, names: Iterable[str]) -> Schema:
        return replace(self, columns={n: self.columns[n] for n in names})

    def drop(self, names: Iterable[str]) -> Schema:
        gone = set(names)
        return self.keep(name for name in self.columns if name not in gone)

    def add(self, name: str, kind: ColumnKind) -> Schema:
        return replace(self, columns={**self.columns, name: kind})

    def rename(self, names: Mapping[str, str]) -> Schema:
        renamed = {names.get(name, name): kind for name, kind in self.columns.items()}
        return replace(self, columns=renamed)

    def joined(self, other: Schema) -> Schema:
        """All columns of both; the left one's kind counts."""
        both = {**other.columns, **self.columns}
        names = dict.fromkeys((*self.columns, *other.columns))
        return Schema({name: both[name] for name in names}, self.open or other.open)


@dataclass(frozen=True)
class Change:
    """One thing done to columns, maybe only where a setting has a value."""

    verb: str
    words: tuple[str, ...] = ()
    way: Literal["", "if", "unless"] = ""
    name: str = ""
    value: str | None = None


@dataclass(frozen=True)
class Effect:
    """The inputs whose columns an output has, and the changes in their order."""

    sources: tuple[str, ...]
    changes: tuple[Change, ...] = ()


def parse_effect(text: str) -> Effect:
    """`data | keep columns | unknown if method=pca`. InvalidError names the word."""
    head, *rest = (part.strip() for part in text.split("|"))
    sources = tuple(word.strip() for word in head.split("+"))
    if not all(re.fullmatch(r"\w+", word) for word in sources):
        raise InvalidError(
            f"'{head}' names no inputs", "Begin with an input, as in 'data | open'"
        )
    return Effect(sources, tuple(_change(part) for part in rest))


def apply_effect(
    effect: Effect,
    table_of: Callable[[str], Schema | None],
    value_of: Callable[[str], str],
) -> Schema | None:
    """The columns that come out; None if they are known after a run only.

    `table_of` gives the columns of an input, `value_of` a setting's text ("" if none).
    """
    schema: Schema | None = Schema()
    for name in effect.sources:
        if name == "none":
            continue
        table = table_of(name)
        if table is None:
            return None
        schema = schema.joined(table) if schema else None
    for change in effect.changes:
        if schema is not None and _applies(change, value_of):
            schema = _changed(schema, change, value_of)
    return schema


def names_in(text: str) -> list[str]:
    """A comma-separated list of names; names with commas stand in quotes."""
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    return [name.strip() for row in rows for name in row if name.strip()]


def matching(names: Iterable[str], pattern: str) -> list[str]:
    """The columns that a name or a pattern such as `bill_*` stands for."""
    listed = list(names)
    if pattern in listed:
        return [pattern]
    return [name for name in listed if fnmatch.fnmatchcase(name, pattern)]


def chosen(names: Iterable[str], text: str, default: Iterable[str]) -> list[str]:
    """What a list like `bill_*, !bill_depth` stands for; `default` if it names none."""
    listed, wanted = list(names), names_in(text)
    taken = [name for name in wanted if not name.startswith("!")]
    found = [c for name in taken for c in matching(listed, name)]
    out = {
        c for n in wanted if n.startswith("!") for c in matching(listed, n[1:].strip())
    }
    return [c for c in dict.fromkeys(found if taken else default) if c not in out]


def kind_of_arrow(type_name: str) -> ColumnKind:
    """The kind of a column from the name of its Arrow type."""
    if type_name.startswith(("int", "uint", "float", "double", "half", "decimal")):
        return "number"
    if type_name.startswith(("string", "large_string", "dictionary")):
        return "text"
    if type_name.startswith("bool"):
        return "boolean"
    if type_name.startswith(("timestamp", "date", "time", "duration")):
        return "time"
    return "unknown"


def _change(text: str) -> Change:
    found = _CONDITION.match(text)
    verb, *words = (found["verb"] if found else text).split() or [""]
    least, most = _VERBS.get(verb, (1, 0))
    if not least <= len(words) <= most:
        raise InvalidError(
            f"'{text}' isn't something done to columns",
            "Write keep, drop or rename with a parameter, add with names, open "
            "or unknown",
        )
    if found is None:
        return Change(verb, tuple(words))
    name, equal, value = (part.strip() for part in found["test"].partition("="))
    way = cast(Literal["if", "unless"], found["way"])
    return Change(verb, tuple(words), way, name, value if equal else None)


def _applies(change: Change, value_of: Callable[[str], str]) -> bool:
    if not change.way:
        return True
    value = value_of(change.name)
    holds = bool(value) if change.value is None else value == change.value
    return holds == (change.way == "if")


def _changed(
    schema: Schema, change: Change, value_of: Callable[[str], str]
) -> Schema | None:
    match change.verb:
        case "keep":
            text = value_of(change.words[0])
            return schema.keep(chosen(schema.names, text, schema.names))
        case "drop":
            return schema.drop(_to_drop(schema, change, value_of))
        case "rename":
            pairs = (
                pair.partition("=") for pair in names_in(value_of(change.words[0]))
            )
            return schema.rename({old.strip(): new.strip() for old, _, new in pairs})
        case "add":
            return _added(schema, change, value_of)
        case "open":
            return replace(schema, open=True)
    return None


def _to_drop(
    schema: Schema, change: Change, value_of: Callable[[str], str]
) -> list[str]:
    """Columns named by a parameter; if it is empty, those of a kind."""
    kind = change.words[1] if len(change.words) > 1 else ""
    of_kind = [name for name, each in schema.columns.items() if each == kind]
    return chosen(schema.names, value_of(change.words[0]), of_kind)


def _added(
    schema: Schema, change: Change, value_of: Callable[[str], str]
) -> Schema | None:
    for word in change.words:
        name, _, kind = word.partition(":")
        name = _PARAMETER.sub(lambda found: value_of(found[1]), name)
        if not name:
            return None
        known = cast(ColumnKind, kind) if kind in KINDS else "unknown"
        schema = schema.add(name, known)
    return schema
