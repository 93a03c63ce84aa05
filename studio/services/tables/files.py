"""Which files make a table; stored files have no ending, so first bytes tell."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

TableFormat: TypeAlias = Literal["parquet", "csv", "json"]

HEAD = 16_384
_PARQUET = b"PAR1"
_ENDINGS: tuple[tuple[TableFormat, tuple[str, ...]], ...] = (
    ("parquet", (".parquet",)),
    ("csv", (".csv", ".tsv", ".txt")),
    ("json", (".jsonl", ".ndjson")),
)
TABLE_ENDINGS = (".parquet", ".csv", ".tsv", ".jsonl", ".ndjson")
"""What names a table for sure (a .txt need not be one)."""


@dataclass(frozen=True)
class TableSource:
    """What a reader is told of a table; `path` is what a person knows it by."""

    path: Path
    files: tuple[Path, ...]
    format: TableFormat
    delimiter: str = ""

    @property
    def asked(self) -> dict[str, Any]:
        """In JSON's types."""
        return {
            "files": [str(file) for file in self.files],
            "format": self.format,
            "delimiter": self.delimiter,
        }


def table_source(path: Path) -> TableSource | None:
    """The table at a path: a file, or the files of a folder; None if there is none."""
    if path.is_file():
        return TableSource(path, (path,), *_format_of(path))
    if (path / "MLmodel").exists():
        return None  # what lies in a model's folder are its requirements
    for format, endings in _ENDINGS:
        found = sorted(f for f in path.rglob("*") if f.suffix.lower() in endings)
        if found:
            mark = (delimiter(found[0]) or ",") if format == "csv" else ""
            return TableSource(path, tuple(found), format, mark)
    return None


def _format_of(file: Path) -> tuple[TableFormat, str]:
    ending = file.suffix.lower()
    if ending == ".parquet" or is_parquet(file):
        return "parquet", ""
    if ending in (".jsonl", ".ndjson") or is_json_lines(file):
        return "json", ""
    return "csv", delimiter(file) or ("\t" if ending == ".tsv" else ",")


def is_parquet(file: Path) -> bool:
    return _head(file, len(_PARQUET)) == _PARQUET


def is_json_lines(file: Path) -> bool:
    """Whether a file begins with a JSON object that ends with its line."""
    first, _, rest = (head_text(file) or "").partition("\n")
    return first.startswith("{") and first.rstrip().endswith("}") and bool(rest)


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
