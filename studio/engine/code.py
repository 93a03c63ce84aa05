"""The code a step brings: its folder and what it includes, as one flat snapshot."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from studio.domain.component import Component
from studio.domain.errors import InvalidError

MOST_FILES = 50_000
_ALWAYS_IGNORED = ("__pycache__", ".git", ".ipynb_checkpoints", ".venv", "*.pyc")
_IGNORE_FILES = (".amlignore", ".gitignore")


def code_files(component: Component) -> dict[str, Path]:
    """Relative name -> file. An included file or folder lands at the root.

    InvalidError if the component names code that isn't there.
    """
    files: dict[str, Path] = {}
    for path in (component.code, *component.additional_includes):
        if path is None:
            continue
        if not path.exists():
            raise InvalidError(
                f"Component '{component.name}' needs {path}, which doesn't exist",
                hint="Put the code there, or correct the component's YAML",
            )
        if path.is_file():
            files[path.name] = path
        else:
            prefix = "" if path == component.code else f"{path.name}/"
            files |= {prefix + name: file for name, file in _below(path)}
    return files


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    patterns = _ignored(folder)
    found = list(islice(_walk(folder, folder, patterns), MOST_FILES + 1))
    if len(found) > MOST_FILES:
        raise InvalidError(
            f"The code folder {folder} holds more than {MOST_FILES:,} files",
            "Name a folder that holds the code alone, or list the rest in .amlignore",
        )
    for path in sorted(found):
        yield path.relative_to(folder).as_posix(), path


def _walk(
    folder: Path, root: Path, patterns: list[str], above: frozenset[str] = frozenset()
) -> Iterator[Path]:
    """A link to a folder that holds it is not followed."""
    above |= {os.path.realpath(folder)}
    for entry in folder.iterdir():
        name = entry.relative_to(root).as_posix()
        if any(_matches(name, entry.name, pattern) for pattern in patterns):
            continue
        if entry.is_dir():
            if os.path.realpath(entry) not in above:
                yield from _walk(entry, root, patterns, above)
        elif entry.is_file():
            yield entry


def _ignored(folder: Path) -> list[str]:
    """Patterns of .amlignore, else of .gitignore, as Azure ML reads them."""
    for name in _IGNORE_FILES:
        if (folder / name).is_file():
            lines = (folder / name).read_text(errors="replace").splitlines()
            written = [line.strip() for line in lines]
            return [*_ALWAYS_IGNORED, *(w for w in written if w and w[0] not in "#!")]
    return list(_ALWAYS_IGNORED)


def _matches(path: str, name: str, pattern: str) -> bool:
    pattern = pattern.rstrip("/")
    if "/" in pattern:
        return fnmatch.fnmatch(path, pattern.lstrip("/"))
    return fnmatch.fnmatch(name, pattern)
