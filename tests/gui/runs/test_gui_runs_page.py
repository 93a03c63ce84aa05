"""The Runs page over real runs: list, filter, details."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from pages_hand import click_at, click_row, cut_texts, keys, press, type_into, unnamed
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from studio.bootstrap import open_workspace
from studio.gui.viewers.outputs import look_into

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.runs.page import RunsPage
    from studio.gui.theme.theme import Mode, Theme

MARK = Qt.ItemDataRole.DecorationRole
SECONDS = 30_000


def show(page: RunsPage, qtbot: QtBot, pipeline: str) -> None:
    """Choose the newest run of a pipeline with the mouse."""
    rows = page.table.rows_model.rows
    number = next(n for n, run in enumerate(rows) if run.pipeline == pipeline)
    click_row(page.table, number)
    qtbot.waitUntil(
        lambda: page.details.run is not None and page.details.run.id == rows[number].id,
        timeout=SECONDS,
    )


def test_that_the_list_shows_state_steps_and_metrics_newest_first(
    page: RunsPage,
) -> None:
    model = page.table.rows_model
    shown = [[model.index(row, c).data() for c in (0, 1, 5, 6)] for row in range(3)]
    assert [line[:3] for line in shown] == [
        ["Failed", "broken", "3/7"],
        ["Succeeded", "penguins", "7/7"],
        ["Succeeded", "penguins", "7/7"],
    ]
    assert shown[1][3].startswith("accuracy ")
    assert page.caption == "3 runs"


def test_that_a_filter_narrows_and_a_wrong_one_is_explained(
    page: RunsPage, qtbot: QtBot
) -> None:
    type_into(page.filter.edit, "state=failed")
    qtbot.waitUntil(lambda: len(keys(page.table)) == 1)
    assert page.table.rows_model.rows[0].pipeline == "broken"
    page.filter.clear()
    qtbot.waitUntil(lambda: len(keys(page.table)) == 3)
    type_into(page.filter.edit, "state=")
    assert "isn't understood" in page.filter.error
    assert len(keys(page.table)) == 3


def test_that_an_experiment_can_be_chosen(page: RunsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.experiments.findData("again") > 0)
    page.experiments.setFocus()
    QTest.keyClick(page.experiments, Qt.Key.Key_Down)
    assert page.experiments.currentData() == "again"
    qtbot.waitUntil(lambda: len(keys(page.table)) == 1)


def test_that_a_header_click_sorts_the_whole_list(page: RunsPage, qtbot: QtBot) -> None:
    header = page.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(4) + 10, header.height() // 2)
    rows = page.table.rows_model
    for descending in (False, True):
        with qtbot.waitSignal(rows.loaded):
            click_at(header.viewport(), place)
        seconds = [run.seconds for run in rows.rows]
        assert seconds == sorted(seconds, reverse=descending)
    assert page.filter.text() == ""


def test_that_a_failed_run_says_why_and_leads_to_the_log_of_its_step(
    page: RunsPage, qtbot: QtBot
) -> None:
    show(page, qtbot, "broken")
    header = page.details.header
    assert header.banner.isVisible()
    assert "specie" in header.banner.text
    press(header, "Open the step's log")
    log = page.details.log
    assert page.details.tabs.currentWidget() is log
    assert log.step == "train"
    qtbot.waitUntil(lambda: "specie" in log.view.shown_text(), timeout=SECONDS)


def test_that_a_step_shows_its_reason_figures_and_parameters(
    page: RunsPage, qtbot: QtBot
) -> None:
    show(page, qtbot, "penguins")
    steps = page.details.steps
    click_row(steps.table, [s.name for s in steps.table.rows_model.rows].index("split"))
    assert steps.panel.title.text() == "Split 75 / 25"
    current = steps.table.currentIndex()
    told = steps.table.model().index(current.row(), 1)
    assert told.data() == "Split 75 / 25"
    assert told.data(Qt.ItemDataRole.ToolTipRole) == "Split 75 / 25 · split"
    assert steps.panel.chip.text == "Reused"
    assert steps.panel.parameters.value("stratify") == "species"
    press(steps.panel, "Show outputs")
    outputs = page.details.outputs
    qtbot.waitUntil(lambda: outputs.table.current() is not None, timeout=SECONDS)
    assert outputs.table.current().step == "split"
    assert outputs.table.currentIndex().siblingAtColumn(0).data() == "Split 75 / 25"
    page.details.show_tab("log", "split")
    log = page.details.log.sources
    assert log.currentIndex().siblingAtColumn(0).data() == "Split 75 / 25"


def test_that_a_table_an_evaluation_and_a_model_are_shown_as_what_they_are(
    page_on: Callable[[Studio], RunsPage], ran: Studio, qtbot: QtBot
) -> None:
    # Opened anew: windows of other tests have closed the reader of tables.
    page = page_on(open_workspace(ran.workspace.root))
    show(page, qtbot, "penguins")
    page.details.show_tab("outputs")
    outputs = page.details.outputs
    qtbot.waitUntil(lambda: len(keys(outputs.table)) == 9, timeout=SECONDS)
    seen = {one.name: one.title for one in outputs.table.rows_model.rows}
    assert (seen["train"], seen["evaluation"], seen["model"]) == (
        "Table",
        "Evaluation",
        "Model",
    )
    names = [one.name for one in outputs.table.rows_model.rows]
    view = outputs.view
    click_row(outputs.table, names.index("train"))
    qtbot.waitUntil(lambda: view.page is view.rows, timeout=SECONDS)
    rows = view.rows.grid.model()
    assert rows.rowCount() == 256
    assert rows.headerData(0, Qt.Orientation.Horizontal) == "species"
    marks = [rows.headerData(n, Qt.Orientation.Horizontal, MARK) for n in (0, 1, 2)]
    assert marks[0].cacheKey() == marks[1].cacheKey() != marks[2].cacheKey()
    click_row(outputs.table, names.index("evaluation"))
    qtbot.waitUntil(lambda: view.page is view.evaluation, timeout=SECONDS)
    from studio.gui.widgets.metric_plot import MetricPlot

    assert len(view.evaluation.findChildren(MetricPlot)) == 3
    click_row(outputs.table, names.index("model"))
    qtbot.waitUntil(lambda: view.page is view.files, timeout=SECONDS)
    assert view.caption.startswith("Model · ")


def test_that_metrics_are_listed_and_drawn(page: RunsPage, qtbot: QtBot) -> None:
    show(page, qtbot, "penguins")
    with qtbot.waitSignal(page.details.metrics.shown, timeout=SECONDS):
        page.details.show_tab("metrics")
    series = {(one.step, one.key): one.last for one in page.details.metrics.series}
    assert series["import_data", "rows"] == 344
    assert page.details.metrics.plot.item.items


def test_that_the_snapshot_tells_parameters_data_code_and_packages(
    page: RunsPage, qtbot: QtBot, ran: Studio
) -> None:
    show(page, qtbot, "penguins")
    snapshot = page.details.snapshot
    with qtbot.waitSignal(snapshot.shown, timeout=SECONDS):
        page.details.show_tab("snapshot")
    assert snapshot.parameters.value("seed") == "42"
    assert any(fact.name.endswith("penguins.csv") for fact in snapshot.data.facts)
    assert len(snapshot.code.steps.facts) == 7
    assert "train_model" in snapshot.pipeline.text()
    type_into(snapshot.environment.search, "scikit-learn", enter=False)
    assert keys(snapshot.environment.table) == ["scikit-learn"]


def test_that_a_run_can_be_opened_by_its_id_with_a_tab_and_a_step(
    page: RunsPage, qtbot: QtBot
) -> None:
    wanted = page.table.rows_model.rows[-1].id
    window = page.window()
    window.open_page("runs", run_id=wanted, tab="log", step="split")
    qtbot.waitUntil(
        lambda: page.details.run is not None and page.details.run.id == wanted
    )
    assert page.table.current().id == wanted
    assert page.details.log.step == "split"


def test_that_the_pipeline_of_a_run_is_one_click_away(
    page: RunsPage, qtbot: QtBot
) -> None:
    show(page, qtbot, "broken")
    press(page.window(), "Open pipeline")
    assert page.window().page.targets == [{"name": "broken"}]


def test_that_the_id_can_be_copied_and_the_list_exported(
    page: RunsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    show(page, qtbot, "broken")
    page.services.actions.get("runs.copy_id").trigger()
    assert QGuiApplication.clipboard().text() == page.details.run.id
    page.table.export_csv(tmp_path / "runs.csv")
    lines = (tmp_path / "runs.csv").read_text().splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("State,Pipeline,Experiment")


def test_that_an_empty_workspace_says_what_to_do_next(
    qtbot: QtBot, window_on: Callable[..., object], studio: Studio
) -> None:
    window = window_on(studio, "runs")
    qtbot.waitUntil(lambda: window.page._stack.currentIndex() == 0, timeout=SECONDS)
    press(window.page, "Open pipelines")
    assert window.page.id == "pipelines"


def test_that_every_control_has_a_name(page: RunsPage, qtbot: QtBot) -> None:
    show(page, qtbot, "penguins")
    for tab in ("steps", "log", "metrics", "outputs", "snapshot"):
        page.details.show_tab(tab)
        qtbot.wait(50)
        assert not unnamed(page), tab


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_that_nothing_is_cut_off_in_a_small_window(
    mode: Mode, page: RunsPage, qtbot: QtBot, theme: Theme, pictures: Path
) -> None:
    theme.set(mode)
    show(page, qtbot, "broken")
    for width, height in ((1440, 900), (1100, 700)):
        page.window().resize(width, height)
        for tab in ("steps", "log", "metrics", "outputs", "snapshot"):
            page.details.show_tab(tab)
            qtbot.wait(60)
            qtbot.waitUntil(lambda: list(cut_texts(page)) == [])
            picture = page.window().grab()
            assert picture.save(str(pictures / f"runs-{tab}-{mode}-{width}.png"))


def test_that_what_an_output_is_follows_from_its_files(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello")
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "MLmodel").write_text("flavors: {}")
    kinds = {
        name: look_into(tmp_path / name).kind
        for name in ("note.txt", "rows.csv", "model", "nothing")
    }
    assert kinds == {
        "note.txt": "text",
        "rows.csv": "table",
        "model": "model",
        "nothing": "gone",
    }


def test_that_a_step_is_opened_again_from_the_steps_tab(
    page: RunsPage, desktop: list[Path], qtbot: QtBot
) -> None:
    page.details.show_tab("steps")
    page.details.steps.choose("train")
    page.services.actions.refresh()
    found = page.details.steps.panel.findChildren(QPushButton)
    again = next(one for one in found if one.text() == "Open again")
    assert again.isVisible()
    again.menu().aboutToShow.emit()
    folder = next(a for a in again.menu().actions() if "folder" in a.text())
    assert folder.isEnabled()
    folder.trigger()
    qtbot.waitUntil(lambda: bool(desktop), timeout=SECONDS)
    assert (desktop[0] / "train.ipynb").is_file()
    assert f"{page.details.run_id}-train" in desktop[0].name


def test_that_a_long_experiment_s_name_leaves_the_filter_its_room(
    page: RunsPage, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: page.experiments.findData("again") > 0)
    before = page.filter.width()
    page.experiments.addItem("customers who called twice and more " * 4, "long")
    page.experiments.setCurrentIndex(page.experiments.findData("long"))
    qtbot.waitUntil(lambda: page.experiments.toolTip().startswith("customers"))
    assert (page.filter.width(), page.experiments.width()) == (before, 180)


def test_that_steps_of_a_run_that_ended_badly_are_not_counted_as_done(
    page: RunsPage, qtbot: QtBot
) -> None:
    show(page, qtbot, "broken")
    model = page.table.rows_model
    tip = model.index(0, 5).data(Qt.ItemDataRole.ToolTipRole)
    assert "1 failed" in tip
    run = page.details.run
    assert run is not None
    assert model.index(0, 5).data() != f"{len(run.steps)}/{len(run.steps)}"
    steps = page.details.steps.table.rows_model
    column = [one.title for one in steps.columns].index("Metrics")
    shown = {
        steps.row(n).name: steps.index(n, column).data()
        for n in range(steps.rowCount())
    }
    measured = {step.name for step in run.steps if step.metrics}
    assert measured
    assert all(shown[name] for name in measured)
