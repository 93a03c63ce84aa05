"""Runs and their steps, metrics and history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from studio.domain import ways
from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.run import (
    MetricPoint,
    Registered,
    Run,
    RunnerProcess,
    RunState,
    StepChange,
)
from studio.storage.database import Database, Transaction, from_json, to_json
from studio.storage.run_rows import (
    options_of,
    registered_json,
    registered_value,
    run_value,
)
from studio.storage.run_steps import (
    StepReader,
    add_steps,
    change_steps,
    end_open_steps,
    seconds_since,
    steps_of,
)
from studio.storage.run_wishes import pause_within
from studio.storage.tables import MetricRow, RunRow, StepRow

_R = RunRow.__table__  # type: ignore[attr-defined]
_S = StepRow.__table__  # type: ignore[attr-defined]
_M = MetricRow.__table__  # type: ignore[attr-defined]

_CANCEL_REQUESTED = select(_R.c.cancel_requested).where(_R.c.id == bindparam("id"))
_HAS_ENDED = select(_R.c.id).where(_R.c.id == bindparam("id"), _R.c.ended_at.is_(None))
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
            add_steps(tx, run.id, run.pipeline, steps)
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
        if metrics:
            tx.execute(insert(_M), [vars(point) for point in metrics])
        change_steps(tx, run_id, pipeline, changes)

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
                    seconds=seconds_since(_R.c.started_at, tx.now),
                    message=message,
                    hint=hint,
                    outputs=to_json(dict(outputs or {})),
                    registered=registered_json(registered),
                )
            ).rowcount
            if not ended:
                return
            end_open_steps(tx, run_id, state, message)
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

    def has_ended(self, run_id: str) -> bool:
        """Whether it is over, or gone."""
        with self._database.read() as connection:
            return connection.execute(_HAS_ENDED, {"id": run_id}).first() is None

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
            return run_value(row, steps_of(connection, [row["id"]]).get(row["id"], ()))

    def reader(self, run_id: str) -> RunReader:
        """For who looks at a run many times a second."""
        return RunReader(self._database, run_id)

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
            steps = steps_of(connection, ids)
            return [run_value(row, steps.get(row["id"], ())) for row in rows]

    def experiments(self) -> list[str]:
        with self._database.read() as connection:
            statement = select(_R.c.experiment).distinct().order_by(_R.c.experiment)
            return [str(name) for name in connection.execute(statement).scalars()]

    def definition(self, run_id: str) -> tuple[str, str, dict[str, Any]]:
        """(YAML, folder of the pipeline, options) the run was started with."""
        statement = select(_R.c.yaml, _R.c.folder, _R.c.options)
        with self._database.read() as connection:
            row = connection.execute(statement.where(_R.c.id == run_id)).first()
            if row is None:
                raise NotFoundError(f"There is no run '{run_id}'", ways.SEE_RUNS())
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


class RunReader:
    """One run as it goes on; made for one thread at a time."""

    def __init__(self, database: Database, run_id: str) -> None:
        self._database, self._run_id = database, run_id
        self._steps = StepReader(run_id)
        self._row: Any = None
        self._run: Run | None = None

    def read(self) -> Run:
        """The run as it is now; the same object as before if nothing has changed."""
        with self._database.read() as connection:
            row = _find(connection, self._run_id)
            steps = self._steps.read(connection)
        if self._run is None or row != self._row or steps != self._run.steps:
            self._row, self._run = row, run_value(dict(row._mapping), steps)
        return self._run


_OPEN_STATES = [state.value for state in RunState if not state.ended]


def _find(connection: Connection, run_id: str) -> Any:
    rows = connection.execute(
        select(*_LIST_COLUMNS)
        .where(or_(_R.c.id == run_id, _R.c.id.startswith(run_id, autoescape=True)))
        .limit(2)
    ).all()
    if not rows or not run_id:
        raise NotFoundError(f"There is no run '{run_id}'", ways.SEE_RUNS())
    exact = [row for row in rows if row.id == run_id]
    if len(rows) > 1 and not exact:
        raise RefusedError(
            f"Several runs begin with '{run_id}'", "Write more of the id"
        )
    return exact[0] if exact else rows[0]
