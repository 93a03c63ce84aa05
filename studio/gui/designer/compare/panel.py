"""A difference beside its canvas: the legend, the list, and taking changes over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from studio.domain.component import Component
from studio.domain.node import Node
from studio.domain.pipeline_diff import Change, Difference
from studio.domain.pipeline_words import Line, lines, thing_lines
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.compare.canvas import DifferenceCanvas
from studio.gui.designer.compare.overlay import LOOKS, Mark, default_of, overlay
from studio.gui.widgets.basics import (
    button,
    clear,
    column,
    frame,
    label,
    row,
    rule,
    wrap_in,
)
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

LIST_WIDTH, SHORT = 460, 28
ORDER: tuple[Mark, ...] = ("added", "removed", "changed", "same")


@dataclass(frozen=True)
class Compared:
    """What is shown: names of both sides, and which of them is open (and can take)."""

    difference: Difference
    before: str
    after: str
    open_side: Literal["before", "after"] = "after"

    @property
    def is_preview(self) -> bool:
        """One pipeline alone."""
        return self.difference.before is self.difference.after

    @property
    def other(self) -> str:
        return self.before if self.open_side == "after" else self.after

    @property
    def into_open(self) -> Difference:
        """The difference as it has to be applied to the open pipeline."""
        found = self.difference
        return found.reversed if self.open_side == "after" else found


class ComparePanel(QWidget):
    """`taken(changes)` are wanted in the open pipeline; `swapped`, `closed` too."""

    taken = Signal(object)
    swapped = Signal()
    closed = Signal()

    def __init__(self, catalog: Catalog, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalog = catalog
        self.compared: Compared | None = None
        self.canvas = DifferenceCanvas()
        self.title = label("", "panel-title")
        self._legend = row(gap=8)
        self._moved = label("", "caption")
        self.table = DataTable(_rows())
        self.table.setAccessibleName("Changes")
        self.table.set_empty_text("Nothing differs that a run could tell")
        self.take = button("Take this change", clicked=self._take_current)
        self.take_all = button("Take all", clicked=self._take_all)
        self.swap = button("Swap sides", icon="swap", clicked=self.swapped.emit)
        self.close_button = button("Back to the pipeline", kind="primary")
        self.close_button.clicked.connect(self.closed)
        self.extra = column(gap=0)
        self._arrange()
        self.table.current_changed.connect(self._follow_row)
        self.canvas.step_picked.connect(self._follow_card)

    def show_compared(self, compared: Compared) -> None:
        """Show a difference; the view stays where it is if it is the same one anew."""
        last = self.compared
        anew = last is None or last.other != compared.other
        self.compared = compared
        found = compared.difference
        shown = overlay(found, self._component)
        self.canvas.overlaid.show_overlay(shown)
        words = f"From {compared.before} to {compared.after}"
        alone = f"{compared.before.capitalize()}, as it was"
        self.title.setText(alone if compared.is_preview else words)
        self._beside.setHidden(compared.is_preview)
        self.swap.setHidden(compared.is_preview)
        told = lines(found, defaults=default_of(self._component))
        rows = [*told, *thing_lines(found)]
        self.table.rows_model.set_rows(rows)
        said = [mark for mark in shown.thing_marks.values() if mark != "same"]
        self._show_legend(compared, list(shown.marks.values()), said, len(rows))
        self.take.setText(f"Take this from {_short(compared.other)}")
        self.take.setToolTip(f"Into the open pipeline, from {compared.other}")
        self._enable()
        if anew:  # once the panel is as large as it will be
            QTimer.singleShot(0, self, self.canvas.fit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        head = row(self.title, None, self.swap, self.close_button, gap=8)
        legend = row(gap=16)
        legend.addLayout(self._legend)
        legend.addWidget(self._moved)
        legend.addStretch(1)
        top = column(head, legend, gap=8, margins=(16, 8, 16, 8))
        under = row(self.take, self.take_all, None, margins=(12, 8, 12, 8))
        beside = column(gap=0)
        beside.addLayout(self.extra)
        beside.addWidget(self.table, 1)
        beside.addWidget(rule())
        beside.addLayout(under)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.canvas)
        self._beside = wrap_in(beside)
        split.addWidget(self._beside)
        split.setSizes([900, LIST_WIDTH])
        split.setStretchFactor(0, 1)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(frame("header", top))
        layout.addWidget(split, 1)

    def _show_legend(
        self,
        compared: Compared,
        steps: Sequence[Mark],
        things: Sequence[Mark],
        rows: int,
    ) -> None:
        """How many steps differ, which is less than what differs in them."""
        clear(self._legend)
        for mark in () if compared.is_preview else ORDER:
            look = LOOKS[mark]
            words = [f"{_counted(steps.count(mark), 'step')} {look.word.lower()}"]
            if beside := things.count(mark):
                words.append(_counted(beside, "frame or note", "frames or notes"))
            self._legend.addWidget(Chip.of(", ".join(words), look.tone, look.icon))
        layout = compared.difference.layout
        moved = len({c.step for c in layout if c.field == "position"})
        told = [_counted(rows, "change")] if rows and not compared.is_preview else []
        told += [f"{_counted(moved, 'step')} moved"] if moved else []
        self._moved.setText(" · ".join(told))

    def _component(self, node: Node) -> Component | None:
        return self._catalog.of(node)

    def _follow_row(self, line: Line | None) -> None:
        self._enable()
        if line is not None:
            self.canvas.pick(line.change.step or line.change.thing)

    def _follow_card(self, key: str) -> None:
        for line in self.table.rows_model.rows:
            if key in (line.change.step, line.change.thing):
                self.table.select_key(line.change.path)
                return

    def _enable(self) -> None:
        self.take.setEnabled(self.table.current() is not None)
        self.take_all.setEnabled(bool(self.table.rows_model.rows))

    def _take_current(self) -> None:
        line = self.table.current()
        if line is not None:
            self._want([line.change])

    def _take_all(self) -> None:
        self._want([line.change for line in self.table.rows_model.rows])

    def _want(self, chosen: list[Change]) -> None:
        if self.compared is not None:
            paths = {change.path for change in chosen}
            changes = self.compared.into_open.changes
            self.taken.emit([c for c in changes if c.path in paths])


def _rows() -> RowsModel[Line]:
    columns: list[Column[Line]] = [
        Column("Change", lambda line: _look(line), kind="chip", width=104),
        Column("Step", lambda line: line.step or "Pipeline", width=120),
        Column("What", _words, width=200, tip=lambda line: line.text),
    ]
    return RowsModel(columns, key=lambda line: line.change.path)


def _words(line: Line) -> str:
    if line.topic == "step":
        return "The whole step"
    if line.change.thing:
        return line.what
    return line.text.removeprefix(f"{line.step} · ")


def _short(name: str) -> str:
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}…"


def _look(line: Line) -> StateLook:
    return LOOKS[line.kind]


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
