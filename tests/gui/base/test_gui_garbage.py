from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject

from studio.gui.garbage import Garbage
from studio.gui.tasks import Tasks

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def garbage(qapp: object) -> Iterator[Garbage]:
    made = Garbage()
    yield made
    made.stop()


def _cycle(where: list[int]) -> None:
    made = QObject()
    made.setProperty("itself", 1)
    made.__dict__["itself"] = made
    weakref.finalize(made, lambda: where.append(threading.get_ident()))


def test_that_a_busy_thread_collects_no_cycle_of_the_window(
    garbage: Garbage, tasks: Tasks, qtbot: QtBot
) -> None:
    where: list[int] = []
    for _ in range(50):
        _cycle(where)
    ended: list[object] = []
    tasks.run(lambda: [[[n]] for n in range(20_000)], done=ended.append)
    qtbot.waitUntil(lambda: bool(ended))
    assert not where
    qtbot.waitUntil(lambda: len(where) == 50)
    assert set(where) == {threading.get_ident()}


def test_that_python_collects_by_itself_again_in_the_end(garbage: Garbage) -> None:
    assert not gc.isenabled()
    garbage.stop()
    assert gc.isenabled()


def test_that_a_thread_is_never_the_last_to_hold_what_a_callback_holds(
    tasks: Tasks, qtbot: QtBot
) -> None:
    where: list[int] = []

    class Shown(QObject):
        def show(self, _: object) -> None: ...

    for _ in range(200):
        shown = Shown()
        weakref.finalize(shown, lambda: where.append(threading.get_ident()))
        tasks.run(lambda kept=shown: 1 / 0, failed=shown.show)  # type: ignore[misc]
        tasks.run(lambda kept=shown: 1, done=shown.show)  # type: ignore[misc]
        del shown
    qtbot.waitUntil(lambda: len(where) == 200)
    assert set(where) == {threading.get_ident()}
