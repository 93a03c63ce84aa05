"""The process that reads tables, as its clients see it: ask, wait for the answer."""

from __future__ import annotations

import json
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from studio.domain.errors import InvalidError, StudioError, UnavailableError

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PROGRAM = "studio.worker.tables"
SECONDS, POLL = 60.0, 0.05
Answers: TypeAlias = queue.SimpleQueue[dict[str, Any]]
Waiting: TypeAlias = dict[int, Answers]


class ReadingCancelled(StudioError):
    """The one who asked has given up."""

    code = "cancelled"


class TableReader:
    """Started at the first question; a new one is started where one has died.

    Safe to use from many threads. `name` in `ask` is what messages call the table.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: Waiting = {}
        self._number = 0
        self._closed = False
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Of the living process."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def ask(
        self,
        name: str,
        request: dict[str, Any],
        *,
        seconds: float | None = SECONDS,
        on_item: Callable[[Any], object] | None = None,
        cancelled: threading.Event | None = None,
    ) -> Any:
        """The answer, after its parts. `seconds` is how long it may be silent.

        InvalidError if the table can't be read, UnavailableError if that takes too
        long, ReadingCancelled once `cancelled` is set.
        """
        number, answers, waiting = self._send(request)
        try:
            return self._wait(name, number, answers, seconds, on_item, cancelled)
        finally:
            waiting.pop(number, None)

    def close(self) -> None:
        """End the process; who still waits is told."""
        with self._lock:
            self._closed = True
            self._end()

    def _wait(
        self,
        name: str,
        number: int,
        answers: Answers,
        seconds: float | None,
        on_item: Callable[[Any], object] | None,
        cancelled: threading.Event | None,
    ) -> Any:
        heard = time.monotonic()
        while True:
            if cancelled is not None and cancelled.is_set():
                self._tell({"op": "cancel", "id": number})
                raise ReadingCancelled(f"Reading {name} was cancelled")
            answer = _next(answers)
            if answer is None:
                if seconds is not None and time.monotonic() - heard > seconds:
                    self._give_up()
                    raise _too_long(name, seconds)
                continue
            heard = time.monotonic()
            if "item" not in answer:
                return _result(name, answer)
            if on_item is not None:
                on_item(answer["item"])

    def _send(self, request: dict[str, Any]) -> tuple[int, Answers, Waiting]:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._waiting = {}
                self._process = self._start(self._waiting)
            self._number += 1
            number, waiting = self._number, self._waiting
            answers = waiting[number] = queue.SimpleQueue()
        self._tell({"id": number, **request})
        return number, answers, waiting

    def _tell(self, request: dict[str, Any]) -> None:
        line = json.dumps(request).encode() + b"\n"
        with self._lock:
            if self._process is None or self._process.stdin is None:
                return
            try:
                self._process.stdin.write(line)
                self._process.stdin.flush()
            except (BrokenPipeError, ValueError):
                pass  # its end is told to all who wait

    def _start(self, waiting: Waiting) -> subprocess.Popen[bytes]:
        if self._closed:
            raise UnavailableError("The workspace is closed", "Open it again")
        folder = Path(tempfile.mkdtemp(prefix="studio-tables-"))
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", _PROGRAM, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise UnavailableError(
                f"A process to read tables could not be started: {error.strerror}",
                "Close some programs and try again",
            ) from error
        listen = (process, waiting, folder)
        threading.Thread(
            target=_listen, args=listen, name="tables", daemon=True
        ).start()
        return process

    def _give_up(self) -> None:
        """A reader that is stuck is ended; the next question starts another."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _close_input(process)
        try:
            process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listen(process: subprocess.Popen[bytes], waiting: Waiting, folder: Path) -> None:
    """Hand out answers until the process ends, then tell all who still wait."""
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            answer = json.loads(line)
            if (answers := waiting.get(answer["id"])) is not None:
                answers.put(answer)
    ended = process.wait()
    _close_input(process)
    shutil.rmtree(folder, ignore_errors=True)
    words = f"the process that reads it ended ({ended})"
    for answers in list(waiting.values()):
        answers.put({"error": words})


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass


def _next(answers: Answers) -> dict[str, Any] | None:
    try:
        return answers.get(timeout=POLL)
    except queue.Empty:
        return None


def _result(name: str, answer: dict[str, Any]) -> Any:
    if "error" in answer:
        raise InvalidError(
            f"{_called(name)} can't be read: {answer['error']}",
            "Run the step again, or look at its files",
        )
    return answer["result"]


def _called(name: str) -> str:
    """A stored one's name is a digest, which tells a person nothing."""
    return "The table" if _DIGEST.fullmatch(name) else f"The table {name}"


def _too_long(name: str, seconds: float) -> UnavailableError:
    return UnavailableError(
        f"{_called(name)} took longer than {seconds:.0f} s to read",
        "Look at a smaller table, or open the file with a tool of your own",
    )
