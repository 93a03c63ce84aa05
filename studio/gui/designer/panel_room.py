"""How much room the bottom panel has: all of the canvas's on request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget

from studio.gui.actions import Action
from studio.gui.theme.icons import set_icon
from studio.gui.widgets.basics import tool_button

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

SHARE, ROOMY = 0.5, 380
"""What a table or a plot gets when it is first asked for, if nobody chose a height."""
LARGE, SMALL = "Maximise the panel", "Restore the panel"


class PanelRoom(QObject):
    """A feature of the designer; it lasts until it is turned back."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._bottom = page, page.bench.bottom
        splitter = self._bottom.parentWidget()
        canvas = page.view.parentWidget()
        assert isinstance(splitter, QSplitter)
        assert canvas is not None
        self._splitter, self._canvas = splitter, canvas
        self._chosen = not page.services.settings.state("designer/middle").isEmpty()
        self.button = tool_button("arrows-out", LARGE, self.flip, size=16)
        self._bottom.setCornerWidget(self.button, Qt.Corner.TopRightCorner)
        self._leave = QShortcut(QKeySequence("Escape"), self._bottom)
        self._leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._leave.setEnabled(False)
        self._leave.activated.connect(self.restore)
        self._connect()

    def verbs(self) -> Sequence[Action]:
        page = self._page
        flip = Action("panel.maximise", "Maximise the bottom panel", "arrows-out",
                      "Shift+F11", "View", self.flip, page.is_open,
                      checked=lambda: self.large)  # fmt: skip
        return [flip]

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    @property
    def large(self) -> bool:
        """Whether it stands in place of the canvas."""
        return self._canvas.isHidden()

    def flip(self) -> None:
        if self.large:
            self.restore()
        elif self._page.document is not None:
            self._bottom.show()
            self._show(True)
            self._reach().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def restore(self) -> None:
        """The canvas stands above it again, with the keys."""
        if self.large:
            self._show(False)
            self._page.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A hidden panel leaves the room to the canvas."""
        if event.type() == QEvent.Type.HideToParent:
            self._show(False)
        return False

    def _connect(self) -> None:
        bottom = self._bottom
        bottom.installEventFilter(self)
        bottom.tabBarDoubleClicked.connect(lambda _: self.flip())
        bottom.tabBarClicked.connect(self._clicked)
        bottom.asked.connect(self._make_room)
        bottom.canvas_wanted.connect(self.restore)
        bottom.problem_chosen.connect(lambda _: self.restore())
        self._splitter.splitterMoved.connect(self._choose)

    def _show(self, large: bool) -> None:
        self._canvas.setHidden(large)
        self._leave.setEnabled(large)
        words = SMALL if large else LARGE
        set_icon(self.button, "arrows-in" if large else "arrows-out", size=16)
        self.button.setToolTip(words)
        self.button.setAccessibleName(words)

    def _reach(self) -> QWidget:
        """Where keys go while there is no canvas."""
        shown = self._bottom.currentWidget()
        page = getattr(shown, "page", None)
        return page if isinstance(page, QWidget) else self._bottom.tabBar()

    def _choose(self) -> None:
        self._chosen = True

    def _clicked(self, number: int) -> None:
        if self._bottom.tells_results(number):
            self._make_room()

    def _make_room(self) -> None:
        above, below = self._splitter.sizes()
        wanted = min(ROOMY, round((above + below) * SHARE))
        if not self._chosen and not self.large and below < wanted:
            self._splitter.setSizes([above + below - wanted, wanted])
