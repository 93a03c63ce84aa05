"""`studio runs diff-output`: two outputs that are tables, compared cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import say
from studio.cli.session import of
from studio.cli.tables import table
from studio.domain.table_difference import TableDifference, difference_words

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.services.tables import Table

MOST_ROWS = 1_000


def diff_output(
    context: typer.Context,
    run_id: Annotated[str, typer.Argument(metavar="ID", help="The run on the left.")],
    step: Annotated[str, typer.Argument(metavar="STEP", help="A step's name.")],
    name: Annotated[str, typer.Argument(metavar="OUTPUT", help="An output's name.")],
    other: Annotated[
        str, typer.Argument(metavar="[OTHER]", help="The run on the right.")
    ] = "",
    other_step: Annotated[
        str, typer.Option("--step", metavar="STEP", help="Another step on the right.")
    ] = "",
    other_name: Annotated[
        str, typer.Option("--output", metavar="OUTPUT", help="Another output there.")
    ] = "",
) -> None:
    """Compare two outputs that are tables, of one run or of two, row beside row.

    \b
    Example:
      studio runs diff-output 20260101-120000-ab12 split train 20260102-090000-cd34
      studio runs diff-output 20260101-120000-ab12 split train --output test
    """
    session = of(context)
    with session.studio() as studio:
        left = _table(studio, run_id, step, name)
        where = other or run_id, other_step or step, other_name or name
        found = left.difference(_table(studio, *where))
        document = difference_document(found)
    session.answer(document, lambda: _show(found))


def difference_document(found: TableDifference) -> dict[str, Any]:
    """`rows` left and right, `cells` that differ, `columns`, the first `changed_rows`.

    Rows are counted from 1, as the window shows them.
    """
    columns = [
        {
            "name": pair.name,
            "left": pair.left_type or None,
            "right": pair.right_type or None,
            "differs": pair.fate,
            "changed": pair.changed,
        }
        for pair in found.pairs
    ]
    return {
        "same": found.is_empty,
        "rows": list(found.rows),
        "cells": found.cells,
        "columns": columns,
        "changed_rows": [place + 1 for place in found.places[:MOST_ROWS]],
    }


def _table(studio: Studio, run_id: str, step: str, name: str) -> Table:
    run = studio.runs.get(run_id)
    path = studio.runs.output(run.id, step, name)
    made = run.step(step)
    return studio.tables.open(path, made.outputs[name] if made else "")


def _show(found: TableDifference) -> None:
    say(difference_words(found))
    differing = [pair for pair in found.pairs if pair.fate != "same"]
    if differing:
        say()
        rows = [
            [
                pair.name,
                pair.left_type or "-",
                pair.right_type or "-",
                pair.fate,
                f"{pair.changed:,}",
            ]
            for pair in differing
        ]
        table(["Column", "Left", "Right", "Differs", "Cells"], rows)
