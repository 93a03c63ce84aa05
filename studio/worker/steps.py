"""One step as it is asked for, and what is told about it afterwards."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from .commands import python_arguments

TERM_GRACE = 5.0  # seconds between the request to end and the kill
# Every other PYTHON... variable is read when an interpreter starts, and a warm one
# has done that.
_READ_LATE = {"PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONIOENCODING"}


class Step(NamedTuple):
    id: str
    command: str
    cwd: str
    env: Dict[str, str]
    stdout: str
    error_file: str
    timeout_s: Optional[float] = None
    memory_limit_bytes: Optional[int] = None

    @classmethod
    def from_request(cls, request: Dict[str, Any]) -> Step:
        return cls(*(request.get(name) for name in cls._fields))  # type: ignore[arg-type]

    def obstacle(self) -> Optional[str]:
        """Why it can't start at all, in words; None when it can."""
        if not Path(self.cwd).is_dir():
            return f"The working folder {self.cwd} does not exist"
        log = Path(self.stdout).parent
        return None if log.is_dir() else f"The folder of the log, {log}, does not exist"

    def full_env(self) -> Dict[str, str]:
        """Its environment, in which `python` means this interpreter."""
        env = dict(self.env)
        own = str(Path(sys.executable).parent)
        env["PATH"] = own + os.pathsep + env.get("PATH", os.defpath)
        return env


def warm_arguments(step: Step) -> Optional[List[str]]:
    """What to run inside a forked interpreter; None where it must start afresh."""
    arguments = python_arguments(step.command)
    if arguments is None or not _same_start(step.env):
        return None
    if arguments[0] == "-m":
        folder = Path(step.cwd)
    else:
        script = Path(step.cwd, arguments[0])
        if not script.is_file():
            return None
        folder = script.parent
    return None if _hides_loaded_modules(folder) else arguments


def _same_start(env: Dict[str, str]) -> bool:
    every = {n for n in {*env, *os.environ} if n.startswith("PYTHON")} - _READ_LATE
    names = {n for n in every if not n.startswith("PYTHON_KEYRING_")}
    names |= {"LD_LIBRARY_PATH", "LD_PRELOAD"}
    return all(env.get(name) == os.environ.get(name) for name in names)


def _hides_loaded_modules(folder: Path) -> bool:
    """Whether a step's folder holds a module of a name that is loaded already."""
    for entry in os.scandir(folder):
        name, _, suffix = entry.name.partition(".")
        if name not in sys.modules or name == "__main__":
            continue
        if suffix == "py" or (not suffix and Path(entry.path, "__init__.py").exists()):
            return True
    return False


class RunningStep:
    """A started step: its deadline, and why it was ended if it was."""

    def __init__(self, step: Step, pid: int) -> None:
        self.step = step
        self.pid = pid
        self.started = time.monotonic()
        self.reason: Optional[str] = None
        self.peak_memory = 0  # as far as it was looked at
        self.deadline: Optional[float] = None
        if step.timeout_s is not None:
            self.deadline = self.started + step.timeout_s

    def end(self, reason: str, grace: float = TERM_GRACE) -> None:
        """Ask the whole group to end now, and kill it after `grace` seconds."""
        soon = time.monotonic() + grace
        if self.reason is None:
            self.reason = reason
            self.deadline = soon
            self.send(signal.SIGTERM)
        elif self.deadline is not None:
            self.deadline = min(self.deadline, soon)

    def at_deadline(self) -> None:
        if self.reason is None:
            self.end("timeout")
        else:
            self.deadline = None
            self.send(signal.SIGKILL)

    def send(self, number: int) -> None:
        """Signal the group, or the leader alone before it has made its group."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


def exited_event(
    step_id: str,
    code: Optional[int],
    signal_number: Optional[int],
    seconds: float,
    peak_memory_bytes: int = 0,
    cpu_seconds: float = 0.0,
    reason: Optional[str] = None,
) -> Dict[str, Any]:
    return {
        "event": "exited",
        "id": step_id,
        "code": code,
        "signal": signal_number,
        "seconds": round(seconds, 6),
        "peak_memory_bytes": peak_memory_bytes,
        "cpu_seconds": round(cpu_seconds, 6),
        "timed_out": reason == "timeout",
        "reason": reason,
    }
