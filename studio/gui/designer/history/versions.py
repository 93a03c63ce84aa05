"""The tab of saved versions, and beside them the edits of this session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent, QUndoStack
from PySide6.QtWidgets import QSplitter, QUndoView, QWidget

from studio.gui.designer.bottom.problems import fill
from studio.gui.designer.history.sittings import Saved, rows_of
from studio.gui.widgets.basics import button, column, label, row, wrap_in
from studio.gui.widgets.formats import format_number
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable
from studio.services.pipelines.versions import HistoryEntry

SHOW, HIDE = "Show all saves", "Hide the saves"


class VersionsTab(QWidget):
    """Signals carry a version's number."""

    previewed = Signal(int)
    compared = Signal(int)
    restored = Signal(int)
    shown = Signal()
    older_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = DataTable(_rows())
        self.table.setAccessibleName("Saved versions")
        self.table.set_empty_text("No version is saved yet")
        self.preview = button("Look at it", icon="eye")
        self.compare = button("Compare with now", icon="git-diff")
        self.restore = button("Restore", icon="clock-counter-clockwise")
        self.saves = button(SHOW, icon="list", clicked=self.turn)
        self.older = button("Show older", clicked=self.older_wanted.emit)
        self.older.hide()
        self._entries: tuple[HistoryEntry, ...] = ()
        self._turned: set[int] = set()
        self.edits = QUndoView()
        self.edits.setEmptyLabel("As it was opened")
        self.edits.setAccessibleName("Edits of this session")
        self.edits.setFrameShape(QUndoView.Shape.NoFrame)
        self._arrange()
        self._connect()
        self._enable()

    def follow(self, stack: QUndoStack | None) -> None:
        """List the edits of a document; a click goes to one."""
        self._turned.clear()
        self.edits.setStack(stack)  # type: ignore[arg-type]  # None empties it

    def show_entries(self, entries: Sequence[HistoryEntry]) -> None:
        self._entries = tuple(entries)
        self.table.rows_model.set_rows(list(rows_of(self._entries, self._turned)))
        self._enable()

    def show_rest(self, is_more: bool) -> None:
        """Offer the versions before those that are listed, if there are any."""
        self.older.setVisible(is_more)

    def turn(self) -> None:
        """Show or hide the saves of the current row's sitting."""
        row = self.table.current()
        if row is not None:
            self._turned ^= {row.sitting}
            self.show_entries(self._entries)
            if self.table.current() is None:  # it was one that is hidden now
                rows = self.table.rows_model.rows
                self.table.select_key(
                    next(r.version for r in rows if r.sitting == row.sitting)
                )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def _arrange(self) -> None:
        verbs = row(
            self.preview,
            self.compare,
            self.restore,
            self.saves,
            self.older,
            None,
            margins=(12, 4, 12, 4),
        )
        saved = column(self.table, verbs, gap=0)
        head = label("Edits of this session", "caption")
        head.setContentsMargins(12, 6, 12, 6)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(wrap_in(saved))
        split.addWidget(wrap_in(column(head, self.edits, gap=0)))
        split.setSizes([640, 260])
        split.setStretchFactor(0, 1)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        fill(self, split)

    def _connect(self) -> None:
        self.table.current_changed.connect(lambda _: self._enable())
        self.table.activated_row.connect(lambda e: self.compared.emit(e.version))
        self.preview.clicked.connect(lambda: self._tell(self.previewed.emit))
        self.compare.clicked.connect(lambda: self._tell(self.compared.emit))
        self.restore.clicked.connect(lambda: self._tell(self.restored.emit))

    def _tell(self, tell: Callable[[int], object]) -> None:
        entry = self.table.current()
        if entry is not None:
            tell(entry.version)

    def _enable(self) -> None:
        row = self.table.current()
        chosen = row is not None
        heads = [r for r in self.table.rows_model.rows if r.others]
        head = next((r for r in heads if row and r.sitting == row.sitting), None)
        self.saves.setEnabled(head is not None)
        self.saves.setText(HIDE if head is not None and head.is_open else SHOW)
        for made in (self.preview, self.compare, self.restore):
            made.setEnabled(chosen)


def metric_text(metrics: Mapping[str, float] | None) -> str:
    """`accuracy 0.988`, or nothing."""
    for name, value in (metrics or {}).items():
        return f"{name.replace('_', ' ')} {format_number(value)}"
    return ""


def _rows() -> RowsModel[Saved]:
    columns: list[Column[Saved]] = [
        Column("Version", lambda e: e.version, kind="number", width=72),
        Column("Saved", lambda e: e.created_at, kind="time", width=130),
        Column("What changed", lambda e: e.summary, width=300, tip=lambda e: e.tip),
        Column("Newest run", lambda e: metric_text(e.metrics), width=130),
        Column("By", lambda e: e.created_by, kind="muted", width=100),
    ]
    return RowsModel(columns, key=lambda e: e.version)
