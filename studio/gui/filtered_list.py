"""The list of a page: filtered by the line above it, sorted by its head.

self.list = FilteredList(self, self.table, self.filter, ModelSource(studio))
self.switch.toggled.connect(lambda on: self.list.narrow(include_archived=on))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from studio.domain.errors import StudioError
from studio.domain.tag_filter import TagIs, write_term
from studio.gui.page import Page
from studio.gui.widgets.basics import column, frame, row, wrap_in
from studio.gui.widgets.filter_bar import FilterBar
from studio.gui.widgets.switch import Switch
from studio.gui.widgets.table import DataTable


class Source(Protocol):
    """A frozen dataclass with fields `filter`, `sorted_by` and `descending`."""

    def __call__(self, offset: int, limit: int) -> list[Any]: ...


S = TypeVar("S", bound=Source)


class FilteredList(Generic[S]):
    """Gives the table another source whenever a person asks for other rows."""

    def __init__(
        self, page: Page, table: DataTable[Any], bar: FilterBar, source: S
    ) -> None:
        self._page, self._table, self._bar = page, table, bar
        self.source = source
        model = table.rows_model
        model.failed.connect(self._not_loaded)
        model.sort_wanted.connect(self._sort)
        bar.changed.connect(lambda text: self.narrow(filter=text))
        table.tag_clicked.connect(self._filter_by_tag)
        model.set_source(source, page.tasks)

    def narrow(self, **changes: Any) -> None:
        """Show the rows of a source with other values in these fields."""
        changed = replace(self.source, **changes)  # type: ignore[type-var]
        if changed != self.source:
            self.source = changed
            self._table.rows_model.set_source(changed, self._page.tasks)

    def _filter_by_tag(self, shown: str) -> None:
        key, _, value = shown.partition("=")
        self._bar.add_term(write_term(TagIs(key, (value,))))

    def _sort(self, number: int, descending: bool) -> None:
        by = self._table.rows_model.columns[number] if number >= 0 else None
        self.narrow(sorted_by=by, descending=descending)

    def _not_loaded(self, error: BaseException) -> None:
        if isinstance(error, StudioError):
            self._bar.set_error(f"{error.message}. {error.hint}")
        else:
            self._page.services.show_error(error, self._table.rows_model.reload)


def list_below_filter(
    title: str, table: DataTable[Any], bar: FilterBar, switch: Switch
) -> QWidget:
    """The table with its filter above it, and beside that a switch that widens it."""
    table.setAccessibleName(title)
    bar.edit.setAccessibleName(f"Filter {title.lower()}")
    above = row(gap=16, margins=(12, 10, 16, 10))
    above.addWidget(bar, 1)
    above.addLayout(column(4, switch, None, gap=0))
    whole = column(frame("header", above), gap=0)
    whole.addWidget(table, 1)
    return wrap_in(whole)


def pop_up(page: Page, groups: Sequence[Sequence[str]], place: QPoint) -> None:
    """A menu of a page's verbs by their ids, in groups."""
    menu = QMenu(page)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for group in groups:
        menu.addActions([page.services.actions.get(name) for name in group])
        menu.addSeparator()
    menu.popup(place)
