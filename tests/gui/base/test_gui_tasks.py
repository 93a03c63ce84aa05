from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from studio.gui.tasks import SLICE_SECONDS, Tasks

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_that_a_function_runs_elsewhere_and_its_result_comes_home(
    tasks: Tasks, qtbot: QtBot
) -> None:
    got: list[tuple[int, int]] = []
    tasks.run(
        threading.get_ident,
        done=lambda worker: got.append((worker, threading.get_ident())),
    )
    qtbot.waitUntil(lambda: bool(got))
    worker, home = got[0]
    assert home == threading.get_ident()
    assert worker != home


def test_that_an_exception_goes_to_failed(tasks: Tasks, qtbot: QtBot) -> None:
    got: list[BaseException] = []
    tasks.run(lambda: 1 / 0, failed=got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert isinstance(got[0], ZeroDivisionError)


def test_that_an_exception_nobody_waits_for_is_not_lost(
    tasks: Tasks, qtbot: QtBot
) -> None:
    got: list[BaseException] = []
    tasks.on_failure = got.append
    tasks.run(lambda: 1 / 0)
    qtbot.waitUntil(lambda: bool(got))


def test_that_an_exception_in_a_callback_does_not_stop_the_next_ones(
    tasks: Tasks, qtbot: QtBot
) -> None:
    got: list[Any] = []
    tasks.on_failure = got.append
    for number in range(5):
        tasks.post(lambda n=number: [][1] if n == 1 else got.append(n))  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(got) == 5)
    assert [one for one in got if isinstance(one, int)] == [0, 2, 3, 4]


def test_that_nothing_is_called_for_an_owner_that_is_gone(
    tasks: Tasks, qtbot: QtBot, qapp: QApplication
) -> None:
    owner, gate, got = QWidget(), threading.Event(), []
    tasks.run(lambda: gate.wait(5), done=got.append, owner=owner)
    owner.deleteLater()
    after: list[Any] = []
    qapp.processEvents()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    gate.set()
    tasks.run(lambda: 1, done=after.append)
    qtbot.waitUntil(lambda: bool(after))
    qtbot.wait(20)
    assert not got


def test_that_a_cancelled_task_calls_nothing_and_its_stream_ends(
    tasks: Tasks, qtbot: QtBot
) -> None:
    items: list[int] = []
    ended = threading.Event()

    def count(emit: Any, cancelled: threading.Event) -> None:
        number = 0
        while not cancelled.wait(0.001):
            emit(number)
            number += 1
        ended.set()

    done: list[None] = []
    task = tasks.stream(count, on_item=items.append, done=done.append)
    qtbot.waitUntil(lambda: len(items) > 5)
    task.cancel()
    seen = len(items)
    assert ended.wait(5)
    qtbot.wait(30)
    assert len(items) == seen
    assert not done


def test_that_items_of_a_stream_arrive_in_order_before_its_end(
    tasks: Tasks, qtbot: QtBot
) -> None:
    got: list[Any] = []

    def count(emit: Any, _cancelled: threading.Event) -> str:
        for number in range(2000):
            emit(number)
        return "end"

    tasks.stream(count, on_item=got.append, done=got.append)
    qtbot.waitUntil(lambda: bool(got) and got[-1] == "end")
    assert got == [*range(2000), "end"]


def test_that_a_flood_of_results_leaves_the_window_alive(
    tasks: Tasks, qtbot: QtBot
) -> None:
    stalls: list[float] = []
    last = time.monotonic()

    def beat() -> None:
        nonlocal last
        stalls.append(time.monotonic() - last)
        last = time.monotonic()

    timer = QTimer(interval=1)
    timer.timeout.connect(beat)
    got: list[int] = []

    def work(number: int) -> None:
        until = time.perf_counter() + 0.0002
        while time.perf_counter() < until:
            pass
        got.append(number)

    def flood(emit: Any, _cancelled: threading.Event) -> None:
        for number in range(3000):
            emit(number)

    timer.start()
    tasks.stream(flood, on_item=work)
    qtbot.waitUntil(lambda: len(got) == 3000, timeout=20_000)
    timer.stop()
    assert len(stalls) > 20, "the event loop had no turn"
    assert sorted(stalls)[len(stalls) // 2] < 8 * SLICE_SECONDS


def test_that_a_repeated_function_never_runs_twice_at_once(
    tasks: Tasks, qtbot: QtBot
) -> None:
    running, most, got = 0, 0, []
    gate = threading.Event()

    def slow() -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        gate.wait(0.05)
        running -= 1
        return running

    repeated = tasks.every(0.01, slow, got.append)
    qtbot.waitUntil(lambda: len(got) >= 3)
    repeated.stop()
    seen = len(got)
    qtbot.wait(80)
    assert most == 1
    assert len(got) == seen


def test_that_nothing_comes_home_after_closing(theme: object, qtbot: QtBot) -> None:
    tasks, got, gate = Tasks(), [], threading.Event()
    tasks.run(lambda: gate.wait(5), done=got.append)
    tasks.close()
    gate.set()
    qtbot.wait(30)
    assert not got
    tasks.run(lambda: 1, done=got.append)
    qtbot.wait(10)
    assert not got


class _Bell(QObject):
    rung = Signal(bool)
    plain = Signal()


@pytest.mark.parametrize("value", [True, None], ids=["True", "None"])
def test_that_qt_does_not_eat_references_to_true_and_none(
    value: object, qapp: QApplication
) -> None:
    """Some releases of the binding lose one with each emit or void call."""
    bell, widget, heard = _Bell(), QWidget(), []
    bell.rung.connect(heard.append)
    before = sys.getrefcount(value)
    for _ in range(200):
        bell.rung.emit(True)
        bell.plain.emit()
        widget.update()
        widget.setEnabled(True)
    heard.clear()
    assert abs(sys.getrefcount(value) - before) < 100
