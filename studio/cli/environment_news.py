"""`studio environments news`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import note, say
from studio.cli.session import of
from studio.cli.tables import table
from studio.cli.working import Work

if TYPE_CHECKING:
    from studio.environments.freshness import Freshness, PackageFreshness

_HEAD = ("Package", "Locked", "Newest", "Licence", "Told of it")


def add_to(app: typer.Typer) -> None:
    app.command("news")(news)


def news(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF")],
    platform: Annotated[
        str, typer.Option(help="For example linux-64. Default: this one.")
    ] = "",
    vulnerabilities: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A database. Default: what is set."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show packages without news too.")
    ] = False,
) -> None:
    """What is known by now of the packages of a lock; nothing is changed.

    Newer versions, what its authors have withdrawn, licences (once it is built here)
    and, from a database that is at hand, vulnerabilities.

    \b
    Example:
      studio environments news churn:1
    """
    from studio.services.environments.news import news_of

    session = of(context)
    database = vulnerabilities.expanduser().absolute() if vulnerabilities else None
    with session.studio() as studio, Work() as work:
        found = news_of(
            studio.environments,
            reference,
            platform=platform,
            database=database,
            progress=work.tell,
            cancel=work.cancelled,
        )
    session.answer(_document(reference, found), lambda: _show(found, every))


def _document(reference: str, found: Freshness) -> dict[str, Any]:
    return {
        "environment": reference,
        "packages": [_package(each) for each in found.packages],
        "older": len(found.older),
        "vulnerable": len(found.vulnerable),
        "notes": list(found.notes),
    }


def _package(each: PackageFreshness) -> dict[str, Any]:
    return {
        "name": each.name,
        "version": each.version,
        "newest": each.newest,
        "is_newest": each.is_newest,
        "licence": each.licence,
        "withdrawn": each.withdrawn,
        "vulnerabilities": [
            {
                "id": v.id,
                "summary": v.summary,
                "aliases": list(v.aliases),
                "fixed_in": list(v.fixed_in),
            }
            for v in each.vulnerabilities
        ],
    }


def _show(found: Freshness, every: bool) -> None:
    shown = [each for each in found.packages if every or each.has_news]
    rows = [
        (each.name, each.version, each.newest, each.licence, _told(each))
        for each in shown
    ]
    table(_HEAD, rows, "Every package is the newest that fits.")
    left = len(found.packages) - len(shown)
    if left and shown:
        say(f"{left} more without news; --all shows them.")
    for each in found.notes:
        note(f"Note: {each}")


def _told(each: PackageFreshness) -> str:
    told = [f"withdrawn: {each.withdrawn}"] if each.withdrawn else []
    for v in each.vulnerabilities:
        mended = f", mended in {v.fixed_in[0]}" if v.fixed_in else ""
        told.append(f"{v.id}: {v.summary}{mended}")
    return "; ".join(told)
