"""Tools run as child processes: heard while they run, ended whole when cancelled."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

import psutil

from studio.domain.errors import StudioError, UnavailableError

_POLL_SECONDS = 0.05
_KEPT_LINES = 4000
_LONGEST_KEPT = 50_000
_PIECE = 1 << 18
_MOST_WAITING = 256
_MOST_SAID = 1 << 26
_LAST_WORDS_SECONDS = 5.0


@dataclass(frozen=True)
class Progress:
    """What is being done now. `total` is 0 where nobody knows how much there is.

    The phase "warning" tells what a person should know of a work that goes on.
    """

    phase: str
    message: str = ""
    done: int = 0
    total: int = 0


Report: TypeAlias = Callable[[Progress], None]


class WorkCancelled(StudioError):
    """The one who asked for it has given up; nothing is left of it."""

    code = "cancelled"


@dataclass(frozen=True)
class Finished:
    """How a tool ended, and what it said."""

    code: int
    stdout: str
    stderr: str


def silent(progress: Progress) -> None:
    """For callers who want no progress."""


def check_cancelled(cancel: threading.Event | None, what: str = "The work") -> None:
    if cancel is not None and cancel.is_set():
        raise WorkCancelled(f"{what} was cancelled", "Start it again when you want to")


def run_tool(
    command: Sequence[str | Path],
    *,
    what: str,
    cancel: threading.Event | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    request: str | None = None,
    on_output: Callable[[str], None] | None = None,
    on_error: Callable[[str], None] | None = None,
    silent_seconds: float | None = None,
) -> Finished:
    """Run a program to its end, in a process group of its own.

    `request` is the first line it reads; its stdin then stays open, so that a program
    that listens notices our end. Called line by line: `on_output`, `on_error`.
    WorkCancelled, with the whole group killed, once `cancel` is set; UnavailableError
    once it has said nothing for `silent_seconds`.
    """
    check_cancelled(cancel, what)
    process = _start(command, what, environment, folder, request is not None)
    lines = _Lines()
    try:
        readers = [
            _reader(process.stdout, 0, lines),
            _reader(process.stderr, 1, lines),
        ]
        if process.stdin and request is not None:
            _tell(process.stdin, request)
        still = _Patience(process, cancel, what, silent_seconds)
        heard = _listen(lines, (on_output, on_error), still, what)
    except BaseException:
        _kill(process)
        raise
    finally:
        lines.closed.set()
        _hang_up(process)
        code = process.wait()
    for reader in readers:
        reader.join(timeout=1)  # one that left the group may keep a stream
    return Finished(code, "".join(heard[0]), "".join(heard[1]))


def _start(
    command: Sequence[str | Path],
    what: str,
    environment: Mapping[str, str] | None,
    folder: Path | None,
    asked: bool,
) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE if asked else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if environment is None else dict(environment),
            cwd=folder,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise UnavailableError(
            f"{what} could not be started: {error.strerror}",
            f"Check that {command[0]} exists and that you may run it",
        ) from error


def _tell(stdin: IO[str], request: str) -> None:
    try:
        stdin.write(request + "\n")
        stdin.flush()
    except BrokenPipeError:
        pass  # it has ended already; its code and its words say why


class _Lines:
    """What was said and isn't read yet: one who says more waits, so that no tool takes
    our memory. A line that has no end comes in pieces."""

    def __init__(self) -> None:
        self.queue: queue.Queue[tuple[int, str | None]] = queue.Queue(_MOST_WAITING)
        self.closed = threading.Event()

    def put(self, number: int, line: str | None) -> None:
        while not self.closed.is_set():
            try:
                self.queue.put((number, line), timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return


def _reader(stream: IO[str] | None, number: int, lines: _Lines) -> threading.Thread:
    def read() -> None:
        assert stream is not None
        with stream:
            while not lines.closed.is_set() and (line := stream.readline(_PIECE)):
                lines.put(number, line)
        lines.put(number, None)

    thread = threading.Thread(target=read, name="tool", daemon=True)
    thread.start()
    return thread


def _listen(
    lines: _Lines,
    tell: tuple[Callable[[str], None] | None, Callable[[str], None] | None],
    still: _Patience,
    what: str,
) -> tuple[list[str], list[str]]:
    """All that was said on stdout and stderr (their ends, if it's very much)."""
    heard: tuple[list[str], list[str]] = ([], [])
    open_streams, give_up_at, said = 2, float("inf"), 0
    while open_streams and time.monotonic() < give_up_at:
        still.check()
        try:
            number, line = lines.queue.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            # What it said may still be on its way, on a busy computer.
            if give_up_at == float("inf") and still.has_left_a_child():
                _kill(still.process)
                give_up_at = time.monotonic() + _LAST_WORDS_SECONDS
            continue
        still.heard()
        if line is None:
            open_streams -= 1
            continue
        heard[number].append(line[:_LONGEST_KEPT] if number else line)
        said += 0 if number else len(line)
        if said > _MOST_SAID:
            raise UnavailableError(
                f"{what} said more than anybody reads and was ended",
                "Take out of its code what prints without end",
            )
        if number and len(heard[number]) > _KEPT_LINES:
            del heard[number][: _KEPT_LINES // 2]
        if listener := tell[number]:
            listener(line.rstrip("\r\n"))
    return heard


class _Patience:
    """How long a tool is waited for."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        cancel: threading.Event | None,
        what: str,
        seconds: float | None,
    ) -> None:
        self.process = process
        self._cancel = cancel
        self._what = what
        self._seconds = seconds
        self._since = time.monotonic()

    def heard(self) -> None:
        self._since = time.monotonic()

    def check(self) -> None:
        check_cancelled(self._cancel, self._what)
        if self._seconds is None or time.monotonic() - self._since < self._seconds:
            return
        raise UnavailableError(
            f"{self._what} said nothing for {self._seconds:g} s and was ended",
            "Try again; the computer may be busy",
        )

    def has_left_a_child(self) -> bool:
        """It has ended, but something it started keeps its streams open."""
        return _has_ended(self.process)


def _has_ended(process: subprocess.Popen[str]) -> bool:
    """Without collecting it: its number must stay its own until the group is killed."""
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    try:
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, process.pid, flags) is not None
    except ChildProcessError:
        return True


def _hang_up(process: subprocess.Popen[str]) -> None:
    if process.stdin:
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass


def _kill(process: subprocess.Popen[str]) -> None:
    """The whole group; its leader isn't collected yet, so the number is still its."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
        return
    try:
        group = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        group = []
    for child in group:
        child.kill()
    process.kill()
