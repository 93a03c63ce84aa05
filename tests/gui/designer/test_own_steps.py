"""Components of one's own follow their files, and none is missing without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from designer_hand import LEFT, Hand
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.gui.designer.own_steps.feature import OwnSteps
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.palette import UNUSABLE
from studio.gui.designer.palette_rows import BROKEN
from studio.gui.dialogs import Question

EMPTY = QPointF(600, 400)
STEP = '''
@step(title="{title}")
def scale(data: DataFrame, {more}factor: float = 2.0) -> DataFrame:
    """Scales."""
'''


@pytest.fixture
def folder(page: DesignerPage, qtbot: QtBot) -> Path:
    own = next(each for each in page.features if isinstance(each, OwnSteps))
    qtbot.waitUntil(lambda: own.watcher.began)
    return page.services.workspace / "components"


@pytest.fixture
def told(page: DesignerPage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []

    def toast(_: object, text: str, **__: Any) -> None:
        heard.append(text)

    monkeypatch.setattr(type(page.services), "toast", toast)
    return heard


def write(file: Path, text: str) -> None:
    """As an editor elsewhere does: at once, with another time of change."""
    file.with_suffix(".new").write_text(text)
    file.with_suffix(".new").replace(file)


def broken_rows(page: DesignerPage) -> dict[str, Any]:
    """Title -> index of what the palette lists as unusable."""
    model = page.bench.palette_panel.tree.model()
    for row in range(model.rowCount()):
        head = model.index(row, 0)
        if head.data() == UNUSABLE:
            below = [model.index(n, 0, head) for n in range(model.rowCount(head))]
            return {index.data(): index for index in below}
    return {}


def test_that_palette_card_form_and_problems_follow_a_changed_file(
    page: DesignerPage, hand: Hand, folder: Path, told: list[str], qtbot: QtBot
) -> None:
    palette = page.bench.palette_panel
    write(folder / "scale.py", STEP.format(title="Scale", more=""))
    qtbot.waitUntil(lambda: palette.index_of("scale").isValid())
    assert told[-1] == "Reloaded Scale"
    hand.drop("scale", EMPTY)
    node = hand.node("scale")
    write(folder / "scale.py", STEP.format(title="Scale it", more="column: str, "))
    qtbot.waitUntil(lambda: palette.index_of("scale").data() == "Scale it")
    panel = page.bench.inspector.panel
    assert panel.form.field("column").value() in (None, "")  # type: ignore[union-attr]
    qtbot.waitUntil(
        lambda: any(
            p.step == "scale" and p.field == "column" for p in page.bench.problems
        )
    )
    assert hand.node("scale") == node
    page.undo()
    assert "scale" not in page.editor.pipeline.by_name


def test_that_a_broken_one_is_listed_told_and_comes_back_when_mended(
    page: DesignerPage, folder: Path, told: list[str], qtbot: QtBot
) -> None:
    palette = page.bench.palette_panel
    (folder / "tidy").mkdir()
    write(folder / "tidy" / "component.yml", "name: tidy\ntype: command\n")
    qtbot.waitUntil(lambda: "tidy" in broken_rows(page))
    assert told[-1].startswith("“tidy” can't be used: ")
    index = broken_rows(page)["tidy"]
    assert "there is no 'command'" in index.data(Qt.ItemDataRole.ToolTipRole)
    at = palette.tree.visualRect(index).center()
    QTest.mouseClick(palette.tree.viewport(), LEFT, pos=QPoint(at))
    question = page.window().findChild(Question)
    assert question is not None and "there is no 'command'" in question.text
    question.keep.click()
    write(
        folder / "tidy" / "component.yml", "name: tidy\ntype: command\ncommand: echo\n"
    )
    qtbot.waitUntil(lambda: palette.index_of("tidy").isValid())
    assert broken_rows(page) == {}


def test_that_many_bad_ones_are_listed_and_open_in_the_editor_as_far_as_they_can(
    page: DesignerPage, folder: Path, told: list[str], qtbot: QtBot
) -> None:
    texts = {"zeros": b"\0" * 999, "deep": b"[" * 90_000, "large": b"#" * (2 << 20)}
    for name, raw in texts.items():
        (folder / name).mkdir()
        (folder / name / "component.yml").write_bytes(raw)
    (folder / "ring").symlink_to(folder / "ring")
    write(folder / "lost.py", f"import not_there\n\n{STEP}")
    qtbot.waitUntil(lambda: {*texts, "ring", "lost.py"} == set(broken_rows(page)))
    assert page.bench.palette_panel.index_of("split").isValid()
    own = next(f for f in page.features if isinstance(f, OwnSteps))
    for name in ("zeros", "deep", "lost.py"):
        own.editing.open(folder / name)
        qtbot.waitUntil(lambda name=name: own.editing.editor.place == folder / name)  # type: ignore[misc]
        assert own.editing.editor.isVisible()


def test_that_the_search_finds_broken_ones_but_chooses_those_that_work(
    page: DesignerPage, folder: Path, told: list[str], qtbot: QtBot
) -> None:
    palette = page.bench.palette_panel
    write(folder / "splitting.py", "@step\ndef f(x): ...\n")
    qtbot.waitUntil(lambda: "splitting.py" in broken_rows(page))
    palette.focus_search()
    QTest.keyClicks(palette.search, "split")
    assert "splitting.py" in broken_rows(page)
    assert palette.tree.currentIndex().data(BROKEN) is None


def test_that_folded_categories_stay_folded(
    page: DesignerPage, folder: Path, told: list[str], qtbot: QtBot
) -> None:
    tree = page.bench.palette_panel.tree
    tree.fold({"Train"})
    write(folder / "scale.py", STEP.format(title="Scale", more=""))
    qtbot.waitUntil(lambda: page.bench.palette_panel.index_of("scale").isValid())
    assert tree.folded() == {"Train"}
