"""Runs and their steps, metrics and history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.run import (
    MetricPoint,
    Registered,
    Run,
    RunnerProcess,
    RunState,
    StepChange,
    StepState,
)
from studio.storage.database import Database, Transaction, from_json, to_json
from studio.storage.run_rows import (
    options_of,
    registered_json,
    registered_value,
    run_value,
    step_row,
    step_value,
)
from studio.storage.run_wishes import pause_within
from studio.storage.tables import MetricRow, RunRow, StepRow

_R = RunRow.__table__  # type: ignore[attr-defined]
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
_CANCEL_REQUESTED = select(_R.c.cancel_requested).where(_R.c.id == bindparam("id"))
_LIST_COLUMNS = [c for c in _R.columns if c.name not in ("yaml", "snapshot")]


class RunRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    # -- a run's life ---------------------------------------------------------

    def create(
        self,
        run: Run,
        options: Any,
        yaml: str,
        folder: str,
        steps: Sequence[StepChange],
    ) -> None:
        """Remember a new run, QUEUED, with all its steps PENDING."""
        with self._database.write() as tx:
            tx.execute(
                insert(_R).values(
                    id=run.id,
                    pipeline=run.pipeline,
                    experiment=run.experiment,
                    state=RunState.QUEUED.value,
                    created_at=tx.now,
                    target=run.target,
                    options=to_json(options_of(options)),
                    inputs=to_json(dict(run.inputs)),
                    yaml=yaml,
                    folder=folder,
                    pipeline_version=run.pipeline_version,
                    resumed_from=run.resumed_from,
                    actor=tx.actor,
                )
            )
            rows = [
                {**step_row(change, run.id, run.pipeline), "place": place}
                for place, change in enumerate(steps)
            ]
            if rows:
                tx.execute(insert(_S), rows)
            pause_within(tx, run.id, options.pause_before)
            tx.record(
                "RunCreated", run.id, pipeline=run.pipeline, experiment=run.experiment
            )

    def set_runner(self, run_id: str, runner: RunnerProcess) -> None:
        with self._database.write(durable=False) as tx:
            tx.execute(
                update(_R)
                .where(_R.c.id == run_id)
                .values(
                    runner_pid=runner.pid,
                    runner_started=runner.started,
                    boot_id=runner.boot_id,
                )
            )

    def claim(self, run_id: str, runner: RunnerProcess) -> None:
        """QUEUED -> RUNNING, owned by this process; refused if it is not QUEUED."""
        with self._database.write(durable=False) as tx:
            claimed = tx.execute(
                update(_R)
                .where(_R.c.id == run_id, _R.c.state == RunState.QUEUED.value)
                .values(
                    state=RunState.RUNNING.value,
                    started_at=tx.now,
                    runner_pid=runner.pid,
                    runner_started=runner.started,
                    boot_id=runner.boot_id,
                )
            ).rowcount
            if not claimed:
                raise RefusedError(
                    f"Run {run_id} is already running or has ended",
                    hint="Start a new run, or resume it",
                )
            tx.record("RunStarted", run_id)

    def save_snapshot(self, run_id: str, snapshot: Mapping[str, Any]) -> None:
        with self._database.write(durable=False) as tx:
            tx.execute(
                update(_R).where(_R.c.id == run_id).values(snapshot=to_json(snapshot))
            )

    def write_within(
        self,
        tx: Transaction,
        run_id: str,
        pipeline: str,
        changes: Sequence[StepChange],
        metrics: Sequence[MetricPoint],
    ) -> None:
        """Steps' new states and metrics, as part of a transaction."""
        if changes:
            rows = [{**step_row(c, run_id, pipeline), "place": 0} for c in changes]
            tx.execute(_STEP_UPSERT, rows)
        if metrics:
            tx.execute(insert(_M), [vars(point) for point in metrics])
        for change in changes:
            if change.notable:
                _record_step(tx, run_id, change)

    def end(
        self,
        run_id: str,
        state: RunState,
        *,
        message: str = "",
        hint: str = "",
        outputs: Mapping[str, str] | None = None,
        registered: Iterable[Registered] = (),
    ) -> None:
        """The run is over; its unfinished steps become CANCELLED or SKIPPED."""
        with self._database.write() as tx:
            ended = tx.execute(
                update(_R)
                .where(_R.c.id == run_id, _R.c.ended_at.is_(None))
                .values(
                    state=state.value,
                    ended_at=tx.now,
                    seconds=_seconds_since(_R.c.started_at, tx.now),
                    message=message,
                    hint=hint,
                    outputs=to_json(dict(outputs or {})),
                    registered=registered_json(registered),
                )
            ).rowcount
            if not ended:
                return
            _end_open_steps(tx, run_id, state, message)
            tx.record("RunEnded", run_id, state=state.value, message=message)

    def request_cancel(self, run_id: str) -> Run:
        """Write the wish to cancel; the runner sees it within a moment."""
        with self._database.write() as tx:
            changed = tx.execute(
                update(_R)
                .where(_R.c.id == run_id, _R.c.ended_at.is_(None))
                .values(cancel_requested=True, state=RunState.CANCELLING.value)
            ).rowcount
            if changed:
                tx.record("RunCancelRequested", run_id)
        run = self.get(run_id)
        if not changed:
            raise RefusedError(
                f"Run {run_id} has already ended: {run.state.value}",
                hint="Only a running run can be cancelled",
            )
        return run

    def cancel_requested(self, run_id: str) -> bool:
        with self._database.read() as connection:
            wish = connection.execute(_CANCEL_REQUESTED, {"id": run_id}).scalar()
            return bool(wish)

    def delete(self, run_id: str) -> None:
        run = self.get(run_id)
        if not run.state.ended:
            raise RefusedError(f"Run {run_id} is still running", "Cancel it first")
        with self._database.write() as tx:
            tx.execute(delete(_R).where(_R.c.id == run_id))
            tx.record("RunDeleted", run_id, pipeline=run.pipeline)

    # -- questions ------------------------------------------------------------

    def get(self, run_id: str) -> Run:
        """A run with its steps; a unique beginning of the id is enough."""
        with self._database.read() as connection:
            row = dict(_find(connection, run_id)._mapping)
            return run_value(row, _steps_of(connection, [row["id"]]).get(row["id"], ()))

    def page(
        self,
        *,
        pipeline: str = "",
        experiment: str = "",
        limit: int = 100,
        offset: int = 0,
    ) -> list[Run]:
        """Newest first, with their steps."""
        statement = select(*_LIST_COLUMNS)
        if pipeline:
            statement = statement.where(_R.c.pipeline == pipeline)
        if experiment:
            statement = statement.where(_R.c.experiment == experiment)
        statement = (
            statement.order_by(_R.c.created_at.desc()).limit(limit).offset(offset)
        )
        with self._database.read() as connection:
            rows = [dict(row._mapping) for row in connection.execute(statement)]
            ids = [row["id"] for row in rows]
            steps = _steps_of(connection, ids)
            return [run_value(row, steps.get(row["id"], ())) for row in rows]

    def experiments(self) -> list[str]:
        with self._database.read() as connection:
            statement = select(_R.c.experiment).distinct().order_by(_R.c.experiment)
            return [str(name) for name in connection.execute(statement).scalars()]

    def definition(self, run_id: str) -> tuple[str, str, dict[str, Any]]:
        """(YAML, folder of the pipeline, options) the run was started with."""
        statement = select(_R.c.yaml, _R.c.folder, _R.c.options)
        with self._database.read() as connection:
            row = connection.execute(statement.where(_R.c.id == run_id)).one()
            return row.yaml, row.folder, from_json(row.options)

    def registered_by_steps(self, run_id: str) -> list[Registered]:
        """What the run's steps have put into a registry (reused ones too)."""
        statement = select(_S.c.registered).where(_S.c.run_id == run_id)
        with self._database.read() as connection:
            texts = connection.execute(statement.order_by(_S.c.place)).scalars()
            return [each for text in texts for each in registered_value(text)]

    def snapshot(self, run_id: str) -> dict[str, Any]:
        with self._database.read() as connection:
            statement = select(_R.c.snapshot).where(_R.c.id == run_id)
            snapshot: dict[str, Any] = from_json(
                connection.execute(statement).scalar() or "{}"
            )
            return snapshot

    def unfinished(self) -> list[tuple[str, RunnerProcess | None, str]]:
        """(id, runner, created_at) of runs that haven't ended."""
        statement = select(
            _R.c.id,
            _R.c.runner_pid,
            _R.c.runner_started,
            _R.c.boot_id,
            _R.c.created_at,
        ).where(_R.c.state.in_(_OPEN_STATES))
        with self._database.read() as connection:
            return [
                (
                    row.id,
                    RunnerProcess(row.runner_pid, row.runner_started, row.boot_id)
                    if row.runner_pid
                    else None,
                    row.created_at,
                )
                for row in connection.execute(statement)
            ]

    def metrics(
        self, run_id: str, step: str = "", since_id: int = 0
    ) -> list[MetricPoint]:
        """Every logged point, in the order it came."""
        statement = select(_M).where(_M.c.run_id == run_id, _M.c.id > since_id)
        if step:
            statement = statement.where(_M.c.step_name == step)
        with self._database.read() as connection:
            return [
                MetricPoint(r.run_id, r.step_name, r.key, r.value, r.step, r.time)
                for r in connection.execute(statement.order_by(_M.c.id))
            ]


_OPEN_STATES = [state.value for state in RunState if not state.ended]


def _find(connection: Connection, run_id: str) -> Any:
    rows = connection.execute(
        select(*_LIST_COLUMNS)
        .where(or_(_R.c.id == run_id, _R.c.id.startswith(run_id, autoescape=True)))
        .limit(2)
    ).all()
    if not rows or not run_id:
        raise NotFoundError(f"There is no run '{run_id}'", "See: studio runs list")
    exact = [row for row in rows if row.id == run_id]
    if len(rows) > 1 and not exact:
        raise RefusedError(
            f"Several runs begin with '{run_id}'", "Write more of the id"
        )
    return exact[0] if exact else rows[0]


def _steps_of(connection: Connection, run_ids: list[str]) -> dict[str, tuple[Any, ...]]:
    metrics = _last_metrics(connection, run_ids)
    statement = (
        select(_S).where(_S.c.run_id.in_(run_ids)).order_by(_S.c.run_id, _S.c.place)
    )
    found: dict[str, list[Any]] = {}
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


def _record_step(tx: Transaction, run_id: str, change: StepChange) -> None:
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


def _end_open_steps(tx: Transaction, run_id: str, state: RunState, why: str) -> None:
    """What was running when the run's own process died has failed with it."""
    broken = state is RunState.FAILED
    running: dict[str, Any] = {"state": StepState.CANCELLED.value}
    if broken:
        running = {"state": StepState.FAILED.value, "error": to_json({"message": why})}
    running["seconds"] = _seconds_since(_S.c.started_at, tx.now)
    waiting = {"state": StepState.SKIPPED.value, "reason": "the run ended before it"}
    open_states = {"RUNNING": running, "PENDING": waiting, "PAUSED": waiting}
    for before, values in open_states.items():
        statement = update(_S).where(_S.c.run_id == run_id, _S.c.state == before)
        tx.execute(statement.values(ended_at=tx.now, progress=None, **values))


def _seconds_since(column: Any, now: str) -> Any:
    days = func.julianday(now) - func.julianday(column)
    return func.max(0.0, func.coalesce(days, 0.0) * 86400.0)
