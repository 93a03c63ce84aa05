"""Long work on environments: several at once, each with its log and Cancel.

work = works.start("Lock churn:2", "churn:2", partial(studio.environments.lock, ref))
works.changed.connect(panel.show_work)      # progress, a line more, or the end
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from studio.domain.errors import StudioError
from studio.environments.tool import Progress, Report, WorkCancelled
from studio.gui.tasks import Emit, Tasks

MOST_ENDED = 20


class LongWork(Protocol):
    """What is done in a thread; WorkCancelled once `cancel` is set."""

    def __call__(self, *, progress: Report, cancel: threading.Event) -> Any: ...


class Work:
    """One piece of work; `lines` is its log, `error` what it failed of."""

    def __init__(self, number: int, title: str, subject: str) -> None:
        self.number, self.title, self.subject = number, title, subject
        self.state = "RUNNING"
        self.progress = Progress("")
        self.lines: list[str] = []
        self.error: BaseException | None = None
        self.cancelled = threading.Event()
        self.began = time.monotonic()
        self.seconds: float | None = None

    @property
    def goes_on(self) -> bool:
        return self.state == "RUNNING"

    def cancel(self) -> None:
        """Ask it to stop; it tells when it has."""
        self.cancelled.set()

    def hear(self, progress: Progress) -> bool:
        """Take what it tells; whether that is a line more."""
        before = self.progress
        self.progress = progress
        words = progress.message or progress.phase
        known = (before.phase, before.message or before.phase)
        if (progress.phase, words) == known:
            return False
        passed = time.monotonic() - self.began
        self.lines.append(f"[{passed:6.1f} s] {_said(progress)}")
        return True


class Works(QObject):
    """All work of a page. `changed(Work)` follows progress, `ended(Work, result)`."""

    changed = Signal(object)
    ended = Signal(object, object)

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._works: list[Work] = []
        self._count = 0

    @property
    def all(self) -> list[Work]:
        """The newest last."""
        return list(self._works)

    def of(self, name: str) -> list[Work]:
        """Work on an environment, or on one version of it."""
        return [w for w in self._works if w.subject.partition(":")[0] == name]

    def start(
        self,
        title: str,
        subject: str,
        work: LongWork,
        done: Callable[[Any], object] = lambda _: None,
    ) -> Work:
        """Begin; `done(result)` is called before `ended` if all went well."""
        self._count += 1
        made = Work(self._count, title, subject)
        self._works.append(made)
        self._tasks.stream(
            lambda emit, _gone: _do(work, made.cancelled, emit),
            on_item=lambda progress: self._told(made, progress),
            done=lambda result: self._done(made, result, done),
            failed=lambda error: self._failed(made, error),
            owner=self,
        )
        self.changed.emit(made)
        return made

    def running(self, title: str) -> Work | None:
        """The one under way with this title."""
        found = (w for w in self._works if w.goes_on and w.title == title)
        return next(found, None)

    def forget(self, work: Work) -> None:
        """It has ended and nobody wants to see it any more."""
        if work in self._works and not work.goes_on:
            self._works.remove(work)
            self.changed.emit(work)

    def cancel_all(self) -> None:
        for work in self._works:
            work.cancel()

    def _told(self, work: Work, progress: Progress) -> None:
        work.hear(progress)
        self.changed.emit(work)

    def _done(self, work: Work, result: Any, done: Callable[[Any], object]) -> None:
        self._end(work, "SUCCEEDED", "Done")
        done(result)
        self.ended.emit(work, result)

    def _failed(self, work: Work, error: BaseException) -> None:
        work.error = error
        if isinstance(error, WorkCancelled):
            self._end(work, "CANCELLED", "Cancelled: nothing of it is left")
        else:
            self._end(work, "FAILED", f"Error: {words_of(error)}")
        self.ended.emit(work, None)

    def _end(self, work: Work, state: str, words: str) -> None:
        work.state = state
        work.seconds = time.monotonic() - work.began
        work.lines += [
            f"[{work.seconds:6.1f} s] {line}" for line in words.splitlines() if line
        ]
        told = getattr(work.error, "log", "") or getattr(work.error, "told", "")
        work.lines += str(told).splitlines()
        ended = [each for each in self._works if not each.goes_on]
        for old in ended[:-MOST_ENDED]:
            self._works.remove(old)
        self.changed.emit(work)


def words_of(error: BaseException) -> str:
    """What a person reads of an error."""
    if isinstance(error, StudioError):
        return f"{error.message}\n{error.hint}" if error.hint else error.message
    return f"{type(error).__name__}: {error}"


def _do(work: LongWork, cancelled: threading.Event, emit: Emit) -> Any:
    return work(progress=emit, cancel=cancelled)


def _said(progress: Progress) -> str:
    if not progress.message:
        return progress.phase[:1].upper() + progress.phase[1:]
    if progress.phase == "warning":
        return f"Warning: {progress.message}"
    if not progress.phase:
        return progress.message
    return f"{progress.phase}: {progress.message}"
