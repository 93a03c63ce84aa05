"""Long work on environments: several at once, each with its log and Cancel.

work = works.start("Lock churn:2", "churn:2", partial(studio.environments.lock, ref))
works.changed.connect(panel.show_work)      # progress, a line more, or the end
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.domain.work_log import WorkLog
from studio.environments.tool import Progress
from studio.environments.work_lines import WorkLines, failed_line, state_of
from studio.gui.tasks import Emit, Tasks
from studio.services.environments.work_logs import LongWork, WorkLogService, new_id

MOST_ENDED = 20


class Work:
    """One piece of work; `lines` is its log, `error` what it failed of. `id` is that
    of the log that is kept of it."""

    def __init__(self, number: int, title: str, subject: str) -> None:
        self.number, self.title, self.subject = number, title, subject
        self.id, self.began_at = new_id(), datetime.now(UTC)
        self.state = "RUNNING"
        self.progress = Progress("")
        self.lines: list[str] = []
        self.error: BaseException | None = None
        self.cancelled = threading.Event()
        self.seconds: float | None = None
        self._told = WorkLines()

    @property
    def goes_on(self) -> bool:
        return self.state == "RUNNING"

    @property
    def log(self) -> WorkLog:
        """As it is kept."""
        return WorkLog(
            self.id,
            self.title,
            self.subject,
            self.began_at,
            self.state,
            self.seconds,
            getattr(self.error, "message", ""),
            failed_line(self.error),
        )

    def cancel(self) -> None:
        """Ask it to stop; it tells when it has."""
        self.cancelled.set()

    def hear(self, progress: Progress) -> None:
        """Take what it tells."""
        self.progress = progress
        if line := self._told.hear(progress):
            self.lines.append(line)

    def end(self, error: BaseException | None) -> None:
        self.error = error
        self.state, self.seconds = state_of(error), self._told.seconds
        self.lines += self._told.end(error)


class Works(QObject):
    """All work of a page. `changed(Work)` follows progress, `ended(Work, result)`.

    With `logs`, what is told of an environment is kept there.
    """

    changed = Signal(object)
    ended = Signal(object, object)

    def __init__(
        self, tasks: Tasks, parent: QObject, logs: WorkLogService | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._logs = tasks, logs
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
        work: LongWork[Any],
        done: Callable[[Any], object] = lambda _: None,
    ) -> Work:
        """Begin; `done(result)` is called before `ended` if all went well."""
        self._count += 1
        made = Work(self._count, title, subject)
        if subject and self._logs is not None:
            work = self._logs.keeping(title, subject, work, made.id)
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

    def start_once(
        self,
        title: str,
        subject: str,
        work: LongWork[Any],
        done: Callable[[Any], object],
    ) -> None:
        """Begin, unless it is under way already."""
        if self.running(title) is None:
            self.start(title, subject, work, done)

    def running(self, title: str) -> Work | None:
        """The one under way with this title."""
        found = (w for w in self._works if w.goes_on and w.title == title)
        return next(found, None)

    def forget(self, work: Work) -> None:
        """It has ended and nobody wants to see it any more."""
        if work in self._works and not work.goes_on:
            self._works.remove(work)
            self.changed.emit(work)

    def forget_all(self, subject: str) -> None:
        """What it was about is no more."""
        for work in [each for each in self._works if each.subject == subject]:
            self.forget(work)

    def cancel_all(self) -> None:
        for work in self._works:
            work.cancel()

    def _told(self, work: Work, progress: Progress) -> None:
        work.hear(progress)
        self.changed.emit(work)

    def _done(self, work: Work, result: Any, done: Callable[[Any], object]) -> None:
        self._end(work)
        done(result)
        self.ended.emit(work, result)

    def _failed(self, work: Work, error: BaseException) -> None:
        self._end(work, error)
        self.ended.emit(work, None)

    def _end(self, work: Work, error: BaseException | None = None) -> None:
        work.end(error)
        ended = [each for each in self._works if not each.goes_on]
        for old in ended[:-MOST_ENDED]:
            self._works.remove(old)
        self.changed.emit(work)


def _do(work: LongWork[Any], cancelled: threading.Event, emit: Emit) -> Any:
    return work(progress=emit, cancel=cancelled)
