"""`stage=prod framework=onnx f1>0.9 penguins` -> a list of predicates (pure).

Grammar: terms separated by spaces, all of them must hold. `k=v`, `k!=v`,
`k=a|b`, `metric>0.9` (also `>=`, `<`, `<=`), `k="a value"`, bare words match the
name. `Tag : Value` and `Tag = Value` are understood and answered corrected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from studio.domain.errors import InvalidError

Operator: TypeAlias = Literal[">", ">=", "<", "<="]


@dataclass(frozen=True)
class TagIs:
    """The tag has one of these values (or, negated, none of them)."""

    key: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class MetricIs:
    key: str
    operator: Operator
    value: float


@dataclass(frozen=True)
class NameHas:
    """The name contains this text, case ignored."""

    text: str


Term: TypeAlias = TagIs | MetricIs | NameHas


@dataclass(frozen=True)
class TagFilter:
    """All terms must hold. `corrected` is set when the text was written in
    another way than the grammar, e.g. with spaces around `=`."""

    terms: tuple[Term, ...] = ()
    corrected: str = ""

    def matches(
        self, name: str, tags: Mapping[str, str], metrics: Mapping[str, float]
    ) -> bool:
        """The reference meaning, which the SQL must agree with."""
        return all(_holds(term, name, tags, metrics) for term in self.terms)


_MAX_LENGTH = 2000
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_KEY = r'[^\s=!<>:|"]+'
_TERM = re.compile(
    rf"(?P<key>{_KEY})(?P<gap1>\s*)(?P<op>!=|>=|<=|==|=|>|<|:)(?P<gap2>\s*)"
    rf'(?P<value>(?:{_QUOTED}|[^\s|"]+)(?:\|(?:{_QUOTED}|[^\s|"]+))*)'
    rf"|(?P<quoted>{_QUOTED})"
    rf"|(?P<word>{_KEY})(?=\s|$)"
)
_ALTERNATIVE = re.compile(rf'{_QUOTED}|[^|"]+')


def parse_filter(text: str) -> TagFilter:
    """Read a filter; InvalidError says what isn't understood and how to write it."""
    if not _is_text(text):
        raise InvalidError("The filter holds bytes that aren't text", "Use UTF-8")
    if len(text) > _MAX_LENGTH:
        raise InvalidError("The filter is too long", f"Keep it below {_MAX_LENGTH}")
    terms: list[Term] = []
    written: list[str] = []
    position, corrected = 0, False
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _TERM.match(text, position)
        if match is None:
            raise _not_understood(text[position:])
        term = _term(match)
        corrected |= bool(match["op"]) and _is_loose(match)
        terms.append(term)
        written.append(write_term(term))
        position = match.end()
    return TagFilter(tuple(terms), " ".join(written) if corrected else "")


def write_term(term: Term) -> str:
    """A term in the grammar's own way, so that it can be parsed again."""
    match term:
        case NameHas(text):
            return _quote(text)
        case MetricIs(key, operator, value):
            return f"{key}{operator}{_shortest(value)}"
        case TagIs(key, values, negated):
            joined = "|".join(_quote(value) for value in values)
            return f"{key}{'!=' if negated else '='}{joined}"


def _is_text(text: str) -> bool:
    """False for half characters, which come from bytes in another encoding."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _shortest(number: float) -> str:
    short = f"{number:g}"
    return short if float(short) == number else repr(number)


def _is_loose(match: re.Match[str]) -> bool:
    return bool(match["gap1"] or match["gap2"]) or match["op"] in (":", "==")


def _term(match: re.Match[str]) -> Term:
    if match["quoted"] is not None:
        return NameHas(_unquote(match["quoted"]))
    if match["word"] is not None:
        return NameHas(match["word"])
    key, operator = match["key"], match["op"]
    if operator in (">", ">=", "<", "<="):
        number = _number(key, operator, match["value"])
        return MetricIs(key, cast(Operator, operator), number)
    values = tuple(_unquote(v) for v in _ALTERNATIVE.findall(match["value"]))
    return TagIs(key, values, negated=operator == "!=")


def _number(key: str, operator: str, text: str) -> float:
    with suppress(ValueError):
        if not math.isnan(number := float(text)):
            return number
    raise InvalidError(
        f"'{key}{operator}{text}' compares with something that isn't a number",
        hint=f"Write a number, for example {key}{operator}0.9",
    )


def _not_understood(rest: str) -> InvalidError:
    shown = rest if len(rest) <= 40 else rest[:40] + "…"
    return InvalidError(
        f"The filter isn't understood from '{shown}' on",
        hint="Write Tag=Value without spaces, for example stage=prod f1>0.9; "
        'quote values with spaces: owner="Data team"',
    )


def _quote(text: str) -> str:
    if text and re.fullmatch(r'[^\s=!<>:|"\\]+', text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _holds(
    term: Term, name: str, tags: Mapping[str, str], metrics: Mapping[str, float]
) -> bool:
    match term:
        case NameHas(text):
            return text.lower() in name.lower()
        case TagIs(key, values, negated):
            return (tags.get(key) in values) != negated
        case MetricIs(key, operator, value):
            return key in metrics and _compare(metrics[key], operator, value)


def _compare(left: float, operator: Operator, right: float) -> bool:
    match operator:
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case "<=":
            return left <= right
