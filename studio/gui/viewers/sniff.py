"""What a file is by its first bytes: stored outputs have no ending to go by."""

from __future__ import annotations

import csv
from pathlib import Path

HEAD = 16_384
_PARQUET = b"PAR1"


def is_parquet(file: Path) -> bool:
    return _head(file, len(_PARQUET)) == _PARQUET


def is_text(file: Path) -> bool:
    """Whether a file begins with UTF-8 (an empty one does)."""
    return head_text(file) is not None


def head_text(file: Path) -> str | None:
    """The beginning of a text file; None if it is none."""
    head = _head(file, HEAD)
    if b"\0" in head:
        return None
    for cut in range(4):  # the last letter may be cut in two
        try:
            return head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            if len(head) < HEAD:
                return None
    return None


def delimiter(file: Path) -> str:
    """What parts the columns of a file: `,`, `;` or a tab; "" if it is no table."""
    text = head_text(file)
    if text is None:
        return ""
    lines = text.splitlines()
    whole = lines[:-1] if len(text) >= HEAD // 4 else lines
    found = [mark for mark in ",;\t" if _has_columns(whole, mark)]
    return max(found, key=whole[0].count) if found else ""


def _has_columns(lines: list[str], mark: str) -> bool:
    try:
        rows = [row for row in csv.reader(lines, delimiter=mark) if row]
    except csv.Error:
        return False
    return len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1


def _head(file: Path, count: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(count)
    except OSError:
        return b""
