"""What would mend packages that don't fit together: changes of a text's lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LineChange:
    """`after` "" leaves it out. `line` is where it stands, 0 if nowhere."""

    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Mend:
    """Changes that mend it together, in words. `python` is another one, "" the same."""

    words: str
    changes: tuple[LineChange, ...] = ()
    python: str = ""
