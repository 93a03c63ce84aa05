"""The penguins pipeline from an empty canvas by keyboard events only: built, run,
looked at, cloned, changed, compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.run import RunState
from studio.gui.designer.compare.feature import Compare
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.outline.feature import Outline
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.walking import alike, along, beside
from studio.resources import resource_path

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

SECONDS = 100_000
Key, Modifier = Qt.Key, Qt.KeyboardModifier
NONE = Modifier.NoModifier
CTRL, SHIFT, ALT = (
    Modifier.ControlModifier,
    Modifier.ShiftModifier,
    Modifier.AltModifier,
)
PENGUINS = resource_path("samples/penguins/data/penguins.csv")
MOST_KEYS = 60


class Keys:
    """Ten fingers and eyes: every key goes to what has the focus."""

    def __init__(self, page: DesignerPage, qtbot: QtBot) -> None:
        self.page, self.qtbot = page, qtbot

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self._focus(), key, keys)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        QTest.keyClicks(self._focus(), text)

    def until(
        self,
        seen: Callable[[], bool],
        key: Qt.Key,
        keys: Qt.KeyboardModifier = NONE,
    ) -> None:
        """Press a key again and again until something is seen."""
        for _ in range(MOST_KEYS):
            if seen():
                return
            self.press(key, keys)
        focus, popup = QApplication.focusWidget(), QApplication.activePopupWidget()
        raise AssertionError(f"Not reached with {key}: at {focus}, {popup}")

    def wait(self, seen: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(seen, timeout=SECONDS)

    @property
    def selected(self) -> list[str]:
        return [node.name for node in self.page.editor.selected()]

    def to_canvas(self) -> None:
        self.until(self.page.view.hasFocus, Key.Key_F4)

    def add(self, component: str, port: str = "") -> None:
        """Tab on the canvas, some letters, Enter."""
        box = self.page.bench.quick_add
        made = self.page.bench.catalog.named(component)
        assert made is not None
        self.press(Key.Key_Tab)
        self.wait(box.isVisible)
        self.type(made.title)

        def offered() -> bool:
            return any(
                (offer.component.name, offer.port.name if offer.port else "")
                == (component, port)
                for offer in box.list.values
            )

        def chosen() -> bool:
            offer = box.list.current()
            assert offer is not None
            name = offer.port.name if offer.port else ""
            return (offer.component.name, name) == (component, port)

        self.until(offered, Key.Key_Space, CTRL)
        self.until(chosen, Key.Key_Down)
        self.press(Key.Key_Return)
        self.wait(self.page.view.hasFocus)
        assert self.selected == [component]

    def fill(self, name: str, text: str) -> None:
        """Enter opens the selected step; Tab leads to the field."""
        (step,) = self.selected
        self.press(Key.Key_Return)
        if not self._field(name).isVisible():
            self.until(lambda: _focused_text() == "Advanced", Key.Key_Tab)
            self.press(Key.Key_Space)
        self.until(lambda: _within(self._field(name)), Key.Key_Tab)
        self.press(Key.Key_A, CTRL)
        self.type(text)
        self.press(Key.Key_Return)
        self.wait(lambda: name in self.page.editor.pipeline.node(step).inputs)
        self.to_canvas()

    def _field(self, name: str) -> QWidget:
        panel = self.page.bench.inspector.panel
        assert isinstance(panel, NodePanel)
        return panel.inputs.field(name) or panel.form.field(name)

    def go_to(self, step: str) -> None:
        """By the outline, and back to the canvas with Escape."""
        (outline,) = (f for f in self.page.features if isinstance(f, Outline))
        self.press(Key.Key_O, CTRL | SHIFT)
        self.wait(outline.tree.hasFocus)  # what closed before may still give it back
        self.press(Key.Key_Home)
        self.until(lambda: self.selected == [step], Key.Key_Down)
        self.press(Key.Key_Escape)
        assert self.page.view.hasFocus()

    def connect(self, words: str) -> None:
        """L, then down to the entry."""
        self.press(Key.Key_L)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        self.until(lambda: _active(menu) == words, Key.Key_Down)
        self.press(Key.Key_Return)

    def _focus(self) -> QWidget:
        popup, window = QApplication.activePopupWidget(), self.page.window()
        if popup is None and not window.isActiveWindow():
            window.activateWindow()  # a window system does, once a list has closed
            self.qtbot.waitUntil(window.isActiveWindow)
        found = popup or QApplication.focusWidget()
        assert found is not None
        return found


@pytest.fixture
def keys(
    qtbot: QtBot, open_window: Callable[[Studio], MainWindow], empty_studio: Studio
) -> Keys:
    """A new pipeline, made by its key in a workspace without any."""
    window = open_window(empty_studio)
    shown = window.page
    assert isinstance(shown, DesignerPage)
    QTest.keyClick(window, Key.Key_N, CTRL)
    qtbot.waitUntil(lambda: shown.document is not None, timeout=SECONDS)
    return Keys(shown, qtbot)


@pytest.mark.timeout(400)
def test_that_keys_alone_build_run_clone_change_and_compare(keys: Keys) -> None:
    page = keys.page
    keys.to_canvas()
    _build(keys)
    first = page.editor.pipeline
    assert {(e.source, e.output, e.target, e.input) for e in first.edges} == {
        ("import_data", "table", "clean_missing", "data"),
        ("clean_missing", "table", "split", "data"),
        ("split", "train", "train_model", "data"),
        ("train_model", "model", "score_model", "model"),
        ("split", "test", "score_model", "data"),
        ("score_model", "table", "evaluate_model", "data"),
        ("train_model", "model", "register_model", "model"),
        ("evaluate_model", "evaluation", "register_model", "evaluation"),
    }
    _look_at_plan_run_and_look_at_data(keys)
    _clone(keys)
    keys.go_to("train_model")
    keys.fill("n_estimators", "7")
    assert page.editor.pipeline.name != first.name
    _compare(keys)
    assert page.studio.pipelines.get(first.name).nodes == first.nodes


def _build(keys: Keys) -> None:
    keys.add("import_data")
    keys.fill("file", str(PENGUINS))
    keys.add("clean_missing", "data")
    keys.add("split", "data")
    keys.add("train_model", "data")
    keys.fill("target", "species")
    keys.fill("features", "island, bill_*, flipper_length_mm, body_mass_g")
    keys.add("score_model", "model")
    keys.press(Key.Key_Left, ALT)
    keys.press(Key.Key_Left, ALT)
    assert keys.selected == ["split"]
    title = keys.page.editor.pipeline.node("score_model").title
    keys.connect(f"test → {title}, data")
    keys.go_to("score_model")
    keys.add("evaluate_model", "data")
    keys.fill("target", "species")
    keys.add("register_model", "evaluation")
    keys.fill("name", "birds")
    title = keys.page.editor.pipeline.node("register_model").title
    keys.go_to("train_model")
    keys.connect(f"model → {title}, model")


def _look_at_plan_run_and_look_at_data(keys: Keys) -> None:
    page = keys.page
    keys.press(Key.Key_R, CTRL | SHIFT)
    assert page.bench.bottom.currentWidget() is page.plan.tab
    keys.press(Key.Key_Return, CTRL)
    keys.wait(lambda: page.bench.follower.run is not None)
    keys.wait(lambda: not page.bench.follower.active)
    run = page.bench.follower.run
    assert run is not None
    assert run.state is RunState.SUCCEEDED, run.message
    assert [(r.name, r.version) for r in run.registered] == [("birds", "1")]
    keys.to_canvas()
    keys.press(Key.Key_F6, SHIFT)
    assert page.bench.bottom.currentWidget() is page.bench.bottom.output
    keys.to_canvas()


def _clone(keys: Keys) -> None:
    document = keys.page.document
    keys.press(Key.Key_D, CTRL | SHIFT)
    keys.wait(lambda: keys.page.document not in (None, document))
    keys.to_canvas()


def _compare(keys: Keys) -> None:
    keys.press(Key.Key_P, CTRL | SHIFT)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    keys.type("cloned from")
    keys.press(Key.Key_Return)
    (feature,) = (f for f in keys.page.features if isinstance(f, Compare))
    keys.wait(lambda: feature.is_shown and feature.panel.compared is not None)
    texts = [line.text for line in feature.panel.table.rows_model.rows]
    assert any("n_estimators" in text and "7" in text for text in texts), texts
    keys.press(Key.Key_Escape)
    assert keys.page.view.hasFocus()


def test_that_arrows_walk_by_where_steps_lie() -> None:
    places = {"right": (300.0, 20.0), "far": (900.0, 0.0), "below": (10.0, 200.0)}
    assert beside(places, (0, 0), (1, 0)) == "right"
    assert beside(places, (0, 0), (0, 1)) == "below"
    assert beside(places, (0, 0), (-1, 0)) == ""
    assert beside({"aside": (100.0, 900.0)}, (0, 0), (1, 0)) == ""


def test_that_alt_arrows_walk_along_the_wires() -> None:
    from workspaces import chain

    pipeline = chain(3)
    first, second, third = (node.name for node in pipeline.nodes)
    assert along(pipeline, first, forward=True) == second
    assert along(pipeline, first, forward=False) == ""
    assert alike(pipeline, second, 1) == second
    assert alike(pipeline, third, -1) == third


def _within(field: QWidget) -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and (focus is field or field.isAncestorOf(focus))


def _focused_text() -> str:
    focus = QApplication.focusWidget()
    return focus.text() if isinstance(focus, QAbstractButton) else ""


def _active(menu: QMenu) -> str:
    action = menu.activeAction()
    return action.text().replace("&&", "&") if action else ""
