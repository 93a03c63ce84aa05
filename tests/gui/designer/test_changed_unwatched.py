"""A file changed while no window watched: told at its opening, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio.bootstrap import Studio
from studio.gui.designer.compare.feature import Compare
from studio.gui.designer.page import DesignerPage
from studio.gui.dialogs import Question
from studio.gui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
SECONDS = 60_000
Open = Callable[[Studio], MainWindow]


def _cut_in_half(studio: Studio) -> str:
    """Still YAML, with fewer steps."""
    file = studio.pipelines.file("penguins")
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    starts = [
        n
        for n, line in enumerate(lines)
        if line.startswith("  ") and line[2:3].isalpha()
    ]
    cut = "".join(lines[: starts[len(starts) * 2 // 3]])
    file.write_text(cut, encoding="utf-8")
    return cut


def _opened(open_window: Open, studio: Studio, qtbot: QtBot) -> DesignerPage:
    page = open_window(studio).page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    return page


def _press(page: DesignerPage, words: str) -> None:
    buttons = page.bench.banner.findChildren(QPushButton)
    QTest.mouseClick(next(b for b in buttons if words in b.text()), LEFT)


def test_that_a_file_cut_in_half_is_told_compared_and_restored(
    open_window: Open, studio: Studio, qtbot: QtBot
) -> None:
    whole = studio.pipelines.get("penguins")
    cut = _cut_in_half(studio)
    page = _opened(open_window, studio, qtbot)
    assert len(page.editor.pipeline.nodes) < len(whole.nodes)
    banner = page.bench.banner
    assert banner.isVisible()
    assert "changed while it wasn't open" in banner.text
    assert "removed" in banner.accessibleName()
    _press(page, "Compare")
    compare = next(f for f in page.features if isinstance(f, Compare))
    qtbot.waitUntil(lambda: compare.is_shown and compare.panel.compared is not None)
    compare.close()
    _press(page, "Restore")
    assert page.editor.pipeline.by_name.keys() == whole.by_name.keys()
    assert not banner.isVisible()
    qtbot.waitUntil(lambda: not page.document.dirty, timeout=SECONDS)
    assert studio.pipelines.get("penguins").by_name.keys() == whole.by_name.keys()
    texts = [version.yaml for version in studio.pipelines.versions("penguins")]
    assert cut in texts


def test_that_a_file_kept_as_it_is_is_a_version_and_told_only_once(
    open_window: Open, studio: Studio, qtbot: QtBot
) -> None:
    cut = _cut_in_half(studio)
    page = _opened(open_window, studio, qtbot)
    _press(page, "Keep")
    qtbot.waitUntil(lambda: page.document.version == 2, timeout=SECONDS)
    assert studio.pipelines.version("penguins", 2).nodes == page.editor.pipeline.nodes
    assert studio.pipelines.file("penguins").read_text(encoding="utf-8") == cut
    before = page.document
    page.open("penguins")
    qtbot.waitUntil(lambda: page.document is not before, timeout=SECONDS)
    assert not page.bench.banner.isVisible()


def test_that_edits_over_an_unanswered_notice_keep_the_files_text(
    open_window: Open, studio: Studio, qtbot: QtBot
) -> None:
    cut = _cut_in_half(studio)
    page = _opened(open_window, studio, qtbot)
    document = page.document
    document.edit(document.pipeline.remove([document.pipeline.nodes[0].name]), "Delete")
    qtbot.waitUntil(lambda: document.version == 3, timeout=SECONDS)
    texts = {v.number: v.yaml for v in studio.pipelines.versions("penguins")}
    assert texts[2] == cut


def test_that_remarks_and_own_loads_are_not_told(
    open_window: Open, studio: Studio, qtbot: QtBot
) -> None:
    file = studio.pipelines.file("penguins")
    file.write_text(file.read_text() + "\n# a remark\n")
    page = _opened(open_window, studio, qtbot)
    assert not page.bench.banner.isVisible()
    file.write_text(file.read_text().replace("Split 75 / 25", "Split in two"))
    qtbot.waitUntil(
        lambda: page.editor.pipeline.node("split").title == "Split in two",
        timeout=SECONDS,
    )
    before = page.document
    page.open("penguins")
    qtbot.waitUntil(lambda: page.document is not before, timeout=SECONDS)
    assert not page.bench.banner.isVisible()


def test_that_a_file_that_cannot_be_read_is_replaced_only_on_request(
    open_window: Open, studio: Studio, qtbot: QtBot
) -> None:
    broken = "jobs: ["
    studio.pipelines.file("penguins").write_text(broken)
    page = open_window(studio).page
    assert isinstance(page, DesignerPage)
    page.open("penguins")

    def asked() -> list[Question]:
        shown = QApplication.topLevelWidgets()
        return [w for w in shown if isinstance(w, Question) and w.isVisible()]

    qtbot.waitUntil(lambda: bool(asked()), timeout=SECONDS)
    question = asked()[0]
    assert "can't be read" in question.title
    assert studio.pipelines.file("penguins").read_text() == broken
    question.go.click()
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    assert len(page.editor.pipeline.nodes) == 7
    assert broken in [v.yaml for v in studio.pipelines.versions("penguins")]
