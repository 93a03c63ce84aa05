"""Takes the lines of a runner and hands each step to one of two fork servers.

The bare one forks at once, and is what shell commands and early steps get. The
warm one is busy importing at first, and may die of a library that can't be
imported; then it is started again without that library. This process itself
only passes lines on, so that it can always answer.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from .commands import python_arguments
from .forkserver import THREADS_STARTED, run_server
from .lines import LineReader, write_all, write_line
from .steps import exited_event

_END_SECONDS = 2.0


class Branch:
    """A fork server, seen from here."""

    def __init__(self, pid: int, requests: int, events: int) -> None:
        self.pid = pid
        self.requests = requests
        self.events = LineReader(events)
        self.ready = False
        self.importing = ""
        self.pids: Dict[str, Optional[int]] = {}
        self.since: Dict[str, float] = {}

    def send(self, line: bytes) -> None:
        try:
            write_all(self.requests, line + b"\n")
        except BrokenPipeError:
            return  # it died: its event stream ends, and that is acted upon

    def fds(self) -> List[int]:
        return [self.requests, self.events.fd]


class Relay:
    def __init__(self, requests: int, events: int) -> None:
        self._requests = LineReader(requests)
        self._out = events
        self._selector = selectors.DefaultSelector()
        self._branches: List[Branch] = []
        self._modules: List[str] = []
        self._open = True

    def run(self) -> None:
        first = self._requests.wait_for_line()
        if first is None:
            return
        self._modules = list(json.loads(first).get("preload", []))
        self._bare = self._grow([])
        self._bare.ready = True
        self._warm = self._grow(self._modules)
        self._selector.register(self._requests.fd, selectors.EVENT_READ)
        while self._open:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._read_requests()
                else:
                    self._read_events(key.data)
        self._end()

    def _grow(self, modules: List[str]) -> Branch:
        request_read, request_write = os.pipe()
        event_read, event_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._become_server(request_read, event_write, modules)
        os.close(request_read)
        os.close(event_write)
        branch = Branch(pid, request_write, event_read)
        self._branches.append(branch)
        self._selector.register(event_read, selectors.EVENT_READ, branch)
        return branch

    def _become_server(self, requests: int, events: int, modules: List[str]) -> None:
        code = 1
        try:
            keep = {0, 1, 2, requests, events}
            for entry in list(Path("/proc/self/fd").iterdir()):
                if int(entry.name) not in keep:
                    _close(int(entry.name))
            run_server(requests, events, modules)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _read_requests(self) -> None:
        lines = self._requests.read()
        if lines is None:
            self._open = False
        for line in lines or []:
            self._obey(line, json.loads(line))

    def _obey(self, line: bytes, request: Dict[str, Any]) -> None:
        if request["op"] == "start":
            branch = self._branch_for(request["command"])
            branch.pids[request["id"]] = None
            branch.since[request["id"]] = time.monotonic()
            branch.send(line)
        elif request["op"] == "stop":
            for branch in self._branches:
                if request["id"] in branch.pids:
                    branch.send(line)
        elif request["op"] == "quit":
            self._open = False

    def _branch_for(self, command: str) -> Branch:
        warm = self._warm.ready and python_arguments(command) is not None
        return self._warm if warm else self._bare

    def _read_events(self, branch: Branch) -> None:
        lines = branch.events.read()
        if lines is None:
            self._replace(branch)
        for line in lines or []:
            self._notice(branch, json.loads(line))
            if branch.ready or b'"importing"' not in line[:24]:
                write_all(self._out, line + b"\n")

    def _notice(self, branch: Branch, event: Dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "started":
            branch.pids[event["id"]] = event["pid"]
        elif kind == "exited":
            branch.pids.pop(event["id"], None)
        elif kind == "importing":
            branch.importing = event["module"]
        elif kind == "ready":
            branch.ready = True

    def _replace(self, branch: Branch) -> None:
        """A fork server died: account for its steps, and start another one."""
        self._selector.unregister(branch.events.fd)
        self._branches.remove(branch)
        for fd in branch.fds():
            os.close(fd)
        _, status = os.waitpid(branch.pid, 0)
        self._tell_lost_steps(branch)
        if branch is self._bare:
            self._bare = self._grow([])
            self._bare.ready = True
            return
        if not branch.ready and branch.importing in self._modules:
            self._drop_module(branch.importing, status)
        self._warm = self._grow(self._modules)

    def _drop_module(self, module: str, status: int) -> None:
        self._modules.remove(module)
        error = "it ended the interpreter"
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == THREADS_STARTED:
            error = "it starts threads, which a forked process would lose"
        event = {"event": "preload_failed", "module": module, "error": error}
        write_line(self._out, event)

    def _tell_lost_steps(self, branch: Branch) -> None:
        for step_id, pid in branch.pids.items():
            if pid is not None:
                _kill_group(pid)
            seconds = time.monotonic() - branch.since[step_id]
            reason = "its parent process was killed"
            event = exited_event(step_id, None, signal.SIGKILL, seconds, reason=reason)
            write_line(self._out, event)

    def _end(self) -> None:
        """Closing its requests makes each server kill its steps and end."""
        for branch in self._branches:
            os.close(branch.requests)
        for branch in self._branches:
            if not branch.ready:  # in the middle of an import, and without steps
                os.kill(branch.pid, signal.SIGKILL)
            _wait_or_kill(branch.pid)


def _wait_or_kill(pid: int) -> None:
    """A server that is stuck must not outlive us; its steps die with it."""
    deadline = time.monotonic() + _END_SECONDS
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return
        time.sleep(0.01)


def _close(fd: int) -> None:
    try:
        os.close(fd)
    except OSError:
        return  # it was the one that listed the folder


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner decides, not Ctrl+C
    sys.stdout.flush()
    events = os.dup(1)
    os.dup2(2, 1)
    try:
        Relay(0, events).run()
    except BrokenPipeError:
        return 1  # the runner died; the servers notice the end of their requests
    return 0
