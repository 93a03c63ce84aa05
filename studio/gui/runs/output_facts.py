"""What an output is, for a list of outputs and for the view of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from studio.gui.viewers.outputs import FileEntry, OutputContent, look_into

Kind: TypeAlias = Literal["table", "model", "evaluation", "text", "files", "gone"]
TABLES = (".parquet", ".csv", ".tsv")
TEXTS = (".json", ".txt", ".log", ".md", ".yml", ".yaml", ".py", ".sql", ".html")
MOST_TEXT = 400_000
TITLES: dict[Kind, str] = {
    "table": "Table",
    "model": "Model",
    "evaluation": "Evaluation",
    "text": "Text",
    "files": "Files",
    "gone": "Removed",
}


@dataclass(frozen=True)
class OutputFacts:
    """An output on disk: what kind it is, and what was found in it."""

    path: Path
    kind: Kind
    content: OutputContent

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    @property
    def files(self) -> tuple[FileEntry, ...]:
        return self.content.files

    @property
    def size_bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def look_at(path: Path) -> OutputFacts:
    """Kind, files and (of an evaluation) metrics and plots of an output."""
    table = _is_table(path)
    if path.is_file() and not table:
        alone = (FileEntry(path.name, path.stat().st_size),)
        content = OutputContent("files", path, alone)
    else:
        content = look_into(path, "mltable" if table else "uri_folder")
    return OutputFacts(path, _kind(path, content), content)


def read_text(path: Path) -> str:
    """The beginning of a text file."""
    with path.open("rb") as file:
        text = file.read(MOST_TEXT + 1).decode(errors="replace")
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "\n…"


def _is_table(path: Path) -> bool:
    if path.is_file():
        return path.suffix.lower() in TABLES
    if not path.is_dir() or (path / "MLmodel").exists():
        return False
    names = [file.name for file in path.iterdir()]
    return "MLTable" in names or any(n.lower().endswith(TABLES) for n in names)


def _kind(path: Path, content: OutputContent) -> Kind:
    if not content.files and not path.exists():
        return "gone"
    if content.kind != "files":
        return content.kind
    if any(file.path == "MLmodel" for file in content.files):
        return "model"
    text = path.is_file() and path.suffix.lower() in TEXTS
    return "text" if text else "files"
