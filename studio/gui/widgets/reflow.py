"""Things beside each other, in as many columns as there is room for.

tiles = Reflow([one, two, three], least=124, gap=8)
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget


class Reflow(QWidget):
    """Columns of equal width, none narrower than `least`; hidden things take none."""

    def __init__(
        self,
        things: Sequence[QWidget],
        *,
        least: int,
        gap: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._things, self._least, self._gap = list(things), least, gap
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(gap)
        self._grid.setSizeConstraint(QGridLayout.SizeConstraint.SetNoConstraint)
        self._laid: tuple[int, ...] = ()
        for each in self._things:
            each.installEventFilter(self)
            self._grid.addWidget(each, 0, self._grid.columnCount())
        self._lay()

    @property
    def columns(self) -> int:
        """How many there are now."""
        return self._laid[0] if self._laid else 1

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._lay()
        return False

    def _lay(self) -> None:
        shown = [each for each in self._things if not each.isHidden()]
        fits = max(1, (self.width() + self._gap) // (self._least + self._gap))
        columns = max(1, min(len(shown), fits))
        if columns < len(shown):  # no row with a single one that needn't be
            rows = -(-len(shown) // columns)
            columns = -(-len(shown) // rows)
        laid = (columns, *(self._things.index(each) for each in shown))
        if laid == self._laid:
            return
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for place, each in enumerate(shown):
            self._grid.addWidget(each, place // columns, place % columns)
        self._laid = laid
        self.updateGeometry()
