"""Sweeps and their trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain import ways
from studio.domain.errors import NotFoundError
from studio.domain.run import RunnerProcess, RunState
from studio.domain.sweep import Space, Sweep, SweepSpec, Trial, TrialState
from studio.storage.database import Database, from_iso, from_json, to_json
from studio.storage.tables import SweepRow, SweepTrialRow

_S = SweepRow.__table__  # type: ignore[attr-defined]
_T = SweepTrialRow.__table__  # type: ignore[attr-defined]
_ENDED = [state.value for state in RunState if state.ended]


class SweepRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, sweep: Sweep) -> None:
        with self._database.write() as tx:
            tx.execute(
                insert(_S).values(
                    id=sweep.id,
                    pipeline=sweep.spec.pipeline,
                    pipeline_version=sweep.pipeline_version,
                    spec=to_json(asdict(sweep.spec)),
                    state=sweep.state.value,
                    created_at=tx.now,
                    actor=tx.actor,
                )
            )
            tx.record("SweepCreated", sweep.id, pipeline=sweep.spec.pipeline)

    def get(self, sweep_id: str) -> Sweep:
        """By id, or by the beginning of one. NotFoundError."""
        with self._database.read() as connection:
            begins = select(_S).where(_S.c.id.startswith(sweep_id, autoescape=True))
            rows = connection.execute(begins.limit(2)).all()
            if len(rows) != 1:
                raise NotFoundError(
                    f"There is no sweep '{sweep_id}'", ways.SEE_SWEEPS()
                )
            return _sweep(rows[0], _trials(connection, [rows[0].id]))

    def list(self, pipeline: str = "", limit: int = 100) -> Sequence[Sweep]:
        """Newest first, with their trials."""
        statement = select(_S).order_by(_S.c.created_at.desc()).limit(limit)
        if pipeline:
            statement = statement.where(_S.c.pipeline == pipeline)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
            trials = _trials(connection, [row.id for row in rows])
        return [_sweep(row, trials) for row in rows]

    def set_runner(self, sweep_id: str, runner: RunnerProcess) -> None:
        self._set(sweep_id, runner=to_json(asdict(runner)))

    def begin(self, sweep_id: str, runner: RunnerProcess) -> None:
        state = RunState.RUNNING.value
        self._set(sweep_id, state=state, runner=to_json(asdict(runner)))

    def keep(self, sweep_id: str, trial: Trial) -> None:
        row = {
            "run_id": trial.run_id,
            "parameters": to_json(dict(trial.parameters)),
            "state": trial.state.value,
            "value": None if trial.value is None else repr(trial.value),
        }
        keys = {"sweep_id": sweep_id, "number": trial.number}
        statement = upsert(_T).values({**keys, **row})
        statement = statement.on_conflict_do_update(index_elements=list(keys), set_=row)
        with self._database.write(durable=False) as tx:
            tx.execute(statement)

    def request_cancel(self, sweep_id: str) -> None:
        with self._database.write() as tx:
            tx.execute(
                update(_S).where(_S.c.id == sweep_id).values(cancel_requested=True)
            )
            tx.record("SweepCancelRequested", sweep_id)

    def cancel_requested(self, sweep_id: str) -> bool:
        wanted = select(_S.c.cancel_requested).where(_S.c.id == sweep_id)
        with self._database.read() as connection:
            return bool(connection.execute(wanted).scalar())

    def end(self, sweep_id: str, state: RunState, message: str, hint: str = "") -> None:
        """Once: a sweep that has ended stays as it is."""
        with self._database.write() as tx:
            open_one = (_S.c.id == sweep_id) & _S.c.state.not_in(_ENDED)
            values = {"state": state.value, "message": message, "hint": hint}
            done = tx.execute(
                update(_S).where(open_one).values(ended_at=tx.now, **values)
            )
            if done.rowcount:
                tx.record("SweepEnded", sweep_id, state=state.value)

    def unfinished(self) -> Sequence[tuple[str, RunnerProcess | None]]:
        statement = select(_S.c.id, _S.c.runner).where(_S.c.state.not_in(_ENDED))
        with self._database.read() as connection:
            return [
                (row.id, RunnerProcess(**from_json(row.runner)) if row.runner else None)
                for row in connection.execute(statement)
            ]

    def _set(self, sweep_id: str, **values: Any) -> None:
        with self._database.write(durable=False) as tx:
            tx.execute(update(_S).where(_S.c.id == sweep_id).values(**values))


def _trials(
    connection: Connection, sweep_ids: Sequence[str]
) -> Mapping[str, list[Trial]]:
    found: dict[str, list[Trial]] = {sweep_id: [] for sweep_id in sweep_ids}
    statement = select(_T).where(_T.c.sweep_id.in_(sweep_ids)).order_by(_T.c.number)
    for row in connection.execute(statement):
        found[row.sweep_id].append(
            Trial(
                row.number,
                row.run_id,
                from_json(row.parameters),
                TrialState(row.state),
                None if row.value is None else float(row.value),
            )
        )
    return found


def _sweep(row: Any, trials: Mapping[str, list[Trial]]) -> Sweep:
    created_at = from_iso(row.created_at)
    assert created_at is not None
    return Sweep(
        id=row.id,
        spec=_spec(from_json(row.spec)),
        state=RunState(row.state),
        created_at=created_at,
        ended_at=from_iso(row.ended_at),
        trials=tuple(trials[row.id]),
        message=row.message,
        hint=row.hint,
        pipeline_version=row.pipeline_version,
        created_by=row.actor,
    )


def _spec(kept: dict[str, Any]) -> SweepSpec:
    spaces = {
        name: Space(**{**space, "values": tuple(space["values"])})
        for name, space in kept.pop("spaces").items()
    }
    return SweepSpec(spaces=spaces, **kept)
