"""A database is old or new, never between, and its copies are checked ones."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from forked import PROCESSES

from studio.bootstrap import Studio, create_workspace, open_workspace
from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.storage.backup import check_integrity, list_backups, make_backup
from studio.storage.database import Database, connect_raw, schema_version
from studio.storage.migrate import migrate
from studio.storage.tables import SCHEMA_VERSION


def tables(path: Path) -> set[str]:
    with contextlib.closing(connect_raw(path)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows}


def test_that_a_new_workspace_has_the_schema_of_this_release(studio: Studio) -> None:
    assert schema_version(studio.database.path) == SCHEMA_VERSION
    check_integrity(studio.database.path)
    with studio.database.read() as connection:
        ask = connection.exec_driver_sql
        assert ask("PRAGMA journal_mode").scalar() == "wal"
        assert ask("PRAGMA foreign_keys").scalar() == 1
        assert ask("PRAGMA synchronous").scalar() == 2
        assert ask("PRAGMA trusted_schema").scalar() == 0


def test_that_the_tables_are_those_that_the_code_describes(studio: Studio) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    with studio.database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "schema_history", "compare_type": False}
        )
        different = compare_metadata(context, SQLModel.metadata)
    assert different == []


def test_that_a_database_of_a_newer_release_is_refused_untouched(
    studio: Studio,
) -> None:
    path, root = studio.database.path, studio.workspace.root
    studio.close()
    with contextlib.closing(connect_raw(path)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(InvalidError, match="newer release"):
        open_workspace(root)
    assert schema_version(path) == SCHEMA_VERSION + 1


def test_that_a_killed_set_up_leaves_nothing_or_everything(tmp_path: Path) -> None:
    outcomes = set()
    for number in range(20):
        path = tmp_path / f"{number}" / "studio.db"
        path.parent.mkdir()
        child = PROCESSES.Process(target=migrate, args=(path, tmp_path / "backups"))
        child.start()
        child.join(number * 0.01)
        child.kill()
        child.join()
        there = tables(path) if path.exists() else set()
        assert bool(there) == (schema_version(path) == SCHEMA_VERSION)
        outcomes.add(bool(there))
        migrate(path, tmp_path / "backups")
        check_integrity(path)
        assert "model_version" in tables(path)
    assert False in outcomes


def test_that_two_processes_may_set_up_one_workspace_at_once(tmp_path: Path) -> None:
    path = tmp_path / "studio.db"
    children = [
        PROCESSES.Process(target=migrate, args=(path, tmp_path / "backups"))
        for _ in range(4)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 4
    assert schema_version(path) == SCHEMA_VERSION


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0" + b"x" * 5000, b"junk" * 99]
)
def test_that_a_damaged_database_is_told_with_what_to_do(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "studio.db"
    path.write_bytes(content)
    if not content:  # an interrupted set-up: goes on
        migrate(path, tmp_path / "backups")
        return
    with pytest.raises(InvalidError, match="damaged") as refused:
        migrate(path, tmp_path / "backups")
    assert "studio backup restore" in refused.value.hint
    assert path.read_bytes() == content


def test_that_a_backup_holds_everything_and_can_be_opened(
    studio: Studio, tmp_path: Path
) -> None:
    model = tmp_path / "m.txt"
    model.write_text("x")
    studio.models.register("churn", model, tags={"stage": "prod"})
    copy = make_backup(studio.database.path, studio.workspace.backups)
    assert list_backups(studio.workspace.backups) == [copy]
    other = Database(copy)
    with other.read() as connection:
        found = connection.exec_driver_sql("SELECT name, version FROM model_version")
        assert found.fetchall() == [("churn", 1)]
    other.close()


def test_that_a_backup_of_a_damaged_database_fails_and_leaves_no_file(
    studio: Studio,
) -> None:
    path = studio.database.path
    with studio.database.write() as tx:
        for number in range(500):
            tx.record("ModelTagged", f"m:{number}")
    studio.close()
    with contextlib.closing(connect_raw(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = os.urandom(len(content) - len(content) // 2)
    path.write_bytes(content)
    with pytest.raises(InvalidError):
        make_backup(path, studio.workspace.backups)
    assert not list(studio.workspace.backups.iterdir())


def test_that_a_folder_with_other_things_is_no_place_for_a_workspace(
    tmp_path: Path,
) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(InvalidError, match="isn't empty"):
        create_workspace(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.doc"]
    with pytest.raises(InvalidError, match="is a file"):
        create_workspace(tmp_path / "thesis.doc")
    with pytest.raises(NotFoundError, match="isn't a workspace"):
        open_workspace(tmp_path)


def test_that_a_full_disk_is_told_and_changes_nothing(studio: Studio) -> None:
    before = studio.events.latest()
    with studio.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    limited = Database(studio.database.path)
    with limited.read() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StudioError, match="disk is full"), limited.write() as tx:
        for number in range(5000):
            tx.record("ModelTagged", f"m:{number}", note="x" * 200)
    limited.close()
    assert studio.events.verify() == before


def test_that_a_workspace_of_the_first_schema_is_upgraded(studio: Studio) -> None:
    path, root = studio.database.path, studio.workspace.root
    later = ("environment_lock", "environment", "sweep_trial", "sweep", "step_wish")
    with studio.database.write() as tx:
        tx.record("BackupMade", "before")
    studio.close()
    with contextlib.closing(connect_raw(path)) as connection:
        for table in later:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE schema_history SET version_num = '0001'")
        connection.execute("PRAGMA user_version=1")
    opened = open_workspace(root)
    assert schema_version(path) == SCHEMA_VERSION
    assert set(later) <= set(tables(path))
    assert opened.events.latest() == studio_events(path)
    opened.close()


def studio_events(path: Path) -> int:
    with contextlib.closing(connect_raw(path)) as connection:
        ((latest,),) = connection.execute("SELECT max(seq) FROM event").fetchall()
    return int(latest)
