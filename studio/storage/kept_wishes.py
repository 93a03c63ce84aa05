"""Wishes to register that trials of sweeps kept: found, and carried out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from studio.domain.registration import Registration
from studio.domain.run import Registered
from studio.storage.database import Database, Transaction
from studio.storage.models import ModelRepository, NewVersion
from studio.storage.run_rows import registered_json, registered_value, wishes_value
from studio.storage.tables import RunRow, StepRow

_R = RunRow.__table__  # type: ignore[attr-defined]
_S = StepRow.__table__  # type: ignore[attr-defined]
_KEPT = '%"digest"%'


@dataclass(frozen=True)
class KeptWish:
    """A wish, and the key of the step that had it."""

    wish: Registration
    key: str


class KeptWishes:
    def __init__(self, database: Database, models: ModelRepository) -> None:
        self._database, self._models = database, models

    def of_run(self, run_id: str) -> Sequence[KeptWish]:
        """What a run's steps asked to register and nobody has registered yet."""
        statement = select(_S.c.key, _S.c.registered).where(_S.c.run_id == run_id)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(_S.c.place)).all()
        return [KeptWish(w, row.key) for row in rows for w in wishes_value(row[1])]

    def registered_by(self, run_id: str) -> list[Registered]:
        """What a run's steps have put into the registry, or others for them."""
        with self._database.read() as connection:
            return _registered(connection, run_id)

    def carry_out(
        self, run_id: str, versions: Sequence[tuple[NewVersion, str]]
    ) -> list[Registered]:
        """Register versions, each with the key of its step; they are then the run's."""
        found: dict[str, list[Registered]] = {}
        with self._database.write() as tx:
            for new, key in versions:
                number = self._models.register_within(tx, new)
                entry = Registered("model", new.name, str(number))
                found.setdefault(key, []).append(entry)
            for key, entries in found.items():
                settle_within(tx, key, entries)
            whole = registered_json(_registered(tx, run_id))
            tx.execute(update(_R).where(_R.c.id == run_id).values(registered=whole))
        return [each for entries in found.values() for each in entries]


def _registered(source: Any, run_id: str) -> list[Registered]:
    steps = select(_S.c.registered).where(_S.c.run_id == run_id).order_by(_S.c.place)
    return [
        e for text in source.execute(steps).scalars() for e in registered_value(text)
    ]


def settle_within(tx: Transaction, key: str, made: Sequence[Registered]) -> None:
    """What was wished for has been done: for all steps that were the same."""
    kept = (_S.c.key == key) & _S.c.registered.like(_KEPT)
    tx.execute(update(_S).where(kept).values(registered=registered_json(made)))
