"""Which versions of which packages: solved by uv, nothing installed."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from studio.domain.environment import PLATFORMS, Lock
from studio.domain.errors import InvalidError, RefusedError
from studio.domain.requirement_lines import (
    RequirementLine,
    has_literal_credentials,
    required_name,
    requirement_lines,
)
from studio.environments.index_answers import forget_absent, remember_absent
from studio.environments.lock_text import locked_packages
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Report, silent
from studio.environments.uv import (
    run_uv_with_network_away,
    solving_python,
    working_folder,
)
from studio.environments.uv_errors import UnsolvableError

_ASKED = "requirements.in"
_BOUND = "constraints.txt"
_OF_INDEX = re.compile(r"(?:--(?:extra-)?index-url|--find-links|-i|-f)[=\s]+https?://")


@dataclass(frozen=True)
class Solved:
    lock: Lock
    log: str


def lock_pip(
    text: str,
    *,
    python: str = "3.11",
    platform: str = "linux-64",
    indexes: PackageIndexes,
    constraints: str = "",
    sources: bool = False,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Lock:
    """The lock of the requirements `text`: every package, every hash.

    The same requirements in another order give the same lock. Without `sources` only
    packages that have a wheel are taken: code of the others would run here to build
    them. UnsolvableError where no versions fit together (see conflicts.py).
    """
    return solve_pip(
        text,
        python=python,
        platform=platform,
        indexes=indexes,
        constraints=constraints,
        sources=sources,
        progress=progress,
        cancel=cancel,
    ).lock


def solve_pip(
    text: str,
    *,
    python: str,
    platform: str,
    indexes: PackageIndexes,
    constraints: str = "",
    sources: bool = False,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Solved:
    """`lock_pip` with what the solver has told on its way."""
    arguments = _arguments(python, platform)
    options, asked = _canonical(text)
    files = {_ASKED: options + asked}
    if bounds := _constraints(constraints, indexes):
        files[_BOUND] = bounds
        arguments += ["--constraints", _BOUND]
    if not sources:
        arguments.append("--no-build")
    with working_folder(files) as folder:
        try:
            finished = run_uv_with_network_away(
                arguments,
                indexes=indexes,
                folder=folder,
                phase="solving",
                progress=progress,
                cancel=cancel,
            )
        except UnsolvableError as error:
            remember_absent(indexes, error.told)
            raise
    lock = Lock(
        python=python,
        platform=platform,
        packages=locked_packages(finished.stdout),
        solver=f"uv {version('uv')}",
        text=options + finished.stdout,
    )
    forget_absent(indexes, [each.name for each in lock.packages])
    return Solved(lock, finished.stderr)


def _arguments(python: str, platform: str) -> list[str]:
    if platform not in PLATFORMS:
        raise InvalidError(
            f"There is no platform '{platform}'", f"There are: {', '.join(PLATFORMS)}"
        )
    return [
        *("pip", "compile", _ASKED, "--verbose", "--generate-hashes", "--no-header"),
        *("--annotation-style", "split", "--no-strip-markers", "--no-strip-extras"),
        "--emit-index-annotation",
        *("--python-version", python, "--python-platform", PLATFORMS[platform]),
        *solving_python(),
    ]


def _canonical(text: str) -> tuple[str, str]:
    """Its options and its requirements, sorted: the solver prefers what it reads first.

    What can't be kept with an environment is refused, whoever has read the text before.
    """
    lines = requirement_lines(text)
    for each in lines:
        _refuse(each)
    options = sorted({each.text for each in lines if each.is_option})
    asked = sorted({each.text for each in lines if not each.is_option}, key=_by_name)
    return _joined(options), _joined(asked)


def _refuse(line: RequirementLine) -> None:
    if has_literal_credentials(line.text):
        raise RefusedError(
            f"Line {line.line}: this address holds a password or key",
            hint="Write a variable like ${INDEX_TOKEN} in its place, or keep it in "
            "the keyring",
        )
    if line.is_option and not _OF_INDEX.match(line.text):
        raise InvalidError(
            f"Line {line.line}: the option '{line.text.split()[0]}' "
            "can't be part of an environment",
            hint="Remove it; what belongs to this computer is in pip's settings",
        )


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _by_name(line: str) -> tuple[str, str]:
    return required_name(line), line


def _constraints(text: str, indexes: PackageIndexes) -> str:
    return "\n".join([text, *map(_read, _local(indexes.constraints))]).strip()


def _local(places: Sequence[str]) -> Sequence[Path]:
    files = [Path(place.removeprefix("file://")) for place in places]
    return [file for file in files if file.is_file()]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(
            f"The constraints in {file} can't be read",
            hint="Mend the file, or take 'constraint' out of pip's settings",
        ) from error
