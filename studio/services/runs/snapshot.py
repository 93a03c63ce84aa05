"""What a run was made of: code, data, environment and machine."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

_GIT_SECONDS = 5
_MAX_DIFF = 1_000_000
_METADATA = ".dist-info"


@cache
def environment_digest() -> str:
    """A hash of the interpreter and of every installed package's version.

    Read from folder names, which takes a millisecond, not from metadata.
    """
    own = {name for name in _installed() if name.startswith("mlops_studio-")}
    text = "\n".join([platform.python_version(), *sorted(_installed() - own)])
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _installed() -> frozenset[str]:
    """Names of the folders that hold metadata: "numpy-2.1.0.dist-info"."""
    names: set[str] = set()
    for entry in sys.path:
        try:
            found = [item.name for item in Path(entry).iterdir()]
        except OSError:
            continue
        names.update(name for name in found if name.endswith(_METADATA))
    return frozenset(names)


def environment() -> dict[str, Any]:
    """Interpreter and packages, in full."""
    pairs = (name.removesuffix(_METADATA).partition("-") for name in _installed())
    packages = {name.replace("_", "-").lower(): version for name, _, version in pairs}
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "packages": dict(sorted(packages.items())),
        "sha256": environment_digest(),
    }


def machine() -> dict[str, Any]:
    """The computer, in units of its own: processors, bytes of memory."""
    import psutil

    return {
        "name": platform.node(),
        "system": platform.platform(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
    }


def git_state(folder: Path) -> tuple[dict[str, str], str]:
    """(repository, branch, commit, dirty) and the difference; empty outside Git."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return {}, ""
    changed = _git(folder, "status", "--porcelain", ".") or ""
    state = {
        "repository_uri": _git(folder, "ls-remote", "--get-url") or "",
        "branch": _git(folder, "symbolic-ref", "--short", "HEAD") or "",
        "commit": commit,
        "dirty": "true" if changed else "false",
    }
    difference = (_git(folder, "diff", "HEAD", "--", ".") or "") if changed else ""
    return state, difference[:_MAX_DIFF]


def _git(folder: Path, *arguments: str) -> str | None:
    """Git's answer, or None where there is no repository, commit or Git at all."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_GIT_SECONDS,
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
