"""A look into a table, read by another process so that no file can hurt the window.

preview = preview_table(path)          # in a task: it takes up to 20 s
preview.columns, preview.rows, preview.total_rows
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.domain.errors import InvalidError, UnavailableError

SECONDS = 20
_READER = Path(__file__).with_name("read_table.py")


@dataclass(frozen=True)
class TablePreview:
    """`columns` are (name, type) pairs; a cell is text, a number, a bool or None.

    `total_rows` is None where counting would take too long.
    """

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    total_rows: int | None


def preview_table(path: Path, rows: int = 200) -> TablePreview:
    """The first rows of a Parquet, CSV or JSON lines table, or of a folder with one.

    Raises InvalidError if it can't be read, UnavailableError if it takes too long.
    """
    command = [sys.executable, "-I", str(_READER), str(path), str(rows)]
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnavailableError(
            f"Reading {path.name} took more than {SECONDS} seconds",
            hint="Open its folder and look at the file with a tool of its own",
        ) from None
    if answer.returncode != 0:
        raise InvalidError(
            f"The table can't be read: {_last_line(answer.stderr)}",
            hint="Open its folder to look at the file itself",
        )
    return _preview(json.loads(answer.stdout))


def _preview(found: dict[str, Any]) -> TablePreview:
    return TablePreview(
        columns=tuple((str(name), str(kind)) for name, kind in found["columns"]),
        rows=tuple(tuple(row) for row in found["rows"]),
        total_rows=found["total"],
    )


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "its reader ended without a word"
