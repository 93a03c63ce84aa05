"""The steps of runs, with the last of each metric; written as part of a change of
their run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain.run import RunState, StepChange, StepRun, StepState
from studio.storage.database import Transaction, to_json
from studio.storage.run_rows import step_row, step_value
from studio.storage.tables import MetricRow, StepRow

_S = StepRow.__table__  # type: ignore[attr-defined]
_M = MetricRow.__table__  # type: ignore[attr-defined]

_STEP_UPSERT = upsert(_S)
_STEP_UPSERT = _STEP_UPSERT.on_conflict_do_update(
    index_elements=["run_id", "name"],
    set_={
        column.name: _STEP_UPSERT.excluded[column.name]
        for column in _S.columns
        if column.name not in ("run_id", "name", "place")
    },
)


def add_steps(
    tx: Transaction, run_id: str, pipeline: str, steps: Sequence[StepChange]
) -> None:
    """All steps of a new run, in its order."""
    rows = [
        {**step_row(change, run_id, pipeline), "place": place}
        for place, change in enumerate(steps)
    ]
    if rows:
        tx.execute(insert(_S), rows)


def change_steps(
    tx: Transaction, run_id: str, pipeline: str, changes: Sequence[StepChange]
) -> None:
    """Their new states, told in the log where a person would ask about them."""
    if changes:
        rows = [{**step_row(c, run_id, pipeline), "place": 0} for c in changes]
        tx.execute(_STEP_UPSERT, rows)
    for change in changes:
        if change.notable:
            _record(tx, run_id, change)


def steps_of(
    connection: Connection, run_ids: list[str]
) -> dict[str, tuple[StepRun, ...]]:
    metrics = _last_metrics(connection, run_ids)
    statement = (
        select(_S).where(_S.c.run_id.in_(run_ids)).order_by(_S.c.run_id, _S.c.place)
    )
    found: dict[str, list[StepRun]] = {}
    for row in connection.execute(statement):
        key = (row.run_id, row.name)
        step = step_value(dict(row._mapping), metrics.get(key, {}))
        found.setdefault(row.run_id, []).append(step)
    return {run_id: tuple(steps) for run_id, steps in found.items()}


def _last_metrics(
    connection: Connection, run_ids: list[str]
) -> dict[tuple[str, str], dict[str, float]]:
    newest = (
        select(func.max(_M.c.id).label("id"))
        .where(_M.c.run_id.in_(run_ids))
        .group_by(_M.c.run_id, _M.c.step_name, _M.c.key)
        .subquery()
    )
    statement = (
        select(_M.c.run_id, _M.c.step_name, _M.c.key, _M.c.value)
        .join(newest, _M.c.id == newest.c.id)
        .order_by(_M.c.id)
    )
    found: dict[tuple[str, str], dict[str, float]] = {}
    for run_id, step, key, value in connection.execute(statement):
        found.setdefault((run_id, step), {})[key] = value
    return found


class StepReader:
    """The steps of one run, read again and again: only what has changed is made anew.

    Metrics are never taken back, so those that came since are all there is to read.
    """

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._steps: dict[str, tuple[Any, StepRun]] = {}
        self._metrics: dict[str, dict[str, float]] = {}
        self._newest = 0

    def read(self, connection: Connection) -> tuple[StepRun, ...]:
        """In their order; a step that is as it was is the same object."""
        measured = self._measure(connection)
        found = connection.execute(_STEPS_OF_ONE, {"run": self._run_id})
        return tuple(self._step(row, row.name in measured) for row in found)

    def _measure(self, connection: Connection) -> set[str]:
        """The steps that have logged since the last time."""
        since = {"run": self._run_id, "newest": self._newest}
        measured = set()
        for self._newest, step, key, value in connection.execute(_METRICS_SINCE, since):
            before = self._metrics.get(step, {})
            self._metrics[step] = {**before, key: value}
            measured.add(step)
        return measured

    def _step(self, row: Any, measured: bool) -> StepRun:
        before = self._steps.get(row.name)
        if before is not None and not measured and before[0] == row:
            return before[1]
        step = step_value(dict(row._mapping), self._metrics.get(row.name, {}))
        self._steps[row.name] = row, step
        return step


_STEPS_OF_ONE = select(_S).where(_S.c.run_id == bindparam("run")).order_by(_S.c.place)
_METRICS_SINCE = (
    select(_M.c.id, _M.c.step_name, _M.c.key, _M.c.value)
    .where(_M.c.run_id == bindparam("run"), _M.c.id > bindparam("newest"))
    .order_by(_M.c.id)
)


def _record(tx: Transaction, run_id: str, change: StepChange) -> None:
    step = change.step
    if step.state is StepState.RUNNING:
        tx.record("StepStarted", run_id, step=step.name, attempt=step.attempt)
    elif step.state is StepState.PAUSED:
        tx.record("StepPaused", run_id, step=step.name)
    elif step.state.ended:
        tx.record(
            "StepEnded",
            run_id,
            step=step.name,
            state=step.state.value,
            reused=step.reused,
            reason=step.reason,
        )


def end_open_steps(tx: Transaction, run_id: str, state: RunState, why: str) -> None:
    """What was running when the run's own process died has failed with it."""
    broken = state is RunState.FAILED
    running: dict[str, Any] = {"state": StepState.CANCELLED.value}
    if broken:
        running = {"state": StepState.FAILED.value, "error": to_json({"message": why})}
    running["seconds"] = seconds_since(_S.c.started_at, tx.now)
    waiting = {"state": StepState.SKIPPED.value, "reason": "the run ended before it"}
    open_states = {"RUNNING": running, "PENDING": waiting, "PAUSED": waiting}
    for before, values in open_states.items():
        statement = update(_S).where(_S.c.run_id == run_id, _S.c.state == before)
        tx.execute(statement.values(ended_at=tx.now, progress=None, **values))


def seconds_since(column: Any, now: str) -> Any:
    days = func.julianday(now) - func.julianday(column)
    return func.max(0.0, func.coalesce(days, 0.0) * 86400.0)
