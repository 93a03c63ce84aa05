"""What earlier runs have left: steps to reuse or to compare with, and estimates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, text

from studio.domain.run import PastStep, StepState, Usual
from studio.domain.sweep import SWEEP_ID
from studio.storage.database import Database, to_json
from studio.storage.measures import from_json_object
from studio.storage.run_rows import past_step
from studio.storage.tables import RunRow, StepRow

_R = RunRow.__table__  # type: ignore[attr-defined]
_S = StepRow.__table__  # type: ignore[attr-defined]

_LAST_METRICS: ColumnElement[str] = literal_column(
    "(SELECT json_group_object(key, value) FROM (SELECT key, value, max(id) "
    "FROM metric WHERE run_id = step.run_id AND step_name = step.name GROUP BY key "
    "ORDER BY max(id)))"
)
_SUCCESS = (
    select(_S, _LAST_METRICS.label("metrics"))
    .where(_S.c.state == StepState.SUCCEEDED.value)
    .order_by(_S.c.ended_at.desc())
    .limit(1)
)
_BY_KEY = _SUCCESS.where(_S.c.key == bindparam("key"), _S.c.reused.is_(False))
_LAST = _SUCCESS.where(
    _S.c.pipeline == bindparam("pipeline"), _S.c.node_id == bindparam("node_id")
)
_LAST_OWN = _LAST.where(
    ~select(_R.c.id)
    .where(_R.c.id == _S.c.run_id, _R.c.experiment.startswith(SWEEP_ID))
    .exists()
)
_ATTEMPT = select(_S, _LAST_METRICS.label("metrics")).where(
    _S.c.run_id == bindparam("run"), _S.c.name == bindparam("step")
)

# For each step the key of its newest success, then for each key the newest success
# that was no reuse: one descent of an index each, however long the history is.
_RECENT = text(
    "SELECT step.*, " + str(_LAST_METRICS) + " AS metrics FROM (SELECT DISTINCT "
    "(SELECT key FROM step WHERE pipeline = :pipeline AND node_id = wanted.value "
    "AND state = 'SUCCEEDED' ORDER BY ended_at DESC LIMIT 1) AS key "
    "FROM json_each(:nodes) AS wanted) AS newest JOIN step ON step.rowid = "
    "(SELECT rowid FROM step WHERE key = newest.key AND state = 'SUCCEEDED' "
    "AND reused = 0 ORDER BY ended_at DESC LIMIT 1)"
)


class RunHistory:
    """Successes of steps, over all runs of the workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_key(self, key: str) -> PastStep | None:
        """The newest step that succeeded with exactly this key."""
        return self._past(_BY_KEY, key=key)

    def recent(self, pipeline: str, node_ids: Collection[str]) -> dict[str, PastStep]:
        """By key, what `by_key` finds for the keys that these steps had last."""
        asked = {"pipeline": pipeline, "nodes": to_json(list(node_ids))}
        with self._database.read() as connection:
            rows = connection.execute(_RECENT, asked).all()
        return {row.key: _value(row) for row in rows}

    def last(self, pipeline: str, node_id: str) -> PastStep | None:
        """The newest success of a step of a pipeline, whatever its name was.

        The canvas shows no trial of a sweep: one counts only where there is no other.
        """
        asked = {"pipeline": pipeline, "node_id": node_id}
        return self._past(_LAST_OWN, **asked) or self._past(_LAST, **asked)

    def attempt(self, run_id: str, step: str) -> PastStep | None:
        """What a step of a run was made of, however it ended."""
        return self._past(_ATTEMPT, run=run_id, step=step)

    def count(self, pipeline: str = "", experiment: str = "") -> int:
        """How many runs there are, of a pipeline or an experiment if one is given."""
        statement = select(func.count()).select_from(_R)
        if pipeline:
            statement = statement.where(_R.c.pipeline == pipeline)
        if experiment:
            statement = statement.where(_R.c.experiment == experiment)
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar() or 0)

    def usual(self, pipeline: str, node_ids: Collection[str]) -> dict[str, Usual]:
        """Mean seconds and largest memory over what each step did itself."""
        statement = (
            select(
                _S.c.node_id,
                func.avg(_S.c.seconds),
                func.max(_S.c.peak_memory_bytes),
            )
            .where(_S.c.pipeline == pipeline, _S.c.node_id.in_(node_ids))
            .where(_S.c.state == StepState.SUCCEEDED.value)
            .where(_S.c.reused == False)  # noqa: E712
            .group_by(_S.c.node_id)
        )
        with self._database.read() as connection:
            return {
                node_id: Usual(float(seconds or 0), memory)
                for node_id, seconds, memory in connection.execute(statement)
            }

    def _past(self, statement: Any, **values: str) -> PastStep | None:
        with self._database.read() as connection:
            row = connection.execute(statement, values).first()
        return None if row is None else _value(row)


def _value(row: Any) -> PastStep:
    return past_step(dict(row._mapping), from_json_object(row.metrics))
