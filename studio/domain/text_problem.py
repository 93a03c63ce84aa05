"""What is wrong with a text a person writes, at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.domain.errors import InvalidError

Severity: TypeAlias = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class TextProblem:
    """Line and column count from 1; `length` 0 means up to the line's end.

    An error stops; a warning is likely a slip; an info is fine and good to know.
    """

    line: int
    column: int
    message: str
    hint: str = ""
    severity: Severity = "error"
    length: int = 0


def errors_of(problems: Sequence[TextProblem]) -> tuple[TextProblem, ...]:
    return tuple(each for each in problems if each.severity == "error")


def refuse_errors(
    problems: Sequence[TextProblem], file: str, places: Sequence[str] = ()
) -> None:
    """InvalidError, with file and line, if there is an error among them.

    `places`: those of each line, where the text was put together from files.
    """
    errors = errors_of(problems)
    if not errors:
        return
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if errors[1:] else ""
    known = 0 < first.line <= len(places)
    where = places[first.line - 1] if known else f"{file}, line {first.line}"
    raise InvalidError(f"{where}: {first.message}{more}", first.hint)
