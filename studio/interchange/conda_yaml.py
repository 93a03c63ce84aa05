"""conda's environment.yml, read with the line of every problem, and written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.domain.conda import DEFAULT_CHANNELS, Asked, CondaDeclaration
from studio.domain.errors import InvalidError
from studio.domain.match_spec import MatchSpec, parse_match_spec
from studio.domain.requirement_lines import has_literal_credentials
from studio.domain.text_problem import Severity, TextProblem, errors_of, refuse_errors
from studio.interchange import located
from studio.interchange.located import Document, Key
from studio.interchange.text_files import as_text, read_bytes

_KNOWN = ("name", "channels", "dependencies", "variables", "prefix", "platforms")
_IGNORED = ("prefix", "platforms")
_CREDENTIALS = re.compile(r"://[^/@]*[^/@$}][^/@]*@|/t/(?!\$)[^/]+/")
_PLACE = re.compile(r"[^\n]*?, line (\d+)(?:, column \d+)?: (.*)", re.DOTALL)
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class CondaYaml:
    """What a file asks for, and what is wrong with it; both, as far as can be read."""

    declaration: CondaDeclaration
    problems: tuple[TextProblem, ...] = ()

    @property
    def errors(self) -> tuple[TextProblem, ...]:
        return errors_of(self.problems)

    def declared(self, file: str = "environment.yml") -> CondaDeclaration:
        """What it asks for. InvalidError, with file and line, where it has errors."""
        refuse_errors(self.problems, file)
        return self.declaration


def read_conda_file(path: Path) -> CondaYaml:
    """StudioError if the file can't be read at all."""
    raw = read_bytes(path, _MOST_BYTES, "an environment.yml")
    return read_conda_yaml(as_text(raw, path))


def read_conda_yaml(text: str) -> CondaYaml:
    """Never fails: what can't be read is a problem at its line."""
    if not text.strip():
        empty = TextProblem(
            1,
            1,
            "The file is empty",
            "Write 'dependencies:' and '- python=3.11' below it",
        )
        return CondaYaml(CondaDeclaration(), (empty,))
    try:
        return conda_part(located.parse(text, "environment.yml"))
    except InvalidError as error:
        return CondaYaml(CondaDeclaration(), (_of_yaml(error),))


def _of_yaml(error: InvalidError) -> TextProblem:
    """The error of text that isn't YAML at all, told at the line it names."""
    found = _PLACE.match(error.message)
    line, told = (int(found[1]), found[2]) if found else (1, error.message)
    return TextProblem(line, 1, told[:1].upper() + told[1:], error.hint)


def conda_part(document: Document, *path: Key) -> CondaYaml:
    """The environment that is written at `path`, like Azure ML's inline conda_file."""
    reading = _Reading(document, path)
    reading.read()
    problems = tuple(sorted(reading.problems, key=lambda each: each.line))
    return CondaYaml(reading.declaration(), problems)


def write_conda_yaml(declaration: CondaDeclaration) -> str:
    """The file that asks for this."""
    return located.dump(conda_mapping(declaration))


def conda_mapping(declaration: CondaDeclaration) -> dict[str, Any]:
    """As plain values, for a file that holds it as a part."""
    data: dict[str, Any] = {}
    if declaration.name:
        data["name"] = declaration.name
    if declaration.channels:
        data["channels"] = [each.text for each in declaration.channels]
    dependencies: list[Any] = [each.text for each in declaration.specs]
    if declaration.pip:
        dependencies.append({"pip": [each.text for each in declaration.pip]})
    data["dependencies"] = dependencies
    if declaration.variables:
        data["variables"] = dict(declaration.variables)
    return data


@dataclass
class _Reading:
    document: Document
    path: tuple[Key, ...]
    problems: list[TextProblem] = field(default_factory=list)
    channels: list[Asked] = field(default_factory=list)
    specs: list[Asked] = field(default_factory=list)
    pip: list[Asked] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    name: str = ""
    _seen: dict[str, int] = field(default_factory=dict)
    _python: bool = False

    def read(self) -> None:
        data = self.document.get(*self.path) if self.path else self.document.data
        if not isinstance(data, dict):
            self._problem("This is no environment", "Write 'dependencies:' first")
            return
        self._keys(data)
        name = data.get("name")
        self.name = str(name) if isinstance(name, (str, int, float)) else ""
        self._channels(data.get("channels"))
        self._dependencies(data.get("dependencies"))
        self._variables(data.get("variables"))

    def declaration(self) -> CondaDeclaration:
        return CondaDeclaration(
            tuple(self.channels) or tuple(Asked(each) for each in DEFAULT_CHANNELS),
            tuple(self.specs),
            tuple(self.pip),
            self.name,
            self.variables,
        )

    def _problem(
        self, message: str, hint: str, *at: Key, severity: Severity = "error"
    ) -> None:
        line = self.document.line(*self.path, *at)
        self.problems.append(TextProblem(line, 1, message, hint, severity))

    def _keys(self, data: Mapping[str, Any]) -> None:
        for key in data:
            if key in _IGNORED:
                told = f"'{key}' is left out: an environment is made where it is needed"
                self._problem(told, "Remove the line", key, severity="warning")
            elif key not in _KNOWN:
                near = difflib.get_close_matches(key, _KNOWN, 1, cutoff=0.6)
                hint = f"Did you mean '{near[0]}'?" if near else "Remove it"
                self._problem(f"'{key}' isn't known here", hint, key)

    def _channels(self, given: Any) -> None:
        if given is None:
            self._problem(
                "No channel is named: conda-forge is used",
                "Write 'channels:' and '- conda-forge' below it",
                severity="warning",
            )
        for index, text in self._texts(given, "channels"):
            if text == "nodefaults":
                continue
            at = ("channels", index)
            if _CREDENTIALS.search(text) or has_literal_credentials(text):
                self._problem(
                    "A channel's address must not hold a password or token",
                    "Write it as a variable, like https://host/t/${CHANNEL_TOKEN}/name",
                    *at,
                )
            elif any(each.text == text for each in self.channels):
                self._problem(
                    f"The channel '{text}' is named twice",
                    "Remove one of the two",
                    *at,
                    severity="warning",
                )
            else:
                self.channels.append(Asked(text, self._line(*at)))

    def _dependencies(self, given: Any) -> None:
        if given is None or given == []:
            told = "The file asks for no packages"
            self._problem(
                told, "Write '- python=3.11' below 'dependencies:'", "dependencies"
            )
            return
        if not isinstance(given, list):
            self._problem(
                "'dependencies' must be a list",
                "Begin its lines with '- '",
                "dependencies",
            )
            return
        for index, entry in enumerate(given):
            if isinstance(entry, dict):
                self._pip(entry, index)
            else:
                self._spec(entry, index)
        self._whole()

    def _spec(self, entry: Any, index: int) -> None:
        at: tuple[Key, ...] = ("dependencies", index)
        if not isinstance(entry, str):
            self._problem(f"'{entry}' is no package", "Write a name, like 'numpy'", *at)
            return
        if _CREDENTIALS.search(entry) or has_literal_credentials(entry):
            told = "A package's address must not hold a password or token"
            self._problem(told, "Name the channel in 'channels', with a variable", *at)
            return
        try:
            spec = parse_match_spec(entry)
        except InvalidError as error:
            self._problem(error.message, error.hint, *at)
            return
        self._python |= spec.name == "python"
        self._twice(spec, at)
        self.specs.append(Asked(" ".join(entry.split()), self._line(*at)))

    def _twice(self, spec: MatchSpec, at: tuple[Key, ...]) -> None:
        before = self._seen.setdefault(spec.name, self._line(*at))
        if before != self._line(*at):
            self._problem(
                f"'{spec.name}' is asked for twice (also in line {before})",
                "Keep one line, with all that its version must be",
                *at,
                severity="warning",
            )

    def _pip(self, entry: Mapping[str, Any], index: int) -> None:
        at: tuple[Key, ...] = ("dependencies", index)
        for key in entry:
            if key != "pip":
                hint = "Only '- pip:' can have a list of its own"
                if entry[key] is None:
                    hint = f"Write '- {key}' without the colon"
                self._problem(f"'{key}:' isn't known here", hint, *at, key)
        if "pip" not in entry:
            return
        if not entry["pip"]:
            told = "The pip part is empty"
            self._problem(told, "Remove '- pip:'", *at, "pip", severity="warning")
        for number, text in self._texts(entry["pip"], *at, "pip"):
            line = self._line(*at, "pip", number)
            self.problems += _pip_problems(text, line)
            self.pip.append(Asked(text, line))

    def _whole(self) -> None:
        """What is wrong with no line, but with all of them."""
        if not self._python:
            self._problem(
                "No Python is asked for",
                "Add '- python=3.11' to the dependencies",
                "dependencies",
            )
        if self.pip and "pip" not in self._seen:
            at = self.pip[0].line - 1
            told = "There is a pip part, but no pip among the packages"
            hint = "Add '- pip' to the dependencies; conda warns without it"
            self.problems.append(TextProblem(max(at, 1), 1, told, hint, "warning"))
        for each in self.pip:
            name = _pip_name(each.text)
            if line := self._seen.get(name):
                told = f"'{name}' is also asked of conda, in line {line}"
                hint = "Remove one of the two; conda's is tested with its neighbours"
                self.problems.append(TextProblem(each.line, 1, told, hint, "warning"))

    def _variables(self, given: Any) -> None:
        if given is None:
            return
        if not isinstance(given, dict):
            self._problem(
                "'variables' must be a mapping", "Write 'NAME: value'", "variables"
            )
            return
        for name, value in given.items():
            if isinstance(value, (dict, list)):
                told = f"The variable '{name}' must have one value"
                self._problem(told, "Write text behind the colon", "variables", name)
            else:
                self.variables[name] = "" if value is None else str(value)

    def _texts(self, given: Any, *at: Key) -> Iterator[tuple[int, str]]:
        """Each text of a list with its place; problems for what is none."""
        if given is None:
            return
        if not isinstance(given, list):
            self._no_list(*at)
            return
        for index, each in enumerate(given):
            if isinstance(each, str) and each.strip():
                yield index, each.strip()
            else:
                told = f"'{each}' can't stand here" if each else "A line is empty"
                self._problem(told, "Write one text behind the '-'", *at, index)

    def _no_list(self, *at: Key) -> None:
        self._problem(f"'{at[-1]}' must be a list", "Begin its lines with '- '", *at)

    def _line(self, *at: Key) -> int:
        return self.document.line(*self.path, *at)


def _pip_name(text: str) -> str:
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _pip_problems(text: str, line: int) -> Iterator[TextProblem]:
    from packaging.requirements import InvalidRequirement, Requirement

    if _CREDENTIALS.search(text) or has_literal_credentials(text):
        told = "An address must not hold a password or token"
        yield TextProblem(line, 1, told, "Keep it in the keyring or in pip's settings")
    elif re.match(r"(-r|--requirement|-c|--constraint)\b", text):
        told = f"'{text}' names a file, which isn't part of this environment"
        yield TextProblem(line, 1, told, "Write the packages here instead")
    elif re.match(r"(-e|--editable)\b", text):
        told = f"'{text}' is code that can change, which no lock can hold"
        yield TextProblem(line, 1, told, "Build a wheel of it and name its version")
    elif not text.startswith("-"):
        try:
            Requirement(re.split(r"\s--hash|\s#", text)[0])
        except InvalidRequirement as error:
            told = f"'{text}' is no requirement of pip: {str(error).splitlines()[0]}"
            yield TextProblem(
                line, 1, told, "Write a name and a version, like 'numpy==2.1'"
            )
