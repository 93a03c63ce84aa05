"""Keys reach all that lies on the canvas, and the status bar says which do what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from studio.domain.annotations import Annotations, Frame, Note
from studio.gui.designer.in_place import InPlace
from studio.gui.designer.key_hints import told

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.designer.page import DesignerPage
    from studio.gui.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SECONDS = 30_000


def hints(page: DesignerPage) -> str:
    window: MainWindow = page.window()  # type: ignore[assignment]
    return window.status.hints


def explain(page: DesignerPage, hand: Hand) -> None:
    """A frame around the second step, and a note below the first."""
    at = {name: hand.node(name).position for name in ("import_data", "clean_missing")}
    (x, y), (below_x, below_y) = at["clean_missing"], at["import_data"]
    things = Annotations(
        (Frame("f", "Prepare", "prepare", x - 24, y - 40, 264, 140),),
        (Note("n", "Mind the units", "", below_x, below_y + 200, 216, 64),),
    )
    document = page.document
    assert document is not None
    document.edit(replace(document.pipeline, annotations=things), "Explain")


def chosen(page: DesignerPage) -> list[str]:
    return [thing.id for thing in page.bench.scene.slabs.chosen]


def test_that_arrows_reach_frames_and_notes_and_enter_writes_in_them(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    explain(page, hand)
    page.bench.scene.select([hand.node("import_data").id])
    hand.key(Qt.Key.Key_Down)
    assert chosen(page) == ["n"]
    assert page.bench.scene.selected_ids() == []
    hand.key(Qt.Key.Key_Up)
    assert page.editor.selected() == [hand.node("import_data")]
    assert chosen(page) == []
    page.bench.scene.select([hand.node("clean_missing").id])
    hand.key(Qt.Key.Key_Up)
    assert chosen(page) == ["f"]
    hand.key(Qt.Key.Key_Return)
    fields = page.view.viewport().findChildren(InPlace)
    assert any(field.isVisible() for field in fields)


def test_that_shift_and_an_arrow_take_a_note_along(
    page: DesignerPage, hand: Hand
) -> None:
    explain(page, hand)
    page.bench.scene.select([hand.node("import_data").id])
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert chosen(page) == ["n"]
    assert page.editor.selected() == [hand.node("import_data")]


def test_that_the_status_bar_says_what_keys_do_with_what_is_selected(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    explain(page, hand)
    page.bench.scene.clearSelection()
    qtbot.waitUntil(lambda: "Tab add a step" in hints(page))
    assert "Ctrl+Return run" in hints(page)
    page.bench.scene.select([hand.node("split").id])
    qtbot.waitUntil(lambda: "L connect" in hints(page))
    hand.key(Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: "Ctrl+G make a pipeline" in hints(page))
    page.bench.scene.select([])
    page.bench.scene.slabs.choose({"n"})
    qtbot.waitUntil(lambda: "Enter write" in hints(page))
    page.show_all()
    qtbot.waitUntil(lambda: "new pipeline" in hints(page), timeout=SECONDS)


def test_that_a_hint_goes_with_its_key() -> None:
    hints = (("Enter", "open"), ("edit.rename", "rename"))
    assert told(hints, lambda _: "F2") == "Enter open · F2 rename"
    assert told(hints, lambda _: "") == "Enter open"


def test_that_the_menu_of_a_comparison_stands_at_the_selected_step(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    page.studio.pipelines.clone("penguins")
    page.library.refresh()
    qtbot.waitUntil(lambda: len(page.library.summaries) == 2, timeout=SECONDS)
    page.bench.scene.select([hand.node("import_data").id])
    hand.key(Qt.Key.Key_C, CTRL | SHIFT)
    seen = QApplication.activePopupWidget
    qtbot.waitUntil(lambda: isinstance(seen(), QMenu), timeout=SECONDS)
    menu = seen()
    assert isinstance(menu, QMenu)
    item = page.bench.scene.nodes[hand.node("import_data").id]
    corner = page.view.mapFromScene(item.box.bottomLeft())
    apart = menu.pos() - page.view.viewport().mapToGlobal(corner)
    assert apart.manhattanLength() <= 2
    active = menu.activeAction()
    assert active is not None
    assert not active.isSeparator()
    menu.close()
