"""What is wrong with a component's files while they are written; nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.domain.component import Component
from studio.domain.errors import StudioError
from studio.interchange import located
from studio.interchange.component_yaml import COMPONENT_FILES, component_from
from studio.interchange.python_functions import BrokenFunction, functions_from

_LINE = re.compile(
    r"^(?P<where>.*?), line (?P<line>\d+)(?:, column \d+)?: (?P<what>.*)"
)
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
    return [
        _slip(file, one.error) if isinstance(one, BrokenFunction) else one
        for one in found
    ]


def _yaml(file: Path, text: str, there: frozenset[Path]) -> list[Component | Slip]:
    try:
        document = located.parse(text, str(file))
        component = component_from(document, folder=file.parent, source=file)
    except StudioError as error:
        return [_slip(file, error)]
    return [component, *_missing_code(file, document.line("command"), component, there)]


def _missing_code(
    file: Path, line: int, component: Component, there: frozenset[Path]
) -> Iterator[Slip]:
    """Scripts that the command runs and nothing brings along."""
    code = component.code
    if code is not None and not code.exists():
        yield Slip(file, 0, f"'code' names {code.name}, which isn't there")
        return
    brought = {path.name for path in component.additional_includes}
    for script in _SCRIPT.findall(component.command):
        root = file.parent if code is None else code
        known = root / script in there or (root / script).exists()
        if code is None:
            yield Slip(
                file,
                line,
                f"The command runs {script}, but no code goes along",
                "Add 'code: .' to take the folder's files along",
            )
        elif not known and script not in brought:
            hint = f"Write {script}, or correct the command"
            yield Slip(
                file, line, f"The command runs {script}, which isn't there", hint
            )


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
