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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

T = TypeVar("T")
Emit = Callable[[Any], None]
SLICE_SECONDS = 0.008


class Task:
    """One piece of work under way; `cancel` drops its callbacks at once and asks a
    stream's function to stop through `cancelled`, an Event it was given."""

    def __init__(self, owner: QObject | None = None) -> None:
        self.cancelled = threading.Event()
        self.finished = False
        self._owner = owner

    def cancel(self) -> None:
        self.cancelled.set()

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


class Tasks(QObject):
    """A pool of threads, one queue home, one slot that drains it."""

    _woken = Signal()

    def __init__(self, parent: QObject | None = None, workers: int = 8) -> None:
        super().__init__(parent)
        self.on_failure: Callable[[BaseException], object] = _raise_in_loop
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="task")
        self._home: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._awake = threading.Event()
        self._open = True
        self._streams: set[Task] = set()
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
        task = Task(owner)
        if self._open:
            self._pool.submit(self._call, task, function, done, failed)
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
        task = Task(owner)
        self._streams.add(task)

        def emit(item: Any) -> None:
            self._bring(task, lambda: on_item(item))

        def work() -> None:
            self._call(task, partial(function, emit, task.cancelled), done, failed)
            self._streams.discard(task)

        threading.Thread(target=work, name="stream", daemon=True).start()
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
        self._bring(Task(owner), callback)

    def close(self) -> None:
        """Ask all work to stop and let nothing come home any more."""
        self._open = False
        for task in list(self._streams):
            task.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _call(
        self,
        task: Task,
        function: Callable[[], T],
        done: Callable[[T], object] | None,
        failed: Callable[[BaseException], object] | None,
    ) -> None:
        try:
            result = function()
        except BaseException as error:
            caught = error
            self._bring(task, lambda: (failed or self.on_failure)(caught), last=True)
        else:
            self._bring(task, lambda: done(result) if done else None, last=True)

    def _bring(
        self, task: Task, callback: Callable[[], object], last: bool = False
    ) -> None:
        if not self._open:
            return

        def deliver() -> None:
            task.finished = task.finished or last
            if task.wanted:
                callback()

        self._home.put(deliver)
        self._wake()

    def _wake(self) -> None:
        # One signal for a burst: the flag is cleared before the queue is read.
        if self._awake.is_set():
            return
        self._awake.set()
        try:
            self._woken.emit()
        except RuntimeError:
            self._open = False

    @Slot()
    def _drain(self) -> None:
        self._awake.clear()
        end = time.monotonic() + SLICE_SECONDS
        while self._open:
            try:
                self._home.get_nowait()()
            except queue.Empty:
                return
            except Exception as error:
                self._wake()
                self.on_failure(error)
            if time.monotonic() > end:
                self._wake()
                return


def _raise_in_loop(error: BaseException) -> None:
    raise error
