"""The dependencies of a pyproject.toml, of the standard or of Poetry, as a text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.domain.errors import InvalidError
from studio.domain.imported_environment import ImportedEnvironment, nearest_python
from studio.domain.requirement_lines import normal_name
from studio.interchange.requirements_file import import_requirements
from studio.interchange.text_files import as_text, read_bytes

_MOST_BYTES = 1 << 20
_PYTHONS = tuple(f"3.{minor}" for minor in range(8, 16))
_OWN = re.compile(r"([A-Za-z0-9._-]+)\s*\[([^\]]*)\]\s*(?:;.*)?$")


def import_pyproject(path: Path, extras: Collection[str] = ()) -> ImportedEnvironment:
    """What a project needs to run, with those of its extras or groups.

    InvalidError where it can't be read, or has no such extra.
    """
    data = _read(path)
    poetry = _table(_table(data, "tool"), "poetry")
    if "project" not in data and poetry:
        reading: _Standard | _Poetry = _Poetry(poetry)
    else:
        reading = _Standard(data, path)
    lines = [*reading.lines(), *_of_extras(reading, extras, path)]
    text = "\n".join(dict.fromkeys(lines)).strip() + "\n"
    python = _python(reading.requires_python)
    project = _table(data, "project") or poetry
    name = str(project.get("name", ""))
    notes = tuple(reading.notes)
    return ImportedEnvironment("pip", text, python, notes, str(path), name)


def extras_of(path: Path) -> Sequence[str]:
    """The names that can be given to `import_pyproject`."""
    data = _read(path)
    poetry = _table(_table(data, "tool"), "poetry")
    reading = _Poetry(poetry) if "project" not in data else _Standard(data, path)
    return sorted(reading.extras())


class _Standard:
    def __init__(self, data: Mapping[str, Any], path: Path) -> None:
        self._project = _table(data, "project")
        self._groups = _table(data, "dependency-groups")
        self._dynamic = _table(_table(data, "tool"), "setuptools", "dynamic")
        self._path = path
        self.notes: list[str] = []
        self.requires_python = str(self._project.get("requires-python", ""))
        self._name = normal_name(str(self._project.get("name", "")))

    def lines(self) -> Sequence[str]:
        if "dependencies" in _texts(self._project.get("dynamic")):
            return self._named_elsewhere()
        return self._flat(_texts(self._project.get("dependencies")), set())

    def extras(self) -> Mapping[str, Sequence[str]]:
        optional = _table(self._project, "optional-dependencies")
        found = {name: self._flat(_texts(v), {name}) for name, v in optional.items()}
        grouped = {name: [*self._group(name, set())] for name in self._groups}
        return {**grouped, **found}

    def _flat(self, lines: Sequence[str], seen: set[str]) -> list[str]:
        """Extras of the project itself are its own lines, not a package to install."""
        found: list[str] = []
        for line in lines:
            own = _OWN.match(line)
            if own is None or normal_name(own[1]) != self._name:
                found.append(line)
                continue
            optional = _table(self._project, "optional-dependencies")
            for extra in {each.strip() for each in own[2].split(",")} - seen:
                found += self._flat(_texts(optional.get(extra)), seen | {extra})
        return found

    def _group(self, name: str, seen: set[str]) -> Iterator[str]:
        lines = self._groups.get(name)
        for line in lines if isinstance(lines, list) else []:
            if isinstance(line, str):
                yield line
            elif isinstance(line, dict):
                inner = str(line.get("include-group", ""))
                if inner in self._groups and inner not in seen:
                    yield from self._group(inner, {*seen, name})

    def _named_elsewhere(self) -> Sequence[str]:
        files = _table(self._dynamic, "dependencies").get("file", [])
        found: list[str] = []
        for name in [files] if isinstance(files, str) else _texts(files):
            brought = import_requirements(self._path.parent / name, self._path.parent)
            found += brought.text.splitlines()
            self.notes += brought.notes
        if not found:
            self.notes.append(
                "The project works its dependencies out when it is built; they could "
                "not be read. Import them from an interpreter that has it installed"
            )
        return found


class _Poetry:
    def __init__(self, poetry: Mapping[str, Any]) -> None:
        self._poetry = poetry
        self.notes: list[str] = []
        main = _table(poetry, "dependencies")
        self.requires_python = _bounds(str(main.get("python", "")))

    def lines(self) -> Sequence[str]:
        return [*self._of(_table(self._poetry, "dependencies"), optional=False)]

    def extras(self) -> Mapping[str, Sequence[str]]:
        main = _table(self._poetry, "dependencies")
        found = {}
        for name, members in _table(self._poetry, "extras").items():
            chosen = {each: main[each] for each in _texts(members) if each in main}
            found[name] = [*self._of(chosen, optional=True)]
        for name, group in _table(self._poetry, "group").items():
            within = _table(group, "dependencies") if isinstance(group, dict) else {}
            found[name] = [*self._of(within, optional=True)]
        return found

    def _of(self, table: Mapping[str, Any], *, optional: bool) -> Iterator[str]:
        for name, said in table.items():
            for each in said if isinstance(said, list) else [said]:
                if name != "python" and (line := self._line(name, each, optional)):
                    yield line

    def _line(self, name: str, said: Any, optional: bool) -> str:
        if isinstance(said, str):
            return name + _bounds(said)
        if not isinstance(said, dict) or (said.get("optional") and not optional):
            return ""
        if {"path", "git", "url"} & said.keys():
            self.notes.append(f"{name} comes from a place, not an index: left out")
            return ""
        extras = ",".join(_texts(said.get("extras")))
        line = name + (f"[{extras}]" if extras else "")
        line += _bounds(str(said.get("version", "*")))
        return line + (f" ; {said['markers']}" if said.get("markers") else "")


def _bounds(text: str) -> str:
    """Poetry's `^1.2` and `~1.2` in the words of the standard."""
    return ",".join(filter(None, map(_bound, text.replace(" ", "").split(","))))


def _bound(text: str) -> str:
    found = re.fullmatch(r"([\^~]?)=?(\d+(?:\.\d+)*)((?:\.\*)?)\S*", text)
    if text in ("", "*") or found is None:
        return "" if text in ("", "*") else text
    if not found[1]:
        return f"=={found[2]}{found[3]}"
    numbers = [int(each) for each in found[2].split(".")]
    if found[1] == "~":
        place = min(1, len(numbers) - 1)
    else:
        place = next((at for at, n in enumerate(numbers) if n), len(numbers) - 1)
    below = [*numbers[:place], numbers[place] + 1]
    return f">={found[2]},<{'.'.join(map(str, below))}"


def _of_extras(
    reading: _Standard | _Poetry, wanted: Collection[str], path: Path
) -> Iterator[str]:
    there = reading.extras() if wanted else {}
    for extra in wanted:
        if extra not in there:
            known = ", ".join(sorted(there)) or "none"
            raise InvalidError(f"{path} has no extra '{extra}'", f"It has: {known}")
        yield from there[extra]


def _python(requires: str) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not requires:
        return ""
    try:
        allowed = SpecifierSet(requires)
    except InvalidSpecifier:
        return ""
    return nearest_python([each for each in _PYTHONS if f"{each}.20" in allowed])


def _read(path: Path) -> Mapping[str, Any]:
    text = as_text(read_bytes(path, _MOST_BYTES, "a pyproject.toml"), path)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        told = str(error) or "nested too deeply"
        raise InvalidError(f"{path} isn't valid TOML: {told}", "Correct it") from error


def _table(data: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        inner = data.get(name)
        data = inner if isinstance(inner, dict) else {}
    return data


def _texts(value: Any) -> list[str]:
    return [e for e in value if isinstance(e, str)] if isinstance(value, list) else []
