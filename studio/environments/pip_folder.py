"""A lock as a folder of this computer: built beside its place and put there whole."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from studio.domain.environment import Lock
from studio.domain.errors import InvalidError, RefusedError
from studio.environments.interpreters import (
    Interpreter,
    host_platform,
    interpreter_for,
)
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Progress, Report, check_cancelled, silent
from studio.environments.uv import run_uv, working_folder
from studio.environments.uv_errors import NotCachedError
from studio.environments.whole_folder import (
    beside,
    mark_of,
    put_in_place,
    refuse_what_is_not_ours,
    set_aside,
)


@dataclass(frozen=True)
class PipFolder:
    """`reused`: it was there already, made of the same lock."""

    folder: Path
    python: Path
    reused: bool


def folder_name(lock: Lock, python: Interpreter) -> str:
    """Of a lock with a Python: whoever has the same can share the folder."""
    told = f"{lock.digest} {python.version} {python.prefix}"
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def install_pip(
    lock: Lock,
    folder: Path,
    *,
    indexes: PackageIndexes,
    python: Interpreter | None = None,
    sources: bool = False,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> PipFolder:
    """The packages of `lock` in `folder`, an environment that can be moved.

    The folder is there whole or not at all. One that holds this lock already is taken
    as it is. Without `sources` nothing is built from source code.
    """
    interpreter = _fitting(lock, python)
    folder = folder.absolute()
    if _is_whole(folder, lock):
        return PipFolder(folder, _python_of(folder), reused=True)
    refuse_what_is_not_ours(folder)
    with beside(folder) as partial:
        _fill(lock, partial, interpreter, indexes, sources, progress, cancel)
        check_cancelled(cancel, "Installing packages")
        put_in_place(partial, folder, _mark(lock), lambda: _is_whole(folder, lock))
    return PipFolder(folder, _python_of(folder), reused=False)


def installed_folder(lock: Lock, folder: Path) -> PipFolder | None:
    """The folder if it is whole and of this lock."""
    whole = _is_whole(folder, lock)
    return PipFolder(folder, _python_of(folder), reused=True) if whole else None


def remove_folder(folder: Path) -> None:
    """Take an environment away; it is never seen half removed."""
    refuse_what_is_not_ours(folder)
    if folder.exists():
        set_aside(folder)


def _fitting(lock: Lock, python: Interpreter | None) -> Interpreter:
    if lock.platform != host_platform():
        raise RefusedError(
            f"This lock is for {lock.platform}, and this computer is {host_platform()}",
            hint=f"Lock the environment for {host_platform()} too",
        )
    chosen = python or interpreter_for(lock.python)
    if lock.python not in (chosen.minor, chosen.version):
        raise InvalidError(
            f"This lock is for Python {lock.python}; {chosen.path} is {chosen.version}",
            hint=f"Choose a Python {lock.python}, or lock for {chosen.minor}",
        )
    return chosen


def _fill(
    lock: Lock,
    partial: Path,
    python: Interpreter,
    indexes: PackageIndexes,
    sources: bool,
    progress: Report,
    cancel: threading.Event | None,
) -> None:
    count = len(lock.packages)
    progress(Progress("installing", f"{count} packages", 0, count))
    arguments = [
        *("pip", "sync", "lock.txt", "--require-hashes", "--allow-empty-requirements"),
        *("--python", str(_python_of(partial)), "--link-mode", "hardlink"),
        *([] if sources else ["--no-build"]),
    ]

    def run(arguments: list[str], offline: bool, tell: Report) -> None:
        run_uv(
            arguments,
            indexes=indexes,
            folder=at,
            phase="installing",
            progress=tell,
            cancel=cancel,
            offline=offline,
        )

    with working_folder({"lock.txt": lock.text}) as at:
        run([*_VENV, "--python", python.path, str(partial)], True, progress)
        trying = _Trying(progress)
        try:  # what the cache has needs no index, and no time
            run(arguments, True, trying)
        except NotCachedError:
            if indexes.offline:
                trying.confess()
                raise
            run(arguments, False, progress)
        except BaseException:
            trying.confess()
            raise
    progress(Progress("installing", f"{count} packages", count, count))


class _Trying:
    """Tells progress on, but keeps back why a try fails: the next may do."""

    def __init__(self, told: Report) -> None:
        self._told = told
        self._kept: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        if self._kept or progress.message.startswith(("×", "error:")):
            self._kept.append(progress)
        else:
            self._told(progress)

    def confess(self) -> None:
        for each in self._kept:
            self._told(each)


_VENV = ("venv", "--quiet", "--relocatable", "--no-project", "--no-config")


def _is_whole(folder: Path, lock: Lock) -> bool:
    return mark_of(folder) == _mark(lock) and _python_of(folder).exists()


def _mark(lock: Lock) -> dict[str, str]:
    return {"lock": lock.digest, "python": lock.python, "platform": lock.platform}


def _python_of(folder: Path) -> Path:
    if os.name == "nt":
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"
