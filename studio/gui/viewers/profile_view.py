"""What each column of a table holds, computed elsewhere and shown as it comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSplitter, QWidget

from studio.domain.table import ColumnProfile, TableProfile, TableShape
from studio.gui.tasks import Emit, Task, Tasks
from studio.gui.theme import fonts
from studio.gui.viewers.spread import (
    SPREAD_ROW,
    SpreadDelegate,
    figure,
    share,
    told,
)
from studio.gui.viewers.spread_picture import SpreadPicture
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import button, column, label, row, wrap_in
from studio.gui.widgets.progress import ProgressRow
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable
from studio.services.tables.service import Table

SPREAD = 2


class ProfileTable(DataTable[ColumnProfile]):
    """One row for each column that is known so far."""

    def __init__(self) -> None:
        super().__init__(RowsModel(columns(), key=lambda one: one.column.name))
        self.setAccessibleName("Profile of the columns")
        self.set_empty_text("No column is known yet")
        self.setItemDelegateForColumn(SPREAD, SpreadDelegate(self))

    def _resize_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(fonts.scaled(SPREAD_ROW))
        self.viewport().update()


class ProfileView(QWidget):
    """`show_table` asks for the profile; `computed` when all of it is there."""

    computed = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._task: Task | None = None
        self._table: Table | None = None
        self._found: dict[int, ColumnProfile] = {}
        self._expected = 0
        self._first: tuple[int, ...] = ()
        self.table = ProfileTable()
        self.picture = SpreadPicture()
        self.table.current_changed.connect(self.picture.show_profile)
        self.progress = ProgressRow("Profiling the columns", cancel=self.cancel)
        self._stopped = label("", "caption")
        self.again = button("Go on", clicked=self._begin)
        stopped = row(self._stopped, self.again, None, margins=(12, 6, 12, 6))
        self._halt = wrap_in(stopped)
        self._waiting = wrap_in(column(self.progress, margins=(12, 6, 12, 6)))
        self.trouble = Banner("err")
        self._trouble = wrap_in(column(self.trouble, margins=(12, 8, 12, 8)))
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.picture)
        split.setSizes([700, 260])
        split.setStretchFactor(0, 1)
        layout = column(self._trouble, self._waiting, self._halt, gap=0)
        layout.addWidget(split, 1)
        self.setLayout(layout)
        self._say_nothing()

    def show_table(self, table: Table, first: Sequence[int] = ()) -> None:
        """Show a table's profile; one that is shown or under way is left alone.

        Columns in `first` come before the others.
        """
        if table is self._table:
            return
        self.forget()
        self._table, self._first = table, tuple(first)
        self._begin()

    def forget(self) -> None:
        """Stop, and show nothing."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._table = None
        self._found = {}
        self.table.rows_model.set_rows([])
        self._say_nothing()

    def cancel(self) -> None:
        """Stop; the columns that are known stay."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._say_nothing()
        of = f" of {self._expected:,}" if self._expected else ""
        self._stopped.setText(f"Stopped after {len(self._found):,}{of} columns")
        self._halt.show()

    def _begin(self) -> None:
        table = self._table
        if table is None:
            return
        self._say_nothing()
        self._found, self._expected = {}, 0
        self.progress.restart("Profiling the columns")
        self._waiting.show()
        self._task = self._tasks.stream(
            profiling(table, self._first),
            on_item=self._take,
            done=self._done,
            failed=self._fail,
            owner=self,
        )

    def _take(self, item: TableShape | tuple[int, ColumnProfile]) -> None:
        if isinstance(item, TableShape):
            self._expected = len(item.columns)
            return
        number, profile = item
        self._found[number] = profile
        self._show([self._found[place] for place in sorted(self._found)])
        done, of = len(self._found), max(1, self._expected)
        self.progress.set_progress(done / of, f"{done:,} of {of:,} columns")

    def _done(self, profile: TableProfile) -> None:
        self._task = None
        self._say_nothing()
        self._found = dict(enumerate(profile.columns))
        self._show(profile.columns)
        self.computed.emit()

    def _show(self, profiles: Sequence[ColumnProfile]) -> None:
        self.table.rows_model.set_rows(list(profiles))
        if self.table.current() is None and profiles:
            self.table.select_key(profiles[0].column.name)

    def _fail(self, error: BaseException) -> None:
        self._task = None
        self._say_nothing()
        hint = str(getattr(error, "hint", ""))
        self.trouble.show_message("err", str(error), hint=hint)
        self._trouble.show()

    def _say_nothing(self) -> None:
        for part in (self._waiting, self._halt, self._trouble):
            part.hide()


def profiling(
    table: Table, first: Sequence[int] = ()
) -> Callable[[Emit, Event], TableProfile]:
    """Work for a stream: the shape first, then (number, profile) of each column."""

    def work(emit: Emit, cancelled: Event) -> TableProfile:
        return table.profile(
            lambda number, profile: emit((number, profile)), cancelled, emit, first
        )

    return work


def columns() -> list[Column[ColumnProfile]]:
    """What is told of each column."""

    def measure(title: str, name: str, width: int = 96) -> Column[ColumnProfile]:
        return Column(
            title,
            lambda one: figure(getattr(one, name)),
            align="right",
            width=width,
            sort_key=lambda one: getattr(one, name),
        )

    return [
        Column("Column", lambda one: one.column.name, width=150),
        Column("Type", lambda one: one.column.type, kind="mono", width=110),
        Column("Spread", lambda one: one, width=190, tip=told, write=_told),
        Column(
            "Missing",
            lambda one: share(one.missing, one.missing + one.count),
            align="right",
            width=110,
            sort_key=lambda one: one.missing,
        ),
        measure("Distinct", "distinct"),
        measure("Minimum", "minimum"),
        measure("Mean", "mean"),
        measure("Median", "median"),
        measure("Maximum", "maximum"),
        measure("Deviation", "std"),
        measure("Count", "count"),
    ]


def _told(value: object) -> str:
    return told(value) if isinstance(value, ColumnProfile) else ""
