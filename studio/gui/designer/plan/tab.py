"""The tab "Plan": what the next run will do, step by step, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QSplitter, QStackedWidget, QWidget

from studio.domain.errors import StudioError
from studio.domain.run import Plan, PlannedStep
from studio.gui.designer.cards import plain_reason
from studio.gui.designer.plan.causes import CausesView
from studio.gui.designer.plan.scope import Scope
from studio.gui.widgets.basics import button, column, frame, row
from studio.gui.widgets.chip import StateLook
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_bytes, format_seconds
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

_LOOKS = {
    "run": StateLook("Run", "run", "play"),
    "reuse": StateLook("Reuse", "ok", "repeat"),
    "skip": StateLook("Leave out", "idle", "skip-forward"),
}


ROOM_FOR_BOTH = 600
"""In a narrower tab the list has the room; its column "Why" says the cause."""


@dataclass(frozen=True)
class Line:
    """A planned step with the title a person knows."""

    step: PlannedStep
    title: str


class PlanTab(QWidget):
    """Shows a plan; what to do about it is the feature's."""

    run_wanted = Signal()
    scope_changed = Signal()
    shown = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scopes = QComboBox()
        self.scopes.setAccessibleName("What to run")
        for scope in Scope:
            self.scopes.addItem(scope.value, scope)
        self.scopes.activated.connect(lambda _: self.scope_changed.emit())
        self.summary = ElidedLabel("caption")
        self.start = button("Run this plan", icon="play", clicked=self.run_wanted.emit)
        self.table = _table()
        self.table.current_changed.connect(self._pick)
        self.causes = CausesView()
        self._message = ""
        self._none = EmptyState("list-checks", "No plan yet", "")
        self._stack = QStackedWidget()
        self._build()

    @property
    def scope(self) -> Scope:
        found = self.scopes.currentData()
        return found if isinstance(found, Scope) else Scope.ALL

    def set_scope(self, scope: Scope) -> None:
        self.scopes.setCurrentIndex(list(Scope).index(scope))

    def show_plan(self, plan: Plan, titles: Mapping[str, str]) -> None:
        """Show a plan; `titles` are the words for steps' names."""
        lines = [Line(step, titles[step.name]) for step in plan.steps]
        self.causes.titles = titles
        self.table.rows_model.set_rows(lines)
        if self.table.current() is None:
            first = plan.running or plan.steps
            self.table.select_key(first[0].node_id if first else "")
        self._pick(self.table.current())
        self.summary.setText(_totals(plan))
        self._stack.setCurrentIndex(1)

    def show_refusal(self, error: StudioError) -> None:
        """Say why there is no plan."""
        self._say(error.message, in_window(error.hint))

    def show_missing(self, what: str) -> None:
        """Say what a plan would need."""
        self._say(what, "")

    def set_ready(self, ready: bool) -> None:
        """Whether the plan can be run now."""
        self.start.setEnabled(ready)

    @property
    def lines(self) -> list[Line]:
        return self.table.rows_model.rows if self._stack.currentIndex() else []

    @property
    def message(self) -> str:
        """Why there is no plan; "" when there is one."""
        return "" if self._stack.currentIndex() else self._message

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.shown.emit(True)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self.shown.emit(False)

    def _build(self) -> None:
        bar = row(self.scopes, self.summary, None, self.start, margins=(8, 4, 8, 4))
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(1)
        halves.addWidget(self.table)
        halves.addWidget(self.causes)
        halves.setStretchFactor(0, 2)
        halves.setStretchFactor(1, 1)
        halves.setSizes([600, 300])
        self._stack.addWidget(self._none)
        self._stack.addWidget(halves)
        layout = column(frame("header", bar), gap=0)
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.causes.setVisible(event.size().width() >= ROOM_FOR_BOTH)

    def _say(self, title: str, sentence: str) -> None:
        self._message = title
        self._none.set_text(title, sentence)
        self.summary.clear()
        self._stack.setCurrentIndex(0)

    def _pick(self, line: Line | None) -> None:
        self.causes.show_step(line.step if line else None, line.title if line else "")


def _table() -> DataTable[Line]:
    columns: list[Column[Line]] = [
        Column("Step", lambda line: line.title, width=150),
        Column("Plan", lambda line: _LOOKS[line.step.action], kind="chip", width=96),
        Column(
            "Why",
            lambda line: plain_reason(line.step.reason),
            kind="muted",
            width=240,
            tip=lambda line: plain_reason(line.step.reason),
        ),
        Column(
            "Time",
            lambda line: _seconds(line.step),
            align="right",
            width=72,
            sort_key=lambda line: line.step.expected_seconds or 0.0,
        ),
        Column(
            "Memory",
            lambda line: _memory(line.step),
            align="right",
            width=84,
            sort_key=lambda line: line.step.expected_memory_bytes or 0,
        ),
    ]
    made: DataTable[Line] = DataTable(
        RowsModel(columns, key=lambda line: line.step.node_id)
    )
    made.setAccessibleName("Planned steps")
    return made


def _seconds(step: PlannedStep) -> str:
    if step.action != "run":
        return ""
    return format_seconds(step.expected_seconds) if step.expected_seconds else "unknown"


def _memory(step: PlannedStep) -> str:
    size = step.expected_memory_bytes
    return format_bytes(size) if step.action == "run" and size else ""


def _totals(plan: Plan) -> str:
    """`3 of 7 steps run · about 12 s · up to 320 MB`."""
    running, count = plan.running, len(plan.steps)
    if not running:
        return "Nothing has to run: all results are there"
    words = [f"{len(running)} of {count} step{'s' if count != 1 else ''} run"]
    known = [step.expected_seconds for step in running if step.expected_seconds]
    if known:
        least = "at least" if len(known) < len(running) else "about"
        words.append(f"{least} {format_seconds(sum(known))}")
    if plan.expected_memory_bytes:
        words.append(f"up to {format_bytes(plan.expected_memory_bytes)}")
    return " · ".join(words)
