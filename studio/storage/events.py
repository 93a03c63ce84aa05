"""The event log: audit trail, change feed and history in one append-only table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from studio.domain.events import GENESIS, Event, event_hash
from studio.storage.database import Database, from_iso, from_json
from studio.storage.tables import EventRow

_E = EventRow.__table__  # type: ignore[attr-defined]


class EventRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self) -> int:
        """The number of the newest event, 0 in an empty log."""
        with self._database.read() as connection:
            statement = select(_E.c.seq).order_by(_E.c.seq.desc()).limit(1)
            return int(connection.execute(statement).scalar() or 0)

    def list(
        self,
        since: int | None = 0,
        kind: str = "",
        subject: str = "",
        limit: int = 1000,
    ) -> list[Event]:
        """Events after `since`, oldest first; None for the newest `limit` of all."""
        if since is None:
            statement = select(_E).order_by(_E.c.seq.desc())
        else:
            statement = select(_E).where(_E.c.seq > since).order_by(_E.c.seq)
        statement = statement.limit(limit)
        if kind:
            statement = statement.where(_E.c.type == kind)
        if subject:
            statement = statement.where(_E.c.subject == subject)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        found = [_event(dict(row._mapping)) for row in rows]
        return found[::-1] if since is None else found

    def first_broken(self) -> int | None:
        """The first event whose hash doesn't follow from the one before, or None."""
        previous = GENESIS
        with self._database.read() as connection:
            for row in connection.execute(select(_E).order_by(_E.c.seq)):
                if row.hash != _hash_of(previous, dict(row._mapping)):
                    return int(row.seq)
                previous = row.hash
        return None


def _hash_of(previous: str, row: Mapping[str, Any]) -> str:
    try:
        data = from_json(row["data"])
    except ValueError:
        return ""
    return event_hash(
        previous,
        id=row["id"],
        type=row["type"],
        subject=row["subject"],
        time=row["time"],
        actor=row["actor"],
        data=data,
    )


def _event(row: Mapping[str, Any]) -> Event:
    time = from_iso(row["time"])
    assert time is not None
    return Event(
        seq=row["seq"],
        id=row["id"],
        type=row["type"],
        subject=row["subject"],
        time=time,
        actor=row["actor"],
        data=from_json(row["data"]),
        hash=row["hash"],
    )
