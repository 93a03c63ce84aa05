"""The outline's tree: lines as a model, and a view that keeps its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeView, QWidget

from studio.gui.designer.outline.lines import Line
from studio.gui.theme import fonts
from studio.gui.theme.icons import icon
from studio.gui.theme.theme import theme

Index = QModelIndex | QPersistentModelIndex
LINE = Qt.ItemDataRole.UserRole
_NOWHERE = QModelIndex()


class _Entry:
    """A line with its place; Qt's indexes point at it."""

    def __init__(self, line: Line, above: _Entry | None, number: int) -> None:
        self.line, self.above, self.number = line, above, number
        self.below = [_Entry(each, self, n) for n, each in enumerate(line.children)]


class OutlineModel(QAbstractItemModel):
    """Two columns: what it is, and its state or where it leads."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._top: list[_Entry] = []

    def show_lines(self, lines: Sequence[Line]) -> bool:
        """Show these; True if other lines are there than before."""
        if _alike(self._top, lines):
            self._rename(self._top, lines)
            return False
        self.beginResetModel()
        self._top = [_Entry(line, None, n) for n, line in enumerate(lines)]
        self.endResetModel()
        return True

    def find(self, key: str, under: Index = _NOWHERE) -> QModelIndex:
        """Where the line of a key stands; invalid if nowhere."""
        for number, entry in enumerate(self._below(under)):
            index = self.index(number, 0, under)
            if entry.line.key == key:
                return index
            if key.startswith(entry.line.key):
                found = self.find(key, index)
                if found.isValid():
                    return found
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        below = self._below(parent)
        if 0 <= row < len(below) and 0 <= column < 2:
            return self.createIndex(row, column, below[row])
        return QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        entry = index.internalPointer() if index.isValid() else None
        above = entry.above if isinstance(entry, _Entry) else None
        return self.createIndex(above.number, 0, above) if above else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.column() > 0 else len(self._below(parent))

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 2

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        shown = role == Qt.ItemDataRole.DisplayRole
        return ("Step", "State")[section] if shown else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = index.internalPointer() if index.isValid() else None
        if not isinstance(entry, _Entry):
            return None
        line, first = entry.line, index.column() == 0
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.text if first else line.detail
            case Qt.ItemDataRole.AccessibleTextRole:
                return line.spoken if first else line.look.word
            case Qt.ItemDataRole.ToolTipRole:
                return line.spoken
            case Qt.ItemDataRole.DecorationRole:
                return _icon(line, first)
        return line if role == LINE else None

    def _below(self, parent: Index) -> list[_Entry]:
        entry = parent.internalPointer() if parent.isValid() else None
        return entry.below if isinstance(entry, _Entry) else self._top

    def _rename(
        self, entries: list[_Entry], lines: Sequence[Line], under: Index = _NOWHERE
    ) -> None:
        """The same lines say something else."""
        for number, (entry, line) in enumerate(zip(entries, lines, strict=True)):
            if entry.line == line:
                continue
            entry.line = line
            index = self.index(number, 0, under)
            self.dataChanged.emit(index, self.index(number, 1, under))
            self._rename(entry.below, line.children, index)


class OutlineTree(QTreeView):
    """`picked(lines)` when a person selects, `opened(line)` by Enter."""

    picked = Signal(object)
    opened = Signal(object)
    shown = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = OutlineModel(self)
        self.setModel(self.lines)
        self.setAccessibleName("Outline")
        self.setAccessibleDescription(
            "The steps of the pipeline in the order they run. Right shows what goes "
            "in and out; Enter opens; Escape returns to the canvas"
        )
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setAllColumnsShowFocus(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, fonts.scaled(64))
        self._following = False
        self.selectionModel().selectionChanged.connect(self._tell)
        self.doubleClicked.connect(lambda _: self._open())
        theme().changed.connect(self.viewport().update)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; what was open and current stays so."""
        here, chosen, unfolded = self._here(), self.chosen(), self._unfolded()
        self._following = True
        try:
            if self.lines.show_lines(lines):
                for key in unfolded:
                    self.expand(self.lines.find(key))
                self._span()
                self._select([line.key for line in chosen], here)
        finally:
            self._following = False

    def follow(self, keys: Sequence[str]) -> None:
        """Select what is selected on the canvas, and nothing else."""
        known = {line.key for line in self.chosen()}
        if known == set(keys):
            return
        self._following = True
        try:
            self._select(keys, keys[-1] if keys else "")
        finally:
            self._following = False

    def chosen(self) -> list[Line]:
        """The selected lines."""
        return [index.data(LINE) for index in self.selectionModel().selectedRows()]

    def current(self) -> Line | None:
        line = self.currentIndex().data(LINE)
        return line if isinstance(line, Line) else None

    def go_to(self, key: str) -> None:
        """Make a line the current and only selected one, as a person would."""
        index = self.lines.find(key)
        if index.isValid():
            self.setCurrentIndex(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def _open(self) -> None:
        if (line := self.current()) is not None:
            self.opened.emit(line)

    def _tell(self) -> None:
        if not self._following:
            self.picked.emit(self.chosen())

    def _here(self) -> str:
        line = self.current()
        return line.key if line else ""

    def _select(self, keys: Sequence[str], current: str) -> None:
        model = self.selectionModel()
        flags = model.SelectionFlag
        model.clearSelection()
        for key in keys:
            index = self.lines.find(key)
            if index.isValid():
                model.select(index, flags.Select | flags.Rows)
        index = self.lines.find(current)
        if index.isValid():
            model.setCurrentIndex(index, flags.NoUpdate)
            self.scrollTo(index)

    def _span(self, under: Index = _NOWHERE) -> None:
        """What has no state of its own has the whole width."""
        for number in range(self.lines.rowCount(under)):
            index = self.lines.index(number, 0, under)
            if not index.data(LINE).is_step:
                self.setFirstColumnSpanned(number, under, True)
            self._span(index)

    def _unfolded(self, under: Index = _NOWHERE) -> list[str]:
        found = []
        for number in range(self.lines.rowCount(under)):
            index = self.lines.index(number, 0, under)
            if self.isExpanded(index):
                found += [index.data(LINE).key, *self._unfolded(index)]
        return found


def _alike(entries: Sequence[_Entry], lines: Sequence[Line]) -> bool:
    return len(entries) == len(lines) and all(
        entry.line.key == line.key and _alike(entry.below, line.children)
        for entry, line in zip(entries, lines, strict=True)
    )


def _icon(line: Line, first: bool) -> object:
    if first:
        return icon(line.icon, "text2", 16) if line.icon else None
    return icon(line.look.icon, line.look.tone, 16) if line.look.icon else None
