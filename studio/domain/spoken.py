"""What planner and runner say of steps, with the words that people call them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from studio.domain.run import PlannedStep, StepRun

Step = TypeVar("Step", PlannedStep, StepRun)

_NAMED = re.compile(
    r"'([\w-]+)'(?= (?:runs before it|didn't succeed|failed)\b)"
    r"|(?<=\(from )([\w-]+)(?=\))"
)


def in_words(text: str, called: Callable[[str], str]) -> str:
    """A reason with what its steps are `called`; a name stays where that is ""."""

    def word(match: re.Match[str]) -> str:
        known = called(match[1] or match[2])
        return f"“{known}”" if known else match[0]

    return _NAMED.sub(word, text)


def with_words(
    steps: Iterable[Step], called: Callable[[Step], str]
) -> tuple[Step, ...]:
    """Steps whose reasons say what their steps are `called`."""
    steps = tuple(steps)
    words = {step.name: called(step) for step in steps}

    def word(name: str) -> str:
        return words.get(name, "")

    return tuple(replace(step, reason=in_words(step.reason, word)) for step in steps)
