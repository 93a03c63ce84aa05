"""Compare with…: from a step, a port or the palette to two outputs side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, RunState, StepRun, StepState
from studio.gui.designer.comparing_data import (
    TITLE,
    ComparingData,
    Place,
    first_places,
    run_words,
)
from studio.gui.designer.page import DesignerPage

SECONDS = 60_000
RUN = Run("r", "p", "", RunState.SUCCEEDED, datetime(2026, 3, 4, 15, 6, tzinfo=UTC))


def made(run_id: str, **digests: str) -> Run:
    steps = tuple(
        StepRun(name, name, "c", StepState.SUCCEEDED, outputs={"out": digest})
        for name, digest in digests.items()
    )
    return replace(RUN, id=run_id, steps=steps)


def test_that_an_older_result_is_offered_before_what_came_in() -> None:
    runs = [made("3", a="x", b="1"), made("2", a="x", b="1"), made("1", b="2")]
    newest = Place("3", "b", "out")
    assert first_places(runs, "b", "out", ("a", "out")) == (
        Place("1", "b", "out"),
        newest,
    )
    assert first_places(runs[:2], "b", "out", ("a", "out")) == (
        Place("3", "a", "out"),
        newest,
    )
    assert first_places(runs[:2], "b", "", None) == (newest, newest)
    assert first_places(runs, "c", "out", None) == (None, None)


def test_that_runs_of_one_day_can_be_told_apart() -> None:
    clock = f"{RUN.created_at.astimezone():%H:%M}"
    assert run_words(RUN, newest=False).endswith(clock)
    assert run_words(RUN, newest=True).startswith("Latest run, ")


def feature(page: DesignerPage) -> ComparingData:
    return next(f for f in page.features if isinstance(f, ComparingData))


def test_that_two_outputs_are_compared_by_keys_and_from_a_ports_menu(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    comparing, bottom = feature(page), page.bench.bottom
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_F6, ctrl | shift)
    qtbot.waitUntil(lambda: comparing.tab is not None, timeout=SECONDS)
    tab = comparing.tab
    assert tab is not None
    assert bottom.tabText(bottom.indexOf(tab)) == TITLE
    assert tab.left.place is None  # nothing has run yet

    page.services.actions.get("run.start").trigger()
    qtbot.waitUntil(
        lambda: page.bench.follower.run is not None and not page.bench.follower.active,
        timeout=SECONDS,
    )
    hand.key(Qt.Key.Key_F6, ctrl | shift)
    qtbot.waitUntil(lambda: tab.view.found is not None, timeout=SECONDS)
    assert tab.right.place is not None
    assert tab.right.place.step == "split"
    assert tab.left.place is not None
    assert tab.left.place.step != "split"  # what came in
    before = tab.left.place
    tab.swap_button.click()
    assert tab.right.place == before

    at = page.view.mapFromScene(hand.port("split", "out", "test"))
    page.view.menu_wanted.emit(page.view.viewport().mapToGlobal(at))
    entries = [a for menu in page.findChildren(QMenu) for a in menu.actions()]
    entry = next(a for a in entries if a.text() == "Compare test with…")
    entry.trigger()
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()
    qtbot.waitUntil(
        lambda: tab.right.place is not None and tab.right.place.output == "test",
        timeout=SECONDS,
    )
    qtbot.waitUntil(lambda: tab.view.found is not None, timeout=SECONDS)


def test_that_what_is_compared_goes_when_another_pipeline_is_opened(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    comparing, bottom = feature(page), page.bench.bottom
    page.studio.pipelines.save(Pipeline("other"))
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_F6, ctrl | shift)
    qtbot.waitUntil(lambda: comparing.tab is not None, timeout=SECONDS)
    tab = comparing.tab
    assert tab is not None
    page.open("other")
    qtbot.waitUntil(lambda: page.heading != "penguins", timeout=SECONDS)
    qtbot.waitUntil(lambda: bottom.indexOf(tab) < 0, timeout=SECONDS)
    assert tab.right.run.count() == 0
    page.open("penguins")
    qtbot.waitUntil(lambda: "split" in page.editor.pipeline.by_name, timeout=SECONDS)
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_F6, ctrl | shift)
    qtbot.waitUntil(lambda: bottom.indexOf(tab) >= 0, timeout=SECONDS)
    assert bottom.currentWidget() is tab
