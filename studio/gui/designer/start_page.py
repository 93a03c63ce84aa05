"""All pipelines of the workspace; or, where there is none, what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from studio.gui.settings import Settings
from studio.gui.widgets.basics import button, column, frame, label, row
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.services.pipelines.service import PipelineSummary


class StartPage(QWidget):
    """Signals carry a pipeline's name."""

    open_wanted = Signal(str)
    delete_wanted = Signal(str)
    new_wanted = Signal()
    import_wanted = Signal()
    sample_wanted = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns: list[Column[PipelineSummary]] = [
            Column("Pipeline", lambda p: p.title, width=320),
            Column("Name", lambda p: p.name, kind="mono", width=200),
            Column("Steps", lambda p: p.steps, kind="number", width=80),
            Column("Version", lambda p: p.version, kind="number", width=90),
            Column("Changed", lambda p: p.modified_at, kind="time", width=140),
            Column("", lambda p: p.message, kind="muted"),
        ]
        model: RowsModel[PipelineSummary] = RowsModel(columns, key=lambda p: p.name)
        self.table = DataTable(model, name="pipelines", settings=settings)
        self.table.setAccessibleName("Pipelines")
        self.table.activated_row.connect(lambda p: self.open_wanted.emit(p.name))
        self.table.menu_wanted.connect(self._menu)
        self.empty = EmptyState(
            "flow-arrow",
            "No pipelines yet",
            "A pipeline turns data into a model, step by step. "
            "Start with an empty one, or look at one that works.",
            primary=("New pipeline", self.new_wanted.emit),
            secondary=("Open the sample", self.sample_wanted.emit),
        )
        bring = button(
            "Import…", icon="download-simple", clicked=self.import_wanted.emit
        )
        new = button("New pipeline", icon="plus", clicked=self.new_wanted.emit)
        head = row(
            label("All pipelines", "section"), None, bring, new, margins=(16, 8, 16, 8)
        )
        self._list = QWidget()
        inner = column(frame("header", head), gap=0)
        inner.addWidget(self.table, 1)
        self._list.setLayout(inner)
        self._stack = QStackedWidget()
        for page in (self._list, self.empty):
            self._stack.addWidget(page)
        outer = column(gap=0)
        outer.addWidget(self._stack)
        self.setLayout(outer)

    def show_pipelines(self, summaries: Sequence[PipelineSummary]) -> None:
        self.table.rows_model.set_rows(summaries)
        self._stack.setCurrentWidget(self._list if summaries else self.empty)

    def _menu(self, summary: PipelineSummary, at: QPoint) -> None:
        menu = QMenu(self)
        opened = menu.addAction("Open")
        opened.triggered.connect(lambda: self.open_wanted.emit(summary.name))
        menu.addSeparator()
        gone = menu.addAction("Delete…")
        gone.triggered.connect(lambda: self.delete_wanted.emit(summary.name))
        menu.popup(at)
