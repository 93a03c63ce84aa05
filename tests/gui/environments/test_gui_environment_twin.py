"""A model tried in an environment in the window, and what was missing added."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.domain.environment import Declaration
from studio.domain.twin import Rehearsal, TwinReport, TwinRow

SECONDS = 60_000

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.environments.page import EnvironmentsPage


def test_that_a_model_that_needs_more_is_told_and_what_is_missing_is_added(
    page_on: Callable[[Studio], EnvironmentsPage],
    letters: Studio,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    model = tmp_path / "model.pkl"
    model.write_bytes(b"no model at all")
    letters.models.register("flowers", model)
    page = page_on(letters)
    qtbot.waitUntil(lambda: page.details.reference == "letters:2", timeout=SECONDS)
    page.open_target(reference="letters:1", tab="twin")
    tab = page.details.twin
    qtbot.waitUntil(lambda: page.details.reference == "letters:1", timeout=SECONDS)
    qtbot.waitUntil(lambda: tab.models.count() == 1, timeout=SECONDS)
    assert page.details.tabs.currentWidget() is tab
    assert not tab.try_button.isEnabled()  # it came from elsewhere
    tab.trust.click()
    qtbot.mouseClick(tab.try_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.report is not None, timeout=SECONDS)
    assert tab.report is not None and not tab.report.passed
    assert "pandas" in tab.report.words
    verdicts = {row.name: row.verdict for row in tab.table.rows_model.rows}
    assert verdicts == {"pandas": "missing", "alpha": "unused", "gamma": "unused"}
    tab.unused.click()
    assert [row.name for row in tab.table.rows_model.rows] == ["pandas"]
    qtbot.mouseClick(tab.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.details.reference == "letters:3", timeout=SECONDS)
    made = letters.environments.get("letters:3").declaration
    assert made.packages == "alpha<2\npandas\n"
    assert tab.report is None


def test_that_a_version_that_fits_offers_nothing_to_add(
    page: EnvironmentsPage,
) -> None:
    row = TwinRow("alpha", "", "", "2.0", "2.0", "same")
    report = TwinReport("letters:2", "flowers:1", (row,), Rehearsal("3.11.7"))
    page.details.twin.show_report(report)
    page.details.tabs.setCurrentWidget(page.details.twin)
    assert not page.details.twin.add.isVisible()
    assert "flowers:1 runs in letters:2" in page.details.twin.banner.text


def test_that_an_image_is_a_place_to_try_a_model_in(
    page_on: Callable[[Studio], EnvironmentsPage], letters: Studio, qtbot: QtBot
) -> None:
    """Where the environment is nothing but one, it is the only place."""
    letters.environments.create("made", Declaration("image", image="made:1"))
    tab = page_on(letters).details.twin

    def offered(reference: str) -> list[str]:
        tab.set_version(letters.environments.get(reference))
        return [tab.places.itemText(n) for n in range(tab.places.count())]

    assert offered("letters:1") == ["This computer", "Docker image"]
    assert tab.places.currentData() is None
    assert offered("made:1") == ["Docker image"]
    report = TwinReport("made:1", "flowers:1", (), Rehearsal("3.11.7"), image="made:1")
    tab.show_report(report)
    assert "in the image of made:1" in tab.facts.text()
