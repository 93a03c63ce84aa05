"""Sweeps asked for, followed and used in the designer's window."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from workspaces import save_curve

from studio.bootstrap import Studio
from studio.domain.node import FromInput, StepOutput, Value
from studio.domain.run import RunState
from studio.domain.sweep import Space, SweepSpec
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.sweeping.dialog import SweepDialog
from studio.gui.designer.sweeping.feature import Sweeping
from studio.gui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
SECONDS = 90_000


@pytest.fixture
def page(
    qtbot: QtBot, open_window: Callable[[Studio], MainWindow], empty_studio: Studio
) -> DesignerPage:
    save_curve(empty_studio)
    shown = open_window(empty_studio).page
    assert isinstance(shown, DesignerPage)
    qtbot.waitUntil(lambda: shown.document is not None, timeout=SECONDS)
    return shown


def sweeping(page: DesignerPage) -> Sweeping:
    return next(one for one in page.features if isinstance(one, Sweeping))


def asked(page: DesignerPage, qtbot: QtBot) -> SweepDialog:
    """The dialog, opened by its key."""
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    page.view.setFocus()
    QApplication.processEvents()
    QTest.keyClick(page.view, Qt.Key.Key_W, KEYS)
    dialog = sweeping(page).dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def typed(widget: QWidget, text: str) -> None:
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(widget, text)


def kept(widget: QWidget, name: str) -> None:
    """A picture, where STUDIO_SCREENSHOTS asks for one."""
    if folder := os.environ.get("STUDIO_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        widget.grab().save(str(Path(folder) / f"{name}.png"))


def swept(page: DesignerPage, qtbot: QtBot, **more: object) -> Sweeping:
    """A sweep of the core, shown in the tab and at its end."""
    spaces = {"x": Space("choice", (0, 1, 3, 9))}
    spec = SweepSpec("curve", spaces, "score", sampling="grid", concurrent=2)
    page.studio.sweeps.start(replace(spec, **more))  # type: ignore[arg-type]
    feature = sweeping(page)
    page.services.actions.get("run.sweeps").trigger()
    qtbot.waitUntil(
        lambda: feature.sweep is not None and feature.sweep.state.ended, timeout=SECONDS
    )
    return feature


def test_that_a_sweep_is_asked_for_followed_and_its_best_values_used(
    page: DesignerPage, qtbot: QtBot
) -> None:
    dialog = asked(page, qtbot)
    typed(dialog.space_field("x").input, "1, 3, 9")
    typed(dialog.measure.input.lineEdit(), "score")
    dialog.form.set_values({"sampling": "Every combination (grid)"})
    dialog.form.field("sampling").edited.emit()
    typed(dialog.form.field("concurrent").input, "2")
    assert dialog.summary.text() == "3 trials, 2 at once"
    kept(dialog, "sweep-dialog")
    QTest.mouseClick(dialog.go, LEFT)
    feature = sweeping(page)
    qtbot.waitUntil(lambda: feature.sweep is not None, timeout=SECONDS)
    tab = feature.tab
    qtbot.waitUntil(tab.isVisible)
    qtbot.waitUntil(lambda: feature.sweep.state.ended, timeout=SECONDS)
    assert feature.sweep.state is RunState.SUCCEEDED
    assert tab.progress.text() == "3 of 3, done · best score 0"
    best = feature.sweep.best
    assert tab.table.select_key(best.number)
    assert tab.plot.told == f"Trial {best.number}, best: score 0 with x 3"
    before = page.document.stack.count()
    QTest.mouseClick(tab.use, LEFT)
    assert page.editor.pipeline.inputs["x"].value == 3
    assert page.document.stack.count() == before + 1
    page.undo()
    assert page.editor.pipeline.inputs["x"].value == 0
    assert page.bench.follower.run is None  # the canvas shows no trial's run
    kept(page.window(), "sweep-window")
    again = asked(page, qtbot)
    assert again.space_field("x").value() == "1, 3, 9"
    assert again.measure.value() == "score"
    assert again.form.values()["trials"] == 20


def test_that_what_is_wrong_is_said_at_once_and_starts_nothing(
    page: DesignerPage, qtbot: QtBot
) -> None:
    dialog = asked(page, qtbot)
    assert dialog.summary.text().startswith("There is nothing to vary")
    field = dialog.space_field("x")
    typed(field.input, "9..1")
    qtbot.waitUntil(lambda: "is empty" in field.error)
    typed(field.input, "1..100")
    qtbot.waitUntil(lambda: "at most 99" in field.error)
    QTest.mouseClick(dialog.go, LEFT)
    assert "Name the metric" in dialog.measure.error
    typed(field.input, "1..9")
    typed(dialog.measure.input.lineEdit(), "score")
    rate = dialog.space_field("slow")
    typed(rate.input, "0..1")
    dialog.form.set_values({"sampling": "Every combination (grid)"})
    QTest.mouseClick(dialog.go, LEFT)
    assert "can't go through all of 0.0..1.0" in dialog.banner.text
    assert page.studio.sweeps.list() == ()
    assert page.document.stack.count() == 0


def test_that_a_steps_own_value_becomes_an_input_of_the_pipeline(
    page: DesignerPage, qtbot: QtBot
) -> None:
    pipeline = page.editor.pipeline
    own = pipeline.bind("learn", "x", Value(5))
    page.document.edit(replace(own, inputs={"slow": own.inputs["slow"]}), "Own")
    dialog = asked(page, qtbot)
    assert dialog.steps.currentData() == "learn"
    field = dialog.space_field("x", "learn")
    assert field.knob.help == "Now 5 · whole number, 99 or less"
    typed(field.input, "3")
    typed(dialog.measure.input.lineEdit(), "score")
    typed(dialog.form.field("trials").input, "1")
    QTest.mouseClick(dialog.go, LEFT)
    feature = sweeping(page)
    qtbot.waitUntil(lambda: feature.sweep is not None, timeout=SECONDS)
    now = page.editor.pipeline
    assert now.node("learn").inputs["x"] == FromInput("x")
    assert now.inputs["x"].value == 5
    assert page.document.stack.undoText() == "Make inputs of what is swept"
    qtbot.waitUntil(lambda: feature.sweep.state.ended, timeout=SECONDS)
    assert [dict(t.parameters) for t in feature.sweep.trials] == [{"x": 3}]


def test_that_a_sweep_is_cancelled_from_its_tab(
    page: DesignerPage, qtbot: QtBot
) -> None:
    spaces = {"x": Space("choice", (0, 1))}
    spec = SweepSpec("curve", spaces, "score", inputs={"slow": 5.0})
    page.studio.sweeps.start(spec)
    feature = sweeping(page)
    page.services.actions.get("run.sweeps").trigger()
    qtbot.waitUntil(
        lambda: feature.sweep is not None and bool(feature.sweep.trials),
        timeout=SECONDS,
    )
    assert feature.tab.cancel.isEnabled()
    QTest.mouseClick(feature.tab.cancel, LEFT)
    qtbot.waitUntil(lambda: feature.sweep.state.ended, timeout=SECONDS)
    assert feature.sweep.state is RunState.CANCELLED
    assert not feature.tab.cancel.isEnabled()
    toasts = page.window().toasts
    qtbot.waitUntil(lambda: bool(toasts.shown), timeout=SECONDS)
    (told,) = toasts.shown
    assert told.text == "Sweep cancelled"
    assert told.pin.isHidden()  # no error


def test_that_a_brush_filters_the_table_and_a_line_selects_its_row(
    page: DesignerPage, qtbot: QtBot
) -> None:
    tab = swept(page, qtbot).tab
    plot = tab.plot
    assert len(tab.table.rows_model.rows) == 4
    middle, top = plot.point(1, 0.9).toPoint(), plot.point(1, 1.0).toPoint()
    QTest.mousePress(plot, LEFT, NONE, middle)
    QTest.mouseMove(plot, (middle + top) / 2)
    QTest.mouseMove(plot, top)
    QTest.mouseRelease(plot, LEFT, NONE, top)
    assert [t.parameters["x"] for t in tab.table.rows_model.rows] == [3]
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert len(tab.table.rows_model.rows) == 4
    QTest.keyClick(plot, Qt.Key.Key_Up)
    assert tab.trial is not None
    assert tab.trial.parameters["x"] == 3
    QTest.keyClick(plot, Qt.Key.Key_Down)
    assert tab.trial.parameters["x"] == 1


def test_that_the_best_is_registered_by_its_button(
    page: DesignerPage, qtbot: QtBot
) -> None:
    studio = page.studio
    pipeline = studio.pipelines.get("curve")
    learn = replace(
        pipeline.node("learn"),
        outputs={"out": StepOutput(type="custom_model", register="net")},
    )
    studio.pipelines.save(pipeline.update(learn))
    feature = swept(page, qtbot)
    assert studio.models.list().total == 0
    assert feature.sweep is not None
    QTest.mouseClick(feature.tab.best, LEFT)
    qtbot.waitUntil(lambda: studio.models.list().total == 1, timeout=SECONDS)
    qtbot.waitUntil(feature.tab.best.isEnabled, timeout=SECONDS)
    model = studio.models.get("net@latest")
    assert feature.sweep.best is not None
    assert model.tags["trial"] == str(feature.sweep.best.number)
    kept(page.window(), "sweep-registered")
