"""The first rows of a table, read in another process: a hostile file can't hurt us.

tasks.run(partial(preview, path), done=view.show_table, failed=view.show_failure)
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.domain.errors import InvalidError, UnavailableError

ROWS, SECONDS = 200, 30.0
_READER = "studio.gui.viewers.table_reader"
_PACKAGE_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class TableHead:
    """Columns with their Arrow types, and the first rows; `total` is of all rows."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int | None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)


def preview(path: Path, rows: int = ROWS, seconds: float = SECONDS) -> TableHead:
    """Read the head of a table folder or file; takes about half a second.

    InvalidError if it can't be read, UnavailableError if that takes too long.
    """
    answer = _ask(path, rows, seconds)
    if "error" in answer:
        raise InvalidError(
            f"The table {path.name} can't be read: {answer['error']}",
            "Run the step again, or look at its files",
        )
    return TableHead(
        tuple((name, kind) for name, kind in answer["columns"]),
        tuple(tuple(row) for row in answer["rows"]),
        answer["total"],
    )


def _ask(path: Path, rows: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", _READER, str(path), str(rows)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=seconds,
            cwd=_PACKAGE_ROOT,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise UnavailableError(
            f"Reading the table {path.name} took longer than {seconds:.0f} s",
            "Look at a smaller table, or open the file with a tool of your own",
        ) from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        return {
            "error": words[-1] if words else f"the reader ended ({done.returncode})"
        }
    return answer
