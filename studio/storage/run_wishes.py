"""What people ask of a run's steps while it goes on: pause before one, go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain.component import Scalar
from studio.domain.run import StepWish
from studio.storage.database import Database, Transaction, from_json, to_json
from studio.storage.tables import StepWishRow

_W = StepWishRow.__table__  # type: ignore[attr-defined]
_OF_RUN = select(_W).where(_W.c.run_id == bindparam("run"))


class RunWishes:
    """Written by any process, read by the one that owns the run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pause(self, run_id: str, step: str, wanted: bool) -> None:
        """Let the run pause before a step, or no longer."""
        with self._database.write() as tx:
            pause_within(tx, run_id, [step], wanted)
            tx.record("StepPauseWanted", run_id, step=step, wanted=wanted)

    def go_on(self, run_id: str, step: str, values: Mapping[str, Scalar]) -> None:
        """Let a paused step begin, with other values of some parameters."""
        wish = {"go_on": True, "values": to_json(dict(values))}
        row = {"run_id": run_id, "step": step, "pause": True, **wish}
        statement = upsert(_W).values(row)
        keys = ["run_id", "step"]
        with self._database.write() as tx:
            tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=wish))
            tx.record("StepContinued", run_id, step=step, values=dict(values))

    def of(self, run_id: str) -> dict[str, StepWish]:
        """By step name; steps of which nothing was asked are absent."""
        with self._database.read() as connection:
            return {
                row.step: StepWish(row.pause, row.go_on, from_json(row[4]))
                for row in connection.execute(_OF_RUN, {"run": run_id})
            }


def pause_within(
    tx: Transaction, run_id: str, steps: Iterable[str], wanted: bool = True
) -> None:
    """The wish to pause, as part of a transaction."""
    rows = [
        {
            "run_id": run_id,
            "step": step,
            "pause": wanted,
            "go_on": False,
            "values": "{}",
        }
        for step in steps
    ]
    if rows:
        statement = upsert(_W).on_conflict_do_update(
            index_elements=["run_id", "step"], set_={"pause": wanted}
        )
        tx.execute(statement, rows)
