"""`studio events`"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.documents import event_document
from studio.cli.noun import noun
from studio.cli.output import dumps, note
from studio.cli.session import of
from studio.cli.tables import local_time, table
from studio.domain.errors import NotFoundError

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.events import Event

app = noun("What has happened in the workspace: one row for each change.")

SinceOption = Annotated[
    str,
    typer.Option(metavar="ID", help="Only events after this one (its seq or its id)."),
]
TypeOption = Annotated[str, typer.Option(help="Only this type, e.g. ModelRegistered.")]
_PAGE = 1000
_POLL_SECONDS = 0.2


@app.command("list")
def list_events(
    context: typer.Context,
    since: SinceOption = "",
    type: TypeOption = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 1000,
) -> None:
    """List events, oldest first: the newest ones, or those that follow `--since`.

    \b
    Example:
      studio events list --type ModelRegistered --json
    """
    session = of(context)
    with session.studio() as studio:
        after = _seq(studio, since) if since else None
        found = studio.events.list(after, type, limit=limit)
    if len(found) == limit:
        more = f"--since {found[-1].seq}" if since else "--limit or --since 0"
        note(f"Note: there may be more: {more}")
    rows = [
        (
            str(event.seq),
            local_time(event.time),
            event.type,
            event.subject,
            event.actor,
            _details(event),
        )
        for event in found
    ]
    head = ("Seq", "Time", "Type", "Subject", "By", "Details")
    session.answer(
        {"events": [event_document(event) for event in found]},
        lambda: table(head, rows, "No events."),
    )


@app.command()
def follow(
    context: typer.Context,
    since: SinceOption = "",
    type: TypeOption = "",
    stop_after: Annotated[
        float | None,
        typer.Option(
            "--seconds", min=0, help="Stop after so many seconds. Default: Ctrl+C."
        ),
    ] = None,
) -> None:
    """Print events as they happen, until Ctrl+C.

    With --json they are the items of one list, a line each, closed at the end.
    """
    session = of(context)
    seconds = float("inf") if stop_after is None else stop_after
    with session.studio() as studio:
        start = _seq(studio, since) if since else studio.events.latest()
        printer = _JsonPrinter() if session.json else _LinePrinter()
        deadline = time.monotonic() + seconds
        try:
            for event in _events(studio, start, type, deadline):
                printer.add(event)
        finally:
            printer.close()


class _LinePrinter:
    def add(self, event: Event) -> None:
        who = f"{event.type}  {event.subject}  {_details(event)}".rstrip()
        self._write(f"{event.seq}  {local_time(event.time)}  {who}\n")

    def close(self) -> None:
        """Lines need no end."""

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


class _JsonPrinter(_LinePrinter):
    """One document, written while it grows."""

    def __init__(self) -> None:
        self._before = ""
        self._write('{"events": [\n')

    def add(self, event: Event) -> None:
        self._write(self._before + dumps(event_document(event), indent=None))
        self._before = ",\n"

    def close(self) -> None:
        self._write("\n]}\n")


def _events(studio: Studio, since: int, type: str, deadline: float) -> Iterator[Event]:
    """Events as they come in; ends at the deadline."""
    while True:
        latest = studio.events.latest()
        while since < latest:
            page = studio.events.list(since, limit=_PAGE)
            if not page:
                break
            yield from (each for each in page if type in ("", each.type))
            since = page[-1].seq
        if time.monotonic() > deadline:
            return
        time.sleep(_POLL_SECONDS)


def _seq(studio: Studio, since: str) -> int:
    """The number of the event that `--since` names."""
    if not since or since.isdigit():
        return int(since or 0)
    seq = 0
    while page := studio.events.list(seq, limit=_PAGE):
        for event in page:
            if event.id == since:
                return event.seq
        seq = page[-1].seq
    raise NotFoundError(f"There is no event '{since}'", "See: studio events list")


def _details(event: Event) -> str:
    return "  ".join(f"{key}={value}" for key, value in event.data.items())
