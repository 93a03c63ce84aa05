"""Cards under the hand while a run goes on and its states arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from designer_hand import Hand
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from studio.bootstrap import Studio
from studio.domain.node import Edge, Node, Value
from studio.domain.pipeline import Pipeline
from studio.gui.designer.page import DesignerPage
from studio.gui.main_window import MainWindow

SECONDS = 90_000
QUICK = (
    "import pandas as pd\ndef main(t1, t2=None):\n    return pd.DataFrame({'a': [1]})\n"
)
SLOW = (
    "import time\ndef main(t1, t2=None):\n"
    "    for n in range(1200):\n        print('step', n)\n        time.sleep(0.1)\n"
)


@pytest.fixture
def busy(
    empty_studio: Studio, open_window: Callable[[Studio], MainWindow], qtbot: QtBot
) -> Iterator[DesignerPage]:
    """Three steps in a row; the first has ended, the second one goes on."""
    names = ("first", "wait", "last")
    code = {"first": QUICK, "wait": SLOW, "last": QUICK}
    nodes = tuple(
        Node(
            f"n{n}",
            name,
            "azureml:python_script@latest",
            {"code": Value(code[name])},
            position=(300.0 * n, 100.0),
        )
        for n, name in enumerate(names)
    )
    pipeline = Pipeline("slow", nodes)
    pipeline = pipeline.connect(Edge("first", "result", "wait", "t1"))
    pipeline = pipeline.connect(Edge("wait", "result", "last", "t1"))
    empty_studio.pipelines.save(pipeline)
    page = open_window(empty_studio).page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    Hand(page).push("Run")
    qtbot.waitUntil(lambda: _state(page, "n1") == "RUNNING", timeout=SECONDS)
    yield page
    run = page.bench.follower.run
    for each in empty_studio.runs.list(limit=5):
        if not each.state.ended:
            empty_studio.runs.cancel(each.id)
            empty_studio.runs.wait(each.id, timeout_seconds=60)
    assert run is None or run.id


def _state(page: DesignerPage, node_id: str) -> str:
    return page.bench.scene.nodes[node_id].card.state


def _news(page: DesignerPage, qtbot: QtBot) -> None:
    """What the run says arrives once more."""
    with qtbot.waitSignal(page.bench.follower.changed, timeout=SECONDS):
        pass


def _undo_all(page: DesignerPage) -> None:
    while page.can_undo():
        page.undo()


def test_that_a_card_is_dragged_while_states_arrive(
    busy: DesignerPage, qtbot: QtBot
) -> None:
    hand, start = Hand(busy), busy.editor.pipeline
    at = hand.middle("wait") - QPointF(60, 20)
    hand.press(at)
    for part in range(1, 4):
        hand.move(at + QPointF(0, 60.0 * part))
        _news(busy, qtbot)
    hand.release(at + QPointF(0, 180))
    assert busy.editor.pipeline.by_id["n1"].position[1] > 200
    assert _state(busy, "n1") == "RUNNING"
    _undo_all(busy)
    assert busy.editor.pipeline == start


def test_that_a_card_that_is_deleted_under_the_hand_ends_the_drag(
    busy: DesignerPage, qtbot: QtBot
) -> None:
    hand = Hand(busy)
    at = hand.middle("wait") - QPointF(60, 20)
    hand.press(at)
    hand.move(at + QPointF(0, 80))
    busy.document.edit(busy.document.pipeline.remove(["wait"]), "From outside")
    _news(busy, qtbot)
    hand.move(at + QPointF(0, 120))
    hand.release(at + QPointF(0, 120))
    assert "n1" not in busy.editor.pipeline.by_id
    _undo_all(busy)
    assert busy.editor.pipeline.by_id["n1"].name == "wait"
