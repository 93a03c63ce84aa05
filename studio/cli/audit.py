"""`studio audit`"""

from __future__ import annotations

import typer

from studio.cli.noun import noun
from studio.cli.output import say
from studio.cli.session import of

app = noun("The record of events: each carries the hash of the one before.")


@app.callback()
def audit() -> None: ...


@app.command()
def verify(context: typer.Context) -> None:
    """Check the whole chain of hashes; exit code 1 names the first broken event."""
    session = of(context)
    with session.studio() as studio:
        count = studio.events.verify()
        last = studio.events.list(count - 1, limit=1) if count else ()
    head = last[0].hash if last else ""
    document = {"intact": True, "events": count, "head": head}
    session.answer(
        document, lambda: say(f"All {count} events are as they were written.")
    )
