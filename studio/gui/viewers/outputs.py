"""What an output is, told from its files' names alone: nothing is parsed here.

facts = look_at(path)                  # in a task
facts.kind, facts.title, facts.size_bytes, facts.files
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

OutputKind: TypeAlias = Literal["table", "model", "evaluation", "text", "files", "gone"]
TABLES = (".parquet", ".csv", ".tsv", ".jsonl", ".ndjson")
TEXTS = (".json", ".txt", ".log", ".md", ".yml", ".yaml", ".py", ".sql", ".html")
MOST_TEXT, MOST_FILES, MOST_PLOTS = 400_000, 2_000, 12
TITLES: dict[OutputKind, str] = {
    "table": "Table",
    "model": "Model",
    "evaluation": "Evaluation",
    "text": "Text",
    "files": "Files",
    "gone": "Not here any more",
}


@dataclass(frozen=True)
class OutputFacts:
    """`files` are (name relative to the output, bytes), at most 2,000 of them."""

    path: Path
    kind: OutputKind
    size_bytes: int = 0
    files: tuple[tuple[str, int], ...] = ()

    @property
    def title(self) -> str:
        return TITLES[self.kind]


@dataclass(frozen=True)
class Evaluation:
    """Metrics and plots (JSON objects) of a step that judges a model."""

    metrics: Mapping[str, float]
    plots: tuple[Mapping[str, Any], ...]


def look_at(path: Path) -> OutputFacts:
    """Kind, size and files of an output on disk."""
    if path.is_file():
        size = path.stat().st_size
        return OutputFacts(path, _kind_of_file(path), size, ((path.name, size),))
    if not path.is_dir():
        return OutputFacts(path, "gone")
    files = [
        (file.relative_to(path).as_posix(), file.stat().st_size)
        for file in sorted(path.rglob("*"))
        if file.is_file()
    ]
    size = sum(count for _, count in files)
    names = [name for name, _ in files]
    return OutputFacts(path, _kind_of_folder(names), size, tuple(files[:MOST_FILES]))


def read_text(path: Path) -> str:
    """The beginning of a text file."""
    with path.open("rb") as file:
        text = file.read(MOST_TEXT + 1).decode(errors="replace")
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "\n…"


def read_evaluation(folder: Path) -> Evaluation:
    """What can be understood of an evaluation folder; the rest is left out."""
    found = _read_object(folder / "metrics.json")
    metrics = {key: float(value) for key, value in found.items() if _is_number(value)}
    files = sorted((folder / "plots").glob("*.json"))[:MOST_PLOTS]
    plots = [plot for plot in map(_read_object, files) if "kind" in plot]
    return Evaluation(metrics, tuple(plots))


def numbers(values: Any) -> list[float]:
    """A list of finite numbers. Raises ValueError for anything else."""
    if not isinstance(values, Sequence) or not all(_is_number(each) for each in values):
        raise ValueError("A plot holds something that isn't a number")
    return [float(each) for each in values]


def _kind_of_file(path: Path) -> OutputKind:
    ending = path.suffix.lower()
    if ending in TABLES:
        return "table"
    return "text" if ending in TEXTS else "files"


def _kind_of_folder(names: Sequence[str]) -> OutputKind:
    if "MLmodel" in names:
        return "model"
    if "metrics.json" in names or any(name.startswith("plots/") for name in names):
        return "evaluation"
    if "MLTable" in names or any(name.lower().endswith(TABLES) for name in names):
        return "table"
    return "files"


def _read_object(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(file))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)
