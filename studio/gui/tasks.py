"""Work off the window's thread: plain functions out, results home in small slices.

    tasks.run(partial(studio.models.list, text), done=self.show, owner=self)
    task = tasks.stream(follow_log, on_item=view.append, owner=view)   # f(emit, cancel)
    tasks.every(0.25, poll, on_events)

A function never touches Qt. Callbacks run on the window's thread, and not at all
once their `owner` has been destroyed or the task was cancelled.
"""

from __future__ import annotations

import queue
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeAlias, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

T = TypeVar("T")
Emit = Callable[[Any], None]
_Kind: TypeAlias = Literal["item", "done", "failed"]
SLICE_SECONDS = 0.008


class Task:
    """One piece of work under way; `cancel` drops its callbacks at once and asks a
    stream's function to stop through `cancelled`, an Event it was given.

    All that its thread holds: `settle`, on the window's thread, empties it. What
    functions and callbacks keep alive, widgets, is never destroyed by a thread.
    """

    def __init__(
        self,
        owner: QObject | None,
        function: Callable[..., Any] | None = None,
        on_item: Callable[[Any], object] | None = None,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
    ) -> None:
        self.cancelled = threading.Event()
        self.finished = False
        self.function, self.on_item, self.done = function, on_item, done
        self.failed = failed
        self.outcome: Any = None
        self._owner = owner

    def cancel(self) -> None:
        self.cancelled.set()

    def settle(self) -> None:
        """It has ended, or nothing of it is wanted any more."""
        self.finished = True
        self.function = self.on_item = self.done = self.failed = None
        self.outcome = self._owner = None

    @property
    def wanted(self) -> bool:
        """Whether anyone still waits for the result."""
        gone = self._owner is not None and not shiboken6.isValid(self._owner)
        return not gone and not self.cancelled.is_set()


class Periodic:
    """A function repeated until `stop`."""

    def __init__(self, timer: QTimer) -> None:
        self._timer = timer
        self.task: Task | None = None

    def stop(self) -> None:
        if shiboken6.isValid(self._timer):
            self._timer.stop()
        if self.task is not None:
            self.task.cancel()


class _Home:
    """The way back to the window's thread: a queue, and a signal that wakes it.

    Threads know only this, never `Tasks`: the last to hold a Qt object destroys it.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self._queue: queue.SimpleQueue[tuple[Task, _Kind, Any]] = queue.SimpleQueue()
        self._awake = threading.Event()
        self._lock = threading.Lock()
        self._signal: Callable[[], object] | None = wake

    def bring(self, task: Task, kind: _Kind, item: Any = None) -> None:
        self._queue.put((task, kind, item))
        self.wake()

    def wake(self) -> None:
        """One signal for a burst: `next` clears the flag before it reads the queue."""
        if self._awake.is_set():
            return
        self._awake.set()
        with self._lock:  # not while the receiver is being destroyed
            if self._signal is not None:
                self._signal()

    def open(self) -> None:
        """The window's thread begins to read."""
        self._awake.clear()

    def next(self) -> tuple[Task, _Kind, Any]:
        """queue.Empty where nothing has come."""
        return self._queue.get_nowait()

    def close(self) -> None:
        with self._lock:
            self._signal = None


class Tasks(QObject):
    """A pool of threads, one queue home, one slot that drains it."""

    _woken = Signal()

    def __init__(self, parent: QObject | None = None, workers: int = 8) -> None:
        super().__init__(parent)
        self.on_failure: Callable[[BaseException], object] = _raise_in_loop
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="task")
        self._home = _Home(self._woken.emit)
        self._open = True
        self._under_way: set[Task] = set()
        self._threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        function: Callable[[], T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Call `function` in a worker thread, then `done(result)` or `failed(error)`.

        Without `failed`, errors go to `on_failure`.
        """
        task = Task(owner, function, done=done, failed=failed)
        if self._open:
            self._under_way.add(task)
            self._pool.submit(_work, self._home, task)
        return task

    def stream(
        self,
        function: Callable[[Emit, threading.Event], T],
        *,
        on_item: Callable[[Any], object],
        done: Callable[[T], object] | None = None,
        failed: Callable[[BaseException], object] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Call `function(emit, cancelled)` in a thread of its own.

        Each `emit(item)` calls `on_item(item)` here: progress, log chunks, rows.
        """
        task = Task(owner, function, on_item, done, failed)
        self._under_way.add(task)
        thread = threading.Thread(
            target=_stream, args=(self._home, task), name="stream", daemon=True
        )
        self._threads.add(thread)
        thread.start()
        return task

    def every(
        self,
        seconds: float,
        function: Callable[[], T],
        done: Callable[[T], object],
        *,
        failed: Callable[[BaseException], object] | None = None,
        owner: QObject | None = None,
    ) -> Periodic:
        """Repeat `function`, never twice at once; the pause is between two starts."""
        timer = QTimer(owner or self)
        timer.setInterval(round(seconds * 1000))
        repeated = Periodic(timer)

        def start() -> None:
            if repeated.task is None or repeated.task.finished:
                repeated.task = self.run(
                    function, done=done, failed=failed, owner=timer
                )

        timer.timeout.connect(start)
        timer.start()
        return repeated

    def post(
        self, callback: Callable[[], object], owner: QObject | None = None
    ) -> None:
        """Call something on the window's thread soon; safe from any thread."""
        task = Task(owner, done=lambda _: callback())
        self._home.bring(task, "done")

    def close(self, patience: float = 0.0) -> None:
        """Ask all work to stop and let nothing come home any more.

        Waits up to `patience` seconds for what doesn't stop at once.
        """
        self._open = False
        self._home.close()
        for task in self._under_way:
            task.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)
        end = time.monotonic() + patience
        for thread in [*self._threads, *self._pool._threads]:
            thread.join(max(0.0, end - time.monotonic()))

    @Slot()
    def _drain(self) -> None:
        self._home.open()
        end = time.monotonic() + SLICE_SECONDS
        while self._open:
            try:
                task, kind, item = self._home.next()
            except queue.Empty:
                return
            try:
                self._deliver(task, kind, item)
            except Exception as error:
                self._home.wake()
                self.on_failure(error)
            if time.monotonic() > end:
                self._home.wake()
                return

    def _deliver(self, task: Task, kind: _Kind, item: Any) -> None:
        wanted, value = task.wanted, item if kind == "item" else task.outcome
        call = {"item": task.on_item, "done": task.done, "failed": task.failed}[kind]
        if kind == "failed" and call is None:
            call = self.on_failure
        if kind != "item":
            self._under_way.discard(task)
            task.settle()
        if wanted and call is not None:
            call(value)


def _stream(home: _Home, task: Task) -> None:
    def emit(item: Any) -> None:
        home.bring(task, "item", item)

    _work(home, task, emit, task.cancelled)


def _work(home: _Home, task: Task, *arguments: Any) -> None:
    """What a thread does; function and outcome are the task's alone when it ends."""
    kind: _Kind = "done"
    try:
        if task.function is not None:
            task.outcome = task.function(*arguments)
    except BaseException as error:
        task.outcome, kind = error, "failed"
    home.bring(task, kind)


def _raise_in_loop(error: BaseException) -> None:
    raise error
