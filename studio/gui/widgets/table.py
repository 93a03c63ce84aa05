"""The table of the house: rows 32, a rule under each, chips, tags, numbers right.

table = DataTable(RowsModel(columns, key=lambda r: r.id), name="models",
                  settings=window.settings)
table.activated_row.connect(self.open_model)      # Enter or double click: the value
table.tag_clicked.connect(filter_bar.add_term)
table.current_changed.connect(self.show_details)  # the value, or None
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QByteArray,
    QItemSelection,
    QModelIndex,
    QPoint,
    QSaveFile,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from studio.domain.errors import StudioError
from studio.gui.settings import Settings
from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.cells import PAD, ROW, CellDelegate, tag_rects
from studio.gui.widgets.column_fit import LEAST_WIDTH, MOST_WIDTH, ColumnFit
from studio.gui.widgets.rows_model import KIND, VALUE, Index, RowsModel

T = TypeVar("T")


class DataTable(QTableView, Generic[T]):
    """A view of a `RowsModel`. Widths, order and hidden columns are remembered
    under `name` where `settings` are given."""

    activated_row = Signal(object)
    current_changed = Signal(object)
    tag_clicked = Signal(str)
    menu_wanted = Signal(object, QPoint)

    def __init__(
        self,
        model: RowsModel[T],
        *,
        name: str = "",
        settings: Settings | None = None,
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows_model = model
        self._name, self._settings = name, settings
        self._empty_text = ""
        self._cells = CellDelegate(self)
        self._kept: object = None
        model.setParent(self)
        self.setModel(model)
        self.setItemDelegate(self._cells)
        self._dress(many)
        self._dress_header()
        model.modelAboutToBeReset.connect(self._keep_current)
        model.modelReset.connect(self._restore_current)
        theme().changed.connect(self._resize_rows)

    def current(self) -> T | None:
        """The value of the current row."""
        number = self.currentIndex().row()
        rows = self.rows_model.rows if number >= 0 else []
        return rows[number] if 0 <= number < len(rows) else None

    def selected(self) -> list[T]:
        """The values of the selected rows, from top to bottom."""
        numbers = {index.row() for index in self.selectionModel().selectedRows()}
        return [self.rows_model.row(number) for number in sorted(numbers)]

    def select_key(self, key: object) -> bool:
        """Make the row with a key current; False if it isn't loaded."""
        number = self.rows_model.find(key)
        if number >= 0:
            self.setCurrentIndex(self.rows_model.index(number, 0))
            self.selectRow(number)
        return number >= 0

    def set_empty_text(self, text: str) -> None:
        """What stands in the middle while there are no rows."""
        self._empty_text = text
        self.viewport().update()

    def as_tsv(self) -> str:
        """The selected rows (all, if none) with a heading, as shown but exact."""
        numbers = sorted({i.row() for i in self.selectionModel().selectedRows()})
        return self._written(numbers or list(range(self.model().rowCount())), "\t")

    def copy(self) -> None:
        """Put the selected rows on the clipboard as TSV."""
        QGuiApplication.clipboard().setText(self.as_tsv())

    def export_csv(self, path: Path) -> None:
        """Write all loaded rows, atomically. Raises StudioError."""
        file = QSaveFile(str(path))
        text = self._written(list(range(self.model().rowCount())), ",")
        opened = file.open(QSaveFile.OpenModeFlag.WriteOnly)
        if not opened or file.write(text.encode()) < 0 or not file.commit():
            raise StudioError(
                f"The table could not be written to {path}: {file.errorString()}",
                hint="Choose another folder, or make room on the disk",
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        self._hover(index.row())
        hand = bool(self._tag_at(index, event.position().toPoint()))
        shape = (
            Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor
        )
        self.viewport().setCursor(shape)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        tag = self._tag_at(self.indexAt(point), point)
        if tag and event.button() == Qt.MouseButton.LeftButton:
            self.tag_clicked.emit(tag)

    def leaveEvent(self, event: Any) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._fit.is_ready:
            self._size_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._empty_text and self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(tokens().text3))
            area = self.viewport().rect().adjusted(16, 16, -16, -16)
            centred = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area, int(centred), self._empty_text)
            painter.end()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.current_changed.emit(self.current())

    def selectionChanged(self, new: QItemSelection, old: QItemSelection) -> None:
        super().selectionChanged(new, old)
        self.viewport().update()

    def _dress(self, many: bool) -> None:
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if many else mode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.doubleClicked.connect(self._activate)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._resize_rows()

    def _dress_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self.rows_model.sort)
        header.setSectionsClickable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)
        columns = self.rows_model.columns
        optional = [column.optional for column in columns]
        self._fit = ColumnFit(header, self._wanted_width, optional.__getitem__)
        self._fit.changed.connect(self._remember)

    def _size_columns(self) -> None:
        """The remembered widths, else the columns' own, else the contents'."""
        if self._settings is None or not self._name:
            self._fit.measure()
        elif self._fit.restore(self._settings.state(f"tables/{self._name}")):
            order = Qt.SortOrder.AscendingOrder
            self.horizontalHeader().setSortIndicator(-1, order)
        else:
            self._fit.measure()

    def _wanted_width(self, number: int) -> int:
        own = self.rows_model.columns[number].width
        hint = self.horizontalHeader().sectionSizeHint(number)
        wanted = max(self.sizeHintForColumn(number), hint) + 8
        return own or min(MOST_WIDTH, max(LEAST_WIDTH, wanted))

    def _remember(self, state: QByteArray) -> None:
        if self._settings is not None and self._name:
            self._settings.set(f"tables/{self._name}", state)

    def _resize_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(fonts.scaled(ROW))
        self.viewport().update()

    def _keep_current(self) -> None:
        number = self.currentIndex().row()
        held = 0 <= number < self.rows_model.rowCount()
        self._kept = self.rows_model.key_of(number) if held else None

    def _restore_current(self) -> None:
        found = self._kept is not None and self.select_key(self._kept)
        if not found:
            self.current_changed.emit(None)

    def _activate(self, index: QModelIndex) -> None:
        if index.isValid():
            self.activated_row.emit(self.rows_model.row(index.row()))

    def _hover(self, row: int) -> None:
        if row != self._cells.hovered:
            self._cells.hovered = row
            self.viewport().update()

    def _tag_at(self, index: QModelIndex, point: QPoint) -> str:
        if not index.isValid() or index.data(KIND) != "tags":
            return ""
        inner = self.visualRect(index).adjusted(PAD, 0, -PAD, -1)
        found = (
            text
            for box, text in tag_rects(inner, index.data(VALUE))
            if box.contains(point)
        )
        return next(found, "")

    def _menu(self, point: QPoint) -> None:
        index = self.indexAt(point)
        if index.isValid():
            value = self.rows_model.row(index.row())
            self.menu_wanted.emit(value, self.viewport().mapToGlobal(point))

    def _header_menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, column in enumerate(self.rows_model.columns):
            shown = menu.addAction(column.title)
            shown.setCheckable(True)
            shown.setChecked(not self.isColumnHidden(number))
            shown.setEnabled(number > 0)
            shown.setData(number)
        menu.triggered.connect(self._toggle_column)
        menu.popup(self.horizontalHeader().mapToGlobal(point))

    def _toggle_column(self, action: Any) -> None:
        self.setColumnHidden(int(action.data()), not action.isChecked())
        self._fit.keep()

    def _written(self, numbers: list[int], separator: str) -> str:
        header = self.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        shown = [number for number in order if not self.isColumnHidden(number)]
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator, lineterminator="\n")
        writer.writerow([self.rows_model.columns[number].title for number in shown])
        for row in numbers:
            writer.writerow([self._exact(row, number) for number in shown])
        return text.getvalue()

    def _exact(self, row: int, number: int) -> str:
        """A cell for another program: numbers with all digits and no grouping."""
        index = self.rows_model.index(row, number)
        value = index.data(VALUE)
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        return str(value if numeric else index.data())
