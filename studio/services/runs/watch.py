"""Runs as they go on in processes of their own: waited for, ended when abandoned."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from studio.domain import ways
from studio.domain.run import Run, RunnerProcess, RunState
from studio.services.processes import is_alive, works_in
from studio.storage.runs import RunRepository

_STARTING_SECONDS = 60.0
_LOOK_SECONDS, _LOOK_SHARE = 0.05, 9.0
"""Between two looks at a run: this long, and so many times as long as one takes."""


class RunWatch:
    def __init__(self, repository: RunRepository, root: Path) -> None:
        self._repository, self._root = repository, root

    def wait(
        self,
        run_id: str,
        on_change: Callable[[Run], None] | None,
        timeout_seconds: float | None,
        between: Callable[[], None] | None,
    ) -> Run:
        """Follow a run to its end, or as long as `timeout_seconds`."""
        deadline = time.monotonic() + (timeout_seconds or float("inf"))
        last: Run | None = None
        reader = self._repository.reader(run_id)
        checked = time.monotonic()
        while True:
            began = time.monotonic()
            over = (
                last is None or began > deadline or self._repository.has_ended(last.id)
            )
            run = reader.read() if over or on_change else last
            assert run is not None
            if run != last and on_change:
                on_change(run)
            if run.state.ended or began > deadline:
                return run
            last = run
            if between:
                between()
            if time.monotonic() - checked > 2.0:
                self.take_over_abandoned()
                checked = time.monotonic()
            # Hundreds of steps take long to read, and the run needs the processors.
            took = time.monotonic() - began
            time.sleep(max(_LOOK_SECONDS, _LOOK_SHARE * took))

    def take_over_abandoned(self) -> int:
        """End runs whose process is gone (killed, or the computer was restarted)."""
        ended = 0
        for run_id, runner, created_at in self._repository.unfinished():
            if not _abandoned(runner, created_at, self._root):
                continue
            cancelled = self._repository.cancel_requested(run_id)
            self._repository.end(
                run_id,
                RunState.CANCELLED if cancelled else RunState.FAILED,
                message="The process that ran it ended unexpectedly",
                hint=ways.RESUME_RUN(run_id),
            )
            ended += 1
        return ended


def _abandoned(runner: RunnerProcess | None, created_at: str, root: Path) -> bool:
    if runner is not None:
        return not (is_alive(runner) and works_in(runner, root))
    age = datetime.now(UTC) - datetime.fromisoformat(created_at)
    return age.total_seconds() > _STARTING_SECONDS
