"""The event log: a chain that shows every change, written by many at once."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path

import pytest
from forked import PROCESSES

from studio.bootstrap import Studio
from studio.domain.errors import InvalidError, UnavailableError
from studio.storage import database as database_module
from studio.storage.database import Database, connect_raw
from studio.storage.events import EventRepository


def write_events(path: Path, actor: str, count: int) -> None:
    database = Database(path, actor=actor)
    for number in range(count):
        with database.write() as tx:
            tx.record("ModelTagged", f"{actor}:{number}", number=number)


@pytest.fixture
def events(studio: Studio) -> EventRepository:
    with studio.database.write() as tx:
        for number in range(20):
            tx.record(
                "ModelTagged", f"m:{number}", tags={"n": number, "ü": [1.5, None]}
            )
    return EventRepository(studio.database)


def tamper(studio: Studio, statement: str) -> None:
    with contextlib.closing(connect_raw(studio.database.path)) as connection:
        for trigger in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger[0]}")
        connection.execute(statement)


def test_that_an_untouched_log_verifies(
    studio: Studio, events: EventRepository
) -> None:
    assert events.first_broken() is None
    assert studio.events.verify() == events.latest() == 21


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE event SET actor = 'someone' WHERE seq = 7", 7),
        ("UPDATE event SET data = replace(data, ':5', ':6') WHERE seq = 7", 7),
        ("UPDATE event SET data = 'not json' WHERE seq = 7", 7),
        ("UPDATE event SET time = '2020' WHERE seq = 7", 7),
        ("DELETE FROM event WHERE seq = 7", 8),
        ("DELETE FROM event WHERE seq < 3", 3),
        ("UPDATE event SET seq = 1000 WHERE seq = 7", 8),
    ],
)
def test_that_every_kind_of_tampering_is_found_at_its_place(
    studio: Studio, events: EventRepository, statement: str, broken: int
) -> None:
    tamper(studio, statement)
    assert events.first_broken() == broken
    with pytest.raises(InvalidError, match=f"changed at event {broken}"):
        studio.events.verify()


def test_that_any_single_changed_character_is_found(
    studio: Studio, events: EventRepository
) -> None:
    random.seed(1)
    columns = ["id", "type", "subject", "time", "actor", "data", "hash"]
    with contextlib.closing(connect_raw(studio.database.path)) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for _ in range(150):
            column, seq = random.choice(columns), random.randint(1, 21)
            where = (seq,)
            old = connection.execute(
                f"SELECT {column} FROM event WHERE seq = ?", where
            ).fetchone()[0]
            place = random.randrange(len(old))
            other = "0" if old[place] != "0" else "1"
            changed = old[:place] + other + old[place + 1 :]
            connection.execute(
                f"UPDATE event SET {column} = ? WHERE seq = ?", (changed, seq)
            )
            assert events.first_broken() == seq, (column, old, changed)
            connection.execute(
                f"UPDATE event SET {column} = ? WHERE seq = ?", (old, seq)
            )
    assert events.first_broken() is None


def test_that_the_database_itself_refuses_to_change_or_delete_an_event(
    studio: Studio, events: EventRepository
) -> None:
    with contextlib.closing(connect_raw(studio.database.path)) as connection:
        for statement in ("UPDATE event SET actor = 'x'", "DELETE FROM event"):
            with pytest.raises(database_module.sqlite.DatabaseError):
                connection.execute(statement)


def test_that_eight_processes_writing_at_once_lose_nothing(studio: Studio) -> None:
    count = 40
    arguments = [(studio.database.path, f"w{n}", count) for n in range(8)]
    writers = [PROCESSES.Process(target=write_events, args=a) for a in arguments]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 8
    written = [e.subject for e in studio.events.list(type="ModelTagged", limit=9999)]
    assert sorted(written) == sorted(
        f"w{n}:{i}" for n in range(8) for i in range(count)
    )
    for n in range(8):
        own = [s for s in written if s.startswith(f"w{n}:")]
        assert own == [f"w{n}:{i}" for i in range(count)]
    assert studio.events.verify() == 8 * count + 1


def test_that_a_failed_transaction_leaves_neither_rows_nor_events(
    studio: Studio,
) -> None:
    before = studio.events.latest()
    with pytest.raises(RuntimeError), studio.database.write() as tx:
        tx.record("ModelTagged", "m:1")
        raise RuntimeError("power is gone")
    assert studio.events.latest() == before
    with studio.database.write() as tx:
        tx.record("ModelTagged", "m:2")
    assert studio.events.verify() == before + 1


def test_that_a_database_held_by_another_program_is_told_after_the_patience(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_BUSY_SECONDS", 0.1)
    other = Database(studio.database.path)
    with contextlib.closing(connect_raw(studio.database.path)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match="busy"), _impatient(other).write():
            pass
        holder.execute("ROLLBACK")
    with other.write() as tx:
        tx.record("ModelTagged", "m:1")
    other.close()


def _impatient(database: Database) -> Database:
    """The same database, whose connections give up at once."""
    from sqlalchemy import event

    @event.listens_for(database._engine, "checkout")
    def at_once(connection: object, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout=10")  # type: ignore[attr-defined]

    return database


def test_that_events_come_in_order_and_after_a_number(
    studio: Studio, events: EventRepository
) -> None:
    found = studio.events.list(since=10, limit=5)
    assert [event.seq for event in found] == [11, 12, 13, 14, 15]
    assert json.dumps(found[0].data, ensure_ascii=False)
    assert studio.events.list(subject="m:3")[0].data == {
        "tags": {"n": 3, "ü": [1.5, None]}
    }


def test_that_bytes_that_are_not_text_are_refused_before_they_are_written(
    studio: Studio, tmp_path: Path
) -> None:
    (tmp_path / "m").write_text("x")
    studio.models.register("m", tmp_path / "m")
    half = b"\xff".decode(errors="surrogateescape")
    before = studio.events.verify()
    for tags in ({"stage": half}, {half: "x"}):
        with pytest.raises(InvalidError, match="aren't text"):
            studio.models.tag("m:1", tags)
    with pytest.raises(InvalidError, match="aren't text"):
        studio.models.describe("m:1", half)
    assert studio.events.verify() == before
    assert studio.models.get("m").tags == {}


def test_that_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "studio.db"
    with contextlib.closing(connect_raw(other)) as connection:
        connection.execute("PRAGMA application_id=42")
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(InvalidError, match="another program's"):
        database_module.schema_version(other)
