"""The tab of clones: a small tree, each with what its newest run measured."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from studio.gui.designer.bottom.problems import fill
from studio.gui.designer.history.versions import metric_text
from studio.gui.widgets.basics import button, column, row, wrap_in
from studio.services.pipelines.versions import Relative

NAME = Qt.ItemDataRole.UserRole


class FamilyTab(QWidget):
    """Signals carry a pipeline's name and title."""

    opened = Signal(str)
    compared = Signal(str, str)
    cloned = Signal()
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Family of clones")
        self.tree.setHeaderLabels(["Pipeline", "Cloned from", "Newest metric"])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.tree.setAllColumnsShowFocus(True)
        self.open_button = button("Open", icon="arrow-square-out")
        self.compare = button("Compare with the open one", icon="git-diff")
        self.clone = button("Clone the open one", icon="copy")
        verbs = row(
            self.open_button, self.compare, self.clone, None, margins=(12, 4, 12, 4)
        )
        fill(self, wrap_in(column(self.tree, verbs, gap=0)))
        self._own = ""
        self._told: tuple[tuple[Relative, ...], str] = ((), "")
        self._connect()
        self._enable()

    def show_family(self, relatives: Sequence[Relative], own: str) -> None:
        """Draw the tree; the open pipeline (`own`) is selected, or what was before."""
        if (now := (tuple(relatives), own)) == self._told:
            return
        self._told = now
        chosen = self._chosen() if own == self._own else None
        selected = chosen[0] if chosen else own
        if not any(each.name == selected for each in relatives):
            selected = own
        self._own = own
        self.tree.clear()
        parents: dict[int, QTreeWidgetItem] = {}
        for each in relatives:
            item = QTreeWidgetItem([_title(each, own), _from(each), _metric(each)])
            item.setData(0, NAME, None if each.missing else (each.name, each.title))
            if each.depth:
                parents[each.depth - 1].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            parents[each.depth] = item
            if each.name == own:
                font = item.font(0)
                font.setBold(True)
                item.setFont(0, font)
            if each.name == selected:
                self.tree.setCurrentItem(item)
        self.tree.expandAll()
        for number in (1, 2):
            self.tree.resizeColumnToContents(number)
        self._enable()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def _connect(self) -> None:
        self.tree.currentItemChanged.connect(lambda *_: self._enable())
        self.tree.itemActivated.connect(lambda *_: self._open())
        self.open_button.clicked.connect(lambda: self._open())
        self.compare.clicked.connect(lambda: self._compare())
        self.clone.clicked.connect(self.cloned)

    def _chosen(self) -> tuple[str, str] | None:
        """Name and title of the row, unless it is the open pipeline's."""
        item = self.tree.currentItem()
        value = item.data(0, NAME) if item is not None else None
        return (value[0], value[1]) if value and value[0] != self._own else None

    def _open(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.opened.emit(chosen[0])

    def _compare(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.compared.emit(*chosen)

    def _enable(self) -> None:
        other = self._chosen() is not None
        self.open_button.setEnabled(other)
        self.compare.setEnabled(other)


def _title(relative: Relative, own: str) -> str:
    if relative.missing:
        return f"{relative.name} (deleted)"
    return f"{relative.title} (open)" if relative.name == own else relative.title


def _from(relative: Relative) -> str:
    number = relative.origin_version
    return f"version {number}" if number else ""


def _metric(relative: Relative) -> str:
    return metric_text(relative.metrics)
