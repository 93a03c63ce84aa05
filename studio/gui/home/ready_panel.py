"""The ready check at the right of the first page: what is there, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from threading import Event as Flag
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from studio.gui.tasks import Emit, Task, Tasks
from studio.gui.theme import fonts, icons
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import (
    button,
    clear,
    column,
    frame,
    label,
    row,
    rule,
    selectable,
    tool_button,
    wrap_in,
)
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.panel import Panel

if TYPE_CHECKING:
    from studio.services.checks import Check

WIDTH = 300
_MARKS = {
    "ok": ("check-circle", "ok"),
    "warn": ("warning", "warn"),
    "off": ("circle-dashed", "idle"),
}
_WORDS = {"ok": "ready", "warn": "needs attention", "off": "not there, optional"}


class CheckRow(QWidget):
    """One check; what it would be for and how to get it unfold under it."""

    def __init__(self, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = check
        self.setAccessibleName(f"{check.name}: {_WORDS[check.state]}, {check.message}")
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._more = self._explanation()
        self._more.hide()
        words = column(
            label(check.name, "strong"), label(check.message, "muted", wrap=True), gap=1
        )
        if check.fix or check.why:
            self.fold = button(self._ask(), kind="link", clicked=self.toggle)
            self.fold.setAccessibleName(f"{self._ask()} {check.name}")
            words.addLayout(row(self.fold, None, margins=(-3, 0, 0, 0)))
            words.addWidget(self._more)
        line = row(self._picture, gap=10, margins=(16, 10, 12, 10))
        line.addLayout(words, 1)
        self.setLayout(line)
        theme().changed.connect(self._draw)
        self._draw()

    @property
    def unfolded(self) -> bool:
        return not self._more.isHidden()

    def toggle(self) -> None:
        """Show or hide the explanation."""
        shown = self._more.isHidden()
        self._more.setVisible(shown)
        self.fold.setText("Hide" if shown else self._ask())

    def _ask(self) -> str:
        return "How to fix" if self.check.state == "warn" else "Why? How to get it"

    def _explanation(self) -> QWidget:
        inner = column(gap=6, margins=(0, 4, 0, 4))
        if self.check.why:
            inner.addWidget(label(self.check.why, "help", wrap=True))
        if self.check.fix:
            command = selectable(label(self.check.fix, "", wrap=True))
            command.setFont(
                fonts.mono(12) if _is_command(self.check.fix) else self.font()
            )
            copy = tool_button("copy", f"Copy how to fix {self.check.name}", self._copy)
            well = frame("well", row(command, copy, gap=4, margins=(10, 6, 4, 6)))
            inner.addWidget(well)
        return wrap_in(inner)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.check.fix.partition("   #")[0])

    def _draw(self) -> None:
        name, ink = _MARKS[self.check.state]
        self._picture.setPixmap(
            icons.pixmap(name, ink, 18, ratio=self.devicePixelRatioF())
        )


class ReadyPanel(Panel):
    """Fills row by row while the checks run; `checked(warnings)` at the end."""

    checked = Signal(int)

    def __init__(
        self,
        tasks: Tasks,
        checks: Callable[[], Iterator[Check]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Ready check", side="right", width=WIDTH, parent=parent)
        self._tasks, self._checks = tasks, checks
        self._task: Task | None = None
        self.rows: list[CheckRow] = []
        self._summary = Chip.of("Checking", "run", "circle-notch")
        self.add_button(self._summary)
        again = tool_button("arrow-clockwise", "Check again", self.start, size=16)
        self.add_button(again)
        self._list = column(gap=0)
        self.set_content(wrap_in(column(wrap_in(self._list), None, gap=0)), scroll=True)

    def start(self) -> None:
        """Check again, from the first to the last."""
        if self._task is not None:
            self._task.cancel()
        clear(self._list)
        self.rows = []
        self._summary.set_look(StateLook("Checking", "run", "circle-notch"))
        self._task = self._tasks.stream(
            partial(_run, self._checks),
            on_item=self._add,
            done=lambda _: self._finish(),
            owner=self,
        )

    def _add(self, check: Check) -> None:
        made = CheckRow(check)
        self.rows.append(made)
        self._list.addWidget(made)
        self._list.addWidget(rule())

    def _finish(self) -> None:
        warnings = sum(made.check.state == "warn" for made in self.rows)
        if warnings:
            self._summary.set_look(StateLook(f"{warnings} to fix", "warn", "warning"))
        else:
            self._summary.set_look(StateLook("Ready", "ok", "check-circle"))
        self.checked.emit(warnings)


def _run(checks: Callable[[], Iterator[Check]], emit: Emit, cancelled: Flag) -> None:
    for check in checks():
        if cancelled.is_set():
            return
        emit(check)


def _is_command(text: str) -> bool:
    return text.startswith(("sudo ", "chmod ", "/", "pip "))
