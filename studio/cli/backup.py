"""`studio backup`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.documents import iso
from studio.cli.noun import noun
from studio.cli.output import say
from studio.cli.session import Session, of
from studio.cli.tables import local_time, size, table
from studio.domain.errors import InvalidError

if TYPE_CHECKING:
    from studio.services.backups import Backup

app = noun("Verified copies of the workspace's database.")


@app.command()
def create(context: typer.Context) -> None:
    """Make a copy and check it."""
    session = of(context)
    with session.studio() as studio:
        backup = studio.backups.create()
    session.answer(_document(backup), lambda: say(f"Made {backup.path}"))


@app.command("list")
def list_backups(context: typer.Context) -> None:
    """List the copies, newest first."""
    from studio.services.backups import backups_of
    from studio.storage.workspace import find

    session = of(context)  # the workspace isn't opened: its database may be damaged
    found = backups_of(find(Path(session.workspace())))
    rows = [
        (b.name, local_time(b.created_at), b.reason, size(b.size_bytes)) for b in found
    ]
    session.answer(
        {"backups": [_document(backup) for backup in found]},
        lambda: table(
            ("Name", "Made", "Reason", "Size"),
            rows,
            "No backups yet. Make one: studio backup create",
        ),
    )


@app.command()
def restore(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Default: the newest.")
    ] = "",
) -> None:
    """Go back to a copy; the state before is kept as a copy too.

    Refused while runs or endpoints are active. Pipelines, logs and model files are
    not touched. Close and reopen windows that show the workspace.
    """
    session = of(context)
    try:
        with session.studio() as studio:
            before = studio.backups.restore(name)
            document = {"restored": name or None, "before": str(before.path)}
    except InvalidError as error:
        document = _restore_damaged(session, name, error)
    session.answer(
        document, lambda: say(f"Restored. What was before: {document['before']}")
    )


def _restore_damaged(
    session: Session, name: str, error: InvalidError
) -> dict[str, Any]:
    """The other way back, for a database that can't be opened at all."""
    from studio.services.backups import restore_damaged
    from studio.storage.backup import check_integrity
    from studio.storage.workspace import find

    workspace = find(Path(session.workspace()))
    try:
        check_integrity(workspace.database)
    except InvalidError:
        aside = restore_damaged(workspace, name)
        return {"restored": name or None, "before": str(aside)}
    raise error


def _document(backup: Backup) -> dict[str, Any]:
    return {
        "name": backup.name,
        "path": str(backup.path),
        "reason": backup.reason,
        "created_at": iso(backup.created_at),
        "size_bytes": backup.size_bytes,
    }
