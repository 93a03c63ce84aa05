"""What a work tells as the lines of a log: each with the seconds since it began."""

from __future__ import annotations

import time

from studio.domain.errors import StudioError
from studio.environments.build_log import BuildFailedError
from studio.environments.tool import Progress, WorkCancelled


class WorkLines:
    """`hear` gives the line that is one more; `end` those that close the log."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._before = ("", "")
        self._told: set[str] = set()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def hear(self, progress: Progress) -> str:
        """The line it makes; "" where it only goes on with what it has told."""
        words = progress.message or progress.phase
        if (progress.phase, words) == self._before:
            return ""
        again = progress.phase == self._before[0] and progress.phase != "warning"
        self._before = progress.phase, words
        self._told.add(progress.message.strip())
        return self._at(words if again else _said(progress))

    def end(self, error: BaseException | None = None) -> list[str]:
        """Whether it has gone well; else why not, and what the tools said of it."""
        lines = [self._at(line) for line in _last_words(error).splitlines() if line]
        if line := failed_line(error):
            lines.append(f'  File "Dockerfile", line {line}')
        told = getattr(error, "log", "") or getattr(error, "told", "")
        rest = str(told).splitlines()
        return lines + [line for line in rest if line.strip() not in self._told]

    def _at(self, words: str) -> str:
        return f"[{self.seconds:6.1f} s] {words}"


def words_of(error: BaseException) -> str:
    """What a person reads of an error."""
    if isinstance(error, StudioError):
        return f"{error.message}\n{error.hint}" if error.hint else error.message
    return f"{type(error).__name__}: {error}"


def state_of(error: BaseException | None) -> str:
    if error is None:
        return "SUCCEEDED"
    return "CANCELLED" if isinstance(error, WorkCancelled) else "FAILED"


def failed_line(error: BaseException | None) -> int:
    """The line of the Dockerfile that a build has failed at; 0 if none is known."""
    return error.fault.line if isinstance(error, BuildFailedError) else 0


def _last_words(error: BaseException | None) -> str:
    if error is None:
        return "Done"
    if isinstance(error, WorkCancelled):
        return "Cancelled: nothing of it is left"
    return f"Error: {words_of(error)}"


def _said(progress: Progress) -> str:
    if not progress.message:
        return progress.phase[:1].upper() + progress.phase[1:]
    if progress.phase == "warning":
        return f"Warning: {progress.message}"
    if not progress.phase:
        return progress.message
    return f"{progress.phase}: {progress.message}"
