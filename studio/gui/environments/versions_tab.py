"""All versions of an environment, and any two of them compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSplitter, QStackedWidget, QWidget

from studio.gui.environments.difference import DifferenceView
from studio.gui.environments.environment_list import (
    package_count,
    python_of,
    state_of,
)
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.basics import column, frame, label, row, wrap_in
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.environment import EnvironmentVersion
    from studio.services.environments.difference import EnvironmentDifference


class VersionsTab(QWidget):
    """`version_chosen(reference)` follows a double click or Enter on a version."""

    version_chosen = Signal(str)

    def __init__(self, studio: Studio, tasks: Tasks) -> None:
        super().__init__()
        self._studio, self._tasks = studio, tasks
        self._versions: tuple[EnvironmentVersion, ...] = ()
        self._reading: Task | None = None
        self.table: DataTable[EnvironmentVersion] = DataTable(
            RowsModel(_columns(), key=lambda each: each.reference)
        )
        self.table.setAccessibleName("Versions")
        self.before, self.after = QComboBox(), QComboBox()
        self.before.setAccessibleName("Version before")
        self.after.setAccessibleName("Version after")
        self.view = DifferenceView()
        self._stack = QStackedWidget()
        self._build()

    @property
    def compared(self) -> tuple[str, str]:
        """The references that are compared."""
        return str(self.before.currentData()), str(self.after.currentData())

    def set_versions(self, versions: Sequence[EnvironmentVersion]) -> None:
        """The newest first; it is compared with the one before it."""
        if tuple(versions) == self._versions:
            return
        names = [each.reference for each in versions]
        another = names != [each.reference for each in self._versions]
        self._versions = tuple(versions)
        self.table.rows_model.set_rows(versions)
        if another:
            self._fill(names)
        self._stack.setCurrentIndex(1 if len(names) > 1 else 0)
        self._compare()

    def compare(self, before: str, after: str) -> None:
        """Show what differs between two versions."""
        for box, reference in ((self.before, before), (self.after, after)):
            box.setCurrentIndex(box.findData(reference))
        self._compare()

    def _build(self) -> None:
        bar = row(
            label("Compare", "label"),
            self.before,
            label("with", "label"),
            self.after,
            None,
            margins=(16, 6, 16, 6),
        )
        compared = column(frame("header", bar), gap=0)
        compared.addWidget(self.view, 1)
        self._stack.addWidget(
            EmptyState(
                "git-diff",
                "One version so far",
                "Edit it as a new version, and what differs stands here.",
            )
        )
        self._stack.addWidget(wrap_in(compared))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self._stack)
        split.setSizes([150, 400])
        split.setStretchFactor(1, 1)
        layout = column(gap=0)
        layout.addWidget(split, 1)
        self.setLayout(layout)
        self.before.activated.connect(self._compare)
        self.after.activated.connect(self._compare)
        self.table.activated_row.connect(
            lambda each: self.version_chosen.emit(each.reference)
        )

    def _fill(self, names: Sequence[str]) -> None:
        for box, number in ((self.before, 1), (self.after, 0)):
            box.clear()
            for name in names:
                box.addItem(f"Version {name.rpartition(':')[2]}", name)
            box.setCurrentIndex(min(number, len(names) - 1))

    def _compare(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        if len(self._versions) < 2:
            return
        self._reading = self._tasks.run(
            partial(self._studio.environments.difference, *self.compared),
            done=self._show,
            owner=self,
        )

    def _show(self, found: EnvironmentDifference) -> None:
        self.view.show_difference(found)


def _columns() -> list[Column[EnvironmentVersion]]:
    return [
        Column("Version", lambda each: each.version, kind="number", width=72),
        Column("Status", lambda each: state_of(each, False), "", "chip", 112),
        Column("Python", python_of, width=64),
        Column("Packages", package_count, kind="number", width=80),
        Column("Created", lambda each: each.created_at, kind="time", width=108),
        Column(
            "By", lambda each: each.created_by, kind="muted", width=80, optional=True
        ),
        Column(
            "Description",
            lambda each: each.description,
            kind="muted",
            optional=True,
        ),
    ]
