"""One process that imports libraries, computes nothing, and forks steps."""

from __future__ import annotations

import gc
import importlib
import json
import os
import selectors
import signal
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from . import kernel
from .forked import wait_and_run
from .lines import LineReader, write_line
from .memory import MemoryWatch
from .steps import RunningStep, Step, exited_event, warm_arguments

# Libraries loaded under these start no thread of their own; `NumericThreads` and
# the step's own environment undo them in each fork.
IMPORT_ENV = {
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_THREAD_TIMEOUT": "4",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "TQDM_DISABLE_MONITOR": "1",
}
ROOM_MEGABYTES = 64  # for the objects of the usual libraries, and some more
THREADS_STARTED = 3  # exit code: the module announced last started threads


class Spare(NamedTuple):
    pid: int
    orders: int  # descriptor that takes the one step it is to become


class ForkServer:
    """Serves `start`, `stop` and `quit` lines until its requests end."""

    def __init__(self, requests: int, events: int) -> None:
        self._requests = LineReader(requests)
        self._events = events
        self._running: Dict[int, RunningStep] = {}
        self._threads = kernel.NumericThreads()
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        self._open = True
        self._spare: Optional[Spare] = None
        self._oom_kills = kernel.out_of_memory_kills()
        self._memory = MemoryWatch()

    def preload(self, modules: List[str]) -> None:
        """Import `modules` in turn, telling before each which one it is.

        A module that starts a thread ends this process: a fork would lose it.
        """
        before = time.monotonic()
        room = kernel.room_for_objects(ROOM_MEGABYTES)
        loaded = [name for name in modules if self._import(name)]
        del room
        seconds = round(time.monotonic() - before, 3)
        self._threads = kernel.NumericThreads()
        gc.collect()
        gc.freeze()
        kernel.gather_pages()
        self._emit(event="ready", modules=loaded, seconds=seconds)

    def _import(self, name: str) -> bool:
        self._emit(event="importing", module=name)
        try:
            importlib.import_module(name)
        except BaseException as error:
            text = f"{type(error).__name__}: {error}"
            self._emit(event="preload_failed", module=name, error=text)
            return False
        if kernel.own_threads() > 1:
            os._exit(THREADS_STARTED)
        return True

    def serve(self) -> None:
        self._listen()
        while self._open:
            for key, _ in self._selector.select(self._patience()):
                key.data()
            self._reap()
            self._check_deadlines()
            for event in self._memory.look(self._running.values()):
                self._emit(**event)
            self._spare = self._spare or self._fork_spare()
        self._end_all()

    def _listen(self) -> None:
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        signal.set_wakeup_fd(self._wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(
            self._requests.fd, selectors.EVENT_READ, self._read_requests
        )
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._drain)

    def _drain(self) -> None:
        os.read(self._wake_read, 512)

    def _patience(self) -> Optional[float]:
        now = time.monotonic()
        ends = [s.deadline - now for s in self._running.values() if s.deadline]
        look = self._memory.patience(bool(self._running))
        waits = ends if look is None else [*ends, look]
        return max(0.0, min(waits)) if waits else None

    def _check_deadlines(self) -> None:
        now = time.monotonic()
        for running in self._running.values():
            if running.deadline is not None and running.deadline <= now:
                running.at_deadline()

    def _read_requests(self) -> None:
        lines = self._requests.read()
        if lines is None:
            self._open = False
        for line in lines or []:
            self._obey(json.loads(line))

    def _obey(self, request: Dict[str, Any]) -> None:
        if request["op"] == "start":
            self._start(Step.from_request(request))
        elif request["op"] == "stop":
            for running in self._running.values():
                if running.step.id == request["id"]:
                    running.end("stopped", request.get("grace_s", 5))
        elif request["op"] == "quit":
            self._open = False

    def _start(self, step: Step) -> None:
        obstacle = step.obstacle()
        if obstacle is not None:
            self._emit(**exited_event(step.id, None, None, 0.0, reason=obstacle))
            return
        order = {**step._asdict(), "arguments": warm_arguments(step)}
        pid = self._hand_over(order)
        self._running[pid] = RunningStep(step, pid)
        start = kernel.start_time(pid)
        self._emit(event="started", id=step.id, pid=pid, start_time=start)

    def _hand_over(self, order: Dict[str, Any]) -> int:
        spare = self._spare or self._fork_spare()
        self._spare = None
        try:
            write_line(spare.orders, order)
        except BrokenPipeError:  # something killed it while it waited
            return self._hand_over(order)
        finally:
            os.close(spare.orders)
        return spare.pid

    def _fork_spare(self) -> Spare:
        """A process that is ready before its step is known: forking takes time."""
        orders_read, orders_write = os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            own = [*self._private_fds(), orders_write]
            wait_and_run(orders_read, parent, own, self._threads)
        os.close(orders_read)
        return Spare(pid, orders_write)

    def _private_fds(self) -> List[int]:
        own = [self._requests.fd, self._events, self._wake_read, self._wake_write]
        return [*own, self._selector.fileno()]

    def _reap(self) -> None:
        # The dead leader keeps its number until `wait4`, so that nothing else can
        # be hit when what it left behind in its group is killed.
        while self._running:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | os.WNOHANG)
            if ended is None:
                return
            running = self._running.pop(ended.si_pid, None)
            if running is not None:
                _kill_group(ended.si_pid)
            _, status, usage = os.wait4(ended.si_pid, 0)
            if running is not None:
                self._end_what_it_left()
                self._emit(**self._exited(running, status, usage))
            elif self._spare is not None and self._spare.pid == ended.si_pid:
                os.close(self._spare.orders)
                self._spare = None

    def _end_what_it_left(self) -> None:
        """Descendants that had left the step's group are adopted here when it dies;
        those of other steps are still their steps'."""
        spare = {self._spare.pid} if self._spare else set()
        kernel.kill_children(but={*self._running, *spare})

    def _exited(self, running: RunningStep, status: int, usage: Any) -> Dict[str, Any]:
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        return exited_event(
            running.step.id,
            code,
            number,
            time.monotonic() - running.started,
            max(usage.ru_maxrss * 1024, running.peak_memory),
            usage.ru_utime + usage.ru_stime,
            running.reason or self._reason(running.step, code, number),
        )

    def _reason(
        self, step: Step, code: Optional[int], number: Optional[int]
    ) -> Optional[str]:
        if number is not None:
            if number == signal.SIGKILL and self._killed_for_memory():
                return "out of memory"
            return f"killed by signal {number}"
        if code and _raised_memory_error(step.error_file):
            return "out of memory"
        return None

    def _killed_for_memory(self) -> bool:
        before, self._oom_kills = self._oom_kills, kernel.out_of_memory_kills()
        return self._oom_kills > before

    def _end_all(self) -> None:
        for pid in self._running:
            _kill_group(pid)
        kernel.kill_children(but=set())

    def _emit(self, **event: Any) -> None:
        try:
            write_line(self._events, event)
        except BrokenPipeError:
            self._open = False


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nothing is left of it, or only what took another identity


def _raised_memory_error(error_file: str) -> bool:
    try:
        failure = json.loads(Path(error_file).read_bytes())
    except (OSError, ValueError):
        return False
    return str(failure.get("type", "")).endswith("MemoryError")


def run_server(requests: int, events: int, modules: List[str]) -> None:
    """Be a fork server on two descriptors, in a session of its own."""
    os.setsid()
    kernel.adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what an import prints must not look like an event
    os.close(nothing)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    os.environ.update(IMPORT_ENV)
    server = ForkServer(requests, events)
    if modules:
        server.preload(modules)
    server.serve()
