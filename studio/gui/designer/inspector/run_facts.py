"""What the latest run made of a step: why, how long, how much memory, metrics."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.domain.composition import was_switched_off
from studio.domain.run import StepRun, StepState
from studio.gui.designer.cards import plain_reason
from studio.gui.theme import fonts
from studio.gui.widgets.basics import clear, label, selectable
from studio.gui.widgets.formats import (
    format_bytes,
    format_number,
    format_seconds,
    format_time,
)

MOST_METRICS = 12


def facts_of(step: StepRun) -> list[tuple[str, str]]:
    """Names and values, in the order of interest."""
    reason = plain_reason(step.reason)
    if step.state is StepState.SKIPPED and was_switched_off(reason):
        reason = f"skipped: {reason.replace(' is ', ' was ')}"
    facts = [("Why", reason[:1].upper() + reason[1:])] if reason else []
    if step.seconds is not None:
        facts.append(("Time", format_seconds(step.seconds)))
    if step.peak_memory_bytes:
        facts.append(("Peak memory", format_bytes(step.peak_memory_bytes)))
    if step.attempt > 1:
        facts.append(("Attempts", str(step.attempt)))
    if step.ended_at is not None:
        facts.append(("Ended", format_time(step.ended_at)))
    shown = list(step.metrics.items())[:MOST_METRICS]
    facts += [(key.replace("_", " "), format_number(value)) for key, value in shown]
    return facts


class RunFacts(QWidget):
    """Two columns, names and values; empty while there was no run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._shown: list[tuple[str, str]] = []

    def show_step(self, step: StepRun | None) -> None:
        ran = step is not None and step.state is not StepState.PENDING
        facts = facts_of(step) if ran and step is not None else []
        if facts == self._shown:
            return
        self._shown = facts
        clear(self._grid)
        for row, (name, value) in enumerate(facts):
            self._add(row, name, value)

    @property
    def texts(self) -> dict[str, str]:
        """What is shown, by name."""
        return dict(self._shown)

    def _add(self, row: int, name: str, value: str) -> None:
        head = label(name, "label")
        told = selectable(label(value, "", wrap=True))
        told.setFont(fonts.font(12, tabular=True))
        told.setAccessibleName(f"{name}: {value}")
        self._grid.addWidget(head, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(told, row, 1, Qt.AlignmentFlag.AlignTop)
