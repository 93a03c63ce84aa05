"""`studio environments logs`: what locks and builds have told, as it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.documents import iso
from studio.cli.output import note, say
from studio.cli.session import of
from studio.cli.tables import local_time, table

if TYPE_CHECKING:
    from studio.domain.work_log import WorkLog


def add_to(app: typer.Typer) -> None:
    app.command("logs")(logs)


def logs(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF")],
    log: Annotated[
        str, typer.Argument(metavar="[LOG]", help="Its id. Default: the newest.")
    ] = "",
) -> None:
    """List what was done with an environment, and show the log of one of it.

    \b
    Example:
      studio environments logs churn:1
    """
    session = of(context)
    with session.studio() as studio:
        studio.environments.get(reference)
        found = studio.work_logs.list(reference)
        chosen = studio.work_logs.get(reference, log) if found or log else None
        lines = studio.work_logs.lines(chosen) if chosen else ()
    document = {
        "environment": reference,
        "logs": [_document(each) for each in found],
        "log": {**_document(chosen), "lines": list(lines)} if chosen else None,
    }
    session.answer(document, lambda: _show(found, chosen, lines))


def _show(
    found: Sequence[WorkLog], chosen: WorkLog | None, told: Sequence[str]
) -> None:
    rows = [
        (each.id, each.title, each.state, local_time(each.began_at), _took(each))
        for each in found
    ]
    nothing = "Nothing has been done yet. Lock it: studio environments lock REF"
    table(("Log", "Work", "Result", "Began", "Took"), rows, nothing)
    if chosen is not None:
        note(f"{chosen.title}:")
        for line in told:
            say(line)


def _took(log: WorkLog) -> str:
    return "" if log.seconds is None else f"{log.seconds:.1f} s"


def _document(log: WorkLog) -> dict[str, Any]:
    return {
        "id": log.id,
        "title": log.title,
        "environment": log.subject,
        "state": log.state,
        "began_at": iso(log.began_at),
        "seconds": log.seconds,
        "message": log.message,
        "line": log.line,
    }
