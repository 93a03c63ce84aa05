"""Backups: verified copies of a workspace's database, and the way back to one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from studio.domain import ways
from studio.domain.endpoint import DeploymentState
from studio.domain.errors import NotFoundError, RefusedError
from studio.services.endpoints.service import EndpointService
from studio.services.runs.service import RunService
from studio.storage.backup import (
    list_backups,
    make_backup,
    replace_damaged,
    restore_backup,
)
from studio.storage.database import Database, check_schema
from studio.storage.migrate import migrate
from studio.storage.workspace import Workspace

_NAME = re.compile(r"^studio-(?P<stamp>\d{8}T\d{12})-(?P<reason>.+)\.db$")
_AT_REST = {DeploymentState.STOPPED, DeploymentState.FAILED}


@dataclass(frozen=True)
class Backup:
    """A copy in the workspace's folder `backups`."""

    name: str
    path: Path
    reason: str
    created_at: datetime
    size_bytes: int


class BackupService:
    def __init__(
        self,
        workspace: Workspace,
        database: Database,
        runs: RunService,
        endpoints: EndpointService,
    ) -> None:
        self._workspace = workspace
        self._database = database
        self._runs = runs
        self._endpoints = endpoints

    def create(self) -> Backup:
        """A copy of what is remembered now, checked before it counts as made."""
        backup = _backup(make_backup(self._workspace.database, self._workspace.backups))
        with self._database.write() as tx:
            tx.record("BackupCreated", backup.name)
        return backup

    def list(self) -> tuple[Backup, ...]:
        """Newest first."""
        return backups_of(self._workspace)

    def restore(self, name: str) -> Backup:
        """Go back to a copy; the copy made of the state before.

        Only the database goes back: pipelines, logs and artifacts are files.
        RefusedError while anything runs or serves.
        """
        backup = find_backup(self._workspace, name)
        check_schema(backup.path)
        self._refuse_if_busy()
        database, folder = self._workspace.database, self._workspace.backups
        before = _backup(make_backup(database, folder, reason="before-restore"))
        restore_backup(backup.path, database)
        migrate(database, folder)
        with self._database.write() as tx:
            tx.record("BackupRestored", backup.name, before=before.name)
        return before

    def _refuse_if_busy(self) -> None:
        self._runs.take_over_abandoned()
        if active := self._runs.active():
            raise RefusedError(
                f"{active} run{'s' if active > 1 else ''} of this workspace would be "
                "forgotten while still running",
                hint=f"Wait for them, or {ways.CANCEL_RUNS()}",
            )
        for endpoint in self._endpoints.list():
            if any(each.state not in _AT_REST for each in endpoint.deployments):
                raise RefusedError(
                    f"Endpoint '{endpoint.name}' is serving",
                    hint=ways.STOP_FIRST(endpoint.name),
                )


def restore_damaged(workspace: Workspace, name: str) -> Path:
    """Put a copy in the place of a database that can't be opened any more.

    Returns the folder where the damaged file is kept.
    """
    backup = find_backup(workspace, name)
    check_schema(backup.path)
    return replace_damaged(backup.path, workspace.database, workspace.backups)


def backups_of(workspace: Workspace) -> tuple[Backup, ...]:
    found = list_backups(workspace.backups)
    return tuple(_backup(path) for path in found if _NAME.match(path.name))


def find_backup(workspace: Workspace, name: str) -> Backup:
    """A copy by its name, "" for the newest; NotFoundError otherwise."""
    known = backups_of(workspace)
    for backup in known:
        if name in ("", backup.name):
            return backup
    if name:
        raise NotFoundError(
            f"There is no backup '{name}'", "See them: studio backup list"
        )
    raise NotFoundError(
        f"There is no backup in {workspace.backups}", "Make one: studio backup create"
    )


def _backup(path: Path) -> Backup:
    match = _NAME.match(path.name)
    assert match is not None
    made = datetime.strptime(match["stamp"], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return Backup(path.name, path, match["reason"], made, path.stat().st_size)
