"""Logs of a run's steps or of a deployment, printed while they grow."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.bootstrap import Studio

_WAIT_SECONDS = 0.2

_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)


class LogFollower:
    """Prints the logs of steps; which step is speaking is said when it changes."""

    def __init__(self, studio: Studio, run_id: str, steps: Sequence[str]) -> None:
        self._studio = studio
        self._run_id = run_id
        self._offsets = dict.fromkeys(steps, 0)
        self._speaking = ""

    def print(self, follow: bool) -> None:
        """What is there; with `follow`, until the run has ended."""
        ended = not follow
        while True:
            while self._print_new():
                pass
            if ended:
                return
            run = self._studio.runs.wait(self._run_id, timeout_seconds=_WAIT_SECONDS)
            ended = run.state.ended

    def _print_new(self) -> bool:
        printed = [self._print_step(step) for step in self._offsets]
        return any(printed)

    def _print_step(self, step: str) -> bool:
        part = self._studio.runs.log(self._run_id, step, self._offsets[step])
        self._offsets[step] = part.offset
        if not part.text:
            return False
        if len(self._offsets) > 1 and step != self._speaking:
            sys.stdout.write(f"==> {step} <==\n")
        self._speaking = step
        sys.stdout.write(_harmless(part.text) if sys.stdout.isatty() else part.text)
        sys.stdout.flush()
        return True


def _harmless(text: str) -> str:
    """Without control characters: a step must not steer the person's terminal."""
    return _CONTROL.sub("", text)
