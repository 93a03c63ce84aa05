"""The ready check: what this computer has, what is missing, how to get it.

Nothing here changes anything or needs a network; each check takes a second at most.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal, TypeAlias

from studio.domain.errors import StudioError
from studio.storage.database import schema_version
from studio.storage.secrets import SecretStore
from studio.storage.workspace import Workspace

CheckState: TypeAlias = Literal["ok", "warn", "off"]

NEEDED = ("numpy", "pandas", "pyarrow", "scikit-learn", "onnxruntime", "duckdb")
LEAST_PYTHON = (3, 11)
LITTLE_SPACE, SOME_SPACE = 500_000_000, 2_000_000_000
_SECONDS = 5.0


@dataclass(frozen=True)
class Check:
    """One line of the ready check.

    `state` is ok, warn (something won't work) or off (optional and not there).
    `why` says what it would be needed for, `fix` how to mend or get it.
    """

    name: str
    state: CheckState
    message: str
    fix: str = ""
    why: str = ""


def ready_check(workspace: Workspace) -> tuple[Check, ...]:
    """All checks, the needed ones first."""
    return tuple(each_check(workspace))


def each_check(workspace: Workspace) -> Iterator[Check]:
    """The same, one by one, so that a list can fill while they run."""
    yield check_python()
    yield check_database(workspace.database)
    yield check_disk(workspace.root)
    yield check_keyring()
    yield check_docker()
    yield check_gpu()


def check_python(needed: Sequence[str] = NEEDED) -> Check:
    """This interpreter and the packages that steps and servers use."""
    version = platform.python_version()
    if sys.version_info[:2] < LEAST_PYTHON:
        return Check(
            "Python",
            "warn",
            f"Python {version} is too old",
            fix="Install Python 3.11 or newer and set the studio up again",
        )
    missing = [name for name in needed if not _installed(name)]
    if missing:
        return Check(
            "Python",
            "warn",
            f"Python {version}, without {', '.join(missing)}",
            fix=f"{sys.executable} -m pip install {' '.join(missing)}",
            why="The built-in steps and the model server need these packages",
        )
    return Check("Python", "ok", f"{version}, scikit-learn {_version('scikit-learn')}")


def check_database(file: Path) -> Check:
    """Whether the workspace's database can be read and written."""
    try:
        version = schema_version(file)
        size = file.stat().st_size
    except (OSError, StudioError) as error:
        hint = getattr(error, "hint", "") or f"Make {file} readable for you"
        return Check("Database", "warn", str(error), fix=hint)
    if not os.access(file, os.W_OK) or not os.access(file.parent, os.W_OK):
        return Check(
            "Database",
            "warn",
            "Can be read, but not written",
            fix=f"Give yourself the right to write: chmod u+w {file.parent} {file}",
        )
    return Check("Database", "ok", f"Ready, {_bytes(size)}, schema {version}")


def check_disk(folder: Path) -> Check:
    """The room left where the workspace stands."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("Disk", "warn", str(error), fix=f"See whether {folder} is there")
    if free >= SOME_SPACE:
        return Check("Disk", "ok", f"{_bytes(free)} free")
    return Check(
        "Disk",
        "warn",
        f"Only {_bytes(free)} free" if free > LITTLE_SPACE else "Almost full",
        fix="Delete old runs, or move the workspace to a larger disk",
        why="Outputs of runs and models are kept in the workspace",
    )


def check_keyring() -> Check:
    """Whether keys of endpoints outlive this session."""
    try:
        SecretStore("").check()
    except StudioError as error:
        return Check(
            "Keyring",
            "off",
            "None found; keys last for this session",
            fix=error.hint,
            why="It keeps the keys of endpoints between sessions. Without it, "
            "requests from this window work all the same.",
        )
    return Check("Keyring", "ok", "Keys are kept by the system")


def check_docker() -> Check:
    """The container engine: optional, runs on this computer don't use it."""
    why = "Not needed for this computer's own runs. Container targets use it."
    program = shutil.which("docker")
    if program is None:
        return Check("Docker", "off", "Not installed", fix=_INSTALL_DOCKER, why=why)
    code, said, told = _ask(program, "info", "--format", "{{.ServerVersion}}")
    if code == 0 and said:
        return Check("Docker", "ok", f"Version {said}")
    if "permission denied" in told.lower():
        return Check(
            "Docker",
            "off",
            "You may not use it",
            fix='sudo usermod -aG docker "$USER"   # then sign in again',
            why=why,
        )
    return Check(
        "Docker",
        "off",
        "Installed, but not running",
        fix=_START_DOCKER,
        why=why,
    )


def check_gpu() -> Check:
    """NVIDIA graphics cards, by their own driver."""
    program = shutil.which("nvidia-smi")
    why = "Not needed: the built-in steps train on the processor."
    if program is None:
        fix = "If there is an NVIDIA card in this computer, install its driver"
        return Check("GPU", "off", "None", fix=fix, why=why)
    query = ("--query-gpu=name,memory.total", "--format=csv,noheader")
    code, said, told = _ask(program, *query)
    if code != 0 or not said:
        return Check(
            "GPU",
            "warn",
            "The driver doesn't answer",
            fix=told.splitlines()[0] if told else "Run nvidia-smi to see why",
            why=why,
        )
    return Check("GPU", "ok", "; ".join(said.splitlines()))


_INSTALL_DOCKER = (
    "sudo apt-get install docker.io"
    if sys.platform.startswith("linux")
    else "Install Docker Desktop"
)
_START_DOCKER = (
    "sudo systemctl start docker"
    if sys.platform.startswith("linux")
    else "Start Docker Desktop"
)


def _ask(*command: str) -> tuple[int, str, str]:
    """(exit status, stdout, stderr) of a program; -1 if it can't be asked."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return -1, "", str(error)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def _installed(name: str) -> bool:
    return bool(_version(name))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in ("B", "kB") else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
