"""The panel under the canvas gets more room when more is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.gui.designer.bottom.log import LogTab
from studio.gui.designer.bottom.metrics import MetricsTab
from studio.gui.designer.bottom.output import OutputTab
from studio.gui.designer.history.family import FamilyTab
from studio.gui.designer.history.versions import VersionsTab
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.panel_room import LARGE, SMALL, PanelRoom
from studio.gui.designer.plan.tab import PlanTab
from studio.gui.designer.sweeping.tab import SweepsTab
from studio.gui.widgets.toast import Toast

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


def _room(page: DesignerPage) -> PanelRoom:
    return next(f for f in page.features if isinstance(f, PanelRoom))


def test_that_the_corners_button_maximises_and_escape_restores(
    page: DesignerPage, qtbot: QtBot
) -> None:
    bottom, button = page.bench.bottom, _room(page).button
    before = bottom.height()
    assert button.accessibleName() == LARGE
    QTest.mouseClick(button, LEFT)
    assert not page.view.isVisible()
    qtbot.waitUntil(lambda: bottom.height() > 2 * before)
    assert button.accessibleName() == SMALL
    focused = QApplication.focusWidget()
    assert focused is not None
    assert bottom.isAncestorOf(focused)
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert page.view.isVisible()
    assert page.view.hasFocus()
    qtbot.waitUntil(lambda: bottom.height() == before)


def test_that_a_double_click_on_the_tabs_and_a_key_do_the_same(
    page: DesignerPage,
) -> None:
    bar = page.bench.bottom.tabBar()
    QTest.mouseDClick(bar, LEFT, pos=bar.tabRect(0).center())
    assert not page.view.isVisible()
    QTest.keyClick(page.window(), Qt.Key.Key_F11, SHIFT)
    assert page.view.isVisible()
    QTest.keyClick(page.window(), Qt.Key.Key_F11, SHIFT)
    assert not page.view.isVisible()
    QTest.keyClick(page.window(), Qt.Key.Key_F4)  # go to the canvas
    assert page.view.isVisible()


def test_that_hiding_a_maximised_panel_leaves_no_empty_room(page: DesignerPage) -> None:
    _room(page).flip()
    page.panels.flip("bottom")
    assert page.view.isVisible()


def test_that_asking_for_an_output_gives_the_panel_a_height_to_read(
    page: DesignerPage, qtbot: QtBot
) -> None:
    bottom = page.bench.bottom
    before = bottom.height()
    page.bench.scene.select([page.editor.pipeline.nodes[0].id])
    assert bottom.height() == before  # nobody has asked
    bar = bottom.tabBar()
    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(bottom.indexOf(bottom.output)).center())
    qtbot.waitUntil(lambda: bottom.height() > 1.4 * before)


def test_that_a_height_a_person_has_chosen_stays(
    page: DesignerPage, qtbot: QtBot
) -> None:
    room, bottom = _room(page), page.bench.bottom
    room._splitter.splitterMoved.emit(400, 1)
    before = bottom.height()
    bottom.show_output()
    QApplication.processEvents()
    assert bottom.height() == before


def test_that_copying_from_the_panel_gives_a_sign(page: DesignerPage) -> None:
    bottom = page.bench.bottom
    bottom.output.copy_path()
    bottom.log.view.set_text("one\n")
    bottom.log.view.copy()
    told = {toast.text for toast in page.window().findChildren(Toast)}
    assert "Copied the path" in told
    assert any(text.startswith("Copied ") and "line" in text for text in told)


def test_that_what_is_below_the_canvas_is_made_when_it_is_turned_to(
    page: DesignerPage,
) -> None:
    bottom = page.bench.bottom
    late = (LogTab, OutputTab, MetricsTab, PlanTab, VersionsTab, FamilyTab, SweepsTab)
    assert not [kind for kind in late if page.findChildren(kind)]
    assert bottom.count() == len(late) + 1
    for number, name in enumerate(bottom.tabText(n) for n in range(bottom.count())):
        bottom.setCurrentIndex(number)
        assert bottom.tabText(bottom.currentIndex()) == name
    assert all(len(page.findChildren(kind)) == 1 for kind in late)
    assert isinstance(bottom.currentWidget(), late)
