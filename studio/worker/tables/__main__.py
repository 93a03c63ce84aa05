"""The loop: requests in, answers out, several at a time."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .desk import Cancelled, Desk, Job

MEMORY_BYTES = 8 << 30
LONG = ("settle", "order", "profile", "differ", "pictures")


class Loop:
    """Pages are answered beside long work, never behind it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._jobs: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._quick, self._long = ThreadPoolExecutor(2), ThreadPoolExecutor(3)

    def run(self) -> None:
        for line in sys.stdin.buffer:
            request = json.loads(line)
            if request["op"] == "cancel":
                self._cancel(request["id"])
            else:
                self._start(request)

    def _start(self, request: dict[str, Any]) -> None:
        number = request["id"]
        job = Job(lambda item: self._tell({"id": number, "item": item}))
        self._jobs[number] = job
        pool = self._long if request["op"] in LONG else self._quick
        pool.submit(self._answer, number, request, job)

    def _cancel(self, number: int) -> None:
        job = self._jobs.get(number)
        if job is not None:
            job.cancel()

    def _answer(self, number: int, request: dict[str, Any], job: Job) -> None:
        try:
            job.check()
            self._tell({"id": number, "result": self._desk.do(request, job)})
        except Cancelled:
            self._tell({"id": number, "error": "cancelled"})
        except BaseException as error:  # a broken file may fail anywhere in its parser
            self._tell({"id": number, "error": _words(error)})
        finally:
            self._jobs.pop(number, None)

    def _tell(self, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode() + b"\n"
        with self._lock:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


def main() -> None:
    _limit_memory()
    folder = Path(sys.argv[1])
    try:
        Loop(Desk(folder)).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        sys.stdout.flush()
        os._exit(0)  # work under way is wanted by nobody


def _words(error: BaseException) -> str:
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words[:300]}"


def _limit_memory() -> None:
    """A hostile file may claim any size: this ends the process, not the session."""
    try:
        import resource
    except ImportError:  # no limits on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
