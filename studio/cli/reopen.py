"""`studio runs reopen` and `studio runs put-back`"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import note, say
from studio.cli.session import Session, of
from studio.cli.tables import fields

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.reopened import CodeChange, Debugging, Reopened


def reopen(
    context: typer.Context,
    run_id: Annotated[str, typer.Argument(metavar="ID", help="A run's id.")],
    step: Annotated[str, typer.Argument(metavar="STEP", help="A step that ran.")],
    debug: Annotated[
        bool, typer.Option("--debug", help="Start it, waiting for a debugger.")
    ] = False,
    notebook: Annotated[
        bool, typer.Option("--notebook", help="Answer with the notebook's path.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="A new or empty folder."),
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Leave the debugged step to itself.")
    ] = False,
) -> None:
    """Open a step of a past run again: its inputs, code, parameters, variables.

    \b
    Examples:
      studio runs reopen 20261123-214501-3f9a2c train -o look
      studio runs reopen 20261123-214501-3f9a2c train --debug
    """
    session = of(context)
    folder = output.expanduser().absolute() if output else None
    with session.studio() as studio:
        opened = studio.reopening.reopen(run_id, step, folder)
        document = _document(opened)
        if debug:
            _debug(session, studio, opened, document, no_wait)
            return
    if notebook:
        session.answer(document, lambda: say(str(opened.notebook)))
        return
    session.answer(document, lambda: _show(opened))


def put_back(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="What `runs reopen` has made.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Restore what was put back before.")
    ] = False,
) -> None:
    """Put code that was edited in a reopened step back into its component.

    A component of the workspace is changed; a built-in one is hidden by a copy.
    """
    session = of(context)
    with session.studio() as studio:
        opened = studio.reopening.read(folder.expanduser().absolute())
        if undo:
            name = studio.putting_back.undo(opened)
            session.answer(
                {"component": name, "restored": True},
                lambda: say(f"Restored the component {name}."),
            )
            return
        change = studio.putting_back.change(opened)
        if not dry_run:
            change = studio.putting_back.put_back(opened)
    document = {
        "component": change.component,
        "folder": str(change.folder),
        "files": list(change.files),
        "diff": change.diff,
        "is_new": change.is_new,
        "dry_run": dry_run,
    }
    session.answer(document, lambda: _show_change(change, dry_run))


def _debug(
    session: Session,
    studio: Studio,
    opened: Reopened,
    document: dict[str, Any],
    no_wait: bool,
) -> None:
    """Start it; unless told otherwise, stay until it ends. Ctrl+C ends it."""
    started = studio.reopening.debug(opened, alone=no_wait)
    document = {
        **document,
        "address": started.address,
        "port": started.reopened.port,
        "pid": started.process.pid,
        "log": str(started.log),
    }
    session.answer(document, lambda: _show_debugging(started))
    if no_wait:
        return
    note("Waiting until it ends. Ctrl+C ends it.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        studio.reopening.wait(started)
    finally:
        studio.reopening.stop(started)


def _document(opened: Reopened) -> dict[str, Any]:
    return {
        "run": opened.run_id,
        "step": opened.step,
        "component": opened.component,
        "folder": str(opened.folder),
        "code": str(opened.code),
        "command": opened.command,
        "script": str(opened.script),
        "launch": str(opened.launch),
        "notebook": str(opened.notebook),
        "parameters": dict(opened.parameters),
        "inputs": dict(opened.inputs),
        "outputs": dict(opened.outputs),
        "notes": list(opened.notes),
    }


def _show(opened: Reopened) -> None:
    fields(
        [
            ("Code", str(opened.code)),
            ("Run it", f"sh {opened.script}"),
            ("Debug it", f"sh {opened.debug_script}"),
            ("Notebook", str(opened.notebook)),
            ("Note", "\n".join(opened.notes)),
        ]
    )
    say(f"When you have edited the code: studio runs put-back {opened.folder}")


def _show_debugging(started: Debugging) -> None:
    fields(
        [
            ("Attach to", started.address),
            ("In VS Code", f"open {started.reopened.folder} and press F5"),
            ("Log", str(started.log)),
            ("Note", "\n".join(started.reopened.notes)),
        ]
    )


def _show_change(change: CodeChange, dry_run: bool) -> None:
    say(change.diff or "Nothing was edited.")
    if not dry_run:
        kind = "a component of the workspace now" if change.is_new else "changed"
        note(f"{change.component} is {kind}: {change.folder}")
