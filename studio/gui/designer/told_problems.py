"""Problems as a person is told them: what is wrong first, then where; ways to mend."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from studio.domain.validation import Fix, Problem

MOST_OFFERED = 12
_PLACED = re.compile(
    r"(?P<before>.*?)(?P<file>(?:/|[A-Za-z]:\\)[^\n]*?), "
    r"line (?P<line>\d+): (?P<what>.+)",
    re.DOTALL,
)


def message_first(problem: Problem) -> Problem:
    """`Invalid syntax (steps.py, line 6)`; the whole path is its place."""
    match = _PLACED.fullmatch(problem.message)
    if match is None:
        return problem
    before, what = match["before"], match["what"]
    what = what if before else what[:1].upper() + what[1:]
    name = PurePath(match["file"].replace("\\", "/")).name
    message = f"{before}{what} ({name}, line {match['line']})"
    return replace(problem, message=message, place=match["file"])


def with_columns(problem: Problem, value: str, names: Sequence[str]) -> Problem:
    """A field that names a column offers those there are, the most alike first."""
    known = {name.casefold(): name for name in reversed(names)}
    alike = difflib.get_close_matches(value.casefold(), known, len(known) or 1, 0.3)
    first = [known[name] for name in alike]
    ordered = [*first, *(name for name in names if name not in first)]
    fixes = tuple(Fix(f"Use {name}", name) for name in ordered[:MOST_OFFERED])
    return replace(problem, fixes=fixes)


def way_to_mend(problem: Problem) -> str:
    """The words of the link that mends a problem, or leads to where it is mended."""
    if len(problem.fixes) > 1:
        return "Choose a column…"
    if problem.fixes:
        return problem.fixes[0].label
    if problem.lacks_value:
        return "Fill it in"
    return "Go to the field" if problem.field not in ("", "component") else ""
