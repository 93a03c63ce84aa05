"""What becomes of live work when the window closes, with runs that really live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from studio.bootstrap import open_workspace
from studio.domain.node import Node, Value
from studio.domain.pipeline import Pipeline
from studio.gui.main_window import MainWindow
from studio.gui.quit_dialog import QuitDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio

    Opener = Callable[[], MainWindow]


@pytest.fixture
def alive(studio: Studio) -> Iterator[str]:
    """A run that would take minutes; its id."""
    code = "import time\ndef main(t1, t2=None):\n    time.sleep(300)\n"
    node = Node("n1", "wait", "azureml:python_script@latest", {"code": Value(code)})
    run_id = studio.runs.start(Pipeline("slow", (node,)))
    yield run_id
    with closing(open_workspace(studio.workspace.root)) as again:
        if not again.runs.get(run_id).state.ended:
            again.runs.cancel(run_id)
            again.runs.wait(run_id, timeout_seconds=30)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [("Stop all", {"CANCELLED", "CANCELLING"}), ("Keep running", {"RUNNING"})],
)
def test_that_closing_asks_once_what_becomes_of_a_run_that_goes_on(
    answer: str,
    ends: set[str],
    alive: str,
    open_window: Opener,
    studio: Studio,
    qtbot: QtBot,
) -> None:
    root = studio.workspace.root
    window = open_window()
    qtbot.waitUntil(lambda: studio.runs.get(alive).state == "RUNNING", timeout=20_000)
    window.close()
    window.close()
    qtbot.waitUntil(lambda: len(quit_dialogs()) == 1)
    assert window.isVisible()
    dialog = quit_dialogs()[0]
    buttons = dialog.findChildren(QPushButton)
    chosen = next(one for one in buttons if one.text() == answer)
    qtbot.mouseClick(chosen, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)
    with closing(open_workspace(root)) as again:
        assert again.runs.get(alive).state in ends


def quit_dialogs() -> list[QuitDialog]:
    found = QApplication.topLevelWidgets()
    return [each for each in found if isinstance(each, QuitDialog) and each.isVisible()]
