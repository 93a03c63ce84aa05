"""What a step's output holds, found out in a worker thread: table, plots or files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from studio.gui.viewers.table_reader import table_files

OutputKind: TypeAlias = Literal["table", "evaluation", "files"]
MOST_FILES, MOST_PLOTS = 500, 12
LARGEST_JSON = 16 << 20


@dataclass(frozen=True)
class FileEntry:
    """One file of an output; `path` is within it."""

    path: str
    bytes: int


@dataclass(frozen=True)
class OutputContent:
    """`metrics` and `plots` are an evaluation's (see the components' PLOTS.md)."""

    kind: OutputKind
    path: Path
    files: tuple[FileEntry, ...] = ()
    metrics: dict[str, float] = field(default_factory=dict)
    plots: tuple[dict[str, Any], ...] = ()


def look_into(path: Path, data_type: str) -> OutputContent:
    """What is at a path. An output that was removed has no files."""
    files = _files(path)
    if data_type == "mltable" or (path.is_file() and table_files(path)):
        return OutputContent("table", path, files)
    plots = tuple(_plots(path / "plots"))
    metrics = _json(path / "metrics.json")
    if plots or isinstance(metrics, dict):
        return OutputContent("evaluation", path, files, _numbers(metrics), plots)
    return OutputContent("files", path, files)


def _files(path: Path) -> tuple[FileEntry, ...]:
    if path.is_file():
        return (FileEntry(path.name, path.stat().st_size),)
    found = sorted(file for file in path.rglob("*") if file.is_file())
    return tuple(
        FileEntry(file.relative_to(path).as_posix(), file.stat().st_size)
        for file in found[:MOST_FILES]
    )


def _plots(folder: Path) -> list[dict[str, Any]]:
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.json"))[:MOST_PLOTS]
    return [plot for file in files if isinstance(plot := _json(file), dict)]


def _json(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST_JSON:
            return None
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _numbers(metrics: Any) -> dict[str, float]:
    if not isinstance(metrics, dict):
        return {}
    return {
        str(name): float(value)
        for name, value in metrics.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
