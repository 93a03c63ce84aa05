"""A tool run as a child process: its lines as they come, ended whole on request."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from studio.domain.errors import CancelledError, UnavailableError

_MOST_LINES = 200_000
_LOOK_AT_CANCEL_SECONDS = 0.05
_Line: TypeAlias = tuple[int, str | None]
OUT, ERR = 0, 1


@dataclass(frozen=True)
class Finished:
    """What a tool has left: its exit status, what it printed and what it told."""

    code: int
    output: str
    told: str


def run_child(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    on_line: Callable[[str], None] | None = None,
    cancelled: threading.Event | None = None,
    seconds: float | None = None,
) -> Finished:
    """Run `command` in `folder` to its end. `on_line` gets what it tells (stderr).

    CancelledError when `cancelled` is set, UnavailableError when it can't be started
    or says nothing for `seconds`; it and all it has started are gone by then.
    """
    if cancelled is not None and cancelled.is_set():
        raise CancelledError("Cancelled")
    child = _start(command, environment, folder)
    lines: queue.SimpleQueue[_Line] = queue.SimpleQueue()
    pipes = [(OUT, child.stdout), (ERR, child.stderr)]
    readers = [
        threading.Thread(target=_read, args=(kind, pipe, lines), daemon=True)
        for kind, pipe in pipes
    ]
    for reader in readers:
        reader.start()
    try:
        kept = _gather(child, lines, on_line, cancelled, seconds)
    finally:
        _end(child)
        for reader in readers:
            reader.join()
    return Finished(child.wait(), "".join(kept[OUT]), "".join(kept[ERR]))


def _start(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise UnavailableError(
            f"{Path(command[0]).name} could not be started: {error.strerror}",
            hint=f"Check that {command[0]} can be run and that memory is left",
        ) from error


def _gather(
    child: subprocess.Popen[bytes],
    lines: queue.SimpleQueue[_Line],
    on_line: Callable[[str], None] | None,
    cancelled: threading.Event | None,
    seconds: float | None,
) -> tuple[deque[str], deque[str]]:
    kept: tuple[deque[str], deque[str]] = (deque(), deque(maxlen=_MOST_LINES))
    open_pipes = 2
    waited = 0.0
    while open_pipes:
        if cancelled is not None and cancelled.is_set():
            raise CancelledError("Cancelled")
        try:
            kind, line = lines.get(timeout=_LOOK_AT_CANCEL_SECONDS)
        except queue.Empty:
            waited += _LOOK_AT_CANCEL_SECONDS
            if seconds is not None and waited >= seconds:
                raise UnavailableError(
                    f"A program said nothing for {seconds:g} s and was ended",
                    hint="Try again; the computer may be busy",
                ) from None
            if child.poll() is not None:
                break  # a child of its own keeps the pipes open
            continue
        if line is None:
            open_pipes -= 1
            continue
        waited = 0.0
        kept[kind].append(line)
        if kind == ERR and on_line is not None:
            on_line(line.rstrip())
    return kept


def _read(kind: int, pipe: IO[bytes] | None, lines: queue.SimpleQueue[_Line]) -> None:
    assert pipe is not None
    with pipe:
        for line in pipe:
            lines.put((kind, line.decode("utf-8", "replace")))
    lines.put((kind, None))


def _end(child: subprocess.Popen[bytes]) -> None:
    """It and its whole process group; nothing happens where all have ended."""
    if os.name != "posix":
        child.kill()
        child.wait()
        return
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()
