"""Two outputs beside each other, whatever they are, and what differs in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabBar, QWidget

from studio.domain.errors import StudioError
from studio.domain.table_difference import (
    ColumnPair,
    TableDifference,
    difference_words,
    pair_columns,
)
from studio.gui.tasks import Emit, Task, Tasks
from studio.gui.viewers.key_choice import KeyChoice
from studio.gui.viewers.output_pane import OutputPane
from studio.gui.viewers.outputs import look_into
from studio.gui.viewers.page_model import BLOCK_COLUMNS, BLOCK_ROWS
from studio.gui.viewers.rows_view import OpenedTable, open_table
from studio.gui.viewers.twin_grids import Matched, TwinGrids
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import column, row, tool_button, wrap_in
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable
from studio.services.tables.matched import matched_tables
from studio.services.tables.service import TableService

FATES = {
    "same": "",
    "changed": "values",
    "retyped": "type",
    "left": "only on the left",
    "right": "only on the right",
}
LEAST = 200
Both: TypeAlias = tuple[OpenedTable, OpenedTable]


@dataclass(frozen=True)
class Compared:
    """A difference; both tables as they are shown, with gaps if rows were matched."""

    found: TableDifference
    both: Both
    matched: Matched | None = None


@dataclass(frozen=True)
class Side:
    """An output: where it is found out to be (in a thread), and its digest."""

    path: Callable[[], Path]
    digest: str = ""


class SideBySide(QWidget):
    """`shown` follows when both are there, `compared` when all cells are known."""

    shown = Signal()
    compared = Signal()

    def __init__(
        self, tables: TableService, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tables, self._tasks = tables, tasks
        self._task: Task | None = None
        self.found: TableDifference | None = None
        self._both: Both | None = None
        self._key: tuple[str, ...] | None = None
        self._is_matched = False
        self.twins = TwinGrids(tasks)
        self.twins.failed.connect(self._fail)
        self.schema = _schema_table()
        self.words = ElidedLabel("caption")
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Views of the comparison")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("Rows")
        self.tabs.addTab("Columns")
        self.tabs.currentChanged.connect(self._turn)
        self.key = KeyChoice()
        self.key.chosen.connect(self.match_by)
        self.before = tool_button(
            "caret-up", "Previous changed row", lambda: self.step(-1)
        )
        self.after = tool_button("caret-down", "Next changed row", lambda: self.step(1))
        self.trouble = Banner("err")
        self._nothing = EmptyState("columns", "", "")
        self._panes: tuple[OutputPane, OutputPane] | None = None
        self._arrange()
        self.say("Nothing to compare yet", "Choose an output on each side.")

    @property
    def page(self) -> QWidget | None:
        """What is shown: the twins, the columns, two other outputs or a message."""
        return self._stack.currentWidget()

    def show_sides(self, left: Side, right: Side) -> None:
        """Open both in the background and compare them."""
        self._stop()
        self._both = None
        self.words.setText("Opening both")
        self._task = self._tasks.run(
            lambda: _load(self._tables, left, right),
            done=lambda both: self._opened(both, left, right),
            failed=self._fail,
            owner=self,
        )

    def match_by(self, key: tuple[str, ...]) -> None:
        """Compare again, rows with the same values in these columns; none: by number.

        The choice stays for further tables that have them.
        """
        self._key = key
        if self._both is not None:
            self._stop()
            self._compare(*self._both)

    def say(self, title: str, sentence: str) -> None:
        """Show nothing but words."""
        self._stop()
        self._offer(False)
        self.words.clear()
        self._nothing.set_text(title, sentence)
        self._stack.setCurrentWidget(self._nothing)

    def step(self, way: int) -> None:
        """Go to the next (1) or previous (-1) row with a changed cell."""
        place = self.found.next_place(self.twins.row, way) if self.found else None
        if place is not None:
            self.tabs.setCurrentIndex(0)
            self.twins.go_to(place)

    # -- inside ------------------------------------------------------------------------

    def _arrange(self) -> None:
        self._tools = wrap_in(row(self.tabs, self.key, self.before, self.after, gap=4))
        bar = row(self._tools, self.words, margins=(8, 0, 8, 0))
        bar.setStretch(1, 1)
        self._stack = QStackedWidget()
        self._broken = wrap_in(column(self.trouble, None, margins=(16, 12, 16, 12)))
        for page in (self._nothing, self._broken, self.twins, self.schema):
            self._stack.addWidget(page)
        layout = column(wrap_in(bar), gap=0)
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)

    def _offer(self, tables: bool) -> None:
        self._tools.setVisible(tables)
        for each in (self.before, self.after):
            each.setEnabled(bool(self.found and self.found.places))

    def _opened(self, both: Both | None, left: Side, right: Side) -> None:
        self._task = None
        if both is None:
            self._show_panes(left, right)
            return
        self._both = one, other = both
        self.twins.show_tables(one, other)
        self._is_matched = False
        pairs = pair_columns(one.shape, other.shape)
        self._list(pairs)
        self.key.offer(pairs)
        self.key.show_match(None)
        if self._key and not self.key.columns.issuperset(self._key):
            self._key = None
        self._turn(self.tabs.currentIndex())
        self._compare(one, other)
        self.shown.emit()

    def _compare(self, one: OpenedTable, other: OpenedTable) -> None:
        self._offer(True)
        self.words.setText("Comparing all rows")
        self._task = self._tasks.stream(
            _comparing(one, other, self._key),
            on_item=self._progress,
            done=self._compared,
            failed=self._fail,
            owner=self,
        )

    def _show_panes(self, left: Side, right: Side) -> None:
        """What is no table, each as it is."""
        if self._panes is None:
            self._panes = (
                OutputPane(self._tables, self._tasks, plots="row"),
                OutputPane(self._tables, self._tasks, plots="row"),
            )
            self._split = QSplitter()
            for pane in self._panes:
                pane.setMinimumWidth(LEAST)  # two of them must not push others away
                self._split.addWidget(pane)
            self._stack.addWidget(self._split)
        for pane, side in zip(self._panes, (left, right), strict=True):
            pane.show_output(side.path, side.digest)
        self._offer(False)
        self.words.setText("Both as they are: cells are compared where both are tables")
        self._stack.setCurrentWidget(self._split)
        self.shown.emit()

    def _progress(self, part: float | None) -> None:
        done = f" · {part:.0%}" if part else ""
        self.words.setText(f"Comparing all rows{done}")

    def _compared(self, compared: Compared) -> None:
        found = compared.found
        self._task, self.found = None, found
        if self._is_matched or compared.matched:
            self.twins.show_tables(*compared.both, compared.matched)
        self._is_matched = compared.matched is not None
        self.key.show_match(found.match)
        self._list(found.pairs)
        self._offer(True)
        self.words.setText(difference_words(found))
        self.words.setToolTip(self.words.text())
        self.setAccessibleDescription(self.words.text())
        self.compared.emit()

    def _list(self, pairs: tuple[ColumnPair, ...]) -> None:
        self.schema.rows_model.set_rows(list(enumerate(pairs)))

    def _turn(self, number: int) -> None:
        self._stack.setCurrentWidget(self.schema if number else self.twins)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self.found = None

    def _fail(self, error: BaseException) -> None:
        self._stop()
        self._offer(False)
        self.words.clear()
        message = getattr(error, "message", f"It can't be read: {error}")
        self.trouble.show_message("err", message, hint=str(getattr(error, "hint", "")))
        self._stack.setCurrentWidget(self._broken)
        self.shown.emit()


def _schema_table() -> DataTable[tuple[int, ColumnPair]]:
    columns: list[Column[tuple[int, ColumnPair]]] = [
        Column("Column", lambda one: one[1].name, width=220),
        Column("Left", lambda one: one[1].left_type or "—", kind="mono", width=140),
        Column("Right", lambda one: one[1].right_type or "—", kind="mono", width=140),
        Column("Differs in", lambda one: FATES[one[1].fate], width=150),
        Column("Changed cells", lambda one: one[1].changed, kind="number", width=120),
        Column("", lambda _: "", width=20),
    ]
    table = DataTable(RowsModel(columns, key=lambda one: one[0]))
    table.setAccessibleName("Columns of both tables")
    table.set_empty_text("Neither table has columns")
    return table


def _load(tables: TableService, left: Side, right: Side) -> Both | None:
    """Both opened, text files read to their end; None if one isn't a table."""
    paths = left.path(), right.path()
    kinds = [look_into(path).kind for path in paths]
    if "gone" in kinds:
        raise StudioError(
            "One of the outputs isn't on disk any more", "Run its step again"
        )
    if kinds != ["table", "table"]:
        return None
    made = [
        open_table(tables.open(path, side.digest))
        for path, side in zip(paths, (left, right), strict=True)
    ]
    one, other = (_settled(opened) for opened in made)
    return one, other


def _settled(opened: OpenedTable) -> OpenedTable:
    if opened.shape.rows is not None:
        return opened
    opened.table.settle()
    return open_table(opened.table)


def _comparing(
    one: OpenedTable, other: OpenedTable, key: tuple[str, ...] | None
) -> Any:
    def work(emit: Emit, cancelled: Event) -> Compared:
        found = one.table.difference(other.table, emit, cancelled, key)
        if found.match is None:
            return Compared(found, (one, other))
        matched = matched_tables(one.table, other.table, found)
        left, right = (
            OpenedTable(
                opened.table,
                replace(opened.shape, rows=found.length),
                side.page(0, BLOCK_ROWS, _first_columns(opened)),
            )
            for opened, side in zip((one, other), matched, strict=True)
        )
        return Compared(found, (left, right), matched)

    return work


def _first_columns(opened: OpenedTable) -> range:
    return range(min(BLOCK_COLUMNS, len(opened.shape.columns)))
