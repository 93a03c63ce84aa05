"""What a step's output is and holds, found out in a worker thread."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from studio.domain.metrics import NOT_FINITE, from_word
from studio.services.tables.files import (
    TABLE_ENDINGS,
    delimiter,
    is_json_lines,
    is_parquet,
    is_text,
)

OutputKind: TypeAlias = Literal[
    "table", "model", "evaluation", "images", "text", "files", "gone"
]
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
_MARKS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
TEXTS = (".json", ".txt", ".log", ".md", ".yml", ".yaml", ".py", ".sql", ".html")
TITLES: dict[OutputKind, str] = {
    "table": "Table",
    "model": "Model",
    "evaluation": "Evaluation",
    "images": "Images",
    "text": "Text",
    "files": "Files",
    "gone": "Removed",
}
MOST_FILES, MOST_PLOTS = 500, 12
LARGEST_JSON, MOST_TEXT = 16 << 20, 400_000


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

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    @property
    def size_bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def look_into(path: Path) -> OutputContent:
    """What is at a path, by what its files are called and begin with."""
    files = _files(path)
    if not files:
        return OutputContent("files" if path.is_dir() else "gone", path)
    if path.is_file():
        return OutputContent(_kind_of_file(path), path, files)
    names = {file.path for file in files}
    if "MLTable" in names:
        return OutputContent("table", path, files)
    if "MLmodel" in names:
        return OutputContent("model", path, files)
    plots, metrics = tuple(_plots(path / "plots")), _json(path / "metrics.json")
    if plots or isinstance(metrics, dict):
        return OutputContent("evaluation", path, files, _numbers(metrics), plots)
    tables = any(
        name.lower().endswith(TABLE_ENDINGS) for name in names if "/" not in name
    )
    if tables:
        return OutputContent("table", path, files)
    pictures = [name for name in names if name.lower().endswith(IMAGES)]
    mostly = 2 * len(pictures) >= len(names)
    return OutputContent("images" if mostly else "files", path, files)


def read_text(path: Path) -> str:
    """The beginning of a text file."""
    with path.open("rb") as file:
        text = file.read(MOST_TEXT + 1).decode(errors="replace")
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "\n…"


def _kind_of_file(file: Path) -> OutputKind:
    ending = file.suffix.lower()
    if ending in TABLE_ENDINGS or is_parquet(file) or is_json_lines(file):
        return "table"
    if ending in TEXTS:
        return "text"
    if ending in IMAGES or _begins_as_image(file):
        return "images"
    if not is_text(file):
        return "files"
    return "table" if delimiter(file) else "text"


def images_of(content: OutputContent) -> list[Path]:
    """The image files of an output."""
    if content.path.is_file():
        return [content.path]
    shown = (f.path for f in content.files if f.path.lower().endswith(IMAGES))
    return [content.path / name for name in shown]


def _begins_as_image(file: Path) -> bool:
    with file.open("rb") as opened:
        head = opened.read(16)
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return webp or (head.startswith(_MARKS) and not is_text(file))


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
    return {str(k): from_word(v) for k, v in metrics.items() if _is_number(v)}


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value in NOT_FINITE
    return isinstance(value, int | float) and not isinstance(value, bool)
