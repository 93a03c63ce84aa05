"""Verified copies of the database: made by `VACUUM INTO`, then checked."""

from __future__ import annotations

import contextlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from studio.domain.errors import InvalidError, UnavailableError
from studio.storage.database import connect_raw, damaged, explained
from studio.storage.files import sync_folder
from studio.storage.sqlite import sqlite


def make_backup(database: Path, folder: Path, reason: str = "manual") -> Path:
    """A copy in `folder` whose integrity and row counts have been checked."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = folder / f"studio-{stamp}-{reason}.db"
    temporary = copy.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    try:
        with contextlib.closing(connect_raw(database)) as connection:
            connection.execute("VACUUM INTO ?", (str(temporary),))
        _check(database, temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.rename(copy)
        sync_folder(folder)
    except sqlite.DatabaseError as error:
        temporary.unlink(missing_ok=True)
        raise explained(database, error) from error
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UnavailableError(
            f"No backup could be made in {folder}: {error.strerror}",
            hint="Free some space; nothing else was changed",
        ) from error
    return copy


def list_backups(folder: Path) -> list[Path]:
    """Copies in a folder, newest first."""
    return sorted(folder.glob("studio-*.db"), reverse=True)


def restore_backup(copy: Path, database: Path) -> None:
    """Write a copy's content over a database that others may have open.

    Done in one transaction of SQLite's: they see all of it or none.
    """
    check_integrity(copy)
    try:
        with (
            contextlib.closing(connect_raw(copy)) as source,
            contextlib.closing(connect_raw(database)) as target,
        ):
            source.backup(target)
    except sqlite.OperationalError as error:
        raise UnavailableError(
            f"{database} can't be written over: {error}",
            hint="Close what uses the workspace and try again; nothing was changed",
        ) from error


def replace_damaged(copy: Path, database: Path, folder: Path) -> Path:
    """Put a copy in the place of a file that SQLite can't read; where that is now.

    Its `-wal` and `-shm` files go along.
    """
    check_integrity(copy)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = folder / f"damaged-{stamp}"
    temporary = database.with_suffix(".part")
    try:
        aside.mkdir(parents=True)
        shutil.copyfile(copy, temporary)
        for ending in ("-wal", "-shm", ""):
            file = database.with_name(database.name + ending)
            if file.exists():
                file.rename(aside / file.name)
        temporary.rename(database)
        sync_folder(database.parent)
    except OSError as error:
        raise UnavailableError(
            f"{database} can't be replaced: {error.strerror}",
            hint=f"What was there stands in {aside}",
        ) from error
    return aside


def check_integrity(database: Path) -> None:
    """InvalidError unless SQLite finds the whole file in order."""
    try:
        with contextlib.closing(connect_raw(database)) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite.DatabaseError as error:
        raise explained(database, error) from error
    if answer != "ok":
        raise damaged(database)


def _check(original: Path, copy: Path) -> None:
    check_integrity(copy)
    # rows may have been added since the copy was made, never taken away
    if any(_counts(original).get(t, 0) < n for t, n in _counts(copy).items()):
        raise InvalidError(
            f"The backup {copy.name} holds other rows than the database",
            hint="Try again; if it happens again, check the disk",
        )


def _counts(database: Path) -> dict[str, int]:
    with contextlib.closing(connect_raw(database)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND name = 'event'"
        ).fetchall()
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in tables
        }
