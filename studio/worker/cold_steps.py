"""Serves the lines of `warm.py` where there is no fork: one interpreter per step."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from . import kernel
from .lines import LineReader, write_line
from .steps import Step, exited_event, warm_arguments

Message = Tuple[str, Any]


class ColdStep:
    """A started process, and why it was ended if it was."""

    def __init__(self, step: Step, process: subprocess.Popen[bytes]) -> None:
        self.step = step
        self.process = process
        self.started = time.monotonic()
        self.reason: Optional[str] = None

    def end(self, reason: str, grace: float) -> None:
        """Ask the process's group to end, and kill it after `grace` seconds."""
        self.reason = self.reason or reason
        _signal_group(self.process, signal.SIGTERM)
        kill = threading.Timer(grace, self.kill)
        kill.daemon = True
        kill.start()

    def kill(self) -> None:
        _signal_group(self.process, getattr(signal, "SIGKILL", signal.SIGTERM))

    def wait(self, messages: queue.Queue[Message]) -> None:
        try:
            self.process.wait(self.step.timeout_s)
        except subprocess.TimeoutExpired:
            self.end("timeout", 5)
            self.process.wait()
        self.kill()  # what it left behind
        messages.put(("exited", self))

    def event(self) -> Dict[str, Any]:
        code: Optional[int] = self.process.returncode
        number = -code if code is not None and code < 0 else None
        killed = f"killed by signal {number}" if number else None
        return exited_event(
            self.step.id,
            None if number else code,
            number,
            time.monotonic() - self.started,
            reason=self.reason or killed,
        )


class ColdSteps:
    def __init__(self, events: int) -> None:
        self._events = events
        self._messages: queue.Queue[Message] = queue.Queue()
        self._running: Dict[str, ColdStep] = {}

    def run(self, requests: int) -> None:
        reader = threading.Thread(target=self._read, args=(requests,), daemon=True)
        reader.start()
        self._emit(event="ready", modules=[], seconds=0.0)
        while True:
            kind, value = self._messages.get()
            if kind == "end" or (kind == "request" and value.get("op") == "quit"):
                break
            if kind == "exited":
                self._running.pop(value.step.id, None)
                self._emit(**value.event())
            else:
                self._obey(value)
        for running in self._running.values():
            running.kill()

    def _read(self, fd: int) -> None:
        reader = LineReader(fd)
        lines: Optional[List[bytes]] = []
        while lines is not None:
            for line in lines:
                self._messages.put(("request", json.loads(line)))
            lines = reader.read()
        self._messages.put(("end", None))

    def _obey(self, request: Dict[str, Any]) -> None:
        if request.get("op") == "start":
            self._start(Step.from_request(request))
        elif request.get("op") == "stop" and request["id"] in self._running:
            running = self._running[request["id"]]
            running.end("stopped", request.get("grace_s", 5))

    def _start(self, step: Step) -> None:
        obstacle = step.obstacle()
        if obstacle is not None:
            self._emit(**exited_event(step.id, None, None, 0.0, reason=obstacle))
            return
        running = ColdStep(step, _open_process(step))
        self._running[step.id] = running
        pid = running.process.pid
        start = kernel.start_time(pid)
        self._emit(event="started", id=step.id, pid=pid, start_time=start)
        wait = threading.Thread(target=running.wait, args=(self._messages,))
        wait.daemon = True
        wait.start()

    def _emit(self, **event: Any) -> None:
        write_line(self._events, event)


def _open_process(step: Step) -> subprocess.Popen[bytes]:
    arguments = warm_arguments(step)
    program = str(Path(__file__).with_name("run_step.py"))
    command: Any = step.command if arguments is None else [sys.executable, program]
    with Path(step.stdout).open("ab") as log:
        process = subprocess.Popen(
            command,
            shell=arguments is None,
            cwd=step.cwd,
            env=step.full_env(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    order = {"arguments": arguments, "error_file": step.error_file}
    assert process.stdin is not None
    try:
        if arguments is not None:
            process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.close()
    except OSError:
        return process  # it has ended already, and its exit tells of it
    return process


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
    except (ProcessLookupError, PermissionError):
        return


def main() -> int:
    events = os.dup(1)
    os.dup2(2, 1)
    ColdSteps(events).run(0)
    return 0
