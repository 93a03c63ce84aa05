"""A conda lock as a folder of this computer: there whole or not at all."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.domain.environment import Lock
from studio.domain.errors import InvalidError, RefusedError, StudioError
from studio.environments.conda_child import ask_conda
from studio.environments.conda_lock_text import CondaLockText, read_lock_text
from studio.environments.interpreters import host_platform
from studio.environments.package_indexes import PackageIndexes, package_indexes
from studio.environments.tool import (
    Progress,
    Report,
    check_cancelled,
    run_tool,
    silent,
)
from studio.environments.uv import run_uv, working_folder
from studio.environments.uv_errors import NotCachedError
from studio.environments.whole_folder import (
    beside,
    mark_of,
    put_in_place,
    refuse_what_is_not_ours,
    set_aside,
)

_WHAT = "Installing conda packages"
_SCRIPT_BYTES = 1024 * 1024
_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class CondaFolder:
    """`reused`: it was there already, made of the same lock."""

    folder: Path
    python: Path
    reused: bool


def install_conda(
    lock: Lock,
    folder: Path,
    *,
    cache: Path,
    indexes: PackageIndexes | None = None,
    sources: bool = False,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> CondaFolder:
    """The packages of `lock` in `folder`, linked from `cache` where that is possible.

    The folder is there whole or not at all. It can't be moved: its own path is written
    into its files. One that holds this lock already is taken as it is.
    """
    folder = folder.absolute()
    text = _fitting(lock)
    if found := installed_conda(lock, folder):
        return found
    settings = indexes or package_indexes()
    refuse_what_is_not_ours(folder)
    with beside(folder) as partial:
        fill_prefix(text, partial, str(folder), cache, settings, progress, cancel)
        if text.pip:
            _add_pip_part(text.pip, partial, settings, sources, progress, cancel)
            _say_where_it_will_be(partial, folder)
        prove_python(partial, lock, cancel)
        check_cancelled(cancel, _WHAT)
        put_in_place(
            partial,
            folder,
            _mark(lock, folder),
            lambda: installed_conda(lock, folder) is not None,
        )
    return CondaFolder(folder, python_of(folder), reused=False)


def installed_conda(lock: Lock, folder: Path) -> CondaFolder | None:
    """The folder if it is whole, of this lock, and where it was made."""
    folder = folder.absolute()
    python = python_of(folder)
    if mark_of(folder) != _mark(lock, folder) or not python.exists():
        return None
    return CondaFolder(folder, python, reused=True)


def remove_conda(folder: Path) -> None:
    """Take an environment away; it is never seen half removed."""
    refuse_what_is_not_ours(folder)
    if folder.exists():
        set_aside(folder)


def python_of(folder: Path) -> Path:
    """The interpreter of a conda environment."""
    if os.name == "nt":
        return folder / "python.exe"
    return folder / "bin" / "python"


def _fitting(lock: Lock) -> CondaLockText:
    if lock.platform != host_platform():
        raise RefusedError(
            f"This lock is for {lock.platform}, and this computer is {host_platform()}",
            hint=f"Lock the environment for {host_platform()} too",
        )
    return read_lock_text(lock.text)


def _mark(lock: Lock, folder: Path) -> dict[str, str]:
    return {
        "lock": lock.digest,
        "python": lock.python,
        "platform": lock.platform,
        "prefix": str(folder),
    }


def fill_prefix(
    text: CondaLockText,
    partial: Path,
    prefix: str,
    cache: Path,
    indexes: PackageIndexes,
    progress: Report,
    cancel: threading.Event | None,
) -> None:
    """conda's packages in the folder `partial`, as if it were `prefix`."""
    packages: list[Any] = list(text.packages)
    progress(Progress("installing", f"{len(packages)} packages", 0, len(packages)))
    ask_conda(
        {
            "work": "install",
            "packages": packages,
            "folder": str(partial),
            "prefix": prefix,
            "platform": text.platform,
            "cache": str(cache),
        },
        what=_WHAT,
        indexes=indexes,
        progress=progress,
        cancel=cancel,
    )


def _add_pip_part(
    requirements: str,
    partial: Path,
    indexes: PackageIndexes,
    sources: bool,
    progress: Report,
    cancel: threading.Event | None,
) -> None:
    """`uv pip sync` would take away what conda has installed."""
    arguments = [
        *("pip", "install", "--requirements", "pip.txt", "--require-hashes"),
        *("--no-deps", "--python", str(python_of(partial)), "--break-system-packages"),
        *("--link-mode", "hardlink", *([] if sources else ["--no-build"])),
    ]
    with working_folder({"pip.txt": requirements}) as at:
        for offline in (True, False):
            try:
                run_uv(
                    arguments,
                    indexes=indexes,
                    folder=at,
                    phase="installing",
                    progress=progress,
                    cancel=cancel,
                    offline=offline,
                )
            except NotCachedError:
                if indexes.offline or not offline:
                    raise
            else:
                return


def _say_where_it_will_be(partial: Path, folder: Path) -> None:
    """pip's scripts begin with the path of their interpreter."""
    now, then = str(partial).encode(), str(folder).encode()
    for script in python_of(partial).parent.iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        if script.stat().st_size > _SCRIPT_BYTES or not _is_script(script):
            continue
        content = script.read_bytes()
        if now in content:
            mode = script.stat().st_mode
            script.unlink()  # it may be a link into a cache
            script.write_bytes(content.replace(now, then))
            script.chmod(mode)


def _is_script(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(2) == b"#!"


def prove_python(partial: Path, lock: Lock, cancel: threading.Event | None) -> None:
    """Its Python runs on this computer, and is the one that was locked."""
    python = python_of(partial)
    plain = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")}
    try:
        ended = run_tool(
            [python, "-I", "-S", "-B", "-c", _VERSION],
            what="The environment's Python",
            cancel=cancel,
            environment=plain,
        )
        said = ended.stdout.strip()
    except FileNotFoundError:
        said = ""
    if said == lock.python:
        return
    lines = [line for line in ended.stderr.splitlines() if line.strip()]
    raise _useless(said, lines[-1] if lines else "", lock)


def _useless(said: str, told: str, lock: Lock) -> StudioError:
    if said:
        return InvalidError(
            f"The lock is for Python {lock.python}, but its packages bring {said}",
            "Lock the environment again",
        )
    return StudioError(
        f"The environment's Python doesn't run on this computer{told and f': {told}'}",
        "Lock for this computer's platform, or choose another version of Python",
    )
