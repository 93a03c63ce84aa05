"""`studio runs diff-output`: two outputs that are tables, compared cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import say
from studio.cli.session import of
from studio.cli.tables import table
from studio.domain.table_difference import TableDifference, difference_words, key_words

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.services.tables.service import Table

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
    key: Annotated[
        list[str],
        typer.Option(
            "--key",
            metavar="COLUMN",
            help="Match rows by this column of both; may be given several times.",
        ),
    ] = [],  # noqa: B006
    by_number: Annotated[
        bool, typer.Option("--by-number", help="Match rows by their number.")
    ] = False,
) -> None:
    """Compare two outputs that are tables, of one run or of two.

    Rows are matched by --key, else by a column that is an identifier in both, else by
    their number.

    \b
    Example:
      studio runs diff-output 20260101-120000-ab12 split train 20260102-090000-cd34
      studio runs diff-output 20260101-120000-ab12 split train --output test
    """
    session = of(context)
    with session.studio() as studio:
        left = _table(studio, run_id, step, name)
        where = other or run_id, other_step or step, other_name or name
        wanted = () if by_number else tuple(key) or None
        found = left.difference(_table(studio, *where), key=wanted)
        document = difference_document(found)
    session.answer(document, lambda: _show(found))


def difference_document(found: TableDifference) -> dict[str, Any]:
    """`rows` left and right, `cells` that differ, `columns`, the first `changed_rows`.

    Rows are counted from 1, as the window shows them: of rows matched by a `key`,
    `changed_rows` and `removed_rows` are the left's, `added_rows` the right's.
    """
    match = found.match
    sides = match.sides if match else tuple((at, at) for at in found.places)
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
        "changed_rows": _numbers(
            left for left, right in sides if min(left, right) >= 0
        ),
        "key": list(match.key) if match else [],
        "matched": match.matched if match else min(found.rows),
        "added": found.added,
        "removed": found.removed,
        "added_rows": _numbers(right for left, right in sides if left < 0),
        "removed_rows": _numbers(left for left, right in sides if right < 0),
        "repeated": list(match.repeated) if match else [0, 0],
        "reordered": match.reordered if match else False,
    }


def _numbers(rows: Iterable[int]) -> list[int]:
    return [row + 1 for row in islice(rows, MOST_ROWS)]


def _table(studio: Studio, run_id: str, step: str, name: str) -> Table:
    run = studio.runs.get(run_id)
    path = studio.runs.output(run.id, step, name)
    made = run.step(step)
    return studio.tables.open(path, made.outputs[name] if made else "")


def _show(found: TableDifference) -> None:
    say(f"{key_words(found.match)}: {difference_words(found)}")
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
