"""How long frames of a graphics view take, in the window's thread alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

FRAMES = 60
VIEW = (1100, 700)


def milliseconds(action: Callable[[], object]) -> float:
    """The thread's own time: what others do on the machine doesn't count."""
    began = time.thread_time()
    action()
    return (time.thread_time() - began) * 1000


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def frames(view: Any, change: Callable[[int], object], count: int = FRAMES) -> float:
    """p95 of a change and of all that the window's thread does until it is seen."""
    view.show()
    _settle()
    return p95([milliseconds(lambda n=n: _frame(change, n)) for n in range(count)])


def _frame(change: Callable[[int], object], number: int) -> None:
    change(number)
    _settle()


def _settle() -> None:
    """Handle what has been asked for, repaints among it."""
    from PySide6.QtWidgets import QApplication

    QApplication.sendPostedEvents()
    QApplication.processEvents()


def there_and_back(number: int) -> int:
    """1, -1, 1 ...: the view ends where it began."""
    return 1 if number % 2 else -1


def pan(view: Any) -> Callable[[int], object]:
    """Half the frames to the right, half back: what comes into view is new."""
    bar = view.horizontalScrollBar()
    return lambda n: bar.setValue(bar.value() + (24 if n < FRAMES // 2 else -24))
