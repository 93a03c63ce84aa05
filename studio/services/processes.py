"""Processes that outlive us: started detached, found again by pid and start time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import psutil

from studio.domain.errors import UnavailableError
from studio.domain.run import RunnerProcess


class Detached(subprocess.Popen[bytes]):
    """A child that is meant to outlive us, or ends by itself when we have ended."""

    def __del__(self) -> None:
        """Nobody need wait for it: letting go of one that still runs is no leak."""


_children: list[Detached] = []


def this_process() -> RunnerProcess:
    return identity(os.getpid())


def identity(pid: int) -> RunnerProcess:
    """A process in a way that survives the reuse of its pid."""
    return RunnerProcess(pid, psutil.Process(pid).create_time(), boot_id())


def is_alive(process: RunnerProcess) -> bool:
    """Whether that very process still runs on this computer, since this boot."""
    reap()
    if process.boot_id != boot_id():
        return False
    try:
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.started) < 0.05
        return same and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def works_in(process: RunnerProcess, folder: Path) -> bool:
    """Whether a runner was started for this workspace: a copy has the original's pids.

    The working folder is compared, which follows a folder that moves.
    """
    try:
        found = psutil.Process(process.pid)
        runner = "runner" in found.cmdline()
        return not runner or Path(found.cwd()).samefile(folder)
    except (psutil.Error, OSError):
        return True


def start_detached(arguments: Sequence[str], log: Path, folder: Path) -> RunnerProcess:
    """Start a program of ours that goes on when this process ends.

    `arguments` follow `python -m`. The folder's own files can't be imported (-P).
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("ab") as output:
            child = Detached(
                [sys.executable, "-P", "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                start_new_session=True,
            )
    except OSError as error:
        raise UnavailableError(
            f"A new process could not be started: {error.strerror}",
            hint="Close some programs and try again",
        ) from error
    _children.append(child)
    return identity(child.pid)


def start_script(script: Path, log: Path, *, alone: bool) -> RunnerProcess:
    """Start a shell script as the leader of a group of its own.

    Unless it is to go on `alone`, it ends with this process, however that ends.
    """
    shell = ["/bin/sh", str(script)]
    tied = [sys.executable, "-P", "-m", "studio.worker.tether", *shell]
    try:
        with log.open("wb") as output:
            child = Detached(
                shell if alone else tied,
                stdin=subprocess.DEVNULL if alone else subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
    except OSError as error:
        raise UnavailableError(
            f"{script.name} could not be started: {error.strerror}",
            hint="Close some programs and try again",
        ) from error
    _children.append(child)
    return identity(child.pid)


def adopt(child: Detached) -> None:
    """Collect this child of ours when it has ended."""
    _children.append(child)


def reap() -> None:
    """Collect our ended children, so that they don't stay as zombies."""
    for child in [child for child in _children if child.poll() is not None]:
        _children.remove(child)
        if child.stdin:
            child.stdin.close()


@cache
def boot_id() -> str:
    """Something that changes with each start of the computer."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))
