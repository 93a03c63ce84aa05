"""What doesn't fit together, with texts that would: the same for pip and conda."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from studio.domain.environment import Declaration
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Report
from studio.environments.uv_errors import UnsolvableError


@dataclass(frozen=True)
class Way:
    """A way out: what is done, and the text (and Python, if another) after it."""

    words: str
    text: str
    python: str = ""


class ConflictError(UnsolvableError):
    """`lines` are those that take part, from 1; each of `ways` would mend it."""

    def __init__(
        self,
        message: str,
        hint: str,
        told: str,
        ways: Sequence[Way] = (),
        lines: Sequence[int] = (),
    ) -> None:
        super().__init__(message, hint, told)
        self.ways = tuple(ways)
        self.lines = tuple(lines)


def conflict_of(
    error: UnsolvableError,
    declared: Declaration,
    *,
    python: str,
    platform: str,
    indexes: PackageIndexes,
    progress: Report,
    cancel: threading.Event | None,
) -> ConflictError:
    """The error with its ways out; for pip they are looked for now."""
    if declared.kind == "conda":
        return _of_conda(error, declared.packages)
    from studio.environments.conflict_lines import after_changes
    from studio.environments.conflicts import explain_conflict

    found = explain_conflict(
        error,
        declared.packages,
        python=python,
        platform=platform,
        indexes=indexes,
        progress=progress,
        cancel=cancel,
    )
    told = found.as_error()
    ways = [
        Way(each.words, after_changes(declared.packages, each.changes), each.python)
        for each in found.mends
    ]
    return ConflictError(told.message, told.hint, told.told, ways, found.lines)


def _of_conda(error: UnsolvableError, text: str) -> ConflictError:
    from studio.environments.conda_words import CondaUnsolvableError, after_changes

    mends = error.mends if isinstance(error, CondaUnsolvableError) else ()
    ways = [Way(each.words, after_changes(text, each.changes)) for each in mends]
    lines = sorted({c.line for each in mends for c in each.changes if c.line})
    return ConflictError(error.message, error.hint, error.told, ways, lines)
