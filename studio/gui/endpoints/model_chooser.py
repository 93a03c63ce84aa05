"""Finds a model version in the registry: by name, by Tag=Value, by its metrics."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.domain.model import ModelPage, ModelVersion
from studio.gui.tasks import Task, Tasks
from studio.gui.theme import fonts
from studio.gui.theme.icons import icon
from studio.gui.widgets.basics import frame, label
from studio.gui.widgets.measures import measure_text
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio

MOST, IDLE_MS, HEIGHT = 50, 200, 164


class ModelChooser(QWidget):
    """`chosen(model or None)` as the choice changes."""

    chosen = Signal(object)

    def __init__(
        self, studio: Studio, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks = studio, tasks
        self._wanted = ""
        self._asked: Task | None = None
        self.search = QLineEdit(
            placeholderText="Search by name or Tag=Value", clearButtonEnabled=True
        )
        self.search.setAccessibleName("Search models")
        self.search.addAction(
            icon("magnifying-glass", "text3", 16),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self.table = DataTable(RowsModel(_columns(), key=lambda m: m.reference))
        self.table.setAccessibleName("Models")
        self.table.setFixedHeight(fonts.scaled(HEIGHT))
        self.table.setTabKeyNavigation(False)
        self.table.current_changed.connect(self.chosen)
        self._mistake = label("", "error", wrap=True)
        self._mistake.hide()
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self.reload)
        self.search.textChanged.connect(lambda: self._idle.start())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label("Model", "label"))
        layout.addWidget(self.search)
        layout.addWidget(self._mistake)
        inner = QVBoxLayout()
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.table)
        layout.addWidget(frame("card", inner))

    def current(self) -> ModelVersion | None:
        return self.table.current()

    def choose(self, reference: str) -> None:
        """Choose a version, by `NAME:VERSION` or a name's newest."""
        self._wanted = reference
        self.search.setText(reference.partition(":")[0])
        self.reload()

    def reload(self) -> None:
        """Search in a worker thread."""
        self._idle.stop()
        if self._asked is not None:
            self._asked.cancel()
        self._asked = self._tasks.run(
            partial(self._studio.models.list, self.search.text(), limit=MOST),
            done=self._show,
            failed=self._explain,
            owner=self,
        )

    def _show(self, page: ModelPage) -> None:
        self._mistake.hide()
        searched = bool(self.search.text().strip())
        none = "No model fits this search." if searched else "No models yet."
        self.table.set_empty_text(none)
        self.table.rows_model.set_rows(page.models)
        self._select(page.models)

    def _select(self, models: Sequence[ModelVersion]) -> None:
        if self._wanted and self.table.select_key(self._wanted):
            self._wanted = ""
        elif models and self.table.current() is None:
            self.table.select_key(models[0].reference)
        if not models:
            self.chosen.emit(None)

    def _explain(self, error: BaseException) -> None:
        self._mistake.setText(f"{error}. {getattr(error, 'hint', '')}".strip())
        self._mistake.show()


def _columns() -> list[Column[ModelVersion]]:
    return [
        Column("Model", lambda m: m.reference, width=132),
        Column("Metric", _metric, kind="muted", width=124),
        Column("Registered", lambda m: m.created_at, kind="time", width=100),
        Column("Tags", lambda m: m.tags, kind="tags"),
    ]


def _metric(model: ModelVersion) -> str | None:
    first = next(iter(sorted(model.metrics.items())), None)
    return f"{first[0]} {measure_text(*first)}" if first else None
