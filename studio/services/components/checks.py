"""What is wrong with a component's files while they are written; nothing is run."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.domain.component import Component
from studio.domain.errors import InvalidError, StudioError
from studio.interchange import located
from studio.interchange.component_yaml import COMPONENT_FILES, component_from
from studio.interchange.located import Key
from studio.interchange.python_functions import (
    MOST_BYTES,
    SHARED,
    BrokenFunction,
    functions_from,
    functions_in,
)
from studio.interchange.text_files import read_bytes

_LINE = re.compile(
    r"^(?P<where>.*?), line (?P<line>\d+)(?:, column \d+)?: (?P<what>.*)"
)
_PUT = "Put it there, or remove the line"
_SCRIPT = re.compile(r"\bpython\S*\s+(?:-\w\s+)*([\w./-]+\.py)\b")


@dataclass(frozen=True)
class Slip:
    """Something wrong at a line of a file (0: of the whole file)."""

    file: Path
    line: int
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Inspected:
    """What the texts make as they stand, and what is wrong with them."""

    components: tuple[Component, ...]
    slips: tuple[Slip, ...]


def inspect(place: Path, texts: Mapping[Path, str]) -> Inspected:
    """Look at the texts of a component's folder, or of a file of functions."""
    components: list[Component] = []
    slips: list[Slip] = []
    for file, text in texts.items():
        if file == place:
            found = _functions(file, text)
        elif file.parent == place and file.name in COMPONENT_FILES:
            found = _yaml(file, text, frozenset(texts))
        elif file.suffix == ".py":
            found = [slip] if (slip := _syntax(file, text)) else []
        else:
            continue
        components += [one for one in found if isinstance(one, Component)]
        slips += [one for one in found if isinstance(one, Slip)]
    return Inspected(tuple(components), tuple(slips))


def _functions(file: Path, text: str) -> list[Component | Slip]:
    try:
        found = functions_from(text, file)
    except StudioError as error:
        return [_slip(file, error)]
    if not found:
        hint = "Write @step above a function; its type hints become ports and fields"
        return [Slip(file, 0, "No function is marked as a step", hint)]
    slips = [missing] if (missing := missing_import(file, text)) else []
    return [
        *slips,
        *(
            _slip(file, one.error) if isinstance(one, BrokenFunction) else one
            for one in found
        ),
    ]


def _yaml(file: Path, text: str, there: frozenset[Path]) -> list[Component | Slip]:
    try:
        document = located.parse(text, str(file))
        component = component_from(document, folder=file.parent, source=file)
    except StudioError as error:
        return [_slip(file, error)]
    return [component, *_missing_code(file, document.line, component, there)]


def _missing_code(
    file: Path, line: Callable[..., int], component: Component, there: frozenset[Path]
) -> Iterator[Slip]:
    """Scripts that the command runs and nothing brings along."""
    code = component.code
    if code is not None and not code.exists():
        hint = "Write 'code: .' for the folder of component.yml itself"
        told = f"'code' names {code.name}, which isn't there"
        yield Slip(file, line("code"), told, hint)
        return
    for path in component.additional_includes:
        if not path.exists():
            told = f"'additional_includes' names {path.name}, which isn't there"
            yield Slip(file, line("additional_includes"), told, _PUT)
    brought = {path.name for path in component.additional_includes}
    for script in _SCRIPT.findall(component.command):
        root = file.parent if code is None else code
        known = root / script in there or (root / script).exists()
        if code is None:
            yield Slip(
                file,
                line("command"),
                f"The command runs {script}, but no code goes along",
                "Add 'code: .' to take the folder's files along",
            )
        elif not known and script not in brought:
            hint = f"Write {script}, or correct the command"
            told = f"The command runs {script}, which isn't there"
            yield Slip(file, line("command"), told, hint)


def why_unusable(component: Component) -> InvalidError | None:
    """What keeps a component that could be read from running; None if nothing."""
    file = component.source
    if file is None or file.name not in COMPONENT_FILES:
        return None
    if not any(_missing_code(file, _nowhere, component, frozenset())):
        return None
    line = located.read(file).line
    slip = next(_missing_code(file, line, component, frozenset()))
    return InvalidError(f"{file}, line {slip.line}: {slip.message}", slip.hint)


def steps_in(files: Iterable[Path]) -> Iterator[tuple[Path, Component | StudioError]]:
    """Every step of some Python files, or why it can't be one; nothing is run."""
    missing: dict[Path, Slip | None] = {}
    for file, one in functions_in(files):
        if isinstance(one, StudioError):
            yield file, one
            continue
        known = file in missing
        if not known:
            missing[file] = missing_import(file, file.read_text(errors="replace"))
        slip = missing[file]
        if slip is None:
            yield file, one
        elif not known:
            where = f"{file}, line {slip.line}"
            yield file, InvalidError(f"{where}: {slip.message}", slip.hint)


def seems_to_define(file: Path, name: str) -> bool:
    """Whether a file that can't be used is where a function is meant to be."""
    if file.stem == name:
        return True
    try:
        raw = read_bytes(file, MOST_BYTES, "a file with steps")
    except StudioError:
        return False
    defined = rf"^(async +)?def +{re.escape(name)}\b"
    return re.search(defined, raw.decode(errors="replace"), re.M) is not None


def missing_import(file: Path, text: str) -> Slip | None:
    """The first thing that a file imports unconditionally and that isn't there."""
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # told where it is read
    for node in tree.body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in (each.partition(".")[0] for each in names):
            if not _can_be_imported(file, name):
                told = f"It imports '{name}', which isn't installed"
                hint = "Install the package that brings it, or remove the import"
                return Slip(file, node.lineno, told, hint)
    return None


def _can_be_imported(file: Path, name: str) -> bool:
    """Looked up, never imported: that could run anything."""
    if name in sys.stdlib_module_names or f"{name}.py" in SHARED:
        return True
    if (file.parent / f"{name}.py").is_file() or name in sys.modules:
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def _nowhere(*_: Key) -> int:
    return 0


def _syntax(file: Path, text: str) -> Slip | None:
    try:
        ast.parse(text, str(file))
    except SyntaxError as error:
        return Slip(file, error.lineno or 0, error.msg, "Correct the Python code")
    except (ValueError, RecursionError, MemoryError) as error:
        return Slip(file, 0, f"Python can't read it: {error}", "Simplify the code")
    return None


def _slip(file: Path, error: StudioError) -> Slip:
    """An error's line and words, without the path that the editor shows anyway."""
    match = _LINE.match(error.message)
    if match is None or match["where"] != str(file):
        return Slip(file, 0, error.message.removeprefix(f"{file} "), error.hint)
    what = match["what"]
    return Slip(file, int(match["line"]), what[:1].upper() + what[1:], error.hint)
