"""Bring a database to the schema of this release, with a verified copy first."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event

from studio.domain.errors import InvalidError, StudioError
from studio.storage.backup import make_backup
from studio.storage.database import (
    APPLICATION_ID,
    check_schema,
    connect_raw,
    damaged,
)
from studio.storage.sqlite import sqlite
from studio.storage.tables import SCHEMA_VERSION


def migrate(database: Path, backups: Path) -> None:
    """Create or upgrade the file. It is old or new afterwards, never between.

    InvalidError if a newer release wrote it, or if it is damaged.
    """
    version = check_schema(database)
    if version == SCHEMA_VERSION:
        return
    if not version:
        _refuse_emptied(database, backups)
    if version:
        make_backup(database, backups, reason=f"before-schema-{SCHEMA_VERSION}")
    else:
        _prepare(database)
    try:
        _upgrade(database)
    except StudioError:
        raise
    except Exception as error:
        raise InvalidError(
            f"{database} can't be brought to the schema of this release: {error}",
            hint="Nothing was changed; a copy stands in the folder 'backups'",
        ) from error


def _refuse_emptied(database: Path, backups: Path) -> None:
    """Empty beside runs or copies, it was emptied: a new one would hide them."""
    runs = database.parent / "runs"
    left = [*backups.glob("*.db"), *(f for f in runs.glob("*") if f.is_dir())]
    if database.exists() and left:
        raise damaged(database)


def _prepare(database: Path) -> None:
    """WAL mode can't be set inside the transaction that makes the tables."""
    connection = connect_raw(database)
    with contextlib.closing(connection):
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")


def _upgrade(database: Path) -> None:
    from alembic import command
    from alembic.config import Config

    engine = create_engine(f"sqlite:///{database}", module=sqlite)

    @event.listens_for(engine, "connect")
    def autocommit(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection, connection.begin():
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        if version == SCHEMA_VERSION:  # another process was faster
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
    engine.dispose()
