"""The designer's menus: the switcher of pipelines, and the canvas's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QPushButton

from studio.gui.designer.features import BringsMenu
from studio.gui.designer.told_apart import told_apart
from studio.gui.widgets.basics import button, give_menu, in_menu

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

MOST_PIPELINES = 20
CANVAS = (
    "edit.quick_add annotate.note edit.paste edit.select_all arrange.steps canvas.fit"
)
ANNOTATION = "annotate.edit edit.copy edit.cut edit.duplicate edit.delete"
SELECTION = "edit.rename edit.copy edit.cut edit.duplicate edit.delete"
RUNS = "run.to_here run.from_here"


class Menus(QObject):
    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page

    def switcher(self) -> QPushButton:
        """A button that lists the pipelines."""
        made = button("Pipelines", kind="text", icon="list", tip="Switch pipeline")
        menu = QMenu(made)
        menu.aboutToShow.connect(lambda: self._fill_switcher(menu))
        give_menu(made, menu)
        return made

    def show_canvas_menu(self, at: QPoint) -> None:
        """What can be done with the selection, or with the empty canvas."""
        menu = QMenu(self._page)
        registry = self._page.services.actions
        for number, verbs in enumerate(self._groups()):
            if number and verbs:
                menu.addSeparator()
            for verb in verbs:
                menu.addAction(registry.get(verb))
        for feature in self._page.features:
            if isinstance(feature, BringsMenu):
                feature.add_to_canvas_menu(menu)
        registry.refresh()
        menu.popup(at)

    def _groups(self) -> list[list[str]]:
        if not self._page.has_any_selection():
            return [CANVAS.split()]
        if not self._page.has_selection() and self._page.bench.scene.slabs.chosen:
            return [ANNOTATION.split()]
        more = [list(feature.canvas_verbs()) for feature in self._page.features]
        return [SELECTION.split(), RUNS.split(), *more]

    def _fill_switcher(self, menu: QMenu) -> None:
        page = self._page
        menu.clear()
        verbs = [
            page.services.actions.get(f"pipeline.{verb}")
            for verb in ("all", "new", "import", "rename", "delete")
        ]
        words = told_apart(page.library.summaries, [verb.text() for verb in verbs])
        for summary in page.library.summaries[:MOST_PIPELINES]:
            made = menu.addAction(in_menu(words[summary.name]))
            made.setCheckable(True)
            made.setChecked(summary.name == page.editor.pipeline.name)
            made.triggered.connect(lambda *_, name=summary.name: page.open(name))
        menu.addSeparator()
        menu.addActions(verbs)
