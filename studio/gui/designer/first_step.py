"""An empty canvas says what to do first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from studio.gui.actions import Action
from studio.gui.widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

FIRST = "import_data"


class FirstStep(QObject):
    """A feature of the designer: words over the canvas as long as it is empty."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page = page
        viewport = page.view.viewport()
        self.words = EmptyState(
            "flow-arrow",
            "Begin with your data",
            "Drop a file here, or drag a component in from the left. "
            "A double click on the canvas finds one by its name.",
            primary=("Import data", self._import),
            secondary=("Find a component", page.quick_add_here),
            parent=viewport,
        )
        self.words.hide()
        viewport.installEventFilter(self)
        page.view.scrolled.connect(self._place)
        page.editor.opened.connect(self._opened)

    def verbs(self) -> Sequence[Action]:
        return ()

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _opened(self) -> None:
        if self._page.document is not None:
            self._page.document.changed.connect(self._look)
        self._look()

    def _look(self) -> None:
        page = self._page
        empty = page.document is not None and not page.editor.pipeline.nodes
        if empty != self.words.isVisibleTo(page.view.viewport()):
            self.words.setVisible(empty)
            self._place()

    def _place(self) -> None:
        """In the middle; around it the canvas stays to be clicked."""
        if self.words.isHidden():
            return
        room, size = self._page.view.viewport().size(), self.words.sizeHint()
        self.words.resize(size)
        left, top = room.width() - size.width(), room.height() - size.height()
        self.words.move(left // 2, max(0, int(top * 0.4)))

    def _import(self) -> None:
        component = self._page.bench.catalog.named(FIRST)
        if component is not None:
            self._page.bench.next_steps.add_beside(component)
        self._page.view.setFocus()
