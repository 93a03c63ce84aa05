"""The workspace's own components as files: made, copied, edited, watched."""

from __future__ import annotations

import ast
import importlib.util
import keyword
import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path

from studio.domain.component import Component
from studio.domain.errors import InvalidError, RefusedError, StudioError
from studio.engine.code import code_files
from studio.interchange.component_copy import copy_component
from studio.interchange.component_templates import (
    component_name,
    folder_texts,
    function_text,
)
from studio.interchange.python_functions import SHARED, functions_from
from studio.interchange.text_files import as_text, read_bytes
from studio.services.components.service import ComponentService
from studio.storage.database import Database
from studio.storage.files import write_atomically

TEXTS = (".yml", ".yaml", ".py", ".sql", ".json", ".toml", ".cfg", ".txt", ".md")
MOST_BYTES = 1024 * 1024
MOST_FILES = 5_000
_DECORATED = re.compile(r"^@(?:\w+\.)?step\b", re.MULTILINE)
_FUNCTION = re.compile(r"^def +\w+ *\(", re.MULTILINE)
_SKIPPED = ("__pycache__", ".")

Stamp = Mapping[Path, tuple[int, int]]


class OwnComponents:
    """Writes go through a file beside: a crash leaves the old text or the new one."""

    def __init__(
        self, folder: Path, components: ComponentService, database: Database
    ) -> None:
        self.folder = folder
        self._components, self._database = components, database

    # -- looking --------------------------------------------------------------------

    def stamp(self) -> Stamp:
        """When each file of own components was changed, and its size."""
        found: dict[Path, tuple[int, int]] = {}
        for path in _files_below(self.folder):
            try:
                about = path.stat()
            except OSError:
                continue
            found[path] = (about.st_mtime_ns, about.st_size)
        return found

    def owner(self, path: Path) -> Path:
        """The component's folder, or the file of functions, that a file belongs to."""
        inside = path.relative_to(self.folder)
        return self.folder / inside.parts[0]

    def is_own(self, path: Path) -> bool:
        return path != self.folder and path.is_relative_to(self.folder)

    def files(self, place: Path) -> tuple[Path, ...]:
        """The files to edit, the most telling first: of a component's folder, or of a
        Python file with the own modules beside it that it imports."""
        if place.is_dir():
            own = [p for p in _files_below(place) if p.suffix.lower() in TEXTS]
            return tuple(sorted(own, key=partial(_rank, place)))
        beside: list[Path] = []
        try:
            found = functions_from(self.read(place), place)
        except StudioError:
            found = []
        for one in found:
            if isinstance(one, Component):
                beside += one.additional_includes
        own = [path for path in beside if path.parent == place.parent]
        return tuple(dict.fromkeys([place, *own]))

    def read(self, file: Path) -> str:
        """The text of a file. InvalidError if it is none, or a very large one."""
        raw = read_bytes(file, MOST_BYTES, "the editor")
        return as_text(raw, file).replace("\r\n", "\n")

    # -- writing --------------------------------------------------------------------

    def save(self, file: Path, text: str, *, before: str | None) -> None:
        """Write an edited file. RefusedError if it isn't what it was `before`; None
        writes over whatever is there."""
        if not self.is_own(file):
            raise RefusedError(
                f"{file.name} comes with the program", "Edit a copy of the component"
            )
        known = (None, before, text)
        if before is not None and file.exists() and self._text_of(file) not in known:
            raise RefusedError(
                f"{file.name} was changed outside",
                "Look at what it says now, or write over it",
            )
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
        write_atomically(file, text.encode(), mode=mode)
        self._tell("ComponentEdited", self.owner(file).stem)

    def new_function(self, title: str) -> Path:
        """A Python file with a function that is a step already."""
        name = self._free(title)
        file = self.folder / f"{name}.py"
        self._make({file: function_text(name, " ".join(title.split()))}, name)
        return file

    def new_folder(self, title: str) -> Path:
        """A folder with component.yml and a script."""
        name = self._free(title)
        place = self.folder / name
        texts = folder_texts(name, " ".join(title.split()))
        self._make({place / file: text for file, text in texts.items()}, name)
        return place

    def take_functions(self, source: str) -> tuple[Path, tuple[str, ...]]:
        """Write Python text with steps into a file of its own; the file and the names.

        InvalidError if it holds none, or one that can't be a step; RefusedError if a
        name is taken. The same text again is the file that is there. Where no function
        is marked, the last one is the step.
        """
        source = _decorated(source)
        found = functions_from(source, Path("The pasted text"))
        names = tuple(one.name for one in found)
        if not names:
            raise InvalidError(
                "The text has no function with @step", "Decorate a function with @step"
            )
        file = self.folder / f"{names[0]}.py"
        whole = _with_imports(source)
        if self._text_of(file) == whole:
            return file, names
        for name in names:
            self._free(name)
        for one in functions_from(whole, file):
            if not isinstance(one, Component):
                raise one.error
        self._make({file: whole}, names[0])
        return file, names

    def copy_of(self, component: Component) -> Path:
        """A copy of a component that comes with the program; it takes its place."""
        if component.source is None:
            raise RefusedError(
                f"Component '{component.name}' has no files", "Choose another one"
            )
        if not component.built_in:
            return self.owner(component.source)
        target = self.folder / component.name
        if target.exists():
            raise RefusedError(
                f"The workspace has a folder '{component.name}' already",
                f"Remove or rename {target}",
            )
        copy_component(component, code_files(component), target)
        self._tell("ComponentImported", component.name)
        return target

    # -- inside ---------------------------------------------------------------------

    def _free(self, title: str) -> str:
        """The name that a title gives, if nothing else has it."""
        name = component_name(title)
        if not name.isidentifier() or keyword.iskeyword(name):
            raise InvalidError(
                f"'{title}' can't name a component",
                "Use letters, digits and '_'; start with a letter",
            )
        known = {component.name: component for component in self._components.list()}
        places = (self.folder / name, self.folder / f"{name}.py")
        if name in known or any(place.exists() for place in places):
            raise RefusedError(
                f"There is a component '{name}' already", "Choose another name"
            )
        if _is_package(name):
            raise RefusedError(
                f"'{name}' is the name of a Python package: code that imports it would "
                "get the step instead",
                f"Choose another name, for example '{name}_step'",
            )
        return name

    def _make(self, texts: Mapping[Path, str], name: str) -> None:
        for file, text in texts.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, text.encode())
        self._tell("ComponentImported", name)

    def _text_of(self, file: Path) -> str | None:
        try:
            return self.read(file)
        except StudioError:
            return None

    def _tell(self, event: str, name: str) -> None:
        with self._database.write() as tx:
            tx.record(event, name)


def has_steps(text: str) -> bool:
    """Whether text seems to be Python with steps, or with a function that can be one;
    it may still have errors."""
    return bool(_DECORATED.search(text) or _FUNCTION.search(text))


def _decorated(source: str) -> str:
    """The text with its last function made a step, if none is marked as one."""
    if _DECORATED.search(source) or not _FUNCTION.search(source):
        return source
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source  # what is wrong is told when the functions are read
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not found:
        return source
    node = found[-1]
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
    lines = source.splitlines()
    return "\n".join([*lines[:first], "@step", *lines[first:]]) + "\n"


def _with_imports(source: str) -> str:
    """Pasted text with the imports that it evidently means."""
    tree = ast.parse(source)
    bound = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    lines = []
    if "pd" in used - bound:
        lines.append("import pandas as pd")
    if "np" in used - bound:
        lines.append("import numpy as np")
    if meant := sorted({"step", "Model", "Folder"} & used - bound):
        lines.append(f"from studio.step import {', '.join(meant)}")
    written = source.strip("\n").splitlines()
    shift = len(source) - len(source.lstrip("\n"))
    ends = [
        node.end_lineno or 0
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    at = max(ends, default=shift) - shift
    gap = [""] * 2 if lines else []
    whole = [*written[:at], *lines, *gap, *written[at:]]
    return "\n".join(whole) + "\n"


def _files_below(folder: Path) -> Iterator[Path]:
    """Files in a stable order; caches and hidden ones are left out.

    Each folder is looked into once, and no more files than MOST_FILES: a link may
    lead to itself, or to a whole disk.
    """
    yield from islice(_walk(folder, set()), MOST_FILES)


def _walk(folder: Path, seen: set[str]) -> Iterator[Path]:
    place = os.path.realpath(folder)
    if place in seen:
        return
    seen.add(place)
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        if entry.name.startswith(_SKIPPED):
            continue
        try:
            below = entry.is_dir()
        except OSError:
            below = False
        if below:
            yield from _walk(Path(entry), seen)
        else:
            yield Path(entry)


def _rank(place: Path, file: Path) -> tuple[int, str]:
    order = {".yml": 0, ".yaml": 0, ".py": 1}
    depth = len(file.relative_to(place).parts)
    return (10 * depth + order.get(file.suffix.lower(), 2), file.name)


def _is_package(name: str) -> bool:
    if name in sys.stdlib_module_names or f"{name}.py" in SHARED:
        return True
    return importlib.util.find_spec(name) is not None
