"""What is wrong with a text a person writes, at its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
