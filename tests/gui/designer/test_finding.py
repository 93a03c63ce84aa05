"""Search in the open pipeline."""

from __future__ import annotations

from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from studio.gui.designer.find_bar import FindBar
from studio.gui.designer.page import DesignerPage

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def begin(page: DesignerPage, hand: Hand) -> FindBar:
    hand.key(Qt.Key.Key_F, CTRL)
    bar = page.findChild(FindBar)
    assert bar is not None
    assert bar.isVisible()
    assert bar.search.hasFocus()
    return bar


def selected(page: DesignerPage) -> list[str]:
    return [node.name for node in page.editor.selected()]


def test_that_typing_selects_and_reveals_and_enter_goes_through_them(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    bar = begin(page, hand)
    QTest.keyClicks(bar.search, "penguins")
    qtbot.waitUntil(lambda: bar.count.text().startswith("1 of"))
    of = int(bar.count.text().split()[-1])
    assert of > 1
    seen = []
    for number in range(1, of + 1):
        assert bar.count.text() == f"{number} of {of}"
        (name,) = selected(page)
        assert page.view.seen().contains(hand.middle(name))
        seen.append(name)
        QTest.keyClick(bar.search, Qt.Key.Key_Return)
    assert len(set(seen)) == of
    assert selected(page) == seen[:1]  # round again
    QTest.keyClick(bar.search, Qt.Key.Key_Return, SHIFT)
    assert selected(page) == seen[-1:]
    QTest.keyClick(bar.search, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert page.view.hasFocus()
    assert selected(page) == seen[-1:]


def test_that_settings_are_found_and_an_edit_is_noticed(
    page: DesignerPage, hand: Hand
) -> None:
    bar = begin(page, hand)
    QTest.keyClicks(bar.search, "fraction=test_fraction")
    QTest.keyClick(bar.search, Qt.Key.Key_Return)
    assert selected(page) == ["split"]
    assert bar.count.text() == "1 of 1"
    hand.key(Qt.Key.Key_Delete)
    assert bar.count.text() == "No step found"
    page.undo()
    assert bar.count.text() == "0 of 1"
    hand.key(Qt.Key.Key_F3)
    assert selected(page) == ["split"]


def test_that_found_cards_are_ringed_until_the_bar_is_closed(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    bar = begin(page, hand)
    QTest.keyClicks(bar.search, "penguins")
    qtbot.waitUntil(lambda: bar.count.text().startswith("1 of"))
    items = page.bench.scene.nodes.values()
    ringed = [item.card.title for item in items if item.marks]
    assert len(ringed) == int(bar.count.text().split()[-1])
    QTest.keyClick(bar.search, Qt.Key.Key_Escape)
    assert not any(item.marks for item in items)


def test_that_every_control_of_the_bar_has_a_name_of_its_own(
    page: DesignerPage, hand: Hand
) -> None:
    bar = begin(page, hand)
    names = [made.accessibleName() for made in bar.findChildren(QToolButton)]
    names = [name for name in names if name] + [bar.search.accessibleName()]
    assert {"Next step found", "Previous step found", "Close the search"} < set(names)
    assert all(names)
    assert len(set(names)) == len(names)
