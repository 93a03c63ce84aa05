"""What an index has answered before, for a text that is being written: nobody is asked.

uv keeps the answers about versions; that there is no such package, it forgets, so that
is remembered here, for as long as this program runs.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace

from studio.domain.errors import StudioError
from studio.domain.requirement_lines import (
    RequirementLine,
    normal_name,
    required_name,
    requirement_lines,
)
from studio.domain.text_problem import TextProblem
from studio.environments.package_indexes import PackageIndexes, without_credentials
from studio.environments.package_names import near_names
from studio.environments.uv import run_uv, solving_python, working_folder
from studio.environments.uv_errors import UnsolvableError

_PIN = re.compile(r"([A-Za-z0-9][\w.-]*?)\s*==\s*([\w.!+]+)\s*(?:;.*)?\Z")
_YANKED = re.compile(r" is yanked(?: \(reason: \"(.*)\"\))?")
_ABSENT = re.compile(r"\b(\S+) was not found in the package registry")
_AGAIN = "Try to solve it to ask again"
_Answer = tuple[str, str]
_lock = threading.Lock()
_absent: set[tuple[str, str]] = set()
_versions: dict[tuple[str, str, str], _Answer] = {}


def answered_problems(
    text: str, indexes: PackageIndexes, python: str
) -> Sequence[TextProblem]:
    """Lines of a requirements.txt whose version was withdrawn or isn't there, or whose
    package isn't, as far as an index has said so before."""
    found = (_problem(line, indexes, python) for line in requirement_lines(text))
    return [each for each in found if each is not None]


def remember_absent(indexes: PackageIndexes, told: str) -> None:
    """What a solver has said of packages that no index has."""
    with _lock:
        for name in _ABSENT.findall(told):
            _absent.add((_place(indexes), normal_name(name)))


def forget_absent(indexes: PackageIndexes, names: Iterable[str]) -> None:
    """They are there now; so may be versions that weren't."""
    with _lock:
        for name in names:
            _absent.discard((_place(indexes), name))
        _versions.clear()


def _problem(
    line: RequirementLine, indexes: PackageIndexes, python: str
) -> TextProblem | None:
    if line.is_option:
        return None
    name = required_name(line.text)
    if (_place(indexes), name) in _absent:
        near = " or ".join(near_names(name))
        meant = f"Did you mean {near}? {_AGAIN}" if near else _AGAIN
        return _warning(line, f"The index has no package '{name}'", meant)
    if not (pin := _PIN.match(line.text)):
        return None
    key = (_place(indexes), f"{name}=={pin[2]}", python)
    if key not in _versions:
        _versions[key] = _ask(key[1], indexes, python)
    message, hint = _versions[key]
    return _warning(line, message, hint) if message else None


def _ask(pin: str, indexes: PackageIndexes, python: str) -> _Answer:
    """By uv's cache alone, in some hundredths of a second."""
    name, _, version = pin.partition("==")
    try:
        with working_folder({"requirements.in": f"{pin}\n"}) as folder:
            told = run_uv(
                [
                    *("pip", "compile", "requirements.in", "--no-deps", "--no-header"),
                    *("--no-build", "--python-version", python, *solving_python()),
                ],
                indexes=replace(indexes, offline=True),
                folder=folder,
                phase="looking",
                offline=True,
            ).stderr
    except UnsolvableError as error:
        if f"there is no version of {pin}" not in " ".join(error.told.split()):
            return "", ""
        return f"The index had no {name} {version} when it was last asked", _AGAIN
    except StudioError:
        return "", ""
    if not (yanked := _YANKED.search(told)):
        return "", ""
    reason = f": {yanked[1]}" if yanked[1] else ""
    return f"{name} {version} was withdrawn{reason}", "Choose another version"


def _warning(line: RequirementLine, message: str, hint: str) -> TextProblem:
    length = len(line.text)
    return TextProblem(line.line, line.column, message, hint, "warning", length)


def _place(indexes: PackageIndexes) -> str:
    return without_credentials(" ".join([indexes.default, *indexes.extra]))
