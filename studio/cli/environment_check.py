"""`studio environments check`"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import note, say
from studio.cli.session import of
from studio.cli.tables import seconds, table
from studio.cli.working import Work

if TYPE_CHECKING:
    from studio.domain.twin import TwinReport, TwinRow

NO = 1
_HEAD = ("Package", "Declared", "Model", "Locked", "Imported", "")
_MIB = 2**20


def add_to(app: typer.Typer) -> None:
    app.command("check")(check)


def check(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF")],
    model: Annotated[
        str, typer.Option(metavar="REF", help="A registered model.", show_default=False)
    ],
    trust: Annotated[
        bool, typer.Option("--trust", help="Load a model that wasn't trained here.")
    ] = False,
    image: Annotated[
        bool,
        typer.Option("--image", help="In its Docker image: no network, no root."),
    ] = False,
    base: Annotated[str, typer.Option(help="The image that one is built on.")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Show packages that weren't used too.")
    ] = False,
) -> None:
    """Try a model in an environment before it is deployed there.

    Builds the environment if need be, loads the model in it as its server would, asks
    it, and compares what is declared, locked and really imported. Exit code 1 with the
    reason where they don't fit. With --image (or where the environment is an image)
    it happens in a container, which is gone afterwards.

    \b
    Example:
      studio environments check churn:2 --model churn@latest
    """
    from studio.services.environments.twin import ImageWish

    session = of(context)
    with session.studio() as studio, Work() as work:
        version = studio.environments.get(reference).reference
        trial = partial(
            studio.twin.check,
            version,
            model,
            trust=trust,
            image=ImageWish(base) if image or base else None,
        )
        keep = studio.work_logs.keeping(f"Try {model} in {version}", version, trial)
        report = keep(progress=work.tell, cancel=work.cancelled)
    session.answer(twin_document(report), lambda: _show(report, every))
    if not report.passed:
        for reason in report.reasons:
            note(f"Error: {reason}")
        note(
            "Hint: declare what is missing or pinned otherwise in a new version, then "
            "check that"
        )
        raise typer.Exit(NO)


def twin_document(report: TwinReport) -> dict[str, Any]:
    told = report.rehearsal
    return {
        "environment": report.environment,
        "model": report.model,
        "image": report.image,
        "passed": report.passed,
        "reasons": list(report.reasons),
        "notes": list(report.notes),
        "python": told.python,
        "packages": [_row_document(row) for row in report.rows],
        "samples": [
            {
                "name": each.name,
                "outcome": each.outcome,
                "seconds": each.seconds,
                "message": each.message,
            }
            for each in told.samples
        ],
        "failures": [
            {
                "phase": each.phase,
                "message": each.message,
                "hint": each.hint,
                "package": each.package,
            }
            for each in told.failures
        ],
        "phases": dict(told.phases),
        "memory_bytes": told.memory_bytes,
        "accelerators": dict(told.accelerators),
        "providers": dict(told.providers),
    }


def _row_document(row: TwinRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "declared": row.declared,
        "model": row.asked_by_model,
        "locked": row.locked,
        "imported": row.imported,
        "verdict": row.verdict,
        "serious": row.serious,
    }


def _show(report: TwinReport, every: bool) -> None:
    shown = [row for row in report.rows if every or row.verdict != "unused"]
    rows = [
        (
            row.name,
            row.declared,
            row.asked_by_model,
            row.locked,
            row.imported,
            row.verdict,
        )
        for row in shown
    ]
    table(_HEAD, rows, "No package was imported.")
    left = len(report.rows) - len(shown)
    if left:
        say(f"{left} more are there and weren't used; --all shows them.")
    told = report.rehearsal
    took = ", ".join(f"{name} {seconds(each)}" for name, each in told.phases.items())
    say()
    memory = f"{told.memory_bytes / _MIB:.0f} MiB"
    if report.image:
        say(f"In the image {report.image}:")
    say(f"Python {told.python}; {took or 'not loaded'}; {memory}")
    asked = ", ".join(f"{each.name} {each.outcome}" for each in told.samples)
    if asked:
        say(f"Samples: {asked}")
    ran = told.providers.get("ran")
    if isinstance(ran, dict) and ran:
        nodes = ", ".join(f"{name} ({count} nodes)" for name, count in ran.items())
        say(f"ONNX Runtime computed with: {nodes}")
    for each in report.notes:
        say(f"Note: {each}")
    if report.passed:
        say(f"{report.words}.")
