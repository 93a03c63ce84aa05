"""Running a pipeline from the designer: states on cards, log, outputs, stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.run import Run, RunState
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.page import DesignerPage

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

SECONDS = 90_000
SLOW = "import time\ndef main(t1, t2=None):\n    print('asleep')\n    time.sleep(120)\n"


def state(page: DesignerPage, step: str) -> str:
    node = page.editor.pipeline.node(step)
    return page.bench.scene.nodes[node.id].card.state


def ended(page: DesignerPage) -> Run | None:
    run = page.bench.follower.run
    return run if run is not None and run.state.ended else None


def run(page: DesignerPage, hand: Hand, qtbot: QtBot) -> Run:
    """Press Run and wait for the end."""
    before = page.bench.follower.run
    hand.push("Run")
    qtbot.waitUntil(lambda: page.bench.follower.run is not before, timeout=SECONDS)
    qtbot.waitUntil(lambda: ended(page) is not None, timeout=SECONDS)
    found = ended(page)
    assert found is not None
    return found


def test_that_the_sample_runs_to_a_registered_model_with_states_on_its_cards(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    seen: set[str] = set()
    page.bench.follower.changed.connect(
        lambda: seen.update(i.card.state for i in page.bench.scene.nodes.values())
    )
    done = run(page, hand, qtbot)
    assert done.state is RunState.SUCCEEDED
    assert {"PENDING", "RUNNING", "SUCCEEDED"} <= seen
    evaluate = page.bench.scene.nodes[page.editor.pipeline.node("evaluate").id].card
    assert evaluate.subtitle.startswith("accuracy ")
    assert [(r.name, r.version) for r in done.registered] == [("penguins", "1")]
    _look_at_outputs(page, hand, qtbot)
    _run_again(page, hand, qtbot)
    _change_one_value(page, hand, qtbot)


def _look_at_outputs(page: DesignerPage, hand: Hand, qtbot: QtBot) -> None:
    bottom = page.bench.bottom
    assert bottom.currentWidget() is bottom.problems
    hand.click(hand.middle("split"))
    assert bottom.currentWidget() is bottom.output
    output = bottom.output
    qtbot.waitUntil(lambda: output.page is output.rows, timeout=SECONDS)
    assert output.caption == "256 rows × 8 columns"
    _click_on_data(page, hand, qtbot)
    page.bench.go_to_step("evaluate")
    qtbot.waitUntil(lambda: output.page is output.evaluation, timeout=SECONDS)
    page.bench.go_to_step("train")
    qtbot.waitUntil(lambda: bottom.output.page is bottom.output.files, timeout=SECONDS)
    files = [entry.path for entry in bottom.output.files.rows_model.rows]
    assert "MLmodel" in files
    qtbot.waitUntil(lambda: bottom.metrics.table.rows_model.find("rows") >= 0)
    _columns_are_offered(page, qtbot)
    _choose_a_tab(page, hand)


def _click_on_data(page: DesignerPage, hand: Hand, qtbot: QtBot) -> None:
    """A port and a wire show what is there at once, whatever is selected."""
    bottom, scene = page.bench.bottom, page.bench.scene
    output = bottom.output
    bottom.turn_to(bottom.log)
    hand.click(hand.port("split", "out", "test"))
    qtbot.waitUntil(lambda: output.caption == "86 rows × 8 columns", timeout=SECONDS)
    assert bottom.currentWidget() is output
    assert output.choice.currentText().startswith("test")
    ends = (hand.port("split", "out", "train"), hand.port("train", "in", "data"))
    hand.click((ends[0] + ends[1]) / 2)
    qtbot.waitUntil(lambda: output.caption == "256 rows × 8 columns", timeout=SECONDS)
    assert [edge.output for edge in scene.selected_edges()] == ["train"]
    bottom.turn_to(bottom.log)
    hand.click(hand.port("score", "in", "data"))
    qtbot.waitUntil(lambda: output.caption == "86 rows × 8 columns", timeout=SECONDS)
    assert [edge.target for edge in scene.selected_edges()] == ["score"]


def _choose_a_tab(page: DesignerPage, hand: Hand) -> None:
    """What a person chose stays, whatever is selected."""
    bottom = page.bench.bottom
    first = bottom.tabBar().tabRect(bottom.indexOf(bottom.problems)).center()
    QTest.mouseClick(bottom.tabBar(), Qt.MouseButton.LeftButton, pos=first)
    assert bottom.currentWidget() is bottom.problems
    hand.click(hand.middle("evaluate"))
    hand.click(hand.middle("train"))
    assert bottom.currentWidget() is bottom.problems


def _columns_are_offered(page: DesignerPage, qtbot: QtBot) -> None:
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    names = panel.form.field("target")._names  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: bool(names.findItems("species")), timeout=SECONDS)
    assert panel.facts.texts["Why"]


def _run_again(page: DesignerPage, hand: Hand, qtbot: QtBot) -> None:
    again = run(page, hand, qtbot)
    assert again.state is RunState.SUCCEEDED
    assert state(page, "train") == "REUSED"
    card = page.bench.scene.nodes[page.editor.pipeline.node("train").id].card
    assert card.subtitle.startswith("reused")


def _change_one_value(page: DesignerPage, hand: Hand, qtbot: QtBot) -> None:
    """What would run again says so before it runs."""
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    hand.type(panel.form.field("n_estimators").input, "20")
    qtbot.waitUntil(lambda: state(page, "train") == "STALE", timeout=SECONDS)
    assert state(page, "score") == "STALE"
    assert state(page, "split") == "REUSED"
    page.undo()
    qtbot.waitUntil(lambda: state(page, "train") == "REUSED", timeout=SECONDS)


def test_that_nothing_is_started_while_there_are_problems(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_Delete)
    page.bench.bottom.setCurrentIndex(1)
    hand.push("Run")
    bottom = page.bench.bottom
    qtbot.waitUntil(lambda: bottom.currentWidget() is bottom.problems)
    assert page.studio.runs.list() == ()


def slow_pipeline(studio: Studio) -> str:
    """A pipeline of one step that would take two minutes."""
    from studio.domain.node import Node, Value
    from studio.domain.pipeline import Pipeline

    node = Node("n1", "wait", "azureml:python_script@latest", {"code": Value(SLOW)})
    studio.pipelines.save(Pipeline("slow", (node,)))
    return "slow"


def test_that_a_run_started_elsewhere_is_followed_live_and_stopped(
    empty_studio: Studio,
    open_window: Callable[[Studio], MainWindow],
    qtbot: QtBot,
) -> None:
    name = slow_pipeline(empty_studio)
    run_id = empty_studio.runs.start(name)
    page = open_window(empty_studio).page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    qtbot.waitUntil(lambda: state(page, "wait") == "RUNNING", timeout=SECONDS)
    assert page.caption.startswith("Running · 0 of 1 steps")
    hand = Hand(page)
    page.bench.bottom.setCurrentWidget(page.bench.bottom.log)
    hand.click(hand.middle("wait"))
    log = page.bench.bottom.log.view
    qtbot.waitUntil(lambda: "asleep" in log.text(), timeout=SECONDS)
    hand.push("Stop")
    qtbot.waitUntil(lambda: ended(page) is not None, timeout=SECONDS)
    assert empty_studio.runs.get(run_id).state is RunState.CANCELLED
    assert state(page, "wait") == "CANCELLED"


def test_that_a_failed_step_says_why_on_its_card_and_in_the_inspector(
    empty_studio: Studio,
    open_window: Callable[[Studio], MainWindow],
    qtbot: QtBot,
) -> None:
    from studio.domain.node import Node, Value
    from studio.domain.pipeline import Pipeline

    code = "def main(t1, t2=None):\n    raise ValueError('no birds today')\n"
    node = Node("n1", "birds", "azureml:python_script@latest", {"code": Value(code)})
    empty_studio.pipelines.save(Pipeline("broken", (node,)))
    page = open_window(empty_studio).page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    hand = Hand(page)
    assert run(page, hand, qtbot).state is RunState.FAILED
    card = page.bench.scene.nodes["n1"].card
    assert (card.state, card.look.tone) == ("FAILED", "err")
    assert "no birds today" in card.subtitle
    hand.click(hand.middle("birds"))
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    qtbot.waitUntil(panel.banner.isVisible)
    assert "no birds today" in panel.banner.text
    bottom = page.bench.bottom
    assert bottom.currentWidget() is bottom.log
    qtbot.waitUntil(lambda: "no birds today" in bottom.log.view.text())


def test_that_clone_opens_a_copy_and_leaves_the_old_one_as_it_was(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    before = page.studio.pipelines.export("penguins")
    hand.push("Clone")
    qtbot.waitUntil(lambda: page.heading == "Copy of Penguins: predict the species")
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not page.document.dirty)
    assert page.studio.pipelines.export("penguins") == before
    page.open("penguins")
    qtbot.waitUntil(lambda: page.editor.pipeline.name == "penguins")
    assert len(page.editor.pipeline.nodes) == 7


def test_that_an_empty_workspace_tells_the_next_step(
    empty_studio: Studio,
    open_window: Callable[[Studio], MainWindow],
    qtbot: QtBot,
) -> None:
    window = open_window(empty_studio)
    wanted: list[Path] = []
    window.workspace_wanted.connect(wanted.append)
    page = window.page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(page.start.empty.isVisible)
    buttons = page.start.empty.findChildren(QPushButton)
    assert [one.text() for one in buttons] == ["New pipeline", "Open the sample"]
    QTest.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(wanted), timeout=SECONDS)
    assert (wanted[0] / "pipelines" / "penguins" / "pipeline.yml").is_file()


def test_that_no_part_of_the_page_is_shown_as_a_window_of_its_own(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication, QWidget

    class Watch(QObject):
        shown: list[str] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            shown = event.type() == QEvent.Type.Show
            if shown and isinstance(watched, QWidget) and watched.isWindow():
                self.shown.append(type(watched).__name__)
            return False

    watch, app = Watch(), QApplication.instance()
    assert app is not None
    app.installEventFilter(watch)
    for node in page.editor.pipeline.nodes:
        hand.click(hand.middle(node.name))
        page.bench.view.reveal(node.id)
    hand.click(page.view.seen().topLeft())
    app.removeEventFilter(watch)
    assert watch.shown == []
