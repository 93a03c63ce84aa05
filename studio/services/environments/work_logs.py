"""Logs of what was done with environments, kept beside them in the workspace."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from studio.domain.errors import NotFoundError
from studio.domain.run import RunnerProcess
from studio.domain.work_log import WorkLog
from studio.environments.tool import Progress, Report
from studio.environments.work_lines import (
    WorkLines,
    failed_line,
    state_of,
    words_of,
)
from studio.services.processes import is_alive, this_process
from studio.storage.work_logs import WorkLogs

T = TypeVar("T", covariant=True)
BROKEN_OFF = "The program ended while it was under way"


class LongWork(Protocol[T]):
    """Blocking; WorkCancelled once `cancel` is set."""

    def __call__(self, *, progress: Report, cancel: threading.Event) -> T: ...


def new_id() -> str:
    """The newest sorts last."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}-{secrets.token_hex(2)}"


class WorkLogService:
    """`hide` takes credentials out of a text, as package indexes know them now."""

    def __init__(
        self, logs: WorkLogs, hide: Callable[[], Callable[[str], str]]
    ) -> None:
        self._logs = logs
        self._hide = hide

    def keeping(
        self, title: str, subject: str, work: LongWork[T], id: str = ""
    ) -> LongWork[T]:
        """The same work, whose log is kept with the environment `subject`."""

        def do(*, progress: Report, cancel: threading.Event) -> T:
            return self._do(
                WorkLog(id or new_id(), title, subject, datetime.now(UTC)),
                work,
                progress,
                cancel,
            )

        return do

    def list(self, reference: str) -> Sequence[WorkLog]:
        """The newest first; of all versions where `reference` names none."""
        name, _, version = reference.partition(":")
        found = [_log(id, facts) for id, facts in self._logs.find(name)]
        return [log for log in found if not version or log.subject == reference]

    def lines(self, log: WorkLog) -> Sequence[str]:
        return self._logs.lines(_name(log.subject), log.id)

    def get(self, reference: str, id: str = "") -> WorkLog:
        """One by its id; without, the newest. NotFoundError if it isn't there."""
        for log in self.list(reference):
            if id in ("", log.id):
                return log
        what = f"no log {id}" if id else "no log"
        raise NotFoundError(
            f"There is {what} of {reference}",
            hint="A log is kept of each lock, build, image and trial; the last "
            "30 of an environment",
        )

    def _do(
        self, log: WorkLog, work: LongWork[T], progress: Report, cancel: threading.Event
    ) -> T:
        lines, hide = WorkLines(), self._hide()
        about = {
            "title": log.title,
            "subject": log.subject,
            "began_at": log.began_at.isoformat(),
            "process": asdict(this_process()),
        }
        with self._logs.begin(_name(log.subject), log.id, about) as file:

            def tell(told: Progress) -> None:
                if line := lines.hear(told):
                    file.write(hide(line))
                progress(told)

            failed: BaseException | None = None
            try:
                return work(progress=tell, cancel=cancel)
            except BaseException as error:
                failed = error
                raise
            finally:
                for line in lines.end(failed):
                    file.write(hide(line))
                file.end(_result(failed, lines.seconds, hide))


def _result(
    error: BaseException | None, seconds: float, hide: Callable[[str], str]
) -> Mapping[str, Any]:
    return {
        "state": state_of(error),
        "seconds": round(seconds, 2),
        "message": hide(words_of(error)) if error else "",
        "line": failed_line(error),
    }


def _log(id: str, facts: Mapping[str, Any]) -> WorkLog:
    state, message = facts.get("state", "RUNNING"), facts.get("message", "")
    if state == "RUNNING" and not is_alive(RunnerProcess(**facts["process"])):
        state, message = "FAILED", BROKEN_OFF
    return WorkLog(
        id,
        facts["title"],
        facts["subject"],
        datetime.fromisoformat(facts["began_at"]),
        state,
        facts.get("seconds"),
        message,
        int(facts.get("line") or 0),
    )


def _name(subject: str) -> str:
    return subject.partition(":")[0]
