"""Which Pythons are on this computer, and how one that is missing is fetched."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import (
    InvalidError,
    NotFoundError,
    StudioError,
    UnavailableError,
)
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Report, run_tool, silent
from studio.environments.uv import run_uv, working_folder
from studio.environments.uv_errors import NetworkAwayError

OLDEST_SERVED = (3, 8)
"""A model can be served by this Python and any later one."""

_ASK = (
    "import json,os,platform,sys;"
    "print(json.dumps([getattr(sys,'_base_executable',0) or sys.executable,"
    "platform.python_version(),sys.implementation.name,"
    "sys.base_prefix,sys.version_info[:2]]))"
)
_NAMES = re.compile(r"python3(\.\d+)?(\.exe)?|python(\.exe)?")
_ANSWER_SECONDS = 15
_known: dict[tuple[str, int], Interpreter | None] = {}


@dataclass(frozen=True)
class Interpreter:
    """One installed Python; `version` is like "3.11.7", `minor` like "3.11"."""

    path: str
    version: str
    minor: str
    prefix: str
    implementation: str = "cpython"

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(int(each) for each in re.findall(r"\d+", self.version)[:3])


def host_platform() -> str:
    """This computer's name among the platforms that are locked for."""
    machine = platform.machine().lower()
    arm = machine in ("aarch64", "arm64")
    if sys.platform == "win32":
        return "win-64"
    if sys.platform == "darwin":
        return "osx-arm64" if arm else "osx-64"
    return "linux-aarch64" if arm else "linux-64"


def interpreters(environ: Mapping[str, str] = os.environ) -> Sequence[Interpreter]:
    """Every Python from 3.8 on, newest first, each installation once."""
    candidates = list(dict.fromkeys(_candidates(environ)))
    with ThreadPoolExecutor(4) as pool:
        asked = pool.map(_ask_once, candidates)
    found = {each.prefix: each for each in asked if each is not None}
    kept = [each for each in found.values() if each.order[:2] >= OLDEST_SERVED]
    return sorted(kept, key=lambda each: each.order, reverse=True)


def interpreter_for(
    version: str, found: Sequence[Interpreter] | None = None
) -> Interpreter:
    """The newest Python of a version like "3.11" (or exactly "3.11.7").

    NotFoundError names those that are here.
    """
    check_version(version)
    here = interpreters() if found is None else found
    for each in here:
        if version in (each.minor, each.version) and each.implementation == "cpython":
            return each
    minors = list(dict.fromkeys(each.minor for each in here))
    raise NotFoundError(
        f"Python {version} isn't on this computer",
        hint=f"Here {'are' if len(minors) > 1 else 'is'}: {', '.join(minors)}. "
        f"Choose one of them, fetch Python {version}, or install it"
        if minors
        else f"Fetch or install Python {version}",
    )


def check_version(version: str) -> None:
    """InvalidError for a Python that no served model can have."""
    parts = re.fullmatch(r"(\d+)\.(\d+)(\.\d+)?", version)
    if not parts:
        raise InvalidError(f"'{version}' is no version of Python", "Write it like 3.11")
    if (int(parts[1]), int(parts[2])) < OLDEST_SERVED:
        raise InvalidError(
            f"Python {version} is too old: models are served by 3.8 and later",
            hint="Choose Python 3.8 or later",
        )


def interpreter_at(path: str | Path) -> Interpreter:
    """The Python at `path`. InvalidError where there is none that answers."""
    found = _ask(str(path))
    if found is None:
        raise InvalidError(
            f"{path} isn't a Python that can be run",
            hint="Give the path of an interpreter, like ~/.venv/bin/python",
        )
    return found


def fetch_interpreter(
    version: str,
    *,
    indexes: PackageIndexes,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Interpreter:
    """Have uv fetch a Python for this person, where its downloads are reachable."""
    check_version(version)
    if indexes.offline:
        raise UnavailableError(
            f"Python {version} would have to be fetched, and the package settings say "
            "'offline'",
            hint="Use the network once: studio settings packages set --online",
        )
    try:
        with working_folder({}) as folder:
            run_uv(
                ["python", "install", version, "--no-config", "--no-bin"],
                indexes=indexes,
                folder=folder,
                phase="fetching Python",
                progress=progress,
                cancel=cancel,
                downloads=True,
            )
    except NetworkAwayError as error:
        here = ", ".join(dict.fromkeys(each.minor for each in interpreters()))
        raise UnavailableError(
            f"Python {version} could not be fetched: its download can't be reached",
            hint="Install it with your system's packages, or choose one that is here: "
            f"{here}. UV_PYTHON_INSTALL_MIRROR names another place to fetch from",
        ) from error
    return interpreter_for(version)


def _candidates(environ: Mapping[str, str]) -> Iterator[str]:
    yield getattr(sys, "_base_executable", "") or sys.executable
    for folder in [*_installations(environ), *_path(environ)]:
        try:
            files = sorted(folder.iterdir())
        except OSError:
            continue
        yield from (str(file) for file in files if _NAMES.fullmatch(file.name))


def _path(environ: Mapping[str, str]) -> Iterator[Path]:
    for folder in environ.get("PATH", "").split(os.pathsep):
        if folder and Path(folder).name != "shims":
            yield Path(folder)


def _installations(environ: Mapping[str, str]) -> Iterator[Path]:
    """Folders of binaries where the usual tools put Pythons, PATH or not."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    local = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv")
    uv = Path(environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    for root, pattern in (
        (pyenv / "versions", "*/bin"),
        (uv, "*/bin"),
        (uv, "*"),
        (home, "mini*/bin"),
        (home, "anaconda3/bin"),
        (Path("/opt"), "*conda*/bin"),
        (Path("/opt/homebrew"), "bin"),
        (Path("/Library/Frameworks/Python.framework/Versions"), "*/bin"),
        (local / "Programs" / "Python", "Python3*"),
    ):
        if root.is_dir():
            yield from sorted(root.glob(pattern))


def _ask_once(path: str) -> Interpreter | None:
    try:
        real = os.path.realpath(path)
        key = (real, Path(real).stat().st_mtime_ns)
    except OSError:
        return None
    if key not in _known:
        _known[key] = _ask(path)
    return _known[key]


def _ask(path: str) -> Interpreter | None:
    """What it says of itself; None if it is no Python that runs."""
    plain = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")}
    try:
        answer = run_tool(
            [path, "-I", "-S", "-c", _ASK],
            what=path,
            environment=plain,
            silent_seconds=_ANSWER_SECONDS,
        )
        base, version, kind, prefix, minor = json.loads(answer.stdout)
    except (StudioError, ValueError):
        return None
    return Interpreter(base, version, f"{minor[0]}.{minor[1]}", prefix, kind)
