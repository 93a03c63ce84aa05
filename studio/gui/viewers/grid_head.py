"""The head of a table: each column's name with the mark of its type beside it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyleOptionHeader,
    QStyleOptionHeaderV2,
    QWidget,
)

from studio.gui.theme import fonts

MARK, GAP = 14, 4


class GridHead(QHeaderView):
    """Style sheets put a mark at the left edge, far from a name at the right one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        painter.save()
        super().paintSection(painter, rect, logicalIndex)
        painter.restore()
        mark = self._mark(logicalIndex)
        if mark is not None and self._is_right(logicalIndex):
            place = self.mark_place(rect, logicalIndex)
            picture = mark.pixmap(QSize(MARK, MARK), self.devicePixelRatioF())
            painter.drawPixmap(place, picture)

    def initStyleOptionForIndex(
        self, option: QStyleOptionHeader, logicalIndex: int
    ) -> None:
        super().initStyleOptionForIndex(option, logicalIndex)
        if self._is_right(logicalIndex):
            option.icon = QIcon()

    def mark_place(self, rect: QRect, column: int) -> QRect:
        """Left of a name that stands at the right, or of what there is of it."""
        option = QStyleOptionHeaderV2()
        self.initStyleOption(option)
        option.rect = rect
        self.initStyleOptionForIndex(option, column)
        inside = QStyle.SubElement.SE_HeaderLabel
        room = self.style().subElementRect(inside, option, self)
        text = str(self._told(column, Qt.ItemDataRole.DisplayRole) or "")
        wide = QFontMetrics(fonts.font(12, fonts.SEMIBOLD)).horizontalAdvance(text)
        left = max(rect.left() + GAP, room.right() - wide - GAP - MARK)
        return QRect(left, rect.center().y() - MARK // 2 + 1, MARK, MARK)

    def _is_right(self, column: int) -> bool:
        side = self._told(column, Qt.ItemDataRole.TextAlignmentRole)
        return isinstance(side, int | Qt.AlignmentFlag) and bool(
            Qt.AlignmentFlag(side) & Qt.AlignmentFlag.AlignRight
        )

    def _mark(self, column: int) -> QIcon | None:
        mark = self._told(column, Qt.ItemDataRole.DecorationRole)
        return mark if isinstance(mark, QIcon) else None

    def _told(self, column: int, role: Qt.ItemDataRole) -> object:
        model = self.model()
        if model is None:
            return None
        told: object = model.headerData(column, self.orientation(), role)
        return told
