"""`studio pipelines` on versions: diff, history, restore, family, merge."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from studio.cli.documents import iso, measures
from studio.cli.output import REFUSED, error_document, note, say
from studio.cli.session import of
from studio.cli.tables import local_time, metrics, note_rest, table

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.pipeline_diff import Difference
    from studio.domain.pipeline_merge import Conflict, Merge
    from studio.domain.pipeline_words import Line
    from studio.services.pipelines.versions import HistoryEntry, Relative

Document = dict[str, Any]
EitherArgument = Annotated[
    str,
    typer.Argument(metavar="PIPELINE", help="NAME, NAME:VERSION or a YAML file."),
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME")]
SIGNS = {"added": "+", "removed": "-", "changed": "~"}


class Side(StrEnum):
    MINE = "mine"
    THEIRS = "theirs"


def add_to(app: typer.Typer) -> None:
    """These verbs, added to those of the noun."""
    for verb in (diff, history, restore, family, merge):
        app.command()(verb)


def diff(
    context: typer.Context,
    before: EitherArgument,
    after: EitherArgument,
    layout: Annotated[
        bool, typer.Option("--layout", help="Also what was only moved.")
    ] = False,
) -> None:
    """Say what differs between two pipelines, versions or files.

    \b
    Examples:
      studio pipelines diff penguins:3 penguins
      studio pipelines diff penguins penguins-copy
    """
    from studio.domain.pipeline_diff import difference
    from studio.domain.pipeline_words import lines, summary

    session = of(context)
    with session.studio() as studio:
        found = difference(studio.versions.named(before), studio.versions.named(after))
    told = lines(found, layout=layout)
    document = {
        "before": before,
        "after": after,
        "different": bool(found.telling),
        "summary": summary(found),
        "changes": [_line_document(line, found) for line in told],
        "moved": len({change.step for change in found.layout}),
    }
    session.answer(document, lambda: _show_difference(told, summary(found)))


def _line_document(line: Line, found: Difference) -> Document:
    node = found.step(line.change.step) if line.change.step else None
    return {
        "kind": line.kind,
        "topic": line.topic,
        "step": node.name if node else "",
        "what": line.what,
        "before": line.before,
        "after": line.after,
        "text": line.text,
    }


def _show_difference(told: tuple[Line, ...], summed: str) -> None:
    for line in told:
        step = f"{line.step}: " if line.topic == "value" and line.step else ""
        say(f"{SIGNS[line.kind]} {step}{line.text}")
    say(f"{summed}.")


def history(
    context: typer.Context,
    name: NameArgument,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
) -> None:
    """List the saved versions, newest first, with what changed in each."""
    session = of(context)
    with session.studio() as studio:
        entries = studio.versions.history(name, limit + 1)
        since = _said_by_the_file(studio, name)
    found = entries[:limit]
    document = {
        "pipeline": name,
        "versions": [_entry_document(e) for e in found],
        "file_changed": since,
    }
    rows = [
        (
            str(e.version),
            local_time(e.created_at),
            e.created_by,
            e.summary,
            metrics(e.metrics or {}),
        )
        for e in found
    ]
    columns = ("Version", "Saved", "By", "What changed", "Newest run")
    session.answer(document, lambda: table(columns, rows, "No version is saved yet."))
    note_rest(len(found), len(found) if len(entries) <= limit else None)
    if since:
        note(f"The file was changed since the newest version: {since}.")


def _said_by_the_file(studio: Studio, name: str) -> str:
    """What the file says that no version does; "" if nothing, or no file is read."""
    from studio.domain.errors import StudioError
    from studio.services.pipelines.drift import drift_of

    try:
        drift = drift_of(studio.pipelines, name)
    except StudioError:
        return ""
    return drift.summary if drift else ""


def _entry_document(entry: HistoryEntry) -> Document:
    return {
        "version": entry.version,
        "created_at": iso(entry.created_at),
        "created_by": entry.created_by,
        "sha256": entry.sha256,
        "summary": entry.summary,
        "run": entry.run_id,
        "metrics": measures(entry.metrics or {}),
    }


def restore(
    context: typer.Context,
    name: NameArgument,
    version: Annotated[int, typer.Argument(metavar="VERSION", min=1)],
) -> None:
    """Make an earlier version the newest one; what is there now is kept too."""
    session = of(context)
    with session.studio() as studio:
        number = studio.versions.restore(name, version)
    document = {"pipeline": name, "restored": version, "version": number}
    session.answer(
        document, lambda: say(f"Restored version {version} of {name} as {number}.")
    )


def family(context: typer.Context, name: NameArgument) -> None:
    """Show a pipeline, what it was cloned from and its clones, with their metrics."""
    session = of(context)
    with session.studio() as studio:
        studio.pipelines.file(name)
        found = studio.versions.family(name)
    document = {"pipeline": name, "family": [_relative_document(r) for r in found]}
    rows = [
        ("  " * r.depth + r.name, _origin(r), metrics(r.metrics or {})) for r in found
    ]
    columns = ("Pipeline", "Cloned from", "Newest metric")
    session.answer(document, lambda: table(columns, rows))


def _origin(relative: Relative) -> str:
    if relative.missing:
        return "(deleted)"
    version = relative.origin_version
    return f"version {version}" if version else relative.origin


def _relative_document(relative: Relative) -> Document:
    return {
        "name": relative.name,
        "title": relative.title,
        "depth": relative.depth,
        "version": relative.version,
        "cloned_from": relative.origin,
        "cloned_from_version": relative.origin_version,
        "metrics": measures(relative.metrics or {}),
        "missing": relative.missing,
    }


FileArgument = Annotated[Path, typer.Argument(metavar="FILE")]


def merge(
    context: typer.Context,
    base: FileArgument,
    mine: FileArgument,
    theirs: FileArgument,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Default: stdout."),
    ] = None,
    prefer: Annotated[
        Side | None, typer.Option(help="Decide every conflict for this side.")
    ] = None,
) -> None:
    """Bring two edited copies of a pipeline's file together; `base` is what both were.

    Where both changed the same, mine is written and the exit code is 1. As a merge
    driver of Git: driver = studio pipelines merge %O %A %B -o %A
    """
    from studio.services.pipelines.versions import merge_files, merged_text

    session = of(context)
    found, old_text = merge_files(base, mine, theirs)
    chosen: Literal["mine", "theirs"] = "theirs" if prefer is Side.THEIRS else "mine"
    merged = found.decided(dict.fromkeys(range(len(found.conflicts)), chosen))
    text = merged_text(merged, old_text)
    conflicts = [_conflict_document(found, each) for each in found.conflicts]
    document: Document = {"conflicts": conflicts, "file": None, "text": text}
    if output is not None:
        from studio.storage.files import write_atomically

        write_atomically(output.expanduser().absolute(), text.encode())
        document = {**document, "file": str(output), "text": None}
    refused = bool(conflicts) and prefer is None
    if refused:
        message = f"{len(conflicts)} conflicts: both sides changed the same"
        hint = "Mine was written. Decide with --prefer mine|theirs, or edit the file"
        document["error"] = error_document(message, hint, "conflict")
        for each in conflicts:
            note(f"Conflict: {'; '.join(each['mine'])} | {'; '.join(each['theirs'])}")
        note(f"Error: {message}\nHint: {hint}")
    shown = f"Wrote {output}" if output else text.rstrip("\n")
    session.answer(document, lambda: say(shown))
    if refused:
        raise typer.Exit(REFUSED)


def _conflict_document(found: Merge, conflict: Conflict) -> Document:
    from studio.domain.pipeline_words import line_of

    return {
        "path": list(conflict.path),
        "mine": [line_of(found.mine, c).text for c in conflict.mine],
        "theirs": [line_of(found.theirs, c).text for c in conflict.theirs],
    }
