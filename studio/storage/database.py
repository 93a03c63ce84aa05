"""`studio.db`: many processes, short writes, and every change in the event log."""

from __future__ import annotations

import getpass
import json
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy
from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

from studio.domain.errors import InvalidError, StudioError, UnavailableError
from studio.domain.events import GENESIS, event_hash
from studio.storage.files import is_network_folder
from studio.storage.presence import Presence, read_only
from studio.storage.sqlite import sqlite
from studio.storage.tables import SCHEMA_VERSION, EventRow

APPLICATION_ID = 0x53545544  # "STUD"
_BUSY_SECONDS = 30.0


class Transaction:
    """One short write; everything done through it is kept or lost together."""

    def __init__(self, connection: Connection, actor: str) -> None:
        self.connection = connection
        self.actor = actor
        self.now = utc_now()
        self._last_hash: str | None = None
        self._events: list[dict[str, Any]] = []

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        return self.connection.execute(statement, parameters)

    def record(self, kind: str, subject: str, **data: Any) -> None:
        """Append one event, chained to the one before it, when the write ends."""
        row: dict[str, Any] = {
            "id": uuid4().hex,
            "type": kind,
            "subject": subject,
            "time": self.now,
            "actor": self.actor,
        }
        digest = event_hash(self._previous_hash(), data=data, **row)
        self._events.append({**row, "data": to_json(data), "hash": digest})
        self._last_hash = digest

    def finish(self) -> None:
        """Write the events down, all in one statement."""
        if self._events:
            self.execute(_INSERT_EVENT, self._events)

    def _previous_hash(self) -> str:
        if self._last_hash is None:
            self._last_hash = self.execute(_LAST_HASH).scalar() or GENESIS
        return self._last_hash


class Database:
    """The workspace's database. Safe to use from any thread.

    `actor` is written to the event log with each change.
    """

    def __init__(self, path: Path, actor: str = "") -> None:
        self.path = path
        self.presence = Presence(path)
        self.actor = actor or current_user()
        self._engine = _open_engine(path)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view: one snapshot for as long as it is open."""
        self.presence.check()
        with _explained(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Transaction]:
        """A short write transaction, committed (and on disk) at its end.

        Without `durable` a killed process loses nothing either, but a power cut
        may take the newest of these commits, up to the last durable one.
        """
        self.presence.check()
        level = "FULL" if durable else "NORMAL"
        with _explained(self.path), self._engine.connect() as plain:
            connection = plain.execution_options(studio_write=level)
            with _begin(connection):
                transaction = Transaction(connection, self.actor)
                yield transaction
                transaction.finish()

    def close(self) -> None:
        self._engine.dispose()


def connect_raw(path: Path) -> Any:
    """A plain DB-API connection in autocommit, for pragmas, backups and checks."""
    return sqlite.connect(str(path), isolation_level=None, timeout=5)


def schema_version(path: Path) -> int:
    """The schema a file has; 0 for an empty or new one. InvalidError if it isn't
    one of our databases."""
    connection = connect_raw(path)
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite.DatabaseError as error:
        raise explained(path, error) from error
    finally:
        connection.close()
    if application not in (0, APPLICATION_ID) or (version and not application):
        raise InvalidError(
            f"{path} is another program's database", "Choose another folder"
        )
    return version


def damaged(path: Path) -> InvalidError:
    return InvalidError(
        f"{path} is damaged or isn't a SQLite database",
        hint="Go back to a copy: studio backup list, then studio backup restore NAME",
    )


def explained(path: Path, error: Exception) -> StudioError:
    """What SQLite's error means: only some errors speak of a damaged file."""
    if isinstance(error, sqlite.OperationalError):
        return _unavailable(path, str(error))
    return damaged(path)


def utc_now() -> str:
    """Now, as the database writes it: ISO 8601 UTC with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def from_iso(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def to_json(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> Any:
    return orjson.loads(text)


def current_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


_EVENTS = EventRow.__table__  # type: ignore[attr-defined]
_INSERT_EVENT = insert(_EVENTS)
_LAST_HASH = select(_EVENTS.c.hash).order_by(_EVENTS.c.seq.desc()).limit(1)


def _open_engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlite,
        connect_args={"timeout": 5.0, "check_same_thread": False},
    )
    network = is_network_folder(path.parent)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in _pragmas(network):
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        level = connection.get_execution_options().get("studio_write")
        if level:
            connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if level else "BEGIN")

    return engine


def _pragmas(network: bool) -> tuple[str, ...]:
    # WAL needs memory shared between processes, which a network folder lacks
    journal = "TRUNCATE" if network else "WAL"
    return (
        "PRAGMA busy_timeout=5000",
        f"PRAGMA journal_mode={journal}",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        "PRAGMA trusted_schema=OFF",
        "PRAGMA cell_size_check=ON",
        "PRAGMA cache_size=-16000",
    )


@contextmanager
def _begin(connection: Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE, tried again with jitter while another process writes."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            transaction = connection.begin()
            break
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(random.uniform(0.005, 0.05))
    with transaction:
        yield


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeEncodeError as error:
        raise InvalidError(
            f"{error.object!r} holds bytes that aren't text", "Write it as UTF-8"
        ) from error
    except OperationalError as error:
        raise _unavailable(path, str(error.orig)) from error
    except DatabaseError as error:
        if isinstance(error, sqlalchemy.exc.IntegrityError):
            raise
        if "malformed" in str(error) or "not a database" in str(error):
            raise damaged(path) from error
        raise


def _unavailable(path: Path, text: str) -> UnavailableError:
    if "locked" in text:
        return UnavailableError(
            f"{path} has been busy for {_BUSY_SECONDS:.0f} seconds",
            hint="Another program holds it; close it and try again",
        )
    if "full" in text or "disk I/O" in text:
        return UnavailableError(
            f"{path} can't be used: the disk is full, or can't be read or written",
            hint="Free some space or check the disk; nothing was changed",
        )
    if "readonly" in text or not os.access(path.parent, os.W_OK):
        return read_only(path.parent)
    return UnavailableError(
        f"{path} can't be used: {text}", "Check the disk and the folder's permissions"
    )


def check_schema(path: Path) -> int:
    """The file's schema version; refuses one written by a newer release."""
    version = schema_version(path)
    if version > SCHEMA_VERSION:
        raise InvalidError(
            f"{path} was written by a newer release (schema {version}; this one "
            f"knows {SCHEMA_VERSION})",
            hint="Update MLOps Studio, or restore a copy from the folder 'backups'",
        )
    return version
