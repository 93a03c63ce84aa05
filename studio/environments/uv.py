"""uv, whose binary our own installation carries, run as a child process."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio.domain.errors import UnavailableError
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Finished, Progress, Report, run_tool, silent
from studio.environments.uv_errors import (
    NetworkAwayError,
    NotCachedError,
    failure,
)

_NOT_OURS = (
    "CONDA_PREFIX",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_OFFLINE",
    "UV_PROJECT",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_TARGET",
    "VIRTUAL_ENV",
)
_SELECTED = re.compile(r"Selecting: (\S+?)(?:\[[^\]]*\])?==(\S+)")


def find_uv() -> str:
    """The path of the binary. UnavailableError where it isn't."""
    try:
        import uv

        return str(uv.find_uv_bin())
    except (ImportError, FileNotFoundError) as error:
        if found := shutil.which("uv"):
            return found
        raise UnavailableError(
            "uv, which solves and installs packages, isn't here",
            hint="Install MLOps Studio again; its requirements bring uv",
        ) from error


def run_uv(
    arguments: Sequence[str],
    *,
    indexes: PackageIndexes,
    folder: Path,
    phase: str,
    progress: Report = silent,
    cancel: threading.Event | None = None,
    offline: bool = False,
    downloads: bool = False,
    retries: int | None = None,
) -> Finished:
    """Run uv in `folder`, which holds the files it is to read.

    StudioError tells what it could not do; credentials are in none of its texts.
    """
    environment = child_environment(os.environ, indexes, offline or indexes.offline)
    if retries is not None:
        environment["UV_HTTP_RETRIES"] = str(retries)
    if downloads:
        environment["UV_PYTHON_DOWNLOADS"] = "manual"
    finished = run_tool(
        [find_uv(), *arguments],
        what="uv",
        environment=environment,
        folder=folder,
        on_error=_Telling(phase, progress, indexes),
        cancel=cancel,
    )
    told = indexes.hide(finished.stderr)
    if finished.code:
        error = failure(told, finished.code)
        if indexes.offline and isinstance(error, NotCachedError):
            error = NotCachedError(
                f"{error.message}, and the package settings say 'offline'",
                hint="Use the network once: studio settings packages set --online",
            )
        raise error
    return Finished(0, finished.stdout, told)


def run_uv_with_network_away(
    arguments: Sequence[str],
    *,
    indexes: PackageIndexes,
    folder: Path,
    phase: str,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Finished:
    """The same; where no index answers, what the cache has is taken if it suffices."""

    def run(offline: bool) -> Finished:
        return run_uv(
            arguments,
            indexes=indexes,
            folder=folder,
            phase=phase,
            progress=progress,
            cancel=cancel,
            offline=offline,
        )

    if indexes.offline:
        return run(True)
    try:
        return run(False)
    except NetworkAwayError as away:
        told = "No package index answers: packages of earlier times are used"
        progress(Progress("warning", told))
        try:
            return run(True)
        except UnavailableError:
            raise away from None


def solving_python() -> Sequence[str]:
    """The argument that names our own Python, so that uv looks for no other."""
    return [] if getattr(sys, "frozen", False) else ["--python", sys.executable]


@contextmanager
def working_folder(files: Mapping[str, str]) -> Iterator[Path]:
    """A folder for one run of uv, where no project's settings are found."""
    with tempfile.TemporaryDirectory(prefix="studio-uv-") as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        yield folder


def child_environment(
    given: Mapping[str, str], indexes: PackageIndexes, offline: bool = False
) -> dict[str, str]:
    """What a child of ours gets: `given`, less what would lead it elsewhere."""
    ours = {
        "NO_COLOR": "1",
        "UV_NO_PROGRESS": "1",
        "UV_HTTP_RETRIES": given.get("UV_HTTP_RETRIES", "2"),
        "UV_PYTHON_DOWNLOADS": "never",
        **indexes.environment(given),
    }
    if offline:
        ours["UV_OFFLINE"] = "1"
    return {name: v for name, v in given.items() if name not in _NOT_OURS} | ours


class _Telling:
    """Turns uv's lines into progress; what is for its developers is left out."""

    def __init__(self, phase: str, told: Report, indexes: PackageIndexes) -> None:
        self._phase = phase
        self._told = told
        self._indexes = indexes
        self._chosen: set[str] = set()

    def __call__(self, line: str) -> None:
        line = self._indexes.hide(line)
        if chosen := _SELECTED.search(line):
            self._chosen.add(chosen[1])
            text = f"{chosen[1]} {chosen[2]}"
            self._told(Progress(self._phase, text, len(self._chosen)))
        elif line.startswith("warning: ") and _is_of_packages(line):
            self._told(Progress("warning", line.removeprefix("warning: ")))
        elif line.strip() and not line.startswith(("DEBUG", "TRACE", "INFO")):
            self._told(Progress(self._phase, line.strip()))


def _is_of_packages(line: str) -> bool:
    return " is yanked" in line or " have an extra" in line
