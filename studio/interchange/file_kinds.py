"""What a file or folder is to a pipeline: told by name, YAML by its keys."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Literal, TypeAlias

from studio.interchange import located

FileKind: TypeAlias = Literal[
    "table", "model", "pipeline", "component", "environment", "other"
]

TABLES = frozenset({".csv", ".tsv", ".txt", ".parquet", ".json", ".jsonl", ".ndjson"})
MODELS = frozenset({".onnx", ".pkl", ".pickle", ".joblib", ".skops"})
_YAML = frozenset({".yml", ".yaml"})
_ENVIRONMENTS = (
    "requirements*.txt",
    "conda.y*ml",
    "environment.y*ml",
    "pyproject.toml",
    "*.lock",
)
_DECLARING = frozenset({"dependencies", "conda_file", "image", "build"})
"""Keys of conda's and of Azure ML's YAML of environments."""
_FOLDERS: tuple[tuple[str, FileKind], ...] = (
    ("MLmodel", "model"),
    ("component.yml", "component"),
    ("component.yaml", "component"),
    ("pipeline.yml", "pipeline"),
    ("pipeline.yaml", "pipeline"),
    ("MLTable", "table"),
)


def kind_of(path: Path) -> FileKind:
    """What a path is; reads YAML files. InvalidError says where one is wrong."""
    if path.is_dir():
        return _folder(path)
    kind = kind_by_name(path)
    if kind == "other" and path.suffix.lower() in _YAML:
        return _yaml(path)
    return kind


def kind_by_name(path: Path) -> FileKind:
    """A guess that reads nothing: YAML is "other"."""
    name, ending = path.name, path.suffix.lower()
    if name == "Dockerfile":
        return "environment"
    if any(fnmatch(name.lower(), pattern) for pattern in _ENVIRONMENTS):
        return "environment"
    if name == "MLmodel" or ending in MODELS:
        return "model"
    return "table" if ending in TABLES else "other"


def _folder(path: Path) -> FileKind:
    for name, kind in _FOLDERS:
        if (path / name).is_file():
            return kind
    inside = {kind_by_name(file) for file in path.iterdir() if file.is_file()}
    if "table" in inside:
        return "table"
    declares = "environment" in inside or (path / "Dockerfile").is_file()
    return "environment" if declares else "other"


def _yaml(path: Path) -> FileKind:
    document = located.read(path)
    keys = document.data.keys() if isinstance(document.data, dict) else set()
    if "jobs" in keys:
        return "pipeline"
    if "command" in keys and "name" in keys:
        return "component"
    return "environment" if keys & _DECLARING else "other"
