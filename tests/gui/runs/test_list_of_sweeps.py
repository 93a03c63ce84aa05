"""The list of sweeps on the Runs page, and the same on the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from workspaces import save_curve

from studio.bootstrap import Studio, create_workspace
from studio.domain.sweep import Space, SweepSpec
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.sweeping.feature import Sweeping
from studio.gui.main_window import MainWindow
from studio.gui.runs.page import RunsPage
from studio.gui.settings import Settings
from studio.gui.tasks import Tasks
from studio.gui.theme.theme import Theme

SECONDS = 90_000


@pytest.fixture
def page(
    qtbot: QtBot, tasks: Tasks, settings: Settings, theme: Theme, tmp_path: Path
) -> RunsPage:
    """The Runs page of the whole window, over a pipeline that can be swept."""
    studio = create_workspace(tmp_path / "swept")
    save_curve(studio)
    window = MainWindow(tasks, settings, theme)

    def let_go(_: MainWindow) -> None:
        window.leaving.close_now()
        studio.close()

    qtbot.addWidget(window, before_close_func=let_go)
    window.resize(1440, 860)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.open(studio, "runs")
    shown = window.page
    assert isinstance(shown, RunsPage)
    return shown


def cells(page: RunsPage) -> list[list[str]]:
    model = page.sweeps.table.rows_model
    return [
        [model.index(n, c).data() for c in range(5)] for n in range(len(model.rows))
    ]


def test_that_sweeps_are_listed_followed_and_opened(
    page: RunsPage, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    page.services.actions.get("runs.sweeps").trigger()
    qtbot.waitUntil(lambda: page.sweeps.is_empty, timeout=SECONDS)
    assert not page.services.actions.get("runs.again").isEnabled()
    first = SweepSpec("curve", {"x": Space("choice", (1, 3))}, "score", sampling="grid")
    older = page.studio.sweeps.start(first)
    qtbot.waitUntil(
        lambda: [line[0] for line in cells(page)] == ["Succeeded"], timeout=SECONDS
    )
    assert cells(page) == [["Succeeded", "x", "curve", "2/2", "score 0"]]
    page.studio.sweeps.start(SweepSpec("curve", {"x": Space("choice", (9,))}, "score"))
    qtbot.waitUntil(
        lambda: [line[0] for line in cells(page)] == ["Succeeded"] * 2, timeout=SECONDS
    )
    if folder := os.environ.get("STUDIO_SCREENSHOTS"):
        page.window().grab().save(str(Path(folder) / "sweeps-list.png"))
    _same_on_the_command_line(page.studio, capsys)
    page.sweeps.table.select_key(older)
    page.sweeps.table.setFocus()
    QTest.keyClick(page.sweeps.table, Qt.Key.Key_Return)
    window = page.window()
    assert isinstance(window, MainWindow)
    qtbot.waitUntil(lambda: isinstance(window.page, DesignerPage), timeout=SECONDS)
    designer = window.page
    assert isinstance(designer, DesignerPage)
    sweeping = next(f for f in designer.features if isinstance(f, Sweeping))
    qtbot.waitUntil(
        lambda: (
            sweeping.tab.isVisible()
            and sweeping.sweep is not None
            and sweeping.sweep.id == older
        ),
        timeout=SECONDS,
    )
    qtbot.waitUntil(lambda: sweeping.tab.list.currentData() == older, timeout=SECONDS)


def _same_on_the_command_line(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    from studio.cli.app import run

    capsys.readouterr()
    assert run(["--workspace", str(studio.workspace.root), "sweeps", "list"]) == 0
    head, newer, older = capsys.readouterr().out.splitlines()[:3]
    columns = ["Sweep", "Pipeline", "State", "Varies", "Trials", "Best", "Started"]
    assert head.split() == columns
    assert older.split()[1:6] == ["curve", "SUCCEEDED", "x", "2/2", "score"]
    assert newer.split()[4] == "1/1"  # of one value, one trial
