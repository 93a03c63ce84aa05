"""How long work of this room tells how far it is, and is asked to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Progress:
    """`total` is 0 where it isn't known; `line` is what the tool has just said.

    The phase "warning" tells what a person should know of a work that goes on.
    """

    phase: str
    line: str = ""
    done: int = 0
    total: int = 0


OnProgress: TypeAlias = Callable[[Progress], None]


def unheard(_: Progress) -> None:
    """For callers to whom nothing is to be told."""
